// Who sees whose numbers: every GET route is asked by every role in a court where everything has happened, and the answers are searched for whole
// identity numbers, days of birth, telephones and accounts. Which role may see which of them where, and why, is the table of this file.

import { expect } from 'chai'
import { STAFF_ROLES } from '../../src/platform/commands/permissions.ts'
import { SCOPES } from '../../src/platform/commands/scopes.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'
import type { Route } from '../../src/platform/http/route.ts'
import { allRoutes } from '../../src/routes.ts'
import { eachDatabase, type TestApp } from '../support/app.ts'
import { filledCourt } from '../support/filled/court.ts'
import { UNIT } from '../support/filled/people.ts'
import { ACCOUNTS, NUMBERS, PHONES } from '../support/filled/words.ts'
import { openServer, type TestServer } from '../support/http-server.ts'
import { loggedInLiaison } from '../support/liaison-visit.ts'
import { pathsOf, textOf } from '../support/route-walk.ts'
import { addKey } from '../support/screening.ts'

type Reader = (typeof STAFF_ROLES)[number] | 'liaison' | 'key' | 'anybody'
type Kind = 'number' | 'birth' | 'phone' | 'account'

/** What may be seen, by whom, and why. */
interface Place {
  kinds: readonly Kind[]
  readers: readonly Reader[]
  why: string
}

/** Whoever works on a case; whoever is asked about a debtor and must know whom. */
const COURT: readonly Reader[] = ['clerk', 'approver']
const UNITS: readonly Reader[] = ['liaison', 'key']

const ALLOWED: Readonly<Record<string, readonly Place[]>> = {
  'assistance.show': [
    { kinds: ['number'], readers: [...COURT, ...UNITS], why: 'the unit that is asked carries it out against one person' },
  ],
  'complaints.list': [
    { kinds: ['number', 'phone'], readers: ['clerk'], why: 'who handles complaints calls back' },
    { kinds: ['number'], readers: UNITS, why: 'whom the unit investigates; never who complained' },
  ],
  'complaints.show': [
    { kinds: ['number', 'phone'], readers: ['clerk'], why: 'who handles complaints calls back' },
    { kinds: ['number'], readers: UNITS, why: 'whom the unit investigates; never who complained' },
  ],
  'complaints.order': [{ kinds: ['number'], readers: ['clerk', ...UNITS], why: 'against whom the unit takes its measure' }],
  'complaints.orders': [{ kinds: ['number'], readers: ['clerk', ...UNITS], why: 'against whom the unit takes its measure' }],
  'creditors.show': [{ kinds: ['number', 'phone'], readers: COURT, why: 'whether the applicant is a party is checked' }],
  'feed.changes': [{ kinds: ['number'], readers: UNITS, why: 'a unit keeps its own copy, and a name identifies nobody' }],
  'feed.snapshot': [{ kinds: ['number'], readers: UNITS, why: 'a unit keeps its own copy, and a name identifies nobody' }],
  'handoffs.show': [{ kinds: ['number'], readers: [...COURT, 'group_office'], why: 'who answers needs what somebody wrote of themselves' }],
  'imports.rejects': [{ kinds: ['number', 'phone'], readers: COURT, why: 'who mends a list mends its rows' }],
  'listings.show': [{ kinds: ['account', 'birth', 'number', 'phone'], readers: COURT, why: 'they draft and approve the entry' }],
}

const SOUGHT: Readonly<Record<Kind, readonly string[]>> = {
  number: Object.values(NUMBERS),
  birth: Object.values(NUMBERS).map((number) => `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`),
  phone: Object.values(PHONES),
  account: Object.values(ACCOUNTS),
}

/** A code of a kind of deadline, and the one with which WeChat sends a browser back: neither opens anything of a person. */
const OTHER_CODES = /^(clocks\.\w+|page\.unit_wechat_back) /

/** Routes that only whoever holds a secret can ask: a link, number and code, a form's cookie; and those that have nothing here. Their own tests ask them. */
const BY_SECRET: readonly string[] = [
  'page.assistance',
  'page.push',
  'page.own_form',
  'page.bulletin',
  'creditors.follow',
  'complaints.follow',
  'webhooks.wechat_verify',
  // Not switched on in this court: an embedding site, the portal's entry by WeChat.
  'bulletins.latest',
  'page.embed',
  'page.unit_wechat',
  // Empty forms and sums without people, which need an open round or a quarter's end.
  'feedback.form',
  'joints.preview',
  // Asked by the unit's own number of a batch; single screenings are asked here.
  'screenings.progress',
  'system.test_message_state',
  'intakes.file',
]

/** Everybody who may ask, with what they send to be let in. */
async function readersOf(made: TestApp, server: TestServer): Promise<Map<Reader, Record<string, string>>> {
  const readers = new Map<Reader, Record<string, string>>([['anybody', {}]])
  for (const role of STAFF_ROLES) readers.set(role, { cookie: (await server.person(role)).cookie })
  const liaison = await loggedInLiaison(made, UNIT)
  readers.set('liaison', { cookie: liaison.cookie, 'x-session': 'unit' })
  readers.set('key', { authorization: `Bearer ${await addKey(made.app, UNIT, SCOPES)}` })
  return readers
}

/** The kinds of what a text holds. The headers count too: a name of a file stands there. */
const kindsIn = (text: string): Kind[] => (Object.keys(SOUGHT) as Kind[]).filter((kind) => SOUGHT[kind].some((each) => text.includes(each)))

eachDatabase((db, make) => {
  describe('what the roles see of people', function () {
    // The answers are the same on both databases, and the walk is long.
    if (db === 'mariadb') return
    this.timeout(300_000)
    let seen: Map<string, Map<Reader, Set<Kind>>>
    let answered: Map<string, number>
    let routes: Route[]

    before(async () => {
      const made = await filledCourt(make)
      const server = await openServer(made)
      try {
        const readers = await readersOf(made, server)
        seen = new Map()
        answered = new Map()
        routes = allRoutes(made.app.config, createMetrics([])).filter(({ method }) => method === 'GET')
        for (const route of routes)
          for (const path of await pathsOf(made, route))
            for (const [reader, headers] of readers) {
              const response = await fetch(server.url + path, { headers, redirect: 'manual' })
              const text = [...response.headers.values(), await textOf(response)].join('\n')
              if (response.status < 400) answered.set(route.name, (answered.get(route.name) ?? 0) + 1)
              const kinds = kindsIn(text)
              if (kinds.length === 0) continue
              const of = seen.get(route.name) ?? new Map<Reader, Set<Kind>>()
              of.set(reader, new Set([...(of.get(reader) ?? []), ...kinds]))
              seen.set(route.name, of)
            }
      } finally {
        await server.close()
      }
    })

    it('is asked at every route that needs no secret, and somebody is answered', () => {
      const silent = routes.filter(({ name }) => !answered.has(name) && !BY_SECRET.includes(name)).map(({ name }) => name)
      expect(silent).to.deep.equal([])
    })

    it('is a whole number, day of birth, telephone or account only where the table says so', () => {
      const shown = [...seen].flatMap(([name, readers]) =>
        [...readers].map(([reader, kinds]) => `${name} ${reader}: ${[...kinds].sort().join(' ')}`),
      )
      const allowed = Object.entries(ALLOWED).flatMap(([name, places]) =>
        places.flatMap(({ readers, kinds }) => readers.map((reader) => `${name} ${reader}: ${[...kinds].sort().join(' ')}`)),
      )
      expect(shown.sort()).to.deep.equal(allowed.sort())
    })

    it('is asked for in no address: no query of a route takes a number, a telephone or a code', () => {
      const asked = routes.flatMap(({ name, query }) => {
        const fields = Object.keys((query as { shape?: Record<string, unknown> } | undefined)?.shape ?? {})
        return fields.filter((field) => /^(identifier|phone|code|wechat|idNumber)$/.test(field)).map((field) => `${name} ${field}`)
      })
      expect(asked.filter((each) => !OTHER_CODES.test(each))).to.deep.equal([])
    })
  })
})
