// The rules of returns, reports, quarters and forms: which returns are possible, when a round closes, and that a report always adds up.
// Commands are commands.test.ts; files over the web are routes.test.ts.

import { expect } from 'chai'
import fc from 'fast-check'
import { addDays } from '../../../src/core/calendar.ts'
import { isAppError } from '../../../src/core/errors.ts'
import { quarterOf } from '../../../src/features/deadlines/rules.ts'
import {
  addUp,
  closesToday,
  FIGURES,
  lastQuarter,
  MAX_FIGURE,
  nextReturn,
  NOTHING_KNOWN,
  quartersAfter,
  readQuarter,
  readReturn,
  RETURN_STATES,
  type Figures,
  type ReturnInput,
} from '../../../src/features/feedback/rules.ts'
import { FORM_COLUMNS, formLines, readForm } from '../../../src/features/feedback/form.rules.ts'
import { makeReport, type ReportRow } from '../../../src/features/feedback/report.rules.ts'

const MEASURES = ['m1', 'm2', 'm3']
const TITLES = FORM_COLUMNS.map((column) => `<${column}>`)
const KEY = { roundId: '01M81ZJK12XTFTYW6TKHXAKXPJ', unitId: 'u1', version: 3 }

const wild = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom(0.5, Number.NaN, Infinity, MAX_FIGURE, MAX_FIGURE + 1))
const wildFigures = fc.record({ checked: wild, restricted: wild, approved: wild })
const wildInput: fc.Arbitrary<ReturnInput> = fc.record({
  checked: wild,
  restricted: wild,
  approved: wild,
  lines: fc.array(
    fc.tuple(fc.constantFrom(...MEASURES, 'other'), wildFigures).map(([measureId, line]) => ({ measureId, ...line })),
    { maxLength: 4 },
  ),
  note: fc.constantFrom('', '无', '已提供足额担保'),
})

/** A second, independent statement of which returns are possible. */
function isPossible(input: ReturnInput, known: Figures): boolean {
  const whole = (n: number): boolean => n >= 0 && n <= MAX_FIGURE && Math.floor(n) === n
  const fits = (each: Figures): boolean =>
    whole(each.checked) && whole(each.restricted) && whole(each.approved) && each.checked - each.restricted >= each.approved
  const lines = (input.lines ?? []).filter((line) => !(line.checked === 0 && line.restricted === 0 && line.approved === 0))
  const ids = lines.map((line) => line.measureId)
  let sums = true
  for (const figure of FIGURES) sums &&= lines.reduce((sum, line) => sum + line[figure], 0) <= input[figure]
  return (
    fits(input) &&
    lines.every(fits) &&
    ids.every((id) => MEASURES.includes(id)) &&
    new Set(ids).size === ids.length &&
    sums &&
    (input.approved <= known.approved || (input.note ?? '').length > 3)
  )
}

/** Figures of a possible return. */
const figures = fc
  .tuple(fc.nat(500), fc.nat(500), fc.nat(500))
  .map(([restricted, approved, rest]): Figures => ({ checked: restricted + approved + rest, restricted, approved }))
const row = fc.record({
  state: fc.constantFrom(...RETURN_STATES),
  late: fc.boolean(),
  own: fc.array(figures, { maxLength: 3 }),
  left: figures,
  lifted: fc.nat(9),
})

describe('the rules of feedback', () => {
  it('accept exactly the possible returns, and give a reason for every other (property)', () => {
    fc.assert(
      fc.property(wildInput, fc.nat(3), (input, approved) => {
        const known = { checked: 9, restricted: 0, approved }
        try {
          const read = readReturn(input, MEASURES, known)
          expect(isPossible(input, known), JSON.stringify(input)).to.equal(true)
          expect(read).to.include({ checked: input.checked, restricted: input.restricted, approved: input.approved })
        } catch (error) {
          if (!isAppError(error, 'feedback_wrong')) throw error
          expect(isPossible(input, known), JSON.stringify(input)).to.equal(false)
          expect(error.problems).to.have.length.above(0)
        }
      }),
      { numRuns: 10_000 },
    )
  })

  it('make a report that adds up by unit, by measure, and over units without a return (property)', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (units) => {
        const rows = units.map(({ state, late, own, left, lifted }, n): ReportRow => {
          const lines = own.map((line, at) => ({ measureId: MEASURES[at] ?? '', ...line }))
          const known = { ...NOTHING_KNOWN, lifted }
          return { unitId: `u${n}`, unitName: `u${n}`, state, late, submittedAt: null, note: '', known, lines, ...addUp([...own, left]) }
        })
        const head = {
          quarter: '2026Q3',
          from: '2026-07-01',
          until: '2026-09-30',
          dueOn: '2026-10-10',
          state: 'closed',
          asOf: '',
          approvals: [],
        } as const
        const report = makeReport({ ...head, approvals: [], rows, measures: MEASURES.map((id) => ({ id, title: id })) })
        const { totals } = report
        const returned = report.units.filter((unit) => unit.state !== 'open')
        expect(addUp(returned)).to.deep.equal({ checked: totals.checked, restricted: totals.restricted, approved: totals.approved })
        expect(addUp(report.measures)).to.deep.equal({ checked: totals.checked, restricted: totals.restricted, approved: totals.approved })
        for (const measure of report.measures) for (const figure of FIGURES) expect(measure[figure]).to.be.at.least(0)
        expect([totals.returned + totals.notReturned, report.notReturned.length]).to.deep.equal([totals.units, totals.notReturned])
        expect(totals.lifted).to.equal(rows.reduce((sum, each) => sum + each.known.lifted, 0))
        expect(totals.late).to.be.at.most(totals.returned)
      }),
      { numRuns: 1_000 },
    )
  })

  it('read a form back as the return it was made from (property)', () => {
    const content = fc
      .array(figures, { maxLength: 3 })
      .chain((own) => fc.tuple(fc.constant(own), figures, fc.constantFrom('', '已担保', '=1+1')))
    fc.assert(
      fc.property(content, ([own, left, note]) => {
        const lines = own.map((line, at) => ({ measureId: MEASURES[at] ?? '', ...line }))
        const stated = { ...addUp([...own, left]), lines, note }
        const { hidden, rows } = formLines(
          KEY,
          stated,
          MEASURES.map((id) => ({ id, title: id })),
          'sum',
        )
        const file = [['title'], hidden, TITLES, ...rows].map((cells, n) => ({ row: n + 1, cells }))
        const { input, places, ...key } = readForm(file, TITLES)
        expect(key).to.deep.equal(KEY)
        expect(input).to.deep.equal({ ...stated, lines: lines.filter((line) => line.checked > 0) })
        expect(places.total).to.equal(4)
      }),
      { numRuns: 1_000 },
    )
  })

  it('names a figure that is a formula nobody calculated as such', () => {
    const { hidden, rows } = formLines(KEY, { checked: 1, restricted: 0, approved: 0, lines: [], note: '' }, [], '合计')
    const at = FORM_COLUMNS.indexOf('checked')
    const total = (rows[0] ?? []).map((cell, index) => (index === at ? '=SUM(C5:C60)' : cell))
    const file = [hidden, TITLES, total].map((cells, index) => ({ row: index + 1, cells }))
    expect(() => readForm(file, TITLES))
      .to.throw()
      .with.nested.property('problems[0]')
      .that.includes({ code: 'cell_formula', row: 3 })
  })

  it('read quarters by name, and find the last one that ended and those in between', () => {
    expect(readQuarter('2026Q4')).to.deep.equal({ name: '2026Q4', first: '2026-10-01', last: '2026-12-31' })
    expect(['2026Q0', '2026Q5', '26Q1', '2026q1', ' 2026Q1', ''].map(readQuarter)).to.deep.equal([null, null, null, null, null, null])
    expect([lastQuarter('2026-10-01').name, lastQuarter('2026-09-30').name, lastQuarter('2027-01-15').name]).to.deep.equal([
      '2026Q3',
      '2026Q2',
      '2026Q4',
    ])
    expect(quartersAfter('2025Q3', quarterOf('2026-04-01')).map((each) => each.name)).to.deep.equal(['2025Q4', '2026Q1', '2026Q2'])
    expect(quartersAfter('2026Q2', quarterOf('2026-04-01'))).to.deep.equal([])
  })

  it('close a round after its last day when all units answered, else after the days of grace', () => {
    const round = { dueOn: '2026-10-10' }
    const closes = (awaited: number, grace: number): (string | undefined)[] =>
      [0, 1, 5, 10, 11]
        .map((n) => addDays(round.dueOn, n))
        .filter((today) => closesToday(round, awaited, today, grace))
        .slice(0, 1)
    expect([closes(0, 10), closes(3, 10), closes(3, 0)]).to.deep.equal([['2026-10-11'], ['2026-10-21'], ['2026-10-11']])
  })

  it('accept a first return at any time, and a correction only while the round is open', () => {
    const open = { state: 'open', quarter: '2026Q3', closedOn: null } as const
    const closed = { state: 'closed', quarter: '2026Q3', closedOn: '2026-10-21' } as const
    expect([
      nextReturn('open', 'submit', open),
      nextReturn('open', 'submit', closed),
      nextReturn('corrected', 'correct', open),
    ]).to.deep.equal(['submitted', 'submitted', 'corrected'])
    expect(() => nextReturn('submitted', 'correct', closed)).to.throw('feedback_closed')
    expect(() => nextReturn('submitted', 'submit', open)).to.throw('feedback_act_impossible')
  })
})
