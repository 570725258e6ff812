// Commands on objections: register, review, suspend measures, uphold, reject, withdraw; with the notices of each step.
// What follows a decision (carrying out, service, reconsideration) is outcomes.commands.ts; the rules are rules.ts.

import { outcomeOf } from '../../platform/commands/outcome.ts'
import { closeTasks } from '../../messaging/overtaking.ts'
import { dayOf, type Day } from '../../core/calendar.ts'
import { newId } from '../../core/ids.ts'
import { amountOf } from '../deadlines/rules.ts'
import {
  objectionNumber,
  register,
  reject,
  review,
  suspend,
  uphold,
  withdraw,
  type ObjectionSubject,
  type ObjectionWay,
  type Remedy,
  type Objection,
} from './rules.ts'
import { NEXT_COURT } from './reconsideration.rules.ts'
import { insertObjection, toObjectionRow, findObjection, toObjection, updateObjection, type ObjectionRow } from './store.ts'
import { cancelDeadlines, closeDeadlines, openDeadlines, closeDeadlineAsOf, writtenDueDay, lastDayOf } from '../deadlines/commands.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { findUnit, measureIdsOfUnit, measuresInOrder, requireUnit } from '../units/store.ts'
import { AppError, type Values } from '../../core/errors.ts'
import { type Listing, suspendOrResume } from '../listings/rules.ts'
import type { Tx } from '../../platform/database/database.ts'
import { notifyParties } from '../listings/notices.ts'
import { notifyCourt, notifyDebtor, notifyUnit } from './notices.ts'
import { endSuspension, insertSuspension, suspendedAmong, suspends } from '../listings/suspensions.store.ts'
import { saveSuspensionInBulletin } from '../bulletins/commands.ts'
import { loadProposals, putInForce } from '../bulletins/proposals.commands.ts'
import { authorsOf, loadListings, subjectOf as listingSubject, type LoadedListing, change } from '../listings/changes.commands.ts'

/**
 * Begins a suspension: of the measures that an objection is about, or of a listing as a whole at the order of an approver. The unit, or
 * every unit, and the debtor are notified unless the whole listing is suspended already.
 */
async function suspendListing(context: CommandContext, before: LoadedListing, objection: Objection): Promise<void> {
  const { tx, now } = context
  const { listing } = before
  const isWhole = await isWholeSuspended(tx, listing.id)
  const { unitId, measureIds } = objection
  const scope = { unitId, measureIds: measureIds.length === 0 ? null : measureIds.join(',') }
  await insertSuspension(tx, { id: newId(), listingId: listing.id, objectionId: objection.id, ...scope, startedAt: now, endedAt: null })
  if (!isWhole) await notifySuspension(context, before, 'suspend', objection)
}

/**
 * Ends the suspension by an objection, if there is one. Nobody is notified when the listing has left the list, because the notices of its
 * exit say more, or when another objection still suspends the whole of it.
 */
export async function resumeListing(context: CommandContext, before: LoadedListing, objection: Objection): Promise<void> {
  const { tx, now } = context
  const { listing } = before
  if (!(await endSuspension(tx, objection.id, now)) || listing.state !== 'listed') return
  if (!(await isWholeSuspended(tx, listing.id))) await notifySuspension(context, before, 'resume', objection)
}

async function isWholeSuspended(tx: Tx, listingId: string): Promise<boolean> {
  return ((await suspendedAmong(tx, [listingId])).get(listingId) ?? []).some(({ unitId }) => unitId === null)
}

async function notifySuspension(
  context: CommandContext,
  before: LoadedListing,
  kind: 'suspend' | 'resume',
  objection: Objection,
): Promise<void> {
  if (before.listing.state === 'listed') {
    const event = kind === 'suspend' ? 'listing.suspended' : 'listing.resumed'
    const changed = change(before, suspendOrResume(before.listing), event, { [kind]: objection.number })
    const told = objection.unitId === null ? 'every_unit' : 'nobody'
    const { bulletin } = await saveSuspensionInBulletin(context, kind, [changed], told)
    if (told === 'every_unit') return notifyParties(context, event, [changed], bulletin.listVersion)
  }
  await notifyOfMeasure(context, before.listing, kind === 'suspend' ? 'measure.suspended' : 'measure.resumed', objection)
}

/** Tells the unit whose measures rest, or apply again, and the debtor. */
async function notifyOfMeasure(
  context: CommandContext,
  listing: Listing,
  event: 'measure.suspended' | 'measure.resumed',
  objection: Objection,
): Promise<void> {
  const { tx, app } = context
  const titles = (await measuresInOrder(tx)).filter(({ id }) => objection.measureIds.includes(id)).map(({ title }) => title)
  const measures = titles.length === 0 ? app.catalog.words('objections', 'measures.all') : titles.join('、')
  const unit = objection.unitId === null ? null : await findUnit(tx, objection.unitId)
  await notifyUnit(context, event, objection, { measures })
  await notifyDebtor(context, event, objection, listing, { measures, unit: unit?.name ?? '' })
}

/** An objection to act on. With `version`, as the caller saw it, a change in between is an error. */
export interface ObjectionItem {
  id: string
  version?: number | undefined
}

interface LoadedObjection {
  row: ObjectionRow
  objection: Objection
  /** Its listing as it is now. */
  listed: LoadedListing
}

/** What a command made of an objection. */
export interface ObjectionOutcome {
  id: string
  number: string
  state: Objection['state']
  version: number
}

/** Facts of an outcome for the log. */
export const objectionFacts = ({ number, state }: ObjectionOutcome): Record<string, string> => ({ objection: number, state })

/** Subject of an objection in audit rows and deadlines. */
export function subjectOf(objectionId: string): string {
  return `objection:${objectionId}`
}

/** Loads an objection and its listing. @throws `objection_missing`, `objection_version_stale`. */
async function loadObjection(context: CommandContext, item: ObjectionItem): Promise<LoadedObjection> {
  const row = await findObjection(context.tx, item.id)
  if (row === null) throw new AppError('objection_missing')
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('objection_version_stale', { number: row.number, state: row.state })
  const [listed] = await loadListings(context, [{ id: row.listingId }])
  return { row, objection: toObjection(context.app.secrets, row), listed: listed as LoadedListing }
}

/** Saves an objection that a rule has moved, with its audit row. */
async function saveObjection(
  context: CommandContext,
  before: LoadedObjection,
  objection: Objection,
  detail: Values = {},
): Promise<ObjectionOutcome> {
  await context.audit({ subject: subjectOf(objection.id), detail: { ...detailOf(objection, before.objection), ...detail } })
  const row = toObjectionRow(context.app.secrets, objection, { created: before.row.createdAt, updated: context.now })
  await updateObjection(context.tx, row, before.objection.version)
  await closeTasks(context, 'objection', [objection.id])
  return outcomeOf(objection)
}

/** Loads an objection, applies a rule to it, and saves the result. @param detail further facts for the audit row. */
export async function moveObjection(
  context: CommandContext,
  item: ObjectionItem,
  rule: (objection: Objection, listing: Listing, authors: ReadonlySet<string>) => Objection,
  detail: (moved: Objection, listing: Listing) => Values = () => ({}),
): Promise<{ objection: Objection; listed: LoadedListing; outcome: ObjectionOutcome }> {
  const before = await loadObjection(context, item)
  const { listing } = before.listed
  const authors = (await authorsOf(context, [before.listed]))(listing)
  const objection = withFieldNames(context.app, 'objections', () => rule(before.objection, listing, authors))
  const outcome = await saveObjection(context, before, objection, detail(objection, listing))
  return { objection, listed: before.listed, outcome }
}

/** Detail of an audit row: states, days and numbers, never the text of the objection. */
function detailOf(objection: Objection, before?: Objection): Record<string, string | number> {
  const { number, listingId, version, state, unitId, measureIds } = objection
  // What rests because of it: whoever verifies the suspension compares it with this.
  const rests = objection.suspends && !(before?.suspends ?? false) ? { rests: [unitId ?? '*', ...measureIds].join(' ') } : {}
  return { number, listingId, version, from: before?.state ?? '', to: state, ...rests }
}

/** An objection as a clerk registers it. */
export interface NewObjection {
  listingId: string
  about: ObjectionSubject
  /** The unit whose measure it is about; only for `about: measure`. */
  unitId?: string | undefined
  /** Those of its measures that are objected to; all of them unless given. */
  measureIds?: readonly string[] | undefined
  way: ObjectionWay
  receivedOn: Day
  /** Day of the postmark, YYYY-MM-DD: an objection posted in time is in time (民诉法 85). */
  postedOn?: Day | undefined
  /** What the debtor asks for and why. */
  claim: string
}

/**
 * Registers an objection; the deadline to review it runs from the day of receipt. The measures that it is about rest from now until it
 * ends (实施意见 四(二)3): their unit is told at once, and again when it ends. A late objection is accepted and marked as late.
 * @throws `listing_missing`, `objection_impossible`, `listing_of_higher_court`, `objection_unit_needed`, `objection_pending`,
 *   `request_invalid`.
 */
export const registerObjection = command(
  'objection.register',
  async (context, input: NewObjection): Promise<ObjectionOutcome & { late: boolean }> => {
    const { tx, app, now, actor } = context
    const today = dayOf(now)
    const [listed] = (await loadListings(context, [{ id: input.listingId }])) as [LoadedListing]
    const { listing } = listed
    const unitId = input.unitId ?? null
    const measureIds = await measuresOf(tx, unitId, input.measureIds ?? [])
    const filing = listingSubject(listing)
    const lastDay = await lastDayOf(tx, 'objection.file', filing)
    const number = objectionNumber(today, await takeNumbers(tx, `objection:${today}`, 1))
    const id = newId()
    const objection = withFieldNames(app, 'objections', () =>
      register(listing, { ...input, id, number, unitId, measureIds, by: actor.id, today, lastDay }),
    )
    const detail = { ...detailOf(objection), about: objection.about, receivedOn: objection.receivedOn, late: objection.late ? 1 : 0 }
    await context.auditAll([{ subject: subjectOf(id), detail }], 'fresh')
    await insertObjection(tx, toObjectionRow(app.secrets, objection, { created: now, updated: now }))
    if (objection.about !== 'measure') await closeDeadlineAsOf(context, 'objection.file', filing, objection.handedInOn)
    await openDeadlines(context, [{ code: 'objection.review', subject: subjectOf(id), start: objection.receivedOn }])
    await notifyDebtor(context, 'objection.registered', objection, listing, {
      about: app.catalog.words('objections', `about.${objection.about}`),
      timing: app.catalog.words('objections', objection.late ? 'timing.late' : 'timing.in_time'),
      dueOn: await writtenDueDay(tx, 'objection.review', subjectOf(id)),
    })
    if (objection.suspends) await suspendListing(context, listed, objection)
    return { ...outcomeOf(objection), late: objection.late }
  },
  objectionFacts,
)

/** The measures objected to, in the order given. @throws `unit_missing`, `unit_class`, `screening_measure_other`. */
async function measuresOf(tx: Tx, unitId: string | null, given: readonly string[]): Promise<readonly string[]> {
  if (unitId === null) return []
  await requireUnit(tx, unitId)
  const own = given.length === 0 ? [] : await measureIdsOfUnit(tx, unitId)
  const other = given.find((id) => !own.includes(id))
  if (other !== undefined) throw new AppError('screening_measure_other', { measure: other, possible: own.join(' ') })
  return [...new Set(given)]
}

/**
 * Begins the review of an objection.
 * @throws `objection_missing`, `objection_version_stale`, `objection_act_impossible`.
 */
export const reviewObjection = command(
  'objection.review',
  async (context, input: ObjectionItem): Promise<ObjectionOutcome> => {
    const { objection, listed, outcome } = await moveObjection(context, input, (before) => review(before, context.actor.id))
    const { listing } = listed
    // One that was registered before measures rested from the registration.
    if (objection.suspends && !(await suspends(context.tx, objection.id))) await suspendListing(context, listed, objection)
    const due = { dueOn: await writtenDueDay(context.tx, 'objection.review', subjectOf(objection.id)) }
    await notifyDebtor(context, 'objection.reviewing', objection, listing, due)
    await notifyUnit(context, 'objection.reviewing', objection, due)
    await notifyCourt(context, 'objection.reviewing', objection, 'approver', due)
    return outcome
  },
  objectionFacts,
)

/**
 * Suspends measures while an objection of another kind is reviewed, at the order of an approver.
 * @throws as `reviewObjection`, and `own_draft`, `objection_suspends`, `objection_impossible`.
 */
export const suspendForObjection = command(
  'objection.suspend',
  async (context, input: ObjectionItem): Promise<ObjectionOutcome> => {
    const { objection, listed, outcome } = await moveObjection(context, input, (before, listing) =>
      suspend(before, listing, context.actor.id),
    )
    await suspendListing(context, listed, objection)
    return outcome
  },
  objectionFacts,
)

/** Records that the debtor withdrew the objection. @throws as `reviewObjection`, and `reason_needed`. */
export const withdrawObjection = command(
  'objection.withdraw',
  async (context, input: ObjectionItem & { reason: string }): Promise<ObjectionOutcome> => {
    const { objection, listed, outcome } = await moveObjection(context, input, (before) => withdraw(before, input.reason))
    await cancelDeadlines(context, 'objection.review', [subjectOf(objection.id)])
    await resumeListing(context, listed, objection)
    await notifyDebtor(context, 'objection.withdrawn', objection, listed.listing)
    return outcome
  },
  objectionFacts,
)

/** The decision on an objection. */
export interface ObjectionDecision extends ObjectionItem {
  reason: string
  /** Default: the next number of the year. */
  decisionNo?: string | undefined
}

/**
 * Upholds an objection: opens the deadline to carry it out, and notifies whoever must do so. With an open proposal of the remedy by another
 * person, this decision is the second person's: the proposal takes effect at once.
 * @throws as `reviewObjection`, and `objection_own_review`, `own_draft`, `objection_remedy_unfit`, `objection_proposal_unfit`,
 *   `reason_needed`, and what `approveProposals` throws.
 */
export const upholdObjection = command(
  'objection.decide',
  async (context, input: ObjectionDecision & { remedy: Remedy; proposalId?: string | undefined }): Promise<ObjectionOutcome> => {
    const { actor, now, tx, app } = context
    const today = dayOf(now)
    const decisionNo = await numberOf(context, input, today)
    const { objection, listed, outcome } = await moveObjection(
      context,
      input,
      (before, listing, authors) => uphold(before, listing, { ...input, decisionNo, by: actor.id, authors, today }),
      () => ({ remedy: input.remedy, decisionNo }),
    )
    const { listing } = listed
    const subject = subjectOf(objection.id)
    await closeDeadlines(context, 'objection.review', [subject])
    await openDeadlines(context, [{ code: 'objection.carry_out', subject, start: today }])
    const values = { decisionNo, remedy: app.catalog.words('objections', `remedy.${input.remedy}`) }
    const due = { remedy: values.remedy, dueOn: await writtenDueDay(tx, 'objection.carry_out', subject) }
    await notifyDebtor(context, 'objection.upheld', objection, listing, values)
    await notifyCourt(context, 'objection.upheld', objection, 'clerk', due)
    if (input.remedy === 'lift_measure') await notifyUnit(context, 'objection.upheld', objection, due)
    if (input.proposalId !== undefined) await carryOutProposal(context, listing, { ...input, proposalId: input.proposalId })
    return outcome
  },
  objectionFacts,
)

/** Puts the proposal of a remedy in force. @throws `objection_proposal_unfit` for one of another listing or act. */
async function carryOutProposal(context: CommandContext, listing: Listing, input: { proposalId: string; remedy: Remedy }): Promise<void> {
  const proposals = await loadProposals(context, [input.proposalId])
  if (proposals.some(({ listingId, terms }) => listingId !== listing.id || terms.act !== input.remedy))
    throw new AppError('objection_proposal_unfit', { remedy: input.remedy })
  await putInForce(context, proposals)
}

/** Rejects an objection; the notice tells the debtor how to ask the next higher court for reconsideration. @throws as `upholdObjection`. */
export const rejectObjection = command(
  'objection.decide',
  async (context, input: ObjectionDecision): Promise<ObjectionOutcome> => {
    const { actor, now, app } = context
    const today = dayOf(now)
    const decisionNo = await numberOf(context, input, today)
    const { objection, listed, outcome } = await moveObjection(
      context,
      input,
      (before, listing, authors) => reject(before, listing, { ...input, decisionNo, by: actor.id, authors, today }),
      () => ({ decisionNo }),
    )
    await closeDeadlines(context, 'objection.review', [subjectOf(objection.id)])
    await resumeListing(context, listed, objection)
    await notifyDebtor(context, 'objection.rejected', objection, listed.listing, {
      decisionNo,
      reason: input.reason.trim(),
      higherCourt: app.catalog.words('states', `court.${NEXT_COURT}`),
      days: amountOf('reconsideration.file', app.config.profile, app.config.clockDays),
    })
    return outcome
  },
  objectionFacts,
)

async function numberOf(context: CommandContext, input: ObjectionDecision, today: Day): Promise<string> {
  const givenNo = input.decisionNo?.trim()
  if (givenNo) return givenNo
  const year = today.slice(0, 4)
  const number = await takeNumbers(context.tx, `correction:${year}`, 1)
  return context.app.catalog.words('objections', 'decision.number', { year, number })
}
