// What providers say afterwards: out of order, twice, too early, too late; and what follows for the ladder.

import { expect } from 'chai'
import { takeReceipt } from '../../src/messaging/receipts.ts'
import type { Receipt } from '../../src/messaging/channels/channel.ts'
import { receiptOf } from '../../src/messaging/channels/twilio-sms/channel.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { receiptsOf } from '../../src/messaging/receipts.store.ts'
import { closeDesks, LISTED, makeDesk, openid, phone, tell, type Desk } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { listen, readBody } from '../support/loopback.ts'

const PERSON = { wechat: openid(1), sms: phone(10_011) }

async function sentSms(
  make: Parameters<typeof makeDesk>[0],
): Promise<{ desk: Desk; ref: string; say(receipt: Partial<Receipt>): Promise<string> }> {
  const desk = await makeDesk(make)
  await tell(desk.app, ...LISTED, [{ sms: PERSON.sms }])
  await desk.dispatcher.processAll()
  const ref = desk.twilio.sent[0]?.sid ?? ''
  const say = async (receipt: Partial<Receipt>): Promise<string> => {
    const whole = { provider: 'twilio-sms', ref, status: receipt.stage ?? 'sent', stage: 'sent' as const, ...receipt }
    return (await takeReceipt(desk.app, SYSTEM, whole)).receipt
  }
  return { desk, ref, say }
}

const UNREACHABLE = { kind: 'closed', code: '30003', reason: 'handset unreachable' } as const
const state = async (desk: Desk): Promise<string | undefined> => (await desk.notices())[0]?.state

describe('receipts', () => {
  afterEach(closeDesks)

  eachDatabase((_db, make) => {
    it('close a notice when it arrived, with how long it took', async () => {
      const { desk, ref } = await sentSms(make)
      desk.clock.advance(4_000)
      const taken = await takeReceipt(desk.app, SYSTEM, { provider: 'twilio-sms', ref, status: 'delivered', stage: 'delivered' })
      expect(taken).to.deep.equal({ receipt: 'kept', lag: 4_000 })
      expect(await desk.states()).to.deep.equal(['sms delivered', 'voice cancelled', 'clerk cancelled'])
      expect((await desk.notices())[0]).to.deep.include({ state: 'delivered', closedAt: desk.clock.now() })
    })

    it('only move forward: a late "sent" or "failed" changes nothing, and every word is kept once', async () => {
      const { desk, say } = await sentSms(make)
      expect(await say({ stage: 'delivered' })).to.equal('kept')
      expect(await say({ stage: 'sent' })).to.equal('kept')
      expect(await say({ stage: 'queued' })).to.equal('kept')
      expect(await say({ stage: 'failed', status: 'undelivered', failure: UNREACHABLE })).to.equal('kept')
      expect(await say({ stage: 'sent' })).to.equal('known')
      expect(await state(desk)).to.equal('delivered')
      expect((await desk.states())[0]).to.equal('sms delivered')
      const [row] = await desk.rungs()
      const receipts = await desk.app.store.read((db) => receiptsOf(db, [row?.id ?? '']))
      expect(receipts.map((receipt) => receipt.status).sort()).to.deep.equal(['delivered', 'queued', 'sent', 'undelivered'])
    })

    it('of ten callbacks at once count one', async () => {
      const { desk, say } = await sentSms(make)
      const answers = await Promise.all(Array.from({ length: 10 }, () => say({ stage: 'delivered' })))
      expect(answers.filter((answer) => answer === 'kept')).to.have.length(1)
      expect(await state(desk)).to.equal('delivered')
    })

    it('of failure send the next rung, once', async () => {
      const { desk, say } = await sentSms(make)
      await say({ stage: 'failed', status: 'undelivered', failure: UNREACHABLE })
      await say({ stage: 'failed', status: 'failed', failure: UNREACHABLE })
      expect(await desk.states()).to.deep.equal(['sms closed', 'voice queued', 'clerk held'])
      expect(await state(desk)).to.equal('open')
      await desk.dispatcher.processAll()
      expect(await desk.states()).to.deep.equal(['sms closed', 'voice delivered', 'clerk held'])
    })

    it('of a passing failure send again, marked, and can fail in the same words a second time', async () => {
      const { desk, say } = await sentSms(make)
      const failure = { kind: 'later', code: '30008', reason: 'unknown error of the carrier' } as const
      await say({ stage: 'failed', status: 'undelivered', failure })
      expect((await desk.rungs())[0]).to.include({ state: 'queued', repeated: true })
      desk.clock.advance(20_000)
      await desk.dispatcher.processAll()
      expect(desk.twilio.sent).to.have.length(2)
      await say({ ref: desk.twilio.sent[1]?.sid ?? '', stage: 'failed', status: 'undelivered', failure })
      expect((await desk.rungs())[0]).to.include({ state: 'queued', attempts: 2 })
    })

    it('of arrival after the next rung was set going end it before it is sent', async () => {
      const { desk, say } = await sentSms(make)
      await say({ stage: 'failed', status: 'undelivered', failure: UNREACHABLE })
      await say({ stage: 'delivered' })
      expect(await desk.states()).to.deep.equal(['sms delivered', 'voice cancelled', 'clerk cancelled'])
      expect(await state(desk)).to.equal('delivered')
      expect(await desk.dispatcher.processAll()).to.equal(0)
    })

    it('that come before the message is settled are kept, and applied in their time', async () => {
      const desk = await makeDesk(make)
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

    it('come through the real callback of a provider that is faster than the commit', async () => {
      const seen: Receipt[] = []
      const made: { desk?: Desk } = {}
      const webhook = await listen(async (incoming, response) => {
        const receipt = receiptOf(Object.fromEntries(new URLSearchParams(await readBody(incoming))), (made.desk as Desk).app.log)
        if (receipt !== null) seen.push(receipt)
        if (receipt !== null) await takeReceipt((made.desk as Desk).app, SYSTEM, receipt)
        response.writeHead(204).end()
      })
      try {
        made.desk = await makeDesk(make, {
          statusCallbackUrl: `${webhook.url}/status`,
          twilio: { script: ['delivered', 'sent', 'queued'] },
        })
        const { desk } = made
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
