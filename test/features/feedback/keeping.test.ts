// What holds for a round when a process dies, the calendar changes, a unit is renamed or keys are rotated, and who sees which returns.
// The course of a quarter is commands.test.ts.

import { expect } from 'chai'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { runDailyTasks } from '../../../src/daily.ts'
import { closeFeedback, openFeedback, openRound, remindFeedback } from '../../../src/features/feedback/rounds.commands.ts'
import { listReturns, listRounds, showReturn, feedbackReport } from '../../../src/features/feedback/views.ts'
import { runRounds } from '../../../src/features/feedback/tasks.ts'
import { submitReturn } from '../../../src/features/feedback/commands.ts'
import { rotateKeys } from '../../../src/platform/commands/key-rotation.ts'
import { createSecrets } from '../../../src/core/secrets.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { insertUnits, updateUnit } from '../../../src/features/units/store.ts'
import { ADMIN, at, PAGE, told } from '../../support/deadlines.ts'
import { YEAR_2027 } from '../../support/day-walk.ts'
import { asked, OFFICE, of, OPERATOR, unitsWithDuty } from '../../support/feedback.ts'
import { eachDatabase, TEST_KEY } from '../../support/app.ts'
import { refusal } from '../../support/refusal.ts'
import { changeCalendar } from '../../../src/features/deadlines/commands.ts'

const NOTHING = { checked: 0, restricted: 0, approved: 0 }
const dueDays = async (app: AppContext): Promise<string[]> =>
  (await listRounds(app, OFFICE, { filter: {}, page: PAGE })).items.map((round) => `${round.quarter} ${round.dueOn}`)

eachDatabase((_db, make) => {
  it('notifies each unit once of an opening whose process died, also a unit without a liaison', async () => {
    const { app } = await make({ now: at('2026-10-01') })
    await unitsWithDuty(app, ['u1', 'u2'])
    await app.store.write((tx) =>
      insertUnits(tx, [
        {
          id: 'member',
          name: '某银行',
          kind: 'bank',
          isClass: false,
          classId: 'banks',
          leadingGroupMember: false,
          active: true,
          seeded: false,
        },
      ]),
    )
    await openRound(app, OFFICE, { quarter: '2026Q3' })
    expect(await told(app, 'feedback.opened')).to.deep.equal([])
    const kept = await Promise.all([runRounds(app, SYSTEM), runRounds(app, SYSTEM)])
    expect(kept.map((each) => each.told).sort()).to.deep.equal([0, 3])
    const people = (await told(app, 'feedback.opened')).map(({ recipient, media }) => `${recipient.split(':')[0]} ${media}`)
    // A member of a class hands in its own return. Nobody of it can be reached, so the notice becomes a task for a clerk.
    expect(people.sort()).to.deep.equal(['liaison sms', 'liaison sms', 'unit clerk'])
  })

  it('makes one task of all units without a liaison in a new installation, and tells each once its liaison is entered', async () => {
    const { app } = await make({ now: at('2026-10-01') })
    await unitsWithDuty(app, ['u1'])
    const members = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'].map((id) => ({
      id,
      name: `${id}银行`,
      kind: 'bank' as const,
      isClass: false,
      classId: 'banks',
      leadingGroupMember: false,
      active: true,
      seeded: false,
    }))
    await app.store.write((tx) => insertUnits(tx, members))
    await openRound(app, OFFICE, { quarter: '2026Q3' })
    await Promise.all([runRounds(app, SYSTEM), runRounds(app, SYSTEM)])
    expect(await told(app, 'feedback.opened')).to.have.length(1)
    const tasks = await told(app, 'feedback.unreached')
    expect(tasks.map(({ recipient, media }) => `${recipient} ${media}`)).to.deep.equal(['court clerk'])
    expect(tasks[0]?.text).to.include('有7个单位').and.include('m1银行、m2银行').and.include('联络员登记表')
    await addLiaison(app, ADMIN, { unitId: 'm3', name: '甲', phone: '13800017777' })
    const [round] = (await listRounds(app, OFFICE, { filter: {}, page: PAGE })).items
    await remindFeedback(app, OFFICE, { id: round?.id ?? '', unitIds: ['m3'] })
    expect((await told(app, 'feedback.reminder')).map(({ media }) => media)).to.deep.equal(['sms'])
    await remindFeedback(app, OFFICE, { id: round?.id ?? '' })
    expect((await told(app, 'feedback.reminder')).map(({ media }) => media)).to.deep.equal(['sms', 'sms'])
    expect((await told(app, 'feedback.unreached')).map(({ text }) => /有(\d+)个单位/.exec(text)?.[1])).to.deep.equal(['7', '6'])
  })

  it('moves the last day of a round with the calendar', async () => {
    const { app, clock } = await make({ now: at('2026-12-30') })
    await unitsWithDuty(app, ['u1'])
    clock.set(at('2027-01-02'))
    await runDailyTasks(app, SYSTEM)
    // 2027 is not loaded yet, so this is the earliest day possible.
    expect(await dueDays(app)).to.deep.equal(['2026Q4 2027-01-10'])
    await changeCalendar(app, ADMIN, { ...YEAR_2027, years: [2027] })
    await runDailyTasks(app, SYSTEM)
    expect(await dueDays(app)).to.deep.equal(['2026Q4 2027-01-11'])
  })

  it('keeps the report of a closed round unchanged, also after its unit was renamed and its key rotated', async () => {
    const { app, clock } = await make({ now: at('2026-09-30', 12) })
    await unitsWithDuty(app, ['u1', 'u2', 'u3'])
    await asked(
      app,
      'u1',
      '2026-09-01',
      Array.from({ length: 600 }, () => 'approved' as const),
    )
    clock.set(at('2026-10-01'))
    const { id: roundId } = await openFeedback(app, OFFICE, { quarter: '2026Q3' })
    const note = `见附件😀${'长'.repeat(900)}`
    for (const unitId of ['u1', 'u2']) await submitReturn(app, of(unitId), { roundId, checked: 600, restricted: 0, approved: 600, note })
    clock.set(at('2026-10-11'))
    const closed = await closeFeedback(app, OFFICE, { id: roundId })
    expect(closed.approvals).to.have.length(600)
    expect(closed.units.map((unit) => unit.note)).to.deep.equal([note, note, ''])
    await app.store.write((tx) => updateUnit(tx, 'u1', { name: '改了名的局' }))
    await asked(app, 'u1', '2026-09-02', ['refused'])
    const { id: _, ...before } = closed
    expect(await feedbackReport(app, OFFICE, roundId)).to.deep.equal({ id: roundId, ...before })
    const newer = { id: 't2', bytes: Buffer.alloc(32, 9) }
    const rotating: AppContext = { ...app, secrets: createSecrets([newer, TEST_KEY]) }
    await rotateKeys(rotating, OPERATOR)
    const alone: AppContext = { ...app, secrets: createSecrets([newer]) }
    expect(await feedbackReport(alone, OFFICE, roundId)).to.deep.equal({ id: roundId, ...before })
    expect((await showReturn(alone, OFFICE, { roundId, unitId: 'u2' })).note).to.equal(note)
  })

  it('puts a return that races the closing either in the report or marks it as after the closing', async () => {
    const { app, clock } = await make({ now: at('2026-10-01') })
    const ids = ['u1', 'u2', 'u3', 'u4']
    await unitsWithDuty(app, ids)
    const { id: roundId } = await openFeedback(app, OFFICE, { quarter: '2026Q3' })
    clock.set(at('2026-10-11'))
    const racing = ids.map((unitId) => submitReturn(app, of(unitId), { roundId, ...NOTHING, checked: 1 }))
    const [report, ...handed] = await Promise.all([closeFeedback(app, OFFICE, { id: roundId }), ...racing])
    const inTime = handed.filter((each) => !each.afterClose).length
    expect([report.totals.returned, report.totals.checked, report.totals.notReturned]).to.deep.equal([inTime, inTime, 4 - inTime])
  })

  it('shows a unit its own return only, and the court all returns by their state', async () => {
    const { app, clock } = await make({ now: at('2026-10-01') })
    await unitsWithDuty(app, ['u1', 'u2', 'u3'])
    const { id: roundId } = await openFeedback(app, OFFICE, { quarter: '2026Q3' })
    await submitReturn(app, of('u1'), { roundId, ...NOTHING })
    clock.set(at('2026-10-12', 9))
    await runDailyTasks(app, SYSTEM)
    await submitReturn(app, of('u2'), { roundId, ...NOTHING })
    const units = async (filter: object): Promise<string[]> =>
      (await listReturns(app, OFFICE, { filter: { roundId, ...filter }, page: PAGE })).items.map((each) => each.unitId)
    expect(await units({})).to.deep.equal(['u1', 'u2', 'u3'])
    expect([await units({ awaited: true }), await units({ late: true }), await units({ state: 'submitted' })]).to.deep.equal([
      ['u3'],
      ['u2'],
      ['u1', 'u2'],
    ])
    const own = await listReturns(app, of('u1'), { filter: { roundId }, page: PAGE })
    expect(own.items.map((each) => each.unitId)).to.deep.equal(['u1'])
    await refusal('unit_other', () => listReturns(app, of('u1'), { filter: { roundId, unitId: 'u2' }, page: PAGE }))
    await refusal('unit_other', () => showReturn(app, of('u1'), { roundId, unitId: 'u2' }))
    await refusal('not_allowed', () => listRounds(app, of('u1'), { filter: {}, page: PAGE }))
    await refusal('feedback_missing', () => showReturn(app, OFFICE, { roundId, unitId: 'idle' }))
  })
})
