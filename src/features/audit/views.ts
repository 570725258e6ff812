// Verification of the whole audit: every hash chain unbroken, every listing and suspension as the audit says. Faults are reported, never repaired.
// Audit rows are written by platform/commands/command.ts.

import {
  auditAfter,
  auditHash,
  auditOf,
  auditRow,
  lastAudits,
  NO_HEAD,
  type AuditHead,
  type AuditRow,
} from '../../platform/commands/audit.store.ts'
import { endlessChains, wrongEnds } from '../../platform/commands/audit-ends.store.ts'
import { unprovenRows } from '../../platform/commands/proofs.ts'
import { journalHoles } from '../journal/store.ts'
import { listingsAfter } from '../listings/search.store.ts'
import { officersAmong } from '../listings/officers.store.ts'
import { faultsOfListing, type ListingFault } from './listings.views.ts'
import { checkSuspending, checkSuspensions } from './suspensions.views.ts'
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
   * be decrypted. `lookup`: it is not found under what it holds. `record`: it is not what its last audit row says. `rests`: what rests
   * because of an objection is not what its audit says. `journal`: the journal lacks this number, or its listing is gone. `proof`: this
   * application has not written the row like that, and it opens nothing. `end`: the chain does not end where it did.
   */
  fault: 'hash' | 'gap' | 'rests' | 'journal' | 'proof' | 'end' | ListingFault
}

export interface AuditReport {
  rows: number
  listings: number
  faults: AuditFault[]
}

/** Rows read at once. */
const PORTION = 1000

/** What is gone through in order of subject or id after the chains, one after another. */
export const BY_ID = ['ends', 'listings', 'suspensions', 'objections'] as const

/** How far a verification is: the chains come first, then their ends, the listings and what rests of them. Null: everything was verified. */
export type AuditPosition = { phase: 'chains'; subject: string; n: number } | { phase: (typeof BY_ID)[number]; after: string } | null

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
  if (position.phase === 'chains') return verifyChains(app, position, report)
  const { phase, after } = position
  if (phase === 'ends') return verifyEnds(app, after, report)
  return phase === 'listings' ? verifyListings(app, after, report) : verifyResting(app, { phase, after }, report)
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
  if (rows.length > 0 && last !== null) return { phase: 'chains', subject: last.subject, n: last.n }
  report.faults.push(...(await app.store.read(journalHoles)).map((hole) => ({ subject: 'journal', n: hole, fault: 'journal' as const })))
  report.faults.push(...(await unprovenRows(app)).map((row) => ({ subject: row, n: 0, fault: 'proof' as const })))
  return { phase: 'ends', after: '' }
}

/** Chains that are not of a listing end where their proven end says; the proof itself was verified with the other rows that have one. */
async function verifyEnds(app: AppContext, after: string, report: AuditReport): Promise<AuditPosition> {
  const { ends, endless } = await app.store.read(async (db) => ({
    ends: await wrongEnds(db, after, PORTION),
    endless: after === '' ? await endlessChains(db, '', PORTION) : [],
  }))
  const wrong = [...ends.wrong, ...endless.map((subject) => ({ subject, n: 0 }))]
  report.faults.push(...wrong.map((place) => ({ ...place, fault: 'end' as const })))
  return ends.last === null ? { phase: 'listings', after: '' } : { phase: 'ends', after: ends.last }
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
  const { rows, lasts, officers } = await app.store.read(async (db) => {
    const found = await listingsAfter(db, after, PORTION)
    const ids = found.map(({ id }) => id)
    const subjects = ids.map((id) => `listing:${id}`)
    return { rows: found, lasts: await lastAudits(db, subjects), officers: await officersAmong(db, ids) }
  })
  for (const row of rows) {
    const subject = `listing:${row.id}`
    const faults = faultsOfListing(app.secrets, row, { last: lasts.get(subject), officers: officers.get(row.id) ?? [] })
    report.faults.push(...faults.map((fault) => ({ subject, n: 0, fault })))
  }
  report.listings += rows.length
  const last = rows.at(-1)
  return last === undefined ? { phase: 'suspensions', after: '' } : { phase: 'listings', after: last.id }
}

async function verifyResting(
  app: AppContext,
  { phase, after }: { phase: 'suspensions' | 'objections'; after: string },
  report: AuditReport,
): Promise<AuditPosition> {
  const check = phase === 'suspensions' ? checkSuspensions : checkSuspending
  const { wrong, last } = await app.store.read((db) => check(db, after))
  report.faults.push(...wrong.map((id) => ({ subject: `objection:${id}`, n: 0, fault: 'rests' as const })))
  if (last !== null) return { phase, after: last }
  return phase === 'suspensions' ? { phase: 'objections', after: '' } : null
}

/** One subject's chain, oldest first. */
export const auditTrail = query('listing.read', async ({ db }, subject: string): Promise<AuditRow[]> => auditOf(db, subject))
