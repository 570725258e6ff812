// Receipts of providers: out of order, repeated, early and late, and what follows for the fallback order.

import { expect } from 'chai'
import { takeReceipt } from '../../src/messaging/receipts.ts'
import type { Receipt } from '../../src/messaging/channels/channel.ts'
import { receiptOf } from '../../src/messaging/channels/twilio-sms/channel.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { receiptsOf } from '../../src/messaging/receipts.store.ts'
import { closeSetups, LISTED, makeSetup, openid, phone, tell, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { listen, readBody } from '../support/loopback.ts'

const PERSON = { wechat: openid(1), sms: phone(10_011) }

async function sentSms(
  make: Parameters<typeof makeSetup>[0],
): Promise<{ desk: DeliverySetup; ref: string; report(receipt: Partial<Receipt>): Promise<string> }> {
  const desk = await makeSetup(make)
  await tell(desk.app, ...LISTED, [{ sms: PERSON.sms }])
  await desk.dispatcher.processAll()
  const ref = desk.twilio.sent[0]?.sid ?? ''
  const report = async (receipt: Partial<Receipt>): Promise<string> => {
    const complete = { provider: 'twilio-sms', ref, status: receipt.stage ?? 'sent', stage: 'sent' as const, ...receipt }
    return (await takeReceipt(desk.app, SYSTEM, complete)).receipt
  }
  return { desk, ref, report }
}

const UNREACHABLE = { kind: 'closed', code: '30003', reason: 'handset unreachable' } as const
const state = async (desk: DeliverySetup): Promise<string | undefined> => (await desk.notices())[0]?.state

describe('a receipt', () => {
  afterEach(closeSetups)

  eachDatabase((_db, make) => {
    it('of a delivered message closes the notice, and the result says how long it took', async () => {
      const { desk, ref } = await sentSms(make)
      desk.clock.advance(4_000)
      const recorded = await takeReceipt(desk.app, SYSTEM, { provider: 'twilio-sms', ref, status: 'delivered', stage: 'delivered' })
      expect(recorded).to.deep.equal({ receipt: 'kept', lag: 4_000 })
      expect(await desk.states()).to.deep.equal(['sms delivered', 'voice cancelled', 'clerk cancelled'])
      expect((await desk.notices())[0]).to.deep.include({ state: 'delivered', closedAt: desk.clock.now() })
    })

    it('never moves a state back: a late "sent" or "failed" changes nothing, and every status is stored once', async () => {
      const { desk, report } = await sentSms(make)
      expect(await report({ stage: 'delivered' })).to.equal('kept')
      expect(await report({ stage: 'sent' })).to.equal('kept')
      expect(await report({ stage: 'queued' })).to.equal('kept')
      expect(await report({ stage: 'failed', status: 'undelivered', failure: UNREACHABLE })).to.equal('kept')
      expect(await report({ stage: 'sent' })).to.equal('known')
      expect(await state(desk)).to.equal('delivered')
      expect((await desk.states())[0]).to.equal('sms delivered')
      const [row] = await desk.rungs()
      const receipts = await desk.app.store.read((db) => receiptsOf(db, [row?.id ?? '']))
      expect(receipts.map((receipt) => receipt.status).sort()).to.deep.equal(['delivered', 'queued', 'sent', 'undelivered'])
    })

    it('is stored once when ten equal callbacks come at the same time', async () => {
      const { desk, report } = await sentSms(make)
      const answers = await Promise.all(Array.from({ length: 10 }, () => report({ stage: 'delivered' })))
      expect(answers.filter((answer) => answer === 'kept')).to.have.length(1)
      expect(await state(desk)).to.equal('delivered')
    })

    it('of a failure starts the next step, once', async () => {
      const { desk, report } = await sentSms(make)
      await report({ stage: 'failed', status: 'undelivered', failure: UNREACHABLE })
      await report({ stage: 'failed', status: 'failed', failure: UNREACHABLE })
      expect(await desk.states()).to.deep.equal(['sms closed', 'voice queued', 'clerk held'])
      expect(await state(desk)).to.equal('open')
      await desk.dispatcher.processAll()
      expect(await desk.states()).to.deep.equal(['sms closed', 'voice delivered', 'clerk held'])
    })

    it('of a temporary failure sends the message again, marked as repeated, and may come a second time with the same status', async () => {
      const { desk, report } = await sentSms(make)
      const failure = { kind: 'later', code: '30008', reason: 'unknown error of the carrier' } as const
      await report({ stage: 'failed', status: 'undelivered', failure })
      expect((await desk.rungs())[0]).to.include({ state: 'queued', repeated: true })
      desk.clock.advance(20_000)
      await desk.dispatcher.processAll()
      expect(desk.twilio.sent).to.have.length(2)
      await report({ ref: desk.twilio.sent[1]?.sid ?? '', stage: 'failed', status: 'undelivered', failure })
      expect((await desk.rungs())[0]).to.include({ state: 'queued', attempts: 2 })
    })

    it('of a delivered message cancels the next step that has started and is not sent yet', async () => {
      const { desk, report } = await sentSms(make)
      await report({ stage: 'failed', status: 'undelivered', failure: UNREACHABLE })
      await report({ stage: 'delivered' })
      expect(await desk.states()).to.deep.equal(['sms delivered', 'voice cancelled', 'clerk cancelled'])
      expect(await state(desk)).to.equal('delivered')
      expect(await desk.dispatcher.processAll()).to.equal(0)
    })

    it('that comes before the message is settled is kept and applied later', async () => {
      const desk = await makeSetup(make)
      await tell(desk.app, ...LISTED, [{ sms: PERSON.sms }])
      const ref = `SM${'1'.padStart(32, '0')}`
      const early = await takeReceipt(desk.app, SYSTEM, {
        provider: 'twilio-sms',
        ref,
        status: 'failed',
        stage: 'failed',
        failure: UNREACHABLE,
      })
      expect(early).to.deep.equal({ receipt: 'early', lag: null })
      await desk.dispatcher.processAll()
      expect(desk.twilio.sent[0]?.sid).to.equal(ref)
      expect(await desk.states()).to.deep.equal(['sms closed', 'voice delivered', 'clerk held'])
    })

    it('is applied when the provider’s callback is faster than the commit', async () => {
      const seen: Receipt[] = []
      const context: { desk?: DeliverySetup } = {}
      const webhook = await listen(async (incoming, response) => {
        const receipt = receiptOf(
          Object.fromEntries(new URLSearchParams(await readBody(incoming))),
          (context.desk as DeliverySetup).app.log,
        )
        if (receipt !== null) seen.push(receipt)
        if (receipt !== null) await takeReceipt((context.desk as DeliverySetup).app, SYSTEM, receipt)
        response.writeHead(204).end()
      })
      try {
        context.desk = await makeSetup(make, {
          statusCallbackUrl: `${webhook.url}/status`,
          twilio: { script: ['delivered', 'sent', 'queued'] },
        })
        const { desk } = context
        await tell(
          desk.app,
          ...LISTED,
          Array.from({ length: 40 }, (_, n) => ({ sms: phone(n) })),
        )
        await desk.dispatcher.processAll()
        await desk.twilio.settled()
        await desk.dispatcher.settleDoubts()
        expect(seen).to.have.length(120)
        expect((await desk.notices()).map((notice) => notice.state)).to.deep.equal(Array.from({ length: 40 }, () => 'delivered'))
      } finally {
        await webhook.close()
      }
    })
  })
})
