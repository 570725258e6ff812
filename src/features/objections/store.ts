// Table of objections. The texts written while an objection is handled are sealed.
// The acts on an objection are rules.ts; suspensions are features/listings/suspensions.store.ts.

import { In } from 'typeorm'
import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import {
  isPending,
  type HigherCourt,
  type Objection,
  type ObjectionRecord,
  type ObjectionState,
  type ObjectionSubject,
  type ObjectionWay,
  type Remedy,
} from './rules.ts'
import {
  day,
  flag,
  id,
  instant,
  int,
  long,
  optional,
  primary,
  references,
  sealedJson,
  table,
  text,
} from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'

/** An objection as it is stored. */
export interface ObjectionRow {
  id: string
  number: string
  listingId: string
  state: ObjectionState
  version: number
  about: ObjectionSubject
  unitId: string | null
  /** Comma-separated; null: all measures of the unit. */
  measureIds: string | null
  way: ObjectionWay
  receivedOn: string
  handedInOn: string
  late: boolean
  contentVersion: number
  suspends: boolean
  registeredBy: string
  reviewedBy: string | null
  decidedBy: string | null
  decidedOn: string | null
  decisionNo: string | null
  remedy: Remedy | null
  servedOn: string | null
  askedOn: string | null
  askedLate: boolean
  higherCourt: HigherCourt | null
  reconsideredOn: string | null
  reconsiderationNo: string | null
  carriedOutOn: string | null
  /** Sealed JSON of `ObjectionRecord`. */
  record: string
  /** Listing, subject and unit while the objection is pending; unique, so that two of a kind cannot exist. */
  openKey: string | null
  createdAt: Date
  updatedAt: Date
}

export const objectionTable = table<ObjectionRow, { record: ObjectionRecord }>(
  'objection',
  {
    id: primary(id()),
    number: text(20),
    listingId: references('listing', id()),
    state: text(14),
    version: int(),
    about: text(10),
    unitId: optional(references('unit', text(40))),
    measureIds: optional(text(200)),
    way: text(10),
    receivedOn: day(),
    handedInOn: day(),
    late: flag(),
    contentVersion: int(),
    suspends: flag(),
    registeredBy: text(60),
    reviewedBy: optional(text(60)),
    decidedBy: optional(text(60)),
    decidedOn: optional(day()),
    decisionNo: optional(text(60)),
    remedy: optional(text(14)),
    servedOn: optional(day()),
    askedOn: optional(day()),
    askedLate: flag(),
    higherCourt: optional(text(40)),
    reconsideredOn: optional(day()),
    reconsiderationNo: optional(text(60)),
    carriedOutOn: optional(day()),
    record: sealedJson(long()),
    openKey: optional(text(80)),
    createdAt: instant(),
    updatedAt: instant(),
  },
  [
    { name: 'ux_objection_number', columns: ['number'], unique: true },
    { name: 'ux_objection_open', columns: ['openKey'], unique: true },
    { name: 'ix_objection_listing', columns: ['listingId'] },
    { name: 'ix_objection_state', columns: ['state'] },
  ],
)

/** The row of an objection; seals its texts. */
export function toObjectionRow(secrets: Secrets, objection: Objection, at: { created: Date; updated: Date }): ObjectionRow {
  const openKey = `${objection.listingId}:${objection.about}:${objection.unitId ?? ''}`
  return sealRow(objectionTable, secrets, {
    ...objection,
    measureIds: objection.measureIds.length === 0 ? null : objection.measureIds.join(','),
    openKey: isPending(objection.state) ? openKey : null,
    createdAt: at.created,
    updatedAt: at.updated,
  })
}

/** The objection that a row holds; opens its texts. */
export function toObjection(secrets: Secrets, row: ObjectionRow): Objection {
  const { openKey: _openKey, createdAt: _createdAt, updatedAt: _updatedAt, ...objection } = openRow(objectionTable, secrets, row)
  return {
    ...objection,
    measureIds: row.measureIds === null ? [] : row.measureIds.split(','),
    late: Boolean(row.late),
    suspends: Boolean(row.suspends),
    askedLate: Boolean(row.askedLate),
  }
}

/** Inserts an objection. @throws AppError `objection_pending` when one of the kind is pending already. */
export async function insertObjection(tx: Tx, row: ObjectionRow): Promise<void> {
  try {
    await tx.insert(objectionTable, [row])
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('objection_pending')
    throw error
  }
}

/** Saves an objection that was read at `readVersion`. @throws AppError `objection_version_stale`, `objection_pending`. */
export async function updateObjection(tx: Tx, row: ObjectionRow, readVersion: number): Promise<void> {
  try {
    const { affected } = await tx.manager.getRepository(objectionTable.schema).update({ id: row.id, version: readVersion }, row)
    if (affected !== 1) throw new AppError('objection_version_stale', { number: row.number, state: row.state })
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('objection_pending')
    throw error
  }
}

/** Up to `limit` objections after an id, for going through all of them in portions. */
export async function objectionsAfter(db: Db, after: string, limit: number): Promise<ObjectionRow[]> {
  return db.manager
    .getRepository(objectionTable.schema)
    .createQueryBuilder('o')
    .where('o.id > :after', { after })
    .orderBy('o.id')
    .limit(limit)
    .getMany()
}

/** Objections with these ids; unknown ids are left out. */
export async function objectionsById(db: Db, ids: readonly string[]): Promise<ObjectionRow[]> {
  return ids.length === 0 ? [] : db.manager.getRepository(objectionTable.schema).findBy({ id: In([...ids]) })
}

export async function findObjection(db: Db, objectionId: string): Promise<ObjectionRow | null> {
  return db.manager.getRepository(objectionTable.schema).findOneBy({ id: objectionId })
}

/** Conditions of a search; all that are given must hold. */
export interface ObjectionFilter {
  state?: ObjectionState | undefined
  about?: ObjectionSubject | undefined
  unitId?: string | undefined
  listingId?: string | undefined
  number?: string | undefined
}

/** A page of the objections that match a filter, newest first, and their total number. */
export async function searchObjections(
  db: Db,
  filter: ObjectionFilter,
  page: { limit: number; offset: number },
): Promise<{ items: ObjectionRow[]; total: number }> {
  const query = db.manager
    .getRepository(objectionTable.schema)
    .createQueryBuilder('o')
    .orderBy('o.id', 'DESC')
    .take(page.limit)
    .skip(page.offset)
  for (const [column, value] of Object.entries<string | undefined>({ ...filter }))
    if (value !== undefined) query.andWhere(`o.${column} = :${column}`, { [column]: value })
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}
