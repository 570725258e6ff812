// A complaint about the court in a court where everything has happened: every role asks every GET route, the searches and the exports. Nobody but
// the group office finds a number, an id or a word of it, or its messages, tasks and periods, and no count of theirs changes by it.

import { expect } from 'chai'
import { settleDuty, settleDuties } from '../../../src/features/notices/commands.ts'
import {
  acceptComplaint,
  assignComplaint,
  declineComplaint,
  fileComplaint,
  type FiledComplaint,
} from '../../../src/features/complaints/commands.ts'
import { showTodo } from '../../../src/features/todo/views.ts'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { changeAndRecount } from '../../../src/features/deadlines/recount.tasks.ts'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import { resendNotice } from '../../../src/features/notices/resend.commands.ts'
import { getNotice } from '../../../src/features/notices/views.ts'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { createDispatcher } from '../../../src/messaging/dispatcher.ts'
import { STAFF_ROLES, SYSTEM, type Actor, type Role, type StaffRole } from '../../../src/platform/commands/permissions.ts'
import { placeholders } from '../../../src/platform/database/placeholders.ts'
import { createMetrics } from '../../../src/platform/http/metrics.ts'
import { allRoutes } from '../../../src/routes.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { ADMIN, addStaff, at, told } from '../../support/deadlines.ts'
import { filledCourt } from '../../support/filled/court.ts'
import { UNIT } from '../../support/filled/people.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { refusal } from '../../support/refusal.ts'
import { pathsOf, textOf } from '../../support/route-walk.ts'

const staff = (...roles: Role[]): Actor => ({ id: `staff:${roles.join('-')}`, roles })
const OFFICE = staff('group_office')
const CLERK = staff('clerk')
const CONFLICTED = STAFF_ROLES.filter((role) => role !== 'group_office')
const WORDS = {
  text: '松茸收购款一案立案后拖了九个月',
  brief: '请核查松茸收购款一案',
  name: '斯那定主',
  phone: '13887190000',
  masked: '138****0000',
}

/** Routes whose answers change by being asked, or by the sending of any message: none says what was sent, to whom, or about what. */
const MOVING: Readonly<Record<string, string>> = {
  'audit.search': 'each reading of the audit is itself recorded; of the complaint it has nothing, which the words show',
  'system.health': 'how many messages wait at which provider, without a word about what',
}

/** What complaints about the court left in the database. */
interface Traces {
  complaints: string[]
  numbers: string[]
  notices: string[]
  deliveries: string[]
  deadlines: string[]
}

const NOTICES_OF = "n.event like 'complaint.%' and substr(n.event, instr(n.event, ':') + 1, 26)"

async function tracesOf({ app }: TestApp, filed: readonly { id: string; number: string }[]): Promise<Traces> {
  const complaints = filed.map(({ id }) => id)
  const marks = placeholders(complaints)
  const ids = (sql: string, params: readonly string[]): Promise<string[]> =>
    app.store.read(async (db) => (await db.query<{ id: string }>(sql, params)).map(({ id }) => id))
  return {
    complaints,
    numbers: filed.map(({ number }) => number),
    notices: await ids(`select n.id from notice n where ${NOTICES_OF} in (${marks})`, complaints),
    deliveries: await ids(`select d.id from delivery d join notice n on n.id = d.notice_id where ${NOTICES_OF} in (${marks})`, complaints),
    deadlines: await ids(
      `select id from deadline where subject in (${marks})`,
      complaints.map((id) => `complaint:${id}`),
    ),
  }
}

/** One that a unit looks into, after another that has nobody to be told, and one that is declined; what is due is sent, to a telephone that refuses it. */
async function complainOfCourt(made: TestApp): Promise<Traces> {
  const { app } = made
  const file = (): Promise<FiledComplaint> =>
    fileComplaint(app, OFFICE, {
      ...{ about: 'unit', unitWords: '执行局', anonymous: false, way: 'clerk' },
      ...{ text: WORDS.text, name: WORDS.name, phone: WORDS.phone },
    })
  const [one, other] = [await file(), await file()]
  await acceptComplaint(app, OFFICE, { id: one.id })
  for (const unitId of ['forestry', UNIT]) await assignComplaint(app, OFFICE, { id: one.id, unitId, brief: WORDS.brief })
  await declineComplaint(app, OFFICE, { id: other.id, reason: 'no_facts' })
  await send(made)
  return tracesOf(made, [one, other])
}

/** Sends what is due by the sandbox, which refuses the complainant's telephone. */
async function send({ app }: TestApp): Promise<void> {
  const channels = (['wechat', 'wechaty', 'sms', 'voice'] as const).map((medium) => [medium, createSandbox(medium)] as const)
  const dispatcher = createDispatcher(app, new Map(channels), { poll: 20 })
  await dispatcher.processAll()
  await dispatcher.stop()
}

/** Every operation that reads without changing anything, as one person: each GET route, the searches and the exports. Answers by route and address. */
async function askAll(made: TestApp, server: TestServer, person: Person, traces: Traces | null): Promise<Map<string, string>> {
  const answers = new Map<string, string>()
  const keep = async (name: string, asked: string, response: Response): Promise<void> => {
    const text = await textOf(response)
    if (response.status < 400) answers.set(`${name} ${asked}`, text)
  }
  const headers = { cookie: person.cookie, 'x-csrf-token': person.csrf }
  for (const route of allRoutes(made.app.config, createMetrics([]))) {
    if (route.method !== 'GET' || !['session', 'unit', 'people'].includes(route.access)) continue
    for (const path of [...(await pathsOf(made, route)), ...(traces === null ? [] : sought(route.path, traces))])
      await keep(route.name, path, await fetch(server.url + path, { headers, redirect: 'manual' }))
  }
  const texts = traces === null ? [] : [...traces.numbers, ...traces.complaints, ...traces.notices]
  for (const [name, path, bodies] of [
    ['search.find', '/api/v1/search', texts.map((text) => ({ text }))],
    ['notices.export', '/api/v1/notices/export.xlsx', [{}, { audience: 'complainant' }]],
  ] as const)
    for (const body of bodies) {
      const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }
      await keep(name, JSON.stringify(body), await fetch(server.url + path, init))
    }
  return answers
}

/** The addresses of complaints that somebody knows: their pages, their messages, and the lists narrowed to them. */
function sought(path: string, { complaints, numbers, notices }: Traces): string[] {
  const subjects = complaints.map((id) => `?subject=complaint:${id}`)
  const queries: Readonly<Record<string, readonly string[]>> = {
    '/api/v1/notices': ['?audience=complainant', '?audience=unit&limit=200', '?limit=200'],
    '/api/v1/duties': ['?limit=200', '?kind=other&limit=200'],
    '/api/v1/clocks': [...subjects, '?code=complaint.accept', '?code=complaint.resolve'],
    '/api/v1/audit': ['?limit=200', ...subjects, ...notices.map((id) => `?subject=notice:${id}`)],
  }
  if (path === '/api/v1/complaints/:id') return [...complaints, ...numbers].map((key) => `/api/v1/complaints/${key}`)
  if (path === '/api/v1/notices/:id') return notices.map((id) => `/api/v1/notices/${id}`)
  return (queries[path] ?? []).map((each) => path + each)
}

/** An answer without the instant at which it was made. */
const still = (text: string): string => text.replace(/"(?:at|lastSeenAt|lastLoginAt)":"[^"]*"/g, '')

/** What was asked twice and answered differently. */
function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].flatMap(([asked, text]) => {
    const [name = ''] = asked.split(' ')
    return name in MOVING || still(after.get(asked) ?? '') === still(text) ? [] : [asked]
  })
}

eachDatabase((db, make) => {
  describe('what a complaint about the court leaves', function () {
    // The answers are the same on both databases, and the walk is long; the SQL is asked on both by the last test.
    this.timeout(300_000)
    const found = new Map<StaffRole, string[]>()
    const changed: string[] = []
    const later: string[] = []
    let made: TestApp
    let traces: Traces

    /** What of the complaints stands in the answers, each with who asked for what. */
    const traced = (role: StaffRole, answers: ReadonlyMap<string, string>): string[] => {
      const { complaints, numbers, notices, deliveries, deadlines } = traces
      const all = [...Object.values(WORDS), ...complaints, ...numbers, ...notices, ...deliveries, ...deadlines]
      return [...answers].flatMap(([asked, text]) => all.filter((each) => text.includes(each)).map((each) => `${role} ${asked}: ${each}`))
    }

    async function walk(server: TestServer): Promise<void> {
      const { app, clock } = made
      const people = new Map<StaffRole, Person>()
      const before = new Map<StaffRole, Map<string, string>>()
      for (const role of STAFF_ROLES) people.set(role, await server.person(role))
      for (const [role, person] of people) before.set(role, await askAll(made, server, person, null))
      traces = await complainOfCourt(made)
      for (const [role, person] of people) {
        const answers = await askAll(made, server, person, traces)
        found.set(role, traced(role, answers))
        if (role === 'group_office') continue
        changed.push(...differences(before.get(role) ?? new Map(), answers).map((asked) => `${role} ${asked}`))
      }
      // The calendar moves a period of theirs, all of them run out, and the daily work reports it. The sessions of before have ended.
      await changeAndRecount(app, ADMIN, { rest: ['2026-10-26'] })
      clock.set(at('2027-02-01', 10))
      await runDeadlines(app, SYSTEM)
      await send(made)
      for (const role of CONFLICTED) later.push(...traced(role, await askAll(made, server, await server.person(role), traces)))
    }

    before(async () => {
      made = await filledCourt(make)
      if (db !== 'sqlite') {
        traces = await complainOfCourt(made)
        return
      }
      const server = await openServer(made)
      await walk(server)
      await server.close()
    })

    it('is something: messages, a task, and periods', () => {
      expect(traces.notices.length).to.be.above(4)
      expect(traces.deliveries.length).to.be.above(4)
      expect(traces.deadlines).to.have.length(3)
    })

    if (db === 'sqlite') {
      for (const role of CONFLICTED) it(`is in no answer to the ${role}`, () => expect(found.get(role)).to.deep.equal([]))
      it('is in none either after its periods have run out', () => expect(later).to.deep.equal([]))
      it('changes no count and no list of theirs', () => expect(changed).to.deep.equal([]))
      it('is what the group office finds: messages, tasks and periods', () => {
        const asked = new Set((found.get('group_office') ?? []).map((each) => each.split(' ')[1]))
        expect([...asked]).to.include.members([
          'complaints.list',
          'notices.list',
          'notices.show',
          'notices.duties',
          'clocks.list',
          'search.find',
        ])
      })
    }

    it('is settled and sent again by the group office alone', async () => {
      const { app } = made
      const waitingFor = (which: string, params: readonly string[] = []): Promise<{ id: string; notice: string }[]> =>
        app.store.read((read) =>
          read.query(
            `select d.id, d.notice_id as notice from delivery d join notice n on n.id = d.notice_id
              where d.state = 'waiting_person' and ${which} order by d.id`,
            params,
          ),
        )
      const waiting = await waitingFor(`${NOTICES_OF} in (${placeholders(traces.complaints)})`, traces.complaints)
      const [first, second] = waiting
      if (first === undefined || second === undefined) throw new Error('nothing waits for a person')
      for (const by of [CLERK, staff('clerk', 'group_office')]) {
        await refusal('duty_missing', () => settleDuty(app, by, { deliveryId: first.id, verdict: 'done', note: '已告知' }))
        await refusal('duty_missing', () => settleDuties(app, by, { ids: [first.id], verdict: 'done', note: '已告知' }))
        await refusal('notice_missing', () => resendNotice(app, by, { noticeId: first.notice, reason: '再发一次', steps: 1 }))
        await refusal('notice_missing', () => getNotice(app, by, first.notice))
      }
      const waits = async (by: Actor): Promise<unknown> => {
        const item = (await showTodo(app, by, undefined)).items.find(({ code }) => code === 'duties_open')
        return { count: item?.count, others: item?.others }
      }
      const others = (await waitingFor("n.event not like 'complaint.%'")).length
      expect(await waits(OFFICE)).to.deep.equal({ count: 2, others })
      expect(await waits(CLERK)).to.deep.equal({ count: others, others: 0 })
      const seen = await getNotice(app, OFFICE, first.notice)
      expect(seen.deliveries.flatMap(({ possible }) => possible)).to.deep.equal(['done', 'impossible'])
      await settleDuty(app, OFFICE, { deliveryId: first.id, verdict: 'done', note: '当面告知' })
      expect(await settleDuties(app, OFFICE, { ids: [second.id], verdict: 'impossible', note: '查无此人' })).to.deep.equal({
        settled: 1,
        left: 0,
      })
      const [other] = await waitingFor("n.event not like 'complaint.%'")
      if (other === undefined) throw new Error('nothing else waits for a person')
      await refusal('not_allowed', () => settleDuty(app, OFFICE, { deliveryId: other.id, verdict: 'done', note: '已告知' }))
      await refusal('not_allowed', () => resendNotice(app, OFFICE, { noticeId: other.notice, reason: '再发一次', steps: 1 }))
    })
  })

  describe('the daily report of periods', () => {
    it('names those of a complaint about the court to the group office alone, which is reminded as clerks are elsewhere', async () => {
      const { app, clock } = await make({ now: at('2026-11-02', 10) })
      await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
      const people = new Map<string, string>()
      for (const [position, roles] of ['clerk', 'approver', 'group_office', 'group_office,clerk'].entries())
        people.set(roles, await addStaff(app, roles, `1388710000${position + 5}`))
      await fileComplaint(app, OFFICE, { about: 'unit', unitWords: '执行局', text: WORDS.text, anonymous: true, way: 'clerk' })
      for (const day of ['2026-11-03', '2026-11-04', '2026-11-05']) {
        clock.set(at(day, 10))
        await runDeadlines(app, SYSTEM)
      }
      const hear = new Set((await told(app)).map(({ recipient }) => recipient))
      expect([...people].filter(([, id]) => hear.has(id)).map(([roles]) => roles)).to.deep.equal(['group_office'])
    })
  })
})
