// Urgent notices that are in doubt or put off by their provider go on with the next machine two minutes after their promise.
// A provider that is down is in dispatcher.test.ts.

import { expect } from 'chai'
import type { Outcome } from '../../src/messaging/channels/channel.ts'
import { takeReceipt } from '../../src/messaging/receipts.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { closeSetups, enqueue, LISTED, makeSetup, openid, phone, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'

const PERSON = { wechat: openid(1), sms: phone(10_011) }
const URGENT = ['listing.revoked', 'debtor'] as const

eachDatabase((_db, make) => {
  describe('an urgent notice', () => {
    afterEach(closeSetups)

    /** WeChat answers each message with this outcome, and cannot say later what became of it. */
    async function answered(outcome: Outcome, rule: Parameters<typeof enqueue>[1] = URGENT[0]): Promise<DeliverySetup> {
      const setup = await makeSetup(make)
      const wechat = setup.channels.get('wechat')
      if (wechat !== undefined)
        setup.channels.set('wechat', { ...wechat, send: () => Promise.resolve(outcome), reconcile: () => Promise.resolve(null) })
      const dispatcher = setup.another()
      await enqueue(setup.app, rule, 'debtor', [PERSON])
      await dispatcher.processAll()
      return { ...setup, dispatcher }
    }
    const after = async (setup: DeliverySetup, seconds: number): Promise<string[]> => {
      setup.clock.advance(seconds * 1_000)
      await setup.dispatcher.processAll()
      return (await setup.states()).slice(0, 3)
    }
    const quotaUsed = (setup?: DeliverySetup): Outcome => {
      const now = setup?.clock.now().getTime() ?? Date.parse('2026-11-22T02:00:00Z')
      return { kind: 'later', code: '45009', reason: 'quota used up', notBefore: new Date(now + 86_400_000) }
    }

    it('in doubt takes its next machine step after two minutes, marked as repeated, and the doubt stays open', async () => {
      const setup = await answered({ kind: 'unknown', code: 'timeout', reason: 'no answer' })
      expect(await after(setup, 100)).to.deep.equal(['wechat unknown', 'sms held', 'voice held'])
      expect(await after(setup, 30)).to.deep.equal(['wechat unknown', 'sms accepted', 'voice held'])
      expect((await setup.deliveries())[1]).to.include({ repeated: true })
      expect(setup.twilio.sent).to.have.length(1)
    })

    it('whose doubt ends after its next step was begun is neither sent again nor given to a person', async () => {
      const setup = await answered({ kind: 'unknown', code: 'timeout', reason: 'no answer' })
      await after(setup, 130)
      await after(setup, 600)
      expect((await setup.states()).slice(0, 3)).to.deep.equal(['wechat unconfirmed', 'sms accepted', 'voice held'])
      const ref = setup.twilio.sent[0]?.sid ?? ''
      const failure = { kind: 'closed', code: '30003', reason: 'handset unreachable' } as const
      await takeReceipt(setup.app, SYSTEM, { provider: 'twilio-sms', ref, status: 'undelivered', stage: 'failed', failure })
      expect((await setup.states()).slice(0, 3)).to.deep.equal(['wechat unconfirmed', 'sms closed', 'voice queued'])
    })

    it('whose provider has used up its quota takes its next machine step after two minutes', async () => {
      const setup = await answered(quotaUsed())
      expect(await after(setup, 100)).to.deep.equal(['wechat queued', 'sms held', 'voice held'])
      expect(await after(setup, 30)).to.deep.equal(['wechat closed', 'sms queued', 'voice held'])
      expect(await after(setup, 0)).to.deep.equal(['wechat closed', 'sms accepted', 'voice held'])
      expect((await setup.deliveries())[1]).to.include({ repeated: false })
    })

    it('alone does so: another waits for its provider', async () => {
      const setup = await answered(quotaUsed(), LISTED[0])
      expect(await after(setup, 600)).to.deep.equal(['wechat queued', 'sms held', 'voice held'])
    })
  })
})
