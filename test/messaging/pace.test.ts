// The pace of a provider that says "too many": rules of the bucket, and the dispatcher against a stand-in with a limit a second.
// Errors that demote a provider are in dispatcher.test.ts.

import { expect } from 'chai'
import { createDispatcher } from '../../src/messaging/dispatcher.ts'
import { systemClock } from '../../src/core/clock.ts'
import { isFree, limited, take, type Pace } from '../../src/messaging/pace.rules.ts'
import { closeSetups, enqueue, LISTED, makeSetup, openid, phone } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { until } from '../support/until.ts'

const START = new Date('2026-11-23T01:00:00.000Z')
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000)

/** Messages that go in a time, asking for many every tenth of a second. */
function sentIn(pace: Pace, from: number, seconds: number, rank = 0): { sent: number; pace: Pace } {
  let [current, sent] = [pace, 0]
  for (let tick = 0; tick < seconds * 10; tick += 1) {
    const taken = take(current, 1_000, rank, after(from + tick / 10))
    current = taken.pace
    sent += taken.granted
  }
  return { sent, pace: current }
}

describe('the pace of a provider', () => {
  it('pauses for as long as the provider asks, a second when it does not say, and two days at most', () => {
    expect(limited(null, 10, undefined, START).pausedUntil).to.deep.equal(after(1))
    expect(limited(null, 10, after(30), START).pausedUntil).to.deep.equal(after(30))
    expect(limited(null, 10, after(10 * 86_400), START).pausedUntil).to.deep.equal(after(2 * 86_400))
    expect(take(limited(null, 10, after(30), START), 5, 0, after(29)).granted).to.equal(0)
  })

  it('goes on a little below the rate at which the limit was met, and rises slowly from there', () => {
    const first = sentIn(limited(null, 10, undefined, START), 1, 10)
    expect(first.sent).to.be.within(80, 100)
    const later = sentIn(first.pace, 11, 10)
    expect(later.sent).to.be.greaterThan(first.sent)
  })

  it('lowers the rate once for all refusals of one second', () => {
    const once = limited(null, 10, undefined, START)
    const again = limited(limited(once, 0, undefined, after(0.1)), 0, after(5), after(0.2))
    expect(again).to.deep.include({ rate: once.rate, pausedUntil: after(5) })
    expect(limited(again, 0, undefined, after(6)).rate).to.be.below(once.rate)
  })

  it('rises faster when the provider has not refused for a while', () => {
    const pace = limited(null, 0, undefined, START)
    expect(take(pace, 0, 0, after(20)).pace.rate).to.be.below(1.2)
    expect(take(pace, 0, 0, after(120)).pace.rate).to.be.greaterThan(100)
  })

  it('keeps a part of the bucket for what is more urgent', () => {
    const pace = limited(null, 40, undefined, START)
    const emptied = take(pace, 1_000, 2, after(10))
    expect(emptied.granted).to.be.greaterThan(0)
    expect(take(emptied.pace, 1_000, 2, after(10)).granted).to.equal(0)
    expect(take(emptied.pace, 1_000, 0, after(10)).granted).to.be.greaterThan(0)
  })

  it('limits nobody any more after a while without a refusal, and never stops altogether', () => {
    const pace = limited(null, 10, undefined, START)
    expect(isFree(pace, after(60))).to.equal(false)
    expect(isFree(pace, after(5 * 60))).to.equal(true)
    let slow = pace
    for (let n = 1; n < 100; n += 1) slow = limited(slow, 0, undefined, after(n * 1.1))
    expect(sentIn(slow, 200, 30).sent).to.be.greaterThan(0)
  })
})

describe('a provider that limits us', () => {
  afterEach(closeSetups)

  eachDatabase((_db, make) => {
    it('gets no more than it takes a second, loses no attempts and is not demoted', async function () {
      this.timeout(30_000)
      const [messages, limit] = [60, 20]
      const now = systemClock.now()
      const setup = await makeSetup(make, { now, env: { QUIET_HOURS: '00:00-00:00' }, twilio: { limitPerSecond: limit } })
      await enqueue(
        setup.app,
        ...LISTED,
        Array.from({ length: messages }, (_, n) => ({ sms: phone(n) })),
      )
      const started = performance.now()
      const dispatcher = createDispatcher({ ...setup.app, clock: systemClock }, setup.channels, { poll: 100 })
      dispatcher.start()
      await until('everything is sent', () => setup.twilio.sent.length === messages)
      const seconds = (performance.now() - started) / 1000
      await dispatcher.stop()
      expect(seconds, 'at the pace of the provider').to.be.within((messages / limit - 1) * 0.9, (messages / limit) * 2.5)
      const sms = (await setup.deliveries()).filter((row) => row.medium === 'sms')
      expect(sms.every((row) => row.attempts === 1 && row.state === 'accepted')).to.equal(true)
      expect(setup.twilio.limited()).to.be.within(1, 90)
      const events = new Set(setup.logged.filter(({ level }) => level === 'warn' || level === 'error').map(({ event }) => event))
      expect([...events]).to.deep.equal(['provider.limited'])
    })

    it('keeps the place of a message that it did not take, and lets other channels go on', async () => {
      const setup = await makeSetup(make)
      setup.twilio.fail('next', { status: 429, code: 20429, retryAfter: '30' }, 1)
      await enqueue(setup.app, ...LISTED, [{ sms: phone(1) }])
      const due = (await setup.deliveries())[0]?.dueAt
      await setup.dispatcher.processAll()
      expect((await setup.deliveries())[0]).to.deep.include({
        state: 'queued',
        attempts: 0,
        dueAt: due,
        lastCode: '20429',
        leaseToken: null,
      })
      await enqueue(setup.app, ...LISTED, [{ sms: phone(2) }])
      await enqueue(setup.app, ...LISTED, [{ wechat: openid(1) }])
      expect(await setup.another().processAll(), 'another process keeps to the pause as well').to.equal(1)
      expect(setup.twilio.sent).to.have.length(0)
      setup.clock.advance(31_000)
      await setup.dispatcher.processAll()
      expect(setup.twilio.sent.map(({ to }) => to)).to.deep.equal([phone(1), phone(2)])
    })

    it('keeps what has waited long for its turn while the pause is short: a limit is no outage', async () => {
      const setup = await makeSetup(make)
      await enqueue(setup.app, ...LISTED, [{ sms: phone(1) }])
      setup.clock.advance(40 * 60_000)
      setup.twilio.fail('next', { status: 429, code: 20429, retryAfter: '5' }, 1)
      await setup.dispatcher.processAll()
      await setup.dispatcher.settleDoubts()
      expect((await setup.states())[0]).to.equal('sms queued')
      setup.clock.advance(6_000)
      await setup.dispatcher.processAll()
      expect(setup.twilio.sent.map(({ to }) => to)).to.deep.equal([phone(1)])
    })

    it('moves what has another step on when the quota of the day is used up, and demotes nobody for it', async () => {
      const setup = await makeSetup(make)
      setup.wechat.fail('next', 45009, 2)
      await enqueue(setup.app, ...LISTED, [{ wechat: openid(1), sms: phone(1) }])
      await enqueue(setup.app, ...LISTED, [{ wechat: openid(2) }])
      await setup.dispatcher.processAll()
      expect(setup.dispatcher.standings().every(({ standing }) => standing === 'up')).to.equal(true)
      setup.clock.advance(31 * 60_000)
      await setup.dispatcher.settleDoubts()
      await setup.dispatcher.processAll()
      expect(setup.twilio.sent.map(({ to }) => to)).to.deep.equal([phone(1)])
      expect((await setup.states()).slice(-2)).to.deep.equal(['wechat queued', 'clerk held'])
      setup.clock.advance(86_400_000)
      await setup.dispatcher.processAll()
      expect(setup.wechat.sent).to.have.length(1)
    })

    it('is not demoted for limits that concern one person', async () => {
      const setup = await makeSetup(make)
      for (let n = 0; n < 30; n += 1) {
        setup.wechat.fail(openid(n), 43117, 1)
        await enqueue(setup.app, ...LISTED, [{ wechat: openid(n) }])
      }
      await setup.dispatcher.processAll()
      expect(setup.dispatcher.standings().every(({ standing }) => standing === 'up')).to.equal(true)
      expect((await setup.deliveries()).filter((row) => row.attempts === 1)).to.have.length(30)
    })
  })
})
