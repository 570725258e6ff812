// Routes of the quarterly list: prepare, approve, hand over; and the page that a receiver’s link opens, which needs no script.
// The commands are commands.ts and linked.commands.ts; tasks.ts prepares the list at the end of a quarter.

import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import { contentsInWords, PUSH_TYPES, quarterInWords } from './files.views.ts'
import { listPushes, openPushFile, showPush } from './views.ts'
import { preparePush, recordHandOver, releasePush, sendPushLink, type LinkedReceipt } from './commands.ts'
import type { PresentedLink } from '../links/commands.ts'
import { wallTime } from '../../core/calendar.ts'
import { formatOf, PUSH_CHOICES, PUSH_FILES, PUSH_STATES, type PushFileKind } from './rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { holderCookie, LINK_LIMIT, linkParams, presentedLink } from '../links/cookie.routes.ts'
import { fileReply, HTML_REPLY, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'
import { collectPush, confirmPublished, followPush, type LinkedPush } from './linked.commands.ts'

const quarter = z.string().regex(/^\d{4}Q[1-4]$/)
const unitId = z.string().min(1).max(40)

const outcome = z.object({
  id: z.string(),
  quarter: z.string(),
  edition: z.int(),
  state: z.enum(PUSH_STATES),
  entries: z.int(),
  added: z.int().nullable(),
  corrected: z.int().nullable(),
  shielded: z.int().nullable(),
  revoked: z.int().nullable(),
})

const summary = {
  ...outcome.shape,
  listVersion: z.int(),
  preparedAt: instant,
  preparedBy: z.string(),
  releasedAt: instant.nullable(),
  releasedBy: z.string().nullable(),
}

const detail = z.object({
  ...summary,
  files: z.array(z.object({ kind: z.enum(PUSH_FILES), name: z.string(), bytes: z.int(), sha256: z.string() })),
  changed: z.array(
    z.object({
      listingId: z.string(),
      position: z.int(),
      name: z.string(),
      caseNo: z.string(),
      fate: z.enum(['gone', 'corrected']),
      toldAt: instant.nullable(),
    }),
  ),
  receipts: z.array(
    z.object({
      id: z.string(),
      unitId: z.string(),
      what: z.string(),
      at: instant,
      actor: z.string(),
      byHand: z.boolean(),
      onDay: dayText.nullable(),
    }),
  ),
  links: z.array(
    z.object({ recipient: z.string(), unitId: z.string(), createdAt: instant, expiresAt: instant, replacedAt: instant.nullable() }),
  ),
  receivers: z.array(z.object({ id: z.string(), name: z.string() })),
  possible: z.array(z.enum(PUSH_CHOICES)),
  clocks: z.array(z.object({ code: z.string(), due: dayText, missingYear: z.int().nullable(), state: z.string() })),
  audit: z.array(z.object({ n: z.int(), at: instant, actor: z.string(), act: z.string(), detail: z.string() })),
})

const base = '/api/v1/pushes'
const pathOf = (kind: PushFileKind): string => kind.replace('_', '-')
const actOnOne = { method: 'POST', access: 'session', params: idParams, reply: jsonReply(outcome) } as const
const publicPage = { access: 'public', params: linkParams, limit: LINK_LIMIT } as const

export const pushRoutes: readonly Route[] = [
  route({
    name: 'pushes.list',
    method: 'GET',
    path: base,
    access: 'session',
    permission: 'push.read',
    query: z.object({ quarter: quarter.optional(), state: z.enum(PUSH_STATES).optional(), ...page }),
    reply: jsonReply(listOf(z.object(summary))),
    async run({ app, actor, query }) {
      const { limit, offset, ...filter } = query
      return { ...(await listPushes(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'pushes.show',
    method: 'GET',
    path: `${base}/:id`,
    access: 'session',
    permission: 'push.read',
    params: idParams,
    reply: jsonReply(detail),
    run: ({ app, actor, params }) => showPush(app, actor, params.id),
  }),
  ...PUSH_FILES.map((kind) =>
    route({
      name: `pushes.${kind}`,
      method: 'GET',
      path: `${base}/:id/${pathOf(kind)}`,
      access: 'session',
      permission: 'push.read',
      params: idParams,
      reply: fileReply(PUSH_TYPES[formatOf(kind)]),
      run: ({ app, actor, params }) => openPushFile(app, actor, { id: params.id, kind }),
    }),
  ),
  route({
    name: 'pushes.prepare',
    method: 'POST',
    path: base,
    access: 'session',
    permission: 'push.prepare',
    body: jsonBody(z.object({ quarter, anew: z.boolean().optional() })),
    reply: jsonReply(outcome, 201),
    run: ({ app, actor, body }) => preparePush(app, actor, body),
  }),
  route({
    ...actOnOne,
    name: 'pushes.release',
    path: `${base}/:id/release`,
    permission: 'push.release',
    run: ({ app, actor, params }) => releasePush(app, actor, params),
  }),
  route({
    ...actOnOne,
    name: 'pushes.link',
    path: `${base}/:id/link`,
    permission: 'push.send_link',
    body: jsonBody(z.object({ unitId })),
    run: ({ app, actor, params, body }) => sendPushLink(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'pushes.hand_over',
    path: `${base}/:id/hand-over`,
    permission: 'push.hand_over',
    body: jsonBody(z.object({ unitId, what: z.enum([...PUSH_FILES, 'published']), onDay: dayText.optional() })),
    run: ({ app, actor, params, body }) => recordHandOver(app, actor, { ...params, ...body }),
  }),
  route({
    ...publicPage,
    name: 'page.push',
    method: 'GET',
    path: '/pushes/:token',
    permission: 'push.follow',
    reply: HTML_REPLY,
    run: async ({ app, actor, params, request }) => {
      const shown = presentedLink(params, request)
      return pushPage(app, shown.token, await followPush(app, actor, shown))
    },
  }),
  ...PUSH_FILES.map((kind) =>
    route({
      ...publicPage,
      name: `page.push_${kind}`,
      method: 'POST',
      path: `/pushes/:token/${pathOf(kind)}`,
      permission: 'push.collect',
      reply: fileReply(PUSH_TYPES[formatOf(kind)]),
      run: async ({ app, actor, params, request, setHeader }) => {
        const shown = presentedLink(params, request)
        const { file, holder } = await collectPush(app, actor, { ...shown, kind })
        hold(app, shown, holder, setHeader)
        return file
      },
    }),
  ),
  route({
    ...publicPage,
    name: 'page.push_published',
    method: 'POST',
    path: '/pushes/:token/published',
    permission: 'push.collect',
    reply: HTML_REPLY,
    run: async ({ app, actor, params, request, setHeader }) => {
      const shown = presentedLink(params, request)
      const holder = await confirmPublished(app, actor, shown)
      hold(app, shown, holder, setHeader)
      return pushPage(app, shown.token, await followPush(app, actor, { ...shown, holder: holder?.token ?? shown.holder }))
    },
  }),
]

/** Gives the browser that was the first to use the link the cookie by which it may go on. */
function hold(
  app: AppContext,
  { token }: PresentedLink,
  holder: LinkedReceipt['holder'],
  setHeader: (name: string, value: string) => void,
): void {
  if (holder !== null) setHeader('set-cookie', holderCookie(app, `/pushes/${token}`, holder.token, holder.expiresAt))
}

const KILOBYTE = 1024

function pushPage(app: AppContext, token: string, linked: LinkedPush): string {
  const { push, state, usedAt, expiresAt, unit, files, changed, receipts } = linked
  const word = (key: string): string => app.catalog.words('pushes', key)
  const published = receipts.findLast((receipt) => receipt.what === 'published')
  return app.catalog.page('push', {
    court: app.config.court.name,
    phone: app.config.court.phone,
    token,
    unit,
    quarter: quarterInWords(app, push.quarter),
    contents: contentsInWords(app, push),
    version: push.listVersion,
    time: wallTime(push.preparedAt),
    until: wallTime(expiresAt),
    ended: state === 'ended',
    used: state === 'used',
    usedAt: usedAt === null ? '' : wallTime(usedAt),
    fresh: state === 'fresh',
    open: state === 'fresh' || state === 'held',
    files: files.map(({ kind, bytes, sha256 }) => ({
      file: pathOf(kind),
      title: word(`file.${kind}`),
      size: Math.max(1, Math.round(bytes / KILOBYTE)),
      sha256,
      taken: receipts.some((receipt) => receipt.what === kind),
    })),
    changed: changed.map(({ position, name, caseNo, fate }) => ({ position, name, caseNo, fate: word(`fate.${fate}`) })),
    published: published === undefined ? '' : wallTime(published.at),
  })
}
