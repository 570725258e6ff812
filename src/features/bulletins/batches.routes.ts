// Routes of bulk acts on listings: order one, and ask how far it is.
// One act on a few listings, all or none, is features/listings/routes.ts and routes.ts here.

import { z } from 'zod'
import { items, reason } from '../listings/routes.ts'
import { STATED_EXIT_GROUNDS } from '../listings/rules.ts'
import { selectionOf } from '../listings/selection.rules.ts'
import { selection } from '../listings/selection.routes.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, route, type Route } from '../../platform/http/route.ts'
import { BATCH_ITEMS, runBatch, showBatch } from './batches.commands.ts'
import { BATCH_ACTS } from './batches.rules.ts'
import { writtenAt } from '../listings/content.routes.ts'
import { inColumns, terms } from './proposals.routes.ts'
import { bulletinOutcome } from './routes.ts'

const order = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('submit') }),
  z.strictObject({ act: z.literal('approve') }),
  z.strictObject({ act: z.literal('reject'), reason }),
  z.strictObject({ act: z.literal('record_service'), servedOn: dayText, manner: z.string().trim().min(2).max(200) }),
  z.strictObject({ act: z.literal('withdraw'), reason }),
  z.strictObject({ act: z.literal('publish') }),
  z.strictObject({ act: z.literal('shield'), ground: z.enum(STATED_EXIT_GROUNDS), reason }),
  z.strictObject({ act: z.literal('propose'), terms }),
])

const choice = z.union([
  z.strictObject({ items: z.array(items.element).min(1).max(BATCH_ITEMS) }),
  z.strictObject({ matching: selection, confirmedTotal: z.int().min(1) }),
])

const batchBody = z.strictObject({ id: idText, order, choice, skipBlocked: z.boolean().default(false) }).superRefine((body, context) => {
  // As of a few: listings that are named are approved in the version that was seen. Of all that match, their number was confirmed.
  if (body.order.act !== 'approve' || !('items' in body.choice)) return
  for (const [at, { version }] of body.choice.items.entries())
    if (version === undefined)
      context.addIssue({ code: 'invalid_type', expected: 'int', input: version, path: ['choice', 'items', at, 'version'] })
})

const batchView = z.object({
  id: z.string(),
  act: z.enum(BATCH_ACTS),
  state: z.enum(['blocked', 'running', 'done', 'stopped']),
  total: z.int(),
  done: z.int(),
  blocked: z.array(z.object({ id: z.string(), name: z.string(), caseNo: z.string(), code: z.string(), message: z.string() })),
  bulletins: z.array(bulletinOutcome.shape.bulletin),
})

const base = '/api/v1/listing-batches'

export const batchRoutes: readonly Route[] = [
  route({
    name: 'listings.run_batch',
    method: 'POST',
    path: base,
    access: 'session',
    permission: 'listing.batch',
    body: jsonBody(batchBody),
    reply: jsonReply(batchView),
    run: ({ app, actor, body: { choice: chosen, order, ...rest } }) =>
      writtenAt('order.terms.patch', () =>
        runBatch(app, actor, {
          ...rest,
          order: order.act === 'propose' ? { ...order, terms: inColumns(order.terms) } : order,
          choice:
            'items' in chosen ? chosen : { ...chosen, matching: selectionOf({ id: actor.id, now: app.clock.now() }, chosen.matching) },
        }),
      ),
  }),
  route({
    name: 'listings.show_batch',
    method: 'GET',
    path: `${base}/:id`,
    access: 'session',
    permission: 'listing.read',
    params: idParams,
    reply: jsonReply(batchView),
    run: ({ app, actor, params }) => showBatch(app, actor, params.id),
  }),
]
