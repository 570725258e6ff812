// Rules of consequences for a unit (实施意见 四(四)、五2; 联动意见 第二十四条): provision, bodies to notify, deciding role, states. Pure.
// The software proposes a consequence and a person decides it; circulars and interviews are rules.ts.

import { addMonths, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { requireText } from '../../core/written-text.ts'
import { createMachine } from '../../core/state-machine.ts'
import type { Role } from '../../platform/commands/permissions.ts'

/**
 * `award`: excluded from the year's awards. `points`: points deducted in the year's assessment. `discipline`: referred to the discipline
 * bodies. `crime`: transferred to the judicial organs. `referral`: referred to the departments that hold to account. The court itself
 * carries out the last two.
 */
export const CONSEQUENCE_KINDS = ['award', 'points', 'discipline', 'crime', 'referral', 'judicial_suggestion', 'civil_procedure'] as const
export type ConsequenceKind = (typeof CONSEQUENCE_KINDS)[number]

export interface ConsequenceRule {
  citation: string
  /** Unit ids of the bodies notified on confirmation; empty: whoever confirms names them. */
  bodies: readonly string[]
  /** Whether it may be confirmed without any body to notify. */
  alone: boolean
  /** Whether the unit itself is notified and sees it. Discipline bodies and judicial organs inform the unit themselves. */
  open: boolean
  decider: Extract<Role, 'group_office' | 'approver'>
}

/** Unit ids of the bodies that decide on the unit's own awards: they hear of the unit alone. */
const UNIT_AWARD_BODIES = ['civilization_office', 'public_order_office']
/**
 * Unit ids of the bodies that decide on the honours of persons: they hear of the persons as well. Trade union, women's federation and
 * youth league are named by the policy only through their honours, so a court that wants them told by message adds them as units.
 */
const PERSON_AWARD_BODIES = ['organization_dept', 'trade_union', 'womens_federation', 'youth_league']
const AWARD_BODIES: readonly string[] = [...UNIT_AWARD_BODIES, ...PERSON_AWARD_BODIES]

/** Whether a body decides on honours of persons, and therefore hears who loses them. */
export function decidesOnPersons(body: string): boolean {
  return PERSON_AWARD_BODIES.includes(body)
}

/** Provision, bodies and deciding role of each kind. */
export const CONSEQUENCES: Readonly<Record<ConsequenceKind, ConsequenceRule>> = {
  award: {
    citation: '实施意见 四(四)1',
    bodies: AWARD_BODIES,
    alone: false,
    open: true,
    decider: 'group_office',
  },
  // The policy says 考核部门 without naming one. ◇ The public order office stands for 综治, the inspection office for the year's performance.
  points: {
    citation: '实施意见 四(四)2',
    bodies: ['public_order_office', 'inspection_office'],
    alone: false,
    open: true,
    decider: 'group_office',
  },
  discipline: {
    citation: '实施意见 四(四)3',
    bodies: ['discipline_commission', 'supervision_bureau'],
    alone: false,
    open: false,
    decider: 'group_office',
  },
  // Which 司法机关 or 相关部门 are notified is named for each case by whoever confirms.
  crime: { citation: '实施意见 四(四)4', bodies: [], alone: false, open: false, decider: 'group_office' },
  referral: { citation: '实施意见 五2', bodies: [], alone: false, open: false, decider: 'group_office' },
  judicial_suggestion: { citation: '联动意见 第二十四条', bodies: ['supervision_bureau'], alone: false, open: false, decider: 'approver' },
  // The policy cites article 114, which became 117 when the code was amended. The court acts itself, so no body is notified.
  civil_procedure: {
    citation: '联动意见 第二十四条；民事诉讼法 第一百一十七条',
    bodies: [],
    alone: true,
    open: false,
    decider: 'approver',
  },
}

/** Circulars from which award and points follow: 2次（含本数）以上. */
const CIRCULARS_THRESHOLD = 2
/** What follows from them. */
export const CIRCULAR_CONSEQUENCES = ['award', 'points'] as const satisfies readonly ConsequenceKind[]
/** Months in which circulars are counted together when the count is rolling. ◇ */
const SPAN_MONTHS = 12

/** How circulars are counted: over the twelve months up to the latest, or within its calendar year. */
export type CircularCount = 'rolling' | 'calendar'

/** The first day of the span in which circulars count together with one issued on `day`. */
export function spanStart(day: Day, count: CircularCount): Day {
  return count === 'calendar' ? `${day.slice(0, 4)}-01-01` : addMonths(day, -SPAN_MONTHS)
}

/**
 * The circulars on which award and points of a year rest: those that count together with the year's latest.
 * @param standing the unit's issued circulars that were not withdrawn, oldest first. @returns an empty list when they are fewer than two.
 */
export function circularsCounted<T extends { issuedOn: Day | null }>(standing: readonly T[], year: number, count: CircularCount): T[] {
  const latest = standing.findLast(({ issuedOn }) => issuedOn?.startsWith(`${year}-`))?.issuedOn ?? null
  if (latest === null) return []
  const from = spanStart(latest, count)
  const counted = standing.filter(({ issuedOn }) => issuedOn !== null && issuedOn >= from && issuedOn <= latest)
  return counted.length >= CIRCULARS_THRESHOLD ? counted : []
}

export const CONSEQUENCE_STATES = ['proposed', 'confirmed', 'refused', 'lapsed', 'cancelled'] as const
export type ConsequenceState = (typeof CONSEQUENCE_STATES)[number]
export type ConsequenceAct = 'confirm' | 'refuse' | 'lapse' | 'cancel'

/** State machine of a consequence. */
export const CONSEQUENCE_LIFE = createMachine<ConsequenceState, ConsequenceAct>({
  name: 'consequence',
  initial: ['proposed'],
  terminal: ['refused', 'lapsed', 'cancelled'],
  refusal: 'consequence_act_impossible',
  moves: [
    { from: ['proposed'], act: 'confirm', to: 'confirmed' },
    { from: ['proposed'], act: 'refuse', to: 'refused' },
    // The cause was withdrawn before anybody decided.
    { from: ['proposed'], act: 'lapse', to: 'lapsed' },
    { from: ['confirmed'], act: 'cancel', to: 'cancelled' },
  ],
})

/** A circular on which a consequence rests. */
export interface CountedCircular {
  id: string
  number: string
}

export interface Consequence {
  id: string
  /** `ZC20261122-0007`. */
  number: string
  unitId: string
  /** The calendar year to which it applies: of award and points, that of the latest circular. */
  year: number
  kind: ConsequenceKind
  state: ConsequenceState
  version: number
  /** The cause: `circular:<id>`, `interview:<id>`, `proposal:<id>`, `transfer:<id>`. */
  cause: string
  /** Unit ids of the bodies notified; empty until it is confirmed. */
  bodies: readonly string[]
  proposedOn: Day
  decidedBy: string | null
  decidedOn: Day | null
  /** The number of the letter, decision or file about it. */
  reference: string | null
  record: { note?: string; reason?: string; cancellation?: string; circulars?: CountedCircular[] }
}

/** A new consequence in the state `proposed`. @throws `reason_needed`, `request_invalid` for an unusable note. */
export function proposeConsequence(
  input: Pick<Consequence, 'id' | 'number' | 'unitId' | 'year' | 'kind' | 'cause'> & {
    today: Day
    note?: string
    circulars?: CountedCircular[]
  },
): Consequence {
  const { today, note, circulars, ...plain } = input
  const blank = { bodies: [], decidedBy: null, decidedOn: null, reference: null }
  return {
    ...plain,
    state: 'proposed',
    version: 1,
    proposedOn: today,
    ...blank,
    record: { ...(note === undefined ? {} : { note: requireText(note) }), ...(circulars === undefined ? {} : { circulars }) },
  }
}

/** Checks that one of the roles decides this kind. @throws `consequence_not_yours`. */
export function mustDecideConsequence(consequence: Pick<Consequence, 'kind'>, roles: readonly Role[]): void {
  const { decider } = CONSEQUENCES[consequence.kind]
  if (!roles.includes(decider)) throw new AppError('consequence_not_yours', { role: decider })
}

interface DecisionInput {
  by: string
  today: Day
  reason: string
}

/**
 * Confirms a consequence. The bodies are those of the policy unless others are named.
 * @throws `consequence_bodies_needed` where the policy names none, `consequence_body_itself` for the unit concerned.
 */
export function confirmConsequence(
  consequence: Consequence,
  input: DecisionInput & { bodies?: readonly string[] | undefined; reference?: string | undefined },
): Consequence {
  const settled = settle(consequence, 'confirm', input)
  const { bodies: policyBodies, alone } = CONSEQUENCES[consequence.kind]
  const bodies = [...new Set(input.bodies === undefined || input.bodies.length === 0 ? policyBodies : input.bodies)]
  if (bodies.length === 0 && !alone) throw new AppError('consequence_bodies_needed')
  if (input.bodies?.includes(consequence.unitId) === true) throw new AppError('consequence_body_itself')
  const reference = input.reference?.trim() || null
  // A body that is itself the unit concerned is left out.
  return { ...settled, bodies: bodies.filter((body) => body !== consequence.unitId), reference }
}

/** Refuses a proposed consequence. @throws `consequence_act_impossible`, `reason_needed`. */
export function refuseConsequence(consequence: Consequence, input: DecisionInput): Consequence {
  return settle(consequence, 'refuse', input)
}

function settle(consequence: Consequence, act: 'confirm' | 'refuse', { by, today, reason }: DecisionInput): Consequence {
  const record = { ...consequence.record, reason: requireText(reason) }
  return { ...transition(consequence, act), decidedBy: by, decidedOn: today, record }
}

/** Whether a consequence rests on a circular; those from before their circulars were kept rest on all of their calendar year. */
export function restsOn({ record, year, kind }: Consequence, circular: { id: string; year: number }): boolean {
  if (kind !== 'award' && kind !== 'points') return false
  return record.circulars === undefined ? circular.year === year : record.circulars.some(({ id }) => id === circular.id)
}

/** Replaces the circulars on which a standing consequence rests. */
export function restOnOthers(consequence: Consequence, circulars: CountedCircular[]): Consequence {
  return { ...consequence, version: consequence.version + 1, record: { ...consequence.record, circulars } }
}

/** Undoes a consequence whose cause was withdrawn: a proposed one lapses, a confirmed one is cancelled. */
export function undoConsequence(consequence: Consequence, reason: string): Consequence {
  return consequence.state === 'proposed' ? transition(consequence, 'lapse') : cancelConsequence(consequence, reason)
}

/** Cancels a confirmed consequence with a reason. @throws `consequence_act_impossible`, `reason_needed`. */
export function cancelConsequence(consequence: Consequence, reason: string): Consequence {
  return { ...transition(consequence, 'cancel'), record: { ...consequence.record, cancellation: requireText(reason) } }
}

function transition(consequence: Consequence, act: ConsequenceAct): Consequence {
  return { ...consequence, state: CONSEQUENCE_LIFE.next(consequence.state, act), version: consequence.version + 1 }
}

/** Whether a consequence stands; while it does, the same one is not proposed again. */
export function isStanding(state: ConsequenceState): boolean {
  return state === 'proposed' || state === 'confirmed'
}
