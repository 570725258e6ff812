// Routes of intakes for clerks: the queue, one intake, registering and declining. The commands are commands.ts.
// Handing in is part of the bot's dialogs; what an intake becomes is in features/objections and features/repairs.

import { withoutRecord } from '../../platform/commands/outcome.ts'
import { z } from 'zod'
import { declineIntake, listIntakes, openIntakeFile, registerIntake, showIntake } from './commands.ts'
import { INTAKE_KINDS, INTAKE_STATES, INTAKE_WAYS } from './rules.ts'
import { OBJECTION_SUBJECTS } from '../objections/rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const outcome = { id: z.string(), number: z.string(), state: z.enum(INTAKE_STATES) }

const summary = {
  ...outcome,
  kind: z.enum(INTAKE_KINDS),
  listingId: z.string(),
  about: z.enum(OBJECTION_SUBJECTS).nullable(),
  way: z.enum(INTAKE_WAYS),
  receivedOn: dayText,
  receivedAt: instant,
  registeredAs: z.string().nullable(),
  handledBy: z.string().nullable(),
  handledAt: instant.nullable(),
}

const detail = z.object({
  ...summary,
  record: z.object({ text: z.string(), unitWords: z.string().optional(), reason: z.string().optional() }),
  dueOn: dayText.nullable(),
  files: z.array(z.object({ id: idText, kind: z.string(), bytes: z.int(), sha256: z.string(), at: instant })),
})

const base = '/api/v1/intakes'

/** The routes under `/api/v1/intakes`. */
export const intakeRoutes: readonly Route[] = [
  route({
    name: 'intakes.list',
    method: 'GET',
    path: base,
    access: 'session',
    permission: 'intake.read',
    query: z.object({
      state: z.enum(INTAKE_STATES).optional(),
      kind: z.enum(INTAKE_KINDS).optional(),
      listingId: idText.optional(),
      number: z.string().trim().max(20).optional(),
      ...page,
    }),
    reply: jsonReply(listOf(z.object(summary))),
    async run({ app, actor, query }) {
      const { limit, offset, ...filter } = query
      const { items, total } = await listIntakes(app, actor, { filter, page: { limit, offset } })
      return { items: items.map(withoutRecord), total, limit, offset }
    },
  }),
  route({
    name: 'intakes.show',
    method: 'GET',
    path: `${base}/:id`,
    access: 'session',
    permission: 'intake.read',
    params: idParams,
    reply: jsonReply(detail),
    run: ({ app, actor, params }) => showIntake(app, actor, params.id),
  }),
  route({
    name: 'intakes.file',
    method: 'GET',
    path: `${base}/:id/files/:fileId`,
    access: 'session',
    permission: 'intake.read',
    params: idParams.extend({ fileId: idText }),
    // A neutral type, so that a browser saves the file and never opens it.
    reply: fileReply('application/octet-stream'),
    run: ({ app, actor, params }) => openIntakeFile(app, actor, params),
  }),
  route({
    name: 'intakes.register',
    method: 'POST',
    path: `${base}/:id/register`,
    access: 'session',
    permission: 'intake.register',
    params: idParams,
    body: jsonBody(z.object({ unitId: z.string().min(1).max(40).optional(), metOn: dayText.optional() })),
    reply: jsonReply(z.object({ ...outcome, registeredAs: z.string(), registeredNumber: z.string() })),
    run: ({ app, actor, params, body }) => registerIntake(app, actor, { ...params, ...body }),
  }),
  route({
    name: 'intakes.decline',
    method: 'POST',
    path: `${base}/:id/decline`,
    access: 'session',
    permission: 'intake.decline',
    params: idParams,
    body: jsonBody(z.object({ reason: z.string().trim().min(2).max(500) })),
    reply: jsonReply(z.object(outcome)),
    run: ({ app, actor, params, body }) => declineIntake(app, actor, { ...params, ...body }),
  }),
]
