// Verification of the whole audit: every hash chain unbroken, every listing’s signature valid. Faults are reported, never repaired.
// Audit rows are written by platform/commands/command.ts.

import { isAppError } from '../../core/errors.ts'
import {
  auditAfter,
  auditHash,
  auditHeads,
  auditOf,
  auditRow,
  NO_HEAD,
  type AuditHead,
  type AuditRow,
} from '../../platform/commands/audit.store.ts'
import type { Db } from '../../platform/database/database.ts'
import { listingsAfter } from '../listings/search.store.ts'
import { signatureFits, type ListingRow } from '../listings/store.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { authorize } from '../../platform/commands/permissions.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'

/** One fault found by `verifyAudit`. */
export interface AuditFault {
  subject: string
  /** Position in the chain; 0 for the listing itself. */
  n: number
  /**
   * `hash`: a row was changed. `gap`: rows are missing. `seal`: the listing or the end of its chain was changed. `unreadable`: it cannot
   * be decrypted.
   */
  fault: 'hash' | 'gap' | 'seal' | 'unreadable'
}

export interface AuditReport {
  rows: number
  listings: number
  faults: AuditFault[]
}

/** Rows read at once. */
const PORTION = 1000

/** How far a verification is: the chains come first, then the listings, each in order. Null: everything was verified. */
export type AuditPosition = { phase: 'chains'; subject: string; n: number } | { phase: 'listings'; after: string } | null

/** Where a verification begins. */
export const AUDIT_START: AuditPosition = { phase: 'chains', subject: '', n: 0 }

/**
 * Verifies every audit chain and every listing's signature. It only reads, in portions, so that other work goes on meanwhile.
 * @param progress called after each portion with the number of rows and listings verified so far.
 */
export async function verifyAudit(app: AppContext, actor: Actor, progress: (rows: number) => void = () => undefined): Promise<AuditReport> {
  authorize(actor, 'audit.verify')
  const report: AuditReport = { rows: 0, listings: 0, faults: [] }
  for (let position = AUDIT_START; position !== null; progress(report.rows + report.listings))
    position = await verifyPortion(app, position, report)
  return report
}

/** Verifies one portion and adds to the report. @returns where the next portion begins. */
export function verifyPortion(app: AppContext, position: NonNullable<AuditPosition>, report: AuditReport): Promise<AuditPosition> {
  return position.phase === 'chains' ? verifyChains(app, position, report) : verifyListings(app, position.after, report)
}

async function verifyChains(app: AppContext, { subject, n }: { subject: string; n: number }, report: AuditReport): Promise<AuditPosition> {
  const { before, rows } = await app.store.read(async (db) => ({
    before: n === 0 ? null : await auditRow(db, subject, n),
    rows: await auditAfter(db, { subject, n }, PORTION),
  }))
  let last = before
  for (const row of rows) {
    report.faults.push(...faultsOf(row, last?.subject === row.subject ? last : NO_HEAD))
    last = row
  }
  report.rows += rows.length
  return rows.length === 0 || last === null ? { phase: 'listings', after: '' } : { phase: 'chains', subject: last.subject, n: last.n }
}

/** Faults of one row. @param before the row before it in its chain, or `NO_HEAD`. */
function faultsOf(row: AuditRow, before: AuditHead): AuditFault[] {
  const { subject, n } = row
  const gap = n !== before.n + 1 || row.previous !== before.hash
  return [
    ...(gap ? [{ subject, n, fault: 'gap' as const }] : []),
    ...(auditHash(row) === row.hash ? [] : [{ subject, n, fault: 'hash' as const }]),
  ]
}

async function verifyListings(app: AppContext, after: string, report: AuditReport): Promise<AuditPosition> {
  const portion = await app.store.read(async (db) => {
    const rows = await listingsAfter(db, after, PORTION)
    return { rows, heads: await headsOf(db, rows) }
  })
  for (const row of portion.rows) {
    const fault = faultOf(app, row, portion.heads.get(row.id))
    if (fault !== null) report.faults.push({ subject: `listing:${row.id}`, n: 0, fault })
  }
  report.listings += portion.rows.length
  const last = portion.rows.at(-1)
  return last === undefined ? null : { phase: 'listings', after: last.id }
}

async function headsOf(db: Db, rows: readonly ListingRow[]): Promise<Map<string, string>> {
  const heads = await auditHeads(
    db,
    rows.map((row) => `listing:${row.id}`),
  )
  return new Map([...heads].map(([subject, head]) => [subject.slice('listing:'.length), head.hash]))
}

function faultOf(app: AppContext, row: ListingRow, head: string | undefined): AuditFault['fault'] | null {
  try {
    return head !== undefined && signatureFits(app.secrets, row, head) ? null : 'seal'
  } catch (error) {
    if (isAppError(error) || error instanceof SyntaxError) return 'unreadable'
    throw error
  }
}

/** One subject's chain, oldest first. */
export const auditTrail = query('listing.read', async ({ db }, subject: string): Promise<AuditRow[]> => auditOf(db, subject))
