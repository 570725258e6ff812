// The six-month bar after a deletion at a creditor's request: it stops the applicant who asked for it, and nobody else.
// How the six months are counted is test/features/deadlines/rules.test.ts.

import { expect } from 'chai'
import { draftListing, editListing } from '../../../src/features/listings/commands.ts'
import { relistBar } from '../../../src/features/listings/relist.rules.ts'
import { showListing } from '../../../src/features/listings/views.ts'
import { findListing } from '../../../src/features/listings/search.store.ts'
import { changeByTwo } from '../../support/proposed.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import { eachDatabase } from '../../support/app.ts'
import { at } from '../../support/deadlines.ts'
import type { ImportRow } from '../../../src/features/imports/store.ts'
import { compareEntries } from '../../../src/features/imports/rows.commands.ts'
import { born, check, codes, PERSON } from '../../support/drafts.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'

describe('the bar after a deletion at the creditor’s request', () => {
  const exit = (askedBy: string | null, exitedOn = '2026-03-02'): { askedBy: string | null; exitedOn: string } => ({ askedBy, exitedOn })
  const until = '2026-09-03'
  const cases: [string, string | undefined, ReturnType<typeof exit>[], string, ReturnType<typeof relistBar>][] = [
    ['the same applicant', '央宗', [exit('央宗')], '2026-09-02', { verdict: 'barred', until }],
    ['the same applicant after the six months', '央宗', [exit('央宗')], '2026-09-03', null],
    ['another applicant', '卓玛', [exit('央宗')], '2026-03-03', null],
    ['one of several who asked', '卓玛', [exit('央宗、卓玛')], '2026-03-03', { verdict: 'barred', until }],
    ['another spelling of brackets', '甲（乙）公司', [exit('甲(乙)公司')], '2026-03-03', { verdict: 'barred', until }],
    ['an exit of which nobody knows who asked', '央宗', [exit(null)], '2026-03-03', { verdict: 'doubtful', until }],
    ['nobody named who asks', undefined, [exit('央宗')], '2026-03-03', { verdict: 'doubtful', until }],
    ['a bar beside a later doubt', '央宗', [exit('央宗'), exit(null, '2026-04-01')], '2026-05-01', { verdict: 'barred', until }],
    ['the later of two', '央宗', [exit('央宗', '2026-01-05'), exit('央宗')], '2026-05-01', { verdict: 'barred', until }],
    ['no deletion', '央宗', [], '2026-03-03', null],
  ]
  for (const [what, name, exits, today, expected] of cases)
    it(`finds ${expected === null ? 'no bar' : expected.verdict} for ${what}`, () => {
      const applicant = name === undefined ? {} : { applicant: { name } }
      expect(relistBar(applicant, exits, today, 'seed')).to.deep.equal(expected)
      expect(relistBar({ ...applicant, ownMotion: '法院依职权列入' }, exits, today, 'statute')).to.equal(null)
    })

  it('takes no word like 是 as the reason to list of the court’s own motion', () => {
    expect(codes({ ownMotion: '是' })).to.deep.equal(['own_motion_short ownMotion'])
    expect(codes({ ownMotion: '由'.repeat(501) })).to.deep.equal(['field_too_long ownMotion'])
    expect(codes({ ownMotion: '无' })).to.deep.equal([])
    expect(codes({ ownMotion: '隐匿财产被查实' })).to.deep.equal([])
  })
})

eachDatabase((_db, make) => {
  const draft = (app: AppContext, change: RawContent): ReturnType<typeof draftListing> =>
    draftListing(app, CLERK, { content: { ...PERSON, caseNo: '（2026）云3401执77号', ...change } })

  it('wants to know who asked for a deletion, and changes nothing until it does', async () => {
    const { app } = await make({ now: at('2026-03-02', 10) })
    const [id = ''] = await listed(app, 1)
    const exit = { act: 'shield', ground: 'creditor_request', reason: '申请执行人书面申请' } as const
    await refusal('exit_applicant_needed', () => changeByTwo(app, [{ id }], exit))
    await refusal('exit_applicant_needed', () => changeByTwo(app, [{ id }], { ...exit, askedBy: ' ' }))
    expect((await showListing(app, CLERK, id)).state).to.equal('listed')
    await changeByTwo(app, [{ id }], { ...exit, askedBy: ' 央宗 ' })
    const shown = await showListing(app, CLERK, id)
    expect(shown).to.include({ state: 'shielded', exitAskedBy: '央宗' })
    const row = await app.store.read((db) => findListing(db, id))
    expect(JSON.stringify(row)).to.not.include('央宗')
  })

  it('stops that applicant in any case of that debtor, and neither another applicant, another debtor nor the court itself', async () => {
    const { app, clock } = await make({ now: at('2026-03-02', 10) })
    const [id = ''] = await listed(app, 1, { applicantName: '央宗' })
    await changeByTwo(app, [{ id }], { act: 'shield', ground: 'creditor_request', reason: '书面申请' })
    const barred = await refusal('listing_barred', () => draft(app, { applicantName: '央宗' }))
    expect(app.catalog.problem(barred.code, barred.values)).to.include('2026年9月3日').and.to.include('其他申请执行人不受影响')
    const other = await draft(app, { applicantName: '卓玛' })
    expect(other.relist).to.equal(null)
    await refusal('listing_barred', () =>
      editListing(app, CLERK, { id: other.id, content: { ...PERSON, caseNo: '（2026）云3401执77号', applicantName: '央宗' } }),
    )
    expect((await draft(app, { identifier: born('19900101'), name: '别的人', applicantName: '央宗' })).relist).to.equal(null)
    const own = await draft(app, { applicantName: '央宗', caseNo: '（2026）云3401执78号', ownMotion: '隐匿财产被查实，依职权列入' })
    const shown = await showListing(app, APPROVER, own.id)
    expect(shown.relist).to.equal(null)
    expect(shown.content.ownMotion).to.equal('隐匿财产被查实，依职权列入')
    clock.set(at('2026-09-03', 10))
    expect(await draft(app, { applicantName: '央宗', caseNo: '（2026）云3401执79号' })).to.include({ version: 1, relist: null })
  })

  it('refuses the row of that applicant in a file, warns of one without an applicant, and takes the others', async () => {
    const { app } = await make({ now: at('2026-03-02', 10) })
    const [id = ''] = await listed(app, 1, { applicantName: '央宗' })
    await changeByTwo(app, [{ id }], { act: 'shield', ground: 'creditor_request', reason: '书面申请' })
    const changes: RawContent[] = [
      { applicantName: '央宗' },
      {},
      { applicantName: '卓玛' },
      { applicantName: '央宗', ownMotion: '依职权列入' },
    ]
    const entries = changes.map((change, n) => {
      const { content, problems } = check({ caseNo: `（2026）云3401执8${n}号`, ...change })
      return { row: n + 2, cells: [], content, problems }
    })
    const judged = await compareEntries(app, { mode: 'draft' } as ImportRow, entries, new Map())
    expect(judged.map(({ content, problems }) => [content !== null, ...problems.map(({ code }) => code)])).to.deep.equal([
      [false, 'relist_barred'],
      [true, 'relist_doubtful'],
      [true],
      [true],
    ])
    const inForce = await compareEntries(app, { mode: 'takeover' } as ImportRow, entries, new Map())
    expect(inForce.flatMap(({ problems }) => problems)).to.deep.equal([])
  })

  it('shows whoever drafts or approves that somebody has to look, when it is not known who asked', async () => {
    const { app } = await make({ now: at('2026-03-02', 10) })
    const [id = ''] = await listed(app, 1)
    await changeByTwo(app, [{ id }], { act: 'shield', ground: 'creditor_request', reason: '书面申请', askedBy: '央宗' })
    const doubtful = { verdict: 'doubtful', until: '2026-09-03' }
    const nameless = await draft(app, {})
    expect(nameless.relist).to.deep.equal(doubtful)
    expect((await showListing(app, APPROVER, nameless.id)).relist).to.deep.equal(doubtful)
  })
})
