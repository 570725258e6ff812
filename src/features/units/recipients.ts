// Which liaisons of a unit receive a notice. A unit without liaisons becomes one recipient without an address, a task for a clerk.
// Recipients among the court's staff are features/staff/recipients.ts.

import { liaisonsOfUnits, type LiaisonRow } from './store.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import type { Recipient } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'

/** What finding recipients needs: of a command its transaction, of a query what it reads by. */
export interface Context {
  readonly app: AppContext
  readonly tx: Db
}

/** The active liaisons of a unit; its head only when there is no other liaison. */
export async function unitRecipients(context: Context, unitId: string): Promise<Recipient[]> {
  return (await recipientsOfUnits(context, [unitId])).get(unitId) ?? []
}

/** The recipients of many units at once, as `unitRecipients` finds them, by unit id. */
export async function recipientsOfUnits({ app, tx }: Context, unitIds: readonly string[]): Promise<Map<string, Recipient[]>> {
  const byUnit = new Map<string, LiaisonRow[]>(unitIds.map((unitId) => [unitId, []]))
  for (const liaison of await liaisonsOfUnits(tx, unitIds)) if (liaison.active) byUnit.get(liaison.unitId)?.push(liaison)
  return new Map([...byUnit].map(([unitId, active]) => [unitId, recipientsOf(app, unitId, active)]))
}

function recipientsOf(app: Context['app'], unitId: string, active: readonly LiaisonRow[]): Recipient[] {
  const withoutHead = active.filter((liaison) => !liaison.head)
  return toRecipients(app, unitId, withoutHead.length === 0 ? active : withoutHead)
}

/** Liaisons of a unit as recipients; a unit without liaisons becomes a recipient itself. */
export function toRecipients(app: Context['app'], unitId: string, people: readonly LiaisonRow[]): Recipient[] {
  if (people.length === 0) return [{ id: `unit:${unitId}`, addresses: {}, consent: true }]
  return people.map((person) => ({ id: `liaison:${person.id}`, addresses: addressesOf(app, person), consent: true }))
}

/** From this many units without a liaison on, they are one task with the sheet to fill, not one each: a new installation. ◇ */
const GROUPED_FROM = 6
/** Characters of the names in such a task. */
const NAMES_LENGTH = 1_500

/** Of these units, those that nobody receives a notice for, where they are so many that one task names them all; else none. */
export function groupedUnits(recipients: ReadonlyMap<string, readonly Recipient[]>): Set<string> {
  const unreached = [...recipients].filter(([unitId, people]) => people.some(({ id }) => id === `unit:${unitId}`))
  return new Set(unreached.length < GROUPED_FROM ? [] : unreached.map(([unitId]) => unitId))
}

/** Values of such a task: how many units, and their names in one line. */
export function valuesOfGrouped(units: readonly { name: string }[]): { count: number; units: string } {
  const names = units.map(({ name }) => name).join('、')
  return { count: units.length, units: names.length > NAMES_LENGTH ? `${names.slice(0, NAMES_LENGTH)}……` : names }
}

/** The clerk of the court as the recipient of such a task. */
export const BY_HAND: readonly Recipient[] = [{ id: 'court', addresses: {}, consent: true }]

/** All active liaisons of a unit and its head, for matters of the whole unit. */
export async function liaisonsAndHead({ app, tx }: Context, unitId: string): Promise<Recipient[]> {
  const people = (await liaisonsOfUnits(tx, [unitId])).filter((liaison) => liaison.active)
  return toRecipients(app, unitId, people)
}
