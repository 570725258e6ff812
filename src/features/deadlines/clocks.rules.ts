// The table of statutory periods: citation, start, amount, unit, owner, reminders and the effect of a missed last day, in both profiles.
// Counting a period is rules.ts; working days are workdays.rules.ts; docs/clocks.md shows the table to lawyers.
import type { Profile } from '../../core/profile.ts'

/** `stated_day`: nothing is counted, the start day given is the last day (a unit states until when it keeps a measure). */
export type PeriodUnit = 'calendar_day' | 'working_day' | 'month' | 'stated_day'

/** The length of a period in one profile. The day of the starting event is never counted (民诉法 85). */
export interface PeriodRule {
  amount: number
  unit: PeriodUnit
  /**
   * Whether a last day that is not a working day moves to the next working day (民诉法 85). Bars and stated ends do not move: nothing has to
   * be done by them.
   */
  rolls: boolean
  citation: string
  /** A house rule (◇): the citation sets the duty, this application sets the amount. */
  house: boolean
}

/** A profile's own period; or a reference to the other profile's period; or none, with the citation that shows that there is none. */
export type RuleCell = PeriodRule | { as: Profile } | { none: string }

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
  | 'retention_answered'
  | 'listing_applied_for'
  | 'clue_received'
  | 'exit_objected_to'
  | 'deleted_for_creditor'
  | 'quarter_ended'
  | 'feedback_asked'
  | 'complaint_received'
  | 'complaint_accepted'
  | 'complaint_upheld'
  | 'repair_applied_for'
  | 'payment_claimed'
  | 'assistance_served'
  | 'answer_stated'
  | 'rectification_stated'

/** Who must act within the period (a debtor may act). `none`: nobody acts, the period only has to pass. */
export const CLOCK_OWNERS = ['clerk', 'liaison', 'debtor', 'none'] as const

export type ClockOwner = (typeof CLOCK_OWNERS)[number]

/**
 * What a passed last day causes. `escalate`: the notice deadline.missed is enqueued. `accept_late`: no notice, a later act is accepted and
 * marked as late. `ends`: the period ends by itself, and with it what it limits.
 */
export type MissEffect = 'escalate' | 'accept_late' | 'ends'

/** Who is notified of a missed deadline besides its owner. */
export type ClockRecipient = 'clerk' | 'approver' | 'unit_head' | 'group_office'

/** One statutory period: its row of the table. */
export interface Clock {
  starts: ClockStart
  owner: ClockOwner
  /** Working days left at which the owner is reminded, most first; 0 is the last day itself. */
  reminders: readonly number[]
  /** `tell`: who is notified of a miss besides the owner. */
  miss: { effect: MissEffect; notify: readonly ClockRecipient[] }
  rules: Readonly<Record<Profile, RuleCell>>
}

/** Returns the faults of a table of periods, each as `code: fault`; empty when the table is sound. */
export function checkClocks(clocks: Readonly<Record<string, Clock>>, houseCodes: readonly string[]): string[] {
  return Object.entries(clocks).flatMap(([code, clock]) => checkClock(clock, houseCodes.includes(code)).map((fault) => `${code}: ${fault}`))
}

function checkClock(clock: Clock, listedAsSystem: boolean): string[] {
  const { seed, statute } = clock.rules
  if ('as' in seed && 'as' in statute) return ['no profile has a rule of its own']
  const faults = [seed, statute].flatMap(checkCell)
  if (clock.reminders.some((left, index) => !Number.isInteger(left) || left < 0 || left >= (clock.reminders[index - 1] ?? Infinity)))
    faults.push('reminders must fall')
  if (clock.miss.effect === 'escalate' && clock.miss.notify.length === 0) faults.push('nobody hears of a miss')
  if (clock.owner === 'none' && clock.reminders.length > 0) faults.push('nobody to remind')
  if ([seed, statute].some((cell) => 'house' in cell && cell.house) !== listedAsSystem)
    faults.push('◇ and the list of house codes disagree')
  return faults
}

function checkCell(cell: RuleCell): string[] {
  if ('as' in cell) return []
  const cited = ('none' in cell ? cell.none : cell.citation).trim() === '' ? ['no citation'] : []
  if ('none' in cell) return cited
  const wrong = cell.unit === 'stated_day' ? cell.amount !== 0 || cell.rolls : !isAmount(cell.amount)
  return wrong ? [...cited, `amount ${cell.amount} ${cell.unit}`] : cited
}

/** Whether a number may be the amount of a period: a whole number from 1 to 366. */
export function isAmount(amount: number): boolean {
  return Number.isInteger(amount) && amount >= 1 && amount <= 366
}

/** The code of every statutory period, as stored in `deadline.code` and used in `CLOCK_DAYS`. */
export const CLOCK_CODES = [
  'objection.file',
  'objection.review',
  'objection.carry_out',
  'reconsideration.file',
  'reconsideration.decide',
  'listing.correct',
  'listing.exit',
  'listing.term_end',
  'lift.notify',
  'lift.carry_out',
  'retention.end',
  'retention.review',
  'creditor.apply_decide',
  'creditor.clue_verify',
  'creditor.object_decide',
  'relist.bar',
  'feedback.return',
  'complaint.accept',
  'complaint.resolve',
  'complaint.carry_out',
  'repair.decide',
  'payment.verify',
  'media.push',
  'assistance.acknowledge',
  'assistance.answer',
  'circular.rectify',
] as const
export type ClockCode = (typeof CLOCK_CODES)[number]

/** Periods whose amount is a house rule (◇), because the text sets a duty without a number. `CLOCK_DAYS` may change the amount. */
export const HOUSE_CODES = [
  'listing.correct',
  'lift.carry_out',
  'retention.review',
  'creditor.object_decide',
  'feedback.return',
  'complaint.accept',
  'complaint.resolve',
  'complaint.carry_out',
  'repair.decide',
  'payment.verify',
  'media.push',
  'assistance.acknowledge',
] as const satisfies readonly ClockCode[]
export type HouseCode = (typeof HOUSE_CODES)[number]

const INTERPRETATION = (article: string): string => `法释〔2017〕7号 ${article}`
const POLICY = (article: string): string => `实施意见 ${article}`
const LINKAGE = (article: string): string => `联动意见 ${article}`

const days = (amount: number, citation: string): PeriodRule => ({ amount, unit: 'calendar_day', rolls: true, citation, house: false })
const workdays = (amount: number, citation: string): PeriodRule => ({ amount, unit: 'working_day', rolls: true, citation, house: false })
/** Marks a period as a house rule (◇). */
const houseRule = (rule: PeriodRule): PeriodRule => ({ ...rule, house: true })

const ESCALATE_IN_COURT = { effect: 'escalate', notify: ['approver'] } as const
const ESCALATE_TO_UNIT = { effect: 'escalate', notify: ['unit_head', 'group_office'] } as const
const ACCEPT_LATE = { effect: 'accept_late', notify: [] } as const

/** Every statutory period by its code. Checked when this file is loaded. */
export const CLOCKS: Readonly<Record<ClockCode, Clock>> = {
  // The served document states the last day, so debtors get no reminders.
  'objection.file': {
    starts: 'decision_served',
    owner: 'debtor',
    reminders: [],
    miss: ACCEPT_LATE,
    rules: { seed: days(10, POLICY('四(二)3')), statute: { none: INTERPRETATION('第十一条、第十二条') } },
  },
  'objection.review': {
    starts: 'objection_received',
    owner: 'clerk',
    reminders: [3, 1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: days(15, POLICY('四(二)3')), statute: days(15, INTERPRETATION('第十二条')) },
  },
  'objection.carry_out': {
    starts: 'objection_upheld',
    owner: 'clerk',
    reminders: [1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: days(3, POLICY('四(二)3')), statute: workdays(3, INTERPRETATION('第十二条')) },
  },
  // The policy text says 10内 without 日; the statute says 十日.
  'reconsideration.file': {
    starts: 'rejection_served',
    owner: 'debtor',
    reminders: [],
    miss: ACCEPT_LATE,
    rules: { seed: days(10, POLICY('四(二)3')), statute: days(10, INTERPRETATION('第十二条')) },
  },
  // The next higher court decides. The owner is our clerk, who can ask that court about it.
  'reconsideration.decide': {
    starts: 'reconsideration_received',
    owner: 'clerk',
    reminders: [3, 1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: { as: 'statute' }, statute: days(15, INTERPRETATION('第十二条')) },
  },
  // The policy demands correction without a number of days. The statute gives three working days to correct an entry and to revoke a wrong
  // one.
  'listing.correct': {
    starts: 'error_found',
    owner: 'clerk',
    reminders: [1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: houseRule(days(3, POLICY('四(二)2'))), statute: workdays(3, INTERPRETATION('第九条')) },
  },
  'listing.exit': {
    starts: 'exit_ground_met',
    owner: 'clerk',
    reminders: [1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: days(3, POLICY('四(二)4')), statute: workdays(3, INTERPRETATION('第九条、第十条')) },
  },
  'listing.term_end': {
    starts: 'term_ran_out',
    owner: 'clerk',
    reminders: [1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: { as: 'statute' }, statute: workdays(3, INTERPRETATION('第二条、第十条')) },
  },
  'lift.notify': {
    starts: 'listing_exited',
    owner: 'clerk',
    reminders: [1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: days(3, POLICY('四(二)5')), statute: { as: 'seed' } },
  },
  // The policy says "at once"; one working day is a house rule (◇).
  'lift.carry_out': {
    starts: 'lift_order_received',
    owner: 'liaison',
    reminders: [0],
    miss: ESCALATE_TO_UNIT,
    rules: { seed: houseRule(workdays(1, POLICY('四(二)5'))), statute: { as: 'seed' } },
  },
  'retention.end': {
    starts: 'retention_stated',
    owner: 'liaison',
    reminders: [5, 1],
    miss: { effect: 'ends', notify: ['clerk'] },
    rules: { seed: { amount: 0, unit: 'stated_day', rolls: false, citation: POLICY('四(二)5'), house: false }, statute: { as: 'seed' } },
  },
  // No text sets a period for the court's review of what a unit keeps (◇).
  'retention.review': {
    starts: 'retention_answered',
    owner: 'clerk',
    reminders: [1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: houseRule(workdays(5, POLICY('四(二)5'))), statute: { as: 'seed' } },
  },
  'creditor.apply_decide': {
    starts: 'listing_applied_for',
    owner: 'clerk',
    reminders: [3, 1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: { as: 'statute' }, statute: days(15, INTERPRETATION('第五条')) },
  },
  // Seven days for a clue that is definite and specific; three in urgent cases, which a clerk has to see without a clock.
  'creditor.clue_verify': {
    starts: 'clue_received',
    owner: 'clerk',
    reminders: [3, 1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: { as: 'statute' }, statute: days(7, '法释〔2017〕8号 第二条') },
  },
  // No text sets a period for a creditor's objection to an exit: fifteen days as for an objection to an act of enforcement (◇).
  'creditor.object_decide': {
    starts: 'exit_objected_to',
    owner: 'clerk',
    reminders: [3, 1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: houseRule(days(15, '民事诉讼法 第二百三十六条')), statute: { as: 'seed' } },
  },
  // The last day is still barred. A bar ends on its calendar day: moving it to a working day would lengthen it without a legal text.
  'relist.bar': {
    starts: 'deleted_for_creditor',
    owner: 'none',
    reminders: [],
    miss: { effect: 'ends', notify: [] },
    rules: {
      seed: { as: 'statute' },
      statute: { amount: 6, unit: 'month', rolls: false, citation: INTERPRETATION('第十条'), house: false },
    },
  },
  // Counted from the quarter's last day, or from the opening of a round that is opened after those days are over.
  'feedback.return': {
    starts: 'feedback_asked',
    owner: 'liaison',
    reminders: [3, 1, 0],
    miss: ESCALATE_TO_UNIT,
    rules: { seed: houseRule(days(10, POLICY('三(一)、五1'))), statute: { as: 'seed' } },
  },
  'complaint.accept': {
    starts: 'complaint_received',
    owner: 'clerk',
    reminders: [1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: houseRule(workdays(2, POLICY('四(二)8'))), statute: { as: 'seed' } },
  },
  'complaint.resolve': {
    starts: 'complaint_accepted',
    owner: 'liaison',
    reminders: [5, 1, 0],
    miss: ESCALATE_TO_UNIT,
    rules: { seed: houseRule(workdays(15, POLICY('四(二)8'))), statute: { as: 'seed' } },
  },
  // The policy says "promptly"; five working days are a house rule (◇).
  'complaint.carry_out': {
    starts: 'complaint_upheld',
    owner: 'liaison',
    reminders: [1, 0],
    miss: ESCALATE_TO_UNIT,
    rules: { seed: houseRule(workdays(5, POLICY('四(二)8'))), statute: { as: 'seed' } },
  },
  'repair.decide': {
    starts: 'repair_applied_for',
    owner: 'liaison',
    reminders: [5, 1, 0],
    miss: ESCALATE_TO_UNIT,
    rules: { seed: houseRule(workdays(15, POLICY('四(二)6'))), statute: { as: 'seed' } },
  },
  // A debtor's word that all is paid: once it is verified the three days of `listing.exit` run (◇).
  'payment.verify': {
    starts: 'payment_claimed',
    owner: 'clerk',
    reminders: [1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: houseRule(workdays(3, POLICY('四(二)4'))), statute: { as: 'seed' } },
  },
  'media.push': {
    starts: 'quarter_ended',
    owner: 'clerk',
    reminders: [3, 1, 0],
    miss: ESCALATE_IN_COURT,
    rules: { seed: houseRule(workdays(5, POLICY('三(一)'))), statute: { as: 'seed' } },
  },
  'assistance.acknowledge': {
    starts: 'assistance_served',
    owner: 'liaison',
    reminders: [1, 0],
    miss: ESCALATE_TO_UNIT,
    rules: { seed: houseRule(workdays(3, LINKAGE('第二十条'))), statute: { as: 'seed' } },
  },
  'assistance.answer': {
    starts: 'answer_stated',
    owner: 'liaison',
    reminders: [3, 1, 0],
    miss: ESCALATE_TO_UNIT,
    rules: { seed: { amount: 0, unit: 'stated_day', rolls: false, citation: LINKAGE('第二十条'), house: false }, statute: { as: 'seed' } },
  },
  // The unit tells nobody through the system that it put things right: the group office looks, and the period ends by itself.
  'circular.rectify': {
    starts: 'rectification_stated',
    owner: 'liaison',
    reminders: [3, 1, 0],
    miss: { effect: 'ends', notify: ['group_office'] },
    rules: { seed: { amount: 0, unit: 'stated_day', rolls: false, citation: POLICY('四(四)'), house: false }, statute: { as: 'seed' } },
  },
}

/** The period of a code in a profile, taken from the other profile where the table refers to it; `none` where there is no period. */
export function ruleOf(code: ClockCode, profile: Profile): PeriodRule | { none: string } {
  const { rules } = CLOCKS[code]
  const cell = rules[profile]
  if (!('as' in cell)) return cell
  const other = rules[cell.as]
  if ('as' in other) throw new Error('both profiles point at each other')
  return other
}

const faults = checkClocks(CLOCKS, HOUSE_CODES)
if (faults.length > 0) throw new Error(`clocks: ${faults.join('; ')}`)
