// Table and SQL of creditors' matters. Who files, in which case, about whom and what was written is one sealed text; blind indexes find it.
// Which transitions a matter has is rules.ts.

import { AppError } from '../../core/errors.ts'
import { sha256, type Secrets } from '../../core/secrets.ts'
import type { Matter, MatterKind, MatterRecord, MatterState } from './rules.ts'
import {
  blindIndex,
  day,
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
import type { Db, Tx } from '../../platform/database/database.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'

/** A matter as stored. */
export interface MatterRow extends Omit<Matter, 'record'> {
  /** Sealed JSON of MatterRecord. */
  record: string
  caseIndex: string
  wechatIndex: string | null
  /** SHA-256 of number and query code; the code itself is not stored. */
  codeHash: string
  updatedAt: Date
}

const recordIn = (plain: string): MatterRecord => JSON.parse(plain) as MatterRecord

export const matterTable = table<MatterRow, { record: MatterRecord }>(
  'creditor_matter',
  {
    id: primary(id()),
    number: text(20),
    kind: text(16),
    way: text(10),
    state: text(12),
    version: int(),
    receivedOn: day(),
    receivedAt: instant(),
    registeredBy: text(60),
    confirmedBy: optional(text(60)),
    reviewedBy: optional(text(60)),
    decidedBy: optional(text(60)),
    finding: optional(text(10)),
    listingId: optional(references('listing', id())),
    record: sealedJson(long()),
    caseIndex: blindIndex('case', 'record', (plain) => recordIn(plain).caseNo),
    wechatIndex: optional(blindIndex('wechat', 'record', (plain) => recordIn(plain).applicant.wechat)),
    codeHash: sealedKey(),
    updatedAt: instant(),
  },
  [
    { name: 'ux_creditor_matter_number', columns: ['number'], unique: true },
    { name: 'ix_creditor_matter_state', columns: ['state', 'receivedAt'] },
    { name: 'ix_creditor_matter_listing', columns: ['listingId'] },
    { name: 'ix_creditor_matter_case', columns: ['caseIndex'] },
    { name: 'ix_creditor_matter_wechat', columns: ['wechatIndex'] },
  ],
)

/** SHA-256 of number and query code. @param code without hyphens. */
export function matterCodeHash(number: string, code: string): string {
  return sha256(`${number}:${code}`)
}

/** Seals the texts of a matter for storing. */
/** What is stored of the query code of a matter. */
export function matterCodeHashOf(secrets: Pick<Secrets, 'open'>, row: Pick<MatterRow, 'id' | 'codeHash'>): string {
  return openRow(matterTable, secrets, { id: row.id, codeHash: row.codeHash }).codeHash
}

export function toMatterRow(secrets: Secrets, matter: Matter, kept: { codeHash: string; updatedAt: Date }): MatterRow {
  return sealRow(matterTable, secrets, { ...matter, ...kept })
}

/** Opens the texts of a stored matter. */
export function toMatter(secrets: Secrets, row: MatterRow): Matter {
  const { codeHash: _code, updatedAt: _updated, ...matter } = openRow(matterTable, secrets, row)
  return matter
}

export async function insertMatter(tx: Tx, row: MatterRow): Promise<void> {
  await tx.insert(matterTable, [row])
}

/** Updates a matter if its stored version is still `readVersion`. @throws `creditor_version_stale`. */
export async function updateMatter(tx: Tx, row: MatterRow, readVersion: number): Promise<void> {
  const { affected } = await tx.manager.getRepository(matterTable.schema).update({ id: row.id, version: readVersion }, row)
  if (affected !== 1) throw new AppError('creditor_version_stale', { number: row.number, state: row.state })
}

export async function findMatter(db: Db, matterId: string): Promise<MatterRow | null> {
  return db.manager.getRepository(matterTable.schema).findOneBy({ id: matterId })
}

export async function matterByNumber(db: Db, number: string): Promise<MatterRow | null> {
  return db.manager.getRepository(matterTable.schema).findOneBy({ number })
}

/** Matters filed from one WeChat account, newest first. @param indexes blind indexes of the openid under all keys. */
export async function mattersOfWechat(db: Db, indexes: readonly string[], limit: number): Promise<MatterRow[]> {
  return db.manager
    .getRepository(matterTable.schema)
    .createQueryBuilder('m')
    .where('m.wechatIndex in (:...indexes)', { indexes })
    .orderBy('m.id', 'DESC')
    .limit(limit)
    .getMany()
}

export interface MatterFilter {
  kind?: MatterKind | undefined
  state?: MatterState | undefined
  listingId?: string | undefined
  number?: string | undefined
  /** Blind indexes of a case number under all keys. */
  caseNo?: readonly string[] | undefined
  /** Entered by this person, and still to be settled, as features/todo counts them. */
  startedBy?: string | undefined
}

/** Matters that match the filter, oldest first. */
export async function searchMatters(
  db: Db,
  { caseNo, startedBy, ...filter }: MatterFilter,
  page: { limit: number; offset: number },
): Promise<{ items: MatterRow[]; total: number }> {
  const query = db.manager
    .getRepository(matterTable.schema)
    .createQueryBuilder('m')
    .orderBy('m.id', 'ASC')
    .take(page.limit)
    .skip(page.offset)
  for (const [column, value] of Object.entries<string | undefined>({ ...filter }))
    if (value !== undefined) query.andWhere(`m.${column} = :${column}`, { [column]: value })
  if (startedBy !== undefined)
    query.andWhere("m.registeredBy = :startedBy and m.state in ('received', 'confirmed', 'reviewed', 'upheld')", { startedBy })
  if (caseNo !== undefined) query.andWhere('m.caseIndex in (:...caseNo)', { caseNo })
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}
