// Whom a measure reaches, as truth tables written by hand from the policy, and every way in which a catalogue can be wrong.

import { expect } from 'chai'
import {
  applies,
  checkCatalogue,
  measuresOfUnit,
  type Measure,
  type Standing,
  type Unit,
} from '../../../src/features/units/measures.rules.ts'
import { OFFICES, type Office } from '../../../src/features/debtors/rules.ts'

const DEBTOR_SIDE: Office[] = ['legal_representative', 'principal', 'actual_controller', 'directly_responsible']

function measure(over: Partial<Measure> = {}): Measure {
  return {
    id: '1.1',
    category: 1,
    categoryTitle: '类',
    title: '题',
    citation: '实施意见 二(二)1(1)',
    summary: '一句话。',
    direction: 'debtor_only',
    targets: [],
    appliesTo: 'both',
    effects: ['restrict'],
    officesBarred: [],
    unitIds: ['a'],
    openEnded: false,
    needsPerson: false,
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
    ['no effect', [unit()], [measure({ effects: [] })], 'measure 1.1: no effect'],
    ['a reference that a machine would refuse by', [unit()], [measure({ effects: ['reference'] })], 'measure 1.1: only soft effects'],
    ['a person needed for no reason', [unit()], [measure({ needsPerson: true })], 'measure 1.1: needs a person, but no note'],
    ['officers of debtor_only', [unit()], [measure({ targets: ['director'] })], 'measure 1.1: debtor_only cannot reach director'],
    [
      'directors of a debtor',
      [unit()],
      [measure({ direction: 'debtor_side', targets: ['director'] })],
      'measure 1.1: debtor_side cannot reach director',
    ],
    ['debtor_side without offices', [unit()], [measure({ direction: 'debtor_side' })], 'measure 1.1: debtor_side without an organisation'],
    [
      'responsible persons of an applicant',
      [unit()],
      [measure({ direction: 'applicant_side', targets: ['directly_responsible'] })],
      'applicant_side cannot reach directly_responsible',
    ],
    [
      'officers of a natural person',
      [unit()],
      [measure({ direction: 'applicant_side', targets: ['director'], appliesTo: 'person' })],
      'measure 1.1: offices of a natural person',
    ],
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
      [measure({ effects: [], summary: '' })],
    )
    expect(message.split('\n')).to.have.length(1 + 5)
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

describe('the reach of a measure', () => {
  const train = measure({ direction: 'debtor_side', targets: DEBTOR_SIDE }) // as 7.1
  const credit = measure({
    direction: 'applicant_side',
    targets: ['legal_representative', 'principal', 'actual_controller', 'director', 'supervisor', 'senior_manager'],
  }) // as 5.3
  const policy = measure({
    direction: 'applicant_side',
    targets: ['legal_representative', 'actual_controller', 'director', 'supervisor', 'senior_manager'],
  }) // as 2.2
  const fund = measure({ direction: 'applicant_side', appliesTo: 'person' }) // as 2.4
  const association = measure() // as 1.3
  const institution = measure({ appliesTo: 'person', officesBarred: ['legal_representative'] }) // as 3.2
  const qualification = measure({ appliesTo: 'organisation' }) // as 4.3

  type Row = [article: string, measure: Measure, standing: Standing, reached: boolean]
  const holder = (office: Office): Standing => ({ kind: 'person', office, listed: 'organisation' })
  const headedBy = (office: Office): Standing => ({ kind: 'organisation', office, listed: 'officer' })

  const rows: Row[] = [
    ['7.1', train, { kind: 'person' }, true],
    ['7.1', train, { kind: 'organisation' }, true],
    ['7.1', train, holder('legal_representative'), true],
    ['7.1', train, holder('principal'), true],
    ['7.1', train, holder('actual_controller'), true],
    ['7.1', train, holder('directly_responsible'), true],
    ['7.1', train, holder('director'), false],
    ['7.1', train, holder('supervisor'), false],
    ['7.1', train, holder('senior_manager'), false],
    ['7.1', train, headedBy('director'), false],
    ['7.1', train, headedBy('legal_representative'), false],
    ['7.1', train, headedBy('actual_controller'), false],
    ['7.1', train, { kind: 'organisation', office: 'actual_controller', listed: 'organisation' }, true],
    ['5.3', credit, { kind: 'person' }, true],
    ['5.3', credit, { kind: 'organisation' }, true],
    ['5.3', credit, headedBy('director'), true],
    ['5.3', credit, headedBy('supervisor'), true],
    ['5.3', credit, headedBy('senior_manager'), true],
    ['5.3', credit, headedBy('legal_representative'), true],
    ['5.3', credit, headedBy('principal'), true],
    ['5.3', credit, headedBy('actual_controller'), true],
    ['5.3', credit, headedBy('directly_responsible'), false],
    ['5.3', credit, holder('director'), false],
    ['5.3', credit, holder('legal_representative'), false],
    ['5.3', credit, { kind: 'organisation', office: 'actual_controller', listed: 'organisation' }, false],
    ['2.2', policy, headedBy('director'), true],
    ['2.2', policy, headedBy('principal'), false],
    ['2.4', fund, { kind: 'person' }, true],
    ['2.4', fund, { kind: 'organisation' }, false],
    ['2.4', fund, headedBy('legal_representative'), false],
    ['1.3', association, { kind: 'person' }, true],
    ['1.3', association, { kind: 'organisation' }, true],
    ['3.2', institution, { kind: 'person' }, true],
    ['3.2', institution, { kind: 'organisation' }, false],
    ['3.2', institution, holder('legal_representative'), false],
    ['4.3', qualification, { kind: 'person' }, false],
    ['4.3', qualification, { kind: 'organisation' }, true],
  ]

  for (const [article, subject, standing, reached] of rows) {
    const { kind, office, listed } = standing
    const who =
      office === undefined
        ? `a listed ${kind}`
        : listed === 'officer'
          ? `a company whose ${office} is listed`
          : `a ${kind} who is ${office} of a listed company`
    it(`of ${article} ${reached ? 'includes' : 'excludes'} ${who}`, () => expect(applies(subject, standing)).to.equal(reached))
  }

  it('of 1.3 excludes everybody but the debtor', () => {
    for (const office of OFFICES) {
      expect(applies(association, holder(office)), office).to.equal(false)
      expect(applies(association, headedBy(office)), office).to.equal(false)
    }
  })
})
