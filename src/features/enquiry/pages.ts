// Pages without an account: the start page, the enquiry form, the entries of a bulletin, and the sandbox's messages outside production.
// Their HTML is templates/pages; the limits of enquiries are in routes.ts.

import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import { sandboxMessages, type SandboxMessage } from '../notices/views.ts'
import { SANDBOX_ENTRIES } from '../screening/sandbox.rules.ts'
import { SANDBOX_ENDINGS } from '../../messaging/channels/sandbox/sandbox.ts'
import { openBulletinLink } from '../bulletins/links.commands.ts'
import { shownEntry, type PublicEntry } from './views.ts'
import { addMonths, dayOf, wallTime, writtenDay } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { formBody } from '../../platform/http/body.ts'
import { HTML_REPLY } from '../../platform/http/reply.ts'
import { formValues } from '../forms/receive.routes.ts'
import { largeCookies } from '../forms/kept.routes.ts'
import { enquiryFault, type EnquiryFault } from './typed.rules.ts'
import type { Enquire } from './routes.ts'
import { dayText, idParams, route, type Route } from '../../platform/http/route.ts'

type PageValues = Parameters<AppContext['catalog']['page']>[1]

/**
 * The routes of the public pages.
 * @param sandbox whether the sandbox page exists; never in production.
 */
export function pageRoutes(ask: Enquire, sandbox: boolean): readonly Route[] {
  return [homePage(sandbox), enquiryFormPage(), enquiryPage(ask, sandbox), bulletinEntriesPage(), ...(sandbox ? [sandboxPage()] : [])]
}

function homePage(sandbox: boolean): Route {
  return route({
    name: 'page.home',
    method: 'GET',
    path: '/',
    access: 'public',
    permission: 'none',
    reply: HTML_REPLY,
    run({ app }) {
      return homeValues(app, sandbox, BLANK)
    },
  })
}

const BLANK = { name: '', identifier: '', caseNo: '' }
const FIELDS = ['name', 'identifier', 'caseNo'] as const

function homeValues(app: AppContext, sandbox: boolean, typed: Readonly<Record<string, string>>): string {
  const { name: court, phone, address, hours } = app.config.court
  const values = { court, phone, address, hours, sandbox, published: app.config.board.on, ...formValues(FIELDS, typed, []) }
  return app.catalog.page('home', { ...values, sizeForm: 'form' })
}

/** What the page of the enquiry shows; the number that was typed stays in the field, in this answer and nowhere else. */
interface EnquiryForm {
  typed?: Readonly<Record<string, string>>
  fault?: EnquiryFault | null
  statement?: string
  entries?: readonly PublicEntry[]
}

function enquiryForm(app: AppContext, { typed = BLANK, fault = null, statement = '', entries = [] }: EnquiryForm): string {
  const errors =
    fault === null ? [] : [{ field: fault.field, message: app.catalog.words('forms', `enquiry.${fault.sentence}`, fault.values ?? {}) }]
  const { name: court, phone: courtPhone } = app.config.court
  return app.catalog.page('enquiry', {
    ...formValues(FIELDS, typed, errors),
    ...{ here: '/enquiry', sizeForm: 'form', court, courtPhone, statement, hasErrors: errors.length > 0, answered: statement !== '' },
    found: entries.length > 0,
    entries: entries.map((entry) => entryValues(app, entry)),
  })
}

function enquiryFormPage(): Route {
  return route({
    name: 'page.enquiry_form',
    method: 'GET',
    path: '/enquiry',
    access: 'public',
    permission: 'none',
    reply: HTML_REPLY,
    run: ({ app }) => enquiryForm(app, {}),
  })
}

/** The enquiry uses POST, because an identity number in a URL would stay in browser histories and in logs of proxies. */
function enquiryPage(ask: Enquire, sandbox: boolean): Route {
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
        act: z.string().max(20).default(''),
        // Where the button for large text was pressed: on the start page, or beside an answer.
        from: z.enum(['home', 'answer', '']).default(''),
      }),
    ),
    reply: HTML_REPLY,
    async run({ app, body: { act, from, ...typed }, request, setHeader }) {
      const large = largeCookies(app, act)
      setHeader('set-cookie', large)
      if (large.length > 0 && from !== 'answer') return from === 'home' ? homeValues(app, sandbox, typed) : enquiryForm(app, { typed })
      const fault = enquiryFault(typed)
      if (fault !== null) return enquiryForm(app, { typed, fault })
      try {
        return enquiryForm(app, { typed, ...(await ask(app, typed, request.ip)) })
      } catch (error) {
        if (!isAppError(error) || error.kind !== 'invalid') throw error
        return enquiryForm(app, { typed, fault: { field: 'identifier', sentence: 'name_alone' } })
      }
    },
  })
}

/** Entries of one page of a bulletin. */
const SHOWN_ENTRIES = 100

function bulletinEntriesPage(): Route {
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
      const bulletinPage = await openBulletinLink(app, actor, { id: params.id, until, key, page: { limit: SHOWN_ENTRIES, offset } })
      const { words } = app.catalog
      const more = offset + bulletinPage.entries.length < bulletinPage.total
      const next = new URLSearchParams({ until, key, offset: String(offset + SHOWN_ENTRIES) })
      return app.catalog.page('bulletin', {
        court: app.config.court.name,
        phone: app.config.court.phone,
        number: bulletinPage.number,
        version: bulletinPage.listVersion,
        time: wallTime(bulletinPage.at),
        day: writtenDay(dayOf(bulletinPage.at)),
        total: bulletinPage.total,
        until,
        next: more ? `/bulletins/${params.id}?${next.toString()}` : '',
        entries: bulletinPage.entries.map(({ event, name, identifier, caseNo, changes }) => ({
          event: words('public', `event.${event}`),
          name,
          identifier,
          caseNo,
          changes: changes ?? '',
        })),
      })
    },
  })
}

function entryValues(app: AppContext, entry: PublicEntry): PageValues {
  const { publishedOn, termMonths } = entry
  // A term begins on the day of publication.
  const ends = publishedOn === null || termMonths === null ? '' : writtenDay(addMonths(publishedOn, termMonths))
  return { ...shownEntry(app, entry), ends }
}

/** Messages that the sandbox page shows. */
const SHOWN_MESSAGES = 200

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
      for (const message of await sandboxMessages(app, actor, SHOWN_MESSAGES)) {
        const phone = phones.get(message.person) ?? { to: message.to, messages: [] }
        phone.messages.push(messageValues(app, message))
        phones.set(message.person, phone)
      }
      return app.catalog.page('sandbox', {
        court: app.config.court.name,
        phones: [...phones.values()],
        ...failuresAndPeople(app),
      })
    },
  })
}

/** What can be tried with invented values: addresses that fail on purpose, and the people whom the sandbox of screening knows. */
function failuresAndPeople({ catalog: { words } }: AppContext): PageValues {
  return {
    endings: SANDBOX_ENDINGS.map(({ medium, ending }) => ({
      address: words('http', `sandbox.address.${medium}`, { ending }),
      what: words('http', `sandbox.ending.${ending}`),
    })),
    people: SANDBOX_ENTRIES.map(({ name, identifier, resting, retained }) => {
      const state = resting === 'all' ? 'resting' : retained === null ? 'listed' : 'retained'
      return { name, identifier, what: words('http', `sandbox.person.${state}`) }
    }),
  }
}

/** The values of one message: WeChat messages are shown as a card with the first field as its heading, SMS as a bubble. */
function messageValues({ catalog }: AppContext, { medium, body, at, state }: SandboxMessage): PageValues {
  const [heading, ...fields] = Object.entries(body.template?.fields ?? {})
  return {
    time: at === null ? '' : wallTime(at),
    mediumName: catalog.words('states', `medium.${medium}`),
    stateName: catalog.words('states', `delivery.${state}`),
    isWechat: medium === 'wechat' || medium === 'wechaty',
    heading: heading?.[1] ?? '',
    rows: fields.map(([field, value]) => ({ label: catalog.words('http', `card.${field.replace(/\d+$/, '')}`), value })),
    // The link that a tap on the card opens on a phone.
    url: body.url ?? '',
    lines: body.text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [{ line }])),
  }
}
