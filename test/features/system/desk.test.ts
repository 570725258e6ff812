// What administrators see of the installation: templates with their previews, settings without secrets, health, and a limited test message.
// Readiness and the technical routes are routes.test.ts.

import { expect } from 'chai'
import { NOTICES } from '../../../src/messaging/notices.rules.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { listed } from '../../support/listed.ts'

const SECRET = 'the-token-of-the-metrics-0001'

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let admin: Person

  beforeEach(async () => {
    made = await make({ env: { METRICS_TOKEN: SECRET, DAILY_CAP: '7' } })
    server = await openServer(made)
    admin = await server.person('admin')
  })
  afterEach(() => server.close())

  type Row = Record<string, unknown>
  const items = async (path: string): Promise<Row[]> => (await admin.ask('GET', path)).body['items'] as Row[]

  it('templates are listed by event, audience and medium, and shown as they read on each medium with the segments of the SMS', async () => {
    expect(await items('/api/v1/templates')).to.have.length(NOTICES.length)
    const found = await items('/api/v1/templates?event=listing.decided&audience=debtor&medium=sms')
    expect(found.map((each) => each['name'])).to.deep.equal(['listing-decided-debtor'])
    const { body } = await admin.ask('GET', '/api/v1/templates/listing-decided-debtor')
    const previews = body['previews'] as { medium: string; text: string; segments: number | null }[]
    const sms = previews.find(({ medium }) => medium === 'sms')
    expect(sms?.text).to.match(/^【.+】/)
    expect(sms?.segments).to.be.above(0)
    expect(previews.filter(({ text }) => /[{}]/.test(text))).to.deep.equal([])
    expect((await admin.ask('GET', '/api/v1/templates/no-such-template')).body['code']).to.equal('template_missing')
  })

  it('every template can be shown', async () => {
    for (const { template } of NOTICES) expect((await admin.ask('GET', `/api/v1/templates/${template}`)).status, template).to.equal(200)
  })

  it('settings say what was set, and no secret is shown', async () => {
    const answer = await admin.ask('GET', '/api/v1/system/settings')
    const found = answer.body['items'] as Row[]
    const named = (name: string): Row | undefined => found.find((each) => each['name'] === name)
    expect(named('DAILY_CAP')).to.deep.include({ state: 'set', value: '7' })
    expect(named('METRICS_TOKEN')).to.deep.include({ state: 'set', value: null, secret: true })
    expect(named('TWILIO_AUTH_TOKEN')).to.deep.include({ state: 'unset', value: null })
    expect(named('PORT')).to.deep.include({ state: 'default', value: '3000' })
    expect(answer.text).to.not.include(SECRET)
    const clerk = await server.person('clerk')
    for (const path of ['settings', 'health']) expect((await clerk.ask('GET', `/api/v1/system/${path}`)).status, path).to.equal(403)
  })

  it('health shows checks with advice, queues, how attempts ended and when tasks ran', async () => {
    await listed(made.app, 1)
    await made.app.store.write(async (tx) => {
      for (const [bucket, finishedAt] of [
        ['2026-11-21', made.app.clock.now()],
        ['2026-11-22', null],
      ] as const)
        await tx.run('insert into run (name, bucket, started_at, finished_at, attempts) values (?, ?, ?, ?, 1)', [
          'daily',
          bucket,
          made.app.clock.now(),
          finishedAt,
        ])
    })
    const asked = new Date(made.app.clock.now().getTime() - 600_000)
    await made.app.store.write((tx) => tx.run("update delivery set state = 'accepted', due_at = ? where rung = 0", [asked]))
    const { body, status } = await admin.ask('GET', '/api/v1/system/health')
    expect(status).to.equal(200)
    expect((body['checks'] as Row[]).map((check) => check['code'])).to.include('database_ok')
    const unproven = (body['queues'] as Row[]).filter(({ state }) => state === 'accepted')
    expect(unproven.map(({ overdueSeconds }) => overdueSeconds)).to.deep.equal([600])
    expect(body['runs']).to.deep.equal([
      { name: 'daily', bucket: '2026-11-21', finishedAt: made.app.clock.now().toISOString(), unfinished: 1 },
    ])
  })

  it('a test message goes to oneself, is limited by person and by address also when sent at once, and leaves no address in the audit', async () => {
    const path = '/api/v1/system/test-message'
    expect((await admin.ask('POST', path, { json: { medium: 'sms' } })).body['code']).to.equal('address_needed')
    expect((await admin.ask('POST', path, { json: { medium: 'sms', address: '123' } })).body['code']).to.equal('address_invalid')
    const json = { medium: 'sms', address: '138 0000 0001' }
    const sent = await Promise.all([1, 2, 3, 4].map(() => admin.ask('POST', path, { json })))
    expect(sent.map(({ status }) => status).sort()).to.deep.equal([200, 200, 200, 429])
    const id = String(sent.find(({ status }) => status === 200)?.body['noticeId'])
    expect((await admin.ask('GET', `${path}/${id}`)).body).to.deep.equal({ noticeId: id, state: 'open', reason: null })
    const other = await server.person('admin')
    expect((await other.ask('GET', `${path}/${id}`)).body['code']).to.equal('notice_missing')
    expect((await other.ask('POST', path, { json })).status).to.equal(429)
    for (const address of ['13800000002', '13800000003'])
      expect((await admin.ask('POST', path, { json: { medium: 'sms', address } })).status).to.equal(200)
    expect((await admin.ask('POST', path, { json: { medium: 'sms', address: '13800000004' } })).body['code']).to.equal('test_limited')
    const audit = await made.app.store.read((db) => db.query("select detail from audit where subject = 'system'", []))
    expect(JSON.stringify(audit))
      .to.include('"medium')
      .and.not.match(/1380000000/)
    const auditor = await server.person('auditor')
    expect((await auditor.ask('POST', path, { json })).status).to.equal(403)
  })
})
