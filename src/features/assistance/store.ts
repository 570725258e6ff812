// Table of assistance notices and judicial suggestions. All free text and the named debtor are sealed.
// The rules are rules.ts.

import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { Assistance, AssistanceKind, AssistanceRecord, AssistanceState } from './rules.ts'
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
import { openRow, sealRow } from '../../platform/database/sealing.ts'

export interface AssistanceRow extends Omit<Assistance, 'record'> {
  /** Sealed JSON: the particulars, the named debtor, the unit's answer, the reason of a withdrawal. */
  record: string
  /** Sealed JSON: the document as issued. A column of its own, because a column holds at most 65,535 bytes. */
  document: string | null
  /** Sealed JSON: reviews and lift requests. */
  dealings: string
  createdAt: Date
  updatedAt: Date
}

/** The record of a notice in three columns: the document and what happened later may each be as long as a column holds. */
interface SealedTexts {
  record: Omit<AssistanceRecord, 'reviews' | 'lifting' | 'document'>
  document: string[]
  dealings: Pick<AssistanceRecord, 'reviews' | 'lifting'>
}

export const assistanceTable = table<AssistanceRow, SealedTexts>(
  'assistance',
  {
    id: primary(id()),
    kind: text(12),
    number: optional(text(60)),
    unitId: references('unit', text(40)),
    listingId: optional(references('listing', id())),
    state: text(14),
    version: int(),
    draftedBy: text(60),
    issuedBy: optional(text(60)),
    issuedOn: optional(day()),
    answerBy: day(),
    servedOn: optional(day()),
    serviceManner: optional(text(200)),
    acknowledgedOn: optional(day()),
    acknowledgedBy: optional(text(60)),
    acknowledgedWay: optional(text(8)),
    outcome: optional(text(14)),
    answeredOn: optional(day()),
    answeredBy: optional(text(60)),
    reviewPending: flag(),
    liftPending: flag(),
    endedOn: optional(day()),
    record: sealedJson(long()),
    document: optional(sealedJson(long())),
    dealings: sealedJson(long()),
    createdAt: instant(),
    updatedAt: instant(),
  },
  [
    { name: 'ux_assistance_number', columns: ['number'], unique: true },
    { name: 'ix_assistance_unit', columns: ['unitId', 'state'] },
    { name: 'ix_assistance_listing', columns: ['listingId'] },
    { name: 'ix_assistance_state', columns: ['state'] },
  ],
)

/** The row of a notice, with its texts sealed. */
export function toAssistanceRow(secrets: Secrets, assistance: Assistance, at: { created: Date; updated: Date }): AssistanceRow {
  const { record, ...plain } = assistance
  const { document, reviews, lifting, ...rest } = record
  return sealRow(assistanceTable, secrets, {
    ...plain,
    record: rest,
    document: document ?? null,
    dealings: { reviews, lifting },
    createdAt: at.created,
    updatedAt: at.updated,
  })
}

/** The notice of a row, with its texts opened. @throws AppError when a sealed text cannot be decrypted. */
export function toAssistance(secrets: Secrets, row: AssistanceRow): Assistance {
  const opened = openRow(assistanceTable, secrets, row)
  const { record, document, dealings, createdAt: _createdAt, updatedAt: _updatedAt, ...plain } = opened
  return {
    ...plain,
    reviewPending: Boolean(row.reviewPending),
    liftPending: Boolean(row.liftPending),
    record: {
      ...record,
      ...(document === null ? {} : { document }),
      ...dealings,
    },
  }
}

export async function insertAssistance(tx: Tx, row: AssistanceRow): Promise<void> {
  await tx.insert(assistanceTable, [row])
}

/** Updates a notice if its stored version is still `readVersion`. @throws AppError `assistance_version_stale`. */
export async function updateAssistance(tx: Tx, row: AssistanceRow, readVersion: number): Promise<void> {
  const { affected } = await tx.manager.getRepository(assistanceTable.schema).update({ id: row.id, version: readVersion }, row)
  if (affected !== 1) throw new AppError('assistance_version_stale', { state: row.state })
}

export async function findAssistance(db: Db, assistanceId: string): Promise<AssistanceRow | null> {
  return db.manager.getRepository(assistanceTable.schema).findOneBy({ id: assistanceId })
}

export interface AssistanceFilter {
  state?: AssistanceState | undefined
  kind?: AssistanceKind | undefined
  unitId?: string | undefined
  listingId?: string | undefined
  number?: string | undefined
  /** Whether a suggestion to review, or a request to lift, waits for the court. */
  review?: 'pending' | undefined
  lift?: 'pending' | undefined
  /** Unanswered on this day although the day for the answer has passed. */
  overdueOn?: string | undefined
  /** Drafted by this person and not answered, lifted or ended. */
  draftedBy?: string | undefined
}

/** A page of notices, newest first. @param filter with `issued`, drafts are left out, because units do not see them. */
export async function searchAssistance(
  db: Db,
  filter: AssistanceFilter & { issued: boolean },
  page: { limit: number; offset: number },
): Promise<{ items: AssistanceRow[]; total: number }> {
  const { issued, review, lift, overdueOn, draftedBy, ...columns } = filter
  const query = db.manager
    .getRepository(assistanceTable.schema)
    .createQueryBuilder('a')
    .orderBy('a.id', 'DESC')
    .take(page.limit)
    .skip(page.offset)
  if (issued) query.andWhere('a.number is not null')
  // What waits is counted in the same way by features/todo.
  if (review !== undefined) query.andWhere('a.reviewPending = :review and a.endedOn is null', { review: true })
  if (lift !== undefined) query.andWhere('a.liftPending = :lift and a.endedOn is null', { lift: true })
  if (overdueOn !== undefined) query.andWhere("a.state in ('issued', 'served', 'acknowledged') and a.answerBy < :overdueOn", { overdueOn })
  if (draftedBy !== undefined)
    query.andWhere("a.draftedBy = :draftedBy and a.state in ('draft', 'issued', 'served', 'acknowledged')", { draftedBy })
  for (const [column, value] of Object.entries<string | undefined>({ ...columns }))
    if (value !== undefined) query.andWhere(`a.${column} = :${column}`, { [column]: value })
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}
