// Notices to employers of undisclosed debtors, and to units and superiors of officials and public bodies, on both databases.
// How the cells of a list are read is test/features/listings/officials.rules.test.ts.

import { expect } from 'chai'
import { listDuties } from '../../../src/features/notices/views.ts'
import { enqueueBroadcastPortion } from '../../../src/features/bulletins/tasks.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { showListing } from '../../../src/features/listings/views.ts'
import { draftListing } from '../../../src/features/listings/commands.ts'
import { addSubscriber } from '../../../src/features/units/commands.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { addUnit, ADMIN, at, told } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { eachDatabase } from '../../support/app.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { TODAY } from '../../support/objections.ts'
import { refusal } from '../../support/refusal.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { correctByTwo, revokeByTwo } from '../../support/proposed.ts'

const HIDDEN = { disclosure: '不宜公开', employer: '某某局', phone: '13800000009', applicantName: '申请人', applicantPhone: '13800000010' }

/**
 * Adds a unit with a duty, a media and a public subscriber. Returns a function that lists `event audience` of every notice since its last
 * call.
 */
async function addRecipients(app: AppContext): Promise<() => Promise<string[]>> {
  await addUnit(app, 'u1')
  await app.store.write(async (tx) => {
    await tx.run("insert into measure (id, position, title, detail) values ('M01', 1, '措施', '{}')")
    await tx.run("insert into measure_unit (measure_id, unit_id) values ('M01', 'u1')")
  })
  await addSubscriber(app, ADMIN, { kind: 'media', name: '电视台', phone: '13800000003' })
  await addSubscriber(app, ADMIN, { kind: 'public', name: '市民', phone: '13800000004' })
  let seenCount = 0
  return async () => {
    while ((await enqueueBroadcastPortion(app, SYSTEM, undefined)) !== null);
    const rows = await app.store.read((db) =>
      db.query<{ event: string; audience: string }>('select event, audience from notice order by id'),
    )
    const newEvents = rows.slice(seenCount).map(({ event, audience }) => `${event.split(':')[0]} ${audience}`)
    seenCount = rows.length
    // Approvers are told of each proposal; these tests are about everybody else.
    return newEvents.filter((line) => line !== 'listing.proposed court').sort()
  }
}

eachDatabase((_db, make) => {
  it('notifies only employer and debtor of an undisclosed listing, of its correction and of its exit (P27)', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const newNotices = await addRecipients(app)
    const [id = ''] = await listed(app, 1, HIDDEN)
    expect(await newNotices()).to.deep.equal(['listing.decided debtor', 'listing.undisclosed employer'])
    await correctByTwo(app, id, { performance: '部分履行' }, '履行情况有误')
    expect(await newNotices()).to.deep.equal(['listing.corrected employer', 'listing.undisclosed_corrected debtor'])
    // The new employer is notified of the listing, the former one of a correction.
    await correctByTwo(app, id, { employer: '另一局' }, '单位有误')
    expect(await newNotices()).to.deep.equal([
      'listing.corrected employer',
      'listing.undisclosed employer',
      'listing.undisclosed_corrected debtor',
    ])
    const texts = (await told(app, 'listing.')).map(({ event, text }) => `${event.split(':')[0]} ${/某某局|另一局/.exec(text)?.[0] ?? ''}`)
    expect(texts.filter((text) => text.endsWith('局')).sort()).to.deep.equal([
      'listing.corrected 某某局',
      'listing.corrected 某某局',
      'listing.undisclosed 另一局',
      'listing.undisclosed 某某局',
    ])
    await shieldListings(app, CLERK, { items: [{ id }], ground: 'fully_performed', reason: '全部履行完毕' })
    expect(await newNotices()).to.deep.equal(['listing.shielded employer', 'listing.undisclosed_shielded debtor'])
    const [other = ''] = await listed(app, 1, HIDDEN, 2)
    await newNotices()
    await revokeByTwo(app, [other], '列入有误')
    expect(await newNotices()).to.deep.equal(['listing.revoked employer', 'listing.undisclosed_revoked debtor'])
  })

  it('never notifies the employer of a public listing, and units, media and subscribers of its correction as of its publication', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const newNotices = await addRecipients(app)
    const [id = ''] = await listed(app, 1, { employer: '某某局' })
    const publication = await newNotices()
    await correctByTwo(app, id, { employer: '另一局' }, '单位有误')
    const correction = await newNotices()
    const bulletinOf = (notices: string[]): string[] =>
      notices.filter((each) => each.startsWith('bulletin.')).map((each) => each.split(' ')[1] ?? '')
    expect(bulletinOf(correction)).to.deep.equal(bulletinOf(publication)).and.to.have.length.above(1)
    expect([...publication, ...correction].filter((each) => each.endsWith('employer'))).to.deep.equal([])
  })

  it('gives a clerk a task when nobody is named who has to be told of an undisclosed listing, until a correction names the employer', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const newNotices = await addRecipients(app)
    const [id = ''] = await listed(app, 1, { disclosure: '否' })
    expect(await newNotices()).to.deep.equal(['listing.decided debtor', 'listing.employer_missing court'])
    const duties = (await listDuties(app, CLERK, { limit: 10, offset: 0 })).items
    expect(duties.map(({ text }) => text).join()).to.include('没有任何单位得到通报')
    await correctByTwo(app, id, { employer: '某某局' }, '查明单位')
    expect(await newNotices()).to.deep.equal(['listing.undisclosed employer', 'listing.undisclosed_corrected debtor'])
    // An employer without an address is told by a clerk on paper.
    expect((await told(app, 'listing.undisclosed:')).map(({ media }) => media)).to.deep.equal(['clerk'])
    await correctByTwo(app, id, { employer: '' }, '已经离职')
    expect(await newNotices()).to.deep.equal([
      'listing.corrected employer',
      'listing.employer_missing court',
      'listing.undisclosed_corrected debtor',
    ])
  })

  it('tells the debtor of an undisclosed listing nothing of units that were never told', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const [first = '', second = ''] = await listed(app, 2, HIDDEN)
    await shieldListings(app, CLERK, { items: [{ id: first }], ground: 'fully_performed', reason: '全部履行完毕' })
    await revokeByTwo(app, [second], '列入有误')
    const rows = await told(app, 'listing.undisclosed')
    const texts = rows.filter(({ recipient }) => recipient.startsWith('debtor:')).map(({ text }) => text)
    expect(texts).to.have.length(2)
    for (const text of texts)
      expect(text)
        .to.include('不对外公布')
        .and.not.match(/惩戒单位|各单位/)
  })

  it('notifies every unit or superior of an official on paper at publication, correction and exit, disclosed or not (P27, A8)', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const newNotices = await addRecipients(app)
    const official = { official: '人大代表', superior: '市人大常委会、某某局' }
    const [id = ''] = await listed(app, 1, official)
    expect((await newNotices()).filter((each) => each.endsWith('superior'))).to.deep.equal([
      'listing.official superior',
      'listing.official superior',
    ])
    const first = await told(app, 'listing.official:')
    expect(first.map((each) => each.media)).to.deep.equal(['clerk', 'clerk'])
    expect(first.map((each) => /请向(.*?)送达/.exec(each.text)?.[1]).sort()).to.deep.equal(['市人大常委会', '某某局'])
    expect(first[0]?.text).to.match(/人大代表[\s\S]*第八条/)
    await correctByTwo(app, id, { superior: '某某局；某某中心' }, '单位有误')
    expect((await newNotices()).filter((each) => each.endsWith('superior'))).to.deep.equal([
      'listing.official superior',
      'listing.official_corrected superior',
      'listing.official_corrected superior',
    ])
    expect((await showListing(app, CLERK, id)).content.debtor.official).to.deep.equal({
      capacity: 'deputy',
      superiors: ['某某局', '某某中心'],
    })
    await revokeByTwo(app, [id], '列入有误')
    expect((await newNotices()).filter((each) => each.endsWith('superior'))).to.have.length(2)
    // Without a superior, the employer counts as the unit; for an undisclosed debtor it gets both notices.
    await listed(app, 1, { ...HIDDEN, official: '国家工作人员' }, 2)
    expect(await newNotices()).to.deep.equal(['listing.decided debtor', 'listing.official superior', 'listing.undisclosed employer'])
  })

  it('refuses an official without a unit or superior to notify, and a capacity that does not fit the debtor', async () => {
    const { app } = await make({ now: at(TODAY, 10) })
    const problems = async (change: RawContent): Promise<string[]> =>
      (await refusal('listing_incomplete', () => draftListing(app, CLERK, { content: { ...PERSON, ...change } }))).problems.map(
        (each) => each.code,
      )
    expect(await problems({ official: '国家工作人员' })).to.deep.equal(['superior_missing'])
    expect(await problems({ official: '处长', employer: '某某局' })).to.deep.equal(['official_unreadable'])
    expect(await problems({ official: '国有企业', superior: '市国资委' })).to.deep.equal(['official_kind'])
    expect(await problems({ superior: '市国资委' })).to.deep.equal(['official_missing'])
  })
})
