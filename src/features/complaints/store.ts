// Tables of complaints and their steps. Who complained, what they wrote and what was found are sealed; blind indexes find them again.
// The rules are rules.ts; evidence is stored by evidence.store.ts.

import { AppError } from '../../core/errors.ts'
import { sha256, type Secrets } from '../../core/secrets.ts'
import type {
  Complainant,
  Complaint,
  ComplaintAct,
  ComplaintContent,
  ComplaintRecord,
  ComplaintState,
  ComplaintSubject,
  ComplaintWay,
  DeclineReason,
} from './rules.ts'
import {
  blindIndex,
  flag,
  id,
  instant,
  int,
  long,
  optional,
  primary,
  references,
  sealedKey,
  sealedJson,
  table,
  text,
} from '../../platform/database/columns.ts'
import { likePattern, type Db, type Tx } from '../../platform/database/database.ts'
import type { Day } from '../../core/calendar.ts'
import { overdueCondition } from '../deadlines/pending.store.ts'
import { tidyName } from '../../core/person-names.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { namedCondition } from '../../platform/database/conditions.ts'
import { seenComplaints } from '../units/conflicts.store.ts'

export interface ComplaintRow {
  id: string
  number: string
  state: ComplaintState
  version: number
  about: ComplaintSubject
  way: ComplaintWay
  unitId: string | null
  /** Null in rows of older versions: false. */
  unresolved: boolean | null
  assignedTo: string | null
  duplicateOf: string | null
  declineReason: DeclineReason | null
  /** Sealed JSON of the complainant. */
  complainant: string
  phoneIndex: string | null
  wechatIndex: string | null
  /** Sealed JSON of the complaint's content. */
  content: string
  debtorIndex: string | null
  debtorNameIndex: string | null
  /** Sealed JSON of the texts written while it was handled. */
  record: string
  /** SHA-256 of number and query code; the code itself is not stored. */
  codeHash: string
  receivedAt: Date
  updatedAt: Date
}

function debtorNameIn(plain: string): string | undefined {
  const name = (JSON.parse(plain) as ComplaintContent).debtor?.name
  return name === undefined ? undefined : tidyName(name)
}

export const complaintTable = table<ComplaintRow, { complainant: Complainant; content: ComplaintContent; record: ComplaintRecord }>(
  'complaint',
  {
    id: primary(id()),
    number: text(20),
    state: text(12),
    version: int(),
    about: text(10),
    way: text(10),
    unitId: optional(references('unit', text(40))),
    unresolved: optional(flag()),
    assignedTo: optional(references('unit', text(40))),
    duplicateOf: optional(id()),
    declineReason: optional(text(20)),
    complainant: sealedJson(long()),
    phoneIndex: optional(blindIndex('complainant_phone', 'complainant', (plain) => (JSON.parse(plain) as Complainant).phone)),
    wechatIndex: optional(blindIndex('complainant_wechat', 'complainant', (plain) => (JSON.parse(plain) as Complainant).wechat)),
    content: sealedJson(long()),
    debtorIndex: optional(
      blindIndex('accused_identifier', 'content', (plain) => (JSON.parse(plain) as ComplaintContent).debtor?.identifier),
    ),
    debtorNameIndex: optional(blindIndex('accused_name', 'content', debtorNameIn)),
    record: sealedJson(long()),
    codeHash: sealedKey(),
    receivedAt: instant(),
    updatedAt: instant(),
  },
  [
    { name: 'ux_complaint_number', columns: ['number'], unique: true },
    { name: 'ix_complaint_state', columns: ['state', 'receivedAt'] },
    { name: 'ix_complaint_unit', columns: ['unitId', 'receivedAt'] },
    { name: 'ix_complaint_assigned', columns: ['assignedTo', 'state'] },
    { name: 'ix_complaint_debtor', columns: ['debtorIndex', 'receivedAt'] },
    { name: 'ix_complaint_debtor_name', columns: ['debtorNameIndex', 'receivedAt'] },
    { name: 'ix_complaint_phone', columns: ['phoneIndex'] },
    { name: 'ix_complaint_wechat', columns: ['wechatIndex'] },
  ],
)

export interface ComplaintStepRow {
  complaintId: string
  n: number
  at: Date
  actor: string
  act: ComplaintAct | 'file'
  state: ComplaintState
  /** The unit it was assigned to. */
  unitId: string | null
  /** Templates of the notices enqueued, comma-separated. */
  told: string
}

export const complaintStepTable = table<ComplaintStepRow>('complaint_step', {
  complaintId: primary(references('complaint', id())),
  n: primary(int()),
  at: instant(),
  actor: text(60),
  act: text(12),
  state: text(12),
  unitId: optional(text(40)),
  told: text(120),
})

/** SHA-256 of number and query code. @param code without hyphens. */
export function complaintCodeHash(number: string, code: string): string {
  return sha256(`${number}:${code}`)
}

/** What is stored of the query code of a complaint. */
export function complaintCodeHashOf(secrets: Pick<Secrets, 'open'>, row: Pick<ComplaintRow, 'id' | 'codeHash'>): string {
  return openRow(complaintTable, secrets, { id: row.id, codeHash: row.codeHash }).codeHash
}

export function toComplaintRow(secrets: Secrets, complaint: Complaint, kept: { codeHash: string; updatedAt: Date }): ComplaintRow {
  return sealRow(complaintTable, secrets, { ...complaint, ...kept })
}

export function toComplaint(secrets: Secrets, row: ComplaintRow): Complaint {
  const { codeHash: _code, updatedAt: _updated, ...complaint } = openRow(complaintTable, secrets, row)
  return { ...complaint, unresolved: Boolean(complaint.unresolved) }
}

export async function insertComplaint(tx: Tx, row: ComplaintRow): Promise<void> {
  await tx.insert(complaintTable, [row])
}

/** Updates a complaint if its stored version is still `readVersion`. @throws `complaint_version_stale`. */
export async function updateComplaint(tx: Tx, row: ComplaintRow, readVersion: number): Promise<void> {
  const { affected } = await tx.manager.getRepository(complaintTable.schema).update({ id: row.id, version: readVersion }, row)
  if (affected !== 1) throw new AppError('complaint_version_stale', { number: row.number, state: row.state, version: row.version })
}

/** Up to `limit` complaints after an id, for going through all of them in portions. */
export async function complaintsAfter(db: Db, after: string, limit: number): Promise<ComplaintRow[]> {
  return db.manager
    .getRepository(complaintTable.schema)
    .createQueryBuilder('c')
    .where('c.id > :after', { after })
    .orderBy('c.id')
    .limit(limit)
    .getMany()
}

type Indexes = Pick<ComplaintRow, 'phoneIndex' | 'wechatIndex' | 'debtorIndex' | 'debtorNameIndex'>

/** Writes the blind indexes of a complaint, which stays as it is. */
export async function reindexComplaint(tx: Tx, complaintId: string, indexes: Indexes): Promise<void> {
  await tx.manager.getRepository(complaintTable.schema).update({ id: complaintId }, indexes)
}

export async function findComplaint(db: Db, complaintId: string): Promise<ComplaintRow | null> {
  return db.manager.getRepository(complaintTable.schema).findOneBy({ id: complaintId })
}

export async function complaintByNumber(db: Db, number: string): Promise<ComplaintRow | null> {
  return db.manager.getRepository(complaintTable.schema).findOneBy({ number })
}

/** Complaints filed from one WeChat account, newest first. @param indexes blind indexes of the openid under all keys. */
export async function complaintsOfWechat(db: Db, indexes: readonly string[], limit: number): Promise<ComplaintRow[]> {
  return db.manager
    .getRepository(complaintTable.schema)
    .createQueryBuilder('c')
    .where('c.wechatIndex in (:...indexes)', { indexes })
    .orderBy('c.id', 'DESC')
    .limit(limit)
    .getMany()
}

/** Whom a complaint is about: the unit, and blind indexes of the debtor's identifier and name under all keys. */
export interface SameSubject {
  unitId: string | null
  debtor: readonly string[]
  debtorName: readonly string[]
}

/** Complaints since an instant about the same unit or debtor, oldest first. */
export async function complaintsAbout(db: Db, subject: SameSubject, since: Date, limit: number): Promise<ComplaintRow[]> {
  const conditions: string[] = []
  if (subject.unitId !== null) conditions.push('c.unitId = :unitId')
  if (subject.debtor.length > 0) conditions.push('c.debtorIndex in (:...debtor)')
  if (subject.debtorName.length > 0) conditions.push('c.debtorNameIndex in (:...debtorName)')
  if (conditions.length === 0) return []
  return db.manager
    .getRepository(complaintTable.schema)
    .createQueryBuilder('c')
    .where('c.receivedAt >= :since', { since })
    .andWhere(`(${conditions.join(' or ')})`, { ...subject })
    .orderBy('c.id')
    .limit(limit)
    .getMany()
}

export interface ComplaintFilter {
  states?: readonly ComplaintState[] | undefined
  about?: ComplaintSubject | undefined
  unitId?: string | undefined
  assignedTo?: string | undefined
  /** A part of the number. */
  number?: string | undefined
  /** Whom it is about is not settled. */
  unresolved?: true | undefined
  /** Only those whose last day had passed on this day without the act. */
  overdueOn?: Day | undefined
}

/**
 * A page of complaints, newest first. @param hiddenAbout units about which the reader may not see complaints; with the court among them,
 * those that may be about it are hidden too.
 */
export async function searchComplaints(
  db: Db,
  { states, unresolved, overdueOn, number, ...filter }: ComplaintFilter,
  hiddenAbout: readonly string[],
  page: { limit: number; offset: number },
): Promise<{ items: ComplaintRow[]; total: number }> {
  const query = db.manager
    .getRepository(complaintTable.schema)
    .createQueryBuilder('c')
    .orderBy('c.id', 'DESC')
    .take(page.limit)
    .skip(page.offset)
  if (number !== undefined) query.andWhere("c.number like :number escape '!'", { number: likePattern(number.toUpperCase()) })
  for (const [column, value] of Object.entries<string | undefined>({ ...filter }))
    if (value !== undefined) query.andWhere(`c.${column} = :${column}`, { [column]: value })
  if (states !== undefined) query.andWhere('c.state in (:...states)', { states })
  if (unresolved === true) query.andWhere('c.unresolved = :yes', { yes: true })
  if (overdueOn !== undefined) query.andWhere(overdueCondition(db, 'complaint', 'c.id'), { overdueOn })
  query.andWhere(...namedCondition('seen', seenComplaints('c', hiddenAbout)))
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}

export async function insertStep(tx: Tx, row: ComplaintStepRow): Promise<void> {
  await tx.insert(complaintStepTable, [row])
}

/** Steps of many complaints, the oldest of each first. */
export async function stepsOf(db: Db, complaintIds: readonly string[]): Promise<ComplaintStepRow[]> {
  if (complaintIds.length === 0) return []
  return db.manager
    .getRepository(complaintStepTable.schema)
    .createQueryBuilder('s')
    .where('s.complaintId in (:...complaintIds)', { complaintIds })
    .orderBy({ 's.complaintId': 'ASC', 's.n': 'ASC' })
    .getMany()
}
