// Receipts that do not come: Twilio is asked by SID, at growing intervals; past a channel's deadline a statutory notice goes on, others end.
// Receipts that come by themselves are in receipts.test.ts, the sweep of real processes in row c of the fault table (test/support/chaos).

import { expect } from 'chai'
import { archiveNotices } from '../../src/messaging/archive.ts'
import { nextAsk } from '../../src/messaging/deliveries.rules.ts'
import { receiptsOf } from '../../src/messaging/receipts.store.ts'
import { takeReceipt } from '../../src/messaging/receipts.ts'
import { verdictOf } from '../../src/features/notices/views.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { closeSetups, enqueue, LISTED, makeSetup, openid, phone, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'

const PHONE = phone(10_011)
const HOUR = 3_600_000
const COURTESY = ['complaint.received', 'complainant'] as const

describe('the time of the next question', () => {
  const at = new Date('2026-11-22T02:00:00Z')
  const after = (milliseconds: number): Date => new Date(at.getTime() + milliseconds)

  it('is twice as long after the acceptance each time, ten minutes later at most, and never past the deadline', () => {
    const terms = { askAfter: 60_000, deadline: HOUR }
    const minutes: number[] = []
    for (let next: Date | null = after(60_000); next !== null; next = nextAsk(at, terms, next))
      minutes.push((next.getTime() - at.getTime()) / 60_000)
    expect(minutes).to.deep.equal([1, 2, 4, 8, 16, 26, 36, 46, 56, 60])
  })

  it('is the deadline alone where nobody can be asked', () => {
    expect(nextAsk(at, { deadline: HOUR }, after(60_000))).to.deep.equal(after(HOUR))
    expect(nextAsk(at, { deadline: HOUR }, after(HOUR))).to.equal(null)
  })
})

eachDatabase((_db, make) => {
  describe('a receipt that does not come', () => {
    afterEach(closeSetups)

    async function accepted(
      event: Parameters<typeof enqueue>[1],
      audience: Parameters<typeof enqueue>[2],
      to: object,
    ): Promise<DeliverySetup> {
      const setup = await makeSetup(make)
      await enqueue(setup.app, event, audience, [to])
      await setup.dispatcher.processAll()
      expect((await setup.notices())[0]?.state).to.equal('accepted')
      return setup
    }
    const sweep = (setup: DeliverySetup, milliseconds: number): Promise<number> => {
      setup.clock.advance(milliseconds)
      return setup.dispatcher.askForReceipts()
    }

    it('is asked for by SID after a minute, and closes the notice when Twilio says delivered', async () => {
      const setup = await accepted(...LISTED, { sms: PHONE })
      expect(await sweep(setup, 59_000)).to.equal(0)
      const [message] = setup.twilio.sent
      if (message !== undefined) message.status = 'delivered'
      expect(await sweep(setup, 2_000)).to.equal(1)
      expect(setup.twilio.asked).to.deep.equal([message?.sid])
      expect(await setup.states()).to.deep.equal(['sms delivered', 'voice cancelled', 'clerk cancelled'])
      const [row] = await setup.deliveries()
      const receipts = await setup.app.store.read((db) => receiptsOf(db, [row?.id ?? '']))
      expect(receipts.map(({ status, stage }) => `${status} ${stage}`)).to.deep.equal(['delivered delivered'])
      expect(await sweep(setup, HOUR)).to.equal(0)
    })

    it('is asked for until Twilio knows, and a failure starts the next step at most ten minutes later', async () => {
      const setup = await accepted(...LISTED, { sms: PHONE })
      for (let minute = 0; minute < 40; minute += 1) await sweep(setup, 60_000)
      expect(setup.twilio.asked.length).to.be.within(6, 8)
      Object.assign(setup.twilio.sent[0] ?? {}, { status: 'undelivered', errorCode: 30003 })
      for (let minute = 0; minute < 10; minute += 1) await sweep(setup, 60_000)
      expect(await setup.states()).to.deep.equal(['sms closed', 'voice queued', 'clerk held'])
    })

    it('is asked for once by two dispatchers, and not while an answer is outstanding', async () => {
      const setup = await makeSetup(make)
      await enqueue(
        setup.app,
        ...LISTED,
        Array.from({ length: 30 }, (_, n) => ({ sms: phone(n) })),
      )
      await setup.dispatcher.processAll()
      setup.clock.advance(61_000)
      const other = setup.another()
      await Promise.all([setup.dispatcher.askForReceipts(), other.askForReceipts()])
      expect(setup.twilio.asked).to.have.length(30)
      expect(new Set(setup.twilio.asked).size).to.equal(30)
    })

    it('is still asked for when Twilio fails to answer', async () => {
      const setup = await accepted(...LISTED, { sms: PHONE })
      setup.twilio.fail('ask', { status: 500, code: null })
      await sweep(setup, 61_000)
      expect((await setup.states())[0]).to.equal('sms accepted')
      Object.assign(setup.twilio.sent[0] ?? {}, { status: 'delivered' })
      await sweep(setup, 61_000)
      expect((await setup.states())[0]).to.equal('sms delivered')
    })

    it('sends a statutory notice on at the deadline, marked as repeated', async () => {
      const setup = await accepted(...LISTED, { wechat: openid(1), sms: PHONE })
      await sweep(setup, HOUR - 1_000)
      expect((await setup.states())[0]).to.equal('wechat accepted')
      await sweep(setup, 2_000)
      expect(await setup.states()).to.deep.equal(['wechat unconfirmed', 'sms queued', 'voice held', 'clerk held'])
      expect((await setup.notices())[0]).to.include({ state: 'open' })
      expect((await setup.deliveries())[1]).to.include({ repeated: true })
    })

    it('becomes a clerk’s task where no other channel is left', async () => {
      const setup = await accepted(...LISTED, { wechat: openid(1) })
      await sweep(setup, HOUR + 1_000)
      expect(await setup.states()).to.deep.equal(['wechat unconfirmed', 'clerk waiting_person'])
    })

    it('ends a notice that no provision demands, visibly', async () => {
      const setup = await accepted(...COURTESY, { wechat: openid(1), sms: PHONE })
      await sweep(setup, HOUR + 1_000)
      expect(await setup.states()).to.deep.equal(['wechat unconfirmed', 'sms held'])
      const notice = (await setup.notices())[0]
      expect(notice).to.deep.include({ state: 'accepted', closedAt: setup.clock.now() })
      expect(notice === undefined ? '' : verdictOf(notice)).to.equal('unconfirmed')
    })

    it('starts nothing more than a week past its deadline, nor after the archive', async () => {
      const late = await accepted(...LISTED, { wechat: openid(1), sms: PHONE })
      await sweep(late, 8 * 24 * HOUR)
      expect((await late.states()).slice(0, 2)).to.deep.equal(['wechat unconfirmed', 'sms held'])
      const archived = await accepted(...LISTED, { wechat: openid(1), sms: PHONE })
      archived.clock.advance(HOUR + 1_000)
      await archiveNotices(archived.app, SYSTEM, { before: archived.clock.now(), limit: 10 })
      await sweep(archived, 0)
      expect((await archived.states()).slice(0, 2)).to.deep.equal(['wechat unconfirmed', 'sms held'])
    })

    it('still counts when it comes late: delivered cancels the other steps, failed is recorded', async () => {
      const setup = await accepted(...LISTED, { wechat: openid(1), sms: PHONE })
      await sweep(setup, HOUR + 1_000)
      const ref = setup.wechat.sent[0]?.msgid ?? ''
      const receipt = { provider: 'wechat-official', ref }
      const failure = { kind: 'closed', code: 'x', reason: 'x' } as const
      await takeReceipt(setup.app, SYSTEM, { ...receipt, status: 'failed', stage: 'failed', failure })
      expect((await setup.states()).slice(0, 2)).to.deep.equal(['wechat unconfirmed', 'sms queued'])
      await takeReceipt(setup.app, SYSTEM, { ...receipt, status: 'success', stage: 'delivered' })
      expect(await setup.states()).to.deep.equal(['wechat delivered', 'sms cancelled', 'voice cancelled', 'clerk cancelled'])
    })
  })
})
