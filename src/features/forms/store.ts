// Tables of the forms of the public pages: files that wait for the rest of their form, and receipts that one browser may see again for a while.
// The tokens of forms and receipts are stored as keyed hashes only; how long rows are kept is rules.ts.

import { In } from 'typeorm'
import { bearer, big, id, instant, primary, sealedJson, long, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** A file that was uploaded with a form that is not handed in yet. */
export interface FormFileRow {
  id: string
  /** Keyed hash of the form's token. */
  form: string
  /** The name under which platform/files/files.ts stores it. */
  fileId: string
  kind: string
  bytes: number
  sha256: string
  originalSha256: string
  expiresAt: Date
}

export const formFileTable = table<FormFileRow>(
  'form_file',
  {
    id: primary(id()),
    form: bearer('form'),
    fileId: text(64),
    kind: text(10),
    bytes: big(),
    sha256: text(64),
    originalSha256: text(64),
    expiresAt: instant(),
  },
  [
    { name: 'ix_form_file_form', columns: ['form'] },
    { name: 'ix_form_file_expires', columns: ['expiresAt'] },
  ],
)

/** What a browser may see again. */
export interface FormReceiptRow {
  /** Keyed hash of the token in the browser's cookie. */
  id: string
  /** What was handed in or opened: the page that shows it. */
  purpose: string
  /** Sealed JSON of what the page shows, such as number and query code. */
  record: string
  expiresAt: Date
}

export const formReceiptTable = table<FormReceiptRow, { record: Record<string, string | number> }>(
  'form_receipt',
  { id: primary(bearer('receipt')), purpose: text(20), record: sealedJson(long()), expiresAt: instant() },
  [{ name: 'ix_form_receipt_expires', columns: ['expiresAt'] }],
)

export async function insertFormFile(tx: Tx, row: FormFileRow): Promise<void> {
  await tx.insert(formFileTable, [row])
}

/** The files of one form that have not expired, oldest first. @param forms its hash under every key. */
export async function filesOfForm(db: Db, forms: readonly string[], now: Date): Promise<FormFileRow[]> {
  const rows = await db.manager.getRepository(formFileTable.schema).find({ where: { form: In([...forms]) }, order: { id: 'ASC' } })
  return rows.filter(({ expiresAt }) => expiresAt > now).map((row) => ({ ...row, bytes: Number(row.bytes) }))
}

export async function findFormFile(db: Db, fileId: string): Promise<FormFileRow | null> {
  return db.manager.getRepository(formFileTable.schema).findOneBy({ id: fileId })
}

/** The bytes of all files that wait, and of what was typed into forms. */
export async function heldBytes(db: Db): Promise<number> {
  const [row] = await db.query<{ total: number | string | null }>(
    `select coalesce((select sum(bytes) from form_file), 0) + coalesce((select sum(length(record)) from form_receipt), 0) as total`,
  )
  return Number(row?.total ?? 0)
}

export async function deleteFormFiles(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.run(`delete from form_file where id in (${placeholders(ids)})`, ids)
}

/** Deletes files that expired. Returns the ids under which they are stored, which the caller removes. */
export async function deleteExpiredFiles(tx: Tx, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string; fileId: string }>(
    'select id, file_id as fileId from form_file where expires_at <= ? order by expires_at limit ?',
    [now, limit],
  )
  await deleteFormFiles(
    tx,
    rows.map((row) => row.id),
  )
  return rows.map((row) => row.fileId)
}

export async function insertFormReceipt(tx: Tx, row: FormReceiptRow): Promise<void> {
  await tx.insert(formReceiptTable, [row])
}

export async function updateFormReceipt(tx: Tx, receiptId: string, changes: Pick<FormReceiptRow, 'record'>): Promise<void> {
  await tx.manager.getRepository(formReceiptTable.schema).update({ id: receiptId }, changes)
}

export async function findFormReceipt(db: Db, receiptIds: readonly string[]): Promise<FormReceiptRow | null> {
  return db.manager.getRepository(formReceiptTable.schema).findOneBy({ id: In([...receiptIds]) })
}

export async function deleteFormReceipt(tx: Tx, receiptIds: readonly string[]): Promise<void> {
  await tx.run(`delete from form_receipt where id in (${placeholders(receiptIds)})`, receiptIds)
}

export async function deleteExpiredReceipts(tx: Tx, now: Date): Promise<void> {
  await tx.run('delete from form_receipt where expires_at <= ?', [now])
}
