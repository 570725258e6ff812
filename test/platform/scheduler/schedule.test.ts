// What the house does by the clock: each night once, on however many machines, missed nights oldest first; blanking; tokens held by one.

import { expect } from 'chai'
import { tokenStore } from '../../../src/messaging/provider-tokens.ts'
import { takeReceipt } from '../../../src/messaging/receipts.ts'
import { instantAt } from '../../../src/core/calendar.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { createSchedule, dueDays, type Chore } from '../../../src/platform/scheduler/schedule.ts'
import { nightlyTasks } from '../../../src/nightly.ts'
import { slots } from '../../../src/messaging/slots.ts'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { openChannels, type ChannelConfig } from '../../../src/messaging/channels/open.ts'
import { closeDesks, LISTED, makeDesk, phone, tell } from '../../support/delivery-setup.ts'
import { eachDatabase } from '../../support/app.ts'
import { pause } from '../../support/until.ts'

const DAY = 86_400_000

describe('the nights of the house', () => {
  it('are due oldest first, and only the latest when there never was one', () => {
    expect(dueDays(null, '2026-11-22')).to.deep.equal(['2026-11-22'])
    expect(dueDays('2026-11-19', '2026-11-22')).to.deep.equal(['2026-11-20', '2026-11-21', '2026-11-22'])
    expect(dueDays('2026-11-22', '2026-11-22')).to.deep.equal([])
    expect(dueDays('2025-01-01', '2026-11-22')).to.have.length(31)
  })

  it('let so many run at once and no more, and begin few in one round', async () => {
    const room = slots(3, 2)
    let running = 0
    let most = 0
    let begun = 0
    const work = async (): Promise<void> => {
      begun += 1
      most = Math.max(most, (running += 1))
      await pause(5)
      running -= 1
    }
    const all = Array.from({ length: 10 }, () => room.run(work))
    await Promise.resolve()
    expect(begun).to.equal(2)
    await Promise.all(all)
    expect([most, begun]).to.deep.equal([3, 10])
  })

  it('open a sandbox where nothing is configured, and nothing at all in production', async () => {
    const deps = {
      clock: { now: () => new Date(0) },
      log: { debug() {}, info() {}, warn() {}, error() {} },
      tokens: () => expect.fail('no token is needed'),
    }
    const config: ChannelConfig = { production: false, wechat: undefined, twilio: undefined }
    expect([...(await openChannels(config, deps)).values()].map((channel) => channel.provider)).to.deep.equal([
      'sandbox',
      'sandbox',
      'sandbox',
    ])
    expect((await openChannels({ ...config, production: true }, deps)).size).to.equal(0)
    expect(createSandbox('sms').medium).to.equal('sms')
  })

  afterEach(closeDesks)

  eachDatabase((_db, make) => {
    it('are done once by two schedules, made up for after a silence, and tried again when they failed', async () => {
      const { app, clock } = await makeDesk(make, { now: instantAt('2026-11-20', 4) })
      const done: string[] = []
      let fails = true
      const chores: Chore[] = [
        { name: 'a', work: (day) => Promise.resolve(void done.push(`a ${day}`)) },
        { name: 'b', work: () => (fails ? Promise.reject(new Error('not now')) : Promise.resolve(void done.push('b'))) },
      ]
      const two = [createSchedule(app, [], chores.slice(0, 1)), createSchedule(app, [], chores.slice(0, 1))]
      await Promise.all(two.map((each) => each.catchUp()))
      expect(done).to.deep.equal(['a 2026-11-20'])
      clock.set(instantAt('2026-11-23', 2))
      await two[0]?.catchUp()
      expect(done).to.deep.equal(['a 2026-11-20', 'a 2026-11-21', 'a 2026-11-22'])
      const failing = createSchedule(app, [], chores.slice(1))
      await failing.catchUp().catch(() => undefined)
      fails = false
      expect(await failing.catchUp()).to.deep.equal([])
      clock.advance(16 * 60_000)
      expect(await failing.catchUp()).to.deep.equal(['b 2026-11-22'])
    })

    it('blank what is old and over, and keep the proof', async () => {
      const desk = await makeDesk(make, { env: { ARCHIVE_DAYS: '30' } })
      for (let n = 0; n < 3; n += 1) await tell(desk.app, ...LISTED, [{ sms: phone(n + 10) }])
      await desk.dispatcher.processAll()
      await takeReceipt(desk.app, SYSTEM, {
        provider: 'twilio-sms',
        ref: desk.twilio.sent[0]?.sid ?? '',
        status: 'delivered',
        stage: 'delivered',
      })
      await takeReceipt(desk.app, SYSTEM, { provider: 'twilio-sms', ref: 'of another house', status: 'sent', stage: 'sent' })
      desk.clock.advance(29 * DAY)
      const schedule = createSchedule(desk.app, [], nightlyTasks(desk.app))
      await schedule.catchUp()
      expect((await desk.rungs()).every((row) => row.body !== null)).to.equal(true)
      expect(desk.logged.some((line) => line.event === 'receipts.unexplained')).to.equal(true)
      await tell(desk.app, ...LISTED, [{}])
      desk.clock.advance(2 * DAY)
      await schedule.catchUp()
      const rows = await desk.rungs()
      expect(rows.slice(0, 9).every((row) => row.body === null && row.address === null && row.addressIndex === null)).to.equal(true)
      expect(rows.every((row) => row.bodyHash.length === 64)).to.equal(true)
      expect(rows.at(-1)?.body).to.be.a('string')
    })

    it('keep one token for all, sealed, renewed by one at a time', async () => {
      const { app } = await makeDesk(make)
      const [one, other] = [tokenStore(app, 'wechat:x'), tokenStore(app, 'wechat:x')]
      expect(await one.read()).to.equal(null)
      let inside = 0
      let most = 0
      const work = async (): Promise<void> => {
        most = Math.max(most, (inside += 1))
        await pause(30)
        inside -= 1
      }
      await Promise.all([one.withLease(work), other.withLease(work), one.withLease(work)])
      expect(most).to.equal(1)
      const token = { token: 'secret-token', expiresAt: new Date('2026-11-22T04:00:00Z'), forcedAt: null }
      await one.write(token)
      expect(await other.read()).to.deep.equal(token)
      const rows = await app.store.read((db) => db.query<{ token: string }>('select token from provider_token'))
      expect(rows[0]?.token).to.not.include('secret-token')
      await one.withLease(() => Promise.reject(new Error('x'))).catch(() => undefined)
      expect(await other.withLease(() => Promise.resolve(7))).to.equal(7)
    })
  })
})
