// Receipts that name their delivery: they settle doubts, and are kept while a dispatcher is sending. Receipts of archived notices.
// Receipts whose reference is known are in receipts.test.ts.

import { expect } from 'chai'
import { archiveNotices } from '../../src/messaging/archive.ts'
import type { Receipt } from '../../src/messaging/channels/channel.ts'
import { attemptsOf, deliveryTable, type DeliveryRow } from '../../src/messaging/deliveries.store.ts'
import { takeReceipt } from '../../src/messaging/receipts.ts'
import { receiptsOf } from '../../src/messaging/receipts.store.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { closeSetups, enqueue, LISTED, makeSetup, phone, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'

const PHONE = phone(10_011)
const REF = `SM${'7'.repeat(32)}`
const UNREACHABLE = { kind: 'closed', code: '30003', reason: 'handset unreachable' } as const

eachDatabase((_db, make) => {
  describe('a receipt that names its delivery', () => {
    afterEach(closeSetups)

    /** A message that the provider took before its answer was lost. */
    async function inDoubt(): Promise<DeliverySetup> {
      const setup = await makeSetup(make)
      setup.twilio.spoil(PHONE, { kind: 'status-after', status: 500 })
      await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
      await setup.dispatcher.processAll()
      return setup
    }
    const first = async (setup: DeliverySetup): Promise<DeliveryRow> => (await setup.deliveries())[0] as DeliveryRow
    async function report(setup: DeliverySetup, receipt: Partial<Receipt>): Promise<string> {
      const delivery = (await first(setup)).id
      const whole = { provider: 'twilio-sms', ref: REF, status: receipt.stage ?? 'sent', stage: 'sent' as const, delivery, ...receipt }
      return (await takeReceipt(setup.app, SYSTEM, whole)).receipt
    }
    async function outcomes(setup: DeliverySetup): Promise<string[]> {
      const { id } = await first(setup)
      const attempts = await setup.app.store.read((db) => attemptsOf(db, [id]))
      return attempts.map(({ n, outcome, code }) => `${n} ${outcome} ${code ?? ''}`.trim())
    }
    /** As a dispatcher that died leaves it. */
    async function beingSent(setup: DeliverySetup, leaseUntil: Date): Promise<void> {
      await setup.app.store.write((tx) =>
        tx.manager.getRepository(deliveryTable.schema).update({ medium: 'sms' }, { state: 'sending', leaseToken: 'other', leaseUntil }),
      )
    }

    it('shows that the provider accepted a message in doubt, with reference and attempt', async () => {
      const setup = await inDoubt()
      expect(await report(setup, { stage: 'sent' })).to.equal('kept')
      expect(await first(setup)).to.include({ state: 'accepted', provider: 'twilio-sms', providerRef: REF, repeated: false })
      expect((await setup.notices())[0]?.state).to.equal('accepted')
      expect(await outcomes(setup)).to.deep.equal(['1 unknown http_500', '1 accepted'])
      setup.clock.advance(120_000)
      await setup.dispatcher.processAll()
      expect(setup.twilio.sent).to.have.length(1)
    })

    it('delivers a message in doubt, and cancels its other steps', async () => {
      const setup = await inDoubt()
      expect(await report(setup, { stage: 'delivered' })).to.equal('kept')
      expect(await setup.states()).to.deep.equal(['sms delivered', 'voice cancelled', 'clerk cancelled'])
    })

    it('fails a message in doubt, and starts its next step once', async () => {
      const setup = await inDoubt()
      await report(setup, { stage: 'failed', status: 'undelivered', code: '30003', failure: UNREACHABLE })
      await report(setup, { stage: 'failed', status: 'failed', code: '30003', failure: UNREACHABLE })
      expect(await setup.states()).to.deep.equal(['sms closed', 'voice queued', 'clerk held'])
    })

    it('is kept while a dispatcher is sending, and settles the message of one that died', async () => {
      const setup = await inDoubt()
      await beingSent(setup, new Date(setup.clock.now().getTime() + 60_000))
      expect(await report(setup, { stage: 'delivered' })).to.equal('early')
      await setup.dispatcher.settleDoubts()
      expect((await first(setup)).state).to.equal('sending')
      setup.clock.advance(61_000)
      await setup.dispatcher.settleDoubts()
      expect(await first(setup)).to.include({ state: 'delivered', leaseToken: null })
    })

    it('takes a message back that waits to be sent a second time', async () => {
      const setup = await makeSetup(make)
      setup.twilio.spoil(PHONE, { kind: 'status', status: 500 })
      await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
      await setup.dispatcher.processAll()
      setup.clock.advance(70_000)
      await setup.dispatcher.settleDoubts()
      expect(await first(setup)).to.include({ state: 'queued', repeated: true })
      await report(setup, { stage: 'sent' })
      expect((await first(setup)).state).to.equal('accepted')
      await setup.dispatcher.processAll()
      expect(setup.twilio.sent).to.have.length(0)
    })

    it('about an earlier attempt is recorded, and fails no later one', async () => {
      const setup = await makeSetup(make)
      await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
      await setup.dispatcher.processAll()
      await report(setup, { stage: 'failed', status: 'undelivered', failure: UNREACHABLE })
      const row = await first(setup)
      expect(row).to.include({ state: 'accepted', providerRef: setup.twilio.sent[0]?.sid })
      const receipts = await setup.app.store.read((db) => receiptsOf(db, [row.id]))
      expect(receipts.map(({ ref, status }) => `${ref} ${status}`)).to.deep.equal([`${REF} undelivered`])
      await report(setup, { stage: 'delivered' })
      expect((await first(setup)).state).to.equal('delivered')
    })
  })

  describe('a receipt after the archive', () => {
    afterEach(closeSetups)

    for (const stage of ['delivered', 'failed'] as const)
      it(`that says ${stage} is recorded, and starts and changes nothing`, async () => {
        const setup = await makeSetup(make)
        await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
        await setup.dispatcher.processAll()
        setup.clock.advance(86_400_000)
        await archiveNotices(setup.app, SYSTEM, { before: setup.clock.now(), limit: 10 })
        const before = await setup.states()
        const ref = setup.twilio.sent[0]?.sid ?? ''
        const failure = { kind: 'later', code: '30008', reason: 'unknown error of the carrier' } as const
        const receipt = { provider: 'twilio-sms', ref, status: stage, stage, ...(stage === 'failed' ? { failure } : {}) }
        expect((await takeReceipt(setup.app, SYSTEM, receipt)).receipt).to.equal('kept')
        expect(await setup.states()).to.deep.equal(before)
        const [row] = await setup.deliveries()
        expect(await setup.app.store.read((db) => receiptsOf(db, [row?.id ?? '']))).to.have.length(1)
      })
  })
})
