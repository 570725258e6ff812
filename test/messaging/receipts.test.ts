// Receipts of providers: out of order, repeated, early and late, and what follows for the fallback order.

import { expect } from 'chai'
import { takeReceipt } from '../../src/messaging/receipts.ts'
import type { Receipt } from '../../src/messaging/channels/channel.ts'
import { receiptOf } from '../../src/messaging/channels/twilio-sms/channel.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { receiptsOf } from '../../src/messaging/receipts.store.ts'
import { closeSetups, LISTED, makeSetup, openid, phone, enqueue, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { listen, readBody } from '../support/loopback.ts'

const PERSON = { wechat: openid(1), sms: phone(10_011) }

async function sentSms(
  make: Parameters<typeof makeSetup>[0],
): Promise<{ setup: DeliverySetup; ref: string; report(receipt: Partial<Receipt>): Promise<string> }> {
  const setup = await makeSetup(make)
  await enqueue(setup.app, ...LISTED, [{ sms: PERSON.sms }])
  await setup.dispatcher.processAll()
  const ref = setup.twilio.sent[0]?.sid ?? ''
  const report = async (receipt: Partial<Receipt>): Promise<string> => {
    const complete = { provider: 'twilio-sms', ref, status: receipt.stage ?? 'sent', stage: 'sent' as const, ...receipt }
    return (await takeReceipt(setup.app, SYSTEM, complete)).receipt
  }
  return { setup, ref, report }
}

const UNREACHABLE = { kind: 'closed', code: '30003', reason: 'handset unreachable' } as const
const state = async (setup: DeliverySetup): Promise<string | undefined> => (await setup.notices())[0]?.state

describe('a receipt', () => {
  afterEach(closeSetups)

  eachDatabase((_db, make) => {
    it('of a delivered message closes the notice, and the result says how long it took', async () => {
      const { setup, ref } = await sentSms(make)
      setup.clock.advance(4_000)
      const recorded = await takeReceipt(setup.app, SYSTEM, { provider: 'twilio-sms', ref, status: 'delivered', stage: 'delivered' })
      expect(recorded).to.deep.equal({ receipt: 'kept', lag: 4_000 })
      expect(await setup.states()).to.deep.equal(['sms delivered', 'voice cancelled', 'clerk cancelled'])
      expect((await setup.notices())[0]).to.deep.include({ state: 'delivered', closedAt: setup.clock.now() })
    })

    it('never moves a state back: a late "sent" or "failed" changes nothing, and every status is stored once', async () => {
      const { setup, report } = await sentSms(make)
      expect(await report({ stage: 'delivered' })).to.equal('kept')
      expect(await report({ stage: 'sent' })).to.equal('kept')
      expect(await report({ stage: 'queued' })).to.equal('kept')
      expect(await report({ stage: 'failed', status: 'undelivered', failure: UNREACHABLE })).to.equal('kept')
      expect(await report({ stage: 'sent' })).to.equal('known')
      expect(await state(setup)).to.equal('delivered')
      expect((await setup.states())[0]).to.equal('sms delivered')
      const [row] = await setup.deliveries()
      const receipts = await setup.app.store.read((db) => receiptsOf(db, [row?.id ?? '']))
      expect(receipts.map((receipt) => receipt.status).sort()).to.deep.equal(['delivered', 'queued', 'sent', 'undelivered'])
    })

    it('is stored once when ten equal callbacks come at the same time', async () => {
      const { setup, report } = await sentSms(make)
      const answers = await Promise.all(Array.from({ length: 10 }, () => report({ stage: 'delivered' })))
      expect(answers.filter((answer) => answer === 'kept')).to.have.length(1)
      expect(await state(setup)).to.equal('delivered')
    })

    it('of a failure starts the next step, once', async () => {
      const { setup, report } = await sentSms(make)
      await report({ stage: 'failed', status: 'undelivered', failure: UNREACHABLE })
      await report({ stage: 'failed', status: 'failed', failure: UNREACHABLE })
      expect(await setup.states()).to.deep.equal(['sms closed', 'voice queued', 'clerk held'])
      expect(await state(setup)).to.equal('open')
      await setup.dispatcher.processAll()
      expect(await setup.states()).to.deep.equal(['sms closed', 'voice delivered', 'clerk held'])
    })

    it('of a temporary failure sends the message again, marked as repeated, and may come a second time with the same status', async () => {
      const { setup, report } = await sentSms(make)
      const failure = { kind: 'later', code: '30008', reason: 'unknown error of the carrier' } as const
      await report({ stage: 'failed', status: 'undelivered', failure })
      expect((await setup.deliveries())[0]).to.include({ state: 'queued', repeated: true })
      setup.clock.advance(20_000)
      await setup.dispatcher.processAll()
      expect(setup.twilio.sent).to.have.length(2)
      await report({ ref: setup.twilio.sent[1]?.sid ?? '', stage: 'failed', status: 'undelivered', failure })
      expect((await setup.deliveries())[0]).to.include({ state: 'queued', attempts: 2 })
    })

    it('of a delivered message cancels the next step that has started and is not sent yet', async () => {
      const { setup, report } = await sentSms(make)
      await report({ stage: 'failed', status: 'undelivered', failure: UNREACHABLE })
      await report({ stage: 'delivered' })
      expect(await setup.states()).to.deep.equal(['sms delivered', 'voice cancelled', 'clerk cancelled'])
      expect(await state(setup)).to.equal('delivered')
      expect(await setup.dispatcher.processAll()).to.equal(0)
    })

    it('that comes before the message is settled is kept and applied later', async () => {
      const setup = await makeSetup(make)
      await enqueue(setup.app, ...LISTED, [{ sms: PERSON.sms }])
      const ref = `SM${'1'.padStart(32, '0')}`
      const early = await takeReceipt(setup.app, SYSTEM, {
        provider: 'twilio-sms',
        ref,
        status: 'failed',
        stage: 'failed',
        failure: UNREACHABLE,
      })
      expect(early).to.deep.equal({ receipt: 'early', lag: null })
      await setup.dispatcher.processAll()
      expect(setup.twilio.sent[0]?.sid).to.equal(ref)
      expect(await setup.states()).to.deep.equal(['sms closed', 'voice delivered', 'clerk held'])
    })

    it('is applied when the provider’s callback is faster than the commit', async () => {
      const seen: Receipt[] = []
      const context: { setup?: DeliverySetup } = {}
      const webhook = await listen(async (incoming, response) => {
        const receipt = receiptOf(
          Object.fromEntries(new URLSearchParams(await readBody(incoming))),
          (context.setup as DeliverySetup).app.log,
        )
        if (receipt !== null) seen.push(receipt)
        if (receipt !== null) await takeReceipt((context.setup as DeliverySetup).app, SYSTEM, receipt)
        response.writeHead(204).end()
      })
      try {
        context.setup = await makeSetup(make, {
          statusCallbackUrl: `${webhook.url}/status`,
          twilio: { script: ['delivered', 'sent', 'queued'] },
        })
        const { setup } = context
        await enqueue(
          setup.app,
          ...LISTED,
          Array.from({ length: 40 }, (_, n) => ({ sms: phone(n) })),
        )
        await setup.dispatcher.processAll()
        await setup.twilio.settled()
        await setup.dispatcher.settleDoubts()
        expect(seen).to.have.length(120)
        expect((await setup.notices()).map((notice) => notice.state)).to.deep.equal(Array.from({ length: 40 }, () => 'delivered'))
      } finally {
        await webhook.close()
      }
    })
  })
})
