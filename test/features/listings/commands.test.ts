// Listings from a court’s file to their exit, through the commands that people use, on both databases.
// Sending the enqueued notices is test/messaging/dispatcher.test.ts.

import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, getImport, receiveImport, rejectsOf } from '../../../src/features/imports/commands.ts'
import { approveListings, recordServices, rejectListings } from '../../../src/features/listings/commands.ts'
import { listNotices } from '../../../src/features/notices/views.ts'
import { enquire } from '../../../src/features/enquiry/views.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { idsInState, searchListings } from '../../../src/features/listings/search.store.ts'
import { toListing } from '../../../src/features/listings/store.ts'
import { enter, LISTS, putInForce } from '../../support/entered.ts'
import { eachDatabase } from '../../support/app.ts'
import { APPROVER, CLERK, submitted } from '../../support/listed.ts'
import { refusal } from '../../support/refusal.ts'
import { publishListings, shieldListings } from '../../../src/features/bulletins/commands.ts'
import { changeByTwo, correctByTwo, revokeByTwo } from '../../support/proposed.ts'

const BOTH: Actor = { id: 'staff:clerk', roles: ['clerk', 'approver'] }
const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }

function csv(rows: readonly string[]): Readable {
  const head =
    '被执行人姓名/名称,身份证号码/统一社会信用代码,执行法院,执行依据文号,立案时间,案号,做出执行依据单位,生效法律文书确定的义务,被执行人的履行情况,失信被执行人行为具体情形,发布时间'
  return Readable.from([Buffer.from([head, ...rows].join('\n'))])
}

const ROW_A =
  '次仁取次,533421198410140222,迪庆州中级人民法院,（2023）云34民初13号,2024-11-10,（2024）云34执46号,迪庆州中级人民法院,支付赔偿款890000元,全部未履行,有履行能力而拒不履行生效法律文书确定义务,2025-04-27'
const ROW_B =
  '永宗尼玛,533401198709040343,迪庆州中级人民法院,（2022）云34民初32号,2023-07-02,（2023）云34执36号,迪庆州中级人民法院,支付赔偿款765000元,全部未履行,有履行能力而拒不履行生效法律文书确定义务,2023-10-12'

eachDatabase((_db, make) => {
  describe('a court file', () => {
    it('is checked, committed once, approved by another person, published, and found by the public enquiry (P01, P03, P24)', async () => {
      const { app } = await make()
      const { id } = await receiveImport(app, CLERK, {
        fileName: 'list.xlsx',
        mode: 'draft',
        content: createReadStream(`${LISTS}list.xlsx`),
      })
      const report = await checkImport(app, CLERK, id)
      expect(report).to.include({ state: 'checked', rows: 240, good: 240, bad: 0, known: 0 })
      const done = await commitImport(app, CLERK, { id })
      expect(done).to.include({ state: 'committed', taken: 240, known: 0 })

      const again = await receiveImport(app, CLERK, {
        fileName: 'list.gbk.csv',
        mode: 'draft',
        content: createReadStream(`${LISTS}list.gbk.csv`),
      })
      expect(await checkImport(app, CLERK, again.id)).to.include({ good: 240, known: 240, encoding: 'gb18030' })
      expect(await commitImport(app, CLERK, { id: again.id })).to.include({ taken: 0, known: 240 })

      const ids = await app.store.read((db) => idsInState(db, 'draft', 500))
      expect(ids).to.have.length(240)
      const items = ids.map((each) => ({ id: each }))
      await submitted(app, CLERK, items)
      await refusal('own_draft', () => approveListings(app, BOTH, { items: items.slice(0, 1) }))
      await approveListings(app, APPROVER, { items })
      await refusal('listing_act_impossible', () => publishListings(app, CLERK, { items }))
      await recordServices(app, CLERK, { items, servedOn: '2026-11-22', manner: '直接送达' })
      const { bulletin } = await publishListings(app, CLERK, { items })
      expect(bulletin.number).to.equal('2026-0001')

      const found = await enquire(app, PUBLIC, { identifier: '533421198410140222' })
      expect(found.entries).to.have.length(1)
      expect(found.entries[0]).to.include({ name: '次仁取次', caseNo: '（2024）云3401执恢46号', sex: 'female' })
      expect(found.entries[0]?.ageBand).to.deep.equal({ from: 41, to: 46 })
      expect(found.entries[0]?.identifier).to.match(/^\*{18}$/)
      const tail = await enquire(app, PUBLIC, { name: '次仁取次', identifier: '0222' })
      expect(tail.entries).to.deep.equal(found.entries)
      await refusal('enquiry_identifier_needed', () => enquire(app, PUBLIC, { name: '次仁取次' }))
      const wrong = await enquire(app, PUBLIC, { name: '次仁取次', identifier: '533421198410140223' }).catch((error: unknown) => error)
      expect(wrong).to.deep.include({
        code: 'enquiry_number_wrong',
        values: { fault: '号码位数够了，但是有一位不对，请对着证件逐位再看一遍。' },
      })
      // 木丽梅 is undisclosed, so the public finds no entry.
      expect((await enquire(app, PUBLIC, { identifier: '533423197303090096' })).entries).to.deep.equal([])

      const promised = await listNotices(app, CLERK, { filter: { audience: 'employer' }, page: { limit: 50, offset: 0 } })
      const undisclosed = await app.store.read((db) => searchListings(db, {}, { limit: 300, offset: 0 }))
      expect(promised.total).to.equal(undisclosed.items.filter((row) => row.disclosure === 'undisclosed' && row.employer !== null).length)
      expect(promised.total).to.be.greaterThan(0)
      const report2 = await verifyAudit(app, OPERATOR)
      expect(report2.faults).to.deep.equal([])
      expect(report2.listings).to.equal(240)
    })

    it('has its good rows committed, and its bad rows returned in a file with reasons', async () => {
      const { app } = await make()
      const bad = ROW_B.replace('533401198709040343', '533401198709040344').replace('2023-07-02', '2023-02-30')
      const { id } = await receiveImport(app, CLERK, { fileName: 'mixed.csv', mode: 'draft', content: csv([ROW_A, bad, ROW_A]) })
      const report = await checkImport(app, CLERK, id)
      expect(report).to.include({ rows: 3, good: 2, bad: 1, known: 1, hasRejects: true })
      const problems = JSON.parse(report.problems) as { code: string; row: number }[]
      expect(problems.map((each) => `${each.row} ${each.code}`)).to.include.members([
        '3 id_check_wrong',
        '3 date_unreadable',
        '4 row_twice',
      ])
      expect(report.problems).not.to.include('533401198709040344')
      await commitImport(app, CLERK, { id })
      const rejects = await rejectsOf(app, CLERK, id)
      const text = Buffer.concat((await rejects.content.toArray()) as Buffer[]).toString('utf8')
      expect(text.split('\r\n').filter(Boolean)).to.have.length(2)
      expect(text).to.include('校验位').and.to.include('533401198709040344')
      expect((await getImport(app, CLERK, id)).taken).to.equal(1)
    })

    it('is refused with a reason when it is not a list', async () => {
      const { app } = await make()
      for (const [content, code] of [
        [Readable.from([Buffer.from('姓名,案号,执行法院,立案时间\n甲某,乙,丙,丁\n')]), 'import_columns_missing'],
        [Readable.from([Buffer.from('只是一段话\n再一段\n')]), 'import_header_missing'],
        [Readable.from([Buffer.from('%PDF-1.7 nothing')]), 'import_type_unknown'],
        [csv([]), 'import_empty'],
      ] as const) {
        const { id } = await receiveImport(app, CLERK, { fileName: 'x.csv', mode: 'draft', content })
        await refusal(code, () => checkImport(app, CLERK, id))
        expect(await getImport(app, CLERK, id)).to.include({ state: 'refused', failure: code })
        await refusal('import_state', () => commitImport(app, CLERK, { id }))
      }
      await refusal('import_empty', () => receiveImport(app, CLERK, { fileName: 'x.csv', mode: 'draft', content: Readable.from([]) }))
    })
  })

  describe('a list in force', () => {
    it('of a higher court is entered as listed, and a later snapshot shields the entries it lacks', async () => {
      const { app } = await make()
      const load = async (rows: readonly string[]): Promise<unknown> => {
        const { id } = await receiveImport(app, CLERK, {
          fileName: 's.csv',
          mode: 'snapshot',
          source: 'prefecture_court',
          content: csv(rows),
        })
        await checkImport(app, CLERK, id)
        return putInForce(app, id)
      }
      expect(await load([ROW_A, ROW_B])).to.include({ taken: 2, removed: 0 })
      expect((await enquire(app, PUBLIC, { identifier: '533401198709040343' })).entries).to.have.length(1)
      expect(await load([ROW_A])).to.include({ taken: 0, removed: 1 })
      expect((await enquire(app, PUBLIC, { identifier: '533401198709040343' })).entries).to.deep.equal([])
      // A snapshot with an unreadable row does not prove that an entry is missing.
      expect(await load([ROW_B.replace('2023-07-02', '?')])).to.include({ taken: 0, removed: 0 })
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('is entered once and completely when two people checked it before either committed it', async () => {
      const { app } = await make()
      const input = { fileName: 'higher.csv', mode: 'delta', source: 'prefecture_court' } as const
      const [one, two] = [
        await receiveImport(app, OPERATOR, { ...input, content: csv([ROW_A]) }),
        await receiveImport(app, OPERATOR, { ...input, content: csv([ROW_B, ROW_A]) }),
      ]
      for (const { id } of [one, two]) expect(await checkImport(app, OPERATOR, id)).to.include({ known: 0 })
      expect(await putInForce(app, one.id)).to.include({ taken: 1 })
      await refusal('import_list_changed', () => putInForce(app, two.id))
      expect(await checkImport(app, OPERATOR, two.id)).to.include({ known: 1 })
      expect(await putInForce(app, two.id)).to.include({ taken: 1, known: 1 })
      const [counted] = await app.store.read((db) => db.query<{ n: string | number }>('select count(*) as n from listing'))
      expect(Number(counted?.n)).to.equal(2)
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })

    it('of our own is taken over without notices to debtors', async () => {
      const { app } = await make()
      await enter(app, 'list.xlsx', 'takeover')
      const told = await listNotices(app, CLERK, { filter: {}, page: { limit: 10, offset: 0 } })
      expect(told.total).to.equal(0)
      const { items } = await app.store.read((db) => searchListings(db, { state: 'listed' }, { limit: 300, offset: 0 }))
      expect(items).to.have.length(240)
      expect(items.every((row) => row.publishedOn !== '2026-11-22')).to.equal(true)
    })

    it('is left on an exit ground, through the right person, with a notice to the debtor (P10)', async () => {
      const { app, clock } = await make()
      await enter(app, 'list.xlsx', 'takeover')
      const { items } = await app.store.read((db) => searchListings(db, { state: 'listed' }, { limit: 300, offset: 0 }))
      const free = items.find((row) => row.termEndsOn === null) as (typeof items)[number]
      const bound = items.find((row) => row.termEndsOn !== null && row.termEndsOn > '2027-01-01') as (typeof items)[number]
      for (const actor of [CLERK, APPROVER, BOTH])
        await refusal('exit_by_two', () =>
          shieldListings(app, actor, { items: [{ id: bound.id }], ground: 'fully_performed', reason: '已履行' }),
        )
      await refusal('listing_version_stale', () =>
        shieldListings(app, CLERK, { items: [{ id: free.id, version: 9 }], ground: 'fully_performed', reason: '已履行' }),
      )
      await refusal('reason_needed', () => shieldListings(app, CLERK, { items: [{ id: free.id }], ground: 'fully_performed', reason: ' ' }))
      const result = await changeByTwo(app, [{ id: free.id, version: 1 }], {
        act: 'shield',
        ground: 'creditor_request',
        reason: '申请执行人书面申请',
        askedBy: '央宗',
      })
      expect(result.listings).to.deep.equal([{ id: free.id, version: 2, state: 'shielded' }])
      const told = await listNotices(app, CLERK, { filter: { listingId: free.id }, page: { limit: 10, offset: 0 } })
      expect(told.items.map((each) => each.template)).to.deep.equal(['listing-shielded-debtor'])
      await refusal('listing_act_impossible', () => revokeByTwo(app, [free.id], '列入错误'))
      const early = { act: 'shield', ground: 'fully_performed', reason: '已履行', earlyDecisionNo: '早1号' } as const
      await changeByTwo(app, [{ id: bound.id }], early)
      // The bar of six months after a deletion at the creditor’s request.
      const secrets = app.secrets
      const content = toListing(secrets, free).content
      const again = {
        name: content.debtor.name,
        identifier: content.debtor.identifier,
        court: content.court,
        caseNo: content.caseNo,
        filedOn: content.filedOn,
        basisNo: content.basisNo,
        basisMaker: content.basisMaker,
        obligation: content.obligation,
        performance: content.performance,
        ground: '1',
        applicantName: '央宗',
      }
      const { draftListing } = await import('../../../src/features/listings/commands.ts')
      await refusal('listing_barred', () => draftListing(app, CLERK, { content: again }))
      clock.set(new Date('2027-05-22T02:00:00Z'))
      await refusal('listing_barred', () => draftListing(app, CLERK, { content: again }))
      clock.set(new Date('2027-05-23T02:00:00Z'))
      expect(await draftListing(app, CLERK, { content: again })).to.include({ version: 1 })
      await refusal('listing_in_force', () => draftListing(app, CLERK, { content: again }))
    })

    it('keeps the old wording of a corrected entry', async () => {
      const { app } = await make()
      await enter(app, 'list.xlsx', 'takeover')
      const { items } = await app.store.read((db) => searchListings(db, { text: '次仁取次' }, { limit: 5, offset: 0 }))
      const before = items[0] as (typeof items)[number]
      const content = toListing(app.secrets, before).content
      const { listings } = await correctByTwo(app, before.id, { obligation: '支付赔偿款990000元及利息' }, '金额录入有误')
      expect(listings).to.deep.equal([{ id: before.id, version: before.version + 1, state: 'listed' }])
      const found = await enquire(app, PUBLIC, { identifier: content.debtor.identifier })
      expect(found.entries[0]?.obligation).to.equal('支付赔偿款990000元及利息')
      expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
    })
  })

  it('refuses the second of two clerks who act on one listing at the same time, and keeps both audit chains valid', async () => {
    const { app } = await make()
    await enter(app, 'list.xlsx', 'draft')
    const [id] = (await app.store.read((db) => idsInState(db, 'draft', 1))) as [string]
    await submitted(app, CLERK, [{ id }])
    const outcomes = await Promise.allSettled([
      approveListings(app, APPROVER, { items: [{ id, version: 2 }] }),
      rejectListings(app, APPROVER, { items: [{ id, version: 2 }], reason: '材料不全' }),
    ])
    expect(outcomes.filter((each) => each.status === 'fulfilled')).to.have.length(1)
    const lost = outcomes.find((each) => each.status === 'rejected') as PromiseRejectedResult
    expect(['listing_version_stale', 'listing_act_impossible']).to.include((lost.reason as { code: string }).code)
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
  })
})
