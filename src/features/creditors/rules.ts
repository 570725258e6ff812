// Rules of creditors' matters: an application for a listing (法释〔2017〕7号 art. 5), an asset clue, an objection to an exit. Pure.
// Reading a form is form.rules.ts; the listing that follows is features/listings; storing is store.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { requireText } from '../../core/written-text.ts'
import { createMachine, type Machine } from '../../core/state-machine.ts'
import { DECIDED_STATES, hasExited, type Listing } from '../listings/rules.ts'
import { requireAnother } from '../../platform/commands/permissions.ts'
import type { ClockCode } from '../deadlines/clocks.rules.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** `application`: asks for a listing of the debtor. `clue`: where the debtor's assets are. `exit_objection`: against a shield or revocation. */
export const MATTER_KINDS = ['application', 'clue', 'exit_objection'] as const
export type MatterKind = (typeof MATTER_KINDS)[number]

/** How a matter came in. `phone` and `clerk` (at the counter, by letter) are entered by a clerk, who checked who it is. */
export const MATTER_WAYS = ['bot', 'web', 'phone', 'clerk'] as const
export type MatterWay = (typeof MATTER_WAYS)[number]

export const MATTER_STATES = [
  'received',
  'confirmed',
  'drafted',
  'reviewed',
  'upheld',
  'refused',
  'answered',
  'declined',
  'withdrawn',
] as const
export type MatterState = (typeof MATTER_STATES)[number]
export type MatterAct = 'confirm' | 'decline' | 'draft' | 'review' | 'send_back' | 'uphold' | 'refuse' | 'answer' | 'withdraw'

/** What a clerk proposes and an approver decides. */
export const FINDINGS = ['upheld', 'refused'] as const
export type Finding = (typeof FINDINGS)[number]

const refusal = 'creditor_act_impossible'
const initial = ['received'] as const
/** The clerk makes sure that the writer is the applicant of the case; nothing of the matter is decided or answered before. */
const ENTRY = [
  { from: ['received'], act: 'confirm', to: 'confirmed' },
  { from: ['received'], act: 'decline', to: 'declined' },
] as const

/** The transitions of each kind of matter. */
const LIVES: Readonly<Record<MatterKind, Machine<MatterState, MatterAct>>> = {
  application: createMachine<MatterState, MatterAct>({
    ...{ name: 'creditor application', initial, refusal },
    terminal: ['refused', 'declined', 'withdrawn'],
    moves: [
      ...ENTRY,
      // Again from `drafted`: the draft was withdrawn. The listing's own approval is the decision to grant.
      { from: ['confirmed', 'drafted', 'reviewed'], act: 'draft', to: 'drafted' },
      { from: ['confirmed', 'drafted', 'reviewed'], act: 'review', to: 'reviewed' },
      { from: ['reviewed'], act: 'send_back', to: 'confirmed' },
      { from: ['reviewed'], act: 'refuse', to: 'refused' },
      { from: ['received', 'confirmed', 'drafted', 'reviewed'], act: 'withdraw', to: 'withdrawn' },
    ],
  }),
  clue: createMachine<MatterState, MatterAct>({
    ...{ name: 'creditor clue', initial, refusal },
    terminal: ['answered', 'declined', 'withdrawn'],
    moves: [
      ...ENTRY,
      { from: ['confirmed'], act: 'answer', to: 'answered' },
      { from: ['received', 'confirmed'], act: 'withdraw', to: 'withdrawn' },
    ],
  }),
  exit_objection: createMachine<MatterState, MatterAct>({
    ...{ name: 'creditor exit objection', initial, refusal },
    terminal: ['drafted', 'refused', 'declined', 'withdrawn'],
    moves: [
      ...ENTRY,
      { from: ['confirmed', 'reviewed'], act: 'review', to: 'reviewed' },
      { from: ['reviewed'], act: 'send_back', to: 'confirmed' },
      { from: ['reviewed'], act: 'uphold', to: 'upheld' },
      { from: ['reviewed'], act: 'refuse', to: 'refused' },
      // An exit is never undone: the debtor is listed anew, by a draft that is decided and served like every other.
      { from: ['upheld'], act: 'draft', to: 'drafted' },
      { from: ['received', 'confirmed', 'reviewed'], act: 'withdraw', to: 'withdrawn' },
    ],
  }),
}

/** The deadline that runs from the day of receipt, by kind. */
export const MATTER_DEADLINE: Readonly<Record<MatterKind, ClockCode>> = {
  application: 'creditor.apply_decide',
  clue: 'creditor.clue_verify',
  exit_objection: 'creditor.object_decide',
}

/** What the creditor wrote, and what was written about it; stored sealed. */
export interface MatterRecord {
  applicant: Applicant
  /** Normalised, such as `（2026）云3401执123号`. */
  caseNo: string
  debtor: { name: string; identifier?: string }
  /** Application: the ground, in the creditor's words. */
  ground?: string
  /** Facts, whereabouts of assets, or reasons, in the creditor's words. */
  text: string
  /** Reason of the clerk's proposal, which the decision adopts. */
  reason?: string
  /** Why the approver sent the proposal back. */
  sentBack?: string
  /** Answer to a clue. */
  answer?: string
  /** Why it was declined or withdrawn; never told to whoever filed it. */
  note?: string
}

/** Who files: at least one address. */
export interface Applicant {
  name: string
  /** E.164. */
  phone?: string
  /** openid of the WeChat account. */
  wechat?: string
}

export interface Matter {
  id: string
  /** `NR20261122-0007` (application), `XS…` (clue), `YY…` (objection to an exit), counted per kind and day. */
  number: string
  kind: MatterKind
  way: MatterWay
  state: MatterState
  /** Grows by one with every act. */
  version: number
  receivedOn: Day
  receivedAt: Date
  /** Who entered it: `public`, or a clerk's account. */
  registeredBy: string
  confirmedBy: string | null
  reviewedBy: string | null
  decidedBy: string | null
  finding: Finding | null
  /** The listing it leads to (draft) or, of an objection before that, the listing that left the list. */
  listingId: string | null
  record: MatterRecord
}

const PREFIX: Readonly<Record<MatterKind, string>> = { application: 'NR', clue: 'XS', exit_objection: 'YY' }

/** `NR20261122-0007`. @param serial counted per kind and day from 1. */
export function matterNumber(kind: MatterKind, day: Day, serial: number): string {
  return `${PREFIX[kind]}${day.replaceAll('-', '')}-${String(serial).padStart(4, '0')}`
}

/** The acts that are possible on a matter. */
export function possibleActs({ kind, state }: Pick<Matter, 'kind' | 'state'>): MatterAct[] {
  return LIVES[kind].possible(state)
}

/**
 * The acts that are possible on a matter for one person, whose role is left to the caller: a proposal is decided as it stands, by another
 * person than whoever entered, confirmed or reviewed the matter.
 */
export function possibleFor(matter: Matter, by: string): MatterAct[] {
  const { finding, registeredBy, confirmedBy, reviewedBy } = matter
  const isAnother = ![registeredBy, confirmedBy, reviewedBy].includes(by)
  const open: Readonly<Partial<Record<MatterAct, boolean>>> = {
    send_back: isAnother,
    uphold: isAnother && finding === 'upheld',
    refuse: isAnother && finding === 'refused',
  }
  return possibleActs(matter).filter((act) => open[act] !== false)
}

function step(matter: Matter, act: MatterAct, record: Partial<MatterRecord> = {}): Matter {
  const state = LIVES[matter.kind].next(matter.state, act)
  return { ...matter, state, version: matter.version + 1, record: { ...matter.record, ...record } }
}

/**
 * A clerk made sure that it comes from the applicant of the case.
 * @param listing of an objection: the listing that left the list, in the same case.
 * @throws `creditor_listing_needed`, `creditor_listing_unfit`, `creditor_act_impossible`.
 */
export function confirm(matter: Matter, { by, listing }: { by: string; listing: Listing | null }): Matter {
  const moved = { ...step(matter, 'confirm'), confirmedBy: by }
  if (matter.kind !== 'exit_objection') return moved
  if (listing === null) throw new AppError('creditor_listing_needed')
  mustFit(matter, listing, hasExited(listing.state))
  return { ...moved, listingId: listing.id }
}

/** A clerk found that it does not come from the applicant of the case, or could not find out. @throws `reason_needed`, `creditor_act_impossible`. */
export function decline(matter: Matter, note: string): Matter {
  return step(matter, 'decline', { note: requireText(note) })
}

/**
 * Links the draft that follows.
 * @param listing our court's, in the same case, and not decided yet.
 * @throws `creditor_listing_unfit`, `creditor_act_impossible`.
 */
export function drafted(matter: Matter, listing: Listing): Matter {
  const moved = step(matter, 'draft')
  mustFit(matter, listing, listing.state === 'draft' || listing.state === 'pending')
  return { ...moved, listingId: listing.id }
}

function mustFit({ record }: Matter, listing: Listing, inRightState: boolean): void {
  if (!inRightState || listing.source !== OUR_COURT || listing.content.caseNo !== record.caseNo)
    throw new AppError('creditor_listing_unfit', { state: listing.state })
}

/**
 * A clerk reviews it and proposes. An application is granted by its draft, so only a refusal is proposed for it.
 * @throws `creditor_draft_needed`, `reason_needed`, `creditor_act_impossible`.
 */
export function review(matter: Matter, { by, finding, reason }: { by: string; finding: Finding; reason: string }): Matter {
  const moved = step(matter, 'review', { reason: requireText(reason) })
  if (matter.kind === 'application' && finding === 'upheld') throw new AppError('creditor_draft_needed')
  return { ...moved, reviewedBy: by, finding }
}

/**
 * An approver decides as proposed: another person than whoever entered, confirmed or reviewed it.
 * @throws `own_draft`, `creditor_act_impossible`.
 */
export function decide(matter: Matter, by: string): Matter {
  const moved = step(matter, matter.finding === 'upheld' ? 'uphold' : 'refuse')
  mustBeAnother(matter, by)
  return { ...moved, decidedBy: by }
}

/** An approver sends the proposal back to the clerk. @throws as `decide`, and `reason_needed`. */
export function sendBack(matter: Matter, { by, reason }: { by: string; reason: string }): Matter {
  const moved = step(matter, 'send_back', { sentBack: requireText(reason) })
  mustBeAnother(matter, by)
  return { ...moved, finding: null }
}

function mustBeAnother({ registeredBy, confirmedBy, reviewedBy }: Matter, by: string): void {
  requireAnother(by, [registeredBy, confirmedBy ?? undefined, reviewedBy ?? undefined])
}

/** Answers a clue, which ends it. @throws `reason_needed`, `creditor_act_impossible`. */
export function answer(matter: Matter, text: string): Matter {
  return step(matter, 'answer', { answer: requireText(text) })
}

/** The creditor took it back. @throws `reason_needed`, `creditor_act_impossible`. */
export function withdraw(matter: Matter, note: string): Matter {
  return step(matter, 'withdraw', { note: requireText(note) })
}

/** What a creditor sees of the state: a proposal is not disclosed, and an application is granted when its listing was decided on. */
export const PUBLIC_STATES = ['received', 'handling', 'granted', 'upheld', 'refused', 'answered', 'declined', 'withdrawn'] as const
export type PublicState = (typeof PUBLIC_STATES)[number]

/** @param listing the linked listing, if any. */
export function publicState({ kind, state }: Matter, listing: Pick<Listing, 'state'> | null): PublicState {
  if (state === 'drafted') {
    if (kind === 'exit_objection') return 'upheld'
    const granted = listing !== null && (hasExited(listing.state) || (DECIDED_STATES as readonly string[]).includes(listing.state))
    return granted ? 'granted' : 'handling'
  }
  return state === 'confirmed' || state === 'reviewed' ? 'handling' : state
}
