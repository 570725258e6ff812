// What follows for a unit (实施意见 四(四)、五2; 联动意见 第二十四条): by which provision, who must be told, who decides. Proposed by the software, settled by a person. Pure.
// Circulars and interviews are accountability-steps.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { mustSay } from './rules.ts'
import type { Role } from '../../platform/commands/permissions.ts'

/**
 * `award`: out of the year's awards. `points`: points off in the year's assessment. `discipline`: a file for the discipline bodies. `crime`: handed to the
 * judicial organs. `referral`: to the departments that hold to account. The last two are the court's own.
 */
export const CONSEQUENCE_KINDS = ['award', 'points', 'discipline', 'crime', 'referral', 'judicial_suggestion', 'civil_procedure'] as const
export type ConsequenceKind = (typeof CONSEQUENCE_KINDS)[number]

export interface ConsequenceRule {
  citation: string
  /** Units of the catalogue that are told when it is confirmed; empty: whoever confirms names them. */
  bodies: readonly string[]
  /** Whether it may stand without a body being told. */
  alone: boolean
  /** Whether the unit is told and sees it; what goes to discipline bodies or judicial organs is theirs to tell. */
  open: boolean
  decider: Extract<Role, 'group_office' | 'approver'>
}

export const CONSEQUENCES: Readonly<Record<ConsequenceKind, ConsequenceRule>> = {
  award: {
    citation: '实施意见 四(四)1',
    bodies: ['civilization_office', 'public_order_office'],
    alone: false,
    open: true,
    decider: 'group_office',
  },
  // The policy says 考核部门 and names none: ◇ the office of public order for 综治, the inspection office for the year's performance.
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
  // 司法机关, 相关部门: named for each case by whoever confirms.
  crime: { citation: '实施意见 四(四)4', bodies: [], alone: false, open: false, decider: 'group_office' },
  referral: { citation: '实施意见 五2', bodies: [], alone: false, open: false, decider: 'group_office' },
  judicial_suggestion: { citation: '联动意见 第二十四条', bodies: ['supervision_bureau'], alone: false, open: false, decider: 'approver' },
  // The policy cites article 114, which is 117 since the code was amended. The court acts itself; there is nobody to ask.
  civil_procedure: {
    citation: '联动意见 第二十四条；民事诉讼法 第一百一十七条',
    bodies: [],
    alone: true,
    open: false,
    decider: 'approver',
  },
}

/** Circulars in one calendar year from which awards and points are lost: 2次（含本数）以上. */
export const CIRCULARS_THRESHOLD = 2

/** What a year's circulars that stand lead to. */
export function consequencesOf(circularsInYear: number): readonly ConsequenceKind[] {
  return circularsInYear >= CIRCULARS_THRESHOLD ? ['award', 'points'] : []
}

export const CONSEQUENCE_STATES = ['proposed', 'confirmed', 'refused', 'lapsed', 'cancelled'] as const
export type ConsequenceState = (typeof CONSEQUENCE_STATES)[number]
export type ConsequenceAct = 'confirm' | 'refuse' | 'lapse' | 'cancel'

export const CONSEQUENCE_LIFE = machine<ConsequenceState, ConsequenceAct>({
  name: 'consequence',
  initial: ['proposed'],
  terminal: ['refused', 'lapsed', 'cancelled'],
  refusal: 'consequence_act_impossible',
  moves: [
    { from: ['proposed'], act: 'confirm', to: 'confirmed' },
    { from: ['proposed'], act: 'refuse', to: 'refused' },
    // What it stood on was withdrawn before anybody decided.
    { from: ['proposed'], act: 'lapse', to: 'lapsed' },
    { from: ['confirmed'], act: 'cancel', to: 'cancelled' },
  ],
})

export interface Consequence {
  id: string
  /** `ZC20261122-0007`. */
  number: string
  unitId: string
  /** The calendar year it is for. */
  year: number
  kind: ConsequenceKind
  state: ConsequenceState
  version: number
  /** What it stands on: `circular:<id>`, `interview:<id>`, `proposal:<id>`, `unit:<id>`. */
  cause: string
  /** Units told, once it is confirmed. */
  bodies: readonly string[]
  proposedOn: Day
  decidedBy: string | null
  decidedOn: Day | null
  /** The number of a letter, decision or file of its own. */
  reference: string | null
  record: { note?: string; reason?: string; cancellation?: string }
}

export function proposeConsequence(
  input: Pick<Consequence, 'id' | 'number' | 'unitId' | 'year' | 'kind' | 'cause'> & { today: Day; note?: string },
): Consequence {
  const { today, note, ...plain } = input
  const blank = { bodies: [], decidedBy: null, decidedOn: null, reference: null }
  return { ...plain, state: 'proposed', version: 1, proposedOn: today, ...blank, record: note === undefined ? {} : { note: mustSay(note) } }
}

/** @throws `consequence_not_yours` for one that the other desk decides. */
export function mustDecideConsequence(consequence: Pick<Consequence, 'kind'>, roles: readonly Role[]): void {
  const { decider } = CONSEQUENCES[consequence.kind]
  if (!roles.includes(decider)) throw new AppError('consequence_not_yours', { role: decider })
}

interface Settling {
  by: string
  today: Day
  reason: string
}

/**
 * A person confirms it; the bodies are the policy's unless others are named.
 * @throws `consequence_bodies_needed` where the policy names none, `consequence_body_itself` for the unit concerned.
 */
export function confirmConsequence(
  consequence: Consequence,
  input: Settling & { bodies?: readonly string[] | undefined; reference?: string | undefined },
): Consequence {
  const settled = settle(consequence, 'confirm', input)
  const { bodies: usual, alone } = CONSEQUENCES[consequence.kind]
  const bodies = [...new Set(input.bodies === undefined || input.bodies.length === 0 ? usual : input.bodies)]
  if (bodies.length === 0 && !alone) throw new AppError('consequence_bodies_needed')
  if (input.bodies?.includes(consequence.unitId) === true) throw new AppError('consequence_body_itself')
  const reference = input.reference?.trim() || null
  // A body is not told about itself.
  return { ...settled, bodies: bodies.filter((body) => body !== consequence.unitId), reference }
}

export function refuseConsequence(consequence: Consequence, input: Settling): Consequence {
  return settle(consequence, 'refuse', input)
}

function settle(consequence: Consequence, act: 'confirm' | 'refuse', { by, today, reason }: Settling): Consequence {
  const record = { ...consequence.record, reason: mustSay(reason) }
  return { ...step(consequence, act), decidedBy: by, decidedOn: today, record }
}

/** The circular, or whatever else it stood on, is gone: what was proposed lapses, what was confirmed is cancelled. */
export function undoConsequence(consequence: Consequence, reason: string): Consequence {
  return consequence.state === 'proposed' ? step(consequence, 'lapse') : cancelConsequence(consequence, reason)
}

/** Taken back by a person after it was confirmed. */
export function cancelConsequence(consequence: Consequence, reason: string): Consequence {
  return { ...step(consequence, 'cancel'), record: { ...consequence.record, cancellation: mustSay(reason) } }
}

function step(consequence: Consequence, act: ConsequenceAct): Consequence {
  return { ...consequence, state: CONSEQUENCE_LIFE.next(consequence.state, act), version: consequence.version + 1 }
}

/** While one stands, the same is not proposed again. */
export function standsStill(state: ConsequenceState): boolean {
  return state === 'proposed' || state === 'confirmed'
}
