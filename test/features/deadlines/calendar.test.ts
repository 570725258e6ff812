// The admin's work calendar on both databases: what is refused, what is reported, and how a change moves open deadlines.
// Which days are worked is workdays.test.ts.

import { expect } from 'chai'
import { runDeadlines } from '../../../src/features/deadlines/tasks.ts'
import type { Day } from '../../../src/core/calendar.ts'
import type { AppError } from '../../../src/core/errors.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { ADMIN, addStaff, at, CLERK, openClocks, theClock, told } from '../../support/deadlines.ts'
import { YEAR_2027 } from '../../support/day-walk.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { refusal } from '../../support/refusal.ts'
import { changeCalendar, getCalendar, missingCalendarYears } from '../../../src/features/deadlines/commands.ts'

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
      clock.set(at('2027-01-05'))
      await runDeadlines(app, SYSTEM)
      expect((await theClock(app, 'objection:1')).state, 'a provisional last day is not missed').to.equal('open')
      const loaded = await changeCalendar(app, ADMIN, { ...YEAR_2027, years: [2027] })
      expect(loaded).to.deep.include({ version: 1, missing: [] })
      clock.set(at('2027-01-06'))
      expect(await runDeadlines(app, SYSTEM)).to.include({ recounted: 1, missed: 1 })
      const row = await theClock(app, 'objection:1')
      expect(row).to.include({ missingYear: null, state: 'missed', calendarVersion: 1 })
      expect(row.due > '2027-01-01').to.equal(true)
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
