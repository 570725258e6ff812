// Commands on assistance notices and judicial suggestions: draft, issue, serve, acknowledge, answer, review, withdraw.
// Loading, saving and notifying are changes.commands.ts; what a liaison does through a link is linked.commands.ts.

import { requireAnother } from '../../platform/commands/permissions.ts'
import { anyActorOf } from '../../platform/commands/audit.store.ts'
import { outcomeOf } from '../../platform/commands/outcome.ts'
import { writtenDay, type Day } from '../../core/calendar.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import {
  discard,
  draft,
  edit,
  issue,
  recordService,
  type Assistance,
  type AssistanceKind,
  type DraftInput,
  type NamedDebtor,
  type AcknowledgedWay,
  type Outcome,
  withdraw,
  acknowledge,
  answer,
  replyReview,
  suggestReview,
  type UnitAction,
} from './rules.ts'
import { amountOf } from '../deadlines/rules.ts'
import { DECIDED_STATES, type Listing, type ListingState } from '../listings/rules.ts'
import { insertAssistance, toAssistanceRow } from './store.ts'
import { findUnit, requireUnit } from '../units/store.ts'
import {
  assistanceFacts,
  assistanceSubject,
  auditDetail,
  cancelAssistanceDeadlines,
  loadAssistance,
  saveAssistance,
  notifyUnit,
  notifyUnitByLink,
  todayOf,
  type AssistanceItem,
  type AssistanceOutcome,
  notifyCourt,
  type LoadedAssistance,
} from './changes.commands.ts'
import { openDeadlines, restartDeadlines, closeDeadlines } from '../deadlines/commands.ts'
import { command, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { requireOwnUnit, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { loadListings } from '../listings/changes.commands.ts'

/**
 * Loads a notice that the actor may act on; a unit may act on its own, and not on drafts.
 * @throws `unit_other`, `assistance_missing`, `assistance_version_stale`.
 */
async function loadForUnit(context: CommandContext, item: AssistanceItem): Promise<LoadedAssistance> {
  const before = await loadAssistance(context, item)
  requireOwnUnit(context.actor, before.assistance.unitId)
  if (ownUnitOf(context.actor) !== null && before.assistance.number === null) throw new AppError('assistance_missing')
  return before
}

function wayOf(actor: Actor): AcknowledgedWay {
  return ownUnitOf(actor) === null ? 'clerk' : 'unit'
}

function doingOf(context: CommandContext): UnitAction {
  return { by: context.actor.id, way: wayOf(context.actor), today: todayOf(context) }
}

/**
 * Acknowledges a notice, by the unit or by a clerk.
 * @throws `assistance_missing`, `assistance_version_stale`, `assistance_act_impossible`, `unit_other`.
 */
export const acknowledgeAssistance = command(
  'assistance.acknowledge',
  async (context, input: AssistanceItem): Promise<AssistanceOutcome> =>
    saveAcknowledgement(context, await loadForUnit(context, input), doingOf(context)),
  assistanceFacts,
)

/** Saves an acknowledgement and closes its deadline. */
export async function saveAcknowledgement(
  context: CommandContext,
  before: LoadedAssistance,
  doing: UnitAction,
): Promise<AssistanceOutcome> {
  const assistance = acknowledge(before.assistance, doing)
  const outcome = await saveAssistance(context, before, assistance, { way: doing.way, by: doing.by })
  await closeDeadlines(context, 'assistance.acknowledge', [assistanceSubject(assistance.id)])
  return outcome
}

export interface AssistanceAnswer {
  outcome: Outcome
  /** What was done, or why it could not be. */
  text: string
}

/** Answers a notice, by the unit or by a clerk. @throws as `acknowledgeAssistance`, and `reason_needed`. */
export const answerAssistance = command(
  'assistance.answer',
  async (context, input: AssistanceItem & AssistanceAnswer): Promise<AssistanceOutcome> =>
    saveAnswer(context, await loadForUnit(context, input), { ...doingOf(context), outcome: input.outcome, text: input.text }),
  assistanceFacts,
)

/** Saves an answer, closes the deadlines to acknowledge and to answer, and notifies the clerks. */
export async function saveAnswer(
  context: CommandContext,
  before: LoadedAssistance,
  input: UnitAction & AssistanceAnswer,
): Promise<AssistanceOutcome> {
  const assistance = answer(before.assistance, input)
  const outcome = await saveAssistance(context, before, assistance, { outcome: input.outcome, way: input.way, by: input.by })
  const subjects = [assistanceSubject(assistance.id)]
  await closeDeadlines(context, 'assistance.acknowledge', subjects)
  await closeDeadlines(context, 'assistance.answer', subjects)
  const outcomeText = context.app.catalog.words('assistances', `outcome.${input.outcome}`)
  await notifyCourt(context, 'assistance.answered', assistance, 'clerk', { outcome: outcomeText })
  return outcome
}

/**
 * Suggests a review in writing. Deadlines run on, because the unit carries out the notice meanwhile.
 * @throws as `acknowledgeAssistance`, and `assistance_review_pending`.
 */
export const suggestAssistanceReview = command(
  'assistance.suggest_review',
  async (context, input: AssistanceItem & { text: string }): Promise<AssistanceOutcome> =>
    saveReview(context, await loadForUnit(context, input), { text: input.text, by: context.actor.id }),
  assistanceFacts,
)

/** Saves a review suggestion and notifies the approvers. */
export async function saveReview(
  context: CommandContext,
  before: LoadedAssistance,
  { text, by }: { text: string; by: string },
): Promise<AssistanceOutcome> {
  const assistance: Assistance = suggestReview(before.assistance, { text, by, today: todayOf(context) })
  const outcome = await saveAssistance(context, before, assistance, { reviews: assistance.record.reviews.length, by })
  await notifyCourt(context, 'assistance.review_suggested', assistance, 'approver')
  return outcome
}

/**
 * Replies to a review suggestion and notifies the unit. Where the unit is right, the notice is withdrawn separately.
 * @throws `assistance_no_review`, and as `acknowledgeAssistance`.
 */
export const replyAssistanceReview = command(
  'assistance.reply_review',
  async (context, input: AssistanceItem & { reply: string }): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = replyReview(before.assistance, { reply: input.reply, by: context.actor.id, today: todayOf(context) })
    const outcome = await saveAssistance(context, before, assistance)
    await notifyUnitByLink(context, 'assistance.review_answered', assistance)
    return outcome
  },
  assistanceFacts,
)

export interface NewAssistance extends DraftInput {
  kind: AssistanceKind
  unitId: string
  /** The listing it is about; a suggestion may have none. */
  listingId?: string | undefined
}

/**
 * States of a listing for which an assistance notice may be drafted and issued: the decision stands, and the listing has not left the
 * list.
 */
const LISTING_STATES: readonly ListingState[] = DECIDED_STATES

/**
 * Drafts an assistance notice or a judicial suggestion.
 * @throws `unit_missing`, `unit_class`, `listing_missing`, `assistance_debtor_needed`, `assistance_debtor_unfit`, `reason_needed`,
 * `request_invalid`.
 */
export const draftAssistance = command(
  'assistance.draft',
  async (context, input: NewAssistance): Promise<AssistanceOutcome> => {
    const { app, tx, now, actor } = context
    await requireUnit(tx, input.unitId)
    const listingId = input.listingId ?? null
    if (listingId !== null) await loadFitListing(context, listingId, input.kind)
    const assistance = withFieldNames(app, 'assistances', () =>
      draft({ ...input, id: newId(), listingId, by: actor.id, today: todayOf(context) }),
    )
    await context.auditAll([{ subject: assistanceSubject(assistance.id), detail: auditDetail(assistance) }], 'fresh')
    await insertAssistance(tx, toAssistanceRow(app.secrets, assistance, { created: now, updated: now }))
    return outcomeOf(assistance)
  },
  assistanceFacts,
)

async function loadFitListing(context: CommandContext, listingId: string, kind: AssistanceKind): Promise<Listing> {
  const [listed] = await loadListings(context, [{ id: listingId }])
  if (listed === undefined) throw new AppError('listing_missing')
  const { listing } = listed
  if (kind === 'assistance' && !LISTING_STATES.includes(listing.state))
    throw new AppError('assistance_debtor_unfit', { state: listing.state })
  return listing
}

/**
 * Edits a draft.
 * @throws `assistance_missing`, `assistance_version_stale`, `assistance_act_impossible`, `reason_needed`, `request_invalid`.
 */
export const editAssistance = command(
  'assistance.draft',
  async (context, input: AssistanceItem & DraftInput): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = withFieldNames(context.app, 'assistances', () => edit(before.assistance, { ...input, today: todayOf(context) }))
    return saveAssistance(context, before, assistance)
  },
  assistanceFacts,
)

/**
 * Issues a draft under the year's next number and sends each liaison of the unit a message with a link of their own; without a liaison,
 * the clerks get a task to serve it. The deadline to acknowledge runs from today where a liaison is notified, else from the day on which a
 * clerk records service.
 * @throws as `editAssistance`, and `own_draft`, `assistance_debtor_unfit` when the listing has left the list meanwhile.
 */
export const issueAssistance = command(
  'assistance.issue',
  async (context, input: AssistanceItem): Promise<AssistanceOutcome> => {
    const { app, tx, actor } = context
    const before = await loadAssistance(context, input)
    const today = todayOf(context)
    const { kind, listingId, unitId } = before.assistance
    const listing = listingId === null ? undefined : await loadFitListing(context, listingId, kind)
    const debtor = listing === undefined ? undefined : namedDebtorOf(listing)
    requireAnother(actor.id, await anyActorOf(tx, [assistanceSubject(before.assistance.id)], ['assistance.draft']))
    // The rule is tried first with a placeholder, so that a refusal does not use up a number.
    const issuing = { by: actor.id, today, debtor }
    withFieldNames(app, 'assistances', () => issue(before.assistance, { ...issuing, number: '-', document: [] }))
    const number = await nextNumber(context, kind, today)
    const unit = await findUnit(tx, unitId)
    const document = documentOf(app, before.assistance, { number, unit: unit?.name ?? unitId, debtor, today })
    const assistance = issue(before.assistance, { ...issuing, number, document })
    const outcome = await saveAssistance(context, before, assistance)
    const subject = assistanceSubject(assistance.id)
    await openDeadlines(context, [{ code: 'assistance.answer', subject, start: assistance.answerBy, unitId }])
    const notified = await notifyUnitByLink(context, 'assistance.issued', assistance, ackDays(app))
    if (notified) await openDeadlines(context, [{ code: 'assistance.acknowledge', subject, start: today, unitId }])
    return outcome
  },
  assistanceFacts,
)

function namedDebtorOf({ content }: Listing): NamedDebtor {
  return { name: content.debtor.name, identifier: content.debtor.identifier, caseNo: content.caseNo }
}

async function nextNumber({ app, tx }: CommandContext, kind: AssistanceKind, today: Day): Promise<string> {
  const year = today.slice(0, 4)
  const number = await takeNumbers(tx, `assistance.${kind}:${year}`, 1)
  return app.catalog.words('assistances', `number.${kind}`, { year, courtCode: app.config.courtCode, number })
}

function ackDays({ config }: AppContext): Values {
  return { ackDays: amountOf('assistance.acknowledge', config.profile, config.clockDays) }
}

/** Facts that the document states beside the draft's particulars. */
export interface DocumentFacts {
  number: string
  unit: string
  debtor: NamedDebtor | undefined
  today: Day
}

/**
 * Paragraphs of the document: template texts with the clerk's particulars. The debtor's identifier is stored beside them, not in a
 * paragraph.
 */
function documentOf(
  { catalog, config }: AppContext,
  { kind, record, answerBy }: Assistance,
  { unit, debtor, today }: DocumentFacts,
): string[] {
  const values = {
    unit,
    court: config.court.name,
    facts: record.facts,
    request: record.request,
    basis: record.basis,
    answerBy: writtenDay(answerBy),
    name: debtor?.name ?? '',
    caseNo: debtor?.caseNo ?? '',
  }
  const parts = ['to', 'opening', ...(debtor === undefined ? [] : ['debtor']), 'facts', 'request', 'basis', 'duty', 'answer']
  const paragraphs = parts.map((part) => catalog.words('assistances', `document.${kind}.${part}`, values))
  const closing = [
    catalog.words('assistances', 'document.signed', { court: config.court.name }),
    catalog.words('assistances', 'document.dated', { day: writtenDay(today) }),
  ]
  return [...paragraphs, ...closing]
}

/** Discards a draft. @throws as `editAssistance`. */
export const discardAssistance = command(
  'assistance.discard',
  async (context, input: AssistanceItem): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    return saveAssistance(context, before, discard(before.assistance, todayOf(context)))
  },
  assistanceFacts,
)

/** Records service by hand; the deadline to acknowledge restarts from that day. @throws as `editAssistance`. */
export const recordAssistanceService = command(
  'assistance.record_service',
  async (context, input: AssistanceItem & { servedOn: Day; manner: string }): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = withFieldNames(context.app, 'assistances', () =>
      recordService(before.assistance, { ...input, today: todayOf(context) }),
    )
    const outcome = await saveAssistance(context, before, assistance, { servedOn: input.servedOn })
    const { unitId } = assistance
    const subject = assistanceSubject(assistance.id)
    await restartDeadlines(context, [{ code: 'assistance.acknowledge', subject, start: input.servedOn, unitId }])
    return outcome
  },
  assistanceFacts,
)

/** Sends the unit's liaisons new links; unused earlier links end. @throws as `editAssistance`, also when the notice is not in force. */
export const sendAssistanceLink = command(
  'assistance.send_link',
  async (context, input: AssistanceItem): Promise<AssistanceOutcome> => {
    const { assistance } = await loadAssistance(context, input)
    if (assistance.number === null || assistance.endedOn !== null)
      throw new AppError('assistance_act_impossible', { state: assistance.state, act: 'send_link', possible: '' })
    await context.audit({ subject: assistanceSubject(assistance.id), detail: { unitId: assistance.unitId } })
    await notifyUnitByLink(context, 'assistance.issued', assistance, ackDays(context.app))
    return outcomeOf(assistance)
  },
  assistanceFacts,
)

/** Withdraws a wrongly issued notice; the unit is notified to stop and to undo what it did. @throws as `editAssistance`. */
export const withdrawAssistance = command(
  'assistance.withdraw',
  async (context, input: AssistanceItem & { reason: string }): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = withFieldNames(context.app, 'assistances', () =>
      withdraw(before.assistance, { reason: input.reason, today: todayOf(context) }),
    )
    const outcome = await saveAssistance(context, before, assistance)
    await cancelAssistanceDeadlines(context, assistance)
    await notifyUnit(context, 'assistance.withdrawn', assistance)
    return outcome
  },
  assistanceFacts,
)
