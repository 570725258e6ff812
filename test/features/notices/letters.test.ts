// Letters and labels of duties: what they say and to whom, who may print them, what is refused, and that each opening of an address is in the audit.

import { expect } from 'chai'
import { settleDuty } from '../../../src/features/notices/commands.ts'
import { listDuties } from '../../../src/features/notices/views.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { docxPart, docxText } from '../../support/pushes.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

const ADDRESS = '香格里拉市建塘镇某某路7号附8号'

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let clerk: Person
  let duties: string[]

  before(async () => {
    made = await make()
    await listed(made.app, 2, { address: ADDRESS })
    await listed(made.app, 1, {}, 3)
    const { items } = await listDuties(made.app, CLERK, { limit: 50, offset: 0 })
    duties = items.filter(({ text }) => text?.includes('请告知本人') === true).map(({ deliveryId }) => deliveryId)
    server = await openServer(made)
    clerk = await server.person('clerk')
  })
  after(() => server.close())

  async function print(path: string, json: unknown): Promise<Buffer> {
    const headers = { cookie: clerk.cookie, 'x-csrf-token': clerk.csrf, 'content-type': 'application/json' }
    const answer = await fetch(`${server.url}/api/v1/duties/${path}`, { method: 'POST', headers, body: JSON.stringify(json) })
    expect(answer.status).to.equal(200)
    expect(decodeURIComponent(answer.headers.get('content-disposition') ?? '')).not.to.include('扎西')
    return Buffer.from(await answer.arrayBuffer())
  }

  const openings = async (): Promise<number> =>
    made.app.store.read(async (db) => (await db.query("select 1 from audit where act = 'duty.print'")).length)

  it('print one page for each duty, with name, address and the words meant for the party, not those meant for the clerk', async () => {
    expect(duties.length).to.be.at.least(3)
    const bytes = await print('letters', { ids: duties })
    const text = await docxText(bytes)
    expect(text.match(/通\u3000知\u3000书/g)).to.have.length(duties.length)
    expect((await docxPart(bytes, 'word/document.xml')).match(/<w:pageBreakBefore\/>/g)).to.have.length(duties.length - 1)
    expect(text).to.include('收件人：扎西某').and.include(`地址：${ADDRESS}`).and.include('地址：____')
    expect(text).to.include('公布').and.include('不代替决定书').and.not.include('请告知本人').and.not.include('请人工通知')
    expect(await openings()).to.equal(duties.length)
  })

  it('print labels that say name, address and sender and nothing of the matter, from the first free one', async () => {
    const before = await openings()
    const bytes = await print('labels', { ids: duties.slice(0, 2), start: 4 })
    const text = await docxText(bytes)
    expect(text).to.include('扎西某　收').and.include(ADDRESS).and.not.include('失信').and.not.include('执行')
    const rows = (await docxPart(bytes, 'word/document.xml')).split('</w:tr>')
    // Three labels are used already: the first two rows hold one new label between them.
    expect(rows.slice(0, 3).map((row) => row.match(/扎西某/g)?.length ?? 0)).to.deep.equal([0, 1, 1])
    expect(await openings()).to.equal(before + 2)
  })

  it('are for clerks alone, and are refused whole when one duty is settled, unknown or not for a party', async () => {
    const before = await openings()
    for (const role of ['approver', 'auditor', 'group_office'] as const) {
      const person = await server.person(role)
      expect((await person.ask('POST', '/api/v1/duties/letters', { json: { ids: duties } })).status, role).to.equal(403)
    }
    expect((await server.ask('POST', '/api/v1/duties/letters', { json: { ids: duties } })).status).to.equal(401)
    const [first = '', second = ''] = duties
    await settleDuty(made.app, CLERK, { deliveryId: first, verdict: 'done', note: '电话告知' })
    const answer = await clerk.ask('POST', '/api/v1/duties/letters', { json: { ids: [second, first] } })
    expect([answer.status, answer.body['code']]).to.deep.equal([409, 'duty_not_by_letter'])
    expect(String(answer.body['detail'])).to.include('第 2 项')
    const unknown = await clerk.ask('POST', '/api/v1/duties/labels', { json: { ids: ['01ARZ3NDEKTSV4RRFFQ69G5FAV'] } })
    expect(unknown.body['code']).to.equal('duty_missing')
    for (const json of [
      { ids: [] },
      { ids: ['letters'] },
      { ids: [second], start: 15 },
      { ids: Array.from({ length: 501 }, () => second) },
    ])
      expect((await clerk.ask('POST', '/api/v1/duties/labels', { json })).status).to.equal(400)
    expect(await openings()).to.equal(before)
  })

  it('say of each duty whether a letter can be printed and when it was, and are found by it', async () => {
    const find = async (query: string): Promise<{ deliveryId: string; byLetter: boolean; printedAt: string | null }[]> =>
      (await clerk.ask('GET', `/api/v1/duties?${query}`)).body['items'] as never
    const letters = await find('kind=letter')
    expect(letters.map(({ deliveryId }) => deliveryId)).to.include.members(duties.slice(1))
    expect(letters.every(({ byLetter }) => byLetter)).to.equal(true)
    expect((await find('kind=other')).some(({ byLetter }) => byLetter)).to.equal(false)
    const printed = (await find('printed=yes')).map(({ deliveryId }) => deliveryId)
    expect(printed.toSorted()).to.deep.equal(duties.slice(1).toSorted())
    expect((await find('printed=yes')).every(({ printedAt }) => printedAt === made.app.clock.now().toISOString())).to.equal(true)
    expect(await find('kind=letter&printed=no')).to.have.length(letters.length - printed.length)
  })

  it('are settled together with an audit row each; what somebody settled meanwhile stays as it was', async () => {
    const json = { ids: duties, verdict: 'done', note: '邮政挂号信寄送，签收', on: '2026-11-22' }
    expect((await clerk.ask('POST', '/api/v1/duties/settle', { json: { ...json, note: ' ' } })).body['code']).to.equal('reason_needed')
    expect((await clerk.ask('POST', '/api/v1/duties/settle', { json: { ...json, on: '2099-01-01' } })).status).to.equal(400)
    const approver = await server.person('approver')
    expect((await approver.ask('POST', '/api/v1/duties/settle', { json })).status).to.equal(403)
    const done = await clerk.ask('POST', '/api/v1/duties/settle', { json })
    expect(done.body).to.deep.equal({ settled: duties.length - 1, left: 1 })
    const again = await clerk.ask('POST', '/api/v1/duties/settle', { json })
    expect([again.status, again.body['code']]).to.deep.equal([409, 'duty_done'])
    const rows = await made.app.store.read((db) => db.query<{ reason: string }>("select reason from notice where state = 'settled'"))
    expect(rows.map(({ reason }) => reason).toSorted()).to.deep.equal([
      ...Array.from({ length: duties.length - 1 }, () => '2026-11-22 邮政挂号信寄送，签收'),
      '电话告知',
    ])
    const audited = await made.app.store.read((db) => db.query("select 1 from audit where act = 'duty.settle'"))
    expect(audited).to.have.length(duties.length)
  })
})
