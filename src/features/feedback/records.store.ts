// What stays as it was: each handing-in of a return, whatever was corrected since, and the report of a closed round. Notes and reports are sealed.
// Rounds and returns as they stand are store/feedback.

import type { Secrets } from '../../core/secrets.ts'
import type { ReturnWay } from './rules.ts'
import { flag, id, instant, int, long, optional, primary, references, sealed, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

/** One handing-in: what was stated then, whatever was corrected since. */
export interface EntryRow {
  id: string
  returnId: string
  version: number
  handedAt: Date
  handedBy: string
  way: ReturnWay
  late: boolean
  checked: number
  restricted: number
  approved: number
  lines: string
  /** Sealed. */
  note: string | null
}

export const feedbackEntryTable = table<EntryRow>(
  'feedback_entry',
  {
    id: primary(id()),
    returnId: references('feedback_return', id()),
    version: int(),
    handedAt: instant(),
    handedBy: text(60),
    way: text(10),
    late: flag(),
    checked: int(),
    restricted: int(),
    approved: int(),
    lines: long(),
    note: optional(sealed(long())),
  },
  [{ name: 'ux_feedback_entry_version', columns: ['returnId', 'version'], unique: true }],
)

/** A report is longer than a column: its JSON in parts, each sealed. */
interface ReportPartRow {
  id: string
  roundId: string
  part: number
  content: string
}

export const feedbackReportTable = table<ReportPartRow>(
  'feedback_report',
  { id: primary(id()), roundId: references('feedback_round', id()), part: int(), content: sealed(long()) },
  [{ name: 'ux_feedback_report_part', columns: ['roundId', 'part'], unique: true }],
)

export async function insertEntry(tx: Tx, row: EntryRow): Promise<void> {
  await tx.insert(feedbackEntryTable, [row])
}

/** Every handing-in of a return, oldest first. */
export async function entriesOf(db: Db, returnId: string): Promise<EntryRow[]> {
  return db.manager.getRepository(feedbackEntryTable.schema).find({ where: { returnId }, order: { version: 'ASC' } })
}

/** Characters of one part: three bytes each at most, and a half more once sealed, stay below 65,535. */
const PART = 10_000

export async function insertReport(tx: Tx, secrets: Secrets, roundId: string, makeId: () => string, report: object): Promise<void> {
  // Signs outside the basic plane are two halves, and a part may end between them: escaped they cannot be torn.
  const json = JSON.stringify(report).replace(/[\ud800-\udfff]/g, (half) => `\\u${half.charCodeAt(0).toString(16)}`)
  const parts: ReportPartRow[] = []
  for (let start = 0; start < json.length; start += PART)
    parts.push({ id: makeId(), roundId, part: parts.length, content: secrets.seal(json.slice(start, start + PART)) })
  await tx.insert(feedbackReportTable, parts)
}

/** The stored report, parsed; null while there is none. */
export async function findReport(db: Db, secrets: Secrets, roundId: string): Promise<unknown> {
  const parts = await db.manager.getRepository(feedbackReportTable.schema).find({ where: { roundId }, order: { part: 'ASC' } })
  return parts.length === 0 ? null : JSON.parse(parts.map((part) => secrets.open(part.content)).join(''))
}
