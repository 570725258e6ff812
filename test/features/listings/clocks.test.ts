// Deadlines that the acts on a listing open and close, on both databases: features/listings/clocks.commands.ts.
// How deadlines are counted and missed is test/features/deadlines; lift orders are test/features/lifts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import { noteExitGround, noteListingError } from '../../../src/features/listings/clocks.commands.ts'
import { withdrawListings } from '../../../src/features/listings/commands.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { searchDeadlines } from '../../../src/features/deadlines/search.store.ts'
import { ADMIN, at, PAGE, told } from '../../support/deadlines.ts'
import { eachDatabase } from '../../support/app.ts'
import { APPROVER, CLERK, listed, served } from '../../support/listed.ts'
import { clocksOf as clocksOfSubject } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'
import { publishListings, shieldListings } from '../../../src/features/bulletins/commands.ts'
import { approveProposals, proposeChange } from '../../../src/features/bulletins/proposals.commands.ts'
import { changeByTwo, correctByTwo, revokeByTwo } from '../../support/proposed.ts'

/** `code state due` of every deadline of a listing. */
async function clocksOf(app: AppContext, id: string): Promise<string[]> {
  const { items } = await app.store.read((db) => searchDeadlines(db, { subject: `listing:${id}` }, PAGE))
  return items.map((row) => `${row.code} ${row.state} ${row.due}`).sort()
}

const TERMED = { ground: '违反财产报告制度', term: '2年' }

eachDatabase((_db, make) => {
  it('opens the deadline to object when a decision is served, and cancels it when the listing is withdrawn', async () => {
    const { app } = await make({ now: at('2026-03-02', 10) })
    const [id = '', other = ''] = await served(app, 2)
    expect(await clocksOf(app, id)).to.deep.equal(['objection.file open 2026-03-12'])
    await withdrawListings(app, CLERK, { items: [{ id }], reason: '决定有误' })
    expect(await clocksOf(app, id)).to.deep.equal(['objection.file cancelled 2026-03-12'])
    expect(await clocksOf(app, other)).to.deep.equal(['objection.file open 2026-03-12'])
    const statute = await make({ now: at('2026-03-02', 10), env: { CLOCK_PROFILE: 'statute' } })
    const [free = ''] = await served(statute.app, 1)
    expect(await clocksOf(statute.app, free)).to.deep.equal([])
  })

  it('opens a deadline for the end of a fixed term at publication, which a correction leaves as it is', async () => {
    const { app } = await make({ now: at('2026-03-02', 10) })
    const [id = ''] = await listed(app, 1, TERMED)
    const end = async (): Promise<string[]> => (await clocksOf(app, id)).filter((each) => each.startsWith('listing.term_end'))
    // The calendar of 2028 is not known yet, so the day is provisional, counted from 2 March 2028.
    expect(await end()).to.deep.equal(['listing.term_end open 2028-03-05'])
    await correctByTwo(app, id, { performance: '部分未履行' }, '履行情况有误')
    expect(await end()).to.deep.equal(['listing.term_end open 2028-03-05'])
  })

  it('opens a deadline of three days when an exit ground is found met, and closes it when the listing is shielded (P10)', async () => {
    const { app, clock } = await make({ now: at('2026-03-02', 10) })
    const [id = '', late = '', draft = ''] = [...(await listed(app, 2)), ...(await served(app, 1, {}, 9))]
    const note = (item: string, metOn = '2026-03-02'): Promise<unknown> =>
      noteExitGround(app, CLERK, { items: [{ id: item }], ground: 'fully_performed', metOn })
    await refusal('listing_act_impossible', () => note(draft))
    await refusal('request_invalid', () => note(id, '2026-03-03'))
    await refusal('listing_early_exit', () => noteExitGround(app, CLERK, { items: [{ id }], ground: 'term_ended', metOn: '2026-03-02' }))
    await refusal('listing_missing', () => note('01M81ZJK12XTFTYW6TKHXAKXPJ'))
    const exitOf = async (item: string): Promise<string[]> => (await clocksOf(app, item)).filter((each) => each.startsWith('listing.exit'))
    expect(await exitOf(id)).to.deep.equal([])
    await note(id)
    await note(late)
    await note(id, '2026-03-01')
    expect(await exitOf(id)).to.deep.equal(['listing.exit open 2026-03-05'])
    await shieldListings(app, CLERK, { items: [{ id }], ground: 'fully_performed', reason: '已履行' })
    expect(await exitOf(id)).to.deep.equal(['listing.exit closed 2026-03-05'])
    clock.set(at('2026-03-06', 10))
    await revokeByTwo(app, [late], '列入错误')
    expect(await exitOf(late)).to.deep.equal(['listing.exit closed_late 2026-03-05'])
    expect((await verifyAudit(app, { id: 'operator:test', roles: ['operator'] })).faults).to.deep.equal([])
  })

  it('opens a deadline of three days when an error is found (P02), and another one for an error in the corrected wording', async () => {
    const { app, clock } = await make({ now: at('2026-03-02', 10) })
    const [id = '', wrong = '', left = '', draft = ''] = [...(await listed(app, 3)), ...(await served(app, 1, {}, 9))]
    const note = (item: string, foundOn = '2026-03-02', reason = '案号录入有误'): Promise<unknown> =>
      noteListingError(app, CLERK, { items: [{ id: item }], foundOn, reason })
    await refusal('listing_act_impossible', () => note(draft))
    await refusal('request_invalid', () => note(id, '2026-03-03'))
    await refusal('reason_needed', () => note(id, '2026-03-02', ' '))
    await refusal('listing_missing', () => note('01M81ZJK12XTFTYW6TKHXAKXPJ'))
    await refusal('not_allowed', () => noteListingError(app, ADMIN, { items: [{ id }], foundOn: '2026-03-02', reason: '有误' }))
    expect(await clocksOfSubject(app, `error:${id}:1`)).to.deep.equal([])
    for (const each of [id, wrong, left]) await note(each)
    await note(id, '2026-03-01')
    expect(await clocksOfSubject(app, `error:${id}:1`), 'found twice').to.deep.equal(['listing.correct open 2026-03-05'])
    await shieldListings(app, CLERK, { items: [{ id: left }], ground: 'fully_performed', reason: '已履行' })
    expect(await clocksOfSubject(app, `error:${left}:1`)).to.deep.equal(['listing.correct cancelled 2026-03-05'])
    const terms = { act: 'correct', patch: { performance: '部分未履行' }, reason: '履行情况有误' } as const
    const [proposal] = await proposeChange(app, CLERK, { items: [{ id }], terms })
    expect(await clocksOfSubject(app, `error:${id}:1`), 'only proposed').to.deep.equal(['listing.correct open 2026-03-05'])
    await approveProposals(app, APPROVER, { ids: [proposal?.id ?? ''] })
    expect(await clocksOfSubject(app, `error:${id}:1`)).to.deep.equal(['listing.correct closed 2026-03-05'])
    await note(id)
    expect(await clocksOfSubject(app, `error:${id}:2`)).to.deep.equal(['listing.correct open 2026-03-05'])
    clock.set(at('2026-03-06', 10))
    await runDeadlines(app, SYSTEM)
    expect((await told(app, 'deadline.missed')).map((each) => each.text).join()).to.include('更正或撤销错误信息2项')
    await revokeByTwo(app, [wrong], '列入错误')
    expect(await clocksOfSubject(app, `error:${wrong}:1`)).to.deep.equal(['listing.correct closed_late 2026-03-05'])
  })

  it('counts the deadline to correct an error in working days under the statute profile', async () => {
    const { app } = await make({ now: at('2026-03-06', 10), env: { CLOCK_PROFILE: 'statute' } })
    const [id = ''] = await listed(app, 1)
    await noteListingError(app, CLERK, { items: [{ id }], foundOn: '2026-03-06', reason: '案号录入有误' })
    expect(await clocksOfSubject(app, `error:${id}:1`)).to.deep.equal(['listing.correct open 2026-03-11'])
  })

  it('cancels the deadline of a term when the listing leaves early, and closes it when it leaves afterwards', async () => {
    const { app, clock } = await make({ now: at('2024-03-04', 10) })
    const of2024 = { ...TERMED, filedOn: '2024-01-16' }
    const [early = ''] = await listed(app, 1, { ...of2024, caseNo: '（2024）云3401执1号' })
    const [late = ''] = await listed(app, 1, { ...of2024, caseNo: '（2024）云3401执2号' })
    await changeByTwo(app, [{ id: early }], { act: 'shield', ground: 'fully_performed', reason: '已履行', earlyDecisionNo: '早1号' })
    expect(await clocksOf(app, early)).to.include('listing.term_end cancelled 2026-03-09')
    clock.set(at('2026-03-10', 10))
    await shieldListings(app, CLERK, { items: [{ id: late }], ground: 'term_ended', reason: '期满' })
    expect(await clocksOf(app, late)).to.include('listing.term_end closed_late 2026-03-09')
  })

  it('opens no deadline when the act is refused', async () => {
    const { app } = await make({ now: at('2026-03-02', 10) })
    const [id = ''] = await listed(app, 1, TERMED)
    const before = await clocksOf(app, id)
    await refusal('listing_act_impossible', () => publishListings(app, CLERK, { items: [{ id }] }))
    await refusal('exit_by_two', () => shieldListings(app, APPROVER, { items: [{ id }], ground: 'fully_performed', reason: '已履行' }))
    expect(await clocksOf(app, id)).to.deep.equal(before)
  })
})
