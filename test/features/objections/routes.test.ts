// Routes of objections and credit repair over a real server: access, validation, and one whole procedure.
// What the commands refuse is test/features/objections/commands.test.ts and test/features/repairs/commands.test.ts.

import { expect } from 'chai'
import { addUnit, at } from '../../support/deadlines.ts'
import { openServer, type Answer, type TestServer, type Person } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'

const TODAY = '2026-03-02'

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let clerk: Person
  let reviewer: Person
  let approver: Person

  before(async () => {
    made = await make({ now: at(TODAY, 10) })
    server = await openServer(made)
    clerk = await server.person('clerk')
    reviewer = await server.person('clerk')
    approver = await server.person('approver')
    await addUnit(made.app, 'water')
  })
  after(() => server.close())

  const code = (answer: Answer): unknown => answer.body['code']
  const post = (person: Person, path: string, json: unknown): Promise<Answer> => person.ask('POST', `/api/v1/${path}`, { json })

  /** The body of an answer, after checking its status. */
  async function expectStatus(status: number, asked: Promise<Answer>): Promise<Readonly<Record<string, unknown>>> {
    const answer = await asked
    expect(answer.status, answer.text).to.equal(status)
    return answer.body
  }

  it('answers only to a session with the right role', async () => {
    const admin = await server.person('admin')
    for (const path of ['objections', 'repairs']) {
      expect((await server.ask('GET', `/api/v1/${path}`)).status, path).to.equal(401)
      expect(code(await admin.ask('GET', `/api/v1/${path}`)), path).to.equal('not_allowed')
    }
    expect(code(await post(admin, 'repairs/export', { from: TODAY, to: TODAY }))).to.equal('not_allowed')
    expect(code(await post(approver, 'objections', {}))).to.be.oneOf(['not_allowed', 'request_invalid'])
  })

  it('refuses an invalid body before any command runs', async () => {
    const [listingId] = await listed(made.app, 1)
    const objection = { listingId, about: 'listing', way: 'counter', receivedOn: TODAY, claim: '已经履行完毕' }
    for (const wrong of [{ about: 'weather' }, { way: 'pigeon' }, { receivedOn: '2026-02-30' }, { claim: '' }, { listingId: '1' }])
      expect(code(await post(clerk, 'objections', { ...objection, ...wrong })), JSON.stringify(wrong)).to.equal('request_invalid')
    expect(code(await clerk.ask('GET', '/api/v1/objections?state=lost'))).to.equal('request_invalid')
    expect((await clerk.ask('GET', '/api/v1/objections/01M81ZJK12XTFTYW6TKHXAKXPJ')).status).to.equal(404)
    expect((await clerk.ask('GET', '/api/v1/repairs/01M81ZJK12XTFTYW6TKHXAKXPJ')).status).to.equal(404)
    expect(code(await post(clerk, 'repairs/export', { from: 'now', to: TODAY }))).to.equal('request_invalid')
  })

  it('takes an objection about a measure from registration through reconsideration, and then a credit repair', async () => {
    const [listingId = ''] = await listed(made.app, 1, {}, 2)
    const registered = await expectStatus(
      201,
      post(clerk, 'objections', {
        ...{ listingId, about: 'measure', unitId: 'water', way: 'post', receivedOn: TODAY, postedOn: TODAY, claim: '措施对象有误' },
      }),
    )
    const path = `objections/${String(registered['id'])}`
    await expectStatus(200, post(reviewer, `${path}/review`, { version: 1 }))
    expect((await expectStatus(200, clerk.ask('GET', `/api/v1/listings/${listingId}`)))['suspended']).to.equal(true)
    expect(code(await post(approver, `${path}/suspend`, {}))).to.equal('objection_suspends')
    expect(code(await post(approver, `${path}/uphold`, { remedy: 'correct', reason: '理由成立' }))).to.equal('objection_remedy_unfit')
    await expectStatus(200, post(approver, `${path}/reject`, { reason: '措施有依据' }))
    expect((await expectStatus(200, clerk.ask('GET', `/api/v1/listings/${listingId}`)))['suspended']).to.equal(false)
    await expectStatus(200, post(clerk, `${path}/service`, { servedOn: TODAY }))
    expect(await expectStatus(200, post(clerk, `${path}/ask-reconsideration`, { askedOn: TODAY }))).to.include({ late: false })
    const ruling = { decidedOn: TODAY, decisionNo: '（2026）云34执复7号', reason: '措施有误', remedy: 'shield' }
    expect(await expectStatus(200, post(clerk, `${path}/reconsider`, ruling))).to.include({ state: 'upheld' })
    expect(code(await post(clerk, `${path}/carry-out`, { note: '已屏蔽' }))).to.equal('objection_not_carried_out')
    await expectStatus(200, post(clerk, 'listings/shield', { items: [{ id: listingId }], ground: 'fully_performed', reason: '已履行' }))
    expect(await expectStatus(200, post(clerk, `${path}/carry-out`, { note: '已屏蔽' }))).to.include({ state: 'carried_out' })
    const shown = await expectStatus(200, clerk.ask('GET', `/api/v1/${path}`))
    expect(shown).to.include({ state: 'carried_out', listingSuspended: false, higherCourt: 'prefecture_court' })
    const found = await expectStatus(200, clerk.ask('GET', `/api/v1/objections?listingId=${listingId}&state=carried_out&limit=5`))
    expect(found).to.include({ total: 1, limit: 5 })

    const applied = await expectStatus(201, post(clerk, 'repairs', { listingId, receivedOn: TODAY, statement: '义务已经全部履行' }))
    const repair = `repairs/${String(applied['id'])}`
    await expectStatus(200, post(clerk, `${repair}/consult`, { unitIds: ['water'] }))
    await expectStatus(200, post(clerk, `${repair}/answer`, { unitId: 'water', opinion: 'agree' }))
    expect(await expectStatus(200, post(approver, `${repair}/approve`, { reason: '单位同意' }))).to.include({ state: 'approved' })
    expect((await expectStatus(200, clerk.ask('GET', `/api/v1/${repair}`)))['possible']).to.deep.equal([])
    expect(await expectStatus(200, clerk.ask('GET', '/api/v1/repairs?unitId=water'))).to.include({ total: 1 })
    const handed = await expectStatus(200, post(clerk, 'repairs/export', { from: TODAY, to: TODAY }))
    expect(handed['items']).to.have.length(1)
    const file = await post(clerk, 'repairs/export.csv', { from: TODAY, to: TODAY })
    expect(file.headers.get('content-type')).to.match(/^text\/csv/)
    expect(file.text.trimEnd().split('\r\n')).to.have.length(2)
  })
})
