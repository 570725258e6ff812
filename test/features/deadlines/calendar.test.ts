// The admin's work calendar on both databases: what is refused, what is reported, and how a change moves open deadlines.
// Which days are worked is workdays.test.ts.

import { expect } from 'chai'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import type { Day } from '../../../src/core/calendar.ts'
import type { AppError } from '../../../src/core/errors.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { changeAndRecount } from '../../../src/features/deadlines/recount.tasks.ts'
import { listDeadlines, listMoves } from '../../../src/features/deadlines/views.ts'
import { ADMIN, addStaff, at, CLERK, closeClock, openClocks, PAGE, theClock, told } from '../../support/deadlines.ts'
import { YEAR_2027 } from '../../support/day-walk.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { refusal } from '../../support/refusal.ts'
import { changeCalendar, daysOfNotice, getCalendar, missingCalendarYears } from '../../../src/features/deadlines/commands.ts'

eachDatabase((_db, make) => {
  const startApp = async (day: Day): Promise<TestApp> => make({ now: at(day, 10) })

  describe('the work calendar of the admin', () => {
    it('refuses a change with days that do not exist, are both off and worked, are past, or do not complete the year they claim', async () => {
      const { app } = await startApp('2026-11-22')
      const codes = async (input: Parameters<typeof changeCalendar>[2]): Promise<string[]> =>
        changeCalendar(app, ADMIN, input).then(
          () => [],
          (error: unknown) => (error as AppError).problems.map((each) => each.code),
        )
      expect(await codes({ rest: ['2026-02-30'] })).to.deep.equal(['holiday_day'])
      expect(await codes({ rest: ['2026-12-01'], work: ['2026-12-01'] })).to.deep.equal(['holiday_both'])
      expect(await codes({ rest: ['2026-11-20'], remove: ['2026-11-19'] })).to.deep.equal(['holiday_past', 'holiday_past'])
      expect(await codes({ rest: ['2027-01-01'], years: [2027] })).to.deep.equal(['holiday_year'])
      await refusal('not_allowed', () => changeCalendar(app, CLERK, { rest: ['2026-12-01'] }))
      expect(await getCalendar(app, SYSTEM, undefined)).to.deep.include({ version: 0, rest: [], work: [] })
    })

    it('reports a missing year once a week from November on, and fixes provisional last days when the year is loaded', async () => {
      const { app, clock } = await startApp('2026-10-31')
      const admin = await addStaff(app, 'admin', '13800000005')
      expect(await missingCalendarYears(app)).to.deep.equal([])
      await runDeadlines(app, SYSTEM)
      expect(await told(app, 'calendar.')).to.deep.equal([])
      for (const day of ['2026-11-02', '2026-11-03', '2026-11-08', '2026-11-09'] as const) {
        clock.set(at(day))
        await runDeadlines(app, SYSTEM)
      }
      expect(await missingCalendarYears(app)).to.deep.equal([2027])
      // 1 November is a Sunday and belongs to the week before; the run of 2 November did its work.
      expect((await told(app, 'calendar.')).map(({ event, recipient }) => `${event} ${recipient}`)).to.deep.equal(
        ['2026-10-26', '2026-11-02', '2026-11-09'].map((monday) => `calendar.missing:2027:${monday} ${admin}`),
      )

      await openClocks(app, [{ code: 'objection.carry_out', subject: 'objection:1', start: '2026-12-29' }])
      expect(await theClock(app, 'objection:1')).to.include({ missingYear: 2027, due: '2027-01-01' })
      expect((await theClock(app, 'objection:1')).latest).to.equal('2027-01-04')
      clock.set(at('2027-01-04'))
      expect(await runDeadlines(app, SYSTEM)).to.include({ missed: 0 })
      expect((await theClock(app, 'objection:1')).state, 'before the latest day to be expected').to.equal('open')
      const loaded = await changeCalendar(app, ADMIN, { ...YEAR_2027, years: [2027] })
      expect(loaded).to.deep.include({ version: 1, missing: [] })
      clock.set(at('2027-01-06'))
      expect(await runDeadlines(app, SYSTEM)).to.include({ recounted: 1, missed: 1 })
      const row = await theClock(app, 'objection:1')
      expect(row).to.include({ missingYear: null, latest: null, state: 'missed', calendarVersion: 1 })
      expect(row.due).to.equal('2027-01-04')
    })

    describe('while a year is missing', () => {
      const LONG = { rest: [...YEAR_2027.rest, '2027-01-04', '2027-01-05', '2027-01-06'], work: YEAR_2027.work, years: [2027] }

      /** Two periods that end on 4 January 2027 at the latest, missed provisionally on the 5th. */
      async function missedApp(): Promise<TestApp> {
        const testApp = await startApp('2026-12-29')
        await addStaff(testApp.app, 'approver', '13800000006')
        for (const subject of ['objection:1', 'objection:2'])
          await openClocks(testApp.app, [{ code: 'objection.carry_out', subject, start: '2026-12-29' }])
        testApp.clock.set(at('2027-01-05', 9))
        expect(await runDeadlines(testApp.app, SYSTEM)).to.include({ missed: 2 })
        return testApp
      }

      it('misses a period provisionally after the latest day to be expected, and says so to people', async () => {
        const { app } = await missedApp()
        expect(await theClock(app, 'objection:1')).to.include({ state: 'missed', missingYear: 2027, latest: '2027-01-04' })
        const [notice] = await told(app, 'deadline.missed')
        expect(notice?.text).to.include('2027年1月4日').and.to.include('暂定逾期')
        const { items } = await listDeadlines(app, CLERK, { filter: { light: 'red' }, page: PAGE })
        expect(items.map(({ late, missingYear }) => ({ late, missingYear }))).to.deep.equal([
          { late: true, missingYear: 2027 },
          { late: true, missingYear: 2027 },
        ])
      })

      it('takes provisional misses back when the loaded year shows that the periods had not ended, and lists what moved', async () => {
        const { app, clock } = await missedApp()
        expect(await closeClock(app, 'objection.carry_out', 'objection:2')).to.equal('late')
        const { moved, version } = await changeAndRecount(app, ADMIN, LONG)
        expect(moved).to.deep.equal({ total: 2, settled: 2, takenBack: 1, waiting: 0 })
        expect(await theClock(app, 'objection:1')).to.include({ state: 'open', due: '2027-01-07', missingYear: null, overOn: null })
        expect(await theClock(app, 'objection:2'), 'done in time after all').to.include({ state: 'closed', due: '2027-01-07' })
        const { items, total } = await listMoves(app, ADMIN, { version, page: PAGE })
        expect(total).to.equal(2)
        const one = items.find(({ subject }) => subject === 'objection:1')
        expect(one).to.include({ fromDue: '2027-01-01', fromLatest: '2027-01-04', toDue: '2027-01-07', toLatest: null, toState: 'open' })
        clock.set(at('2027-01-08', 9))
        expect(await runDeadlines(app, SYSTEM)).to.include({ missed: 1, recounted: 0 })
      })

      it('confirms a provisional miss when the loaded year shows that the period had ended', async () => {
        const { app, clock } = await missedApp()
        clock.set(at('2027-01-05', 10))
        expect((await changeAndRecount(app, ADMIN, { ...YEAR_2027, years: [2027] })).moved).to.include({ total: 2, takenBack: 0 })
        expect(await theClock(app, 'objection:1')).to.include({
          state: 'missed',
          due: '2027-01-04',
          missingYear: null,
          overOn: '2027-01-05',
        })
        expect((await runDeadlines(app, SYSTEM)).missed, 'nobody is told twice').to.equal(0)
      })

      it('reads the days from the text of the notice, for the admin to check', async () => {
        const { app } = await startApp('2026-11-22')
        const text = '一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n二、春节：2月5日至11日放假调休。1月31日（周日）上班。'
        expect(await daysOfNotice(app, ADMIN, { year: 2027, text })).to.deep.equal({
          rest: ['01-01', '01-02', '01-03', '02-05', '02-06', '02-07', '02-08', '02-09', '02-10', '02-11'].map((day) => `2027-${day}`),
          work: ['2027-01-31'],
        })
        await refusal('request_invalid', () => daysOfNotice(app, ADMIN, { year: 2027, text: '另行通知。' }))
        await refusal('not_allowed', () => daysOfNotice(app, CLERK, { year: 2027, text }))
      })
    })

    it('moves the last days of open deadlines when a day off is added, and makes nobody late when it is removed', async () => {
      const { app, clock } = await startApp('2026-03-02')
      await openClocks(app, [{ code: 'complaint.accept', subject: 'complaint:1', start: '2026-03-03' }])
      expect((await theClock(app, 'complaint:1')).due).to.equal('2026-03-05')
      await changeCalendar(app, ADMIN, { rest: ['2026-03-04'] })
      await runDeadlines(app, SYSTEM)
      expect((await theClock(app, 'complaint:1')).due).to.equal('2026-03-06')
      clock.set(at('2026-03-06', 9))
      await refusal('request_invalid', () => changeCalendar(app, ADMIN, { remove: ['2026-03-04'] }))
      await changeCalendar(app, ADMIN, { rest: ['2026-03-06'] })
      await runDeadlines(app, SYSTEM)
      expect((await theClock(app, 'complaint:1')).due).to.equal('2026-03-09')
      await changeCalendar(app, ADMIN, { remove: ['2026-03-06'] })
      clock.set(at('2026-03-09', 9))
      await runDeadlines(app, SYSTEM)
      // Counted again the last day would be the 6th, which has passed, so it becomes today.
      expect(await theClock(app, 'complaint:1')).to.include({ due: '2026-03-09', state: 'open' })
    })
  })
})
