// Commands on consequences for a unit: confirm, refuse, cancel, record a transfer (实施意见 四(四)、五2; 联动意见 第二十四条).
// Consequences are proposed by commands.ts, circulars.commands.ts and steps.commands.ts.

import { anyActorOf } from '../../platform/commands/audit.store.ts'
import type { Permission } from '../../platform/commands/permissions.ts'
import { outcomeOf } from '../../platform/commands/outcome.ts'
import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { requireText } from '../../core/written-text.ts'
import {
  cancelConsequence as applyCancellation,
  confirmConsequence as applyConfirmation,
  mustDecideConsequence,
  refuseConsequence as applyRefusal,
  type Consequence,
} from './consequences.rules.ts'
import { NOT_ANSWERABLE } from './rules.ts'
import { findConsequence, toConsequence, type ConsequenceRow } from './steps.store.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import { requireUnit } from '../units/store.ts'
import { outcomeFacts, proposeAndNotify, saveConsequence, type VersionedId, type Outcome } from './commands.ts'
import { notifySettled } from './notices.ts'

export interface Confirmation extends VersionedId {
  reason: string
  /** Units to notify instead of those that the policy names. */
  bodies?: readonly string[] | undefined
  /** The number of the letter, decision or file. */
  reference?: string | undefined
}

/**
 * Confirms a consequence and notifies the bodies; kinds that the court carries out itself need an approver.
 * @throws `consequence_own_cause` for whoever brought it about, `consequence_missing`, `consequence_version_stale`, `consequence_act_impossible`, `consequence_not_yours`,
 * `consequence_bodies_needed`, `consequence_body_itself`, `unit_missing`, `unit_class`, `reason_needed`.
 */
export const confirmConsequence = command(
  'accountability.confirm',
  async (context, input: Confirmation): Promise<Outcome> => {
    const { row, consequence: before } = await load(context, input)
    await requireAnotherThanCausers(context, before)
    for (const body of input.bodies ?? []) await requireUnit(context.tx, body)
    const consequence = applyConfirmation(before, { ...input, by: context.actor.id, today: dayOf(context.now) })
    await saveConsequence(context, row, consequence)
    await notifySettled(context, 'consequence.confirmed', consequence)
    return outcomeOf(consequence)
  },
  outcomeFacts,
)

/** Refuses a proposed consequence; nobody is notified. @throws as `confirmConsequence`. */
export const refuseConsequence = command(
  'accountability.confirm',
  async (context, input: VersionedId & { reason: string }): Promise<Outcome> => {
    const { row, consequence: before } = await load(context, input)
    const consequence = applyRefusal(before, { ...input, by: context.actor.id, today: dayOf(context.now) })
    await saveConsequence(context, row, consequence)
    return outcomeOf(consequence)
  },
  outcomeFacts,
)

/** Cancels a confirmed consequence and notifies everybody who was notified of it. @throws as `confirmConsequence`. */
export const cancelConsequence = command(
  'accountability.confirm',
  async (context, input: VersionedId & { reason: string }): Promise<Outcome> => {
    const { row, consequence: before } = await load(context, input)
    const consequence = applyCancellation(before, input.reason)
    await saveConsequence(context, row, consequence)
    await notifySettled(context, 'consequence.cancelled', consequence)
    return outcomeOf(consequence)
  },
  outcomeFacts,
)

/**
 * Records that people of a unit are suspected of a crime and the matter goes to the judicial organs (实施意见 四(四)4). The receiving bodies are
 * named on confirmation.
 * @throws `unit_missing`, `unit_class`, `proposal_unit_above`, `reason_needed`.
 */
export const recordTransfer = command(
  'accountability.transfer',
  async (context, input: { unitId: string; note: string }): Promise<Outcome> => {
    await requireUnit(context.tx, input.unitId)
    if (NOT_ANSWERABLE.includes(input.unitId)) throw new AppError('proposal_unit_above')
    const year = Number(dayOf(context.now).slice(0, 4))
    // Each suspicion gets a cause of its own, so that an earlier transfer does not block a new one.
    const cause = `transfer:${newId()}`
    return outcomeOf(await proposeAndNotify(context, { unitId: input.unitId, year, kind: 'crime', cause, note: requireText(input.note) }))
  },
  outcomeFacts,
)

/** By the kind of its cause, the act that brings a consequence about. Of a circular it is the issue, which takes two people already. */
const CAUSING: Readonly<Record<string, Permission>> = {
  circular: 'accountability.issue',
  proposal: 'accountability.decide',
  interview: 'accountability.interview',
  transfer: 'accountability.transfer',
}

/** Who brought a consequence about, and therefore does not confirm it. */
export async function causersOf(db: Db, { id, cause }: Pick<Consequence, 'id' | 'cause'>): Promise<ReadonlySet<string>> {
  const causing = CAUSING[cause.split(':')[0] ?? '']
  return causing === undefined ? new Set() : anyActorOf(db, [cause, `consequence:${id}`], [causing])
}

/** Checks that whoever confirms a consequence is not the person who brought it about. @throws `consequence_own_cause`. */
async function requireAnotherThanCausers({ tx, actor }: CommandContext, consequence: Consequence): Promise<void> {
  if ((await causersOf(tx, consequence)).has(actor.id)) throw new AppError('consequence_own_cause')
}

async function load(context: CommandContext, item: VersionedId): Promise<{ row: ConsequenceRow; consequence: Consequence }> {
  const row = await findConsequence(context.tx, item.id)
  if (row === null) throw new AppError('consequence_missing')
  mustDecideConsequence(row, context.actor.roles)
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('consequence_version_stale', { number: row.number, state: row.state })
  return { row, consequence: toConsequence(context.app.secrets, row) }
}
