// The acts that one person may do now with one listing: by permission, by state, by who wrote it, by what is proposed. Pure.
// What an act then requires in detail (a reason, a day, answers) its command checks.

import type { Day } from '../../core/calendar.ts'
import type { Profile } from '../../core/profile.ts'
import { isAllowed, type Actor, type Permission } from '../../platform/commands/permissions.ts'
import { EXCLUSIONS, type ExclusionAnswers } from './exclusions.rules.ts'
import { possibleActs, type ListingAct, type ListingState } from './rules.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** Every act that a screen may offer on a listing. `correct`, `propose_shield` and `revoke` are proposed, and another person approves. */
export const OFFERED_ACTS = [
  'edit',
  'answer_exclusions',
  'submit',
  'approve',
  'reject',
  'record_service',
  'withdraw',
  'publish',
  'note_error',
  'note_exit',
  'correct',
  'shield',
  'propose_shield',
  'revoke',
  'approve_proposal',
  'reject_proposal',
] as const
export type OfferedAct = (typeof OFFERED_ACTS)[number]

/** What must be known of a listing to say what is possible. */
export interface ActFacts {
  state: ListingState
  source: string
  grounds: readonly number[]
  termEndsOn: Day | null
  /** Everybody who wrote a part of it. */
  authors: ReadonlySet<string>
  /** The answers to 法释〔2017〕7号 art. 3; undefined when nobody was asked. */
  exclusions: ExclusionAnswers | undefined
  /** The authors of the proposal that waits; null when none does. */
  proposedBy: readonly string[] | null
}

interface Circumstances {
  today: Day
  profile: Profile
}

/** Whether a draft under ground 1 must still be asked whether one of the cases of art. 3 applies. */
export function needsExclusions({ state, grounds, exclusions }: Pick<ActFacts, 'state' | 'grounds' | 'exclusions'>): boolean {
  return state === 'draft' && grounds.includes(1) && exclusions === undefined
}

const PERMISSION_OF: Readonly<Record<OfferedAct, Permission>> = {
  edit: 'listing.edit',
  answer_exclusions: 'listing.answer_exclusions',
  submit: 'listing.submit',
  approve: 'listing.approve',
  reject: 'listing.reject',
  record_service: 'listing.record_service',
  withdraw: 'listing.withdraw',
  publish: 'listing.publish',
  note_error: 'listing.note_error',
  note_exit: 'listing.note_exit',
  correct: 'listing.propose',
  shield: 'listing.shield',
  propose_shield: 'listing.propose',
  revoke: 'listing.propose',
  approve_proposal: 'listing.approve_proposal',
  reject_proposal: 'listing.reject_proposal',
}

/** The act of the state machine behind an offered act. */
const STEP_OF: Readonly<Partial<Record<OfferedAct, ListingAct>>> = {
  answer_exclusions: 'edit',
  note_error: 'correct',
  note_exit: 'shield',
  propose_shield: 'shield',
}

/** The acts that the actor may do now, in the order of `OFFERED_ACTS`. */
export function offeredActs(actor: Actor, facts: ActFacts, at: Circumstances): OfferedAct[] {
  const steps = possibleActs(facts.state, at.profile)
  const by = { actor, today: at.today }
  return OFFERED_ACTS.filter(
    (act) => isAllowed(actor, PERMISSION_OF[act]) && isInReach(act, steps) && (CONDITIONS[act]?.(facts, by) ?? true),
  )
}

function isInReach(act: OfferedAct, steps: readonly ListingAct[]): boolean {
  // Whether a proposal waits is asked in `CONDITIONS`.
  if (act === 'approve_proposal' || act === 'reject_proposal') return true
  return steps.includes(STEP_OF[act] ?? (act as ListingAct))
}

type Condition = (facts: ActFacts, by: { actor: Actor; today: Day }) => boolean

const isOurs: Condition = ({ source }) => source === OUR_COURT
const isUnderGroundOne: Condition = ({ grounds }) => grounds.includes(1)
const isNotExcluded: Condition = ({ grounds, exclusions }) =>
  !grounds.includes(1) || (exclusions !== undefined && EXCLUSIONS.every((each) => !exclusions[each]))
const isByAnother: Condition = ({ authors }, { actor }) => !authors.has(actor.id)
/** Before the end of a fixed term it takes two people. */
const leavesByOne: Condition = ({ source, termEndsOn }, { today }) => source === OUR_COURT && (termEndsOn === null || today > termEndsOn)
/** Another proposal would have to name the one that it replaces. */
const isFreeToPropose: Condition = ({ source, proposedBy }) => source === OUR_COURT && proposedBy === null
const waitsForAnother: Condition = ({ proposedBy }, { actor }) => proposedBy !== null && !proposedBy.includes(actor.id)

/** What an act needs besides permission and state. */
const CONDITIONS: Readonly<Partial<Record<OfferedAct, Condition>>> = {
  answer_exclusions: isUnderGroundOne,
  submit: isNotExcluded,
  approve: isByAnother,
  reject: isByAnother,
  note_error: isOurs,
  note_exit: leavesByOne,
  correct: isFreeToPropose,
  shield: leavesByOne,
  propose_shield: isFreeToPropose,
  revoke: isFreeToPropose,
  approve_proposal: waitsForAnother,
  reject_proposal: waitsForAnother,
}
