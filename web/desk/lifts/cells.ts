// The cells of the matrix that a clerk chooses: one entry at one unit. Only what is open can be reported as lifted.

import type { Matrix, ReportPortion } from './lifts.ts'

export interface Cell {
  id: string
  orderId: string
  listingId: string
  unit: string
  name: string
  caseNo: string
  state: Matrix['units'][number]['cells'][number]['state']
}

/** Every cell of a page of the matrix. */
export function cellsOf({ units, entries }: Pick<Matrix, 'units' | 'entries'>): Cell[] {
  return units.flatMap(({ orderId, unitName, cells }) =>
    entries.flatMap(({ listingId, name, caseNo }, index) => {
      const state = cells[index]?.state
      return state === undefined ? [] : [{ id: `${orderId} ${listingId}`, orderId, listingId, unit: unitName, name, caseNo, state }]
    }),
  )
}

/** Orders and entries of one call; both within what the server takes. */
const ORDERS = 20
const ENTRIES = 200

/** What is sent call by call: whole orders where they fit, in the order in which they were chosen. */
export function portionsOf(cells: readonly Cell[]): ReportPortion[] {
  const byOrder = new Map<string, string[]>()
  for (const { orderId, listingId } of cells) byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), listingId])
  const orders = [...byOrder].flatMap(([orderId, ids]) =>
    Array.from({ length: Math.ceil(ids.length / ENTRIES) }, (_, part) => ({
      orderId,
      listingIds: ids.slice(part * ENTRIES, (part + 1) * ENTRIES),
    })),
  )
  const portions: ReportPortion[] = []
  for (const order of orders) {
    const last = portions.at(-1)
    // One call names an order once.
    if (last !== undefined && last.length < ORDERS && last.every(({ orderId }) => orderId !== order.orderId)) last.push(order)
    else portions.push([order])
  }
  return portions
}
