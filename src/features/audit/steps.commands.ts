// Verifying the audit from the desk, step by step: each step is short, says how far it came, and is itself recorded.
// What is verified is views.ts; `zxt audit verify` does it in one go.

import { command, type AppContext } from '../../platform/commands/command.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { AUDIT_START, verifyPortion, type AuditFault, type AuditPosition, type AuditReport } from './views.ts'

/** What one step verified, and where the next one begins; null when nothing is left. */
export interface VerifyStep {
  rows: number
  listings: number
  faults: AuditFault[]
  next: AuditPosition
}

/** Portions of a thousand rows in one step: a second or less. */
const PORTIONS = 10
/** Faults that a step names at most; a database that has more is broken as a whole. */
const FAULTS = 200

/** Verifies the next part of the audit. @param after `next` of the step before; null or undefined begins anew. */
export async function verifyNext(app: AppContext, actor: Actor, after: AuditPosition | undefined): Promise<VerifyStep> {
  authorize(actor, 'audit.verify')
  const report: AuditReport = { rows: 0, listings: 0, faults: [] }
  let next: AuditPosition = after ?? AUDIT_START
  for (let portion = 0; portion < PORTIONS && next !== null; portion += 1) next = await verifyPortion(app, next, report)
  await recordStep(app, actor, { ...report, first: (after ?? null) === null, last: next === null })
  return { rows: report.rows, listings: report.listings, faults: report.faults.slice(0, FAULTS), next }
}

const recordStep = command(
  'audit.verify',
  async ({ actor, audit }, { rows, listings, faults, first, last }: AuditReport & { first: boolean; last: boolean }): Promise<void> => {
    await audit({ subject: `audit:${actor.id}`, detail: { rows, listings, faults: faults.length, first, last } })
  },
)
