// Commands on proposals to call a unit to account: added to by what went wrong, and decided by a person of the group office.
// Circulars, interviews and consequences are steps.commands.ts; joint circulars and meetings are joint.commands.ts.

import { dayOf, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import {
  addSources,
  dayNumber,
  decide,
  dismiss,
  mustHaveBeen,
  mustSay,
  openProposal,
  type Decision,
  type Proposal,
  type Source,
  callFor,
  type Circular,
  type Interview,
} from './rules.ts'
import {
  consequencesOf,
  CONSEQUENCES,
  proposeConsequence,
  undoConsequence,
  type Consequence,
  type ConsequenceKind,
} from './consequences.rules.ts'
import {
  findProposal,
  insertProposal,
  insertSources,
  knownSources,
  openProposalOf,
  toProposal,
  toProposalRow,
  updateProposal,
} from './store.ts'
import {
  countCirculars,
  insertCircular,
  insertInterview,
  standingConsequences,
  toCircularRow,
  toInterviewRow,
  insertConsequence,
  toConsequence,
  toConsequenceRow,
  updateConsequence,
  type ConsequenceRow,
} from './steps.store.ts'
import { findScreening } from '../screening/store.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { takeNumbers, listVersion } from '../../platform/database/counters.ts'
import { named } from '../../platform/commands/field-names.ts'
import { mustBeUnit, findUnit } from '../units/store.ts'
import type { Audience, NoticeEvent } from '../../messaging/notices.rules.ts'
import { unitAndHead, unitRecipients } from '../units/recipients.ts'
import { enqueueNotice, type Recipient } from '../../messaging/outbox.ts'
import { staffRecipients } from '../staff/recipients.ts'

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

type Telling = Pick<CommandContext, 'app' | 'tx' | 'now'>

interface Telltale {
  event: NoticeEvent
  /** What it is about, and which state of it. */
  item: { id: string; version: number }
  values: Values
}

export async function tell(context: Telling, audience: Audience, telltale: Telltale, recipients: readonly Recipient[]): Promise<void> {
  const { event, item, values } = telltale
  const happening = { event, key: `${event}:${item.id}:${item.version}`, values, listVersion: await listVersion(context.tx) }
  await enqueueNotice(context, audience, happening, recipients)
}

/** The unit's liaisons and its head: what concerns the whole unit. */
export async function notifyUnit(context: Telling, unitId: string, telltale: Telltale): Promise<void> {
  const unit = await unitName(context, unitId)
  await tell(context, 'unit', { ...telltale, values: { unit, ...telltale.values } }, await unitAndHead(context, unitId))
}

/** Liaisons of the bodies that the policy wants to know of another unit. */
export async function notifyBodies(context: Telling, bodies: readonly string[], telltale: Telltale): Promise<void> {
  for (const body of bodies) {
    const values = { body: await unitName(context, body), ...telltale.values }
    await tell(context, 'body', { ...telltale, values }, await unitRecipients(context, body))
  }
}

export async function unitName({ tx }: Pick<CommandContext, 'tx'>, unitId: string): Promise<string> {
  return (await findUnit(tx, unitId))?.name ?? unitId
}

/** Proposes what follows for a unit; whoever must decide is told. */
export async function propose(
  context: CommandContext,
  input: { unitId: string; year: number; kind: ConsequenceKind; cause: string; note?: string },
): Promise<Consequence> {
  const { tx, app, now } = context
  const today = dayOf(now)
  const number = dayNumber('ZC', today, await takeNumbers(tx, `consequence:${today}`, 1))
  const consequence = proposeConsequence({ ...input, id: newId(), number, today })
  await insertConsequence(tx, toConsequenceRow(app.secrets, consequence))
  const detail = { ...detailOf(consequence), kind: input.kind, cause: input.cause, year: input.year }
  await context.auditAll([{ subject: `consequence:${consequence.id}`, detail }], 'fresh')
  const values = await valuesOf(context, consequence)
  const { decider } = CONSEQUENCES[input.kind]
  await tell(context, 'court', { event: 'consequence.proposed', item: consequence, values }, await staffRecipients(context, decider))
  return consequence
}

/** Writes a consequence after an act, with its audit row. */
export async function saveConsequence(context: CommandContext, before: ConsequenceRow, consequence: Consequence): Promise<void> {
  const detail = { ...detailOf(consequence, before), kind: consequence.kind, bodies: consequence.bodies.join(' ') }
  await context.audit({ subject: `consequence:${consequence.id}`, detail })
  await updateConsequence(context.tx, toConsequenceRow(context.app.secrets, consequence), before.version)
}

/** What it stood on is gone: it lapses, or, where bodies were told already, they are told that it no longer holds. */
export async function undo(context: CommandContext, row: ConsequenceRow, reason: string): Promise<void> {
  const consequence = undoConsequence(toConsequence(context.app.secrets, row), reason)
  await saveConsequence(context, row, consequence)
  if (consequence.state === 'cancelled') await notifySettled(context, 'consequence.cancelled', consequence)
}

/** Tells the bodies, and the unit of what it may know of. */
export async function notifySettled(
  context: CommandContext,
  event: 'consequence.confirmed' | 'consequence.cancelled',
  consequence: Consequence,
): Promise<void> {
  const values = await valuesOf(context, consequence)
  await notifyBodies(context, consequence.bodies, { event, item: consequence, values })
  if (CONSEQUENCES[consequence.kind].open) await notifyUnit(context, consequence.unitId, { event, item: consequence, values })
}

async function valuesOf(context: CommandContext, { number, unitId, year, kind, proposedOn }: Consequence): Promise<Values> {
  const { words } = context.app.catalog
  return {
    number,
    unit: await unitName(context, unitId),
    year,
    kind: words('consequences', `kind.${kind}`),
    citation: CONSEQUENCES[kind].citation,
    proposedOn: writtenDay(proposedOn),
  }
}

/** A source with what a person wrote about it. */
export type Found = Source & { note?: string }

/**
 * Puts reasons to call a unit to account before a person: they join the unit's open proposal, or open one. Reasons held already are left out.
 * Answers null when nothing new was among them.
 */
export async function addToProposal(context: CommandContext, unitId: string, found: readonly Found[]): Promise<Proposal | null> {
  const { tx, app, now, actor } = context
  const { secrets } = app
  const known = await knownSources(
    tx,
    found.map((each) => each.key),
  )
  const fresh = found.filter((each) => !known.has(each.key))
  if (fresh.length === 0) return null
  const before = await openProposalOf(tx, unitId)
  const proposal = before === null ? await opened(context, unitId, fresh.length) : addSources(toProposal(secrets, before), fresh.length)
  const kinds = [...new Set(fresh.map((each) => each.kind))].join(' ')
  const entry = { subject: `proposal:${proposal.id}`, detail: { ...detailOf(proposal, before ?? undefined), added: fresh.length, kinds } }
  await context.auditAll([entry], before === null ? 'fresh' : 'known')
  if (before === null) await insertProposal(tx, toProposalRow(secrets, proposal))
  else await updateProposal(tx, toProposalRow(secrets, proposal), before.version)
  await insertSources(
    tx,
    fresh.map(({ kind, key, happenedOn, detail, note }) => ({
      id: newId(),
      proposalId: proposal.id,
      unitId,
      kind,
      sourceKey: key,
      happenedOn,
      detail,
      note: note === undefined ? null : secrets.seal(note),
      addedBy: actor.id,
      addedAt: now,
    })),
  )
  return proposal
}

async function opened({ tx, now }: CommandContext, unitId: string, sources: number): Promise<Proposal> {
  const today = dayOf(now)
  const number = dayNumber('WZ', today, await takeNumbers(tx, `proposal:${today}`, 1))
  return openProposal({ id: newId(), number, unitId, sources, today })
}

/**
 * A person puts a fact before the group office that no clock or complaint shows: business done past the pre-check (实施意见 五2), or a measure not applied.
 * @throws `unit_missing`, `unit_class`, `proposal_unit_above`, `reason_needed`, `request_invalid` for a day ahead.
 */
export const registerShortfall = command(
  'accountability.register',
  async (
    context,
    input: { unitId: string; kind: 'procedure_skipped' | 'not_implemented'; happenedOn: Day; note: string },
  ): Promise<Outcome> => {
    await mustBeUnit(context.tx, input.unitId)
    named(context.app, 'proposals', () => mustHaveBeen(input.happenedOn, dayOf(context.now)))
    const { unitId, kind, happenedOn } = input
    const note = named(context.app, 'proposals', () => mustSay(input.note))
    const source = { unitId, kind, key: `registered:${newId()}`, happenedOn, detail: '', note }
    return outcomeOf((await addToProposal(context, unitId, [source])) as Proposal)
  },
  outcomeFacts,
)

/**
 * The group office finds the reason given for an approval despite a hit not convincing (实施意见 五1、五2).
 * @throws `screening_missing`, `proposal_not_approved` where nothing was approved despite a hit, `proposal_source_known`, `reason_needed`.
 */
export const doubtApproval = command(
  'accountability.doubt',
  async (context, input: { screeningId: string; reason: string }): Promise<Outcome> => {
    const screening = await findScreening(context.tx, input.screeningId)
    if (screening === null) throw new AppError('screening_missing')
    const { id, unitId, measureId, outcome, answer, advice, outcomeAt } = screening
    if (outcome !== 'approved' || answer !== 'hit' || advice === 'do_not_apply' || outcomeAt === null)
      throw new AppError('proposal_not_approved')
    const happenedOn = dayOf(outcomeAt)
    const note = named(context.app, 'proposals', () => mustSay(input.reason))
    // Another key than a missing outcome has: that it came late and that it does not convince are two reasons.
    const source = { unitId, kind: 'approval_doubted' as const, key: `approval:${id}`, happenedOn, detail: measureId ?? '', note }
    const proposal = await addToProposal(context, unitId, [source])
    if (proposal === null) throw new AppError('proposal_source_known')
    return outcomeOf(proposal)
  },
  outcomeFacts,
)

export interface ProposalDecision extends Item {
  decision: Decision | 'dismiss'
  reason: string
  /** The day an interview is called for. */
  calledFor?: Day | undefined
}

/**
 * The group office decides a proposal: nothing, a circular, an interview, or what others have to do.
 * @throws `proposal_missing`, `proposal_version_stale`, `proposal_act_impossible`, `reason_needed`, `interview_day_needed`, `request_invalid`.
 */
export const decideProposal = command(
  'accountability.decide',
  async (context, input: ProposalDecision): Promise<Outcome> => {
    const { tx, app, actor, now } = context
    const row = await findProposal(tx, input.id)
    if (row === null) throw new AppError('proposal_missing')
    if (input.version !== undefined && input.version !== row.version)
      throw new AppError('proposal_version_stale', { number: row.number, state: row.state })
    const before = toProposal(app.secrets, row)
    const by = { by: actor.id, today: dayOf(now), reason: input.reason }
    const proposal = input.decision === 'dismiss' ? dismiss(before, by) : decide(before, input.decision, by)
    await context.audit({ subject: `proposal:${proposal.id}`, detail: { ...detailOf(proposal, before), decision: input.decision } })
    await updateProposal(tx, toProposalRow(app.secrets, proposal), before.version)
    if (input.decision !== 'dismiss') await carryOn(context, proposal, input.decision, input.calledFor)
    return outcomeOf(proposal)
  },
  outcomeFacts,
)

async function carryOn(context: CommandContext, proposal: Proposal, decision: Decision, calledFor: Day | undefined): Promise<void> {
  const cause = `proposal:${proposal.id}`
  const year = yearOf(context)
  switch (decision) {
    case 'circular':
      return issueCircular(context, proposal)
    case 'interview':
      return callInterview(context, proposal, calledFor)
    case 'refer':
      await propose(context, { unitId: proposal.unitId, year, kind: 'referral', cause })
      return
    case 'judicial_suggestion':
    case 'civil_procedure':
      await propose(context, { unitId: proposal.unitId, year, kind: decision, cause })
  }
}

function yearOf({ now }: Pick<CommandContext, 'now'>): number {
  return Number(dayOf(now).slice(0, 4))
}

/** Numbered per year; the second of a year puts what the unit loses before a person (实施意见 四(四)1、2). */
async function issueCircular(context: CommandContext, { id, unitId, record }: Proposal): Promise<void> {
  const { tx, app, now, actor } = context
  const year = yearOf(context)
  const number = app.catalog.words('circulars', 'number', { year, number: await takeNumbers(tx, `circular:${year}`, 1) })
  const plain = { id: newId(), number, year, unitId, proposalId: id, issuedOn: dayOf(now), issuedBy: actor.id }
  const circular: Circular = { ...plain, state: 'issued', version: 1, record: { reason: record.reason ?? '' } }
  await insertCircular(tx, toCircularRow(app.secrets, circular))
  await context.auditAll([{ subject: `circular:${circular.id}`, detail: { ...detailOf(circular), proposal: id } }], 'fresh')
  const count = await countCirculars(tx, unitId, year)
  const values = { number, issuedOn: writtenDay(circular.issuedOn), year, count }
  await notifyUnit(context, unitId, { event: 'circular.issued', item: circular, values })
  const wanted = consequencesOf(count)
  if (wanted.length === 0) return
  const standing = new Set((await standingConsequences(tx, unitId, year, wanted)).map((each) => each.kind))
  for (const kind of wanted.filter((each) => !standing.has(each)))
    await propose(context, { unitId, year, kind, cause: `circular:${circular.id}` })
}

async function callInterview(context: CommandContext, proposal: Proposal, calledFor: Day | undefined): Promise<void> {
  if (calledFor === undefined) throw new AppError('interview_day_needed')
  const { tx, app, now, actor } = context
  const today = dayOf(now)
  const number = dayNumber('YT', today, await takeNumbers(tx, `interview:${today}`, 1))
  const { id: proposalId, unitId, record } = proposal
  const plain = {
    id: newId(),
    number,
    unitId,
    proposalId,
    calledFor: named(app, 'proposals', () => callFor(calledFor, today)),
    calledBy: actor.id,
  }
  const interview: Interview = {
    ...plain,
    ...{ state: 'called', version: 1, heldOn: null, concludedOn: null },
    record: { reason: record.reason ?? '' },
  }
  await insertInterview(tx, toInterviewRow(app.secrets, interview))
  await context.auditAll([{ subject: `interview:${interview.id}`, detail: { ...detailOf(interview), proposal: proposalId } }], 'fresh')
  const values = { number, calledFor: writtenDay(interview.calledFor) }
  await notifyUnit(context, unitId, { event: 'interview.called', item: interview, values })
}
