// The content, states and acts of a listing (实施意见 四(二), 法释〔2017〕7号). Pure: what may happen next, and what follows from it.
// Storing is store.ts and search.store.ts; the checks of a row are rows.rules.ts; deadlines are clocks.commands.ts.

import { addMonths, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { tidyName } from '../../core/person-names.ts'
import { createMachine } from '../../core/state-machine.ts'
import { requireAnother } from '../../platform/commands/permissions.ts'
import type { Profile } from '../../core/profile.ts'
import type { Debtor, Disclosure } from '../debtors/rules.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** The employer to notify: only that of an undisclosed debtor, because a public listing is on the public list. */
export function employersOf({ debtor, disclosure }: ListingContent): string[] {
  return disclosure === 'undisclosed' && debtor.employer !== undefined ? [debtor.employer] : []
}

/** The units or superiors of an official debtor to notify. */
export function superiorsOf({ debtor }: ListingContent): string[] {
  return [...(debtor.official?.superiors ?? [])]
}

/** Names of those who are notified of a correction. */
export interface CorrectionRecipients {
  /** Notified of the listing for the first time. */
  first: string[]
  /** Notified before: told that the listing has changed, even if it no longer concerns them. */
  before: string[]
  /** Those of `before` whom it no longer concerns. */
  left: string[]
}

/** Compares the names before and after a correction, to tell each the right thing. */
export function compareRecipients(old: readonly string[], now: readonly string[]): CorrectionRecipients {
  return { first: now.filter((name) => !old.includes(name)), before: [...old], left: old.filter((name) => !now.includes(name)) }
}

/** Ground of a listing: 法释〔2017〕7号 art. 1, items 1–6. */
export type Ground = 1 | 2 | 3 | 4 | 5 | 6

/** What a listing says: the part that a clerk drafts, a file contains, and a correction changes. */
export interface ListingContent {
  debtor: Debtor
  /** Normalised: `（2026）云3401执123号`. */
  caseNo: string
  /** The executing court. */
  court: string
  province?: string
  filedOn: Day
  /** The basis document's number and maker. */
  basisNo: string
  basisMaker: string
  obligation: string
  performance: string
  grounds: readonly Ground[]
  /** Months, null where the law sets none (ground 1 alone). */
  termMonths: number | null
  disclosure: Disclosure
  /** The day that a file of a list in force states; our own listings get theirs when they are published. */
  publishedOn?: Day
  applicant?: { name?: string; phone?: string }
  /** Why the court lists of its own motion; absent: the applicant asks for the listing. */
  ownMotion?: string
}

/** Texts of a listing that are published as they stand, beside names and the province. */
export const PUBLISHED_TEXTS = [
  'court',
  'caseNo',
  'basisNo',
  'basisMaker',
  'obligation',
  'performance',
] as const satisfies readonly (keyof ListingContent)[]

/** What a poster shows of an entry beside its name and number, in the order of 法释〔2017〕7号 art. 6. */
export const POSTED_FACTS = ['sex', 'age', 'legalRepresentative', ...PUBLISHED_TEXTS, 'grounds'] as const

/** States of a listing. */
export const LISTING_STATES = ['draft', 'pending', 'decided', 'served', 'listed', 'shielded', 'revoked', 'withdrawn'] as const
export type ListingState = (typeof LISTING_STATES)[number]
/** The decision was made and still stands, published or not. */
export const DECIDED_STATES = ['decided', 'served', 'listed'] as const satisfies readonly ListingState[]
/** The listing was on the list and left it. */
export const EXITED_STATES = ['shielded', 'revoked'] as const satisfies readonly ListingState[]
const ENDED_STATES: readonly ListingState[] = [...EXITED_STATES, 'withdrawn']
/** The acts on a listing; each is a command. */
export type ListingAct =
  'edit' | 'submit' | 'approve' | 'reject' | 'record_service' | 'withdraw' | 'publish' | 'correct' | 'shield' | 'revoke'

/** A listing: its content and what the acts on it recorded. */
export interface Listing {
  id: string
  /** Unit id of the court whose list the entry belongs to; `court` is ours. */
  source: string
  state: ListingState
  /** Grows by one with every act; saving is refused if it changed since it was read. */
  version: number
  /** Number of the wording; grows by one with every correction. */
  contentVersion: number
  content: ListingContent
  draftedBy: string
  decidedBy?: string
  decidedOn?: Day
  decisionNo?: string
  servedOn?: Day
  serviceManner?: string
  publishedOn?: Day
  /** The last day of a fixed term, YYYY-MM-DD. */
  termEndsOn?: Day
  exitedOn?: Day
  exitGround?: ExitGround
  /** Name of the applicant who asked for the deletion (`creditor_request`). */
  exitAskedBy?: string
  /** Reason of the last rejection, withdrawal, shield, revocation or correction. */
  reason?: string
  importId?: string
}

/** Why a listing may leave the list (实施意见 四(二)4, 法释〔2017〕7号 art. 10), as a person can state it. */
export const STATED_EXIT_GROUNDS = [
  'fully_performed',
  'settlement_performed',
  'creditor_request',
  'case_concluded',
  'not_enforced',
  'no_assets_found',
  'stayed',
  'term_ended',
] as const
/** With a higher court's own removal, which only its list shows. */
export const EXIT_GROUNDS = [...STATED_EXIT_GROUNDS, 'source_removed'] as const
export type ExitGround = (typeof EXIT_GROUNDS)[number]

/** Unit ids of the courts above ours whose published lists are imported (实施意见 二(一)). */
export const HIGHER_COURTS = ['supreme_court', 'provincial_high_court', 'prefecture_court'] as const

const refusal = 'listing_act_impossible'
/** State machine of the policy profile; under the statute profile a decided listing may be published too. */
const seedMachine = createMachine<ListingState, ListingAct>({
  name: 'listing',
  initial: ['draft', 'listed'],
  terminal: ENDED_STATES,
  refusal,
  moves: [
    { from: ['draft'], act: 'edit', to: 'draft' },
    { from: ['draft'], act: 'submit', to: 'pending' },
    { from: ['pending'], act: 'approve', to: 'decided' },
    { from: ['pending'], act: 'reject', to: 'draft' },
    { from: ['decided'], act: 'record_service', to: 'served' },
    { from: ['draft', 'decided', 'served'], act: 'withdraw', to: 'withdrawn' },
    { from: ['served'], act: 'publish', to: 'listed' },
    { from: ['listed'], act: 'correct', to: 'listed' },
    { from: ['listed'], act: 'shield', to: 'shielded' },
    { from: ['listed'], act: 'revoke', to: 'revoked' },
  ],
})

/** Whether the same debtor may not be listed again in the same case. */
export function inForce(state: ListingState): boolean {
  return !ENDED_STATES.includes(state)
}

/** Whether the listing was on the list and left it. */
export function hasExited(state: ListingState): boolean {
  return (EXITED_STATES as readonly ListingState[]).includes(state)
}

/** Whether the public sees it: on the list, and not undisclosed. `PUBLIC_ENTRY` in store.ts is the same condition as SQL. */
export function isPublicEntry(row: { state: string; disclosure: string }): boolean {
  return row.state === 'listed' && row.disclosure === 'public'
}

/** The acts that are possible in a state, for screens and errors. */
export function possibleActs(state: ListingState, profile: Profile): ListingAct[] {
  const acts = seedMachine.possible(state)
  return profile === 'statute' && state === 'decided' ? [...acts, 'publish'] : acts
}

function step(listing: Listing, act: ListingAct, profile: Profile = 'seed'): Listing {
  if (act === 'publish' && profile === 'statute' && listing.state === 'decided')
    return { ...listing, state: 'listed', version: listing.version + 1 }
  return { ...listing, state: seedMachine.next(listing.state, act), version: listing.version + 1 }
}

/** The trimmed reason. @throws `reason_needed` for fewer than 2 characters. */
export function requireReason(reason: string): string {
  const trimmed = reason.trim()
  if (trimmed.length < 2) throw new AppError('reason_needed')
  return trimmed
}

/** A new draft, typed by a clerk or read from a file of our own court. */
export function draft(input: { id: string; content: ListingContent; by: string; importId?: string }): Listing {
  return {
    id: input.id,
    source: OUR_COURT,
    state: 'draft',
    version: 1,
    contentVersion: 1,
    content: input.content,
    draftedBy: input.by,
    ...(input.importId === undefined ? {} : { importId: input.importId }),
  }
}

/** The content with which a listing that left the list is drafted anew. @throws `listing_act_impossible`, `listing_of_higher_court`. */
export function contentAnew(listing: Listing): ListingContent {
  if (!hasExited(listing.state))
    throw new AppError('listing_act_impossible', {
      state: listing.state,
      act: 'edit',
      possible: possibleActs(listing.state, 'seed').join(' '),
    })
  requireOurs(listing)
  const { publishedOn: _, ...content } = listing.content
  return content
}

/** A listing read from a list that is already in force: a higher court's, or our own at takeover. The dates of the file are kept. */
export function enterListed(input: {
  id: string
  source: string
  content: ListingContent
  by: string
  importId: string
  today: Day
}): Listing {
  const publishedOn = input.content.publishedOn ?? input.today
  return withTermEnd({
    id: input.id,
    source: input.source,
    state: 'listed',
    version: 1,
    contentVersion: 1,
    content: input.content,
    draftedBy: input.by,
    importId: input.importId,
    publishedOn,
  })
}

/** Sets the last day of the term, counted from the day of publication. */
function withTermEnd(listing: Listing): Listing {
  const termEndsOn = termEndOf(listing)
  return termEndsOn === undefined ? listing : { ...listing, termEndsOn }
}

/** The last day of the term of a listing as it was published; undefined before that, and without a fixed term. */
export function termEndOf({ publishedOn, content: { termMonths } }: Listing): Day | undefined {
  return publishedOn === undefined || termMonths === null ? undefined : addMonths(publishedOn, termMonths)
}

/** Replaces the content of a draft. @throws `listing_act_impossible`. */
export function edit(listing: Listing, content: ListingContent): Listing {
  return { ...step(listing, 'edit'), content }
}

/** Submits a draft for approval. @throws `listing_act_impossible`. */
export function submit(listing: Listing): Listing {
  return step(listing, 'submit')
}

/** A decision by somebody, who must not be among the authors of the listing. */
interface ByAnother {
  by: string
  authors: ReadonlySet<string>
}

/**
 * Approves a listing. The decision takes effect when it is made (法释〔2017〕7号 art. 5).
 * @throws `own_draft` for whoever wrote a part of it, `listing_act_impossible`.
 */
export function approve(listing: Listing, input: ByAnother & { decisionNo: string; today: Day }): Listing {
  requireAnother(input.by, [listing.draftedBy, ...input.authors])
  return { ...step(listing, 'approve'), decidedBy: input.by, decidedOn: input.today, decisionNo: input.decisionNo }
}

/** Sends a listing back to its drafter. @throws `own_draft` for whoever wrote a part of it, `reason_needed`, `listing_act_impossible`. */
export function reject(listing: Listing, input: ByAnother & { reason: string }): Listing {
  requireAnother(input.by, [listing.draftedBy, ...input.authors])
  return { ...step(listing, 'reject'), reason: requireReason(input.reason) }
}

/**
 * Records the service of the decision.
 * @throws `listing_incomplete` for a day before the decision or in the future, `reason_needed` without a manner.
 */
export function recordService(listing: Listing, input: { servedOn: Day; manner: string; today: Day }): Listing {
  const moved = step(listing, 'record_service')
  if (input.servedOn > input.today || (listing.decidedOn !== undefined && input.servedOn < listing.decidedOn))
    throw new AppError('listing_incomplete', {}, [{ code: 'service_day', field: 'servedOn' }])
  return { ...moved, servedOn: input.servedOn, serviceManner: requireReason(input.manner) }
}

/** Withdraws a listing before its publication. @throws `reason_needed`, `listing_act_impossible`. */
export function withdraw(listing: Listing, input: { reason: string }): Listing {
  return { ...step(listing, 'withdraw'), reason: requireReason(input.reason) }
}

/** Publishes a listing; its term runs from `today`. @throws `listing_act_impossible`. */
export function publish(listing: Listing, input: { today: Day; profile: Profile }): Listing {
  return withTermEnd({ ...step(listing, 'publish', input.profile), publishedOn: input.today })
}

/**
 * Corrects the content of a published listing (法释〔2017〕7号 art. 9); what may change is corrections.rules.ts.
 * @throws `listing_of_higher_court`, `reason_needed`, `listing_act_impossible`.
 */
export function correct(listing: Listing, input: { content: ListingContent; reason: string }): Listing {
  const moved = step(listing, 'correct')
  requireOurs(listing)
  return { ...moved, content: input.content, contentVersion: listing.contentVersion + 1, reason: requireReason(input.reason) }
}

/** Whether a shield today would end a fixed term early, which needs an early-deletion decision (法释〔2017〕7号 art. 2). */
export function cutsTermShort(listing: Listing, ground: ExitGround, today: Day): boolean {
  return ground !== 'source_removed' && listing.termEndsOn !== undefined && today <= listing.termEndsOn
}

/**
 * Takes a listing off the list on an exit ground.
 * @param input.earlyDecisionNo number of the early-deletion decision, needed while the fixed term has not run out.
 * @param input.askedBy who asked for the deletion, for `creditor_request`; without it, the applicant whom the listing names.
 * @throws `listing_early_exit`, `listing_of_higher_court`, `reason_needed`, `listing_act_impossible`, `exit_applicant_needed` when nobody
 *   is named who asked.
 */
export function shield(
  listing: Listing,
  input: { ground: ExitGround; reason: string; today: Day; earlyDecisionNo?: string; askedBy?: string },
): Listing {
  const moved = step(listing, 'shield')
  if (input.ground !== 'source_removed') requireOurs(listing)
  if (input.ground === 'term_ended' && (listing.termEndsOn === undefined || input.today <= listing.termEndsOn))
    throw new AppError('listing_early_exit', { until: listing.termEndsOn ?? '-' })
  if (cutsTermShort(listing, input.ground, input.today) && !input.earlyDecisionNo?.trim())
    throw new AppError('listing_early_exit', { until: listing.termEndsOn ?? '-' })
  const reason = input.earlyDecisionNo === undefined ? input.reason : `${input.earlyDecisionNo.trim()} ${input.reason}`
  const askedBy = input.ground === 'creditor_request' ? { exitAskedBy: requireAskedBy(listing, input.askedBy) } : {}
  return { ...moved, exitedOn: input.today, exitGround: input.ground, ...askedBy, reason: requireReason(reason) }
}

/** The six-month bar stops whoever asked for the deletion, and nobody else: relist.rules.ts. */
function requireAskedBy({ content }: Listing, given = ''): string {
  const name = tidyName(given) || (content.applicant?.name ?? '')
  if (name === '') throw new AppError('exit_applicant_needed')
  return name
}

/** Suspends or resumes the measures based on a listing (实施意见 四(二)3): state and content stay, only the version grows. */
export function suspendOrResume(listing: Listing): Listing {
  return { ...listing, version: listing.version + 1 }
}

/**
 * Revokes a listing that should never have been made (法释〔2017〕7号 art. 9).
 * @throws `listing_of_higher_court`, `reason_needed`, `listing_act_impossible`.
 */
export function revoke(listing: Listing, input: { reason: string; today: Day }): Listing {
  const moved = step(listing, 'revoke')
  requireOurs(listing)
  return { ...moved, exitedOn: input.today, reason: requireReason(input.reason) }
}

/**
 * Checks that an exit ground which a clerk found met starts the deadline to shield (实施意见 四(二)4): it does not when `shield` would be
 * refused today.
 * @throws what `shield` throws; `request_invalid` for a day in the future.
 */
export function noteExit(listing: Listing, input: { ground: ExitGround; metOn: Day; today: Day; earlyDecisionNo?: string }): void {
  if (input.metOn > input.today)
    throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'metOn', values: { today: input.today } }])
  // Reason and applicant are stated when the listing is shielded.
  shield(listing, { ...input, reason: input.ground, askedBy: input.ground })
}

/**
 * Checks that an error which a clerk found or was told of starts the deadline to correct it (实施意见 四(二)2, 法释〔2017〕7号 art. 9). A draft is
 * edited instead.
 * @throws what `correct` throws; `request_invalid` for a day in the future.
 */
export function noteError(listing: Listing, input: { foundOn: Day; today: Day; reason: string }): void {
  if (input.foundOn > input.today)
    throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'foundOn', values: { today: input.today } }])
  correct(listing, { content: listing.content, reason: input.reason })
}

function requireOurs(listing: Listing): void {
  if (listing.source !== OUR_COURT) throw new AppError('listing_of_higher_court', { source: listing.source })
}
