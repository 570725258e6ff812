// Calling units to account, and their ledgers, over the real server: who may not, what is refused, one whole way through, replies held to their schemas.
// What the acts themselves refuse is test/flows.

import { expect } from 'chai'
import { JOINT_BODIES } from '../../../src/features/accountability/joint.rules.ts'
import { missedBy } from '../../support/accountability.ts'
import { addUnit, at } from '../../support/clock-desk.ts'
import { openDoor, type Answer, type Door, type Person } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addKey } from '../../support/screening.ts'

const TODAY = '2026-03-02'
const NOBODY = '01M81ZJK12XTFTYW6TKHXAKXPJ'
const READ = ['accountability/proposals', 'circulars', 'interviews', 'consequences', 'joint-circulars', 'meetings', 'units/u1/ledger']

eachDatabase((_db, make) => {
  let made: TestApp
  let door: Door
  let office: Person
  let approver: Person
  let keyed: (path: string) => Promise<Answer>

  before(async () => {
    made = await make({ now: at(TODAY, 10) })
    door = await openDoor(made)
    office = await door.person('group_office')
    approver = await door.person('approver')
    for (const unitId of ['u1', 'u2', 'civilization_office', ...JOINT_BODIES]) await addUnit(made.app, unitId)
    await missedBy(made.app, { 'lift_order:1': 'u1' })
    const key = await addKey(made.app, 'u1', ['ledger'])
    keyed = (path) => door.ask('GET', `/api/v1/${path}`, { headers: { authorization: `Bearer ${key}` } })
  })
  after(() => door.close())

  const code = (answer: Answer): unknown => answer.body['code']
  const post = (person: Person, path: string, json: unknown): Promise<Answer> => person.ask('POST', `/api/v1/${path}`, { json })

  /** The answer's body, after looking at its status. */
  async function done(status: number, asked: Promise<Answer>): Promise<Readonly<Record<string, unknown>>> {
    const answer = await asked
    expect(answer.status, answer.text).to.equal(status)
    return answer.body
  }

  async function first(path: string): Promise<string> {
    const { items } = await done(200, office.ask('GET', `/api/v1/${path}`))
    return (items as { id: string }[])[0]?.id ?? ''
  }

  it('ask who is there, and for the right role, before they answer', async () => {
    const admin = await door.person('admin')
    for (const path of READ) {
      expect((await door.ask('GET', `/api/v1/${path}`)).status, path).to.equal(401)
      expect(code(await admin.ask('GET', `/api/v1/${path}`)), path).to.equal('not_allowed')
    }
    const shortfall = { unitId: 'u1', kind: 'procedure_skipped', happenedOn: TODAY, note: '没有核查就办理了' }
    expect(code(await post(approver, 'accountability/proposals', shortfall))).to.equal('not_allowed')
    for (const wrong of [{ unitId: 'U 1' }, { kind: 'missed_clock' }, { happenedOn: '2026-02-30' }, { note: '' }])
      expect(code(await post(office, 'accountability/proposals', { ...shortfall, ...wrong })), JSON.stringify(wrong)).to.equal(
        'request_invalid',
      )
    for (const path of ['accountability/proposals', 'circulars', 'interviews', 'consequences', 'joint-circulars', 'meetings'])
      expect((await office.ask('GET', `/api/v1/${path}/${NOBODY}`)).status, path).to.equal(404)
    expect(code(await office.ask('GET', '/api/v1/units/u1/ledger?section=gossip'))).to.equal('request_invalid')
  })

  it('lead from a shortfall to two circulars and what follows, and back', async () => {
    for (const n of [1, 2]) {
      const shortfall = { unitId: 'u1', kind: 'not_implemented', happenedOn: TODAY, note: `第${n}次没有实施` }
      const { id } = await done(201, post(office, 'accountability/proposals', shortfall))
      await done(200, office.ask('GET', `/api/v1/accountability/proposals/${String(id)}`))
      await done(
        200,
        post(office, `accountability/proposals/${String(id)}/decide`, { decision: 'circular', reason: '情况属实', version: 1 }),
      )
    }
    const award = await first('consequences?kind=award&state=proposed&year=2026')
    expect(code(await post(approver, `consequences/${award}/confirm`, { reason: '依据充分' }))).to.equal('consequence_not_yours')
    await done(200, post(office, `consequences/${award}/confirm`, { reason: '依据充分', bodies: ['civilization_office'] }))
    expect(await done(200, office.ask('GET', `/api/v1/consequences/${award}`))).to.deep.include({ bodies: ['civilization_office'] })
    const circular = await first('circulars?unitId=u1')
    await done(200, post(office, `circulars/${circular}/withdraw`, { reason: '事实有误' }))
    expect(await done(200, office.ask('GET', `/api/v1/consequences/${award}`))).to.include({ state: 'cancelled' })
    await done(201, post(office, 'consequences', { unitId: 'u1', note: '涉嫌犯罪' }))
  })

  it('lead an interview from the call to its result', async () => {
    const { id } = await done(
      201,
      post(office, 'accountability/proposals', { unitId: 'u2', kind: 'not_implemented', happenedOn: TODAY, note: '没有实施' }),
    )
    const decide = `accountability/proposals/${String(id)}/decide`
    expect(code(await post(office, decide, { decision: 'interview', reason: '情况属实' }))).to.equal('interview_day_needed')
    await done(200, post(office, decide, { decision: 'interview', reason: '情况属实', calledFor: TODAY }))
    const interview = await first('interviews')
    await done(200, post(office, `interviews/${interview}/hold`, { heldOn: TODAY, minutes: '已说明要求' }))
    await done(200, post(office, `interviews/${interview}/conclude`, { result: 'unchanged', finding: '仍未实施' }))
    expect(await done(200, office.ask('GET', `/api/v1/interviews/${interview}`))).to.include({ state: 'unchanged' })
    expect(code(await post(office, `interviews/${interview}/cancel`, { reason: '时间冲突' }))).to.equal('interview_act_impossible')
  })

  it('show a unit’s system its own ledger and circulars, and nothing of another', async () => {
    const { figures } = await done(200, keyed('units/u1/ledger'))
    expect(figures).to.include({ missed: 1, circulars: 2, consequences: 1 })
    expect(code(await keyed('units/u2/ledger'))).to.equal('unit_other')
    expect((await done(200, keyed('circulars')))['total']).to.equal(2)
    expect((await keyed(`interviews/${await first('interviews')}`)).status).to.equal(404)
    expect((await keyed('accountability/proposals')).status).to.equal(403)
    const file = await keyed('units/u1/ledger.xlsx?from=2026-01-01&to=2026-12-31')
    expect([file.status, file.text.slice(0, 2)]).to.deep.equal([200, 'PK'])
    expect(file.headers.get('content-disposition')).to.include(encodeURIComponent('台账-u1局-2026-01-01-2026-12-31.xlsx'))
  })

  it('issue a joint circular with its file, and call a meeting', async () => {
    const span = { from: '2026-01-01', to: TODAY }
    expect((await done(200, office.ask('GET', '/api/v1/joint-circulars/preview?from=2026-01-01&to=2026-03-02')))['items']).to.have.length(2)
    const { id } = await done(201, post(office, 'joint-circulars', { ...span, unitIds: ['u1'], foreword: '第一季度' }))
    const path = `joint-circulars/${String(id)}`
    expect((await office.ask('GET', `/api/v1/${path}/file.xlsx`)).text.slice(0, 2)).to.equal('PK')
    await done(200, office.ask('GET', '/api/v1/joint-circulars'))
    await done(200, post(office, `${path}/withdraw`, { reason: '数字有误' }))
    const called = await done(201, post(office, 'meetings', { plannedFor: TODAY, agenda: '通报情况', place: '会议室' }))
    await done(200, post(office, `meetings/${String(called['id'])}/hold`, { heldOn: TODAY, minutes: '议定三项' }))
    expect(await done(200, office.ask('GET', `/api/v1/meetings/${String(called['id'])}`))).to.include({ state: 'held' })
    expect(code(await post(office, `meetings/${String(called['id'])}/cancel`, { reason: '时间冲突' }))).to.equal('meeting_act_impossible')
  })
})
