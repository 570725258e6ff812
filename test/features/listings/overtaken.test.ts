// Notices that a later event of the same listing makes pointless: cancelled at once, asked again before sending, on both databases.

import { expect } from 'chai'
import { enqueueBroadcastPortion } from '../../../src/features/bulletins/tasks.ts'
import { publishListings, shieldListings } from '../../../src/features/bulletins/commands.ts'
import { withdrawListings } from '../../../src/features/listings/commands.ts'
import { getNotice, listDuties, listNotices } from '../../../src/features/notices/views.ts'
import { settleAndStart } from '../../../src/messaging/delivery.ts'
import { takeReceipt } from '../../../src/messaging/receipts.ts'
import { addSubscriber } from '../../../src/features/units/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { instantAt } from '../../../src/core/calendar.ts'
import { eachDatabase } from '../../support/app.ts'
import { ADMIN, PAGE } from '../../support/deadlines.ts'
import { claimSms, closeSetups, makeSetup } from '../../support/delivery-setup.ts'
import { CLERK, listed, served } from '../../support/listed.ts'
import { correctByTwo, revokeByTwo } from '../../support/proposed.ts'

const NIGHT = instantAt('2026-11-22', 23)
const PHONE = { phone: '13800138000', applicantName: '申请人', applicantPhone: '13800000010' }

/** `event audience state overtakenBy` of all notices about listings and bulletins. */
async function noticesOf(app: AppContext): Promise<string[]> {
  while ((await enqueueBroadcastPortion(app, SYSTEM, undefined)) !== null);
  const { items } = await listNotices(app, CLERK, { filter: {}, page: { limit: 100, offset: 0 } })
  return items
    .filter(({ event }) => !event.startsWith('listing.proposed'))
    .map(({ event, audience, state, overtakenBy }) => `${event.split(':')[0] ?? ''} ${audience} ${state} ${overtakenBy ?? '-'}`)
    .sort()
}

describe('notices that a later event overtakes', () => {
  afterEach(closeSetups)

  eachDatabase((_db, make) => {
    it('never tells a debtor at eight that they are listed who was told at night that they are not', async () => {
      const setup = await makeSetup(make, { now: NIGHT })
      const { app } = setup
      const [id = ''] = await listed(app, 1, PHONE)
      await revokeByTwo(app, [id], '列入有误')
      expect((await noticesOf(app)).filter((line) => line.includes(' debtor '))).to.deep.equal([
        'listing.decided debtor cancelled listing.revoked',
        'listing.listed debtor cancelled listing.revoked',
        'listing.revoked debtor open -',
      ])
      await setup.dispatcher.processAll()
      setup.clock.set(instantAt('2026-11-23', 8))
      await setup.dispatcher.processAll()
      const texts = setup.twilio.sent.map(({ body }) => body)
      expect(texts.filter((text) => text.includes('撤销'))).to.have.length(2)
      expect(texts.filter((text) => /信息已于.*公布|作出.*决定/.test(text))).to.deep.equal([])
    })

    it('says on the page of the notice what took its place, and leaves no task and no doubt of it', async () => {
      const { app } = await makeSetup(make, { now: NIGHT })
      // Nobody can be reached: each notice is a clerk's task at once.
      const [id = ''] = await listed(app, 1, { disclosure: '否' })
      const before = (await listDuties(app, CLERK, PAGE)).items.map(({ title }) => title)
      expect(before).to.have.length(1)
      await shieldListings(app, CLERK, { items: [{ id }], ground: 'fully_performed', reason: '全部履行完毕' })
      const { items } = await listNotices(app, CLERK, { filter: { listingId: id }, page: PAGE })
      const overtaken = items.filter(({ overtakenBy }) => overtakenBy === 'listing.shielded')
      expect(overtaken.map(({ state, verdict }) => `${state} ${verdict}`)).to.deep.equal(['cancelled cancelled'])
      const shown = await getNotice(app, CLERK, overtaken[0]?.id ?? '')
      expect(shown).to.include({ overtakenBy: 'listing.shielded' })
      expect(shown.deliveries.map(({ state, possible }) => `${state} ${possible.join()}`)).to.deep.equal(['cancelled '])
      const after = (await listDuties(app, CLERK, PAGE)).items.map(({ title }) => title)
      expect(after.filter((title) => before.includes(title))).to.deep.equal([])
      expect(after).to.have.length(1)
    })

    it('stops what a dispatcher has claimed, and what comes back from a provider after the event', async () => {
      const setup = await makeSetup(make)
      const { app } = setup
      const [id = ''] = await listed(app, 1, { phone: PHONE.phone })
      await setup.dispatcher.processAll()
      const accepted = setup.twilio.sent.length
      const listedNotice = (await setup.notices()).find(({ event }) => event.startsWith('listing.listed'))
      const step = (await setup.deliveries()).find(({ noticeId }) => noticeId === listedNotice?.id)
      expect(step).to.include({ medium: 'sms', state: 'accepted' })
      await revokeByTwo(app, [id], '列入有误')
      // The provider reports that the old message failed: no voice call follows, and nobody is asked to tell it by hand.
      const failed = { kind: 'closed', code: '30003', reason: 'unreachable' } as const
      const receipt = {
        provider: step?.provider ?? '',
        ref: step?.providerRef ?? '',
        status: 'undelivered',
        stage: 'failed',
        failure: failed,
      } as const
      await takeReceipt(app, SYSTEM, receipt)
      await setup.dispatcher.processAll()
      expect((await setup.notices()).find((notice) => notice.id === listedNotice?.id)).to.include({
        state: 'cancelled',
        overtakenBy: 'listing.revoked',
      })
      expect(setup.twilio.sent.slice(accepted).filter(({ body }) => !body.includes('撤销'))).to.deep.equal([])
      expect(setup.logged.filter(({ event }) => event === 'notice.undeliverable')).to.deep.equal([])

      const [other = ''] = await listed(app, 1, { phone: '13800138001' }, 2)
      const lease = { token: 'claimed-before', length: 60_000 }
      const claimed = await claimSms(app, lease)
      expect(claimed).to.have.length(2)
      await revokeByTwo(app, [other], '列入有误')
      const { started } = await settleAndStart(app, SYSTEM, { lease, settle: [], start: claimed })
      expect([...started]).to.deep.equal([])
    })

    it('does not send a requeued message again whose notice was overtaken while it was at the provider', async () => {
      const setup = await makeSetup(make)
      const { app } = setup
      const [id = ''] = await listed(app, 1, { phone: PHONE.phone })
      const lease = { token: 'at-the-provider', length: 60_000 }
      const start = await claimSms(app, lease)
      await settleAndStart(app, SYSTEM, { lease, settle: [], start })
      await revokeByTwo(app, [id], '列入有误')
      const times = { startedAt: app.clock.now(), endedAt: app.clock.now(), attempted: true, provider: 'twilio-sms' }
      const outcome = { kind: 'later', code: '429', reason: 'too many' } as const
      await settleAndStart(app, SYSTEM, { lease, settle: start.map((due) => ({ due, outcome, ...times })), start: [] })
      setup.clock.advance(3_600_000)
      await setup.dispatcher.processAll()
      expect((await noticesOf(app)).filter((line) => line.includes(' debtor '))).to.deep.equal([
        'listing.decided debtor cancelled listing.revoked',
        'listing.listed debtor cancelled listing.revoked',
        'listing.revoked debtor accepted -',
      ])
    })

    it('drops the decision that is withdrawn, and the task to find an employer that a correction names', async () => {
      const { app } = await makeSetup(make, { now: NIGHT })
      const [id = ''] = await served(app, 1, PHONE)
      await withdrawListings(app, CLERK, { items: [{ id }], reason: '已经履行' })
      expect(await noticesOf(app)).to.deep.equal([
        'listing.decided applicant cancelled listing.withdrawn',
        'listing.decided debtor cancelled listing.withdrawn',
      ])
      const [hidden = ''] = await listed(app, 1, { disclosure: '否', phone: PHONE.phone }, 2)
      await correctByTwo(app, hidden, { employer: '某某局' }, '查明单位')
      const missing = (await noticesOf(app)).filter((line) => line.startsWith('listing.employer_missing'))
      expect(missing).to.deep.equal(['listing.employer_missing court cancelled listing.corrected'])
    })

    it('tells units and subscribers of a bulletin only while an entry of it is on the list', async () => {
      const { app } = await makeSetup(make, { now: NIGHT })
      await addSubscriber(app, ADMIN, { kind: 'media', name: '电视台', phone: '13800000003' })
      const ids = await served(app, 2, PHONE)
      await publishListings(app, CLERK, { items: ids.map((id) => ({ id })) })
      const published = async (): Promise<string[]> => (await noticesOf(app)).filter((line) => line.startsWith('bulletin.published'))
      await revokeByTwo(app, ids.slice(0, 1), '列入有误')
      expect(await published()).to.deep.equal(['bulletin.published media open -'])
      await revokeByTwo(app, ids.slice(1), '列入有误')
      expect(await published()).to.deep.equal(['bulletin.published media cancelled listing.revoked'])
      // A broadcast whose recipients were not read yet is not read any more.
      const [late = ''] = await listed(app, 1, PHONE, 3)
      await revokeByTwo(app, [late], '列入有误')
      expect(await published()).to.have.length(1)
    })
  })
})
