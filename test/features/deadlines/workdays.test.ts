// The work calendar compared with the State Council's notices, typed here by hand, and its answers for years that it does not know.
// Periods counted over it are rules.test.ts.

import { expect } from 'chai'
import { isAppError } from '../../../src/core/errors.ts'
import { checkOverrides, createWorkCalendar, missingYears, NO_OVERRIDES } from '../../../src/features/deadlines/workdays.rules.ts'
import { daysFrom, NOTICES, weekday, YEAR_2027 } from '../../support/day-walk.ts'

const plain = createWorkCalendar({ overrides: NO_OVERRIDES })
const with2027 = createWorkCalendar({ overrides: { ...YEAR_2027, years: [2027] } })

describe('the work calendar', () => {
  it('refuses what is not a day', () => {
    for (const day of ['', '2026-02-30', '2026-2-3', '2026-13-01', '2026-02-01T00:00:00Z'])
      expect(() => plain.kind(day), day).to.throw(RangeError)
    expect(() => plain.addWorkdays('2026-03-02', 1.5)).to.throw(RangeError)
  })

  it('refuses overrides that are not days, are both off and worked, or call an incomplete year complete', () => {
    const problems = checkOverrides({ rest: ['2027-02-30', '2027-01-01'], work: ['soon', '2027-01-01'], years: [] })
    expect(problems.map(({ code, value }) => [code, value])).to.deep.equal([
      ['holiday_day', '2027-02-30'],
      ['holiday_day', 'soon'],
      ['holiday_both', '2027-01-01'],
    ])
    const part = { rest: ['2027-01-01', '2027-02-08'], work: [], years: [2027] }
    expect(checkOverrides(part)).to.deep.equal([{ code: 'holiday_year', field: 'years', value: '2027', values: { found: 2, least: 12 } }])
    expect(() => createWorkCalendar({ overrides: part }))
      .to.throw()
      .that.satisfies((error: unknown) => isAppError(error, 'request_invalid'))
    expect(checkOverrides({ ...YEAR_2027, years: [2027] })).to.deep.equal([])
  })

  it('agrees with the notices on every day of 2024 to 2026', () => {
    for (const day of daysFrom('2024-01-01', '2026-12-24')) {
      const expected = NOTICES.work.has(day) || (weekday(day) >= 1 && weekday(day) <= 5 && !NOTICES.rest.has(day)) ? 'work' : 'rest'
      expect(plain.kind(day), day).to.equal(expected)
    }
  })

  it('answers the same in every time zone of the machine', () => {
    const home = process.env['TZ']
    try {
      for (const zone of ['America/New_York', 'Pacific/Apia', 'Asia/Shanghai']) {
        process.env['TZ'] = zone
        const days = ['2026-02-13', '2026-02-14', '2026-02-15', '2026-02-23', '2026-02-24']
        expect(days.map(plain.kind), zone).to.deep.equal(['work', 'work', 'rest', 'rest', 'work'])
      }
    } finally {
      if (home === undefined) delete process.env['TZ']
      else process.env['TZ'] = home
    }
  })

  it('knows the years of the library and no other', () => {
    expect(plain.years()[0]).to.equal(2004)
    for (const year of [2003, 2027, 2100]) expect(plain.known(year), String(year)).to.equal(false)
    expect(plain.years()).to.deep.equal(
      daysFrom('2004-01-01', '2026-01-01')
        .filter((day) => day.endsWith('-01-01'))
        .map((day) => Number(day.slice(0, 4))),
    )
  })

  it('knows no day of a year without an arrangement, not even its Sundays', () => {
    for (const day of ['2027-01-01', '2027-03-02', '2027-03-07', '2003-05-05']) expect(plain.kind(day), day).to.equal('unknown')
  })

  it('knows the last week of a year only with the next year, whose New Year arrangement may move its days', () => {
    expect(plain.kind('2026-12-24')).to.equal('work')
    expect(['2026-12-25', '2026-12-27', '2026-12-31'].map(plain.kind)).to.deep.equal(['unknown', 'unknown', 'unknown'])
    expect(plain.rollForward('2026-12-31')).to.deep.equal({ day: '2026-12-31', missingYear: 2027 })
    expect(['2026-12-25', '2026-12-27', '2026-12-31'].map(with2027.kind)).to.deep.equal(['work', 'rest', 'work'])
    expect(['2018-12-29', '2018-12-31'].map(plain.kind)).to.deep.equal(['work', 'rest'])
  })

  it("prefers the admin's days to the library's, without making their year known", () => {
    const own = createWorkCalendar({ overrides: { rest: ['2026-09-14', '2027-09-13'], work: ['2026-10-02'], years: [] } })
    expect(['2026-09-14', '2026-10-02', '2027-09-13', '2027-09-14'].map(own.kind)).to.deep.equal(['rest', 'work', 'rest', 'unknown'])
    expect(own.known(2027)).to.equal(false)
  })

  it('counts forwards, backwards and between days over Spring Festival and its worked Saturdays', () => {
    expect(plain.addWorkdays('2026-02-11', 3)).to.deep.equal({ day: '2026-02-14' })
    expect(plain.addWorkdays('2026-02-14', 1)).to.deep.equal({ day: '2026-02-24' })
    expect(plain.addWorkdays('2026-02-24', -1)).to.deep.equal({ day: '2026-02-14' })
    expect(plain.addWorkdays('2026-02-17', 0)).to.deep.equal({ day: '2026-02-17' })
    expect(plain.rollForward('2026-02-15')).to.deep.equal({ day: '2026-02-24' })
    expect(plain.rollForward('2026-02-14')).to.deep.equal({ day: '2026-02-14' })
    expect(plain.workdaysBetween('2026-02-13', '2026-02-28')).to.deep.equal({ count: 6 })
    expect(plain.workdaysBetween('2026-02-28', '2026-02-13')).to.deep.equal({ count: 0 })
  })

  it('marks a count that met an unknown day, and gives the earliest day possible', () => {
    expect(plain.addWorkdays('2026-12-23', 1)).to.deep.equal({ day: '2026-12-24' })
    expect(plain.addWorkdays('2026-12-23', 3)).to.deep.equal({ day: '2026-12-26', missingYear: 2027 })
    expect(with2027.addWorkdays('2026-12-23', 3)).to.deep.equal({ day: '2026-12-28' })
    expect(plain.workdaysBetween('2026-12-23', '2027-01-01')).to.deep.equal({ count: 9, missingYear: 2027 })
  })

  it('asks for the next year from November on', () => {
    expect(missingYears(plain, '2026-10-31')).to.deep.equal([])
    expect(missingYears(plain, '2026-11-01')).to.deep.equal([2027])
    expect(missingYears(plain, '2027-11-01')).to.deep.equal([2027, 2028])
    expect(missingYears(with2027, '2026-12-31')).to.deep.equal([])
  })
})
