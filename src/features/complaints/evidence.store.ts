// Table of the evidence of complaints: one row a file, with kind, size, hashes and release.
// The bytes are stored by platform/files/files.ts; who may see what is decided in evidence.commands.ts.

import { big, flag, id, instant, references, primary, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

export interface EvidenceRow {
  id: string
  complaintId: string
  /** The name under which platform/files/files.ts stores it. */
  fileId: string
  kind: string
  /** Size in bytes of the stored file, without device metadata. */
  bytes: number
  /** SHA-256 of the stored file. */
  sha256: string
  /** SHA-256 of the file as handed in, so that its owner can prove that it is the same. */
  originalSha256: string
  at: Date
  actor: string
  /** Whether the assigned unit may see it. */
  released: boolean
}

export const evidenceTable = table<EvidenceRow>(
  'complaint_evidence',
  {
    id: primary(id()),
    complaintId: references('complaint', id()),
    fileId: text(64),
    kind: text(10),
    bytes: big(),
    sha256: text(64),
    originalSha256: text(64),
    at: instant(),
    actor: text(60),
    released: flag(),
  },
  [
    { name: 'ix_complaint_evidence_complaint', columns: ['complaintId'] },
    { name: 'ux_complaint_evidence_file', columns: ['fileId'], unique: true },
  ],
)

export async function insertEvidence(tx: Tx, row: EvidenceRow): Promise<void> {
  await tx.insert(evidenceTable, [row])
}

/** Evidence of many complaints, oldest first. */
export async function evidenceOf(db: Db, complaintIds: readonly string[]): Promise<EvidenceRow[]> {
  if (complaintIds.length === 0) return []
  const rows = await db.manager
    .getRepository(evidenceTable.schema)
    .createQueryBuilder('e')
    .where('e.complaintId in (:...complaintIds)', { complaintIds })
    .orderBy('e.id')
    .getMany()
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes), released: Boolean(row.released) }))
}

/** Releases exactly this evidence to the assigned unit; earlier releases end. */
export async function releaseEvidence(tx: Tx, complaintId: string, evidenceIds: readonly string[]): Promise<void> {
  const marks = placeholders(evidenceIds)
  await tx.run('update complaint_evidence set released = ? where complaint_id = ?', [false, complaintId])
  if (evidenceIds.length > 0)
    await tx.run(`update complaint_evidence set released = ? where complaint_id = ? and id in (${marks})`, [
      true,
      complaintId,
      ...evidenceIds,
    ])
}
