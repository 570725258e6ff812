// Who reads orders of upheld complaints: a unit its own, without the complaint; clerks everything; other staff without the debtor's data.
// The table is orders.store.ts; a unit does not see the complaint, because its wording or number can reveal who complained.

import type { Day } from '../../core/calendar.ts'
import { query } from '../../platform/commands/command.ts'
import { isAllowed, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { deadlinesByKey } from '../deadlines/store.ts'
import { orderSubject } from './orders.commands.ts'
import type { ComplaintOrder, OrderState } from './orders.rules.ts'
import { searchOrders } from './orders.store.ts'

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
  debtor: { name?: string; identifier?: string } | null
  /** For clerks alone. */
  complaintId: string | null
  /** What this caller may do with the order now. */
  possible: 'answer'[]
}

/** A page of orders, newest first. A unit sees its own. */
export const listComplaintOrders = query(
  'complaint.read',
  async (
    { db, app, actor },
    input: { filter: { state?: OrderState | undefined; unitId?: string | undefined }; page: { limit: number; offset: number } },
  ): Promise<{ items: OrderView[]; total: number }> => {
    const own = ownUnitOf(actor)
    const filter = own === null ? input.filter : { ...input.filter, unitId: own }
    const { items, total } = await searchOrders(db, app.secrets, filter, input.page)
    const keys = items.filter((order) => order.state === 'open').map((order) => `complaint.carry_out:${orderSubject(order.id)}`)
    const due = new Map((await deadlinesByKey(db, keys)).map((row) => [row.subject, row.due]))
    return { items: items.map((order) => viewOf(order, actor, due.get(orderSubject(order.id)) ?? null)), total }
  },
)

function viewOf(order: ComplaintOrder, actor: Actor, dueOn: Day | null): OrderView {
  const { words, complaintId, id, number, unitId, state, version, orderedOn, answeredOn } = order
  const isClerk = actor.roles.includes('clerk')
  const debtor = isClerk || ownUnitOf(actor) !== null ? words.debtor : null
  const mayAnswer = state === 'open' && isAllowed(actor, 'complaint.answer_order')
  const facts = {
    id,
    number,
    unitId,
    state,
    version,
    orderedOn,
    answeredOn,
    dueOn,
    possible: mayAnswer ? (['answer'] satisfies 'answer'[]) : [],
  }
  return { ...facts, order: words.order, answer: words.answer, debtor, complaintId: isClerk ? complaintId : null }
}
