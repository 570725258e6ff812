// Routes of the court desk's list: search and export. Names and numbers of people come in the body, never in an address.
// What can be asked is selection.rules.ts; the acts on what was found are routes.ts and features/bulletins.

import { z } from 'zod'
import { CLOCK_CODES } from '../deadlines/clocks.rules.ts'
import { OFFERED_ACTS } from './possible.rules.ts'
import { PROPOSED_ACTS } from './proposals.rules.ts'
import { listingSummary } from './routes.ts'
import { LISTING_STATES } from './rules.ts'
import { SELECTION_ORDERS, selectionOf } from './selection.rules.ts'
import { exportListings, type ExportForm } from './export.commands.ts'
import { searchRows } from './selection.views.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idText, instant, listOf, route, type Route } from '../../platform/http/route.ts'

const range = z.strictObject({ from: dayText.optional(), until: dayText.optional() })

/** The conditions of a selection of listings. */
export const selection = z.strictObject({
  text: z.string().trim().min(1).max(100).optional(),
  states: z.array(z.enum(LISTING_STATES)).min(1).max(LISTING_STATES.length).optional(),
  grounds: z.array(z.int().min(1).max(6)).min(1).max(6).optional(),
  kind: z.enum(['person', 'organisation']).optional(),
  source: z.string().max(40).optional(),
  court: z.string().trim().max(100).optional(),
  importId: idText.optional(),
  decided: range.optional(),
  listed: range.optional(),
  termEnds: range.optional(),
  due: range.optional(),
  needsExclusions: z.boolean().optional(),
  proposed: z.boolean().optional(),
  /** Drafts that an approver sent back. */
  returned: z.boolean().optional(),
  /** About which the caller made the last proposal, and it was rejected lately. */
  refusedMine: z.literal(true).optional(),
  /** What the caller drafted. */
  mine: z.literal(true).optional(),
})

/** The order of a selection: newest first unless said otherwise. */
const selectionSort = z
  .strictObject({ by: z.enum(SELECTION_ORDERS), direction: z.enum(['asc', 'desc']) })
  .default({ by: 'newest', direction: 'desc' })

const searchBody = selection.extend({
  sort: selectionSort,
  limit: z.int().min(1).max(200).default(50),
  offset: z.int().min(0).max(10_000_000).default(0),
})

/** A route that exports a search in one form. */
function exportRoute(form: ExportForm, type: string): Route {
  return route({
    name: `listings.export_${form}`,
    method: 'POST',
    path: `/api/v1/listings/export.${form}`,
    access: 'session',
    permission: 'listing.export',
    body: jsonBody(selection.extend({ sort: selectionSort })),
    reply: fileReply(type),
    run: ({ app, actor, body: { sort, ...filter } }) =>
      exportListings(app, actor, { filter: selectionOf({ id: actor.id, now: app.clock.now() }, filter), sort, form }),
  })
}

const searchRow = listingSummary.extend({
  decidedOn: dayText.nullable(),
  servedOn: dayText.nullable(),
  importId: z.string().nullable(),
  possible: z.array(z.enum(OFFERED_ACTS)),
  needsExclusions: z.boolean(),
  suspended: z.boolean(),
  due: z.object({ code: z.enum(CLOCK_CODES), due: dayText, provisional: z.boolean() }).nullable(),
  proposal: z.object({ id: z.string(), act: z.enum(PROPOSED_ACTS), proposedAt: instant, own: z.boolean() }).nullable(),
})

export const selectionRoutes: readonly Route[] = [
  route({
    name: 'listings.search',
    method: 'POST',
    path: '/api/v1/listings/search',
    access: 'session',
    permission: 'listing.read',
    body: jsonBody(searchBody),
    reply: jsonReply(listOf(searchRow)),
    async run({ app, actor, body }) {
      const { sort, limit, offset, ...filter } = body
      const asked = selectionOf({ id: actor.id, now: app.clock.now() }, filter)
      return { ...(await searchRows(app, actor, { filter: asked, sort, page: { limit, offset } })), limit, offset }
    },
  }),
  exportRoute('csv', 'text/csv; charset=utf-8'),
  exportRoute('xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
]
