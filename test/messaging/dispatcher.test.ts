// The dispatcher: fallback order, quiet hours, daily cap, opt-outs, pauses, failing providers, two dispatchers, loss of the database.
// Receipts are in receipts.test.ts, doubts in reconciliation.test.ts, killed processes in test/journeys/dispatch-crash.test.ts.

import { expect } from 'chai'
import mysql from 'mysql2/promise'
import { instantAt } from '../../src/core/calendar.ts'
import { MAX_ATTEMPTS } from '../../src/messaging/deliveries.rules.ts'
import type { Channel } from '../../src/messaging/channels/channel.ts'
import { attemptsOf } from '../../src/messaging/deliveries.store.ts'
import { marksOf } from '../../src/messaging/address-marks.store.ts'
import { closeSetups, LISTED, makeSetup, openid, phone, enqueue, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { pause, until } from '../support/until.ts'

const PERSON = { wechat: openid(1), sms: phone(10_011) }
const HEALTH = { window: 5_000, threshold: 0.5, leastCalls: 5, probeAfter: 150 }

const loggedErrors = (setup: DeliverySetup): string[] => setup.logged.filter((line) => line.level === 'error').map((line) => line.event)

describe('the dispatcher', () => {
  afterEach(closeSetups)

  eachDatabase((db, make) => {
    describe('in the fallback order', () => {
      it('stops at the first medium that accepts the message, and records the attempt', async () => {
        const setup = await makeSetup(make)
        await enqueue(setup.app, ...LISTED, [PERSON])
        expect(await setup.dispatcher.processAll()).to.equal(1)
        expect(await setup.states()).to.deep.equal(['wechat accepted', 'sms held', 'voice held', 'clerk held'])
        expect((await setup.notices()).map((notice) => notice.state)).to.deep.equal(['accepted'])
        const [first] = await setup.deliveries()
        expect(first).to.include({ provider: 'wechat-official', providerRef: setup.wechat.sent[0]?.msgid, attempts: 1, leaseToken: null })
        const attempts = await setup.app.store.read((tx) => attemptsOf(tx, [first?.id ?? '']))
        expect(attempts.map(({ n, outcome, code }) => ({ n, outcome, code }))).to.deep.equal([{ n: 1, outcome: 'accepted', code: null }])
      })

      it('goes on from WeChat to SMS, to voice and to a clerk when each step is closed, and sends nothing twice', async () => {
        const setup = await makeSetup(make)
        setup.wechat.unfollow(PERSON.wechat)
        setup.twilio.fail(PERSON.sms, { status: 400, code: 30003 })
        await enqueue(setup.app, ...LISTED, [{ ...PERSON, sms: '+8613900000001' }])
        setup.twilio.fail('+8613900000001', { status: 400, code: 30003 })
        // The sandbox of voice does not reach numbers that end in 0001.
        await setup.dispatcher.processAll()
        expect(await setup.states()).to.deep.equal(['wechat closed', 'sms closed', 'voice closed', 'clerk waiting_person'])
        expect((await setup.notices())[0]?.state).to.equal('open')
        expect(setup.wechat.sent).to.deep.equal([])
        expect(setup.twilio.sent).to.deep.equal([])
        expect(loggedErrors(setup)).to.deep.equal([])
      })

      it('marks a number that does not exist for SMS and voice, and skips both for this notice and the next', async () => {
        const setup = await makeSetup(make)
        setup.twilio.fail(PERSON.sms, { status: 400, code: 21211 })
        await enqueue(setup.app, ...LISTED, [{ sms: PERSON.sms }])
        await setup.dispatcher.processAll()
        expect(await setup.states()).to.deep.equal(['sms refused', 'voice cancelled', 'clerk waiting_person'])
        const { app } = setup
        const marks = await app.store.read((tx) => marksOf(tx, app.secrets.indexes('phone', PERSON.sms)))
        expect(marks.map((mark) => mark.medium).sort()).to.deep.equal(['sms', 'voice'])
        await enqueue(app, ...LISTED, [{ sms: PERSON.sms }])
        expect((await setup.states()).slice(3)).to.deep.equal(['clerk waiting_person'])
      })

      it('stops waiting messages to a person who opted out, and sends a statutory notice by another medium', async () => {
        const setup = await makeSetup(make, { now: instantAt('2026-11-22', 23) })
        await enqueue(setup.app, 'bulletin.published', 'public', [{ sms: PERSON.sms }])
        await enqueue(setup.app, 'listing.revoked', 'debtor', [{ sms: PERSON.sms }])
        setup.twilio.fail(PERSON.sms, { status: 400, code: 21610 })
        await setup.dispatcher.processAll()
        expect(await setup.states()).to.deep.equal(['sms queued', 'sms refused', 'voice delivered', 'clerk held'])
        setup.clock.set(instantAt('2026-11-23', 9))
        await setup.dispatcher.processAll()
        expect((await setup.states())[0]).to.equal('sms refused')
        expect((await setup.deliveries())[0]).to.include({ lastCode: 'address_opted_out', attempts: 0 })
        expect(setup.twilio.sent).to.deep.equal([])
        expect((await setup.notices()).map((notice) => notice.state)).to.deep.equal(['undeliverable', 'delivered'])
        expect(loggedErrors(setup)).to.deep.equal(['notice.undeliverable'])
        expect(await enqueue(setup.app, 'bulletin.published', 'public', [{ sms: PERSON.sms }])).to.equal(0)
      })
    })

    describe('under send limits', () => {
      it('sends only urgent notices in quiet hours, and puts off what becomes due during them', async () => {
        const setup = await makeSetup(make, { now: instantAt('2026-11-22', 21, 59) })
        await enqueue(setup.app, ...LISTED, [{ sms: phone(2) }])
        setup.clock.set(instantAt('2026-11-22', 22, 30))
        await enqueue(setup.app, 'listing.revoked', 'debtor', [{ sms: phone(3) }])
        await setup.dispatcher.processAll()
        expect(setup.twilio.sent.map((sent) => sent.to)).to.deep.equal([phone(3)])
        expect((await setup.deliveries())[0]).to.deep.include({
          state: 'queued',
          dueAt: instantAt('2026-11-23', 8),
          attempts: 0,
          leaseToken: null,
        })
        setup.clock.set(instantAt('2026-11-23', 8))
        await setup.dispatcher.processAll()
        expect(setup.twilio.sent.map((sent) => sent.to)).to.deep.equal([phone(3), phone(2)])
      })

      it('keeps to the daily cap, records the excess of a statutory notice, and sends the rest the next morning', async () => {
        const setup = await makeSetup(make, { env: { DAILY_CAP: '2' } })
        for (let n = 0; n < 4; n += 1) await enqueue(setup.app, 'bulletin.published', 'public', [{ sms: PERSON.sms }])
        await setup.dispatcher.processAll()
        await enqueue(setup.app, ...LISTED, [{ sms: PERSON.sms }])
        await setup.dispatcher.processAll()
        const rows = (await setup.deliveries()).filter((row) => row.medium === 'sms')
        expect(rows.map((row) => row.state)).to.deep.equal(['accepted', 'accepted', 'queued', 'queued', 'accepted'])
        expect(rows.map((row) => row.overCap)).to.deep.equal([false, false, false, false, true])
        expect(rows[2]?.dueAt).to.deep.equal(instantAt('2026-11-23', 8))
        setup.clock.set(instantAt('2026-11-23', 8, 1))
        await setup.dispatcher.processAll()
        expect(setup.twilio.sent).to.have.length(5)
      })

      it('sends what is urgent at once while the provider is slow and hundreds of others wait', async () => {
        const setup = await makeSetup(make, { twilio: { latency: 400 }, dispatcher: { atOnce: 16 } })
        const people = (count: number, from: number): { sms: string }[] =>
          Array.from({ length: count }, (_, n) => ({ sms: phone(from + n) }))
        await enqueue(setup.app, 'bulletin.published', 'public', people(60, 1_000))
        await enqueue(setup.app, ...LISTED, people(60, 2_000))
        setup.dispatcher.start()
        await until('the provider is full', () => setup.twilio.sent.length >= 14)
        await enqueue(setup.app, 'listing.revoked', 'debtor', people(1, 3_000))
        const before = setup.twilio.sent.length
        setup.dispatcher.poke()
        await until('the urgent one is sent', () => setup.twilio.sent.some((sent) => sent.to === phone(3_000)))
        expect(setup.twilio.sent.length - before, 'it passed the others').to.be.below(60)
        await setup.dispatcher.stop()
      })

      it('tries again after growing pauses, not before the time that a provider named, and gives up after eight attempts', async () => {
        const setup = await makeSetup(make)
        setup.twilio.fail(PERSON.sms, { status: 400, code: 30008, retryAfter: '600' }, 1)
        setup.twilio.fail(PERSON.sms, { status: 400, code: 30008 }, MAX_ATTEMPTS - 1)
        await enqueue(setup.app, ...LISTED, [{ sms: PERSON.sms }])
        const pauses: number[] = []
        const patient = setup.another({ health: { ...HEALTH, leastCalls: 1000 } })
        for (let n = 0; n < MAX_ATTEMPTS; n += 1) {
          expect(await patient.processAll()).to.equal(n === MAX_ATTEMPTS - 1 ? 2 : 1)
          expect(await patient.processAll()).to.equal(0)
          const [row] = await setup.deliveries()
          const wait = (row?.dueAt.getTime() ?? 0) - setup.clock.now().getTime()
          if (row?.state === 'queued') pauses.push(wait / 1000)
          setup.clock.advance(Math.max(wait, 0))
        }
        expect(pauses[0]).to.equal(600)
        expect(pauses).to.have.length(MAX_ATTEMPTS - 1)
        for (const [n, seconds] of pauses.entries()) if (n > 0) expect(seconds).to.be.within(15 * 2 ** n * 0.8, 15 * 2 ** n)
        expect(await setup.states()).to.deep.equal(['sms exhausted', 'voice delivered', 'clerk held'])
      })
    })

    describe('with a failing provider', () => {
      it('demotes the provider, counts no attempts meanwhile, serves other providers, and restores it after a probe', async () => {
        const setup = await makeSetup(make, { dispatcher: { health: HEALTH, wave: 10, commits: 1, atOnce: 10 } })
        setup.wechat.fail('next', -1, 14)
        for (let n = 0; n < 60; n += 1) await enqueue(setup.app, ...LISTED, [{ wechat: openid(n) }])
        for (let n = 0; n < 20; n += 1) await enqueue(setup.app, ...LISTED, [{ sms: phone(n) }])
        await setup.dispatcher.processAll()
        // A slow machine may have begun the probe already; the provider cannot be up, because all of its answers were errors.
        expect(setup.dispatcher.standings().find(({ medium }) => medium === 'wechat')?.standing).to.be.oneOf(['down', 'probing'])
        expect(setup.twilio.sent).to.have.length(20)
        const rows = (await setup.deliveries()).filter((row) => row.medium === 'wechat')
        expect(rows.filter((row) => row.attempts > 0).length).to.be.within(5, 14)
        expect(loggedErrors(setup)).to.deep.equal(['provider.demoted'])
        await until('everything is sent after the provider has recovered', async () => {
          setup.clock.advance(60_000)
          await pause(60)
          await setup.dispatcher.processAll()
          return setup.wechat.sent.length === 60
        })
        expect(setup.dispatcher.standings().every(({ standing }) => standing === 'up')).to.equal(true)
        expect((await setup.states()).filter((state) => state.startsWith('wechat') && state !== 'wechat accepted')).to.deep.equal([])
      })

      it('moves waiting messages to their next step when another channel can send them', async () => {
        const setup = await makeSetup(make, { dispatcher: { health: { ...HEALTH, probeAfter: 60_000 }, wave: 10, commits: 1 } })
        setup.wechat.fail('next', -1, 1000)
        for (let n = 0; n < 12; n += 1) await enqueue(setup.app, ...LISTED, [{ wechat: openid(n), sms: phone(n) }])
        await enqueue(setup.app, ...LISTED, [{ wechat: openid(99) }])
        await setup.dispatcher.processAll()
        expect(setup.twilio.sent).to.have.length(0)
        setup.clock.advance(40 * 60_000)
        await setup.dispatcher.settleDoubts()
        await setup.dispatcher.processAll()
        expect(setup.twilio.sent).to.have.length(12)
        expect((await setup.states()).slice(-2)).to.deep.equal(['wechat queued', 'clerk held'])
      })

      it('records a doubt for a request that hangs, and lets other messages pass', async () => {
        const setup = await makeSetup(make, { timeout: 300 })
        setup.twilio.spoil(phone(1), { kind: 'hang' })
        for (let n = 0; n < 5; n += 1) await enqueue(setup.app, ...LISTED, [{ sms: phone(n) }])
        await setup.dispatcher.processAll()
        const states = (await setup.states()).filter((state) => state.startsWith('sms'))
        expect(states).to.deep.equal(['sms accepted', 'sms unknown', 'sms accepted', 'sms accepted', 'sms accepted'])
      })
    })

    it('has no more messages at a provider at once than it may, over all its lines', async () => {
      const setup = await makeSetup(make)
      const people = Array.from({ length: 20 }, (_, n) => ({ sms: phone(n) }))
      for (const [event, audience] of [LISTED, ['listing.revoked', 'debtor'], ['bulletin.published', 'public']] as const)
        await enqueue(setup.app, event, audience, people)
      const [running, most] = [new Set<string>(), { count: 0 }]
      const sms = setup.channels.get('sms') as Channel
      const counted: Channel = {
        ...sms,
        async send(message) {
          running.add(message.id)
          most.count = Math.max(most.count, running.size)
          await pause(2)
          running.delete(message.id)
          return { kind: 'accepted', ref: message.id }
        },
      }
      expect(await setup.another({ atOnce: 3 }, new Map([['sms', counted]])).processAll()).to.equal(60)
      expect(most.count).to.equal(3)
    })

    it('sends nothing twice with two dispatchers at once', async () => {
      const setup = await makeSetup(make)
      await enqueue(
        setup.app,
        ...LISTED,
        Array.from({ length: 400 }, (_, n) => ({ sms: phone(n) })),
      )
      const options = { wave: 7, commits: 3, batch: 20 }
      await Promise.all([setup.another(options).processAll(), setup.another(options).processAll()])
      expect(setup.twilio.sent).to.have.length(400)
      expect(new Set(setup.twilio.sent.map((sent) => sent.to)).size).to.equal(400)
      expect((await setup.notices()).every((notice) => notice.state === 'accepted')).to.equal(true)
    })

    it('queries the queue at once when it is poked, and releases what it has claimed when it stops', async () => {
      const setup = await makeSetup(make, { twilio: { latency: 50 }, dispatcher: { poll: 60_000, wave: 5, commits: 1, batch: 100 } })
      setup.dispatcher.start()
      await pause(100)
      await enqueue(
        setup.app,
        ...LISTED,
        Array.from({ length: 60 }, (_, n) => ({ sms: phone(n) })),
      )
      setup.dispatcher.poke()
      await until('something is sent', () => setup.twilio.sent.length > 0)
      await setup.dispatcher.stop()
      const rows = (await setup.deliveries()).filter((row) => row.medium === 'sms')
      expect(rows.filter((row) => row.state === 'accepted')).to.have.length(setup.twilio.sent.length)
      expect(setup.twilio.sent.length).to.be.below(60)
      expect(rows.every((row) => row.leaseToken === null && ['queued', 'accepted'].includes(row.state))).to.equal(true)
    })

    it('leaves a delivery whose lease ran out to others, and ignores its late outcome', async () => {
      const setup = await makeSetup(make)
      await enqueue(setup.app, ...LISTED, [{ sms: PERSON.sms }])
      setup.twilio.spoil(PERSON.sms, { kind: 'hang' })
      setup.twilio.fail('list', { status: 500, code: null })
      const delayed = setup.another().processAll()
      await until('it is being sent', async () => (await setup.states())[0] === 'sms sending')
      setup.clock.advance(61_000)
      await setup.another().settleDoubts()
      expect((await setup.states())[0]).to.equal('sms unknown')
      await delayed
      expect((await setup.deliveries())[0]).to.include({ attempts: 1, leaseToken: null })
      expect(setup.logged.some((line) => line.event === 'delivery.lease_lost')).to.equal(true)
    })

    if (db === 'mariadb')
      it('loses nothing and sends nothing twice when database connections are killed', async () => {
        const setup = await makeSetup(make, { twilio: { latency: 10 }, dispatcher: { wave: 10, commits: 2, batch: 40 } })
        await enqueue(
          setup.app,
          ...LISTED,
          Array.from({ length: 300 }, (_, n) => ({ sms: phone(n) })),
        )
        const admin = await mysql.createConnection({ uri: setup.url ?? '' })
        setup.dispatcher.start()
        try {
          for (let cut = 0; cut < 4; cut += 1) {
            const before = setup.twilio.sent.length
            await until('it goes on', () => setup.twilio.sent.length > before + 20 || setup.twilio.sent.length === 300)
            const [rows] = await admin.query<mysql.RowDataPacket[]>(
              'select id from information_schema.processlist where db = database() and id <> connection_id()',
            )
            for (const row of rows) await admin.query(`kill ${Number(row['id'])}`).catch(() => undefined)
          }
          // A claim whose confirmation was cut off belongs to nobody until its lease has run out.
          setup.clock.advance(61_000)
          // The query of this check may itself use a connection that was just killed.
          await until('everything is settled', () =>
            setup.notices().then(
              (notices) => notices.every((notice) => notice.state === 'accepted'),
              () => false,
            ),
          )
        } finally {
          await admin.end()
        }
        await setup.dispatcher.stop()
        expect(setup.twilio.sent).to.have.length(300)
        expect(new Set(setup.twilio.sent.map((sent) => sent.to)).size).to.equal(300)
      })
  })
})
