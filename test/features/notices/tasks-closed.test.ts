// Tasks to tell something by hand close when their matter is done: approved, rejected, decided, or served by hand.

import { expect } from 'chai'
import { approveProposals, proposeChange, rejectProposals } from '../../../src/features/bulletins/proposals.commands.ts'
import { draftListing, approveListings, recordServices } from '../../../src/features/listings/commands.ts'
import { listDuties, listNotices } from '../../../src/features/notices/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { eachDatabase } from '../../support/app.ts'
import { PAGE } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { APPROVER, CLERK, listed, submitted } from '../../support/listed.ts'

/** Titles of what waits for a person, without the debtor's own notices. */
async function duties(app: AppContext): Promise<string[]> {
  return (await listDuties(app, CLERK, PAGE)).items.map(({ title }) => title)
}

eachDatabase((_db, make) => {
  it('asks nobody to tell an approver of proposals of which none is open', async () => {
    const { app } = await make()
    const ids = await listed(app, 3, { phone: '13800138000' })
    const before = await duties(app)
    const terms = { act: 'revoke', reason: '列入有误' } as const
    const made = await proposeChange(app, CLERK, { items: ids.map((id) => ({ id })), terms })
    expect((await duties(app)).length).to.equal(before.length + 1)
    // The task is about all three: it stays while one of them waits.
    await rejectProposals(app, APPROVER, { ids: [made[0]?.id ?? ''], reason: '证据不足' })
    await approveProposals(app, APPROVER, { ids: [made[1]?.id ?? ''] })
    expect((await duties(app)).length).to.equal(before.length + 1)
    await approveProposals(app, APPROVER, { ids: [made[2]?.id ?? ''] })
    expect(await duties(app)).to.deep.equal(before)
    const { items } = await listNotices(app, CLERK, { filter: { audience: 'court' }, page: PAGE })
    expect(items.map(({ state, overtakenBy }) => [state, overtakenBy])).to.deep.equal([['cancelled', 'matter.done']])
  })

  it('asks nobody to tell a debtor of a decision that was served, and still sends what a machine sends', async () => {
    const { app } = await make()
    const drafts: { id: string }[] = []
    for (const [n, phone] of ['', '13800138000'].entries())
      drafts.push(await draftListing(app, CLERK, { content: { ...PERSON, caseNo: `（2026）云3401执${n + 1}号`, phone } }))
    const items = drafts.map(({ id }) => ({ id }))
    await submitted(app, CLERK, items)
    await approveListings(app, APPROVER, { items })
    expect(await duties(app)).to.have.length(1)
    await recordServices(app, CLERK, { items, servedOn: '2026-11-22', manner: '直接送达' })
    expect(await duties(app)).to.deep.equal([])
    const told = await listNotices(app, CLERK, { filter: {}, page: PAGE })
    expect(told.items.map(({ state, overtakenBy }) => `${state} ${overtakenBy ?? '-'}`).sort()).to.deep.equal([
      'cancelled listing.served',
      'open -',
    ])
  })
})
