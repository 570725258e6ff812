// The longest holidays that are assumed for an unknown year, checked against every arrangement since 2008, and the reading of a notice.
// How a provisional last day is counted over them is rules.test.ts.

import { createRequire } from 'node:module'
import { expect } from 'chai'
import { mayBeHoliday, readNotice } from '../../../src/features/deadlines/holidays.rules.ts'
import { createWorkCalendar, NO_OVERRIDES } from '../../../src/features/deadlines/workdays.rules.ts'

const { holidays } = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json') as { holidays: Record<string, string> }
/** The parade of 2015, arranged once. */
const ONCE = ['2015-09-03', '2015-09-04']

describe('the longest plausible holidays', () => {
  it('cover every weekday that an arrangement since 2008 made a day off', () => {
    const isWeekday = (day: string): boolean => new Date(`${day}T00:00:00Z`).getUTCDay() % 6 !== 0
    const days = Object.keys(holidays).filter((day) => day >= '2008' && isWeekday(day) && !ONCE.includes(day))
    expect(days).to.have.length.above(200)
    expect(days.filter((day) => !mayBeHoliday(day))).to.deep.equal([])
  })

  it('lie around the lunar holidays of the year and leave other weekdays worked', () => {
    expect(['2027-02-04', '2027-02-05', '2027-02-12', '2027-02-13', '2027-02-14'].map(mayBeHoliday)).to.deep.equal([
      true,
      true,
      true,
      true,
      false,
    ])
    expect(['2027-03-02', '2027-07-01', '2027-11-11'].map(mayBeHoliday)).to.deep.equal([false, false, false])
    const { cautious } = createWorkCalendar({ overrides: NO_OVERRIDES })
    expect(cautious.addWorkdays('2027-02-03', 1)).to.deep.equal({ day: '2027-02-15' })
    expect(cautious.rollForward('2027-10-01')).to.deep.equal({ day: '2027-10-11' })
  })
})

describe('the text of a notice', () => {
  it('is read with ranges over months and years, days beside them, and notes in brackets', () => {
    const text = `各省、自治区、直辖市人民政府：现将2027年元旦等节日放假调休日期的具体安排通知如下。
      一、元旦：2026年12月31日(周四)至2027年1月2日（周六）放假调休，共3天。2026年12月27日（周日）上班。
      二、劳动节：4月30日至5月2日放假，共3天。5月8日（周六）、5月9日（周日）上班；
      三、端午节：6月9日（周三）放假1天，不调休。`
    expect(readNotice(text, 2027)).to.deep.equal({
      rest: ['2026-12-31', '2027-01-01', '2027-01-02', '2027-04-30', '2027-05-01', '2027-05-02', '2027-06-09'],
      work: ['2026-12-27', '2027-05-08', '2027-05-09'],
    })
  })

  it('leaves out days that do not exist and ranges that cannot be meant', () => {
    expect(readNotice('2月30日放假。1月1日至9月3日放假。10月3日至1日放假。', 2027)).to.deep.equal({ rest: [], work: [] })
  })
})
