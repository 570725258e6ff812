// Routes of calling units to account, and of ledgers, over the real server: access, refusals, whole procedures, schemas of the replies.
// What the commands themselves refuse is commands.test.ts.

import { expect } from 'chai'
import { JOINT_BODIES } from '../../../src/features/accountability/joint.rules.ts'
import { missedBy } from '../../support/accountability.ts'
import { addUnit, at } from '../../support/deadlines.ts'
import { openServer, type Answer, type TestServer, type Person } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addKey } from '../../support/screening.ts'

const TODAY = '2026-03-02'
const UNKNOWN_ID = '01M81ZJK12XTFTYW6TKHXAKXPJ'
const READ = ['accountability/proposals', 'circulars', 'interviews', 'consequences', 'joint-circulars', 'meetings', 'units/u1/ledger']

describe('the routes of accountability', () => {
  eachDatabase((_db, make) => {
    let made: TestApp
    let server: TestServer
    let office: Person
    let second: Person
    let approver: Person
    let askWithKey: (path: string) => Promise<Answer>

    before(async () => {
      made = await make({ now: at(TODAY, 10) })
      server = await openServer(made)
      office = await server.person('group_office')
      second = await server.person('group_office')
      approver = await server.person('approver')
      for (const unitId of ['u1', 'u2', 'civilization_office', ...JOINT_BODIES]) await addUnit(made.app, unitId)
      await missedBy(made.app, { 'lift_order:1': 'u1' })
      const key = await addKey(made.app, 'u1', ['ledger'])
      askWithKey = (path) => server.ask('GET', `/api/v1/${path}`, { headers: { authorization: `Bearer ${key}` } })
    })
    after(() => server.close())

    const code = (answer: Answer): unknown => answer.body['code']
    const post = (person: Person, path: string, json: unknown): Promise<Answer> => person.ask('POST', `/api/v1/${path}`, { json })

    /** The reply's body, after checking its status. */
    async function bodyOf(status: number, request: Promise<Answer>): Promise<Readonly<Record<string, unknown>>> {
      const answer = await request
      expect(answer.status, answer.text).to.equal(status)
      return answer.body
    }

    async function firstId(path: string): Promise<string> {
      const { items } = await bodyOf(200, office.ask('GET', `/api/v1/${path}`))
      return (items as { id: string }[])[0]?.id ?? ''
    }

    it('refuse callers without a session or the right role, and malformed requests', async () => {
      const admin = await server.person('admin')
      for (const path of READ) {
        expect((await server.ask('GET', `/api/v1/${path}`)).status, path).to.equal(401)
        expect(code(await admin.ask('GET', `/api/v1/${path}`)), path).to.equal('not_allowed')
      }
      const shortfall = { unitId: 'u1', kind: 'procedure_skipped', happenedOn: TODAY, note: '没有核查就办理了' }
      expect(code(await post(approver, 'accountability/proposals', shortfall))).to.equal('not_allowed')
      for (const wrong of [{ unitId: 'U 1' }, { kind: 'missed_clock' }, { happenedOn: '2026-02-30' }, { note: '' }])
        expect(code(await post(office, 'accountability/proposals', { ...shortfall, ...wrong })), JSON.stringify(wrong)).to.equal(
          'request_invalid',
        )
      for (const path of ['accountability/proposals', 'circulars', 'interviews', 'consequences', 'joint-circulars', 'meetings'])
        expect((await office.ask('GET', `/api/v1/${path}/${UNKNOWN_ID}`)).status, path).to.equal(404)
      expect(code(await office.ask('GET', '/api/v1/units/u1/ledger?section=gossip'))).to.equal('request_invalid')
    })

    it('lead from two shortfalls to circulars and consequences, and undo a consequence on withdrawal', async () => {
      for (const n of [1, 2]) {
        const shortfall = { unitId: 'u1', kind: 'not_implemented', happenedOn: TODAY, note: `第${n}次没有实施` }
        const { id } = await bodyOf(201, post(office, 'accountability/proposals', shortfall))
        await bodyOf(200, office.ask('GET', `/api/v1/accountability/proposals/${String(id)}`))
        const decision = { decision: 'circular', reason: '情况属实', version: 1, rectifyBy: TODAY }
        const decide = (change: object): Promise<Answer> =>
          post(office, `accountability/proposals/${String(id)}/decide`, { ...decision, ...change })
        expect(code(await decide({ persons: [{ name: '和某', post: 'clerk' }] }))).to.equal('request_invalid')
        await bodyOf(200, decide({ persons: [{ name: '和某', post: 'unit_head' }] }))
        const draft = await firstId('circulars?state=draft')
        expect((await bodyOf(200, askWithKey('circulars')))['total']).to.equal(n - 1)
        expect((await askWithKey(`circulars/${draft}`)).status).to.equal(404)
        expect(code(await post(office, `circulars/${draft}/issue`, {}))).to.equal('own_draft')
        await bodyOf(200, post(second, `circulars/${draft}/issue`, { version: 1 }))
        // A unit's system sees its circular without the persons, the group office with them.
        expect((await bodyOf(200, askWithKey(`circulars/${draft}`)))['record']).to.deep.equal({ reason: '情况属实', rectifyBy: TODAY })
        expect((await office.ask('GET', `/api/v1/circulars/${draft}`)).text).to.include('和某')
        expect((await approver.ask('GET', `/api/v1/circulars/${draft}`)).text).to.not.include('和某')
      }
      const award = await firstId('consequences?kind=award&state=proposed&year=2026')
      expect(code(await post(approver, `consequences/${award}/confirm`, { reason: '依据充分' }))).to.equal('consequence_not_yours')
      await bodyOf(200, post(office, `consequences/${award}/confirm`, { reason: '依据充分', bodies: ['civilization_office'] }))
      expect(await bodyOf(200, office.ask('GET', `/api/v1/consequences/${award}`))).to.deep.include({ bodies: ['civilization_office'] })
      const circular = await firstId('circulars?unitId=u1')
      await bodyOf(200, post(office, `circulars/${circular}/withdraw`, { reason: '事实有误' }))
      expect(await bodyOf(200, office.ask('GET', `/api/v1/consequences/${award}`))).to.include({ state: 'cancelled' })
      await bodyOf(201, post(office, 'consequences', { unitId: 'u1', note: '涉嫌犯罪' }))
    })

    it('lead an interview from the call to its result', async () => {
      const { id } = await bodyOf(
        201,
        post(office, 'accountability/proposals', { unitId: 'u2', kind: 'not_implemented', happenedOn: TODAY, note: '没有实施' }),
      )
      const decide = `accountability/proposals/${String(id)}/decide`
      expect(code(await post(office, decide, { decision: 'interview', reason: '情况属实' }))).to.equal('interview_day_needed')
      await bodyOf(200, post(office, decide, { decision: 'interview', reason: '情况属实', calledFor: TODAY }))
      const interview = await firstId('interviews')
      await bodyOf(200, post(office, `interviews/${interview}/hold`, { heldOn: TODAY, minutes: '已说明要求' }))
      await bodyOf(200, post(office, `interviews/${interview}/conclude`, { result: 'unchanged', finding: '仍未实施' }))
      expect(await bodyOf(200, office.ask('GET', `/api/v1/interviews/${interview}`))).to.include({ state: 'unchanged' })
      expect(code(await post(office, `interviews/${interview}/cancel`, { reason: '时间冲突' }))).to.equal('interview_act_impossible')
    })

    it('show a unit’s system its own ledger and circulars, and nothing of another unit', async () => {
      const { figures } = await bodyOf(200, askWithKey('units/u1/ledger'))
      expect(figures).to.include({ missed: 1, circulars: 2, consequences: 1 })
      expect(code(await askWithKey('units/u2/ledger'))).to.equal('unit_other')
      expect((await bodyOf(200, askWithKey('circulars')))['total']).to.equal(2)
      expect((await askWithKey(`interviews/${await firstId('interviews')}`)).status).to.equal(404)
      expect((await askWithKey('accountability/proposals')).status).to.equal(403)
      const file = await askWithKey('units/u1/ledger.xlsx?from=2026-01-01&to=2026-12-31')
      expect([file.status, file.text.slice(0, 2)]).to.deep.equal([200, 'PK'])
      expect(file.headers.get('content-disposition')).to.include(encodeURIComponent('台账-u1局-2026-01-01-2026-12-31.xlsx'))
    })

    it('issue a joint circular with its file, and call a meeting', async () => {
      const span = { from: '2026-01-01', to: TODAY }
      expect(
        (await bodyOf(200, office.ask('GET', '/api/v1/joint-circulars/preview?from=2026-01-01&to=2026-03-02')))['items'],
      ).to.have.length(2)
      const { id } = await bodyOf(201, post(office, 'joint-circulars', { ...span, unitIds: ['u1'], foreword: '第一季度' }))
      const path = `joint-circulars/${String(id)}`
      expect(code(await post(office, `${path}/issue`, {}))).to.equal('own_draft')
      await bodyOf(200, post(second, `${path}/issue`, { version: 1 }))
      expect(code(await post(second, `${path}/discard`, { reason: '数字有误' }))).to.equal('joint_act_impossible')
      expect((await office.ask('GET', `/api/v1/${path}/file.xlsx`)).text.slice(0, 2)).to.equal('PK')
      await bodyOf(200, office.ask('GET', '/api/v1/joint-circulars'))
      await bodyOf(200, post(office, `${path}/withdraw`, { reason: '数字有误' }))
      const called = await bodyOf(201, post(office, 'meetings', { plannedFor: TODAY, agenda: '通报情况', place: '会议室' }))
      await bodyOf(200, post(office, `meetings/${String(called['id'])}/hold`, { heldOn: TODAY, minutes: '议定三项' }))
      expect(await bodyOf(200, office.ask('GET', `/api/v1/meetings/${String(called['id'])}`))).to.include({ state: 'held' })
      expect(code(await post(office, `meetings/${String(called['id'])}/cancel`, { reason: '时间冲突' }))).to.equal('meeting_act_impossible')
    })
  })
})
