// Looks a unit's subjects up on the list, and shows what was found with the reason and whom to ask (个保法 24).
// Asking and reporting are commands.ts; whom a measure reaches is decided in rules.ts.

import { openRow } from '../../platform/database/sealing.ts'
import { type Day, dayOf, writtenDayOrNone } from '../../core/calendar.ts'
import { AppError, type Values } from '../../core/errors.ts'
import type { Measure } from '../units/measures.rules.ts'
import { ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import {
  proceedingOf,
  screen,
  type Asked,
  type Entry,
  type Finding,
  type Proceeding,
  type ReachingMeasure,
  type ScreeningOutcome,
  type ScreeningResult,
  type Subject,
} from './rules.ts'
import { isKnownBusiness, OTHER_BUSINESS } from '../units/clauses.rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { toListing, type ListingRow } from '../listings/store.ts'
import type { ScreeningRow, RetainedRow } from './store.ts'
import { findUnit, measureIdsOfUnit, measuresInOrder } from '../units/store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { restingFor, suspendedAmong } from '../listings/suspensions.store.ts'
import { maskIdentifier } from '../../core/identifiers.ts'
import { nameKey } from '../../core/person-names.ts'
import { outcomesWithReason, possibleOutcomes } from './reports.rules.ts'
import { findListings, retainedByUnit, screeningTable } from './store.ts'

/** Whom a unit asked about and for which business. Stored sealed. */
export interface Question {
  subject: Subject
  business: string
}

/** The unit an actor asks for: its own, or the one that the court's staff give. @throws `screening_unit_needed`, `unit_other`. */
export function unitAsking(actor: Actor, given: string | undefined): string {
  const own = ownUnitOf(actor)
  if (own !== null && given !== undefined && given !== own) throw new AppError('unit_other')
  const unitId = own ?? given ?? ''
  if (unitId === '') throw new AppError('screening_unit_needed')
  return unitId
}

/** The unit whose own affairs an actor handles; the court's staff have none. @throws `unit_other`. */
export function ownUnitAsking(actor: Actor): string {
  const own = ownUnitOf(actor) ?? ''
  if (own === '') throw new AppError('unit_other')
  return own
}

/**
 * The measures a unit may ask about: its own and its class's, or the one given, when it is among them.
 * @throws `unit_missing`, `unit_class`, `screening_no_measures`, `screening_measure_other` with the possible ids.
 */
export async function measuresAsked(db: Db, unitId: string, measureId: string | undefined): Promise<Measure[]> {
  const unit = await findUnit(db, unitId)
  if (unit === null || !unit.active) throw new AppError('unit_missing', { id: unitId })
  if (unit.isClass) throw new AppError('unit_class', { id: unitId })
  const ids = new Set(await measureIdsOfUnit(db, unitId))
  if (ids.size === 0) throw new AppError('screening_no_measures', { unit: unit.name })
  const own = (await measuresInOrder(db)).filter((row) => ids.has(row.id)).map((row) => JSON.parse(row.detail) as Measure)
  if (measureId === undefined) return own
  const measure = own.find(({ id }) => id === measureId)
  if (measure === undefined) throw new AppError('screening_measure_other', { measure: measureId, possible: [...ids].join(' ') })
  return [measure]
}

/**
 * The business to be read for the measure that a unit named; null where it named none, so that a person looks.
 * @throws AppError `screening_business_unknown` listing the entries, when the words fit none of them.
 */
export function businessAsked(
  measures: readonly Measure[],
  asked: { measureId?: string | undefined; business?: string | undefined },
): string | null {
  const written = asked.business?.trim() ?? ''
  const measure = measures.find(({ id }) => id === asked.measureId)
  if (measure === undefined || written === '') return null
  if (written !== OTHER_BUSINESS && !isKnownBusiness(measure, written)) {
    const possible = [...measure.businesses.map(({ name }) => name), OTHER_BUSINESS].join('；')
    throw new AppError('screening_business_unknown', { business: written, measure: `${measure.id} ${measure.title}`, possible })
  }
  return written
}

/** A measure a unit may ask about, with the businesses to choose from. */
export interface MeasureChoice {
  id: string
  title: string
  /** Entries without a clause are businesses that the measure does not touch. */
  businesses: { name: string; clauses: readonly string[]; forNominees: boolean }[]
}

/** The measures of the asking unit and the closed list of each. @throws as `measuresAsked`, and `unitAsking`. */
export const screeningChoices = query(
  'screening.read',
  async ({ db, actor }, input: { unitId?: string | undefined }): Promise<MeasureChoice[]> =>
    (await measuresAsked(db, unitAsking(actor, input.unitId), undefined)).map(({ id, title, businesses }) => ({
      id,
      title,
      businesses: businesses
        .filter(({ when }) => when !== 'rest')
        .map(({ name, clauses, when }) => ({ name, clauses, forNominees: when === 'nominee' })),
    })),
)

/** Screens each subject against the list. The version is read first, so that an answer is never older than the version it states. */
export async function lookUp(
  app: AppContext,
  db: Db,
  asked: Asked & { unitId: string; subjects: readonly Subject[]; now: Date },
): Promise<{ screened: ScreeningResult[]; version: number }> {
  const version = await listVersion(db)
  const entries = await entriesAbout(app, db, asked.subjects, { unitId: asked.unitId, today: dayOf(asked.now) })
  return { version, screened: asked.subjects.map((subject) => screen(subject, entries, asked)) }
}

async function entriesAbout(
  app: AppContext,
  db: Db,
  subjects: readonly Subject[],
  forUnit: { unitId: string; today: Day },
): Promise<Entry[]> {
  const { secrets } = app
  const all = subjects.flatMap((subject) => [subject, ...subject.officers, ...(subject.nominees ?? [])])
  const names = [...new Set(all.map((each) => each.name))]
  const nameKeys = [...new Set(names.map(nameKey))]
  const identifiers = new Set(all.flatMap((each) => each.identifier ?? []))
  const sought = {
    nameKeys,
    identifiers: [...identifiers].flatMap((each) => secrets.indexes('identifier', each)),
    nameIndexes: [...new Set([...names, ...nameKeys])].flatMap((name) => secrets.indexes('name', name)),
  }
  const rows = await findListings(db, sought, forUnit)
  const ids = rows.map((row) => row.id)
  const suspended = await suspendedAmong(db, ids)
  const gone = rows.filter((row) => row.state !== 'listed').map((row) => row.id)
  const kept = new Map((await retainedByUnit(db, gone, forUnit)).map((row) => [row.listingId, row]))
  return rows.map((row) => {
    const resting = restingFor(suspended.get(row.id) ?? [], forUnit.unitId)
    return { ...entryOf(app, row, kept.get(row.id)), resting, termEndedOn: endedTerm(row, forUnit.today) }
  })
}

/** The last day of a term that has passed while the entry is still in force. */
function endedTerm({ state, termEndsOn }: ListingRow, today: Day): Day | null {
  return state === 'listed' && termEndsOn !== null && termEndsOn < today ? termEndsOn : null
}

function entryOf({ secrets }: AppContext, row: ListingRow, kept: RetainedRow | undefined): Omit<Entry, 'resting' | 'termEndedOn'> {
  const { debtor, court, caseNo } = toListing(secrets, row).content
  const measureIds = (kept?.measureIds ?? '').split(',').filter(Boolean)
  return {
    listingId: row.id,
    kind: debtor.kind,
    name: debtor.name,
    identifier: debtor.identifier,
    officers: debtor.officers,
    court,
    caseNo,
    retained: kept === undefined ? null : { measureIds, basis: kept.basis ?? '', until: kept.until },
  }
}

/** A finding as a unit sees it, each measure with a sentence that states relation, clause and business. */
export interface FindingView extends Omit<Finding, 'measures'> {
  measures: (ReachingMeasure & { sentence: string })[]
}

/** One answer as a unit sees it. The identifier is masked, and the subject is gone once the question is blanked. */
export interface ScreeningView {
  id: string
  unitId: string
  subject: { name: string; identifier: string | null } | null
  business: string | null
  measureId: string | null
  answer: ScreeningRow['answer']
  advice: ScreeningRow['advice']
  proceeding: Proceeding
  /** The reason, and how to ask a person; null where nothing was found. */
  explanation: string | null
  /** Null once blanked. */
  findings: FindingView[] | null
  /** Findings that are not shown, and entries that none of the measures reaches; see `ScreeningResult`. */
  more: number
  beyond: number
  listVersion: number
  asOf: Date
  outcome: ScreeningRow['outcome']
  reason: string | null
  outcomeAt: Date | null
  version: number
  /** What the unit can report, and for which of these a reason is needed; another report always needs one. Empty for others. */
  possibleOutcomes: ScreeningOutcome[]
  reasonFor: ScreeningOutcome[]
}

/** Opens a logged question for showing. */
export function viewOf(app: AppContext, row: ScreeningRow): ScreeningView {
  const { secrets } = app
  const { id, subject, result, outcomeReason } = row
  const opened = openRow(screeningTable, secrets, { id, subject, result, outcomeReason })
  const asked = opened.subject as Question | null
  const found = opened.result === null ? null : readResult(opened.result)
  return {
    id: row.id,
    unitId: row.unitId,
    ...shownOf(asked),
    measureId: row.measureId,
    answer: row.answer,
    advice: row.advice,
    proceeding: proceedingOf(row.advice),
    explanation: explanationOf(app, row, found),
    ...(found === null
      ? { findings: null, more: 0, beyond: 0 }
      : { findings: found.findings.map((each) => findingView(app, each)), more: found.more, beyond: found.beyond }),
    listVersion: Number(row.listVersion),
    asOf: row.askedAt,
    outcome: row.outcome,
    reason: opened.outcomeReason,
    outcomeAt: row.outcomeAt,
    version: row.version,
    possibleOutcomes: possibleOutcomes(row),
    reasonFor: row.outcome === null ? outcomesWithReason(row) : possibleOutcomes(row),
  }
}

/** The relations as they were written before clauses were told apart. */
const EARLIER = { subject: 'self', officer_of_listed: 'side_of_listed_organisation', officer_of_applicant: 'officer_of_applicant' } as const
/** A finding as it may be stored: the end of the term was not always said. */
type StoredFinding = Omit<Finding, 'termEndedOn'> & Partial<Pick<Finding, 'termEndedOn'>>
type EarlierFinding = Omit<StoredFinding, 'relation' | 'measures'> & {
  way?: keyof typeof EARLIER
  suspended?: boolean
  measures: Pick<ReachingMeasure, 'id' | 'title'>[]
}

/** Opens a stored result. One from before clauses were told apart names no clause, so that a person looks. */
function readResult(stored: unknown): ScreeningResult {
  const result = stored as Omit<ScreeningResult, 'findings'> & { findings: (StoredFinding | EarlierFinding)[] }
  const findings = result.findings.map((each): Finding => {
    const termEndedOn = each.termEndedOn ?? null
    if ('relation' in each) return { ...each, termEndedOn }
    const { way = 'subject', suspended = false, measures, ...rest } = each
    const unread = { advice: 'ask', clause: null, business: null, words: null, citation: '', suspended } as const
    return { ...rest, termEndedOn, relation: EARLIER[way], measures: measures.map(({ id, title }) => ({ id, title, ...unread })) }
  })
  return { ...result, findings }
}

function findingView({ catalog }: AppContext, finding: Finding): FindingView {
  const word = (key: string, values: Values = {}): string => catalog.words('screenings', key, values)
  const office = finding.office === null ? '' : word(`office.${finding.office}`)
  const relation = word(`relation.${finding.relation}`, { office })
  const doubt = doubtOf(finding)
  const until = writtenDayOrNone(finding.termEndedOn)
  const measures = finding.measures.map((measure) => {
    const { title, citation, advice, suspended } = measure
    const values = { relation, title, citation, words: measure.words ?? '', business: measure.business ?? '', until }
    return { ...measure, sentence: word(`sentence.${suspended ? 'do_not_apply' : (doubt ?? advice)}`, values) }
  })
  return { ...finding, measures }
}

/** Why a clause is not stated as it stands: nobody knows yet who it is, or the term has run out. */
function doubtOf({ certain, nameDiffers, termEndedOn }: Finding): 'check_identity' | 'term_ended' | null {
  if (!certain || nameDiffers) return 'check_identity'
  return termEndedOn === null ? null : 'term_ended'
}

function shownOf(asked: Question | null): Pick<ScreeningView, 'subject' | 'business'> {
  if (asked === null) return { subject: null, business: null }
  const { name, identifier } = asked.subject
  return { subject: { name, identifier: identifier === null ? null : maskIdentifier(identifier) }, business: asked.business }
}

/** Cases, and titles of measures, that one explanation names at most. */
const MOST_NAMED = 3

/** A text that the unit can give to the applicant: what was found, what it means, how to object, whom to ask. */
function explanationOf({ catalog, config }: AppContext, row: ScreeningRow, found: ScreeningResult | null): string | null {
  if (row.answer === 'none' || found === null) return null
  const cases = [...new Set(found.findings.map(({ court, caseNo }) => `${court}${caseNo}`))].slice(0, MOST_NAMED).join('、')
  const titles = [...new Set(found.findings.flatMap((finding) => finding.measures.map((measure) => measure.title)))]
    .slice(0, MOST_NAMED)
    .join('、')
  const { name: court, phone, address } = config.court
  return catalog.words('screenings', `explain.${row.advice}`, { cases, measures: titles, court, phone, address })
}
