// The catalogue: the bodies and measures of the policy, and whom a measure reaches. Types and pure checks.
// The rows themselves are templates/catalogue; reading them is features/units/catalogue.tasks.

import { OFFICES, type DebtorKind, type Office } from '../debtors/rules.ts'

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

/** A body that the policy names. */
export interface Unit {
  id: string
  name: string
  /** The policy gives no full name; ours is put together from its short forms. */
  nameInferred: boolean
  /** Every form the policy writes, misprints included, so that a file which repeats one is still understood. */
  aliases: readonly string[]
  kind: UnitKind
  /** Stands for several bodies (各商业银行): it has no liaison of its own; a city fills it with members. */
  isClass: boolean
  leadingGroupMember: boolean
  roles: readonly UnitRole[]
  /** Measures that name this body; see `measuresOfUnit` for those it carries as a member of a class. */
  measureIds: readonly string[]
  coordinatesMeasureIds?: readonly string[]
  /** Classes only: members that the policy names elsewhere. */
  memberIds?: readonly string[]
  /** The policy may mean one body by two names; the court decides. */
  possibleSameAs?: string
  note?: string
}

/** `debtor_only`, `debtor_side`, `applicant_side`: explained at `applies`. */
export const DIRECTIONS = ['debtor_only', 'debtor_side', 'applicant_side'] as const
export type Direction = (typeof DIRECTIONS)[number]

export const EFFECTS = ['restrict', 'prohibit', 'reference', 'supervise', 'assist_enquiry', 'criminal', 'encourage'] as const
export type Effect = (typeof EFFECTS)[number]

export const APPLIES_TO = ['both', 'person', 'organisation'] as const

/** One measure of 实施意见 二(二). */
export interface Measure {
  /** Category and item: `1.1`. */
  id: string
  category: number
  categoryTitle: string
  title: string
  citation: string
  /** Our words, for a liaison. */
  summary: string
  direction: Direction
  /** Offices reached besides the debtor; whose offices they are depends on the direction. */
  targets: readonly Office[]
  /** The kind of listed debtor it falls on. */
  appliesTo: (typeof APPLIES_TO)[number]
  /** In the article's order; a kind may come twice. */
  effects: readonly Effect[]
  /** Offices that those it reaches may not hold. */
  officesBarred: readonly Office[]
  /** All bodies that implement it. */
  unitIds: readonly string[]
  coordinatorUnitId?: string
  /** The article leaves its list of bodies open: it says 等, or names whoever is concerned. */
  openEnded: boolean
  /** The article leaves a judgement (a reference only, a mixed reach, an amount it does not set): a hit alone is never a refusal. `note` says why. */
  needsPerson: boolean
  note?: string
}

export interface Catalogue {
  units: readonly Unit[]
  measures: readonly Measure[]
  unitsById: ReadonlyMap<string, Unit>
  measuresById: ReadonlyMap<string, Measure>
}

/**
 * How the one a unit asks about (the subject, of that `kind`) stands to the list.
 * `listed` says which side is on the list, and is never guessed from the kind: a company can control a listed company, and can be controlled by one.
 */
export type Standing =
  /** The subject is itself listed. */
  | { kind: DebtorKind; office?: never; listed?: never }
  /** The subject holds `office` in a listed organisation. */
  | { kind: DebtorKind; office: Office; listed: 'organisation' }
  /** The subject is an organisation, and whoever holds `office` in it is listed. */
  | { kind: 'organisation'; office: Office; listed: 'officer' }

/**
 * Whether a measure reaches somebody. The three directions (read off 二(二), article by article) are not interchangeable; mixing them blocks the wrong person.
 *
 * - `debtor_only`: the listed debtor, nobody beside it.
 * - `debtor_side`: restriction runs *from* a listed organisation *to* the people in the offices named (法发〔2019〕35号 art. 16: restricted, not listed).
 *   A company is not reached because one of its officers is listed.
 * - `applicant_side`: the *applicant* is screened with its officers; a listed officer counts against the company that applies.
 *   Holding an office in a listed company does not count against the holder's own application.
 *
 * True means that the measure is to be looked at, not that the business must be refused: see `needsPerson`.
 */
export function applies(measure: Measure, standing: Standing): boolean {
  if (standing.office === undefined) return measure.appliesTo === 'both' || measure.appliesTo === standing.kind
  const direction: Direction = standing.listed === 'organisation' ? 'debtor_side' : 'applicant_side'
  return measure.direction === direction && measure.targets.includes(standing.office)
}

/** The measures a unit carries, in the policy's order: those that name it, and those of the classes it is a member of (a bank carries 5.3 through 各商业银行). */
export function measuresOfUnit(catalogue: Catalogue, unitId: string): Measure[] {
  const carriers = catalogue.units.filter((unit) => unit.id === unitId || unit.memberIds?.includes(unitId)).map((unit) => unit.id)
  return catalogue.measures.filter((measure) => measure.unitIds.some((id) => carriers.includes(id)))
}

/** Indexes the rows after checking that they agree with one another. Throws one plain Error that lists every problem: wrong rows are a defect, not a person's mistake. */
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

/** A statement that must hold, and what to say when it does not. */
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
  const plays = (role: UnitRole): boolean => unit.roles.includes(role)
  return [
    ...broken([
      [/^[a-z][a-z0-9_]*$/.test(unit.id), 'the id has other characters than a-z, 0-9 and _'],
      [unit.name !== '', 'no name'],
      [plays('implementing') === unit.measureIds.length > 0, 'implements measures without the role, or the reverse'],
      [plays('coordinator') === coordinatesMeasureIds.length > 0, 'coordinates measures without the role, or the reverse'],
      [plays('leading_group_member') === unit.leadingGroupMember, 'leadingGroupMember and the role disagree'],
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

/** The offices a direction can reach (二(二) names `directly_responsible` for debtors only; directors, supervisors, senior managers for applicants only). */
const REACH: Readonly<Record<Direction, readonly Office[]>> = {
  debtor_only: [],
  debtor_side: ['legal_representative', 'principal', 'actual_controller', 'directly_responsible'],
  applicant_side: OFFICES.filter((office) => office !== 'directly_responsible'),
}

/** What leaves no refusal to a machine: an article that says nothing firmer than this needs a person. */
const SOFT: readonly Effect[] = ['reference', 'supervise', 'criminal', 'encourage']

const SUMMARY_MAX = 120

function measureProblems(measure: Measure, { unitsById }: Catalogue): string[] {
  const { id, citation, summary, direction, targets, effects, unitIds, coordinatorUnitId } = measure
  const coordinator = coordinatorUnitId === undefined ? undefined : unitsById.get(coordinatorUnitId)
  return [
    ...broken([
      [id.startsWith(`${measure.category}.`), 'id and category disagree'],
      [cites(citation, id), `the citation ${citation} does not name it`],
      [measure.title !== '' && measure.categoryTitle !== '', 'no title'],
      [summary.endsWith('。') && summary.length <= SUMMARY_MAX, `the summary is not a sentence of at most ${SUMMARY_MAX} characters`],
      [targets.every((office) => REACH[direction].includes(office)), `${direction} cannot reach ${targets.join(' ')}`],
      [
        direction !== 'debtor_side' || (targets.length > 0 && measure.appliesTo !== 'person'),
        'debtor_side without an organisation and its offices',
      ],
      [measure.appliesTo !== 'person' || targets.length === 0, 'offices of a natural person'],
      [effects.length > 0, 'no effect'],
      [measure.needsPerson || !effects.every((effect) => SOFT.includes(effect)), 'only soft effects, but no person needed'],
      [!measure.needsPerson || measure.note !== undefined, 'needs a person, but no note says why'],
      [unitIds.length > 0, 'no unit'],
      [coordinatorUnitId === undefined || coordinator?.coordinatesMeasureIds?.includes(id) === true, 'the coordinator does not say so'],
    ]),
    ...repeated('target', targets),
    ...repeated('office', measure.officesBarred),
    ...repeated('unit', unitIds),
    ...missing(unitIds, unitsById),
    ...unitIds.filter((unitId) => unitsById.get(unitId)?.measureIds.includes(id) === false).map((unitId) => `${unitId} does not name it`),
  ]
}

/** `…1(2)` for 1.2; a category of one paragraph is cited without its item: `…8` for 8.1. The section before it ends in a bracket. */
function cites(citation: string, id: string): boolean {
  const [category, item] = id.split('.')
  return citation.endsWith(`)${category}(${item})`) || (item === '1' && citation.endsWith(`)${category}`))
}

/** Rows stand in the policy's order without a gap, and a category has one title. */
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
