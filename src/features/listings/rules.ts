// A listing's content, states and acts (seed 四(二), 法释〔2017〕7号). Pure: what may happen next and what follows from it.
// Saving is features/listings/store; telling people is messaging/notices.rules; the checks of a row are rows.ts.

import { addMonths, type Day, addDays } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import type { Profile } from '../../core/profile.ts'
import type { Debtor, Disclosure } from '../debtors/rules.ts'
import { ruleOf } from '../deadlines/clocks.rules.ts'
import { plainEnd } from '../deadlines/rules.ts'

/** The employer, of an undisclosed entry alone: of a public one the public list speaks. */
export function employersOf({ debtor, disclosure }: ListingContent): string[] {
  return disclosure === 'undisclosed' && debtor.employer !== undefined ? [debtor.employer] : []
}

export function superiorsOf({ debtor }: ListingContent): string[] {
  return [...(debtor.official?.superiors ?? [])]
}

export interface Heard {
  /** Are to be told of it for the first time. */
  first: string[]
  /** Were told before: they hear that what they know has changed, also where it concerns them no more. */
  before: string[]
  /** Of these, the ones it concerns no more. */
  left: string[]
}

/** Who hears what of a correction. */
export function heardOf(old: readonly string[], now: readonly string[]): Heard {
  return { first: now.filter((name) => !old.includes(name)), before: [...old], left: old.filter((name) => !now.includes(name)) }
}

/**
 * The first day after the bar that follows a creditor-asked deletion (clock `relist.bar`); null when there is none. Read off the exit itself: a bar
 * needs no row of its own, so it also holds for exits that this house only took over.
 */
export function barredUntil(exit: { ground: ExitGround | null; exitedOn: Day | null }, profile: Profile): Day | null {
  const rule = ruleOf('relist.bar', profile)
  if (exit.ground !== 'creditor_request' || exit.exitedOn === null || 'none' in rule || rule.unit === 'working_day') return null
  return addDays(plainEnd(exit.exitedOn, rule.amount, rule.unit), 1)
}

/** 法释〔2017〕7号 art. 1, items 1–6. */
export type Ground = 1 | 2 | 3 | 4 | 5 | 6

/** What a listing says: the part that a clerk drafts, a file brings, and a correction changes. */
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
  /** As a file of a list in force states it; our own listings get it when published. */
  publishedOn?: Day
  applicant?: { name?: string; phone?: string }
}

export const LISTING_STATES = ['draft', 'pending', 'decided', 'served', 'listed', 'shielded', 'revoked', 'withdrawn'] as const
export type ListingState = (typeof LISTING_STATES)[number]
/** The decision was made and still stands, published or not. */
export const DECIDED_STATES = ['decided', 'served', 'listed'] as const satisfies readonly ListingState[]
/** The listing was on the list and left it. */
export const EXITED_STATES = ['shielded', 'revoked'] as const satisfies readonly ListingState[]
const ENDED_STATES: readonly ListingState[] = [...EXITED_STATES, 'withdrawn']
export type ListingAct =
  'edit' | 'submit' | 'approve' | 'reject' | 'record_service' | 'withdraw' | 'publish' | 'correct' | 'shield' | 'revoke'

export interface Listing {
  id: string
  /** The unit id of the court whose list it is: `court` is ours. */
  source: string
  state: ListingState
  /** Grows by one with every act; what a second clerk's stale screen is caught by. */
  version: number
  /** Grows with every correction: which wording was in force. */
  contentVersion: number
  content: ListingContent
  draftedBy: string
  decidedBy?: string
  decidedOn?: Day
  decisionNo?: string
  servedOn?: Day
  serviceManner?: string
  publishedOn?: Day
  /** The last day of a fixed term. */
  termEndsOn?: Day
  exitedOn?: Day
  exitGround?: ExitGround
  /** Why it was rejected, withdrawn, shielded, revoked or corrected last. */
  reason?: string
  importId?: string
}

/** Why a listing may leave the list (实施意见 四(二)4, 法释〔2017〕7号 art. 10); the last is a higher court's own removal. */
export const EXIT_GROUNDS = [
  'fully_performed',
  'settlement_performed',
  'creditor_request',
  'case_concluded',
  'not_enforced',
  'no_assets_found',
  'stayed',
  'term_ended',
  'source_removed',
] as const
export type ExitGround = (typeof EXIT_GROUNDS)[number]

/** The court that runs this desk, as a unit of the catalogue. */
export const OUR_COURT = 'court'
/** Courts above ours whose published lists we carry (实施意见 二(一)). */
export const HIGHER_COURTS = ['supreme_court', 'provincial_high_court', 'prefecture_court'] as const

const refusal = 'listing_act_impossible'
const seedMachine = machine<ListingState, ListingAct>({
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

/** States in which the same debtor and case may not be listed again. */
export function inForce(state: ListingState): boolean {
  return !ENDED_STATES.includes(state)
}

export function hasExited(state: ListingState): boolean {
  return (EXITED_STATES as readonly ListingState[]).includes(state)
}

/** Whether the public sees it: on the list, and not kept undisclosed. As SQL it is `PUBLIC_ENTRY` of the store. */
export function isPublicEntry(row: { state: string; disclosure: string }): boolean {
  return row.state === 'listed' && row.disclosure === 'public'
}

/** The acts open from a state, for screens and errors. */
export function possibleActs(state: ListingState, profile: Profile): ListingAct[] {
  const acts = seedMachine.possible(state)
  return profile === 'statute' && state === 'decided' ? [...acts, 'publish'] : acts
}

function step(listing: Listing, act: ListingAct, profile: Profile = 'seed'): Listing {
  if (act === 'publish' && profile === 'statute' && listing.state === 'decided')
    return { ...listing, state: 'listed', version: listing.version + 1 }
  return { ...listing, state: seedMachine.next(listing.state, act), version: listing.version + 1 }
}

function mustReason(reason: string): string {
  const trimmed = reason.trim()
  if (trimmed.length < 2) throw new AppError('reason_needed')
  return trimmed
}

/** A clerk's new draft, or a row of our own court's file. */
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

/** A row of a list already in force: a higher court's, or our own at takeover. The file's dates stand. */
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

/** The end of the term that the content states, or none: a correction may take a term away. */
function withTermEnd({ termEndsOn: _, ...listing }: Listing): Listing {
  const { publishedOn } = listing
  const { termMonths } = listing.content
  return publishedOn === undefined || termMonths === null ? listing : { ...listing, termEndsOn: addMonths(publishedOn, termMonths) }
}

export function edit(listing: Listing, content: ListingContent): Listing {
  return { ...step(listing, 'edit'), content }
}

export function submit(listing: Listing): Listing {
  return step(listing, 'submit')
}

/** Another person than the drafter decides (domain rule); the decision takes effect when made (法释〔2017〕7号 art. 5). */
export function approve(listing: Listing, input: { by: string; decisionNo: string; today: Day }): Listing {
  if (listing.draftedBy === input.by) throw new AppError('own_draft')
  return { ...step(listing, 'approve'), decidedBy: input.by, decidedOn: input.today, decisionNo: input.decisionNo }
}

export function reject(listing: Listing, input: { by: string; reason: string }): Listing {
  if (listing.draftedBy === input.by) throw new AppError('own_draft')
  return { ...step(listing, 'reject'), reason: mustReason(input.reason) }
}

/** @throws `listing_incomplete` when the day lies before the decision or in the future. */
export function recordService(listing: Listing, input: { servedOn: Day; manner: string; today: Day }): Listing {
  const moved = step(listing, 'record_service')
  if (input.servedOn > input.today || (listing.decidedOn !== undefined && input.servedOn < listing.decidedOn))
    throw new AppError('listing_incomplete', {}, [{ code: 'service_day', field: 'servedOn' }])
  return { ...moved, servedOn: input.servedOn, serviceManner: mustReason(input.manner) }
}

export function withdraw(listing: Listing, input: { reason: string }): Listing {
  return { ...step(listing, 'withdraw'), reason: mustReason(input.reason) }
}

export function publish(listing: Listing, input: { today: Day; profile: Profile }): Listing {
  return withTermEnd({ ...step(listing, 'publish', input.profile), publishedOn: input.today })
}

/** Changes what a listing says and why (法释〔2017〕7号 art. 9): a higher court's entry is that court's to correct. */
export function correct(listing: Listing, input: { content: ListingContent; reason: string }): Listing {
  const moved = step(listing, 'correct')
  mustBeOurs(listing)
  return withTermEnd({ ...moved, content: input.content, contentVersion: listing.contentVersion + 1, reason: mustReason(input.reason) })
}

/** Whether a shield now would cut a fixed term short, which only an early-deletion decision may do (法释〔2017〕7号 art. 2). */
export function cutsTermShort(listing: Listing, ground: ExitGround, today: Day): boolean {
  return ground !== 'source_removed' && listing.termEndsOn !== undefined && today <= listing.termEndsOn
}

/** @param earlyDecisionNo the number of the early-deletion decision, when the fixed term has not run out. */
export function shield(listing: Listing, input: { ground: ExitGround; reason: string; today: Day; earlyDecisionNo?: string }): Listing {
  const moved = step(listing, 'shield')
  if (input.ground !== 'source_removed') mustBeOurs(listing)
  if (input.ground === 'term_ended' && (listing.termEndsOn === undefined || input.today <= listing.termEndsOn))
    throw new AppError('listing_early_exit', { until: listing.termEndsOn ?? '-' })
  if (cutsTermShort(listing, input.ground, input.today) && !input.earlyDecisionNo?.trim())
    throw new AppError('listing_early_exit', { until: listing.termEndsOn ?? '-' })
  const reason = input.earlyDecisionNo === undefined ? input.reason : `${input.earlyDecisionNo.trim()} ${input.reason}`
  return { ...moved, exitedOn: input.today, exitGround: input.ground, reason: mustReason(reason) }
}

/** Measures because of it rest from now on, or apply again (实施意见 四(二)3): state and content stay, and the version says that it was acted on. */
export function restOrApply(listing: Listing): Listing {
  return { ...listing, version: listing.version + 1 }
}

/** The listing was wrong from the start (法释〔2017〕7号 art. 9). */
export function revoke(listing: Listing, input: { reason: string; today: Day }): Listing {
  const moved = step(listing, 'revoke')
  mustBeOurs(listing)
  return { ...moved, exitedOn: input.today, reason: mustReason(input.reason) }
}

/**
 * Whether an exit ground that a clerk found met gives the listing its days to leave (实施意见 四(二)4): what `shield` would refuse today starts no clock.
 * @throws what `shield` throws; `request_invalid` for a day that lies ahead.
 */
export function noteExit(listing: Listing, input: { ground: ExitGround; metOn: Day; today: Day; earlyDecisionNo?: string }): void {
  if (input.metOn > input.today)
    throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'metOn', values: { today: input.today } }])
  shield(listing, { ...input, reason: input.ground })
}

/**
 * Whether an error that a clerk found or was told of gives the court its days to put it right (实施意见 四(二)2, 法释〔2017〕7号 art. 9). Drafts are edited.
 * @throws what `correct` throws; `request_invalid` for a day that lies ahead.
 */
export function noteError(listing: Listing, input: { foundOn: Day; today: Day; reason: string }): void {
  if (input.foundOn > input.today)
    throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'foundOn', values: { today: input.today } }])
  correct(listing, { content: listing.content, reason: input.reason })
}

function mustBeOurs(listing: Listing): void {
  if (listing.source !== OUR_COURT) throw new AppError('listing_of_higher_court', { source: listing.source })
}
