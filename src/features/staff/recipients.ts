// Whom of the court's staff a notice goes to: everybody who holds a role and can be reached.
// A role that nobody reachable holds becomes one recipient without an address: a clerk's task.

import type { Context } from '../units/recipients.ts'
import type { StaffRole } from '../../platform/commands/permissions.ts'
import type { Recipient } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { reachableStaff } from './store.ts'

/** Everybody of the court who holds a role and can be reached. */
export async function staffRecipients(context: Context, role: StaffRole): Promise<Recipient[]> {
  return (await staffByRoles(context, [role])).map(({ recipient }) => recipient)
}

/** Everybody reachable who holds one of the roles, with those they hold; a role that nobody reachable holds stands for itself. */
export async function staffByRoles(
  { app, tx }: Context,
  roles: readonly StaffRole[],
): Promise<{ recipient: Recipient; roles: StaffRole[] }[]> {
  const people = (await reachableStaff(tx)).map((person) => ({
    recipient: { id: `staff:${person.staffId}`, addresses: addressesOf(app, person), consent: true },
    roles: roles.filter((role) => person.roles.includes(role)),
  }))
  const alone = roles.filter((role) => !people.some((person) => person.roles.includes(role)))
  const empty = alone.map((role) => ({ recipient: { id: `role:${role}`, addresses: {}, consent: true }, roles: [role] }))
  return [...people.filter((person) => person.roles.length > 0), ...empty]
}
