import { type Profile } from '../../core/profile.ts'

// What a clock is made of, and what is wrong with a table of them.
// The table itself is clocks.ts; counting is deadlines.ts.
/** `stated_day`: nothing is counted, the start day given is the last day (a unit states until when it keeps a measure). */
export type PeriodUnit = 'calendar_day' | 'working_day' | 'month' | 'stated_day'

/** How long. The day of the starting event is never counted (民诉法 85). */
export interface Rule {
  amount: number
  unit: PeriodUnit
  /** Whether a last day that is not worked moves to the next working day (民诉法 85). Bars and stated ends don't: nothing has to be done by them. */
  rolls: boolean
  citation: string
  /** ◇: the citation gives the duty, the amount is ours. */
  house: boolean
}

/** A profile's own period, the other profile's where this one is silent, or none, with the text that shows there is none. */
export type RuleCell = Rule | { as: Profile } | { none: string }

/** The event whose day starts the count. `quarter_ended` counts from the last day of the quarter in which the given day lies. */
export type ClockStart =
  | 'decision_served'
  | 'objection_received'
  | 'objection_upheld'
  | 'rejection_served'
  | 'reconsideration_received'
  | 'error_found'
  | 'exit_ground_met'
  | 'term_ran_out'
  | 'listing_exited'
  | 'lift_order_received'
  | 'retention_stated'
  | 'listing_applied_for'
  | 'deleted_for_creditor'
  | 'quarter_ended'
  | 'feedback_asked'
  | 'complaint_received'
  | 'complaint_accepted'
  | 'repair_applied_for'
  | 'assistance_served'
  | 'answer_stated'

/** Who has to act in time, or, for a debtor, may. `none`: the period only has to pass. */
export const CLOCK_OWNERS = ['clerk', 'liaison', 'debtor', 'none'] as const
export type ClockOwner = (typeof CLOCK_OWNERS)[number]

/** `escalate`: deadline.missed is raised. `accept_late`: nothing is raised, a later act is accepted and flagged. `ends`: what it limits is over. */
export type MissEffect = 'escalate' | 'accept_late' | 'ends'

/** Who besides the owner hears of it. */
export type ClockHearer = 'clerk' | 'approver' | 'unit_head' | 'group_office'

export interface Clock {
  starts: ClockStart
  owner: ClockOwner
  /** Working days left at which the owner is reminded, most first; 0 is the last day itself. */
  reminders: readonly number[]
  miss: { effect: MissEffect; tell: readonly ClockHearer[] }
  rules: Readonly<Record<Profile, RuleCell>>
}

/** What is wrong with a table of clocks; empty for a good one. */
export function checkClocks(clocks: Readonly<Record<string, Clock>>, houseCodes: readonly string[]): string[] {
  return Object.entries(clocks).flatMap(([code, clock]) => checkClock(clock, houseCodes.includes(code)).map((fault) => `${code}: ${fault}`))
}

function checkClock(clock: Clock, listedAsHouse: boolean): string[] {
  const { seed, statute } = clock.rules
  if ('as' in seed && 'as' in statute) return ['no profile has a rule of its own']
  const faults = [seed, statute].flatMap(checkCell)
  if (clock.reminders.some((left, index) => !Number.isInteger(left) || left < 0 || left >= (clock.reminders[index - 1] ?? Infinity)))
    faults.push('reminders must fall')
  if (clock.miss.effect === 'escalate' && clock.miss.tell.length === 0) faults.push('nobody hears of a miss')
  if (clock.owner === 'none' && clock.reminders.length > 0) faults.push('nobody to remind')
  if ([seed, statute].some((cell) => 'house' in cell && cell.house) !== listedAsHouse) faults.push('◇ and the list of house codes disagree')
  return faults
}

function checkCell(cell: RuleCell): string[] {
  if ('as' in cell) return []
  const cited = ('none' in cell ? cell.none : cell.citation).trim() === '' ? ['no citation'] : []
  if ('none' in cell) return cited
  const wrong = cell.unit === 'stated_day' ? cell.amount !== 0 || cell.rolls : !isAmount(cell.amount)
  return wrong ? [...cited, `amount ${cell.amount} ${cell.unit}`] : cited
}

/** Whole days, working days or months, up to a year of days. */
export function isAmount(amount: number): boolean {
  return Number.isInteger(amount) && amount >= 1 && amount <= 366
}
