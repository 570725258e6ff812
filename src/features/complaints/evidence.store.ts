// What is handed in with complaints: one row a file, with its kind, size and hashes.
// The bytes are files.ts, the complaints complaints.ts; who may see what is the acts'.

import { big, flag, id, instant, references, primary, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

export interface EvidenceRow {
  id: string
  complaintId: string
  /** The name under which platform/files/files keeps it. */
  fileId: string
  kind: string
  /** Of what is kept: without the device's marks. */
  bytes: number
  sha256: string
  /** Of what was handed in, so that its owner can show it is the same. */
  originalSha256: string
  at: Date
  actor: string
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

/** Shows the assigned unit exactly this evidence. */
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
