// Route that previews a bulletin: who would be told, on which medium, at what cost, and who cannot be reached.
// Issuing it is routes.ts and batches.routes.ts.

import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { MEDIUMS } from '../../core/mediums.ts'
import { NOTICE_EVENTS, AUDIENCES } from '../../messaging/notices.rules.ts'
import { STATED_EXIT_GROUNDS } from '../listings/rules.ts'
import { selection } from '../listings/selection.routes.ts'
import { selectionOf } from '../listings/selection.rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { idText, route, type Route } from '../../platform/http/route.ts'
import { BATCH_ITEMS } from './batches.commands.ts'
import { previewBulletin } from './preview.views.ts'

/** Either the listings by id, or all that match. */
const chosen = { ids: z.array(idText).min(1).max(BATCH_ITEMS).optional(), matching: selection.optional() }
const body = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('publish'), ...chosen }),
  z.strictObject({ act: z.literal('shield'), ground: z.enum(STATED_EXIT_GROUNDS), ...chosen }),
  z.strictObject({ act: z.literal('revoke'), ...chosen }),
])

const cost = z.object({ messages: z.int(), segments: z.int(), cost: z.int() })
const preview = z.object({
  listings: z.int(),
  blocked: z.array(z.object({ id: z.string(), name: z.string(), caseNo: z.string(), code: z.string(), message: z.string() })),
  audiences: z.array(
    z.object({
      event: z.enum(NOTICE_EVENTS),
      audience: z.enum(AUDIENCES),
      recipients: z.int(),
      media: z.partialRecord(z.enum([...MEDIUMS, 'none']), z.int()),
    }),
  ),
  sms: z.object({ segmentFen: z.number(), first: cost, most: cost }),
  missing: z.object({
    units: z.array(z.object({ id: z.string(), name: z.string() })),
    debtors: z.array(z.object({ id: z.string(), name: z.string(), caseNo: z.string() })),
  }),
})

export const previewRoutes: readonly Route[] = [
  route({
    name: 'bulletins.preview',
    method: 'POST',
    path: '/api/v1/bulletins/preview',
    access: 'session',
    permission: 'bulletin.read',
    body: jsonBody(body),
    reply: jsonReply(preview),
    run: ({ app, actor, body: { ids, matching, ...previewed } }) => {
      if ((ids === undefined) === (matching === undefined)) throw new AppError('request_invalid')
      return previewBulletin(app, actor, { choice: ids ?? selectionOf({ id: actor.id, now: app.clock.now() }, matching ?? {}), previewed })
    },
  }),
]
