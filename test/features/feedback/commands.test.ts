// A quarter of feedback by commands and tasks on both databases: opened, announced, answered, reminded of, overdue and closed.
// Behaviour under crashes and changes is keeping.test.ts; the web is routes.test.ts.

import { expect } from 'chai'
import { verifyAudit } from '../../../src/features/audit/views.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { runDailyTasks } from '../../../src/daily.ts'
import { closeFeedback, openFeedback, remindFeedback } from '../../../src/features/feedback/rounds.commands.ts'
import { runRounds } from '../../../src/features/feedback/tasks.ts'
import { correctReturn, ownReturn, submitReturn, type OwnReturn } from '../../../src/features/feedback/commands.ts'
import { SYSTEM, PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { feedbackRoundTable, type RoundRow } from '../../../src/features/feedback/store.ts'
import { feedbackEntryTable } from '../../../src/features/feedback/records.store.ts'
import { addStaff, at, CLERK, PAGE, told } from '../../support/deadlines.ts'
import { asked, OFFICE, of, OPERATOR, unitsWithDuty } from '../../support/feedback.ts'
import { eachDatabase, type MakeApp, type TestApp } from '../../support/app.ts'
import { refusal } from '../../support/refusal.ts'
import { feedbackReport, publicFeedback } from '../../../src/features/feedback/views.ts'

const NOTHING = { checked: 0, restricted: 0, approved: 0 }
const UNITS = ['u1', 'u2', 'u3', 'u4']

async function quarterWithScreenings(make: MakeApp, ids: readonly string[] = UNITS): Promise<TestApp> {
  const made = await make({ now: at('2026-09-30', 12) })
  await unitsWithDuty(made.app, ids)
  await asked(made.app, 'u1', '2026-07-01', ['refused', 'refused', null])
  await asked(made.app, 'u1', '2026-09-30', ['approved'], 'm2')
  await asked(made.app, 'u1', '2026-08-02', ['not_needed'], null)
  // Screenings of the quarters before and after, which must not be counted.
  await asked(made.app, 'u1', '2026-06-30', ['refused'])
  await asked(made.app, 'u2', '2026-10-01', ['refused'])
  return made
}

const rounds = (app: AppContext): Promise<RoundRow[]> =>
  app.store.read((db) => db.manager.getRepository(feedbackRoundTable.schema).find({ order: { quarter: 'ASC' } }))

async function own(app: AppContext, unitId: string): Promise<OwnReturn> {
  const found = await ownReturn(app, of(unitId), {})
  if (found === null) throw new Error(`${unitId} has no return`)
  return found
}

eachDatabase((_db, make) => {
  it('runs a whole quarter by itself: opens once, prefills, notifies, takes returns in time and late, escalates, closes and adds up (P26, P28, P31)', async () => {
    const { app, clock } = await quarterWithScreenings(make)
    await addStaff(app, 'group_office', '13800000009')
    expect((await runDailyTasks(app, SYSTEM)).rounds).to.deep.equal({ opened: [], closed: [], told: 0 })
    clock.set(at('2026-10-01'))
    expect((await runDailyTasks(app, SYSTEM)).rounds).to.deep.equal({ opened: ['2026Q3'], closed: [], told: 4 })
    expect((await runDailyTasks(app, SYSTEM)).rounds).to.deep.equal({ opened: [], closed: [], told: 0 })
    const opened = await told(app, 'feedback.opened')
    expect(opened).to.have.length(4)
    expect(opened.map((each) => each.media)).to.deep.equal(['sms', 'sms', 'sms', 'sms'])
    expect(opened.filter((each) => each.text.includes('u1局')).map((each) => each.text)[0]).to.match(
      /请u1局于2026年10月10日前反馈2026年第三季度.*核查5件，限制2件，仍予批准1件/,
    )
    const first = await own(app, 'u1')
    expect(first).to.include({
      quarter: '2026Q3',
      dueOn: '2026-10-10',
      state: 'open',
      version: 1,
      checked: 5,
      restricted: 2,
      approved: 1,
      overdue: false,
    })
    expect(first.known).to.include({ hits: 5, lifted: 0, retained: 0, complaints: 0 })
    expect(first.lines).to.deep.equal([
      { measureId: 'm1', checked: 3, restricted: 2, approved: 0 },
      { measureId: 'm2', checked: 1, restricted: 0, approved: 1 },
    ])
    const { roundId } = first
    await submitReturn(app, of('u1'), { roundId, version: 1, checked: 6, restricted: 3, approved: 1, lines: first.lines })
    clock.set(at('2026-10-09', 10))
    expect(await remindFeedback(app, OFFICE, { id: roundId })).to.deep.include({ awaited: 3, told: 3 })
    expect(await remindFeedback(app, OFFICE, { id: roundId })).to.deep.include({ awaited: 3, told: 0 })
    const second = await submitReturn(app, of('u2'), { roundId, ...NOTHING })
    expect(second).to.include({ state: 'submitted', version: 2, late: false })
    clock.set(at('2026-10-11'))
    await runDailyTasks(app, SYSTEM)
    const missed = (await told(app, 'deadline.missed')).map((each) => each.recipient.split(':')[0])
    // The liaison and the head of the two units without a return, and the group office.
    expect(missed.sort()).to.deep.equal(['liaison', 'liaison', 'liaison', 'liaison', 'staff'])
    expect(await own(app, 'u3')).to.include({ overdue: true })
    expect(await submitReturn(app, of('u3'), { roundId, ...NOTHING, checked: 4, restricted: 1 })).to.include({
      late: true,
      afterClose: false,
    })
    clock.set(at('2026-10-20'))
    expect((await runDailyTasks(app, SYSTEM)).rounds.closed).to.deep.equal([])
    clock.set(at('2026-10-21'))
    expect((await runDailyTasks(app, SYSTEM)).rounds.closed).to.deep.equal(['2026Q3'])
    expect((await runDailyTasks(app, SYSTEM)).rounds.closed).to.deep.equal([])
    const report = await feedbackReport(app, OFFICE, roundId)
    expect(report.totals).to.deep.equal({
      ...{ units: 4, returned: 3, late: 1, notReturned: 1, zero: 1, checked: 10, restricted: 4, approved: 1 },
      ...{ lifted: 0, retained: 0, complaints: 0 },
    })
    expect(report.measures).to.deep.equal([
      { measureId: 'm1', title: '措施m1', checked: 3, restricted: 2, approved: 0 },
      { measureId: 'm2', title: '措施m2', checked: 1, restricted: 0, approved: 1 },
      { measureId: null, title: null, checked: 6, restricted: 2, approved: 0 },
    ])
    expect(report.approvals.map(({ unitName, measureId, reason }) => [unitName, measureId, reason])).to.deep.equal([
      ['u1局', 'm2', '已经提供足额担保'],
    ])
    expect(report.notReturned).to.deep.equal([{ unitId: 'u4', unitName: 'u4局' }])
    expect((await told(app, 'feedback.closed')).map((each) => each.text)[0]).to.match(
      /应反馈4家，已反馈3家（逾期1家），未反馈1家；核查10件，限制4件，仍予批准1件/,
    )
    // A later return is recorded and does not change the report.
    expect(await submitReturn(app, of('u4'), { roundId, ...NOTHING, checked: 9 })).to.include({ late: true, afterClose: true })
    await refusal('feedback_closed', () => correctReturn(app, of('u1'), { roundId, ...NOTHING }))
    expect(await feedbackReport(app, OFFICE, roundId)).to.deep.equal(report)
    expect(await ownReturn(app, of('u4'), {})).to.equal(null)
    const { items } = await publicFeedback(app, PUBLIC, PAGE)
    expect(items).to.have.length(1)
    expect(items[0]).to.include({ quarter: '2026Q3', units: 4, returned: 3, checked: 10, restricted: 4, approved: 1 })
    expect(JSON.stringify(items)).not.to.match(/u1|担保/)
    expect((await verifyAudit(app, OPERATOR)).faults).to.deep.equal([])
  })

  it('opens a quarter once, whoever opens it and however often', async () => {
    const { app, clock } = await quarterWithScreenings(make)
    clock.set(at('2026-10-01'))
    const done = await Promise.all([
      runRounds(app, SYSTEM),
      runRounds(app, SYSTEM),
      openFeedback(app, OFFICE, { quarter: '2026Q3' }).catch(() => null),
    ])
    expect(done).to.have.length(3)
    expect(await rounds(app)).to.have.length(1)
    expect(await told(app, 'feedback.opened')).to.have.length(4)
    await refusal('feedback_exists', () => openFeedback(app, OFFICE, { quarter: '2026Q3' }))
    // After half a year without a run each quarter gets its round, oldest first, and no unit is late before it was asked.
    clock.set(at('2027-04-02'))
    expect((await runRounds(app, SYSTEM)).opened).to.deep.equal(['2026Q4', '2027Q1'])
    expect((await rounds(app)).map((round) => round.dueOn)).to.deep.equal(['2026-10-10', '2027-04-12', '2027-04-10'])
    expect((await own(app, 'u2')).quarter).to.equal('2026Q4')
  })

  it('opens no round by itself for quarters before the application was set up, and none without units', async () => {
    const empty = await make({ now: at('2026-10-01') })
    expect((await runRounds(empty.app, SYSTEM)).opened).to.deep.equal([])
    await refusal('feedback_nobody', () => openFeedback(empty.app, OFFICE, { quarter: '2026Q3' }))
    const { app, clock } = await quarterWithScreenings(make)
    clock.set(at('2026-10-12'))
    expect((await runRounds(app, SYSTEM)).opened).to.deep.equal([])
    for (const quarter of ['2026', '2026Q5', '', '2026q3', '1999Q4'])
      await refusal('request_invalid', () => openFeedback(app, OFFICE, { quarter }))
    await refusal('feedback_running', () => openFeedback(app, OFFICE, { quarter: '2026Q4' }))
    await refusal('not_allowed', () => openFeedback(app, of('u1'), { quarter: '2026Q3' }))
    expect(await openFeedback(app, CLERK, { quarter: '2026Q3' })).to.include({ units: 4, dueOn: '2026-10-22' })
  })

  it('refuses impossible figures with every reason at once, and changes nothing', async () => {
    const { app, clock } = await quarterWithScreenings(make)
    clock.set(at('2026-10-01'))
    const { id: roundId } = await openFeedback(app, OFFICE, { quarter: '2026Q3' })
    const wrong = async (input: object): Promise<string[]> => {
      const error = await refusal('feedback_wrong', () => submitReturn(app, of('u2'), { roundId, ...NOTHING, ...input }))
      return error.problems.map((problem) => app.catalog.check(problem))
    }
    expect(await wrong({ checked: 2, restricted: 3 })).to.deep.equal(['限制件数（3）多于核查件数（2），请核对两个数字。'])
    expect(await wrong({ checked: 3, restricted: 2, approved: 2, note: '有担保的' })).to.deep.equal([
      '限制件数（2）和仍予批准件数（2）合计多于核查件数（3），请核对数字。',
    ])
    for (const checked of [-1, 1.5, 1_000_001, Number.NaN, Infinity])
      expect(await wrong({ checked })).to.deep.equal(['“核查件数”须填写 0 至 1000000 之间的整数，请核对数字。'])
    expect(await wrong({ checked: 1, approved: 1 })).to.deep.equal(['有查到在名单内仍予批准的，须说明理由，请填写“说明”。'])
    expect(await wrong({ checked: 1, note: '字'.repeat(1001) })).to.have.length(1)
    const lines = [
      { measureId: 'm1', checked: 2, restricted: 3, approved: 0 },
      { measureId: 'm3', checked: 1, restricted: 0, approved: 0 },
      { measureId: 'm1', checked: 1, restricted: 0, approved: 0 },
    ]
    expect(await wrong({ checked: 3, lines })).to.deep.equal([
      '限制件数（3）多于核查件数（2），请核对两个数字。',
      '所填的惩戒措施不是该单位实施的，请核对措施编号。',
      '同一项惩戒措施填了两次，请合并为一项。',
      '“核查件数”各项措施的合计（4）多于总数（3），请核对数字。',
      '“限制件数”各项措施的合计（3）多于总数（0），请核对数字。',
    ])
    expect(await own(app, 'u2')).to.include({ state: 'open', version: 1 })
    expect(await app.store.read((db) => db.manager.getRepository(feedbackEntryTable.schema).count())).to.equal(0)
  })

  it('accepts a return once and corrections of the version that was seen, from the unit or a clerk for it, and keeps earlier versions', async () => {
    const { app, clock } = await quarterWithScreenings(make)
    clock.set(at('2026-10-01'))
    const { id: roundId } = await openFeedback(app, OFFICE, { quarter: '2026Q3' })
    await refusal('unit_other', () => submitReturn(app, of('u2'), { roundId, unitId: 'u1', ...NOTHING }))
    await refusal('request_invalid', () => submitReturn(app, CLERK, { roundId, ...NOTHING }))
    await refusal('not_allowed', () => submitReturn(app, { id: 'staff:a', roles: ['auditor'] }, { roundId, unitId: 'u1', ...NOTHING }))
    await refusal('feedback_missing', () => submitReturn(app, of('idle'), { roundId, ...NOTHING }))
    await refusal('feedback_missing', () =>
      submitReturn(app, of('u1'), { roundId: roundId.replace(/.$/, '0').replace(/^./, '7'), ...NOTHING }),
    )
    const early = await refusal('feedback_act_impossible', () => correctReturn(app, of('u2'), { roundId, ...NOTHING }))
    expect(app.catalog.problem(early.code, early.values)).to.equal('该季度的反馈现为“待反馈”，不能“更正反馈”。现在可以做的操作：提交反馈。')
    await refusal('feedback_version_stale', () => submitReturn(app, of('u2'), { roundId, version: 2, ...NOTHING }))
    await submitReturn(app, CLERK, { roundId, unitId: 'u2', version: 1, ...NOTHING, checked: 7 })
    await refusal('feedback_act_impossible', () => submitReturn(app, of('u2'), { roundId, ...NOTHING }))
    await refusal('feedback_version_stale', () => correctReturn(app, of('u2'), { roundId, version: 1, ...NOTHING }))
    await correctReturn(app, of('u2'), { roundId, version: 2, ...NOTHING, checked: 8, way: 'bot' })
    expect(await own(app, 'u2')).to.include({ state: 'corrected', version: 3, checked: 8 })
    const entries = await app.store.read((db) => db.manager.getRepository(feedbackEntryTable.schema).find({ order: { version: 'ASC' } }))
    expect(entries.map(({ version, way, checked }) => [version, way, checked])).to.deep.equal([
      [2, 'clerk', 7],
      [3, 'bot', 8],
    ])
    const racing = await Promise.allSettled(
      [1, 2, 3].map((checked) => submitReturn(app, of('u3'), { roundId, version: 1, ...NOTHING, checked })),
    )
    expect(racing.filter((each) => each.status === 'fulfilled')).to.have.length(1)
    await refusal('feedback_early', () => closeFeedback(app, OFFICE, { id: roundId }))
    await refusal('not_allowed', () => closeFeedback(app, CLERK, { id: roundId }))
    for (const unitId of ['u1', 'u4']) await submitReturn(app, of(unitId), { roundId, ...NOTHING })
    await closeFeedback(app, OFFICE, { id: roundId })
    await refusal('feedback_closed', () => closeFeedback(app, OFFICE, { id: roundId }))
    await refusal('feedback_closed', () => remindFeedback(app, OFFICE, { id: roundId }))
  })
})
