// What every act on accountability does the same way: propose what follows for a unit, save it with an audit row, tell the unit and the bodies.
// The acts themselves are actions/accountability, accountability-steps and accountability-consequences.

import { dayOf, writtenDay } from '../../core/calendar.ts'
import type { Values } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { dayNumber } from './rules.ts'
import { CONSEQUENCES, proposeConsequence, undoConsequence, type Consequence, type ConsequenceKind } from './consequences.rules.ts'
import type { Audience, NoticeEvent } from '../../messaging/notices.rules.ts'
import { insertConsequence, toConsequence, toConsequenceRow, updateConsequence, type ConsequenceRow } from './steps.store.ts'
import { findUnit } from '../units/store.ts'
import type { ActContext } from '../../platform/commands/command.ts'
import { unitAndHead, unitHearers } from '../units/recipients.ts'
import { promise, type Recipient } from '../../messaging/outbox.ts'
import { listVersion, takeNumbers } from '../../platform/database/counters.ts'
import { staffHearers } from '../staff/recipients.ts'

/** Something to act on; `version` as the caller saw it. */
export interface Item {
  id: string
  version?: number | undefined
}

export interface Outcome {
  id: string
  number: string
  state: string
  version: number
}

export const outcomeFacts = ({ number, state }: Outcome): Record<string, string> => ({ number, state })

export function outcomeOf({ id, number, state, version }: Outcome): Outcome {
  return { id, number, state, version }
}

/** What the audit keeps: states, days, numbers; never what was written. */
export function detailOf(now: Outcome & { unitId?: string }, before?: { state: string }): Record<string, string | number> {
  const { number, unitId, version, state } = now
  return { number, ...(unitId === undefined ? {} : { unitId }), version, from: before?.state ?? '', to: state }
}

type Telling = Pick<ActContext, 'house' | 'tx' | 'now'>

interface Telltale {
  event: NoticeEvent
  /** What it is about, and which state of it. */
  item: { id: string; version: number }
  values: Values
}

export async function tell(context: Telling, audience: Audience, telltale: Telltale, recipients: readonly Recipient[]): Promise<void> {
  const { event, item, values } = telltale
  const happening = { event, key: `${event}:${item.id}:${item.version}`, values, listVersion: await listVersion(context.tx) }
  await promise(context, audience, happening, recipients)
}

/** The unit's liaisons and its head: what concerns the whole unit. */
export async function tellUnit(context: Telling, unitId: string, telltale: Telltale): Promise<void> {
  const unit = await unitName(context, unitId)
  await tell(context, 'unit', { ...telltale, values: { unit, ...telltale.values } }, await unitAndHead(context, unitId))
}

/** Liaisons of the bodies that the policy wants to know of another unit. */
export async function tellBodies(context: Telling, bodies: readonly string[], telltale: Telltale): Promise<void> {
  for (const body of bodies) {
    const values = { body: await unitName(context, body), ...telltale.values }
    await tell(context, 'body', { ...telltale, values }, await unitHearers(context, body))
  }
}

export async function unitName({ tx }: Pick<ActContext, 'tx'>, unitId: string): Promise<string> {
  return (await findUnit(tx, unitId))?.name ?? unitId
}

/** Proposes what follows for a unit; whoever must decide is told. */
export async function propose(
  context: ActContext,
  input: { unitId: string; year: number; kind: ConsequenceKind; cause: string; note?: string },
): Promise<Consequence> {
  const { tx, house, now } = context
  const today = dayOf(now)
  const number = dayNumber('ZC', today, await takeNumbers(tx, `consequence:${today}`, 1))
  const consequence = proposeConsequence({ ...input, id: newId(), number, today })
  await insertConsequence(tx, toConsequenceRow(house.secrets, consequence))
  const detail = { ...detailOf(consequence), kind: input.kind, cause: input.cause, year: input.year }
  await context.auditAll([{ subject: `consequence:${consequence.id}`, detail }], 'fresh')
  const values = await valuesOf(context, consequence)
  const { decider } = CONSEQUENCES[input.kind]
  await tell(context, 'court', { event: 'consequence.proposed', item: consequence, values }, await staffHearers(context, decider))
  return consequence
}

/** Writes a consequence after an act, with its audit row. */
export async function saveConsequence(context: ActContext, before: ConsequenceRow, consequence: Consequence): Promise<void> {
  const detail = { ...detailOf(consequence, before), kind: consequence.kind, bodies: consequence.bodies.join(' ') }
  await context.audit({ subject: `consequence:${consequence.id}`, detail })
  await updateConsequence(context.tx, toConsequenceRow(context.house.secrets, consequence), before.version)
}

/** What it stood on is gone: it lapses, or, where bodies were told already, they are told that it no longer holds. */
export async function undo(context: ActContext, row: ConsequenceRow, reason: string): Promise<void> {
  const consequence = undoConsequence(toConsequence(context.house.secrets, row), reason)
  await saveConsequence(context, row, consequence)
  if (consequence.state === 'cancelled') await tellSettled(context, 'consequence.cancelled', consequence)
}

/** Tells the bodies, and the unit of what it may know of. */
export async function tellSettled(
  context: ActContext,
  event: 'consequence.confirmed' | 'consequence.cancelled',
  consequence: Consequence,
): Promise<void> {
  const values = await valuesOf(context, consequence)
  await tellBodies(context, consequence.bodies, { event, item: consequence, values })
  if (CONSEQUENCES[consequence.kind].open) await tellUnit(context, consequence.unitId, { event, item: consequence, values })
}

async function valuesOf(context: ActContext, { number, unitId, year, kind, proposedOn }: Consequence): Promise<Values> {
  const { words } = context.house.catalog
  return {
    number,
    unit: await unitName(context, unitId),
    year,
    kind: words('consequences', `kind.${kind}`),
    citation: CONSEQUENCES[kind].citation,
    proposedOn: writtenDay(proposedOn),
  }
}
