// Creditors' matters over the real server on both databases: access, refusals, limits, and an application from the page to the decision.
// What the commands themselves refuse is commands.test.ts.

import { expect } from 'chai'
import { openServer, type Answer, type Person, type TestServer } from '../../support/http-server.ts'
import { eachDatabase } from '../../support/app.ts'
import { WRITTEN } from '../../support/drafts.ts'

const PUBLIC_PATH = '/api/v1/public/creditor-matters'
const PATH = '/api/v1/creditor-matters'
const FORM = {
  kind: 'application',
  name: '央宗卓玛',
  phone: '139 8812 0001',
  caseNo: '(2026)云3401执9号',
  debtorName: '扎西某',
  text: '他把房子过户给了亲戚。',
}

const withCode = (key: string): { headers: Record<string, string> } => ({ headers: { 'x-query-code': key } })

describe('the routes of creditors’ matters', () => {
  eachDatabase((_db, make) => {
    let server: TestServer
    let clerk: Person
    let approver: Person

    before(async () => {
      server = await openServer(await make())
      clerk = await server.person('clerk')
      approver = await server.person('approver')
    })
    after(() => server.close())

    const code = (answer: Answer): unknown => answer.body['code']

    it('refuse callers without a session or the right role', async () => {
      for (const [method, path] of [
        ['GET', PATH],
        ['POST', PATH],
        ['GET', `${PATH}/01KB0000000000000000000000`],
        ['POST', `${PATH}/01KB0000000000000000000000/decide`],
      ] as const)
        expect((await server.ask(method, path)).status, path).to.equal(401)
      for (const role of ['admin', 'group_office'] as const)
        expect((await (await server.person(role)).ask('GET', PATH)).status, role).to.equal(403)
    })

    it('refuse an incomplete form, an unproven WeChat account, a field too many, and a wrong code', async () => {
      const wrong = await server.ask('POST', PUBLIC_PATH, { json: { ...FORM, name: '央', phone: '12', caseNo: '9', text: '?' } })
      expect([wrong.status, code(wrong)]).to.deep.equal([400, 'creditor_incomplete'])
      const problems = wrong.body['problems'] as { field: string; message: string }[]
      expect(problems.map(({ field }) => field)).to.deep.equal(['name', 'phone', 'caseNo', 'text'])
      expect(problems[0]?.message).to.equal('“您的姓名或名称”写得太短了，请多写几个字。')
      for (const more of [{ wechat: 'oYangzong_0123456789' }, { way: 'phone' }, { listingId: '01KB0000000000000000000000' }])
        expect((await server.ask('POST', PUBLIC_PATH, { json: { ...FORM, ...more } })).status, JSON.stringify(more)).to.equal(400)
      expect(code(await server.ask('GET', `${PUBLIC_PATH}/NR20261122-0001`, withCode('AAAA-AAAA-AAAA')))).to.equal('creditor_missing')
    })

    it('lead an application from the page to a refusal by two people', async () => {
      const filed = await server.ask('POST', PUBLIC_PATH, { json: FORM })
      expect(filed.status).to.equal(201)
      expect(Object.keys(filed.body).sort()).to.deep.equal(['code', 'dueOn', 'number'])
      const { number, code: key } = filed.body as { number: string; code: string }
      const follow = async (): Promise<unknown> => (await server.ask('GET', `${PUBLIC_PATH}/${number}`, withCode(key))).body['state']
      expect(await follow()).to.equal('received')
      const list = await clerk.ask('GET', `${PATH}?number=${number}`)
      const [item] = list.body['items'] as { id: string }[]
      expect(JSON.stringify(list.body)).to.not.match(/央宗|扎西|云3401/)
      const own = `${PATH}/${item?.id ?? ''}`
      expect(code(await clerk.ask('POST', `${own}/review`, { json: { finding: 'refused', reason: '没有证据' } }))).to.equal(
        'creditor_act_impossible',
      )
      expect((await clerk.ask('POST', `${own}/confirm`, { json: {} })).body['state']).to.equal('confirmed')
      expect((await clerk.ask('POST', `${own}/review`, { json: { finding: 'refused', reason: '没有证据' } })).status).to.equal(200)
      expect((await clerk.ask('POST', `${own}/decide`, { json: {} })).status).to.equal(403)
      expect((await approver.ask('POST', `${own}/send-back`, { json: { reason: '请补充' } })).status).to.equal(200)
      await clerk.ask('POST', `${own}/review`, { json: { finding: 'refused', reason: '仍没有证据' } })
      expect((await approver.ask('POST', `${own}/decide`, { json: {} })).body['state']).to.equal('refused')
      expect(await follow()).to.equal('refused')
      const shown = await approver.ask('GET', own)
      expect(shown.body['record']).to.deep.include({ caseNo: '（2026）云3401执9号', reason: '仍没有证据', sentBack: '请补充' })
    })

    it('let a clerk enter what came by phone, and open its draft', async () => {
      const entered = await clerk.ask('POST', PATH, { json: { ...FORM, way: 'phone' } })
      expect([entered.status, entered.body['state']]).to.deep.equal([201, 'confirmed'])
      const { caseNo: _caseNo, ...content } = WRITTEN ?? expect.fail('no content')
      const drafted = await clerk.ask('POST', `${PATH}/${String(entered.body['id'])}/draft`, { json: { content } })
      expect([drafted.status, drafted.body['state']]).to.deep.equal([200, 'drafted'])
      const listing = await clerk.ask('GET', `/api/v1/listings/${String(drafted.body['listingId'])}`)
      expect(listing.body).to.deep.include({ state: 'draft' })
    })

    it('count what comes over the API with what pages and conversations bring in an hour', async () => {
      const made = await make()
      const complaint = { about: 'debtor', debtorName: '和志强', text: '他欠钱不还，还天天坐飞机到处旅游。', anonymous: true }
      const statuses: number[] = []
      // Each process counts its own minute.
      for (let process = 0; process < 2; process += 1) {
        const each = await openServer(made)
        for (let n = 0; n < 4; n += 1) {
          statuses.push((await each.ask('POST', PUBLIC_PATH, { json: FORM })).status)
          statuses.push((await each.ask('POST', '/api/v1/public/complaints', { json: complaint })).status)
        }
        await each.close()
      }
      expect([201, 429].map((status) => statuses.filter((each) => each === status).length)).to.deep.equal([10, 6])
    })

    it('count wrong codes of one network', async () => {
      const guess = (n: number): Promise<Answer> => server.ask('GET', `${PUBLIC_PATH}/NR20261122-0001`, withCode(`AAAA-AAAA-${1000 + n}`))
      const answers = await Promise.all(Array.from({ length: 15 }, (_, n) => guess(n)))
      expect(answers.filter(({ status }) => status === 404).length).to.be.within(1, 10)
      expect(answers.filter(({ status }) => status === 429).length).to.be.at.least(5)
    })

    it('limit how often one address may file', async () => {
      const statuses: number[] = []
      for (let n = 0; n < 7; n += 1) statuses.push((await server.ask('POST', PUBLIC_PATH, { json: FORM })).status)
      expect(statuses).to.include(429)
    })
  })
})
