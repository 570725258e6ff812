// Who is to be told when something waits for a role of the court or for a unit. Nobody reachable: one recipient without an address, a clerk's task.
// A day's clocks choose their hearers in clock-reports.
import { liaisonsOfUnits, type LiaisonRow } from './store.ts'
import type { ErrandContext } from '../../platform/commands/command.ts'
import type { Recipient } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'

export type Context = Pick<ErrandContext, 'house' | 'tx'>

/** A unit's liaisons; its head only where there is nobody else. */
export async function unitHearers(context: Context, unitId: string): Promise<Recipient[]> {
  return (await hearersOfUnits(context, [unitId])).get(unitId) ?? []
}

/** The same for many units at once. */
export async function hearersOfUnits({ house, tx }: Context, unitIds: readonly string[]): Promise<Map<string, Recipient[]>> {
  const byUnit = new Map<string, LiaisonRow[]>(unitIds.map((unitId) => [unitId, []]))
  for (const liaison of await liaisonsOfUnits(tx, unitIds)) if (liaison.active) byUnit.get(liaison.unitId)?.push(liaison)
  return new Map([...byUnit].map(([unitId, active]) => [unitId, recipientsOf(house, unitId, active)]))
}

function recipientsOf(house: Context['house'], unitId: string, active: readonly LiaisonRow[]): Recipient[] {
  const own = active.filter((liaison) => !liaison.head)
  return addressed(house, unitId, own.length === 0 ? active : own)
}

/** Liaisons of a unit as those who are told; a unit without anybody stands for itself. */
export function addressed(house: Context['house'], unitId: string, people: readonly LiaisonRow[]): Recipient[] {
  if (people.length === 0) return [{ id: `unit:${unitId}`, addresses: {}, consent: true }]
  return people.map((person) => ({ id: `liaison:${person.id}`, addresses: addressesOf(house, person), consent: true }))
}

/** A unit's liaisons and its head: what concerns the whole unit. */
export async function unitAndHead({ house, tx }: Context, unitId: string): Promise<Recipient[]> {
  const people = (await liaisonsOfUnits(tx, [unitId])).filter((liaison) => liaison.active)
  return addressed(house, unitId, people)
}
