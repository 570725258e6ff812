// Commands on creditors' matters: file, confirm, decline, draft the listing, review, decide, answer, withdraw. The creditor is told each step.
// Loading, saving and notifying are changes.commands.ts; the draft's own way is features/listings/commands.ts.

import { confirmableReach } from '../../messaging/confirmations.ts'
import { outcomeOf } from '../../platform/commands/outcome.ts'
import { type Day, dayOf, writtenDayOrNone } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newCode, newId } from '../../core/ids.ts'
import { command, withinTransaction, type CommandContext } from '../../platform/commands/command.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { cancelDeadlines, closeDeadlines, dueDayOf, openDeadlines, writtenDueDay } from '../deadlines/commands.ts'
import type { RawContent } from '../debtors/row-reader.rules.ts'
import { loadListings, subjectOf as listingSubject } from '../listings/changes.commands.ts'
import { draftListing, redraftListing, type Typed } from '../listings/commands.ts'
import type { Listing } from '../listings/rules.ts'
import {
  answer,
  confirm,
  decide,
  decline,
  drafted,
  MATTER_DEADLINE,
  matterNumber,
  review,
  sendBack,
  withdraw,
  type Finding,
  type Matter,
  type MatterRecord,
  type MatterWay,
} from './rules.ts'
import { readMatter, type MatterForm } from './form.rules.ts'
import {
  loadMatter,
  matterFacts,
  matterSubject,
  notifyCourt,
  notifyCreditor,
  saveMatter,
  type LoadedMatter,
  type MatterItem,
  type MatterOutcome,
} from './changes.commands.ts'
import { insertMatter, matterCodeHash, toMatterRow } from './store.ts'

/** A matter just filed. */
export interface FiledMatter extends MatterOutcome {
  /** The query code, shown this once and stored as a hash only. Grouped for reading: `ABCD-EFGH-JKLM`. */
  code: string
  receivedOn: Day
  /** The day by which the court decides or answers; null when no deadline runs. */
  dueOn: Day | null
  /** Whether a message to the creditor was enqueued: a landline takes none, and then the number is said by whoever entered it. */
  told: boolean
}

/** What is filed, and how it came in. */
export interface NewMatter extends MatterForm {
  way: MatterWay
  /** Staff only: the day on which a letter arrived or somebody called; today when absent. */
  receivedOn?: Day | undefined
  /** Staff only: the listing that an objection to an exit is about. */
  listingId?: string | undefined
}

/**
 * Files an application for a listing, a clue or an objection to an exit. The deadline runs from the day of receipt. What comes by chat or
 * page waits until a clerk made sure who wrote it; nothing in the answer depends on whether such a case exists.
 * @throws `creditor_incomplete` with every problem, `not_allowed` for a way that the actor may not use, `request_invalid`,
 *   `listing_missing`, and what `confirm` throws.
 */
export const fileMatter = command(
  'creditor.file',
  async (context, input: NewMatter): Promise<FiledMatter> => {
    const { tx, app, now, actor } = context
    const byStaff = !actor.roles.includes('public')
    if (byStaff !== (input.way === 'phone' || input.way === 'clerk')) throw new AppError('not_allowed', { act: 'creditor.file' })
    const today = dayOf(now)
    const { record, receivedOn } = withFieldNames(app, byStaff ? 'visits' : 'creditors', () => ({
      record: readMatter(input, today),
      receivedOn: byStaff ? receiptDay(input.receivedOn ?? today, today) : today,
    }))
    const number = matterNumber(input.kind, today, await takeNumbers(tx, `creditor:${input.kind}:${today}`, 1))
    const fresh: Matter = {
      ...{ id: newId(), number, kind: input.kind, way: input.way, state: 'received', version: 1, receivedOn, receivedAt: now },
      ...{ registeredBy: actor.id, confirmedBy: null, reviewedBy: null, decidedBy: null, finding: null, listingId: null, record },
    }
    const matter = byStaff ? confirm(fresh, { by: actor.id, listing: await listingOf(context, input.listingId) }) : fresh
    const code = newCode()
    const subject = matterSubject(matter.id)
    await context.auditAll([{ subject, detail: { number, kind: matter.kind, way: matter.way, to: matter.state } }], 'fresh')
    const codeHash = matterCodeHash(number, code.replaceAll('-', ''))
    await insertMatter(tx, toMatterRow(app.secrets, matter, { codeHash, updatedAt: now }))
    await openDeadlines(context, [{ code: MATTER_DEADLINE[matter.kind], subject, start: receivedOn }])
    const dueOn = await dueDayOf(tx, MATTER_DEADLINE[matter.kind], subject)
    const applicant = await confirmableReach(context, matter.record.applicant)
    const confirmable = { ...matter, record: { ...matter.record, applicant } }
    const told = (await notifyCreditor(context, 'creditor.received', confirmable, { dueOn: writtenDayOrNone(dueOn) })) > 0
    await notifyCourt(context, 'creditor.received', matter, 'clerk')
    return { ...outcomeOf(matter), code, receivedOn, dueOn, told }
  },
  matterFacts,
)

function receiptDay(receivedOn: Day, today: Day): Day {
  if (receivedOn > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'receivedOn', values: { today } }])
  return receivedOn
}

async function listingOf(context: CommandContext, listingId: string | undefined): Promise<Listing | null> {
  if (listingId === undefined) return null
  const [loaded] = await loadListings(context, [{ id: listingId }])
  return loaded?.listing ?? null
}

/**
 * Records that a clerk made sure the matter comes from the applicant of the case; the creditor is told that it is taken up.
 * @param listingId of an objection to an exit, needed: the listing that left the list.
 * @throws `creditor_missing`, `creditor_version_stale`, `listing_missing`, `creditor_listing_needed`, `creditor_listing_unfit`,
 *   `creditor_act_impossible`.
 */
export const confirmMatter = command(
  'creditor.confirm',
  async (context, input: MatterItem & { listingId?: string | undefined }): Promise<MatterOutcome> => {
    const before = await loadMatter(context, input)
    const matter = confirm(before.matter, { by: context.actor.id, listing: await listingOf(context, input.listingId) })
    const outcome = await saveMatter(context, before, matter, linkOf(matter))
    const dueOn = await writtenDueDay(context.tx, MATTER_DEADLINE[matter.kind], matterSubject(matter.id))
    await notifyCreditor(context, 'creditor.confirmed', matter, { dueOn })
    return outcome
  },
  matterFacts,
)

const linkOf = ({ listingId }: Matter): Record<string, string> => (listingId === null ? {} : { listingId })

/**
 * Declines a matter whose writer is not, or could not be shown to be, the applicant of the case. The message that follows is the same in
 * every case: it asks to come with a document, and says nothing of case or debtor. The note stays in the court.
 * @throws as `confirmMatter`, and `reason_needed`.
 */
export const declineMatter = command(
  'creditor.decline',
  async (context, input: MatterItem & { note: string }): Promise<MatterOutcome> => {
    const before = await loadMatter(context, input)
    const matter = decline(before.matter, input.note)
    const outcome = await saveMatter(context, before, matter)
    await closeDeadlines(context, MATTER_DEADLINE[matter.kind], [matterSubject(matter.id)])
    await notifyCreditor(context, 'creditor.declined', matter)
    return outcome
  },
  matterFacts,
)

/** The draft that a matter leads to. */
export interface MatterDraft extends MatterItem, Partial<Pick<Typed, 'stated'>> {
  /** Application: what the draft says. Debtor and case are taken from the application where they are left out, the applicant always. */
  content?: RawContent | undefined
  /** Instead of a new draft: one that exists already, in the same case. */
  listingId?: string | undefined
}

/**
 * Opens the draft of a listing from an application, or anew after an upheld objection to an exit, or links one that exists. The draft goes
 * the way of every listing: submitted, approved by another person, served, published. The deadline to decide on an application goes over
 * to the listing, counted from the same day, and ends with its approval.
 * @throws as `confirmMatter`, and what `draftListing` throws.
 */
export const draftMatter = command(
  'creditor.draft',
  async (context, input: MatterDraft): Promise<MatterOutcome & { listingId: string }> => {
    const before = await loadMatter(context, input)
    const listing = (await listingOf(context, input.listingId)) ?? (await openDraft(context, before.matter, input))
    const matter = drafted(before.matter, listing)
    const outcome = await saveMatter(context, before, matter, linkOf(matter))
    if (matter.kind === 'application') {
      await cancelDeadlines(context, 'creditor.apply_decide', decisionSubjects(before.matter))
      await openDeadlines(context, [{ code: 'creditor.apply_decide', subject: listingSubject(listing), start: matter.receivedOn }])
    }
    await notifyCreditor(context, 'creditor.drafted', matter)
    return { ...outcome, listingId: listing.id }
  },
  ({ number, state, listingId }) => ({ matter: number, state, listing: listingId }),
)

async function openDraft(
  context: CommandContext,
  { kind, record, listingId }: Matter,
  { content = {}, stated = {} }: MatterDraft,
): Promise<Listing> {
  const app = withinTransaction(context.app, context.tx)
  if (kind === 'clue') throw new AppError('creditor_listing_needed')
  const { id } =
    kind === 'exit_objection' && listingId !== null
      ? await redraftListing(app, context.actor, { id: listingId })
      : await draftListing(app, context.actor, { content: { ...aboutDebtor(record, content), ...content, ...askedBy(record) }, stated })
  return (await listingOf(context, id)) as Listing
}

/** What the draft takes from the application where the clerk's own content does not say it. */
function aboutDebtor({ caseNo, debtor }: MatterRecord, { uscc }: RawContent): RawContent {
  return { name: debtor.name, caseNo, ...(debtor.identifier === undefined || uscc !== undefined ? {} : { identifier: debtor.identifier }) }
}

/** Who asks: always the applicant, because the bar after a deletion that they asked for binds them (法释〔2017〕7号 art. 10). */
function askedBy({ applicant }: MatterRecord): RawContent {
  return { applicantName: applicant.name, ...(applicant.phone === undefined ? {} : { applicantPhone: applicant.phone }) }
}

/** Where the deadline to decide on an application may run: with the application itself, or with the draft it led to. */
function decisionSubjects({ id, listingId }: Matter): string[] {
  return [matterSubject(id), ...(listingId === null ? [] : [listingSubject({ id: listingId })])]
}

/**
 * Records what a clerk proposes after reviewing; the approvers are told.
 * @throws as `confirmMatter`, and `creditor_draft_needed`, `reason_needed`.
 */
export const reviewMatter = command(
  'creditor.review',
  async (context, input: MatterItem & { finding: Finding; reason: string }): Promise<MatterOutcome> => {
    const before = await loadMatter(context, input)
    const matter = review(before.matter, { by: context.actor.id, finding: input.finding, reason: input.reason })
    const outcome = await saveMatter(context, before, matter, { finding: input.finding })
    await notifyCourt(context, 'creditor.reviewed', matter, 'approver')
    return outcome
  },
  matterFacts,
)

/** Decides as proposed, by another person than whoever entered, confirmed or reviewed it. @throws as `confirmMatter`, and `own_draft`. */
export const decideMatter = command(
  'creditor.decide',
  async (context, input: MatterItem): Promise<MatterOutcome> => {
    const before = await loadMatter(context, input)
    const matter = decide(before.matter, context.actor.id)
    const outcome = await saveMatter(context, before, matter, { finding: matter.finding ?? '' })
    await closeDeadlines(context, MATTER_DEADLINE[matter.kind], decisionSubjects(matter))
    const event = matter.state === 'upheld' ? 'creditor.upheld' : 'creditor.refused'
    await notifyCreditor(context, event, matter, { reason: matter.record.reason ?? '' })
    return outcome
  },
  matterFacts,
)

/** Sends a proposal back to the clerk with a reason. @throws as `decideMatter`, and `reason_needed`. */
export const sendBackMatter = command(
  'creditor.decide',
  async (context, input: MatterItem & { reason: string }): Promise<MatterOutcome> => {
    const before = await loadMatter(context, input)
    return saveMatter(context, before, sendBack(before.matter, { by: context.actor.id, reason: input.reason }))
  },
  matterFacts,
)

/** Answers a clue: what was found, as far as the creditor may know. @throws as `confirmMatter`, and `reason_needed`. */
export const answerMatter = command(
  'creditor.answer',
  async (context, input: MatterItem & { text: string }): Promise<MatterOutcome> => {
    const before = await loadMatter(context, input)
    const matter = answer(before.matter, input.text)
    const outcome = await saveMatter(context, before, matter)
    await closeDeadlines(context, MATTER_DEADLINE[matter.kind], [matterSubject(matter.id)])
    await notifyCreditor(context, 'creditor.answered', matter, { answer: matter.record.answer ?? '' })
    return outcome
  },
  matterFacts,
)

/** Records that the creditor took it back. A draft that it led to stays, for the court may go on by itself. @throws as `declineMatter`. */
export const withdrawMatter = command(
  'creditor.withdraw',
  async (context, input: MatterItem & { note: string }): Promise<MatterOutcome> => {
    const before: LoadedMatter = await loadMatter(context, input)
    const matter = withdraw(before.matter, input.note)
    const outcome = await saveMatter(context, before, matter)
    await cancelDeadlines(context, MATTER_DEADLINE[matter.kind], decisionSubjects(matter))
    await notifyCreditor(context, 'creditor.withdrawn', matter)
    return outcome
  },
  matterFacts,
)
