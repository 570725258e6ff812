// The pages people open without an account: the start page, the enquiry form, and outside production what the sandbox kept.
// Their HTML is templates/pages; the enquiry's limits are public.ts.

import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import { sandboxMessages, type SandboxMessage } from '../notices/views.ts'
import { openBulletinLink } from '../bulletins/links.commands.ts'
import type { PublicEntry } from './views.ts'
import { wallTime } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { formBody } from '../../platform/http/body.ts'
import { HTML_REPLY } from '../../platform/http/reply.ts'
import type { Ask } from './routes.ts'
import { dayText, idParams, route, type Route } from '../../platform/http/route.ts'

type PageValues = Parameters<AppContext['catalog']['page']>[1]

/** @param sandbox whether the house keeps messages for people to look at: never in production. */
export function pageRoutes(ask: Ask, sandbox: boolean): readonly Route[] {
  return [home(sandbox), enquiryForm(), enquiry(ask), bulletin(), ...(sandbox ? [sandboxPage()] : [])]
}

function home(sandbox: boolean): Route {
  return route({
    name: 'page.home',
    method: 'GET',
    path: '/',
    access: 'public',
    permission: 'none',
    reply: HTML_REPLY,
    run: ({ app }) => app.catalog.page('home', { court: app.config.court.name, phone: app.config.court.phone, sandbox }),
  })
}

const BLANK = { name: '', caseNo: '', refusal: '', statement: '', entries: [] }

function enquiryForm(): Route {
  return route({
    name: 'page.enquiry_form',
    method: 'GET',
    path: '/enquiry',
    access: 'public',
    permission: 'none',
    reply: HTML_REPLY,
    run: ({ app }) => app.catalog.page('enquiry', { ...BLANK, court: app.config.court.name }),
  })
}

/** Asked by POST: an identity number in an address would stay in histories and in proxies' logs. */
function enquiry(ask: Ask): Route {
  return route({
    name: 'page.enquiry',
    method: 'POST',
    path: '/enquiry',
    access: 'public',
    permission: 'public.enquire',
    limit: { code: 'enquiry_limited', perMinute: (config) => config.enquiry.perMinute },
    body: formBody(
      z.object({
        name: z.string().max(100).default(''),
        identifier: z.string().max(40).default(''),
        caseNo: z.string().max(100).default(''),
      }),
    ),
    reply: HTML_REPLY,
    async run({ app, body, request }) {
      const { name, caseNo } = body
      const form = { ...BLANK, court: app.config.court.name, name, caseNo }
      if (Object.values(body).every((value) => value.trim() === '')) return app.catalog.page('enquiry', form)
      try {
        const { statement, entries } = await ask(app, body, request.ip)
        return app.catalog.page('enquiry', { ...form, statement, entries: entries.map((entry) => entryValues(app, entry)) })
      } catch (error) {
        if (!isAppError(error) || error.kind !== 'invalid') throw error
        return app.catalog.page('enquiry', { ...form, refusal: app.catalog.problem(error.code, error.values) })
      }
    },
  })
}

const SHOWN_ENTRIES = 100

function bulletin(): Route {
  return route({
    name: 'page.bulletin',
    method: 'GET',
    path: '/bulletins/:id',
    access: 'public',
    permission: 'bulletin.follow',
    limit: { code: 'rate_limited', perMinute: (config) => config.enquiry.perMinute },
    params: idParams,
    query: z.object({ until: dayText, key: z.string().max(100), offset: z.coerce.number().int().min(0).max(1_000_000).default(0) }),
    reply: HTML_REPLY,
    async run({ app, actor, params, query }) {
      const { until, key, offset } = query
      const found = await openBulletinLink(app, actor, { id: params.id, until, key, page: { limit: SHOWN_ENTRIES, offset } })
      const { words } = app.catalog
      const more = offset + found.entries.length < found.total
      const next = new URLSearchParams({ until, key, offset: String(offset + SHOWN_ENTRIES) })
      return app.catalog.page('bulletin', {
        court: app.config.court.name,
        phone: app.config.court.phone,
        number: found.number,
        version: found.listVersion,
        time: wallTime(found.at),
        total: found.total,
        until,
        next: more ? `/bulletins/${params.id}?${next.toString()}` : '',
        entries: found.entries.map(({ event, name, identifier, caseNo }) => ({
          event: words('public', `event.${event}`),
          name,
          identifier,
          caseNo,
        })),
      })
    },
  })
}

function entryValues({ catalog }: AppContext, entry: PublicEntry): PageValues {
  const sex = entry.sex === null ? null : catalog.words('public', `sex.${entry.sex}`)
  return { ...entry, sex, grounds: entry.grounds.join('；') }
}

const SHOWN = 200

function sandboxPage(): Route {
  return route({
    name: 'page.sandbox',
    method: 'GET',
    path: '/sandbox',
    access: 'public',
    permission: 'sandbox.read',
    reply: HTML_REPLY,
    async run({ app, actor }) {
      const phones = new Map<string, { to: string; messages: PageValues[] }>()
      for (const message of await sandboxMessages(app, actor, SHOWN)) {
        const phone = phones.get(message.person) ?? { to: message.to, messages: [] }
        phone.messages.push(messageValues(app, message))
        phones.set(message.person, phone)
      }
      return app.catalog.page('sandbox', {
        court: app.config.court.name,
        phones: [...phones.values()],
      })
    },
  })
}

/** A WeChat message as a card whose first field is its heading; an SMS as a bubble. */
function messageValues({ catalog }: AppContext, { medium, body, at, state }: SandboxMessage): PageValues {
  const [heading, ...fields] = Object.entries(body.template?.fields ?? {})
  return {
    time: at === null ? '' : wallTime(at),
    mediumName: catalog.words('states', `medium.${medium}`),
    stateName: catalog.words('states', `delivery.${state}`),
    isWechat: medium === 'wechat' || medium === 'wechaty',
    heading: heading?.[1] ?? '',
    rows: fields.map(([field, value]) => ({ label: catalog.words('http', `card.${field.replace(/\d+$/, '')}`), value })),
    // Where a tap on the card leads, as on a phone.
    url: body.url ?? '',
    lines: body.text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [{ line }])),
  }
}
