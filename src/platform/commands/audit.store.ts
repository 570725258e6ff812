// The audit table: who did what, when, on which version, in one hash chain for each subject.
// The rows are written by command.ts; a listing's signature over the end of its chain is features/listings/store.ts.

import { sha256 } from '../../core/secrets.ts'
import { instant, int, long, primary, table, text } from '../database/columns.ts'
import { toInstant, type Db, type Tx } from '../database/database.ts'
import { placeholders, portions } from '../database/placeholders.ts'
import type { Permission } from './permissions.ts'

/** One link of a subject's audit chain. */
export interface AuditRow {
  /** `listing:<id>`, `staff:<id>`, `import:<id>` … */
  subject: string
  /** Position in the subject's chain, counted from 1. */
  n: number
  at: Date
  actor: string
  act: string
  /** JSON without personal data: ids, versions, digests, reasons. */
  detail: string
  previous: string
  hash: string
}

/** The table `audit`. */
export const auditTable = table<AuditRow>(
  'audit',
  {
    subject: primary(text(60)),
    n: primary(int()),
    at: instant(),
    actor: text(60),
    act: text(40),
    detail: long(),
    previous: text(64),
    hash: text(64),
  },
  [
    { name: 'ix_audit_at', columns: ['at'] },
    { name: 'ix_audit_actor', columns: ['actor', 'at'] },
  ],
)

/** What a command records. */
export interface AuditEntry {
  subject: string
  detail: Readonly<Record<string, unknown>>
}

/** The last link of a subject's chain; `n` 0 and an empty hash for a chain without links. */
export interface AuditHead {
  n: number
  hash: string
}

/** The head of a chain without links. */
export const NO_HEAD: AuditHead = { n: 0, hash: '' }

/** The hash of a row, which binds it to all rows before it. */
export function auditHash(row: Omit<AuditRow, 'hash'>): string {
  return sha256(JSON.stringify([row.subject, row.n, row.at.toISOString(), row.actor, row.act, row.detail, row.previous]))
}

/** The row that follows the head of a chain. */
export function nextAudit(head: AuditHead, entry: AuditEntry, by: { actor: string; act: string; at: Date }): AuditRow {
  const row = {
    subject: entry.subject,
    n: head.n + 1,
    at: by.at,
    actor: by.actor,
    act: by.act,
    detail: JSON.stringify(entry.detail),
    previous: head.hash,
  }
  return { ...row, hash: auditHash(row) }
}

/** The heads of these subjects' chains; a subject without a chain is missing in the map. */
export async function auditHeads(db: Db, subjects: readonly string[]): Promise<Map<string, AuditHead>> {
  const heads = new Map<string, AuditHead>()
  for (const part of portions(subjects)) {
    const marks = placeholders(part)
    const rows = await db.query<{ subject: string; n: number; hash: string }>(
      `select a.subject, a.n, a.hash from audit a
        join (select subject, max(n) as n from audit where subject in (${marks}) group by subject) h on h.subject = a.subject and h.n = a.n`,
      part,
    )
    for (const row of rows) heads.set(row.subject, { n: Number(row.n), hash: row.hash })
  }
  return heads
}

/** The last rows of these subjects' chains; a subject without a chain is missing in the map. */
export async function lastAudits(db: Db, subjects: readonly string[]): Promise<Map<string, AuditRow>> {
  const last = new Map<string, AuditRow>()
  for (const part of portions(subjects)) {
    const rows = await db.query<RawAudit>(
      `select a.* from audit a
        join (select subject, max(n) as n from audit where subject in (${placeholders(part)}) group by subject) h
          on h.subject = a.subject and h.n = a.n`,
      part,
    )
    for (const row of rows) last.set(row.subject, fromRaw(row))
  }
  return last
}

/** The whole chains of a few subjects, each from its first row on. */
export async function auditsOf(db: Db, subjects: readonly string[]): Promise<Map<string, AuditRow[]>> {
  const chains = new Map<string, AuditRow[]>()
  for (const part of portions(subjects)) {
    const rows = await db.query<RawAudit>(`select * from audit where subject in (${placeholders(part)}) order by subject, n`, part)
    for (const row of rows.map(fromRaw)) chains.set(row.subject, [...(chains.get(row.subject) ?? []), row])
  }
  return chains
}

/** Who did one of these commands to these subjects, by subject; a subject that nobody did them to is missing in the map. */
export async function actorsOf(
  db: Db,
  subjects: readonly string[],
  acts: readonly [Permission, ...Permission[]],
): Promise<Map<string, Set<string>>> {
  const actors = new Map<string, Set<string>>()
  for (const part of portions(subjects)) {
    const rows = await db.query<{ subject: string; actor: string }>(
      `select distinct subject, actor from audit where subject in (${placeholders(part)}) and act in (${placeholders(acts)})`,
      [...part, ...acts],
    )
    for (const { subject, actor } of rows) actors.set(subject, (actors.get(subject) ?? new Set()).add(actor))
  }
  return actors
}

/** Everybody who did one of these commands to one of these subjects. */
export async function anyActorOf(
  db: Db,
  subjects: readonly string[],
  acts: readonly [Permission, ...Permission[]],
): Promise<ReadonlySet<string>> {
  return new Set([...(await actorsOf(db, subjects, acts)).values()].flatMap((actors) => [...actors]))
}

/** Inserts audit rows in the transaction. */
export async function insertAudit(tx: Tx, rows: readonly AuditRow[]): Promise<void> {
  await tx.insert(auditTable, rows)
}

interface RawAudit extends Omit<AuditRow, 'at'> {
  at: Date | string
}

/** The chain of one subject, oldest row first. */
export async function auditOf(db: Db, subject: string): Promise<AuditRow[]> {
  const rows = await db.query<RawAudit>('select * from audit where subject = ? order by n', [subject])
  return rows.map(fromRaw)
}

/** One row; null when it does not exist. */
export async function auditRow(db: Db, subject: string, n: number): Promise<AuditRow | null> {
  const [row] = await db.query<RawAudit>('select * from audit where subject = ? and n = ?', [subject, n])
  return row === undefined ? null : fromRaw(row)
}

/** Up to `limit` rows after this one, ordered by subject and position, for reading the whole audit in portions. */
export async function auditAfter(db: Db, after: { subject: string; n: number }, limit: number): Promise<AuditRow[]> {
  const rows = await db.query<RawAudit>('select * from audit where subject > ? or (subject = ? and n > ?) order by subject, n limit ?', [
    after.subject,
    after.subject,
    after.n,
    limit,
  ])
  return rows.map(fromRaw)
}

function fromRaw(row: RawAudit): AuditRow {
  return { ...row, n: Number(row.n), at: toInstant(row.at) }
}
