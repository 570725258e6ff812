// Counting of periods, compared with an oracle that walks day by day over notices typed by hand (test/support/day-walk.ts).
// The table of periods is typed here a second time. New data of chinese-days for 2027 moves the border that several cases depend on.

import { expect } from 'chai'
import fc from 'fast-check'
import { CLOCK_CODES, CLOCKS, HOUSE_CODES, type ClockCode, type PeriodUnit } from '../../../src/features/deadlines/clocks.rules.ts'
import {
  countPeriod,
  dueDay,
  isMissed,
  quarterOf,
  readClockSettings,
  remindersOf,
  recountDue,
} from '../../../src/features/deadlines/rules.ts'
import { createWorkCalendar, NO_OVERRIDES, type WorkCalendar } from '../../../src/features/deadlines/workdays.rules.ts'
import { dayAfter, daysFrom, isOff, walk, weekday, yearIn, type World, YEAR_2027 } from '../../support/day-walk.ts'
import type { Profile } from '../../../src/core/profile.ts'

const RUNS = 10_000
const FEWER = 4_000
const plain = createWorkCalendar({ overrides: NO_OVERRIDES })
const with2027 = createWorkCalendar({ overrides: { ...YEAR_2027, years: [2027] } })

type Expected = [amount: number, unit: PeriodUnit, rolls: boolean] | null
const D = (amount: number): Expected => [amount, 'calendar_day', true]
const W = (amount: number): Expected => [amount, 'working_day', true]

/** The periods typed a second time: policy, statute. */
const PERIODS: Record<ClockCode, [seed: Expected, statute: Expected]> = {
  'objection.file': [D(10), null],
  'objection.review': [D(15), D(15)],
  'objection.carry_out': [D(3), W(3)],
  'reconsideration.file': [D(10), D(10)],
  'reconsideration.decide': [D(15), D(15)],
  'listing.correct': [D(3), W(3)],
  'listing.exit': [D(3), W(3)],
  'listing.term_end': [W(3), W(3)],
  'lift.notify': [D(3), D(3)],
  'lift.carry_out': [W(1), W(1)],
  'retention.end': [
    [0, 'stated_day', false],
    [0, 'stated_day', false],
  ],
  'retention.review': [W(5), W(5)],
  'creditor.apply_decide': [D(15), D(15)],
  'creditor.clue_verify': [D(7), D(7)],
  'creditor.object_decide': [D(15), D(15)],
  'relist.bar': [
    [6, 'month', false],
    [6, 'month', false],
  ],
  'feedback.return': [D(10), D(10)],
  'complaint.accept': [W(2), W(2)],
  'complaint.resolve': [W(15), W(15)],
  'complaint.carry_out': [W(5), W(5)],
  'repair.decide': [W(15), W(15)],
  'payment.verify': [W(3), W(3)],
  'media.push': [W(5), W(5)],
  'assistance.acknowledge': [W(3), W(3)],
  'assistance.answer': [
    [0, 'stated_day', false],
    [0, 'stated_day', false],
  ],
  'circular.rectify': [
    [0, 'stated_day', false],
    [0, 'stated_day', false],
  ],
}

/** The statute sets the days of a correction and the policy does not, so that period is a house rule (◇) in the profile `seed` only. */
function isHouseRule(code: ClockCode, profile: Profile): boolean {
  return (HOUSE_CODES as readonly string[]).includes(code) && !(code === 'listing.correct' && profile === 'statute')
}

// ---- generated cases
// ------------------------------------------------------------------------------------------------------------------------

const CRITICAL_DAYS = [
  ...daysFrom('2024-02-01', '2024-03-02'),
  ...daysFrom('2024-12-20', '2025-02-10'),
  ...daysFrom('2026-01-28', '2026-03-02'),
  ...daysFrom('2026-04-25', '2026-05-11'),
  ...daysFrom('2026-09-15', '2026-10-12'),
  ...daysFrom('2026-12-10', '2027-02-15'),
]
const anyStart = fc.oneof(fc.constantFrom(...CRITICAL_DAYS), fc.constantFrom(...daysFrom('2024-01-01', '2027-03-31')))
const anyProfile = fc.constantFrom<Profile>('seed', 'statute')
const anyRule = fc.oneof(
  fc.record({ unit: fc.constant<PeriodUnit>('calendar_day'), amount: fc.integer({ min: 1, max: 45 }), rolls: fc.boolean() }),
  fc.record({ unit: fc.constant<PeriodUnit>('working_day'), amount: fc.integer({ min: 1, max: 30 }), rolls: fc.constant(true) }),
  fc.record({ unit: fc.constant<PeriodUnit>('month'), amount: fc.integer({ min: 1, max: 14 }), rolls: fc.boolean() }),
)
/** Days that the admin added, off (true) or worked (false). */
const anyOwnDays = fc.dictionary(fc.constantFrom(...CRITICAL_DAYS), fc.boolean(), { maxKeys: 12 })

/** The same days twice: as the application's calendar and as the oracle's sets. */
function worldOf(own: Readonly<Record<string, boolean>>, loaded: boolean): { calendar: WorkCalendar; world: World } {
  const chosen = Object.entries(own)
  const rest = chosen.filter(([, off]) => off).map(([day]) => day)
  const work = chosen.filter(([, off]) => !off).map(([day]) => day)
  const fill = (days: readonly string[]): string[] => (loaded ? days.filter((day) => !(day in own)) : [])
  const overrides = { rest: [...rest, ...fill(YEAR_2027.rest)], work: [...work, ...fill(YEAR_2027.work)], years: [] }
  // A year only counts as complete when enough of its days off are left; the oracle is given the result.
  const years = loaded && chosen.every(([day]) => yearIn(day) !== 2027) ? [2027] : []
  return {
    calendar: createWorkCalendar({ overrides: { ...overrides, years } }),
    world: { rest: new Set(overrides.rest), work: new Set(overrides.work), lastYear: years.length > 0 ? 2027 : 2026 },
  }
}

describe('counting a period', () => {
  it(`agrees with the day-by-day walk in ${RUNS} generated cases`, () => {
    const seen = { settled: 0, provisional: 0 }
    fc.assert(
      fc.property(anyStart, anyRule, anyOwnDays, fc.boolean(), (start, rule, own, loaded) => {
        const { calendar, world } = worldOf(own, loaded)
        const { day, missing } = walk(start, rule, world)
        seen[missing === 0 ? 'settled' : 'provisional'] += 1
        expect(countPeriod(start, rule, calendar)).to.deep.equal(missing === 0 ? { day } : { day, missingYear: missing })
      }),
      { numRuns: RUNS },
    )
    expect(seen.settled).to.be.above(RUNS / 4)
    expect(seen.provisional).to.be.above(RUNS / 20)
  })

  it(`gives every code its period in both profiles in ${FEWER} generated cases`, () => {
    const world = { rest: new Set(YEAR_2027.rest), work: new Set(YEAR_2027.work), lastYear: 2027 }
    fc.assert(
      fc.property(
        fc.constantFrom(...CLOCK_CODES),
        anyStart,
        anyProfile,
        fc.integer({ min: 1, max: 40 }),
        (code, start, profile, amount) => {
          const expected = PERIODS[code][profile === 'seed' ? 0 : 1]
          const settings = readClockSettings(Object.fromEntries(HOUSE_CODES.filter((each) => each === code).map((each) => [each, amount])))
          const due = dueDay(code, start, profile, with2027, settings)
          if (expected === null) {
            expect(due).to.equal(null)
            return
          }
          const [typed, unit, rolls] = expected
          let from = start
          if (code === 'media.push') while (!/-(03-31|06-30|09-30|12-31)$/.test(from)) from = dayAfter(from)
          const configured = isHouseRule(code, profile)
          const { day, missing } = walk(from, { amount: configured ? amount : typed, unit, rolls }, world)
          expect(due).to.include({ code, profile, start: from, due: day, unit, amount: configured ? amount : typed, house: configured })
          expect(due?.provisional?.missingYear ?? 0).to.equal(missing)
          expect(dueDay(code, start, profile, with2027)?.amount).to.equal(typed)
        },
      ),
      { numRuns: FEWER },
    )
  })

  it(`gives a provisional last day that no later arrangement can move to an earlier day in ${FEWER} generated cases`, () => {
    const swaps = fc.array(fc.constantFrom(...daysFrom('2026-12-25', '2027-12-31')), { maxLength: 8 })
    const starts = fc.constantFrom(...daysFrom('2026-11-20', '2027-01-20'))
    const codes = fc.constantFrom(...CLOCK_CODES)
    let moved = 0
    fc.assert(
      fc.property(codes, starts, anyProfile, swaps, (code, start, profile, called) => {
        const before = dueDay(code, start, profile, plain)
        if (before === null) return
        // Any possible arrangement of 2027: the invented notice with any of its days made working days.
        const work = [...new Set([...YEAR_2027.work, ...called])]
        const called2027 = { rest: YEAR_2027.rest.filter((day) => !work.includes(day)), work, years: [] }
        const padding = daysFrom('2027-11-01', '2027-11-30').filter((day) => !work.includes(day) && weekday(day) % 6 !== 0)
        const after = createWorkCalendar({ overrides: { ...called2027, rest: [...called2027.rest, ...padding], years: [2027] } })
        const settled = recountDue(before, after)
        expect(settled).to.deep.equal(dueDay(code, start, profile, after))
        expect(settled).not.to.have.property('provisional')
        expect(settled.due >= before.due, `${code} ${start}: ${settled.due} before ${before.due}`).to.equal(true)
        if (before.provisional === undefined) expect(settled.due).to.equal(before.due)
        else if (settled.due <= '2027-10-20')
          // The padding of November is no holiday; every other day off of the invented year is within what is assumed.
          expect(settled.due <= (before.provisional.latest ?? ''), `${code} ${start}: ${settled.due} after the latest`).to.equal(true)
        if (settled.due > before.due) moved += 1
      }),
      { numRuns: FEWER },
    )
    expect(moved).to.be.above(FEWER / 100)
  })

  it(`puts each reminder the stated number of working days before the last day in ${FEWER} generated cases`, () => {
    const world = { rest: new Set<string>(), work: new Set<string>(), lastYear: 2026 }
    const codes = fc.constantFrom(
      ...CLOCK_CODES.filter((code) => code !== 'retention.end' && code !== 'assistance.answer' && code !== 'circular.rectify'),
    )
    const starts = fc.constantFrom(...daysFrom('2024-01-01', '2026-11-20'))
    let seen = 0
    fc.assert(
      fc.property(codes, starts, anyProfile, (code, start, profile) => {
        const due = dueDay(code, start, profile, plain)
        if (due === null || due.provisional !== undefined) return
        const reminders = remindersOf(code, { openedOn: start, due: due.due }, plain)
        for (const { on, left } of reminders) {
          expect(isOff(on, world), on).to.equal(false)
          expect(daysFrom(dayAfter(on), due.due).filter((day) => !isOff(day, world))).to.have.length(left)
        }
        const days = reminders.map(({ on }) => on)
        expect(days).to.deep.equal([...new Set(days)].sort())
        expect([start, ...days, due.due].sort()[0]).to.equal(start)
        expect(days).not.to.include(start)
        // Only reminders that fall on the opening day or before it are left out.
        const room = daysFrom(dayAfter(start), due.due).filter((day) => !isOff(day, world)).length
        expect(reminders.map(({ left }) => left)).to.deep.equal(CLOCKS[code].reminders.filter((left) => left < room))
        seen += reminders.length
      }),
      { numRuns: FEWER },
    )
    expect(seen).to.be.above(FEWER)
  })
})

describe('a last day worked out by hand', () => {
  const due = (code: ClockCode, start: string, profile: Profile = 'seed'): string | undefined => dueDay(code, start, profile, plain)?.due

  it('moves from the National Day holiday to the first working day after it', () => {
    expect(due('objection.file', '2026-09-25')).to.equal('2026-10-08')
  })

  it('is after three days by the policy and three working days by the statute, over worked Saturdays and Spring Festival', () => {
    expect([due('listing.exit', '2026-02-11'), due('listing.exit', '2026-02-11', 'statute')]).to.deep.equal(['2026-02-14', '2026-02-14'])
    expect([due('listing.exit', '2026-02-12'), due('listing.exit', '2026-02-12', 'statute')]).to.deep.equal(['2026-02-24', '2026-02-24'])
    expect([due('listing.exit', '2026-03-05'), due('listing.exit', '2026-03-05', 'statute')]).to.deep.equal(['2026-03-09', '2026-03-10'])
  })

  it('is the same date after months, or the last of a shorter month, and may be a Sunday for a bar', () => {
    expect(due('relist.bar', '2026-03-15')).to.equal('2026-09-15')
    expect([due('relist.bar', '2023-08-31'), due('relist.bar', '2024-08-31')]).to.deep.equal(['2024-02-29', '2025-02-28'])
    expect(due('relist.bar', '2025-09-15')).to.equal('2026-03-15')
  })

  it('is counted from the end of the quarter for a push, whichever day of the quarter is given', () => {
    expect([due('media.push', '2026-07-01'), due('media.push', '2026-08-15')]).to.deep.equal(['2026-10-13', '2026-10-13'])
    // A round that opens late still gives units all their days.
    expect([due('feedback.return', '2026-09-30'), due('feedback.return', '2026-11-02')]).to.deep.equal(['2026-10-10', '2026-11-12'])
  })

  it('does not exist for objections under the statute, and is the stated day for a retained measure', () => {
    expect(dueDay('objection.file', '2026-03-02', 'statute', plain)).to.equal(null)
    expect(due('retention.end', '2027-05-02')).to.equal('2027-05-02')
  })

  it('is provisional while 2027 is not loaded, missed after the latest day to be expected, and final once it is', () => {
    const stored = dueDay('objection.review', '2026-12-18', 'seed', plain)
    expect(stored).to.include({ due: '2027-01-02', citation: '实施意见 四(二)3' })
    expect(stored?.provisional).to.deep.equal({ missingYear: 2027, latest: '2027-01-04' })
    if (stored === null) return
    expect([isMissed(stored, '2027-01-03'), isMissed(stored, '2027-01-04'), isMissed(stored, '2027-01-05')]).to.deep.equal([
      false,
      false,
      true,
    ])
    expect(isMissed({ due: '2027-01-02', provisional: { missingYear: 2027, latest: null } }, '2027-06-01')).to.equal(false)
    const settled = recountDue(stored, with2027)
    expect(settled.due).to.equal('2027-01-04')
    expect([isMissed(settled, '2027-01-04'), isMissed(settled, '2027-01-05')]).to.deep.equal([false, true])
  })

  it('is preceded by reminders counted in working days, none of them on the opening day', () => {
    expect(remindersOf('objection.review', { openedOn: '2026-09-25', due: '2026-10-10' }, plain)).to.deep.equal([
      { on: '2026-09-30', left: 3 },
      { on: '2026-10-09', left: 1 },
      { on: '2026-10-10', left: 0 },
    ])
    expect(remindersOf('listing.exit', { openedOn: '2026-03-06', due: '2026-03-09' }, plain)).to.deep.equal([{ on: '2026-03-09', left: 0 }])
    expect(remindersOf('retention.end', { openedOn: '2026-03-02', due: '2026-05-03' }, plain)).to.deep.equal([
      { on: '2026-04-24', left: 5 },
      { on: '2026-04-30', left: 1 },
    ])
    expect(remindersOf('objection.file', { openedOn: '2026-03-06', due: '2026-03-16' }, plain)).to.deep.equal([])
  })

  it('lies in a quarter with a name, a first and a last day', () => {
    expect(quarterOf('2026-11-22')).to.deep.equal({ name: '2026Q4', first: '2026-10-01', last: '2026-12-31' })
    expect(quarterOf('2024-03-31')).to.deep.equal({ name: '2024Q1', first: '2024-01-01', last: '2024-03-31' })
  })

  it('is refused for days that do not exist and for settings that the law does not leave open', () => {
    for (const day of ['2026-02-30', '', '2026年2月3日']) {
      expect(() => dueDay('relist.bar', day, 'seed', plain), day).to.throw(RangeError)
      expect(() => quarterOf(day), day).to.throw(RangeError)
    }
    expect(() => readClockSettings({ 'objection.file': 20 })).to.throw('objection.file')
    expect(() => readClockSettings({ 'no.such': 20 })).to.throw('no.such')
    for (const amount of [0, -1, 1.5, 367, NaN])
      expect(() => readClockSettings({ 'lift.carry_out': amount }), String(amount)).to.throw('lift.carry_out')
  })
})
