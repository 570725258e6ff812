// The day's cap with several processes: what one of them is about to send counts for the others.
// What the cap means for one process is dispatch.test.ts.

import { expect } from 'chai'
import { claimDue } from '../../src/messaging/delivery.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { closeDesks, LISTED, makeDesk, phone, tell, type Desk } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'

const CAP = 2
const PERSON = { sms: phone(1) }

/** What a process claims and may send. */
async function claims({ app }: Desk, token: string, limit = 10): Promise<boolean[]> {
  const due = await claimDue(app, SYSTEM, { wanted: [{ medium: 'sms', limit }], lease: { token, length: 60_000 } })
  return due.map(({ overCap }) => overCap)
}

eachDatabase((_db, make) => {
  afterEach(closeDesks)

  it('counts what another process has claimed and not sent yet', async () => {
    const desk = await makeDesk(make, { env: { DAILY_CAP: String(CAP) } })
    for (let n = 0; n < CAP + 2; n += 1) await tell(desk.app, 'bulletin.published', 'public', [PERSON])
    expect(await claims(desk, 'first', CAP)).to.deep.equal([false, false])
    expect(await claims(desk, 'second'), 'the rest waits for tomorrow').to.deep.equal([])
    await tell(desk.app, ...LISTED, [PERSON])
    expect(await claims(desk, 'second'), 'the law passes, on record').to.deep.equal([true])
    // What nobody sent after all counts no more when its lease has run out.
    desk.clock.advance(61_000)
    expect(await claims(desk, 'third')).to.deep.equal([false, false])
  })

  it('lets no more than the day’s number through when processes claim at one moment', async () => {
    const desk = await makeDesk(make, { env: { DAILY_CAP: String(CAP) } })
    for (let n = 0; n < 4 * CAP; n += 1) await tell(desk.app, 'bulletin.published', 'public', [PERSON])
    const all = await Promise.all(['a', 'b', 'c', 'd'].map((token) => claims(desk, token, CAP)))
    expect(all.flat().length).to.be.at.most(CAP)
  })
})
