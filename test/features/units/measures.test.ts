// Every way in which a catalogue of units and measures can be wrong, and the measures of a unit. Clauses are tested in clauses.test.ts.

import { expect } from 'chai'
import { checkCatalogue, measuresOfUnit, type Measure, type Unit } from '../../../src/features/units/measures.rules.ts'

function measure(over: Partial<Measure> = {}): Measure {
  return {
    id: '1.1',
    category: 1,
    categoryTitle: '类',
    title: '题',
    citation: '实施意见 二(二)1(1)',
    summary: '一句话。',
    clauses: [{ id: `${over.id ?? '1.1'}a`, advice: 'restrict', words: '限制', self: 'both' }],
    businesses: [{ name: '设立', clauses: [`${over.id ?? '1.1'}a`], words: ['设立'] }],
    unitIds: ['a'],
    openEnded: false,
    ...over,
  }
}

function unit(over: Partial<Unit> = {}): Unit {
  return {
    id: 'a',
    name: '甲局',
    nameInferred: false,
    aliases: [],
    kind: 'government',
    isClass: false,
    leadingGroupMember: false,
    roles: ['implementing'],
    measureIds: ['1.1'],
    ...over,
  }
}

const otherUnit = (over: Partial<Unit> = {}): Unit => unit({ id: 'b', name: '乙局', roles: [], measureIds: [], ...over })

function problems(units: Unit[], measures: Measure[]): string {
  try {
    checkCatalogue(units, measures)
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the check of a catalogue', () => {
  const cases: [string, Unit[], Measure[], string][] = [
    ['a unit id twice', [unit(), unit({ name: '乙局' })], [measure()], 'unit id a appears more than once'],
    ['a name twice', [unit(), otherUnit({ name: '甲局' })], [measure()], 'unit name 甲局 appears more than once'],
    [
      'an alias of two units',
      [unit({ aliases: ['局'] }), otherUnit({ aliases: ['局'] })],
      [measure()],
      'unit name 局 appears more than once',
    ],
    ['a strange id', [unit(), otherUnit({ id: 'B-1' })], [measure()], 'unit B-1: the id has'],
    ['a role without measures', [unit(), otherUnit({ roles: ['implementing'] })], [measure()], 'unit b: implements measures without'],
    [
      'a member of the group without the role',
      [unit({ leadingGroupMember: true })],
      [measure()],
      'unit a: leadingGroupMember and the role',
    ],
    ['members of what is no class', [unit({ memberIds: ['b'] }), otherUnit()], [measure()], 'unit a: has members but is not a class'],
    [
      'a class within a class',
      [unit({ isClass: true, memberIds: ['b'] }), otherUnit({ isClass: true })],
      [measure()],
      'unit a: a class as a member',
    ],
    ['an unknown member', [unit({ isClass: true, memberIds: ['z'] })], [measure()], 'unit a: z is unknown'],
    ['a unit like itself', [unit({ possibleSameAs: 'a' })], [measure()], 'unit a: is possibly the same as itself'],
    ['an unknown twin', [unit({ possibleSameAs: 'z' })], [measure()], 'unit a: z is unknown'],
    ['a measure the unit made up', [unit({ measureIds: ['1.1', '9.9'] })], [measure()], 'unit a: 9.9 is unknown'],
    [
      'a measure that forgot the unit',
      [unit(), otherUnit({ roles: ['implementing'], measureIds: ['1.1'] })],
      [measure()],
      'unit b: 1.1 does not name it',
    ],
    ['a unit that forgot the measure', [unit(), otherUnit()], [measure({ unitIds: ['a', 'b'] })], 'measure 1.1: b does not name it'],
    ['an unknown unit', [unit()], [measure({ unitIds: ['a', 'z'] })], 'measure 1.1: z is unknown'],
    ['a measure nobody implements', [unit({ roles: [], measureIds: [] })], [measure({ unitIds: [] })], 'measure 1.1: no unit'],
    ['a coordinator who does not know', [unit()], [measure({ coordinatorUnitId: 'a' })], 'measure 1.1: the coordinator does not say so'],
    [
      'a coordinator nobody named',
      [unit({ roles: ['implementing', 'coordinator'], coordinatesMeasureIds: ['1.1'] })],
      [measure()],
      'unit a: 1.1 has another coordinator',
    ],
    ['a citation of another article', [unit()], [measure({ citation: '实施意见 二(二)1(2)' })], 'measure 1.1: the citation'],
    ['no summary', [unit()], [measure({ summary: '' })], 'measure 1.1: the summary'],
    ['a summary of a page', [unit()], [measure({ summary: `${'长'.repeat(120)}。` })], 'measure 1.1: the summary'],
    ['no clause', [unit()], [measure({ clauses: [], businesses: [] })], 'measure 1.1: no clause'],
    [
      'a gap in the numbers',
      [unit({ measureIds: ['1.2'] })],
      [measure({ id: '1.2', citation: '实施意见 二(二)1(2)' })],
      'measure 1.2: stands where 1.1 belongs',
    ],
    ['a measure twice', [unit()], [measure(), measure()], 'measure id 1.1 appears more than once'],
  ]

  for (const [name, units, measures, expected] of cases) it(`refuses ${name}`, () => expect(problems(units, measures)).to.include(expected))

  it('refuses two titles of one category', () => {
    const second = measure({ id: '1.2', citation: '实施意见 二(二)1(2)', categoryTitle: '别类' })
    expect(problems([unit({ measureIds: ['1.1', '1.2'] })], [measure(), second])).to.include('measure 1.2: another title for category 1')
  })

  it('lists every problem at once', () => {
    const message = problems(
      [unit({ possibleSameAs: 'z' }), otherUnit({ roles: ['implementing'] })],
      [measure({ clauses: [], businesses: [], summary: '' })],
    )
    expect(message.split('\n')).to.have.length(1 + 4)
  })

  it('accepts a correct catalogue, and finds its rows by id', () => {
    const catalogue = checkCatalogue([unit(), otherUnit()], [measure()])
    expect(catalogue.unitsById.get('b')?.name).to.equal('乙局')
    expect(catalogue.measuresById.get('1.1')?.title).to.equal('题')
  })
})

describe('the measures of a unit', () => {
  const catalogue = checkCatalogue(
    [unit(), unit({ id: 'banks', name: '各银行', isClass: true, measureIds: ['1.2'], memberIds: ['a', 'b'] }), otherUnit()],
    [measure(), measure({ id: '1.2', citation: '实施意见 二(二)1(2)', unitIds: ['banks'] })],
  )
  const ids = (unitId: string): string[] => measuresOfUnit(catalogue, unitId).map(({ id }) => id)

  it('are its own and those of its classes', () => {
    expect(ids('a')).to.deep.equal(['1.1', '1.2'])
    expect(ids('b')).to.deep.equal(['1.2'])
    expect(ids('banks')).to.deep.equal(['1.2'])
    expect(ids('nobody')).to.deep.equal([])
  })
})
