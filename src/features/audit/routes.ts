// Routes that read and verify the audit. Both are POST: a reading is recorded, and whom it is about stays out of addresses.
// The commands are search.commands.ts and steps.commands.ts.

import { z } from 'zod'
import { PERMISSIONS } from '../../platform/commands/permissions.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, instant, route, type Route } from '../../platform/http/route.ts'
import { readAudit } from './search.commands.ts'
import { verifyNext } from './steps.commands.ts'
import { BY_ID } from './views.ts'

const subject = z.string().min(1).max(60)
const place = z.object({ at: instant, subject, n: z.int() })
const placeIn = z.strictObject({ at: z.iso.datetime().transform((text) => new Date(text)), subject, n: z.int().min(0) })

const search = z.strictObject({
  actor: z.string().max(60).optional(),
  login: z.string().max(40).optional(),
  act: z.enum(PERMISSIONS).optional(),
  subject: subject.optional(),
  from: dayText.optional(),
  to: dayText.optional(),
  after: placeIn.optional(),
  limit: z.int().min(1).max(200).default(50),
})

const line = z.object({
  subject: z.string(),
  n: z.int(),
  at: instant,
  actor: z.string(),
  actorName: z.string().nullable(),
  act: z.string(),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
})

const position = z.union([
  z.strictObject({ phase: z.literal('chains'), subject: z.string().max(60), n: z.int().min(0) }),
  z.strictObject({ phase: z.enum(BY_ID), after: z.string().max(60) }),
])

/** The routes under `/api/v1/audit`. */
export const auditRoutes: readonly Route[] = [
  route({
    name: 'audit.search',
    method: 'POST',
    path: '/api/v1/audit/search',
    access: 'session',
    permission: 'audit.read',
    body: jsonBody(search),
    reply: jsonReply(z.object({ items: z.array(line), next: place.nullable() })),
    run: ({ app, actor, body }) => readAudit(app, actor, body),
  }),
  route({
    name: 'audit.verify',
    method: 'POST',
    path: '/api/v1/audit/verify',
    access: 'session',
    permission: 'audit.verify',
    body: jsonBody(z.strictObject({ after: position.nullable().optional() })),
    reply: jsonReply(
      z.object({
        rows: z.int(),
        listings: z.int(),
        faults: z.array(
          z.object({
            subject: z.string(),
            n: z.int(),
            fault: z.enum(['hash', 'gap', 'seal', 'unreadable', 'lookup', 'record', 'rests', 'journal', 'proof', 'end']),
          }),
        ),
        next: position.nullable(),
      }),
    ),
    run: ({ app, actor, body }) => verifyNext(app, actor, body.after),
  }),
]
