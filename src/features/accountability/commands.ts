// Commands on proposals to call a unit to account: register a shortfall, doubt an approval, decide; plus what the related commands share.
// Circulars are circulars.commands.ts, interviews steps.commands.ts, consequences consequences.commands.ts, joint circulars joint.commands.ts.

import { sealRow } from '../../platform/database/sealing.ts'
import { closeTasks } from '../../messaging/overtaking.ts'
import { outcomeOf } from '../../platform/commands/outcome.ts'
import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { requireText } from '../../core/written-text.ts'
import {
  addSources,
  formatDayNumber,
  decide,
  dismiss,
  requireNotFuture,
  openProposal,
  type Decision,
  type Proposal,
  type Source,
  requireNotPast,
  namedPersons,
  type NamedPerson,
  type Circular,
  type Interview,
} from './rules.ts'
import { proposeConsequence, undoConsequence, type Consequence, type CountedCircular } from './consequences.rules.ts'
import {
  findProposal,
  insertProposal,
  insertSources,
  sourceTable,
  knownSources,
  openProposalOf,
  toProposal,
  toProposalRow,
  updateProposal,
} from './store.ts'
import {
  insertCircular,
  insertInterview,
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
import { takeNumbers } from '../../platform/database/counters.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { requireUnit } from '../units/store.ts'
import { enqueuePlanned, notifyDecider, notifySettled, planInterview } from './notices.ts'

/** The record to act on, with the version that the caller saw; without a version nothing is compared. */
export interface VersionedId {
  id: string
  version?: number | undefined
}

/** What these commands return about the record they changed. */
export interface Outcome {
  id: string
  number: string
  state: string
  version: number
}

/** Facts of an outcome for the log. */
export const outcomeFacts = ({ number, state }: Outcome): Record<string, string> => ({ number, state })

/** Detail of the audit row: number, unit, version and states; never text that a person wrote. */
export function auditDetail(now: Outcome & { unitId?: string }, before?: { state: string }): Record<string, string | number> {
  const { number, unitId, version, state } = now
  return { number, ...(unitId === undefined ? {} : { unitId }), version, from: before?.state ?? '', to: state }
}

/** Proposes a consequence for a unit and notifies the role that decides it. */
export async function proposeAndNotify(
  context: CommandContext,
  input: Pick<Consequence, 'unitId' | 'year' | 'kind' | 'cause'> & { note?: string; circulars?: CountedCircular[] },
): Promise<Consequence> {
  const { tx, app, now } = context
  const today = dayOf(now)
  const number = formatDayNumber('ZC', today, await takeNumbers(tx, `consequence:${today}`, 1))
  const consequence = proposeConsequence({ ...input, id: newId(), number, today })
  await insertConsequence(tx, toConsequenceRow(app.secrets, consequence))
  const detail = { ...auditDetail(consequence), kind: input.kind, cause: input.cause, year: input.year }
  await context.auditAll([{ subject: `consequence:${consequence.id}`, detail }], 'fresh')
  await notifyDecider(context, consequence)
  return consequence
}

/** Saves a changed consequence with its audit row. @throws `consequence_version_stale`. */
export async function saveConsequence(context: CommandContext, before: ConsequenceRow, consequence: Consequence): Promise<void> {
  const detail = { ...auditDetail(consequence, before), kind: consequence.kind, bodies: consequence.bodies.join(' ') }
  await context.audit({ subject: `consequence:${consequence.id}`, detail })
  await updateConsequence(context.tx, toConsequenceRow(context.app.secrets, consequence), before.version)
  await closeTasks(context, 'consequence', [consequence.id])
}

/** Undoes a consequence whose cause was withdrawn: a proposed one lapses; a confirmed one is cancelled, and its bodies are notified. */
export async function undoAndNotify(context: CommandContext, row: ConsequenceRow, reason: string): Promise<void> {
  const consequence = undoConsequence(toConsequence(context.app.secrets, row), reason)
  await saveConsequence(context, row, consequence)
  if (consequence.state === 'cancelled') await notifySettled(context, 'consequence.cancelled', consequence)
}

/** A source with the note of the person who registered it. */
export type NewSource = Source & { note?: string }

/**
 * Adds sources to the unit's open proposal, or opens one. Sources that any proposal contains already are left out.
 * Returns null when none of them is new.
 * @throws `proposal_unit_above`, `proposal_version_stale`.
 */
export async function addToProposal(context: CommandContext, unitId: string, sources: readonly NewSource[]): Promise<Proposal | null> {
  const { tx, app, now, actor } = context
  const { secrets } = app
  const known = await knownSources(
    tx,
    sources.map((each) => each.key),
  )
  const fresh = sources.filter((each) => !known.has(each.key))
  if (fresh.length === 0) return null
  const before = await openProposalOf(tx, unitId)
  const proposal =
    before === null ? await newProposal(context, unitId, fresh.length) : addSources(toProposal(secrets, before), fresh.length)
  const kinds = [...new Set(fresh.map((each) => each.kind))].join(' ')
  const entry = {
    subject: `proposal:${proposal.id}`,
    detail: { ...auditDetail(proposal, before ?? undefined), added: fresh.length, kinds },
  }
  await context.auditAll([entry], before === null ? 'fresh' : 'known')
  if (before === null) await insertProposal(tx, toProposalRow(secrets, proposal))
  else await updateProposal(tx, toProposalRow(secrets, proposal), before.version)
  await insertSources(
    tx,
    fresh.map(({ kind, key, happenedOn, detail, note }) =>
      sealRow(sourceTable, secrets, {
        id: newId(),
        proposalId: proposal.id,
        unitId,
        kind,
        sourceKey: key,
        happenedOn,
        detail,
        note: note ?? null,
        addedBy: actor.id,
        addedAt: now,
      }),
    ),
  )
  return proposal
}

async function newProposal({ tx, now }: CommandContext, unitId: string, sources: number): Promise<Proposal> {
  const today = dayOf(now)
  const number = formatDayNumber('WZ', today, await takeNumbers(tx, `proposal:${today}`, 1))
  return openProposal({ id: newId(), number, unitId, sources, today })
}

/**
 * Registers a shortfall that no deadline or complaint shows: business done without screening (实施意见 五2), or a measure not applied.
 * @throws `unit_missing`, `unit_class`, `proposal_unit_above`, `reason_needed`, `request_invalid` for a future day.
 */
export const registerShortfall = command(
  'accountability.register',
  async (
    context,
    input: { unitId: string; kind: 'procedure_skipped' | 'not_implemented'; happenedOn: Day; note: string },
  ): Promise<Outcome> => {
    await requireUnit(context.tx, input.unitId)
    withFieldNames(context.app, 'proposals', () => requireNotFuture(input.happenedOn, dayOf(context.now)))
    const { unitId, kind, happenedOn } = input
    const note = requireText(input.note)
    const source = { unitId, kind, key: `registered:${newId()}`, happenedOn, detail: '', note }
    return outcomeOf((await addToProposal(context, unitId, [source])) as Proposal)
  },
  outcomeFacts,
)

/**
 * Records that the group office does not accept the reason given for an approval despite a hit (实施意见 五1、五2).
 * @throws `screening_missing`, `proposal_not_approved` where no approval despite a hit was reported, `proposal_source_known`,
 * `reason_needed`.
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
    const note = requireText(input.reason)
    // The key differs from that of a missing outcome: a late report and an unconvincing reason are two sources.
    const source = { unitId, kind: 'approval_doubted' as const, key: `approval:${id}`, happenedOn, detail: measureId ?? '', note }
    const proposal = await addToProposal(context, unitId, [source])
    if (proposal === null) throw new AppError('proposal_source_known')
    return outcomeOf(proposal)
  },
  outcomeFacts,
)

export interface ProposalDecision extends VersionedId {
  decision: Decision | 'dismiss'
  reason: string
  /** The day for which an interview is called. */
  calledFor?: Day | undefined
  /** Of a circular: the last day by which the unit puts things right, included. */
  rectifyBy?: Day | undefined
  /** Of a circular: the persons concerned, where they are known. */
  persons?: readonly NamedPerson[] | undefined
}

/**
 * Decides a proposal: dismiss it, draft a circular, call an interview, or propose a consequence that others carry out.
 * @throws `proposal_missing`, `proposal_version_stale`, `proposal_act_impossible`, `reason_needed`, `interview_day_needed`,
 * `circular_day_needed`, `request_invalid`.
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
    await context.audit({ subject: `proposal:${proposal.id}`, detail: { ...auditDetail(proposal, before), decision: input.decision } })
    await updateProposal(tx, toProposalRow(app.secrets, proposal), before.version)
    if (input.decision !== 'dismiss') await carryOut(context, proposal, input.decision, input)
    return outcomeOf(proposal)
  },
  outcomeFacts,
)

async function carryOut(context: CommandContext, proposal: Proposal, decision: Decision, input: ProposalDecision): Promise<void> {
  const cause = `proposal:${proposal.id}`
  const year = yearOf(context)
  switch (decision) {
    case 'circular':
      return draftCircular(context, proposal, input)
    case 'interview':
      return callInterview(context, proposal, input.calledFor)
    case 'refer':
      await proposeAndNotify(context, { unitId: proposal.unitId, year, kind: 'referral', cause })
      return
    case 'judicial_suggestion':
    case 'civil_procedure':
      await proposeAndNotify(context, { unitId: proposal.unitId, year, kind: decision, cause })
  }
}

function yearOf({ now }: Pick<CommandContext, 'now'>): number {
  return Number(dayOf(now).slice(0, 4))
}

/** Drafts the circular that another person of the group office issues or discards (circulars.commands.ts). */
async function draftCircular(
  context: CommandContext,
  { id: proposalId, unitId, record: { reason = '' } }: Proposal,
  { rectifyBy, persons = [] }: ProposalDecision,
): Promise<void> {
  if (rectifyBy === undefined) throw new AppError('circular_day_needed')
  const { tx, app, now, actor } = context
  const today = dayOf(now)
  const number = formatDayNumber('TB', today, await takeNumbers(tx, `draft:${today}`, 1))
  const plain = { id: newId(), number, year: yearOf(context), unitId, proposalId, draftedOn: today, draftedBy: actor.id }
  const record = withFieldNames(app, 'proposals', () => ({
    reason,
    rectifyBy: requireNotPast(rectifyBy, today, 'rectifyBy'),
    persons: namedPersons(persons),
  }))
  const circular: Circular = { ...plain, state: 'draft', version: 1, issuedOn: null, issuedBy: null, record }
  await insertCircular(tx, toCircularRow(app.secrets, circular))
  const detail = { ...auditDetail(circular), proposal: proposalId, persons: record.persons.length }
  await context.auditAll([{ subject: `circular:${circular.id}`, detail }], 'fresh')
}

async function callInterview(context: CommandContext, proposal: Proposal, calledFor: Day | undefined): Promise<void> {
  if (calledFor === undefined) throw new AppError('interview_day_needed')
  const { tx, app, now, actor } = context
  const today = dayOf(now)
  const number = formatDayNumber('YT', today, await takeNumbers(tx, `interview:${today}`, 1))
  const { id: proposalId, unitId, record } = proposal
  const plain = {
    id: newId(),
    number,
    unitId,
    proposalId,
    calledFor: withFieldNames(app, 'proposals', () => requireNotPast(calledFor, today)),
    calledBy: actor.id,
  }
  const interview: Interview = {
    ...plain,
    ...{ state: 'called', version: 1, heldOn: null, concludedOn: null },
    record: { reason: record.reason ?? '' },
  }
  await insertInterview(tx, toInterviewRow(app.secrets, interview))
  await context.auditAll([{ subject: `interview:${interview.id}`, detail: { ...auditDetail(interview), proposal: proposalId } }], 'fresh')
  await enqueuePlanned(context, [await planInterview(context, 'interview.called', interview)])
}
