// Sending a notice again: marked and at its hour, once however often it is asked for, never what was served, and to the address of today.

import { expect } from 'chai'
import { listNotices } from '../../../src/features/notices/views.ts'
import { markAddress } from '../../../src/messaging/address-marks.store.ts'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { deliveriesOf } from '../../../src/messaging/deliveries.store.ts'
import { createDispatcher } from '../../../src/messaging/dispatcher.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'

interface Shown {
  resendable: boolean
  state: string
  deliveries: { medium: string; state: string; text: string | null; repeated: boolean; dueAt: string }[]
  resends: { n: number; rung: number; reason: string }[]
}

eachDatabase((_db, make) => {
  describe('a notice that is sent again', () => {
    let made: TestApp
    let server: TestServer
    let clerk: Person

    beforeEach(async () => {
      made = await make()
      server = await openServer(made)
      clerk = await server.person('clerk')
    })
    afterEach(() => server.close())

    async function send(): Promise<void> {
      const channels = (['wechat', 'wechaty', 'sms', 'voice'] as const).map((medium) => [medium, createSandbox(medium)] as const)
      const dispatcher = createDispatcher(made.app, new Map(channels), { poll: 20 })
      await dispatcher.processAll()
      await dispatcher.stop()
    }

    /** A notice of the decision to a debtor whose phone is known, in the state that a provider's silence leaves. */
    async function handedOver(state = 'accepted'): Promise<string> {
      await listed(made.app, 1, { phone: '13900001119' })
      const { items } = await listNotices(made.app, CLERK, { filter: { audience: 'debtor' }, page: { limit: 10, offset: 0 } })
      const notice = items.find(({ template }) => template === 'listing-decided-debtor')
      const id = notice?.id ?? ''
      await send()
      await made.app.store.write(async (tx) => {
        await tx.run('update notice set state = ?, closed_at = ? where id = ?', [state, state === 'accepted' ? null : new Date(), id])
        await tx.run("update delivery set state = 'accepted' where notice_id = ? and rung = 0", [id])
      })
      return id
    }

    const show = async (id: string): Promise<Shown> => (await clerk.ask('GET', `/api/v1/notices/${id}`)).body as unknown as Shown
    const ask = (id: string, steps: number, by = clerk, reason = '本人说没有收到'): ReturnType<Person['ask']> =>
      by.ask('POST', `/api/v1/notices/${id}/resend`, { json: { reason, steps } })

    it('says in its text that it is a repetition, under a reference of its own, with who asked for it and why', async () => {
      const id = await handedOver()
      const before = await show(id)
      expect([before.resendable, before.deliveries.map(({ medium }) => medium)]).to.deep.equal([true, ['sms', 'voice', 'clerk']])
      const answer = await ask(id, 3)
      expect(answer.body, answer.text).to.deep.equal({ noticeId: id, n: 1 })
      const after = await show(id)
      expect([after.state, after.resendable]).to.deep.equal(['open', false])
      expect(after.deliveries.map(({ medium, state }) => `${medium} ${state}`)).to.deep.equal([
        'sms accepted',
        'voice cancelled',
        'clerk cancelled',
        'sms queued',
        'voice held',
        'clerk held',
      ])
      const [first, , , again] = after.deliveries
      expect(again?.text).to.match(/^【[^】]+】（第2次发送，原通知于\d{4}年\d+月\d+日发出）/)
      expect(again?.repeated).to.equal(true)
      const reference = (text = ''): string => /编号(\w+)/.exec(text)?.[1] ?? ''
      expect(reference(again?.text ?? ''))
        .to.match(/^\w{8}$/)
        .and.not.equal(reference(first?.text ?? ''))
      expect(after.resends).to.have.length(1)
      expect(after.resends[0]).to.include({ n: 1, rung: 3, reason: '本人说没有收到' })
      const audited = await made.app.store.read((db) =>
        db.query("select 1 from audit where act = 'notice.resend' and subject = ?", [`notice:${id}`]),
      )
      expect(audited).to.have.length(1)
      await send()
      expect((await show(id)).deliveries[3]?.state).to.equal('delivered')
    })

    it('goes out once when it is asked for twice at the same time, and not again by who saw it before', async () => {
      const id = await handedOver()
      const answers = await Promise.all([ask(id, 3), ask(id, 3)])
      expect(answers.map(({ status }) => status).toSorted()).to.deep.equal([200, 409])
      expect(answers.find(({ status }) => status === 409)?.body['code']).to.equal('notice_changed')
      expect((await show(id)).deliveries).to.have.length(6)
      expect((await ask(id, 6)).body['code']).to.equal('notice_not_resendable')
      const sent = await made.app.store.read((db) => deliveriesOf(db, [id]))
      expect(sent.filter(({ state }) => state === 'queued')).to.have.length(1)
    })

    it('waits for the end of the quiet hours, and is refused without a reason, a right or a way', async () => {
      const id = await handedOver()
      expect((await ask(id, 3, clerk, ' ')).body['code']).to.equal('reason_needed')
      for (const role of ['approver', 'auditor', 'admin'] as const)
        expect((await ask(id, 3, await server.person(role))).status, role).to.equal(403)
      expect((await ask('01ARZ3NDEKTSV4RRFFQ69G5FAV', 3)).body['code']).to.equal('notice_missing')
      // Half past eleven at night in Shanghai; the quiet hours end at eight.
      const night = new Date('2026-11-22T15:30:00.000Z')
      made.clock.set(night)
      clerk = await server.person('clerk')
      expect((await ask(id, 3)).status).to.equal(200)
      const due = new Date((await show(id)).deliveries[3]?.dueAt ?? '')
      expect(due.toISOString()).to.equal(new Date(night.getTime() + 8.5 * 3_600_000).toISOString())
    })

    it('is refused for what was served, and where no channel has an address that may be used', async () => {
      const id = await handedOver()
      const become = (state: string): Promise<unknown> =>
        made.app.store.write((tx) => tx.run('update notice set state = ? where id = ?', [state, id]))
      for (const state of ['delivered', 'settled', 'cancelled']) {
        await become(state)
        expect((await show(id)).resendable, state).to.equal(false)
        expect((await ask(id, 3)).body['code'], state).to.equal('notice_not_resendable')
      }
      await become('undeliverable')
      await made.app.store.write(async (tx) => {
        const [sms] = (await deliveriesOf(tx, [id])).filter(({ medium }) => medium === 'sms')
        for (const medium of ['sms', 'voice'] as const)
          await markAddress(tx, {
            medium,
            addressIndex: sms?.addressIndex ?? '',
            address: sms?.address ?? '',
            refusedAt: made.app.clock.now(),
            reason: 'no such number',
            optedOutAt: null,
          })
      })
      expect((await ask(id, 3)).body['code']).to.equal('notice_no_way')
      expect((await show(id)).deliveries).to.have.length(3)
    })
  })
})
