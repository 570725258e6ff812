// Doubts: messages of which nobody knows whether they were sent are found, sent again with a mark, or settled by a person.

import { expect } from 'chai'
import { settleDuty, type DutySettlement } from '../../src/features/notices/commands.ts'
import { instantAt } from '../../src/core/calendar.ts'
import { attemptsOf, type DeliveryRow } from '../../src/messaging/deliveries.store.ts'
import { addressMarkTable } from '../../src/messaging/address-marks.store.ts'
import { receiptsOf } from '../../src/messaging/receipts.store.ts'
import { auditOf } from '../../src/platform/commands/audit.store.ts'
import { isAppError } from '../../src/core/errors.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import { closeSetups, LISTED, makeSetup, openid, phone, enqueue, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'

const CLERK: Actor = { id: 'staff:clerk', roles: ['clerk'] }
const PHONE = phone(10_011)

const afterSeconds = async (setup: DeliverySetup, seconds: number): Promise<void> => {
  setup.clock.advance(seconds * 1000)
  await setup.dispatcher.processAll()
}

async function refused(run: Promise<unknown>): Promise<string> {
  try {
    await run
  } catch (error) {
    if (isAppError(error)) return error.code
    throw error
  }
  return 'accepted'
}

describe('a doubt', () => {
  afterEach(closeSetups)

  eachDatabase((_db, make) => {
    it('about an SMS that Twilio accepted before it failed is settled by Twilio’s list, without a second message', async () => {
      const setup = await makeSetup(make)
      setup.twilio.spoil(PHONE, { kind: 'status-after', status: 500 })
      await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
      await setup.dispatcher.processAll()
      expect((await setup.states())[0]).to.equal('sms unknown')
      await afterSeconds(setup, 31)
      expect((await setup.deliveries())[0]).to.include({ state: 'accepted', repeated: false, providerRef: setup.twilio.sent[0]?.sid })
      expect((await setup.notices())[0]?.state).to.equal('accepted')
      expect(setup.twilio.sent).to.have.length(1)
    })

    it('about an SMS that never arrived leads to a second one, marked as repeated, after a minute at the earliest', async () => {
      const setup = await makeSetup(make)
      setup.twilio.spoil(PHONE, { kind: 'status', status: 500 })
      await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
      await setup.dispatcher.processAll()
      await afterSeconds(setup, 31)
      expect((await setup.states())[0]).to.equal('sms unknown')
      await afterSeconds(setup, 31)
      expect((await setup.deliveries())[0]).to.include({ state: 'accepted', repeated: true, attempts: 2 })
      expect(setup.twilio.sent).to.have.length(1)
    })

    it('about a WeChat message is settled by a repeat that the platform drops', async () => {
      const setup = await makeSetup(make)
      setup.wechat.spoil(openid(1), { kind: 'reset-after' })
      await enqueue(setup.app, ...LISTED, [{ wechat: openid(1) }])
      await setup.dispatcher.processAll()
      expect((await setup.states())[0]).to.equal('wechat unknown')
      await afterSeconds(setup, 31)
      expect((await setup.deliveries())[0]).to.include({ state: 'accepted', repeated: false })
      expect(setup.wechat.sent).to.have.length(1)
      expect(setup.wechat.repeats).to.have.length(1)
    })

    it('about which a provider cannot answer is settled by the template after ten minutes', async () => {
      const setup = await makeSetup(make)
      setup.twilio.spoil(PHONE, { kind: 'hang-after' })
      setup.twilio.fail('list', { status: 500, code: null }, 100)
      await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
      await setup.dispatcher.processAll()
      for (let minute = 0; minute < 9; minute += 1) await afterSeconds(setup, 60)
      expect((await setup.states())[0]).to.equal('sms unknown')
      await afterSeconds(setup, 70)
      expect((await setup.deliveries())[0]).to.include({ state: 'accepted', repeated: true })
      expect(setup.twilio.sent).to.have.length(2)
    })

    it('leaves what sending leaves: the attempt of a process that died, the reference, the receipt', async () => {
      const setup = await makeSetup(make)
      setup.twilio.spoil(PHONE, { kind: 'status-after', status: 500 })
      setup.twilio.script(PHONE, ['undelivered'], 30003)
      await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
      await setup.dispatcher.processAll()
      await setup.twilio.settled()
      const row = (await setup.deliveries())[0] as DeliveryRow
      await setup.app.store.write((tx) => tx.run('delete from attempt where delivery_id = ?', [row.id]))
      await afterSeconds(setup, 31)
      expect((await setup.deliveries())[0]).to.include({ state: 'closed', providerRef: setup.twilio.sent[0]?.sid, lastCode: '30003' })
      const [attempts, receipts] = await setup.app.store.read(async (db) => [
        await attemptsOf(db, [row.id]),
        await receiptsOf(db, [row.id]),
      ])
      expect(attempts.map(({ n, outcome, code }) => `${n} ${outcome} ${code}`)).to.deep.equal(['1 closed 30003'])
      expect(receipts.map(({ stage, code }) => `${stage} ${code}`)).to.deep.equal(['failed 30003'])
    })

    it('keeps that its message exceeded the daily cap', async () => {
      const setup = await makeSetup(make, { env: { DAILY_CAP: '1' } })
      await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
      await setup.dispatcher.processAll()
      setup.twilio.spoil(PHONE, { kind: 'status-after', status: 500 })
      await enqueue(setup.app, ...LISTED, [{ sms: PHONE }])
      await setup.dispatcher.processAll()
      await afterSeconds(setup, 31)
      const sent = (await setup.deliveries()).filter(({ medium }) => medium === 'sms')
      expect(sent.map(({ state, overCap }) => `${state} ${overCap}`)).to.deep.equal(['accepted false', 'accepted true'])
    })

    it('that is settled by sending once more waits in quiet hours', async () => {
      const setup = await makeSetup(make, { now: instantAt('2026-11-22', 21, 59), env: { QUIET_HOURS: '22:00-08:00' } })
      setup.wechat.spoil(openid(1), { kind: 'reset' })
      await enqueue(setup.app, ...LISTED, [{ wechat: openid(1) }])
      await setup.dispatcher.processAll()
      for (let minute = 0; minute < 11; minute += 1) await afterSeconds(setup, 60)
      expect(setup.wechat.sent).to.have.length(0)
      expect((await setup.deliveries())[0]).to.include({ state: 'queued', repeated: true })
      setup.clock.set(instantAt('2026-11-23', 8, 1))
      await setup.dispatcher.processAll()
      expect(setup.wechat.sent).to.have.length(1)
    })

    it('that is settled by sending once more is not asked about when the person has opted out meanwhile', async () => {
      const setup = await makeSetup(make)
      setup.wechat.spoil(openid(1), { kind: 'reset' })
      await enqueue(setup.app, ...LISTED, [{ wechat: openid(1) }])
      await setup.dispatcher.processAll()
      const row = (await setup.deliveries())[0] as DeliveryRow
      await setup.app.store.write((tx) => {
        const mark = { address: row.address ?? '', addressIndex: row.addressIndex ?? '', reason: null, refusedAt: null }
        return tx.insert(addressMarkTable, [{ ...mark, medium: 'wechat', optedOutAt: setup.clock.now() }])
      })
      for (let minute = 0; minute < 11; minute += 1) await afterSeconds(setup, 60)
      expect(setup.wechat.sent).to.have.length(0)
      expect((await setup.states())[0]).to.equal('wechat refused')
    })

    describe('that only a person may settle', () => {
      async function inDoubt(): Promise<{ setup: DeliverySetup; deliveryId: string }> {
        const setup = await makeSetup(make)
        setup.twilio.spoil(PHONE, { kind: 'status', status: 500 })
        await enqueue(setup.app, 'listing.undisclosed', 'employer', [{ sms: PHONE }])
        await setup.dispatcher.processAll()
        await afterSeconds(setup, 70)
        return { setup, deliveryId: (await setup.deliveries())[0]?.id ?? '' }
      }

      it('stays open and is not sent again automatically', async () => {
        const { setup } = await inDoubt()
        await afterSeconds(setup, 3600)
        expect(await setup.states()).to.deep.equal(['sms in_doubt', 'clerk held'])
        expect(setup.twilio.sent).to.have.length(0)
      })

      it('can be settled as arrived', async () => {
        const { setup, deliveryId } = await inDoubt()
        await settleDuty(setup.app, CLERK, { deliveryId, verdict: 'arrived', note: 'called back, has it' })
        expect(await setup.states()).to.deep.equal(['sms delivered', 'clerk cancelled'])
        expect((await setup.notices())[0]).to.include({ state: 'settled', settledBy: 'staff:clerk', reason: 'called back, has it' })
      })

      it('can be settled by sending again, marked as repeated', async () => {
        const { setup, deliveryId } = await inDoubt()
        await settleDuty(setup.app, CLERK, { deliveryId, verdict: 'again' })
        await setup.dispatcher.processAll()
        expect((await setup.deliveries())[0]).to.include({ state: 'accepted', repeated: true })
        expect(setup.twilio.sent).to.have.length(1)
      })

      it('cannot be settled as a clerk’s task or without a reason', async () => {
        const { setup, deliveryId } = await inDoubt()
        expect(await refused(settleDuty(setup.app, CLERK, { deliveryId, verdict: 'done', note: 'x' }))).to.equal('duty_done')
        expect(await refused(settleDuty(setup.app, CLERK, { deliveryId, verdict: 'arrived', note: ' ' }))).to.equal('reason_needed')
      })
    })

    describe('or a task of a clerk', () => {
      const word: Omit<DutySettlement, 'deliveryId'> = { verdict: 'done', note: 'handed over in person', on: '2026-11-22' }

      async function task(): Promise<{ setup: DeliverySetup; deliveryId: string }> {
        const setup = await makeSetup(make)
        await enqueue(setup.app, ...LISTED, [{}])
        return { setup, deliveryId: (await setup.deliveries())[0]?.id ?? '' }
      }

      it('is done once, with day and manner, and is audited', async () => {
        const { setup, deliveryId } = await task()
        expect(await refused(settleDuty(setup.app, CLERK, { deliveryId, ...word, on: '2026-11-23' }))).to.equal('request_invalid')
        await settleDuty(setup.app, CLERK, { deliveryId, ...word })
        const [notice] = await setup.notices()
        expect(notice).to.include({ state: 'settled', reason: '2026-11-22 handed over in person' })
        expect(await refused(settleDuty(setup.app, CLERK, { deliveryId, ...word }))).to.equal('duty_done')
        const audit = await setup.app.store.read((db) => auditOf(db, `notice:${notice?.id}`))
        expect(audit.map((row) => row.act)).to.deep.equal(['duty.settle'])
      })

      it('may be impossible, and is not settled a second time afterwards', async () => {
        const { setup, deliveryId } = await task()
        await settleDuty(setup.app, CLERK, { deliveryId, verdict: 'impossible', note: 'moved away, unknown' })
        expect((await setup.notices())[0]).to.include({ state: 'undeliverable', settledBy: 'staff:clerk' })
        expect(await refused(settleDuty(setup.app, CLERK, { deliveryId, ...word }))).to.equal('duty_done')
      })

      it('must exist, and is refused to an auditor', async () => {
        const { setup, deliveryId } = await task()
        expect(await refused(settleDuty(setup.app, { id: 'staff:a', roles: ['auditor'] }, { deliveryId, ...word }))).to.equal('not_allowed')
        expect(await refused(settleDuty(setup.app, CLERK, { deliveryId: 'nothing', ...word }))).to.equal('duty_missing')
      })

      it('remains of a notice with which every channel failed', async () => {
        const setup = await makeSetup(make)
        setup.twilio.fail(PHONE, { status: 400, code: 30003 })
        await enqueue(setup.app, 'bulletin.published', 'public', [{ sms: PHONE }])
        await setup.dispatcher.processAll()
        expect((await setup.notices())[0]?.state).to.equal('undeliverable')
        await settleDuty(setup.app, CLERK, { deliveryId: (await setup.deliveries())[0]?.id ?? '', ...word })
        expect((await setup.notices())[0]?.state).to.equal('settled')
        expect(await setup.states()).to.deep.equal(['sms closed'])
      })
    })
  })
})
