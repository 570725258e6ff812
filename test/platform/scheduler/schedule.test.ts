// Scheduled tasks: each night once on however many machines, missed nights oldest first.
// Also blanking of old notices, and provider tokens that one process at a time renews.

import { deliveryTable } from '../../../src/messaging/deliveries.store.ts'
import { openRow } from '../../../src/platform/database/sealing.ts'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { tokenStore } from '../../../src/messaging/provider-tokens.ts'
import { takeReceipt } from '../../../src/messaging/receipts.ts'
import { instantAt } from '../../../src/core/calendar.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { createSchedule, dueDays, type NightlyTask } from '../../../src/platform/scheduler/schedule.ts'
import { nightlyTasks } from '../../../src/nightly.ts'
import { createStarts } from '../../../src/messaging/starts.ts'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { openChannels, type ChannelConfig } from '../../../src/messaging/channels/open.ts'
import { closeSetups, LISTED, makeSetup, phone, enqueue } from '../../support/delivery-setup.ts'
import { eachDatabase } from '../../support/app.ts'
import { pause } from '../../support/until.ts'

const DAY = 86_400_000

describe('scheduled tasks', () => {
  it('are due for missed nights, oldest first, and only for the latest night when none was ever done', () => {
    expect(dueDays(null, '2026-11-22')).to.deep.equal(['2026-11-22'])
    expect(dueDays('2026-11-19', '2026-11-22')).to.deep.equal(['2026-11-20', '2026-11-21', '2026-11-22'])
    expect(dueDays('2026-11-22', '2026-11-22')).to.deep.equal([])
    expect(dueDays('2025-01-01', '2026-11-22')).to.have.length(31)
  })

  it('begin a few in each round, in the order in which they came', async () => {
    const myTurn = createStarts(2)
    const begun: number[] = []
    const work = async (n: number): Promise<void> => {
      await myTurn()
      begun.push(n)
    }
    const all = Array.from({ length: 10 }, (_, n) => work(n))
    await Promise.resolve()
    expect(begun).to.deep.equal([0, 1])
    await Promise.all(all)
    expect(begun).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('find sandbox channels where no provider is configured, and no channel in production', async () => {
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

  afterEach(closeSetups)

  eachDatabase((_db, make) => {
    it('run once on two schedules, are made up for after missed nights, and are tried again after a failure', async () => {
      const { app, clock } = await makeSetup(make, { now: instantAt('2026-11-20', 4) })
      const done: string[] = []
      let fails = true
      const tasks: NightlyTask[] = [
        { name: 'a', work: (day) => Promise.resolve(void done.push(`a ${day}`)) },
        { name: 'b', work: () => (fails ? Promise.reject(new Error('not now')) : Promise.resolve(void done.push('b'))) },
      ]
      const schedules = [createSchedule(app, [], tasks.slice(0, 1)), createSchedule(app, [], tasks.slice(0, 1))]
      await Promise.all(schedules.map((schedule) => schedule.catchUp()))
      expect(done).to.deep.equal(['a 2026-11-20'])
      clock.set(instantAt('2026-11-23', 2))
      await schedules[0]?.catchUp()
      expect(done).to.deep.equal(['a 2026-11-20', 'a 2026-11-21', 'a 2026-11-22'])
      const failing = createSchedule(app, [], tasks.slice(1))
      await failing.catchUp().catch(() => undefined)
      fails = false
      expect(await failing.catchUp()).to.deep.equal([])
      clock.advance(16 * 60_000)
      expect(await failing.catchUp()).to.deep.equal(['b 2026-11-22'])
    })

    it('run although one before them fails, which is logged', async () => {
      const { app, logged } = await makeSetup(make)
      const done: string[] = []
      const tasks = [
        { name: 'a', work: () => Promise.reject(new Error('no')) },
        { name: 'b', work: () => Promise.resolve(void done.push('b')) },
      ]
      await createSchedule(app, [], tasks).catchUp()
      expect(done).to.deep.equal(['b'])
      expect(logged.find(({ event }) => event === 'schedule.failed')?.facts).to.deep.equal({ name: 'a' })
    })

    it('blank bodies and addresses of old closed notices, and keep their hashes as proof', async () => {
      const setup = await makeSetup(make, { env: { ARCHIVE_DAYS: '30' } })
      for (let n = 0; n < 3; n += 1) await enqueue(setup.app, ...LISTED, [{ sms: phone(n + 10) }])
      await setup.dispatcher.processAll()
      await takeReceipt(setup.app, SYSTEM, {
        provider: 'twilio-sms',
        ref: setup.twilio.sent[0]?.sid ?? '',
        status: 'delivered',
        stage: 'delivered',
      })
      await takeReceipt(setup.app, SYSTEM, { provider: 'twilio-sms', ref: 'of another sender', status: 'sent', stage: 'sent' })
      setup.clock.advance(29 * DAY)
      const schedule = createSchedule(setup.app, [], nightlyTasks(setup.app))
      await schedule.catchUp()
      expect((await setup.deliveries()).every((row) => row.body !== null)).to.equal(true)
      expect(setup.logged.some((line) => line.event === 'receipts.unexplained')).to.equal(true)
      await enqueue(setup.app, ...LISTED, [{}])
      setup.clock.advance(2 * DAY)
      await schedule.catchUp()
      const rows = await setup.deliveries()
      expect(rows.slice(0, 9).every((row) => row.body === null && row.address === null && row.addressIndex === null)).to.equal(true)
      expect(
        rows.every((row) => openRow(deliveryTable, setup.app.secrets, { id: row.id, bodyHash: row.bodyHash }).bodyHash.length === 64),
      ).to.equal(true)
      expect(rows.at(-1)?.body).to.be.a('string')
    })

    it('sweep files that a crash left while they arrived, older than a day', async () => {
      const { app } = await makeSetup(make)
      for (const id of ['incoming-a', 'kept']) await app.files.put(id, Readable.from([Buffer.from('x')]), { maxBytes: 10 })
      const sweep = async (ahead: number): Promise<string[]> => {
        const clock = { now: () => new Date(Date.now() + ahead) }
        await nightlyTasks({ ...app, clock })
          .find(({ name }) => name === 'uploads.sweep')
          ?.work('2026-11-22')
        return app.files.list()
      }
      expect(await sweep(DAY - 60_000)).to.deep.equal(['incoming-a', 'kept'])
      expect(await sweep(DAY + 60_000)).to.deep.equal(['kept'])
    })

    it('share one sealed provider token, which one process at a time renews', async () => {
      const { app } = await makeSetup(make)
      const [first, second] = [tokenStore(app, 'wechat:x'), tokenStore(app, 'wechat:x')]
      expect(await first.read()).to.equal(null)
      let inside = 0
      let most = 0
      const work = async (): Promise<void> => {
        most = Math.max(most, (inside += 1))
        await pause(30)
        inside -= 1
      }
      await Promise.all([first.withLease(work), second.withLease(work), first.withLease(work)])
      expect(most).to.equal(1)
      const token = { token: 'secret-token', expiresAt: new Date('2026-11-22T04:00:00Z'), forcedAt: null }
      await first.write(token)
      expect(await second.read()).to.deep.equal(token)
      const rows = await app.store.read((db) => db.query<{ token: string }>('select token from provider_token'))
      expect(rows[0]?.token).to.not.include('secret-token')
      await first.withLease(() => Promise.reject(new Error('x'))).catch(() => undefined)
      expect(await second.withLease(() => Promise.resolve(7))).to.equal(7)
    })
  })
})
