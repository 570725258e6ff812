// Routes for whoever looks after the installation: notice templates, settings, health, and a test message to oneself.
// The technical routes of the process are routes.ts.

import { z } from 'zod'
import { GROUPS, type Group } from '../../config/setting.ts'
import { MEDIUMS } from '../../core/mediums.ts'
import { AUDIENCES, NOTICE_EVENTS } from '../../messaging/notices.rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { idParams, idText, instant, route, type Route } from '../../platform/http/route.ts'
import { systemHealth, systemSettings } from './desk.views.ts'
import { listTemplates, showTemplate } from './templates.views.ts'
import { sendTestMessage, TESTED_MEDIA, testMessageState } from './test-message.commands.ts'

const template = z.object({
  name: z.string(),
  title: z.string(),
  event: z.enum(NOTICE_EVENTS),
  audience: z.enum(AUDIENCES),
  version: z.int(),
  hash: z.string(),
  changedAt: instant,
  media: z.array(z.enum(MEDIUMS)),
  statutory: z.string().nullable(),
  urgent: z.boolean(),
})

const templateRoutes: readonly Route[] = [
  route({
    name: 'templates.list',
    method: 'GET',
    path: '/api/v1/templates',
    access: 'session',
    permission: 'template.read',
    query: z.strictObject({
      event: z.enum(NOTICE_EVENTS).optional(),
      audience: z.enum(AUDIENCES).optional(),
      medium: z.enum(MEDIUMS).optional(),
    }),
    reply: jsonReply(z.object({ items: z.array(template) })),
    run: async ({ app, actor, query }) => ({ items: (await listTemplates(app, actor, query)) as z.input<typeof template>[] }),
  }),
  route({
    name: 'templates.show',
    method: 'GET',
    path: '/api/v1/templates/:name',
    access: 'session',
    permission: 'template.read',
    params: z.object({ name: z.string().regex(/^[a-z_-]{1,80}$/) }),
    reply: jsonReply(
      template.extend({
        samples: z.record(z.string(), z.union([z.string(), z.number()])),
        previews: z.array(
          z.object({
            medium: z.enum(MEDIUMS),
            text: z.string(),
            segments: z.int().nullable(),
            fields: z.record(z.string(), z.string()).nullable(),
          }),
        ),
      }),
    ),
    run: async ({ app, actor, params }) => (await showTemplate(app, actor, params.name)) as never,
  }),
]

const health = z.object({
  at: instant,
  checks: z.array(z.object({ code: z.string(), ok: z.boolean(), detail: z.string() })),
  queues: z.array(z.object({ medium: z.enum(MEDIUMS), state: z.string(), count: z.int(), overdueSeconds: z.int() })),
  providers: z.array(z.object({ provider: z.string(), outcome: z.string(), count: z.int(), lastAt: instant })),
  runs: z.array(z.object({ name: z.string(), bucket: z.string().nullable(), finishedAt: instant.nullable(), unfinished: z.int() })),
})

const setting = z.object({
  name: z.string(),
  group: z.enum(Object.keys(GROUPS) as [Group, ...Group[]]),
  state: z.enum(['set', 'default', 'unset']),
  value: z.string().nullable(),
  secret: z.boolean(),
})

/** The routes under `/api/v1/templates` and `/api/v1/system`. */
export const systemDeskRoutes: readonly Route[] = [
  ...templateRoutes,
  route({
    name: 'system.settings',
    method: 'GET',
    path: '/api/v1/system/settings',
    access: 'session',
    permission: 'system.read',
    reply: jsonReply(z.object({ items: z.array(setting) })),
    run: async ({ app, actor }) => ({ items: [...(await systemSettings(app, actor, undefined))] }),
  }),
  route({
    name: 'system.health',
    method: 'GET',
    path: '/api/v1/system/health',
    access: 'session',
    permission: 'system.read',
    reply: jsonReply(health),
    run: ({ app, actor }) => systemHealth(app, actor),
  }),
  route({
    name: 'system.test_message',
    method: 'POST',
    path: '/api/v1/system/test-message',
    access: 'session',
    permission: 'system.test',
    body: jsonBody(z.strictObject({ medium: z.enum(TESTED_MEDIA), address: z.string().min(1).max(100).optional() })),
    reply: jsonReply(z.object({ noticeId: idText })),
    run: ({ app, actor, body }) => sendTestMessage(app, actor, body),
  }),
  route({
    name: 'system.test_message_state',
    method: 'GET',
    path: '/api/v1/system/test-message/:id',
    access: 'session',
    permission: 'system.read',
    params: idParams,
    reply: jsonReply(z.object({ noticeId: idText, state: z.string(), reason: z.string().nullable() })),
    run: ({ app, actor, params }) => testMessageState(app, actor, params.id),
  }),
]
