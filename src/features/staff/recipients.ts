// Which of the court's staff receive a notice: everybody who holds a role and has an address.
// A role without anybody reachable becomes one recipient without an address, which turns the notice into a task for a clerk.

import type { Context } from '../units/recipients.ts'
import { STAFF_ROLES, type StaffRole } from '../../platform/commands/permissions.ts'
import type { Recipient } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { reachableStaff } from './store.ts'

/** Everybody who holds a role and has an address; the role itself when there is nobody. */
export async function staffRecipients(context: Context, role: StaffRole): Promise<Recipient[]> {
  return (await staffByRoles(context, [role])).map(({ recipient }) => recipient)
}

/** Somebody who receives a notice for some of the roles that they hold. */
interface StaffRecipient {
  recipient: Recipient
  roles: StaffRole[]
  /** Every role that they hold. */
  holds: readonly StaffRole[]
}

/** Everybody with an address who holds one of the roles, and which of them; a role without anybody stands for itself. */
export async function staffByRoles({ app, tx }: Context, roles: readonly StaffRole[]): Promise<StaffRecipient[]> {
  const people = (await reachableStaff(tx)).map((person) => ({
    recipient: { id: `staff:${person.staffId}`, addresses: addressesOf(app, person), consent: true },
    roles: roles.filter((role) => person.roles.includes(role)),
    holds: STAFF_ROLES.filter((role) => person.roles.includes(role)),
  }))
  const unreachable = roles.filter((role) => !people.some((person) => person.roles.includes(role)))
  const roleRecipients = unreachable.map((role) => ({
    recipient: { id: `role:${role}`, addresses: {}, consent: true },
    roles: [role],
    holds: [role],
  }))
  return [...people.filter((person) => person.roles.length > 0), ...roleRecipients]
}
