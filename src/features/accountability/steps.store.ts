// Tables of circulars, interviews and consequences of units. Text that people wrote is sealed.
// The rules are rules.ts and consequences.rules.ts; proposals are stored by store.ts.

import { In, IsNull, Not, type FindOperator } from 'typeorm'
import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import { isStanding, type Consequence, type ConsequenceKind, type ConsequenceState } from './consequences.rules.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { proposalTable, type UnitStateFilter } from './store.ts'
import {
  day,
  id,
  int,
  long,
  optional,
  primary,
  references,
  sealedJson,
  table,
  text,
  type TableOf,
} from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import type { Circular, CircularState, Interview, InterviewState } from './rules.ts'

export type CircularRow = Omit<Circular, 'record'> & { record: string }

export const circularTable = table<CircularRow, { record: Circular['record'] }>(
  'circular',
  {
    id: primary(id()),
    number: text(60),
    year: int(),
    unitId: references('unit', text(40)),
    proposalId: references(proposalTable.name, id()),
    state: text(10),
    version: int(),
    draftedOn: optional(day()),
    draftedBy: optional(text(60)),
    issuedOn: optional(day()),
    issuedBy: optional(text(60)),
    record: sealedJson(long()),
  },
  [
    { name: 'ux_circular_number', columns: ['number'], unique: true },
    { name: 'ix_circular_unit', columns: ['unitId', 'year'] },
  ],
)

export type InterviewRow = Omit<Interview, 'record'> & { record: string }

export const interviewTable = table<InterviewRow, { record: Interview['record'] }>(
  'interview',
  {
    id: primary(id()),
    number: text(20),
    unitId: references('unit', text(40)),
    proposalId: references(proposalTable.name, id()),
    state: text(10),
    version: int(),
    calledFor: day(),
    calledBy: text(60),
    heldOn: optional(day()),
    concludedOn: optional(day()),
    record: sealedJson(long()),
  },
  [
    { name: 'ux_interview_number', columns: ['number'], unique: true },
    { name: 'ix_interview_unit', columns: ['unitId', 'calledFor'] },
  ],
)

export type ConsequenceRow = Omit<Consequence, 'record' | 'bodies'> & {
  record: string
  /** Unit ids, comma-separated. */
  bodies: string
  /** Unique while it stands: per year for award and points, per cause for the others; null once it no longer stands. */
  openKey: string | null
}

export const consequenceTable = table<ConsequenceRow, { record: Consequence['record'] }>(
  'consequence',
  {
    id: primary(id()),
    number: text(20),
    unitId: references('unit', text(40)),
    year: int(),
    kind: text(20),
    state: text(10),
    version: int(),
    cause: text(60),
    bodies: text(500),
    proposedOn: day(),
    decidedBy: optional(text(60)),
    decidedOn: optional(day()),
    reference: optional(text(60)),
    record: sealedJson(long()),
    openKey: optional(text(120)),
  },
  [
    { name: 'ux_consequence_number', columns: ['number'], unique: true },
    { name: 'ux_consequence_open', columns: ['openKey'], unique: true },
    { name: 'ix_consequence_unit', columns: ['unitId', 'year'] },
    { name: 'ix_consequence_state', columns: ['state'] },
  ],
)

interface Versioned {
  id: string
  version: number
  number: string
  state: string
}

/** Updates a row if its stored version is still `readVersion`. @throws AppError with `code` otherwise. */
async function updateVersioned<Row extends Versioned>(
  tx: Tx,
  { schema }: TableOf<Row>,
  row: Row,
  readVersion: number,
  code: 'circular_version_stale' | 'interview_version_stale' | 'consequence_version_stale',
): Promise<void> {
  const where = { id: row.id, version: readVersion } as never
  const { affected } = await tx.manager.getRepository(schema).update(where, row as never)
  if (affected !== 1) throw new AppError(code, { number: row.number, state: row.state })
}

async function searchOf<Row extends Versioned>(
  db: Db,
  { schema }: TableOf<Row>,
  filter: Readonly<Record<string, string | number | FindOperator<unknown> | undefined>>,
  page: { limit: number; offset: number },
): Promise<{ items: Row[]; total: number }> {
  const where = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as never
  const [items, total] = await db.manager
    .getRepository(schema)
    .findAndCount({ where, order: { id: 'DESC' } as never, take: page.limit, skip: page.offset })
  return { items, total }
}

type Page = { limit: number; offset: number }

export const toCircularRow = (secrets: Secrets, circular: Circular): CircularRow => sealRow(circularTable, secrets, circular)
export const toCircular = (secrets: Secrets, row: CircularRow): Circular => openRow(circularTable, secrets, row)

export async function insertCircular(tx: Tx, row: CircularRow): Promise<void> {
  await tx.insert(circularTable, [row])
}

export async function updateCircular(tx: Tx, row: CircularRow, readVersion: number): Promise<void> {
  await updateVersioned(tx, circularTable, row, readVersion, 'circular_version_stale')
}

export async function findCircular(db: Db, circularId: string): Promise<CircularRow | null> {
  return db.manager.getRepository(circularTable.schema).findOneBy({ id: circularId })
}

/** Circulars that stand against a unit, oldest first. */
export async function standingCirculars(db: Db, unitId: string): Promise<CircularRow[]> {
  return db.manager.getRepository(circularTable.schema).find({ where: { unitId, state: 'issued' }, order: { issuedOn: 'ASC', id: 'ASC' } })
}

/** Circulars by id. */
export async function circularsById(db: Db, ids: readonly string[]): Promise<CircularRow[]> {
  return db.manager.getRepository(circularTable.schema).find({ where: { id: In([...ids]) }, order: { issuedOn: 'ASC', id: 'ASC' } })
}

/** A page of circulars, newest first. @param filter.published leaves out what was never issued. */
export const searchCirculars = (
  db: Db,
  {
    published,
    ...filter
  }: UnitStateFilter<CircularState> & { year?: number | undefined; proposalId?: string | undefined; published?: boolean },
  page: Page,
): Promise<{ items: CircularRow[]; total: number }> =>
  searchOf(db, circularTable, { ...filter, ...(published === true ? { issuedOn: Not(IsNull()) } : {}) }, page)

export const toInterviewRow = (secrets: Secrets, interview: Interview): InterviewRow => sealRow(interviewTable, secrets, interview)
export const toInterview = (secrets: Secrets, row: InterviewRow): Interview => openRow(interviewTable, secrets, row)

export async function insertInterview(tx: Tx, row: InterviewRow): Promise<void> {
  await tx.insert(interviewTable, [row])
}

export async function updateInterview(tx: Tx, row: InterviewRow, readVersion: number): Promise<void> {
  await updateVersioned(tx, interviewTable, row, readVersion, 'interview_version_stale')
}

export async function findInterview(db: Db, interviewId: string): Promise<InterviewRow | null> {
  return db.manager.getRepository(interviewTable.schema).findOneBy({ id: interviewId })
}

/** A page of interviews, newest first. */
export const searchInterviews = (
  db: Db,
  filter: UnitStateFilter<InterviewState> & { proposalId?: string | undefined },
  page: Page,
): Promise<{ items: InterviewRow[]; total: number }> => searchOf(db, interviewTable, { ...filter }, page)

/** Award and points follow at most once a year; every other kind at most once from each cause. */
function openKeyOf({ kind, unitId, year, cause, state }: Consequence): string | null {
  if (!isStanding(state)) return null
  return kind === 'award' || kind === 'points' ? `${kind}:${unitId}:${year}` : `${kind}:${cause}`
}

export function toConsequenceRow(secrets: Secrets, consequence: Consequence): ConsequenceRow {
  const { bodies, ...rest } = consequence
  return sealRow(consequenceTable, secrets, { ...rest, bodies: bodies.join(','), openKey: openKeyOf(consequence) })
}

export function toConsequence(secrets: Secrets, { openKey: _openKey, bodies, ...row }: ConsequenceRow): Consequence {
  return { ...openRow(consequenceTable, secrets, row), bodies: bodies === '' ? [] : bodies.split(',') }
}

export async function insertConsequence(tx: Tx, row: ConsequenceRow): Promise<void> {
  await tx.insert(consequenceTable, [row])
}

export async function updateConsequence(tx: Tx, row: ConsequenceRow, readVersion: number): Promise<void> {
  await updateVersioned(tx, consequenceTable, row, readVersion, 'consequence_version_stale')
}

export async function findConsequence(db: Db, consequenceId: string): Promise<ConsequenceRow | null> {
  return db.manager.getRepository(consequenceTable.schema).findOneBy({ id: consequenceId })
}

/** Consequences of these kinds that stand for a unit. */
export async function standingConsequences(db: Db, unitId: string, kinds: readonly ConsequenceKind[]): Promise<ConsequenceRow[]> {
  return db.manager
    .getRepository(consequenceTable.schema)
    .find({ where: { unitId, kind: In([...kinds]), openKey: Not(IsNull()) }, order: { id: 'ASC' } })
}

/** A page of consequences, newest first. */
export const searchConsequences = (
  db: Db,
  filter: UnitStateFilter<ConsequenceState> & { year?: number | undefined; kind?: ConsequenceKind | undefined; cause?: string | undefined },
  page: Page,
): Promise<{ items: ConsequenceRow[]; total: number }> => searchOf(db, consequenceTable, { ...filter }, page)
