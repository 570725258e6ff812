// The catalogue: units and measures of the policy, and the checks of a catalogue. Types and pure functions. Whom a measure reaches and what
// it orders is clauses.rules.ts. The rows are in templates/catalogue; catalogue.tasks.ts loads them.

import { clauseProblems, type Clauses } from './clauses.rules.ts'

export const UNIT_KINDS = [
  'judicial',
  'party',
  'government',
  'central_provincial_agency',
  'financial',
  'telecom',
  'township',
  'media',
  'enterprise',
  'other',
] as const
export type UnitKind = (typeof UNIT_KINDS)[number]

/** What a unit may lack. `no_liaison`: a unit in use without a liaison; `unbound`: one of its liaisons has bound no WeChat; `closed`. */
export const UNIT_NEEDS = ['no_liaison', 'unbound', 'closed'] as const
export type UnitNeed = (typeof UNIT_NEEDS)[number]

export const UNIT_ROLES = [
  'list_owner',
  'list_source',
  'review_court',
  'implementing',
  'coordinator',
  'leading_group_head',
  'leading_group_member',
  'oversight',
  'publicity',
  'sharing_partner',
  'issuer',
] as const
export type UnitRole = (typeof UNIT_ROLES)[number]

/** A unit that the policy names. */
export interface Unit {
  id: string
  name: string
  /** The policy gives no full name; this one is composed from its short forms. */
  nameInferred: boolean
  /** Every form the policy writes, misprints included, so that files which repeat one are understood. */
  aliases: readonly string[]
  kind: UnitKind
  /** Stands for several units (各商业银行): it has no liaison of its own, and a city adds its members. */
  isClass: boolean
  leadingGroupMember: boolean
  roles: readonly UnitRole[]
  /** Measures that name this unit; `measuresOfUnit` adds those of its classes. */
  measureIds: readonly string[]
  coordinatesMeasureIds?: readonly string[]
  /** Only for classes: members that the policy names elsewhere. */
  memberIds?: readonly string[]
  /** The policy may mean one unit by two names; the court decides. */
  possibleSameAs?: string
  note?: string
}

/** One measure of 实施意见 二(二), with its clauses and the closed list of its businesses. */
export interface Measure extends Clauses {
  /** Category and item, such as `1.1`. */
  id: string
  category: number
  categoryTitle: string
  title: string
  citation: string
  /** A summary for liaisons, in our own words. */
  summary: string
  /** All units that implement it. */
  unitIds: readonly string[]
  coordinatorUnitId?: string
  /** The article leaves its list of units open: it says 等, or names whoever is concerned. */
  openEnded: boolean
  note?: string
}

/** All units and measures, indexed by id. */
export interface Catalogue {
  units: readonly Unit[]
  measures: readonly Measure[]
  unitsById: ReadonlyMap<string, Unit>
  measuresById: ReadonlyMap<string, Measure>
}

/** The measures of a unit in the order of the policy: those that name it and those of its classes (a bank has 5.3 through 各商业银行). */
export function measuresOfUnit(catalogue: Catalogue, unitId: string): Measure[] {
  const unitAndClasses = catalogue.units.filter((unit) => unit.id === unitId || unit.memberIds?.includes(unitId)).map((unit) => unit.id)
  return catalogue.measures.filter((measure) => measure.unitIds.some((id) => unitAndClasses.includes(id)))
}

/**
 * Checks that the rows agree with one another, and indexes them.
 * @throws Error listing every problem: wrong rows are a defect of the installation, not a mistake of a user.
 */
export function checkCatalogue(units: readonly Unit[], measures: readonly Measure[]): Catalogue {
  const unitsById = new Map(units.map((unit) => [unit.id, unit]))
  const measuresById = new Map(measures.map((measure) => [measure.id, measure]))
  const catalogue: Catalogue = { units, measures, unitsById, measuresById }
  const problems = [
    ...repeated(
      'unit id',
      units.map((unit) => unit.id),
    ),
    ...repeated(
      'unit name',
      units.flatMap((unit) => [...new Set([unit.name, ...unit.aliases])]),
    ),
    ...repeated(
      'measure id',
      measures.map((measure) => measure.id),
    ),
    ...units.flatMap((unit) => unitProblems(unit, catalogue).map((problem) => `unit ${unit.id}: ${problem}`)),
    ...measures.flatMap((measure) => measureProblems(measure, catalogue).map((problem) => `measure ${measure.id}: ${problem}`)),
    ...orderProblems(measures),
  ]
  if (problems.length > 0) throw new Error(`catalogue:\n${problems.join('\n')}`)
  return catalogue
}

/** A condition that must hold, and the problem when it does not. */
type Rule = readonly [holds: boolean, otherwise: string]

function broken(rules: readonly Rule[]): string[] {
  return rules.filter(([holds]) => !holds).map(([, otherwise]) => otherwise)
}

function repeated(what: string, values: readonly string[]): string[] {
  const twice = new Set(values.filter((value, index) => values.indexOf(value) !== index))
  return [...twice].map((value) => `${what} ${value} appears more than once`)
}

function missing(ids: readonly string[], known: ReadonlyMap<string, unknown>): string[] {
  return ids.filter((id) => !known.has(id)).map((id) => `${id} is unknown`)
}

function unitProblems(unit: Unit, { unitsById, measuresById }: Catalogue): string[] {
  const { memberIds = [], coordinatesMeasureIds = [] } = unit
  const hasRole = (role: UnitRole): boolean => unit.roles.includes(role)
  return [
    ...broken([
      [/^[a-z][a-z0-9_]*$/.test(unit.id), 'the id has other characters than a-z, 0-9 and _'],
      [unit.name !== '', 'no name'],
      [hasRole('implementing') === unit.measureIds.length > 0, 'implements measures without the role, or the reverse'],
      [hasRole('coordinator') === coordinatesMeasureIds.length > 0, 'coordinates measures without the role, or the reverse'],
      [hasRole('leading_group_member') === unit.leadingGroupMember, 'leadingGroupMember and the role disagree'],
      [unit.isClass || memberIds.length === 0, 'has members but is not a class'],
      [unit.possibleSameAs !== unit.id, 'is possibly the same as itself'],
      [memberIds.every((id) => unitsById.get(id)?.isClass !== true), 'a class as a member'],
    ]),
    ...repeated('role', unit.roles),
    ...repeated('alias', unit.aliases),
    ...repeated('measure', unit.measureIds),
    ...repeated('member', memberIds),
    ...missing([...unit.measureIds, ...coordinatesMeasureIds], measuresById),
    ...missing([...memberIds, ...(unit.possibleSameAs === undefined ? [] : [unit.possibleSameAs])], unitsById),
    ...unit.measureIds.filter((id) => measuresById.get(id)?.unitIds.includes(unit.id) === false).map((id) => `${id} does not name it`),
    ...coordinatesMeasureIds
      .filter((id) => measuresById.has(id) && measuresById.get(id)?.coordinatorUnitId !== unit.id)
      .map((id) => `${id} has another coordinator`),
  ]
}

/** Characters of a summary. */
const SUMMARY_MAX = 120

function measureProblems(measure: Measure, { unitsById }: Catalogue): string[] {
  const { id, citation, summary, unitIds, coordinatorUnitId } = measure
  const coordinator = coordinatorUnitId === undefined ? undefined : unitsById.get(coordinatorUnitId)
  return [
    ...broken([
      [id.startsWith(`${measure.category}.`), 'id and category disagree'],
      [cites(citation, id), `the citation ${citation} does not name it`],
      [measure.title !== '' && measure.categoryTitle !== '', 'no title'],
      [summary.endsWith('。') && summary.length <= SUMMARY_MAX, `the summary is not a sentence of at most ${SUMMARY_MAX} characters`],
      [unitIds.length > 0, 'no unit'],
      [coordinatorUnitId === undefined || coordinator?.coordinatesMeasureIds?.includes(id) === true, 'the coordinator does not say so'],
    ]),
    ...clauseProblems(id, measure),
    ...repeated('unit', unitIds),
    ...missing(unitIds, unitsById),
    ...unitIds.filter((unitId) => unitsById.get(unitId)?.measureIds.includes(id) === false).map((unitId) => `${unitId} does not name it`),
  ]
}

/** Whether a citation ends in the measure: `…1(2)` for 1.2, or `…8` for 8.1 in a category of one paragraph, after a closing bracket. */
function cites(citation: string, id: string): boolean {
  const [category, item] = id.split('.')
  return citation.endsWith(`)${category}(${item})`) || (item === '1' && citation.endsWith(`)${category}`))
}

/** Measures must be in the order of the policy without a gap, and a category must have one title. */
function orderProblems(measures: readonly Measure[]): string[] {
  return measures.flatMap((measure, index) => {
    const before = measures[index - 1]
    const same = before?.category === measure.category
    const expected = same ? `${measure.category}.${Number(before.id.split('.')[1]) + 1}` : `${(before?.category ?? 0) + 1}.1`
    return broken([
      [measure.id === expected, `measure ${measure.id}: stands where ${expected} belongs`],
      [!same || before.categoryTitle === measure.categoryTitle, `measure ${measure.id}: another title for category ${measure.category}`],
    ])
  })
}
