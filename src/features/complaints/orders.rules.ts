// Orders to punish a debtor whom a unit left unpunished (实施意见 四(二)8): which upheld complaint makes one, to which unit, and its answer. Pure.
// An order holds what the court writes, and nothing that the complainant wrote but the debtor.

import type { Day } from '../../core/calendar.ts'
import { AppError, invalidRequest } from '../../core/errors.ts'
import { readHolder } from '../../core/documents.ts'
import { isAllowed, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { mustNotName, mustSay, namesComplainant, type Complaint } from './rules.ts'
import { LEADING_GROUP, LEADING_GROUP_OFFICE, OUR_COURT, isForOfficeAlone } from '../units/conflicts.rules.ts'

export const ORDER_STATES = ['open', 'carried_out', 'could_not'] as const
export type OrderState = (typeof ORDER_STATES)[number]
/** What a unit can answer. */
export const ORDER_RESULTS = ['carried_out', 'could_not'] as const
export type OrderResult = (typeof ORDER_RESULTS)[number]

/** The debtor of an order. Orders older than the rule of `orderedDebtor` may hold a name alone. */
export interface OrderedDebtor {
  name?: string
  identifier?: string
  /** The case of the entry that the court chose. */
  caseNo?: string
}

/** The texts of an order, sealed. */
export interface OrderWords {
  /** What the unit has to do, as the court wrote it. */
  order: string
  debtor: OrderedDebtor | null
  /** What the unit did, or why it could not. */
  answer: string | null
}

export interface ComplaintOrder {
  id: string
  /** `BC20261129-0001`, counted per day: the complaint's own number would tell the day on which it was made. */
  number: string
  complaintId: string
  unitId: string
  state: OrderState
  /** 1 while it is open, 2 once it was answered. */
  version: number
  words: OrderWords
  orderedOn: Day
  answeredOn: Day | null
}

/** What a decision says of an order. */
export interface OrderWish {
  finding: 'upheld' | 'not_upheld'
  /** The unit that has to act, where it is neither the unit complained of nor the unit assigned. */
  orderUnitId?: string | undefined
  /** What the unit has to do; the outcome of the decision when left out. */
  orderText?: string | undefined
  /** The entry of the list that is meant, where the complaint gives no number. */
  orderListingId?: string | undefined
  /** The number that the court found out, where neither the complaint nor the list gives it. */
  orderIdentifier?: string | undefined
  outcome: string
}

/** `BC20261129-0001`. @param serial counted per day from 1. */
export function orderNumber(day: Day, serial: number): string {
  return `BC${day.replaceAll('-', '')}-${String(serial).padStart(4, '0')}`
}

/** Units that punish nobody themselves. */
const NEVER_ORDERED: readonly string[] = [OUR_COURT, LEADING_GROUP, LEADING_GROUP_OFFICE]

/**
 * The unit that a decision orders to act; null when it orders nothing. A complaint about a debtor that is upheld always orders, one about a
 * unit where the decision names the unit, one that is or may be about the court never.
 * @throws `complaint_order_impossible` for a unit or text where nothing can be ordered, `complaint_order_unit_needed`.
 */
export function unitToOrder(complaint: Complaint, wish: OrderWish): string | null {
  const isWished = [wish.orderUnitId, wish.orderText, wish.orderListingId, wish.orderIdentifier].some((each) => each !== undefined)
  if (wish.finding === 'not_upheld' || isForOfficeAlone(complaint)) {
    if (isWished) throw new AppError('complaint_order_impossible')
    return null
  }
  if (complaint.about === 'unit' && !isWished) return null
  const unitId = wish.orderUnitId ?? [complaint.unitId, complaint.assignedTo].find((each) => each !== null && !NEVER_ORDERED.includes(each))
  if (unitId === undefined || unitId === null || NEVER_ORDERED.includes(unitId)) throw new AppError('complaint_order_unit_needed')
  return unitId
}

/**
 * Whom an order is about. A unit is never ordered to punish a name (ADR 0019): many people share one. Null where the complaint is about a
 * unit and names no debtor, and where the debtor's name is the complainant's.
 * @param entry the debtor of the chosen entry.
 * @throws `complaint_order_debtor_needed` where only a name is known, `request_invalid` for a number that is none.
 */
function orderedDebtor(complaint: Complaint, wish: OrderWish, entry: OrderedDebtor | null): OrderedDebtor | null {
  const named = complaint.content.debtor ?? null
  const debtor = entry ?? withIdentifier(named, wish.orderIdentifier)
  if (debtor === null && complaint.about === 'unit') return null
  if (debtor !== null && namesComplainant(complaint, debtor.name ?? '')) return null
  if (debtor?.identifier === undefined) throw new AppError('complaint_order_debtor_needed')
  return debtor
}

function withIdentifier(named: OrderedDebtor | null, given: string | undefined): OrderedDebtor | null {
  if (given === undefined || given.trim() === '') return named
  const read = readHolder(given)
  if (read.kind === 'none') throw invalidRequest({ code: 'identifier_form', field: 'orderIdentifier' })
  return { ...named, identifier: read.number }
}

/**
 * The texts of a new order.
 * @throws as `orderedDebtor`, `reason_needed`, `complaint_incomplete` for a text that is too long, `complaint_names_complainant`.
 */
export function orderWords(complaint: Complaint, wish: OrderWish, entry: OrderedDebtor | null): OrderWords {
  const order = mustSay(wish.orderText ?? wish.outcome)
  mustNotName(complaint, order)
  return { order, debtor: orderedDebtor(complaint, wish, entry), answer: null }
}

/** Records what the unit did, or why it could not. @throws `complaint_order_closed`, `reason_needed`, `complaint_incomplete`. */
export function answerOrder(order: ComplaintOrder, input: { result: OrderResult; text: string }, today: Day): ComplaintOrder {
  if (order.state !== 'open') throw new AppError('complaint_order_closed', { number: order.number })
  const words = { ...order.words, answer: mustSay(input.text) }
  return { ...order, state: input.result, version: order.version + 1, words, answeredOn: today }
}

/** A unit reads and answers its own orders, the court's staff those of every unit. */
export function isForActor(order: Pick<ComplaintOrder, 'unitId'>, actor: Actor): boolean {
  const own = ownUnitOf(actor)
  return own === null || own === order.unitId
}

export interface OrderView {
  id: string
  number: string
  unitId: string
  state: OrderState
  version: number
  order: string
  answer: string | null
  orderedOn: Day
  answeredOn: Day | null
  /** The last day to answer; null once it was answered. */
  dueOn: Day | null
  /** For the unit and clerks. */
  debtor: OrderedDebtor | null
  /** For clerks alone. */
  complaintId: string | null
  /** Whether the reader may answer it now. */
  possible: 'answer'[]
}

/** An order as its reader sees it. */
export function orderViewFor(order: ComplaintOrder, actor: Actor, dueOn: Day | null): OrderView {
  const { words, complaintId, id, number, unitId, state, version, orderedOn, answeredOn } = order
  const isClerk = actor.roles.includes('clerk')
  const ownUnit = ownUnitOf(actor)
  const facts = { id, number, unitId, state, version, orderedOn, answeredOn, dueOn: state === 'open' ? dueOn : null }
  const mayAnswer = state === 'open' && isAllowed(actor, 'complaint.answer_order') && (ownUnit === null || ownUnit === unitId)
  return {
    ...facts,
    order: words.order,
    answer: words.answer,
    debtor: isClerk || ownUnit !== null ? words.debtor : null,
    complaintId: isClerk ? complaintId : null,
    possible: mayAnswer ? ['answer'] : [],
  }
}
