// What a notice under way waits for: the end of the quiet hours, a person, or the provider.

import { expect } from 'chai'
import { listNotices } from '../../../src/features/notices/views.ts'
import { instantAt } from '../../../src/core/calendar.ts'
import { eachDatabase } from '../../support/app.ts'
import { PAGE } from '../../support/deadlines.ts'
import { approveListings, draftListing } from '../../../src/features/listings/commands.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { PERSON } from '../../support/drafts.ts'
import { APPROVER, CLERK, served, submitted } from '../../support/listed.ts'

/** A decision about somebody without an address. */
async function draftAndApprove(app: AppContext): Promise<void> {
  const { id } = await draftListing(app, CLERK, { content: { ...PERSON, caseNo: '（2026）云3401执2号' } })
  await submitted(app, CLERK, [{ id }])
  await approveListings(app, APPROVER, { items: [{ id }] })
}

eachDatabase((_db, make) => {
  it('says until when it waits, that a person has to tell it, or that it is being sent', async () => {
    const { app, clock } = await make({ now: instantAt('2026-11-22', 23) })
    const waits = async (): Promise<unknown[]> =>
      (await listNotices(app, CLERK, { filter: {}, page: PAGE })).items.map((notice) => notice.waits)
    await served(app, 1, { phone: '13800138000' })
    expect(await waits()).to.deep.equal([{ for: 'time', until: instantAt('2026-11-23', 8) }])
    clock.set(instantAt('2026-11-23', 8))
    expect(await waits()).to.deep.equal([{ for: 'provider', until: null }])
    await draftAndApprove(app)
    expect((await waits())[0]).to.deep.equal({ for: 'person', until: null })
  })
})
