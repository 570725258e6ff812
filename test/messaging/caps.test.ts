// The daily cap with several processes: what one process has claimed counts for the others.
// The daily cap in one process is tested in dispatcher.test.ts.

import { expect } from 'chai'
import { instantAt } from '../../src/core/calendar.ts'
import { settleAndStart } from '../../src/messaging/delivery.ts'
import type { Addresses } from '../../src/messaging/fallback.rules.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { WECHAT_ENV } from '../support/account.ts'
import { claimSms, closeSetups, LISTED, makeSetup, phone, enqueue, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'

const CAP = 2
const PERSON = { sms: phone(1) }

/** Claims deliveries as one process. Returns for each delivery that it may send whether it exceeds the cap. */
async function claims({ app }: DeliverySetup, token: string, limit = 10): Promise<boolean[]> {
  const due = await claimSms(app, { token, length: 60_000 }, limit)
  return due.map(({ overCap }) => overCap)
}

eachDatabase((_db, make) => {
  afterEach(closeSetups)

  it('the daily cap counts what another process has claimed and not sent yet', async () => {
    const setup = await makeSetup(make, { env: { DAILY_CAP: String(CAP) } })
    for (let n = 0; n < CAP + 2; n += 1) await enqueue(setup.app, 'bulletin.published', 'public', [PERSON])
    expect(await claims(setup, 'first', CAP)).to.deep.equal([false, false])
    expect(await claims(setup, 'second'), 'the rest waits for the next day').to.deep.equal([])
    await enqueue(setup.app, ...LISTED, [PERSON])
    expect(await claims(setup, 'second'), 'a statutory notice exceeds the cap, on record').to.deep.equal([true])
    // What was claimed and never sent does not count any more once its lease has run out.
    setup.clock.advance(61_000)
    expect(await claims(setup, 'third')).to.deep.equal([false, false])
  })

  it('a process that was held up starts none of what it had claimed: others were allowed in its place', async () => {
    const setup = await makeSetup(make, { env: { DAILY_CAP: String(CAP) } })
    const { app, clock } = setup
    for (let n = 0; n < CAP; n += 1) await enqueue(app, 'bulletin.published', 'public', [PERSON])
    const slow = { token: 'slow', length: 60_000 }
    const start = await claimSms(app, slow, CAP)
    clock.advance(61_000)
    expect(await settleAndStart(app, SYSTEM, { lease: slow, settle: [], start })).to.deep.equal({ started: new Set(), lost: [] })
    expect(await claims(setup, 'other'), 'they are free again').to.deep.equal([false, false])
  })

  it('the daily cap is of the person: a message by WeChat counts when the next goes by SMS, one that has not arrived does not', async () => {
    const setup = await makeSetup(make, { env: { ...WECHAT_ENV, DAILY_CAP: '1' } })
    const tell = async (person: Addresses): Promise<void> => {
      await enqueue(setup.app, 'bulletin.published', 'public', [person])
      await setup.dispatcher.processAll()
    }
    const [reached, refusing] = [
      { sms: phone(1), wechat: 'o-cap-1' },
      { sms: phone(2), wechat: 'o-cap-2' },
    ]
    await tell(reached)
    setup.wechat.fail(reached.wechat, 43004)
    setup.wechat.fail(refusing.wechat, 43004)
    await tell(refusing)
    await tell(reached)
    setup.clock.advance(3_600_000)
    await tell({ sms: phone(3) })
    expect(setup.wechat.sent.map(({ to }) => to)).to.deep.equal([reached.wechat])
    expect(setup.twilio.sent.map(({ to }) => to)).to.deep.equal([refusing.sms, phone(3)])
    setup.clock.set(instantAt('2026-11-23', 8, 1))
    await setup.dispatcher.processAll()
    expect(setup.twilio.sent.map(({ to }) => to)).to.deep.equal([refusing.sms, phone(3), reached.sms])
  })

  it('the daily cap puts off no alarm of the court, whatever else the person got that day', async () => {
    const setup = await makeSetup(make, { env: { DAILY_CAP: String(CAP) } })
    for (let n = 0; n < CAP + 1; n += 1) await enqueue(setup.app, 'bulletin.published', 'public', [PERSON])
    expect(await claims(setup, 'first')).to.deep.equal([false, false])
    await enqueue(setup.app, 'staff.changed_alone', 'court', [PERSON])
    expect(await claims(setup, 'second')).to.deep.equal([false])
  })

  it('the daily cap is kept when several processes claim at the same time', async () => {
    const setup = await makeSetup(make, { env: { DAILY_CAP: String(CAP) } })
    for (let n = 0; n < 4 * CAP; n += 1) await enqueue(setup.app, 'bulletin.published', 'public', [PERSON])
    const allowed = await Promise.all(['a', 'b', 'c', 'd'].map((token) => claims(setup, token, CAP)))
    expect(allowed.flat().length).to.be.at.most(CAP)
  })
})
