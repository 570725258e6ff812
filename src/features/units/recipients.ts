// Who is to be told when something waits for a role of the court or for a unit. Nobody reachable: one recipient without an address, a clerk's task.
// A day's clocks choose their hearers in clock-reports.
import { liaisonsOfUnits, type LiaisonRow } from './store.ts'
import type { SystemCommandContext } from '../../platform/commands/command.ts'
import type { Recipient } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'

export type Context = Pick<SystemCommandContext, 'app' | 'tx'>

/** A unit's liaisons; its head only where there is nobody else. */
export async function unitRecipients(context: Context, unitId: string): Promise<Recipient[]> {
  return (await recipientsOfUnits(context, [unitId])).get(unitId) ?? []
}

/** The same for many units at once. */
export async function recipientsOfUnits({ app, tx }: Context, unitIds: readonly string[]): Promise<Map<string, Recipient[]>> {
  const byUnit = new Map<string, LiaisonRow[]>(unitIds.map((unitId) => [unitId, []]))
  for (const liaison of await liaisonsOfUnits(tx, unitIds)) if (liaison.active) byUnit.get(liaison.unitId)?.push(liaison)
  return new Map([...byUnit].map(([unitId, active]) => [unitId, recipientsOf(app, unitId, active)]))
}

function recipientsOf(app: Context['app'], unitId: string, active: readonly LiaisonRow[]): Recipient[] {
  const own = active.filter((liaison) => !liaison.head)
  return addressed(app, unitId, own.length === 0 ? active : own)
}

/** Liaisons of a unit as those who are told; a unit without anybody stands for itself. */
export function addressed(app: Context['app'], unitId: string, people: readonly LiaisonRow[]): Recipient[] {
  if (people.length === 0) return [{ id: `unit:${unitId}`, addresses: {}, consent: true }]
  return people.map((person) => ({ id: `liaison:${person.id}`, addresses: addressesOf(app, person), consent: true }))
}

/** A unit's liaisons and its head: what concerns the whole unit. */
export async function unitAndHead({ app, tx }: Context, unitId: string): Promise<Recipient[]> {
  const people = (await liaisonsOfUnits(tx, [unitId])).filter((liaison) => liaison.active)
  return addressed(app, unitId, people)
}
