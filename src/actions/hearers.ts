// Who is to be told when something waits for a role of the court or for a unit. Nobody reachable: one recipient without an address, a clerk's task.
// A day's clocks choose their hearers in clock-reports.

import type { StaffRole } from '../domain/roles.ts'
import { reachableStaff } from '../store/staff-reach.ts'
import { liaisonsOfUnits } from '../store/units.ts'
import type { ErrandContext } from './context.ts'
import type { Recipient } from './notify.ts'
import { addressesOf } from './reach.ts'

type Context = Pick<ErrandContext, 'house' | 'tx'>

/** Everybody of the court who holds a role and can be reached. */
export async function staffHearers({ house, tx }: Context, role: StaffRole): Promise<Recipient[]> {
  const people = (await reachableStaff(tx)).filter((person) => person.roles.includes(role))
  if (people.length === 0) return [{ id: `role:${role}`, addresses: {}, consent: true }]
  return people.map((person) => ({ id: `staff:${person.staffId}`, addresses: addressesOf(house, person), consent: true }))
}

/** A unit's liaisons; its head only where there is nobody else. */
export async function unitHearers({ house, tx }: Context, unitId: string): Promise<Recipient[]> {
  const active = (await liaisonsOfUnits(tx, [unitId])).filter((liaison) => liaison.active)
  const own = active.filter((liaison) => !liaison.head)
  const people = own.length === 0 ? active : own
  if (people.length === 0) return [{ id: `unit:${unitId}`, addresses: {}, consent: true }]
  return people.map((person) => ({ id: `liaison:${person.id}`, addresses: addressesOf(house, person), consent: true }))
}
