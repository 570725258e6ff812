// A dispatcher that is told to stop waits for what it handed over, but not for long, and gives back what it did not hand over.
// Whole processes that are stopped while they send are row c of the fault table (test/support/chaos/cut-off.ts).

import { expect } from 'chai'
import { attemptsOf } from '../../src/messaging/deliveries.store.ts'
import { closeSetups, enqueue, LISTED, makeSetup, phone } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { until } from '../support/until.ts'

const people = (count: number): { sms: string }[] => Array.from({ length: count }, (_, n) => ({ sms: phone(n) }))
const count = (states: readonly string[], state: string): number => states.filter((each) => each === state).length

describe('a dispatcher that stops', () => {
  afterEach(closeSetups)

  eachDatabase((_db, make) => {
    it('settles what its provider answers in time', async () => {
      const setup = await makeSetup(make, { twilio: { latency: 300 } })
      await enqueue(setup.app, ...LISTED, people(3))
      setup.dispatcher.start()
      await until('the messages are at the provider', async () => (await setup.states()).includes('sms sending'))
      await setup.dispatcher.stop()
      expect(count(await setup.states(), 'sms accepted')).to.equal(setup.twilio.sent.length)
      expect(count(await setup.states(), 'sms sending')).to.equal(0)
    })

    it('records as unknown what a provider does not answer in time, with its attempt, and does not send it again', async () => {
      const setup = await makeSetup(make, { dispatcher: { stopWithin: 200 } })
      setup.twilio.spoil(phone(0), { kind: 'hang-after' })
      await enqueue(setup.app, ...LISTED, people(1))
      setup.dispatcher.start()
      await until('the message is at the provider', () => setup.twilio.sent.length === 1)
      const started = Date.now()
      await setup.dispatcher.stop()
      expect(Date.now() - started).to.be.below(2_000)
      const [row] = await setup.deliveries()
      expect(row).to.include({ state: 'unknown', lastCode: 'stopped', attempts: 1, leaseToken: null })
      const attempts = await setup.app.store.read((db) => attemptsOf(db, [row?.id ?? '']))
      expect(attempts.map(({ outcome, code }) => `${outcome} ${code}`)).to.deep.equal(['unknown stopped'])
      setup.clock.advance(31_000)
      await setup.dispatcher.processAll()
      expect((await setup.deliveries())[0]).to.include({ state: 'accepted', repeated: false })
      expect(setup.twilio.sent).to.have.length(1)
    })

    it('gives back what it has marked and not handed over, and counts no attempt', async () => {
      const setup = await makeSetup(make, { dispatcher: { atOnce: 1, stopWithin: 3_000 }, twilio: { latency: 250 } })
      await enqueue(setup.app, ...LISTED, people(12))
      setup.dispatcher.start()
      await until('one message was taken', () => setup.twilio.sent.length > 0)
      await setup.dispatcher.stop()
      const rows = (await setup.deliveries()).filter(({ medium }) => medium === 'sms')
      const accepted = rows.filter(({ state }) => state === 'accepted')
      expect(accepted).to.have.length(setup.twilio.sent.length)
      expect(accepted.length).to.be.below(6)
      const rest = rows.filter(({ state }) => state !== 'accepted')
      expect([...new Set(rest.map(({ state, attempts, leaseToken }) => `${state} ${attempts} ${leaseToken}`))]).to.deep.equal([
        'queued 0 null',
      ])
      setup.dispatcher.start()
      setup.clock.advance(60_000)
      await until('all were taken', () => setup.twilio.sent.length === 12)
      expect(new Set(setup.twilio.sent.map(({ to }) => to)).size).to.equal(12)
    })
  })
})
