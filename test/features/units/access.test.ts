// What a unit's key reaches on the routes that units share with staff: its own complaints, repairs, lift orders and deadlines only.
// Adding and refusing keys is tested in keys.test.ts; screening has tests of its own.

import { expect } from 'chai'
import { acceptComplaint, assignComplaint, fileComplaint } from '../../../src/features/complaints/commands.ts'
import { applyForRepair, consultOnRepair } from '../../../src/features/repairs/commands.ts'
import { dayOf } from '../../../src/core/calendar.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { SCOPES } from '../../../src/platform/commands/scopes.ts'
import { openServer, type Answer, type Ask, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { addKey, unitWithMeasures } from '../../support/screening.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'

const code = ({ status, body }: Answer): unknown[] => [status, body['code']]
const total = ({ body }: Answer): unknown => body['total']

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let ownUnit = ''
  let askOwn: Ask
  let askOther: Ask
  before(async () => {
    made = await make()
    server = await openServer(made)
    ;[ownUnit] = await unitWithMeasures(made.app, ['1.1'])
    const [other] = await unitWithMeasures(made.app, ['1.1'])
    askOwn = withKey(await addKey(made.app, ownUnit, SCOPES))
    askOther = withKey(await addKey(made.app, other, SCOPES))
  })
  after(() => server.close())

  const withKey =
    (key: string): Ask =>
    (method, path, given = {}) =>
      server.ask(method, path, { ...given, headers: { ...given.headers, authorization: `Bearer ${key}` } })

  it('shows a complaint only to the unit it is assigned to, which investigates it', async () => {
    const { app } = made
    const { id } = await fileComplaint(app, PUBLIC, {
      about: 'debtor',
      text: '某某还在经营企业，没有受到限制',
      debtorName: '永宗尼玛',
      anonymous: true,
      way: 'web',
    })
    expect(total(await askOwn('GET', '/api/v1/complaints'))).to.equal(0)
    await acceptComplaint(app, CLERK, { id })
    await assignComplaint(app, CLERK, { id, unitId: ownUnit, brief: '请核查该企业的经营情况' })
    const path = `/api/v1/complaints/${id}`
    const json = { findings: '经核查，该企业已经停业。' }
    expect(total(await askOther('GET', '/api/v1/complaints'))).to.equal(0)
    expect(code(await askOther('GET', path))).to.deep.equal([404, 'complaint_missing'])
    expect(code(await askOther('POST', `${path}/findings`, { json }))).to.deep.equal([403, 'complaint_not_yours'])
    expect(code(await askOwn('POST', `${path}/accept`, { json: {} }))).to.deep.equal([403, 'route_staff_only'])
    expect(total(await askOwn('GET', '/api/v1/complaints'))).to.equal(1)
    expect((await askOwn('GET', path)).text).not.to.include('complainant')
    expect((await askOwn('POST', `${path}/findings`, { json })).body['state']).to.equal('investigated')
  })

  it('accepts an opinion on a credit repair only from the unit that was asked', async () => {
    const { app } = made
    const [listing = ''] = await listed(app, 1)
    await shieldListings(app, CLERK, { items: [{ id: listing }], ground: 'fully_performed', reason: '全部履行' })
    const receivedOn = dayOf(app.clock.now())
    const { id } = await applyForRepair(app, CLERK, { listingId: listing, receivedOn, statement: '义务已经全部履行' })
    await consultOnRepair(app, CLERK, { id, unitIds: [ownUnit] })
    const path = `/api/v1/repairs/${id}`
    expect(code(await askOther('GET', path))).to.deep.equal([404, 'repair_missing'])
    expect(total(await askOther('GET', '/api/v1/repairs'))).to.equal(0)
    const answer = (ask: Ask): Promise<Answer> => ask('POST', `${path}/answer`, { json: { unitId: ownUnit, opinion: 'agree' } })
    expect(code(await answer(askOther))).to.deep.equal([403, 'unit_other'])
    expect((await askOwn('GET', path)).body['audit']).to.deep.equal([])
    expect((await answer(askOwn)).status).to.equal(200)
    expect(code(await askOwn('POST', `${path}/approve`, { json: { reason: '同意' } }))).to.deep.equal([403, 'route_staff_only'])
  })

  it('lets a unit answer its own lift order, and shows it only its own deadlines', async () => {
    const orders = await askOwn('GET', '/api/v1/lift-orders?state=open')
    expect(total(orders)).to.equal(1)
    const [order] = orders.body['items'] as { id: string; unitId: string }[]
    const path = `/api/v1/lift-orders/${String(order?.id)}`
    expect(code(await askOther('GET', path))).to.deep.equal([403, 'unit_other'])
    expect(code(await askOther('POST', `${path}/answer`, { json: { lifted: 'rest' } }))).to.deep.equal([403, 'unit_other'])
    expect(code(await askOwn('POST', `${path}/told`, { json: { toldOn: '2026-11-22', manner: '电话' } }))).to.deep.equal([
      403,
      'route_staff_only',
    ])
    expect((await askOwn('POST', `${path}/answer`, { json: { lifted: 'rest' } })).body['state']).to.equal('answered')
    const clocks = (await askOwn('GET', '/api/v1/clocks')).body['items'] as { unitId: string }[]
    expect(new Set(clocks.map(({ unitId }) => unitId))).to.deep.equal(new Set([ownUnit]))
    expect(code(await askOther('GET', `/api/v1/clocks?unitId=${ownUnit}`))).to.deep.equal([403, 'unit_other'])
  })
})
