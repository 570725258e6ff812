// The routes of deadlines, the calendar, staff addresses and lift orders over the real server: permissions, refusals and one whole case.
// What the commands themselves refuse is tested with their features.

import { expect } from 'chai'
import { searchDeadlines } from '../../../src/features/deadlines/search.store.ts'
import { replaceMeasures } from '../../../src/features/units/store.ts'
import { addUnit, at, openClocks, PAGE } from '../../support/deadlines.ts'
import { deadlineMonth, listLaggards } from '../../../src/features/deadlines/views.ts'
import { openServer, type Answer, type TestServer, type Person } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let clerk: Person
  let admin: Person

  before(async () => {
    made = await make({ now: at('2026-03-02', 10) })
    server = await openServer(made)
    clerk = await server.person('clerk')
    admin = await server.person('admin')
    await addUnit(made.app, 'water')
    const measure = { id: '1.1', position: 1, title: '限制某某', detail: '{}' }
    await made.app.store.write((tx) => replaceMeasures(tx, [measure], [{ measureId: '1.1', unitId: 'water' }]))
  })
  after(() => server.close())

  const code = (answer: Answer): unknown => answer.body['code']
  const items = (answer: Answer): Record<string, unknown>[] => answer.body['items'] as Record<string, unknown>[]

  it('the routes refuse requests without a session or permission', async () => {
    for (const path of ['clocks', 'calendar', 'lift-orders'])
      expect((await server.ask('GET', `/api/v1/${path}`)).status, path).to.equal(401)
    expect((await admin.ask('GET', '/api/v1/lift-orders')).status).to.equal(403)
    expect(code(await clerk.ask('POST', '/api/v1/calendar', { json: { rest: ['2026-12-01'] } }))).to.equal('not_allowed')
    expect(code(await clerk.ask('PUT', `/api/v1/staff/${clerk.id}/reach`, { json: { phone: '13800000001' } }))).to.equal('not_allowed')
  })

  it('the routes list deadlines by state, code and subject', async () => {
    await openClocks(made.app, [{ code: 'objection.review', subject: 'objection:1', start: '2026-03-02' }])
    const answer = await clerk.ask('GET', '/api/v1/clocks?subject=objection:1&state=open&code=objection.review')
    expect(items(answer).map((item) => [item['name'], item['due'], item['late']])).to.deep.equal([['审查纠正申请', '2026-03-17', false]])
    expect((await clerk.ask('GET', '/api/v1/clocks?code=objection.nothing')).status).to.equal(400)
    expect((await clerk.ask('GET', '/api/v1/clocks?who=me')).status).to.equal(400)
  })

  it('the routes find deadlines by light and range of last days, and count a month day by day, for a unit its own', async () => {
    const { app } = made
    const subjects = ['objection:red', 'objection:yellow', 'objection:green']
    const starts = ['2026-02-10', '2026-02-17', '2026-02-22'] as const
    await openClocks(
      app,
      subjects.map((subject, n) => ({ code: 'objection.review', subject, start: starts[n] ?? '' })),
    )
    const span = 'dueFrom=2026-02-20&dueTo=2026-03-15&code=objection.review'
    const found = items(await clerk.ask('GET', `/api/v1/clocks?${span}`))
    expect(found.map((item) => [item['subject'], item['due'], item['light'], item['left']])).to.deep.equal([
      ['objection:red', '2026-02-25', 'red', 0],
      ['objection:yellow', '2026-03-04', 'yellow', 2],
      ['objection:green', '2026-03-09', 'green', 5],
    ])
    for (const light of ['red', 'yellow', 'green'])
      expect(items(await clerk.ask('GET', `/api/v1/clocks?${span}&light=${light}`)).map((item) => item['light'])).to.deep.equal([light])
    const month = await clerk.ask('GET', '/api/v1/clocks/months/2026-03?code=objection.review')
    const days = month.body['days'] as { day: string; kind: string; red: number; yellow: number; green: number }[]
    expect(days).to.have.length(31)
    expect(days.filter(({ red, yellow, green }) => red + yellow + green > 0)).to.deep.equal([
      { day: '2026-03-04', kind: 'work', red: 0, yellow: 1, green: 0, late: [] },
      { day: '2026-03-09', kind: 'work', red: 0, yellow: 0, green: 1, late: [] },
      { day: '2026-03-17', kind: 'work', red: 0, yellow: 0, green: 1, late: [] },
    ])
    const clerks = { owner: 'clerk', unitId: null, unitName: null, count: 1 }
    const before = await clerk.ask('GET', '/api/v1/clocks/months/2026-02?code=objection.review')
    const overdue = (before.body['days'] as { day: string; red: number; late: unknown }[]).filter(({ red }) => red > 0)
    expect(overdue.map(({ day, late }) => [day, late])).to.deep.equal([['2026-02-25', [clerks]]])
    const asked = async (query: string): Promise<unknown> => items(await clerk.ask('GET', `/api/v1/clocks/late?${query}`))
    expect(await asked('code=objection.review')).to.deep.equal([{ ...clerks, oldest: '2026-02-25' }])
    expect(await asked('code=objection.review&dueFrom=2026-02-26')).to.deep.equal([])
    expect(await listLaggards(app, { id: 'liaison:one', roles: ['liaison'], unitId: 'water' }, { filter: {} })).to.deep.equal([])
    expect(month.body['earlier']).to.equal(1)
    expect(code(await clerk.ask('GET', '/api/v1/clocks/months/2026-13'))).to.equal('request_invalid')
    expect((await server.ask('GET', '/api/v1/clocks/months/2026-03')).status).to.equal(401)
    const liaison = { id: 'liaison:one', roles: ['liaison'], unitId: 'water' } as const
    const own = await deadlineMonth(app, liaison, { month: '2026-03', filter: {} })
    expect(own.days.filter(({ red, yellow, green }) => red + yellow + green > 0)).to.deep.equal([])
  })

  it('the routes change the calendar, and name every wrong day of a refused change', async () => {
    const wrong = await admin.ask('POST', '/api/v1/calendar', { json: { rest: ['2026-02-30'], work: ['2026-03-01'] } })
    expect(wrong.status).to.equal(400)
    expect((wrong.body['problems'] as { code: string; message: string }[]).map((each) => each.code)).to.deep.equal([
      'holiday_day',
      'holiday_past',
    ])
    const changed = await admin.ask('POST', '/api/v1/calendar', { json: { rest: ['2026-12-01'] } })
    expect([changed.status, changed.body['rest']]).to.deep.equal([200, ['2026-12-01']])
    expect((await clerk.ask('GET', '/api/v1/calendar')).body).to.deep.include({ rest: ['2026-12-01'], missing: [] })
  })

  it('the routes store the addresses of staff and show them masked', async () => {
    const path = `/api/v1/staff/${clerk.id}/reach`
    expect((await admin.ask('GET', path)).body).to.deep.include({ phone: null, wechat: null })
    expect(code(await admin.ask('PUT', path, { json: { phone: '123' } }))).to.equal('address_invalid')
    const kept = await admin.ask('PUT', path, { json: { phone: '138 0000 0001' } })
    expect(kept.status).to.equal(200)
    expect(String(kept.body['phone'])).to.match(/\*/).and.not.include('13800000001')
    expect((await admin.ask('PUT', path, { json: {} })).body).to.deep.include({ phone: null })
  })

  it('the routes record an error that was found, and list its deadline under its owner (P02)', async () => {
    const [id = ''] = await listed(made.app, 1, {}, 30)
    const error = { items: [{ id }], foundOn: '2026-03-02', reason: '案号录入有误' }
    expect(code(await clerk.ask('POST', '/api/v1/listings/errors', { json: { ...error, foundOn: '2026-03-09' } }))).to.equal(
      'request_invalid',
    )
    const noted = await clerk.ask('POST', '/api/v1/listings/errors', { json: error })
    expect([noted.status, noted.body]).to.deep.equal([200, { noted: 1 }])
    const [clock = {}] = items(await clerk.ask('GET', '/api/v1/clocks?owner=clerk&code=listing.correct'))
    expect(clock).to.include({ subject: `error:${id}:1`, due: '2026-03-05', citation: '实施意见 四(二)2', state: 'open' })
    expect(items(await clerk.ask('GET', '/api/v1/clocks?owner=liaison&code=listing.correct'))).to.deep.equal([])
  })

  it('the routes record an exit ground, accept an answer to the lift order that follows, and refuse a second answer', async () => {
    const [id = '', other = ''] = await listed(made.app, 2)
    const item = { items: [{ id }] }
    const noted = await clerk.ask('POST', '/api/v1/listings/exit-grounds', {
      json: { ...item, ground: 'fully_performed', metOn: '2026-03-02' },
    })
    expect([noted.status, noted.body]).to.deep.equal([200, { noted: 1 }])
    const ahead = await clerk.ask('POST', '/api/v1/listings/exit-grounds', {
      json: { ...item, ground: 'fully_performed', metOn: '2026-03-03' },
    })
    expect(code(ahead)).to.equal('request_invalid')
    await clerk.ask('POST', '/api/v1/listings/shield', {
      json: { items: [{ id }, { id: other }], ground: 'fully_performed', reason: '已履行' },
    })
    const [order = {}] = items(await clerk.ask('GET', '/api/v1/lift-orders?state=open'))
    const path = `/api/v1/lift-orders/${String(order['id'])}`
    expect(order).to.include({ unitId: 'water', due: '2026-03-03', listings: 2, overdue: false })
    const entries = (await clerk.ask('GET', `${path}?limit=1`)).body['entries']
    expect(entries).to.have.length(1)

    const bare = await clerk.ask('POST', `${path}/answer`, { json: { retained: [{ listingId: id }] } })
    expect(code(bare)).to.equal('retention_incomplete')
    expect((bare.body['problems'] as { field: string; message: string }[]).map((each) => each.field)).to.deep.equal([
      'retained.0.basis',
      'retained.0.until',
    ])
    const basis = { basis: '《某某条例》第十二条', until: '2026-06-01' }
    const answered = await clerk.ask('POST', `${path}/answer`, { json: { retained: [{ listingId: id, ...basis }], lifted: 'rest' } })
    expect(answered.body).to.deep.include({ state: 'answered', lifted: 1, retained: 1, late: false })
    const again = await clerk.ask('POST', `${path}/answer`, { json: { lifted: 'rest' } })
    expect([again.status, code(again)]).to.deep.equal([409, 'lift_act_impossible'])
    expect(String(again.body['detail'])).to.include('已解除')
    expect(code(await clerk.ask('POST', `${path}/told`, { json: { toldOn: '2026-03-02', manner: '电话' } }))).to.equal('lift_told')
    const { total } = await made.app.store.read((db) => searchDeadlines(db, { code: 'retention.end' }, PAGE))
    expect(total).to.equal(1)
  })
})
