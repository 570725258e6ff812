// API keys of units' systems: added and revoked by an administrator, refused when wrong, ended or too narrow, limited to one unit.
// What units ask with them is tested in test/features/screening/routes.test.ts.

import { expect } from 'chai'
import { instantAt } from '../../../src/core/calendar.ts'
import { touchUnitKey } from '../../../src/features/units/keys.store.ts'
import { addUnit } from '../../support/deadlines.ts'
import { openServer, type Answer, type Ask, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addKey, unitWithMeasures } from '../../support/screening.ts'

const code = ({ status, body }: Answer): unknown[] => [status, body['code']]

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  before(async () => {
    made = await make()
    server = await openServer(made)
    await addUnit(made.app, 'u1')
    await addUnit(made.app, 'u2')
  })
  after(() => server.close())

  const withKey =
    (key: string): Ask =>
    (method, path, given = {}) =>
      server.ask(method, path, { ...given, headers: { ...given.headers, authorization: `Bearer ${key}` } })

  it('lets only an administrator add a key, shows it once, lists it without the secret, and revokes it once', async () => {
    const admin = await server.person('admin')
    const clerk = await server.person('clerk')
    const input = { label: '政务大厅系统', scopes: ['screening', 'lifts'] }
    expect(code(await clerk.ask('POST', '/api/v1/units/u1/keys', { json: input }))).to.deep.equal([403, 'not_allowed'])
    for (const [wrong, json] of [
      ['no scope', { ...input, scopes: [] }],
      ['an unknown scope', { ...input, scopes: ['everything'] }],
      ['no label', { ...input, label: ' ' }],
      ['a past day', { ...input, expiresOn: '2020-01-01' }],
      ['a far day', { ...input, expiresOn: '2040-01-01' }],
    ] as const)
      expect(code(await admin.ask('POST', '/api/v1/units/u1/keys', { json })), wrong).to.deep.equal([400, 'request_invalid'])
    expect(code(await admin.ask('POST', '/api/v1/units/nowhere/keys', { json: input }))).to.deep.equal([404, 'unit_missing'])

    const { status, body } = await admin.ask('POST', '/api/v1/units/u1/keys', { json: input })
    expect(status).to.equal(201)
    const key = String(body['key'])
    const id = String(body['id'])
    expect(key).to.match(/^zxt_[0-9A-Z]{26}_[\w-]{43}$/)
    const listed = await clerk.ask('GET', '/api/v1/units/u1/keys')
    expect(listed.text).to.include(id).and.not.include(key.slice(31))
    expect((await withKey(key)('GET', '/api/v1/lift-orders')).status).to.equal(200)

    const path = `/api/v1/units/u1/keys/${id}`
    expect(code(await admin.ask('DELETE', `/api/v1/units/u2/keys/${id}`))).to.deep.equal([404, 'unit_key_missing'])
    expect((await admin.ask('DELETE', path)).status).to.equal(200)
    expect(code(await admin.ask('DELETE', path))).to.deep.equal([409, 'unit_key_ended'])
    const refused = await withKey(key)('GET', '/api/v1/lift-orders')
    expect(code(refused)).to.deep.equal([401, 'unit_key_revoked'])
    expect(refused.headers.get('www-authenticate')).to.match(/^Bearer/)
  })

  it('refuses a key that is wrong in any character, missing, expired, or of an inactive unit', async () => {
    const key = await addKey(made.app, 'u1', ['lifts'])
    const ask = (shown: string): Promise<Answer> => withKey(shown)('GET', '/api/v1/lift-orders')
    const last = key.endsWith('A') ? 'B' : 'A'
    for (const wrong of [
      '',
      'zxt_',
      key.slice(0, -1) + last,
      key.slice(0, -1),
      `${key}A`,
      key.replace('zxt', 'abc'),
      key.slice(31),
      'x'.repeat(5000),
    ])
      expect(code(await ask(wrong)), wrong.slice(0, 10)).to.deep.equal([401, 'unit_key_wrong'])
    expect(code(await server.ask('GET', '/api/v1/lift-orders'))).to.deep.equal([401, 'login_required'])
    const started = made.clock.now()
    made.clock.set(instantAt('2028-01-01', 10, 0))
    const expired = await ask(key)
    expect(code(expired)).to.deep.equal([401, 'unit_key_expired'])
    expect(String(expired.body['detail'])).to.include('2027-11-23')
    made.clock.set(started)
    await made.app.store.write((tx) => tx.run('update unit set active = ? where id = ?', [false, 'u1']))
    expect(code(await ask(key))).to.deep.equal([401, 'unit_key_revoked'])
    await made.app.store.write((tx) => tx.run('update unit set active = ? where id = ?', [true, 'u1']))
    expect((await ask(key)).status).to.equal(200)
  })

  it('permits what the scopes of a key say, on routes for units and for its own unit', async () => {
    const ask = withKey(await addKey(made.app, 'u1', ['lifts']))
    expect((await ask('GET', '/api/v1/lift-orders?unitId=u1')).status).to.equal(200)
    expect(code(await ask('GET', '/api/v1/lift-orders?unitId=u2'))).to.deep.equal([403, 'unit_other'])
    const narrow = await ask('GET', '/api/v1/complaints')
    expect(code(narrow)).to.deep.equal([403, 'scope_missing'])
    expect(String(narrow.body['detail'])).to.include('投诉举报').and.include('解除惩戒')
    expect(code(await ask('GET', '/api/v1/staff'))).to.deep.equal([403, 'route_staff_only'])
    expect(code(await ask('POST', '/api/v1/lift-orders/01M81ZJK12XTFTYW6TKHXAKXPJ/answer', { json: { lifted: 'rest' } }))).to.deep.equal([
      404,
      'lift_missing',
    ])
  })

  it('leaves sessions of people unchanged, including the CSRF header', async () => {
    const clerk = await server.person('clerk')
    expect((await clerk.ask('GET', '/api/v1/lift-orders')).status).to.equal(200)
    const path = '/api/v1/lift-orders/01M81ZJK12XTFTYW6TKHXAKXPJ/answer'
    const bare = await server.ask('POST', path, { json: { lifted: 'rest' }, headers: { cookie: clerk.cookie } })
    expect(code(bare)).to.deep.equal([403, 'csrf_wrong'])
  })

  it('records the last use of a key at most once a minute', async () => {
    const key = await addKey(made.app, 'u2', ['lifts'])
    const id = key.slice(4, 30)
    const used = async (): Promise<unknown> => {
      const { body } = await (await server.person('admin')).ask('GET', '/api/v1/units/u2/keys')
      return (body['items'] as { id: string; lastUsedAt: string | null }[]).find((each) => each.id === id)?.lastUsedAt
    }
    expect(await used()).to.equal(null)
    await withKey(key)('GET', '/api/v1/lift-orders')
    expect(await used()).to.match(/:00\.000Z$/)
    const soon = new Date(made.clock.now().getTime() - 30_000)
    await made.app.store.write((tx) => touchUnitKey(tx, id, soon))
    await withKey(key)('GET', '/api/v1/lift-orders')
    expect(await used()).to.equal(soon.toISOString())
  })
})

eachDatabase((db, make) => {
  if (db === 'mariadb') return

  it('limits the requests of each key over all routes', async () => {
    const made = await make({ env: { UNIT_KEY_PER_MINUTE: '3' } })
    const server = await openServer(made)
    await addUnit(made.app, 'u1')
    const [limited, other] = [await addKey(made.app, 'u1', ['lifts', 'clocks']), await addKey(made.app, 'u1', ['lifts'])]
    const ask = (key: string, path: string): Promise<Answer> => server.ask('GET', path, { headers: { authorization: `Bearer ${key}` } })
    for (const path of ['/api/v1/lift-orders', '/api/v1/clocks', '/api/v1/lift-orders'])
      expect((await ask(limited, path)).status).to.equal(200)
    const refused = await ask(limited, '/api/v1/clocks')
    expect(code(refused)).to.deep.equal([429, 'unit_key_limited'])
    expect(Number(refused.headers.get('retry-after'))).to.be.above(0)
    expect((await ask(other, '/api/v1/lift-orders')).status).to.equal(200)
    await server.close()
  })

  it('counts each item of a batch, also in parallel, and screens nothing of a batch that is larger than what is left', async () => {
    const made = await make({ env: { UNIT_KEY_PER_MINUTE: '10' } })
    const server = await openServer(made)
    const [unit] = await unitWithMeasures(made.app, ['1.1'])
    const [key, other] = [await addKey(made.app, unit, ['screening']), await addKey(made.app, unit, ['screening'])]
    const batch = (shown: string, requestId: string, count: number): Promise<Answer> => {
      const items = Array.from({ length: count }, (_, at) => ({ key: `${at}`, name: '旦增某' }))
      const headers = { authorization: `Bearer ${shown}` }
      return server.ask('POST', '/api/v1/screenings/batches', { headers, json: { requestId, business: '其他', items } })
    }
    const logged = async (): Promise<number> =>
      Number((await made.app.store.read((db) => db.query<{ n: number }>('select count(*) as n from screening')))[0]?.n)
    expect((await batch(key, 'first', 6)).status).to.equal(200)

    const over = await batch(key, 'second', 5)
    expect(code(over)).to.deep.equal([429, 'unit_key_items_limited'])
    expect(String(over.body['detail'])).to.include('5 项').and.include('剩余的 3 项')
    expect([over.headers.get('ratelimit-remaining'), Number(over.headers.get('retry-after')) > 0]).to.deep.equal(['3', true])
    expect(over.body['problems']).to.have.length(1)
    expect(await logged()).to.equal(6)

    const pair = await Promise.all([batch(key, 'third', 2), batch(key, 'fourth', 2)])
    expect(pair.map(({ status }) => status).sort()).to.deep.equal([200, 429])
    expect(await logged()).to.equal(8)

    const many = await batch(other, 'fifth', 11)
    expect(code(many)).to.deep.equal([400, 'unit_key_items_many'])
    expect([many.headers.get('retry-after'), await logged()]).to.deep.equal([null, 8])
    expect((await batch(other, 'sixth', 9)).status).to.equal(200)
    await server.close()
  })

  it('counts each outcome that is reported with others', async () => {
    const made = await make({ env: { UNIT_KEY_PER_MINUTE: '5' } })
    const server = await openServer(made)
    const [unit] = await unitWithMeasures(made.app, ['1.1'])
    const headers = { authorization: `Bearer ${await addKey(made.app, unit, ['screening'])}` }
    const items = Array.from({ length: 3 }, () => ({ screeningId: '01M81ZJK12XTFTYW6TKHXAKXPJ', outcome: 'refused' }))
    const report = (): Promise<Answer> => server.ask('POST', '/api/v1/screenings/outcomes', { headers, json: { items } })
    expect((await report()).status).to.equal(200)
    expect(code(await report())).to.deep.equal([429, 'unit_key_items_limited'])
    await server.close()
  })
})
