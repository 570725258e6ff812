// A notice whose text lacks a value: in production it is never sent with a hole, and stops neither its event nor the notices of others.

import { expect } from 'chai'
import type { AppContext } from '../../src/platform/commands/command.ts'
import type { Values } from '../../src/core/errors.ts'
import { listDuties } from '../../src/features/notices/views.ts'
import { loadCatalog } from '../../src/catalog.ts'
import { deliveryTable } from '../../src/messaging/deliveries.store.ts'
import { enqueueNotices } from '../../src/messaging/outbox.ts'
import type { Audience, NoticeEvent } from '../../src/messaging/notices.rules.ts'
import { openRow } from '../../src/platform/database/sealing.ts'
import { eachDatabase } from '../support/app.ts'
import { CLERK, PAGE } from '../support/deadlines.ts'
import { closeSetups, makeSetup, phone } from '../support/delivery-setup.ts'

/** As in production, with a provider for each medium. */
function inProduction(app: AppContext): AppContext {
  const { config } = app
  return { ...app, config: { ...config, production: true, wechat: config.wechat ?? ({} as never), twilio: config.twilio ?? ({} as never) } }
}

async function enqueueEach(app: AppContext, event: NoticeEvent, audience: Audience, all: readonly Values[]): Promise<number> {
  const items = all.map((values, n) => ({
    notice: { event, key: `${event}:${n}`, values, listVersion: 1 },
    recipients: [{ id: `debtor:${n}`, addresses: { sms: phone(n), wechat: `o${n}` }, consent: true }],
  }))
  return app.store.write((tx) => enqueueNotices({ app, tx, now: app.clock.now() }, audience, items))
}

eachDatabase((_db, make) => {
  afterEach(closeSetups)

  const samples = (app: AppContext, name: string, without: string, instead: Values = {}): Values => {
    const { [without]: _left, ...rest } = app.catalog.template(name).values
    return { ...rest, ...instead }
  }

  const HOLES: readonly [what: string, instead: Values][] = [
    ['that nobody gave', {}],
    ['that is undefined', { term: undefined as never }],
    ['made of a word that lacks one', { term: '24个月，自〔—〕起计算' }],
  ]
  for (const [what, instead] of HOLES)
    it(`without a value, ${what}, is a clerk's task with what is known and no letter, and the others go out`, async () => {
      const setup = await makeSetup(make)
      const { app, logged } = setup
      const holed = samples(app, 'listing-decided-debtor', 'term', instead)
      const whole = app.catalog.template('listing-decided-debtor').values
      expect(await enqueueEach(inProduction(app), 'listing.decided', 'debtor', [holed, whole])).to.equal(2)
      const [first, ...others] = await setup.deliveries()
      expect([first?.medium, first?.state, first?.rung]).to.deep.equal(['clerk', 'waiting_person', 0])
      expect(others.map(({ medium }) => medium)).to.include.members(['wechat', 'sms', 'clerk'])
      expect(new Set(others.map(({ noticeId }) => noticeId)).size).to.equal(1)
      const { body } = openRow(deliveryTable, app.secrets, { id: first?.id ?? '', body: first?.body ?? '' })
      expect(body).to.have.all.keys('text')
      expect(body.text).to.include('〔—〕').and.include(whole['caseNo'])
      const { items } = await listDuties(app, CLERK, PAGE)
      expect(items.map(({ byLetter, lastReason }) => [byLetter, /内容缺少数据.*没有发送/.test(lastReason ?? '')])).to.deep.equal([
        [false, true],
      ])
      const line = logged.find(({ event }) => event === 'notice.text_held')
      expect([line?.level, line?.facts]).to.deep.equal(['error', { template: 'listing-decided-debtor', values: 'term' }])
    })

  it('for somebody whom nobody at the court tells by hand stands among those that were not served', async () => {
    const setup = await makeSetup(make)
    const { app } = setup
    await enqueueEach(inProduction(app), 'bulletin.published', 'public', [samples(app, 'bulletin-published-public', 'added')])
    expect(await setup.deliveries()).to.deep.equal([])
    expect((await setup.notices()).map(({ state, reason }) => [state, reason?.slice(0, 6)])).to.deep.equal([
      ['undeliverable', '内容缺少数据'],
    ])
  })

  it('outside production fails what it tells of, so that tests find it', async () => {
    const { app } = await makeSetup(make)
    const thrown = await enqueueEach(app, 'listing.decided', 'debtor', [samples(app, 'listing-decided-debtor', 'term')]).catch(String)
    expect(thrown).to.match(/listing-decided-debtor: nobody knows \{term\}/)
  })

  it('counts a word that lacks a value in production as a hole, as the catalog writes it', () => {
    const missing: string[][] = []
    const { words } = loadCatalog('templates', (...what) => missing.push(what))
    expect(words('lifts', 'kept.line', { unit: '水务局' }))
      .to.include('水务局')
      .and.include('〔—〕')
    expect(missing.map(([text]) => text)).to.include('words: lifts: kept.line')
  })
})
