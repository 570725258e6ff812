// Looks a unit's subjects up on the list, and shows what was found with the reason and whom to ask (个保法 24).
// Asking and reporting are commands.ts; whom a measure reaches is decided in rules.ts.

import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import type { Measure } from '../units/measures.rules.ts'
import { ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { screen, type Entry, type Finding, type ScreeningResult, type Subject } from './rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { toListing, type ListingRow } from '../listings/store.ts'
import type { ScreeningRow, RetainedRow } from './store.ts'
import { findUnit, measureIdsOfUnit, measuresInOrder } from '../units/store.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { suspendedAmong } from '../listings/suspensions.store.ts'
import { maskIdentifier } from '../../core/identifiers.ts'
import { findListings, retainedByUnit } from './store.ts'

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

/** Screens each subject against the list. The version is read first, so that an answer is never older than the version it states. */
export async function lookUp(
  app: AppContext,
  db: Db,
  asked: { unitId: string; measures: readonly Measure[]; subjects: readonly Subject[]; now: Date },
): Promise<{ screened: ScreeningResult[]; version: number }> {
  const version = await listVersion(db)
  const entries = await entriesAbout(app, db, asked.subjects, { unitId: asked.unitId, today: dayOf(asked.now) })
  return { version, screened: asked.subjects.map((subject) => screen(subject, entries, asked.measures)) }
}

async function entriesAbout(
  app: AppContext,
  db: Db,
  subjects: readonly Subject[],
  forUnit: { unitId: string; today: Day },
): Promise<Entry[]> {
  const { secrets } = app
  const all = subjects.flatMap((subject) => [subject, ...subject.officers])
  const names = [...new Set(all.map((each) => each.name))]
  const identifiers = new Set(all.flatMap((each) => each.identifier ?? []))
  const sought = {
    names,
    identifiers: [...identifiers].flatMap((each) => secrets.indexes('identifier', each)),
    nameIndexes: names.flatMap((name) => secrets.indexes('name', name)),
  }
  const rows = await findListings(db, sought, forUnit)
  const ids = rows.map((row) => row.id)
  const suspended = await suspendedAmong(db, ids)
  const gone = rows.filter((row) => row.state !== 'listed').map((row) => row.id)
  const kept = new Map((await retainedByUnit(db, gone, forUnit)).map((row) => [row.listingId, row]))
  return rows.map((row) => entryOf(app, row, suspended.has(row.id), kept.get(row.id)))
}

function entryOf({ secrets }: AppContext, row: ListingRow, suspended: boolean, kept: RetainedRow | undefined): Entry {
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
    suspended,
    retained: kept === undefined ? null : { measureIds, basis: kept.basis ?? '', until: kept.until },
  }
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
  /** The reason, and how to ask a person; null where nothing was found. */
  explanation: string | null
  /** Null once blanked. */
  findings: Finding[] | null
  /** Findings that are not shown, and entries that none of the measures reaches; see `ScreeningResult`. */
  more: number
  beyond: number
  listVersion: number
  asOf: Date
  outcome: ScreeningRow['outcome']
  reason: string | null
  outcomeAt: Date | null
  version: number
}

/** Opens a logged question for showing. */
export function viewOf(app: AppContext, row: ScreeningRow): ScreeningView {
  const { secrets } = app
  const asked = row.subject === null ? null : (JSON.parse(secrets.open(row.subject)) as Question)
  const found = row.result === null ? null : (JSON.parse(secrets.open(row.result)) as ScreeningResult)
  return {
    id: row.id,
    unitId: row.unitId,
    ...shownOf(asked),
    measureId: row.measureId,
    answer: row.answer,
    advice: row.advice,
    explanation: explanationOf(app, row, found),
    ...(found === null ? { findings: null, more: 0, beyond: 0 } : { findings: found.findings, more: found.more, beyond: found.beyond }),
    listVersion: Number(row.listVersion),
    asOf: row.askedAt,
    outcome: row.outcome,
    reason: row.outcomeReason === null ? null : secrets.open(row.outcomeReason),
    outcomeAt: row.outcomeAt,
    version: row.version,
  }
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
