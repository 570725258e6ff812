// The quarterly list through commands and scheduled tasks: prepared once, approved, handed over, corrected afterwards, on both databases.
// The page of a receiver is test/features/quarterly-list/routes.test.ts; the rules are test/features/quarterly-list/rules.test.ts.

import { expect } from 'chai'
import { migrations } from '../../../migrations/index.ts'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { runDailyTasks } from '../../../src/daily.ts'
import { maintainQuarterlyLists } from '../../../src/features/quarterly-list/tasks.ts'
import { listPushes, showPush } from '../../../src/features/quarterly-list/views.ts'
import { preparePush, recordHandOver, releasePush, sendPushLink } from '../../../src/features/quarterly-list/commands.ts'
import { sha256 } from '../../../src/core/secrets.ts'
import { SYSTEM, PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { openStore } from '../../../src/platform/database/database.ts'
import { tables } from '../../../src/tables.ts'
import { addWechatUnit, tokensSent } from '../../support/assistance.ts'
import { ADMIN, at, PAGE, told } from '../../support/deadlines.ts'
import { eachDatabase } from '../../support/app.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { clocksOf } from '../../support/objections.ts'
import { bytesOf, fileBytes, fileTexts, quarterOfThree } from '../../support/pushes.ts'
import { refusal } from '../../support/refusal.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { collectPush, followPush } from '../../../src/features/quarterly-list/linked.commands.ts'
import { correctByTwo, revokeByTwo } from '../../support/proposed.ts'

const BOTH: Actor = { id: 'staff:both', roles: ['clerk', 'approver'] }
const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const NOBODY = '01M81ZJK12XTFTYW6TKHXAKXPJ'
const QUARTER = { quarter: '2026Q3' }

const standing = async (app: AppContext): Promise<string[]> =>
  (await listPushes(app, CLERK, { filter: QUARTER, page: PAGE })).items.map(
    ({ edition, state, entries }) => `${edition} ${state} ${entries}`,
  )

const eventsTold = async (app: AppContext, prefix: string): Promise<string[]> =>
  (await told(app, prefix)).map(({ event, recipient }) => `${event.split(':')[0]} ${recipient.split(':')[0]}`)

eachDatabase((_db, make) => {
  it('refuses a quarter that does not exist, is not over or has a list, and commands out of order', async () => {
    const made = await make()
    const { app } = made
    await quarterOfThree(made)
    for (const quarter of ['2026Q5', 'third', '']) await refusal('request_invalid', () => preparePush(app, CLERK, { quarter }))
    const open = await refusal('push_quarter_open', () => preparePush(app, CLERK, { quarter: '2026Q4' }))
    expect(app.catalog.problem(open.code, open.values)).to.include('至 2026-12-31')
    await refusal('not_allowed', () => preparePush(app, ADMIN, QUARTER))
    await refusal('push_missing', () => releasePush(app, APPROVER, { id: NOBODY }))
    const { id } = await preparePush(app, BOTH, QUARTER)
    await refusal('push_standing', () => preparePush(app, CLERK, QUARTER))
    await refusal('push_own', () => releasePush(app, BOTH, { id }))
    await refusal('not_allowed', () => releasePush(app, CLERK, { id }))
    await refusal('push_not_released', () => sendPushLink(app, CLERK, { id, unitId: 'tv_station' }))
    await refusal('push_not_released', () => recordHandOver(app, CLERK, { id, unitId: 'tv_station', what: 'txt' }))
    await releasePush(app, APPROVER, { id })
    const again = await refusal('push_act_impossible', () => releasePush(app, APPROVER, { id }))
    expect(app.catalog.problem(again.code, again.values)).to.include('“已推送”，不能“批准推送”')
    await refusal('push_standing', () => preparePush(app, CLERK, { ...QUARTER, anew: true }))
    await refusal('unit_missing', () => sendPushLink(app, CLERK, { id, unitId: 'water' }))
    await refusal('request_invalid', () => recordHandOver(app, CLERK, { id, unitId: 'tv_station', what: 'published', onDay: '2026-10-02' }))
    expect(await standing(app)).to.deep.equal(['1 released 3'])
    expect(await app.files.list()).to.have.length(6)
  })

  it('writes all public listings in force at the end as table, poster and spoken text, and nothing about undisclosed ones', async () => {
    const made = await make()
    const { app } = made
    await quarterOfThree(made)
    const prepared = await preparePush(app, CLERK, QUARTER)
    expect(prepared).to.include({ entries: 3, added: 2, corrected: 0, shielded: 0, revoked: 0 })
    const { id } = prepared
    const { xlsx, docx, txt } = await fileTexts(app, id)
    for (const text of [xlsx, docx]) {
      expect(text)
        .to.match(/扎西某/)
        .and.match(/香格里拉市某某商贸有限公司/)
        .and.match(/91533401506614261G/)
        .and.match(/\*{18}/)
      expect(text).to.include('（2026）云3401执2号').and.include('支付货款71000元')
    }
    for (const text of [xlsx, docx, txt]) expect(text).to.not.match(/不公开某|某某局|533421|1984-?10/)
    expect(xlsx.split('\n')[0]).to.include('2026年第三季度失信被执行人名单')
    expect(xlsx)
      .to.match(/共3条/)
      .and.match(/序号\|姓名或名称\|类型/)
      .and.match(/1\|扎西某\|自然人\|\*{18}\|女\|\d\d至\d\d岁\|.*执1号/)
    expect(docx.split('\n').slice(0, 2)).to.deep.equal(['失信被执行人名单公告', '2026年第三季度'])
    expect(docx).to.match(/2026年10月1日\n*$/)
    expect(txt.split('\n').slice(0, 3)).to.deep.equal([
      '下面播报香格里拉市人民法院二零二六年第三季度末的失信被执行人名单。',
      '共三条。',
      '',
    ])
    expect(txt).to.match(
      /第二条。扎西某，女，四十一至四十六岁。\n案号：二零二六年，云三四零一执二号。\n应当履行的义务：支付货款七万一千元。/,
    )
    expect(txt).to.include('法定代表人卓玛某。').and.not.match(/[0-9]/)
    const shown = await showPush(app, APPROVER, id)
    for (const { kind, sha256: hash, bytes } of shown.files) {
      const content = await fileBytes(app, id, kind)
      expect([sha256(content), content.length]).to.deep.equal([hash, bytes])
    }
    expect(shown.files.map((file) => file.name)).to.include('2026年第三季度失信被执行人名单公告.docx')
  })

  it('prepares a list by task once when a quarter is over, also if two run at the same time, and notifies approvers (P22)', async () => {
    const made = await make()
    const { app, clock, url } = made
    await quarterOfThree(made)
    clock.set(at('2026-09-30', 23))
    expect((await runDailyTasks(app, SYSTEM)).pushes).to.deep.equal({ prepared: [], corrected: 0 })
    clock.set(at('2026-10-01', 0))
    const store = url === undefined ? null : await openStore({ url, sqlitePath: '', log: app.log, tables, migrations, poolSize: 2 })
    const other: AppContext = store === null ? app : { ...app, store }
    const reports = await Promise.all([maintainQuarterlyLists(app, SYSTEM), maintainQuarterlyLists(other, SYSTEM)])
    expect(reports.flatMap((report) => report.prepared)).to.deep.equal(['2026Q3'])
    const byHand = await Promise.allSettled([
      preparePush(app, CLERK, { ...QUARTER, anew: true }),
      preparePush(other, OPERATOR, { ...QUARTER, anew: true }),
    ])
    expect(byHand.some((each) => each.status === 'fulfilled')).to.equal(true)
    expect((await runDailyTasks(other, SYSTEM)).pushes.prepared).to.deep.equal([])
    await store?.close()
    const editions = await standing(app)
    expect(editions.filter((each) => each.includes('prepared'))).to.have.length(1)
    expect(await app.files.list()).to.have.length(6 * editions.length)
    expect(await clocksOf(app, 'push:2026Q3')).to.deep.equal(['media.push open 2026-10-13'])
    expect(new Set(await eventsTold(app, 'push.prepared'))).to.deep.equal(new Set(['push.prepared role']))
  })

  it('prepares lists by task from the first quarter with publications on, and catches up on a quarter that was missed', async () => {
    const { app, clock } = await make({ now: at('2026-05-06', 10) })
    expect((await maintainQuarterlyLists(app, SYSTEM)).prepared).to.deep.equal([])
    expect(await clocksOf(app, 'push:2026Q1')).to.deep.equal([])
    await listed(app, 1)
    clock.set(at('2026-11-22', 10))
    expect((await maintainQuarterlyLists(app, SYSTEM)).prepared).to.deep.equal(['2026Q2', '2026Q3'])
    const { items } = await listPushes(app, CLERK, { filter: { quarter: '2026Q3' }, page: PAGE })
    const texts = await fileTexts(app, items[0]?.id ?? '')
    expect(texts.docx).to.match(/扎西某/)
    expect(texts.txt).to.match(/共一条/)
    const changes = await fileTexts(app, items[0]?.id ?? '', 'changes')
    expect(changes.docx).to.match(/新增0条/)
    expect(changes.txt).to.match(/没有新增。[\s\S]*没有更正。/)
    expect((await runDailyTasks(app, SYSTEM)).pushes.prepared).to.deep.equal([])
  })

  it('reports a list upwards when it is not released in time, and marks it late when it is released afterwards', async () => {
    const made = await make()
    const { app, clock } = made
    await quarterOfThree(made)
    await runDailyTasks(app, SYSTEM)
    for (const day of ['2026-10-09', '2026-10-12', '2026-10-13', '2026-10-14']) {
      clock.set(at(day, 9))
      await runDailyTasks(app, SYSTEM)
    }
    const late = (await told(app, 'deadline.missed')).filter(({ text }) => text.includes('季度推送媒体'))
    expect(late.map(({ recipient }) => recipient).sort()).to.deep.equal(['role:approver', 'role:clerk'])
    const { items } = await listPushes(app, CLERK, { filter: QUARTER, page: PAGE })
    await releasePush(app, APPROVER, { id: items[0]?.id ?? '' })
    expect(await clocksOf(app, 'push:2026Q3')).to.deep.equal(['media.push closed_late 2026-10-13'])
  })

  it('releases a list only while it is up to date: an entry that left or changed before requires a new edition', async () => {
    const made = await make()
    const { app } = made
    const { person } = await quarterOfThree(made)
    const first = await preparePush(app, CLERK, QUARTER)
    await revokeByTwo(app, [person], '列入有误')
    const refused = await refusal('push_outdated', () => releasePush(app, APPROVER, { id: first.id }))
    expect(refused.values).to.deep.equal({ count: 1 })
    const second = await preparePush(app, CLERK, { ...QUARTER, anew: true })
    expect(second).to.include({ edition: 2, entries: 2, added: 1, revoked: 0 })
    await refusal('push_act_impossible', () => releasePush(app, APPROVER, { id: first.id }))
    await releasePush(app, APPROVER, { id: second.id })
    expect(await standing(app)).to.deep.equal(['2 released 2', '1 superseded 3'])
    expect((await fileTexts(app, second.id)).docx).to.not.include('执2号')
  })

  it('notifies receivers once of each entry that left or was corrected afterwards, and records who collected what (P22, P23)', async () => {
    const made = await make()
    const { app, clock } = made
    const { person, organisation } = await quarterOfThree(made)
    const { id } = await preparePush(app, CLERK, QUARTER)
    await releasePush(app, APPROVER, { id })
    expect(await clocksOf(app, 'push:2026Q3')).to.deep.equal(['media.push closed 2026-10-13'])
    expect(await eventsTold(app, 'push.released')).to.deep.equal(['push.released liaison', 'push.released liaison'])
    const [first = '', second = ''] = await tokensSent(app, 'push.released')
    for (const token of [first, second]) {
      const { file } = await collectPush(app, PUBLIC, { token, holder: null, kind: 'docx' })
      expect(await bytesOf(file.content)).to.deep.equal(await fileBytes(app, id, 'docx'))
    }
    expect((await runDailyTasks(app, SYSTEM)).pushes.corrected).to.equal(0)

    await correctByTwo(app, person, { performance: '部分未履行' }, '写错')
    await shieldListings(app, APPROVER, { items: [{ id: organisation }], ground: 'fully_performed', reason: '已履行' })
    const twice = await Promise.all([maintainQuarterlyLists(app, SYSTEM), maintainQuarterlyLists(app, SYSTEM)])
    expect(twice.map((report) => report.corrected).sort()).to.deep.equal([0, 2])
    await revokeByTwo(app, [person], '列入有误')
    expect((await runDailyTasks(app, SYSTEM)).pushes.corrected).to.equal(1)
    expect((await runDailyTasks(app, SYSTEM)).pushes.corrected).to.equal(0)
    const corrections = await told(app, 'push.corrected')
    expect(corrections).to.have.length(4)
    expect(corrections.filter(({ text }) => text.includes('1 条已退出') && text.includes('1 条已更正'))).to.have.length(2)
    expect(JSON.stringify(corrections)).to.not.include('扎西某')

    expect((await followPush(app, PUBLIC, { token: first, holder: null })).state).to.equal('ended')
    const [token = ''] = (await tokensSent(app, 'push.corrected')).slice(-1)
    const page = await followPush(app, PUBLIC, { token, holder: null })
    expect(page.changed.map(({ position, fate }) => `${position} ${fate}`).sort()).to.deep.equal(['2 gone', '3 gone'])
    await recordHandOver(app, CLERK, { id, unitId: 'tv_station', what: 'published', onDay: '2026-10-01' })
    const shown = await showPush(app, APPROVER, id)
    expect(shown.receipts.map(({ unitId, what, byHand }) => `${unitId} ${what} ${String(byHand)}`).sort()).to.deep.equal([
      'e_government_center docx false',
      'tv_station docx false',
      'tv_station published true',
    ])
    clock.set(at('2026-10-17', 0))
    await refusal('link_ended', () => collectPush(app, PUBLIC, { token, holder: null, kind: 'txt' }))
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
  })

  it('writes the changes of the quarter: new and corrected entries in full, those that left by name only where they are taken down', async () => {
    const made = await make()
    const { app, clock } = made
    await addWechatUnit(app, 'tv_station')
    clock.set(at('2026-03-02', 10))
    const [corrected = ''] = await listed(app, 1, { name: '更正某' }, 1)
    const [shielded = ''] = await listed(app, 1, { name: '屏蔽某', obligation: '支付借款三万元' }, 2)
    const [revoked = ''] = await listed(app, 1, { name: '撤销某' }, 3)
    const [earlier = ''] = await listed(app, 1, { name: '早退某' }, 4)
    const [later = ''] = await listed(app, 1, { name: '晚退某' }, 5)
    await shieldListings(app, APPROVER, { items: [{ id: earlier }], ground: 'fully_performed', reason: '已履行' })
    clock.set(at('2026-07-01', 0))
    const [fresh = ''] = await listed(app, 1, { name: '新增某' }, 6)
    for (const id of [fresh, corrected]) await correctByTwo(app, id, { performance: '部分未履行' }, '写错')
    const [hidden = ''] = await listed(app, 1, { name: '不公开某', disclosure: '不宜公开', employer: '某某局' }, 7)
    clock.set(at('2026-09-30', 23))
    await shieldListings(app, APPROVER, { items: [{ id: shielded }, { id: hidden }], ground: 'fully_performed', reason: '已履行' })
    await revokeByTwo(app, [revoked], '列入有误')
    clock.set(at('2026-10-01', 0))
    await shieldListings(app, APPROVER, { items: [{ id: later }], ground: 'fully_performed', reason: '已履行' })
    await listed(app, 1, { name: '下季某' }, 8)
    const prepared = await preparePush(app, CLERK, QUARTER)
    expect(prepared).to.include({ entries: 2, added: 1, corrected: 1, shielded: 1, revoked: 1 })
    const whole = await fileTexts(app, prepared.id)
    const changes = await fileTexts(app, prepared.id, 'changes')
    for (const text of [...Object.values(whole), ...Object.values(changes)]) expect(text).to.not.match(/早退某|晚退某|不公开某|下季某/)
    for (const text of Object.values(whole))
      expect(text)
        .to.match(/新增某/)
        .and.match(/更正某/)
        .and.not.match(/屏蔽某|撤销某/)
    const rows = changes.xlsx.split('\n').map((row) => row.replace(/^\d+\|/, ''))
    expect(rows.find((row) => row.startsWith('新增|'))).to.match(/^新增\|\|1\|新增某\|自然人\|\*{18}\|.*部分未履行/)
    expect(rows.find((row) => row.startsWith('更正|'))).to.match(/^更正\|\|2\|更正某\|/)
    expect(rows.find((row) => row.startsWith('已屏蔽|'))).to.match(
      /^已屏蔽\|2026-09-30\|3\|屏蔽某\|自然人\|+[^|]*法院\|+（2026）云3401执2号\|*$/,
    )
    expect(rows.find((row) => row.startsWith('已撤销|'))).to.include('4|撤销某')
    expect(changes.xlsx).to.include('共4条').and.include('不得再公布').and.not.include('支付借款三万元')
    expect(changes.docx)
      .to.match(/一、新增1条[\s\S]*新增某[\s\S]*二、更正1条[\s\S]*更正某/)
      .and.include('另有1条已退出名单（案号：（2026）云3401执2号）')
      .and.include('另有1条列入有误，已撤销（案号：（2026）云3401执3号）')
      .and.not.match(/屏蔽某|撤销某/)
    expect(changes.txt)
      .to.include('另有二条已经退出名单，不再播报。')
      .and.not.match(/屏蔽某|撤销某|执二号|执三号|[0-9]/)
  })

  it('tells receivers once of an entry that stands in the lists of several quarters', async () => {
    const made = await make()
    const { app, clock } = made
    const { organisation } = await quarterOfThree(made)
    const third = await preparePush(app, CLERK, QUARTER)
    await releasePush(app, APPROVER, { id: third.id })
    clock.set(at('2027-01-01', 9))
    const fourth = await preparePush(app, CLERK, { quarter: '2026Q4' })
    expect(fourth).to.include({ entries: 3, added: 0 })
    await releasePush(app, APPROVER, { id: fourth.id })
    await shieldListings(app, APPROVER, { items: [{ id: organisation }], ground: 'fully_performed', reason: '已履行' })
    expect((await maintainQuarterlyLists(app, SYSTEM)).corrected).to.equal(1)
    expect((await maintainQuarterlyLists(app, SYSTEM)).corrected).to.equal(0)
    const corrections = await told(app, 'push.corrected')
    expect(corrections).to.have.length(2)
    for (const { text } of corrections) expect(text).to.include('2026年第四季度')
  })
})
