// The document of a bulletin for units: a red head by GB/T 9704, what to do about each kind of change, and the entries as an annex.
// It shows what units see of a bulletin (views.ts): public entries with masked identifiers. The poster for the public is features/board.

import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { amountOf } from '../deadlines/rules.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { writeOfficial, type OfficialDocument } from '../../platform/sheets/docx-official.ts'
import { bulletinDetail, type BulletinDetail } from './views.ts'

/** A document, ready to be saved under a name without personal data. */
export interface BulletinFile {
  fileName: string
  content: Buffer
}

/** Rows of one document. A longer bulletin is printed in parts, because a document is built in memory. */
const ROWS = 500

/** How many parts entries fill. @throws `bulletin_nothing_public`, `bulletin_part_missing`. */
export function partsOf(total: number, size: number, part: number): number {
  if (total === 0) throw new AppError('bulletin_nothing_public')
  const parts = Math.ceil(total / size)
  if (part > parts) throw new AppError('bulletin_part_missing', { part, parts })
  return parts
}

/**
 * The document of a bulletin, or a part of it, as it is now: an entry that has left the list since is marked.
 * @throws `bulletin_missing`, `bulletin_nothing_public`, `bulletin_part_missing`.
 */
export const bulletinDocument = query(
  'bulletin.read',
  async ({ db, app, now }, { id, part }: { id: string; part: number }): Promise<BulletinFile> => {
    const bulletin = await bulletinDetail(app, db, { id, page: { limit: ROWS, offset: (part - 1) * ROWS } })
    const parts = partsOf(bulletin.total, ROWS, part)
    const values = { number: bulletin.number, part, parts }
    return {
      fileName: `${app.catalog.words('bulletins', parts > 1 ? 'file.document_part' : 'file.document', values)}.docx`,
      content: await writeOfficial(contentOf(app, bulletin, { part, parts, printedOn: dayOf(now) })),
    }
  },
)

interface Printing {
  part: number
  parts: number
  printedOn: string
}

function contentOf(app: AppContext, bulletin: BulletinDetail, { part, parts, printedOn }: Printing): OfficialDocument {
  const { court, courtCode } = app.config
  const [year = '', n = ''] = bulletin.number.split('-')
  const day = writtenDay(dayOf(bulletin.at))
  const values = { court: court.name, phone: court.phone, number: bulletin.number, part, parts }
  const words = (key: string, more: Readonly<Record<string, string | number>> = {}): string =>
    app.catalog.words('bulletins', `document.${key}`, { ...values, ...more })
  const rows = rowsOf(app, bulletin, (part - 1) * ROWS)
  return {
    mark: words('mark'),
    number: words('number', { code: courtCode, year, n: Number(n) }),
    title: words(`title.${bulletin.kind}`),
    addressee: words('addressee'),
    paragraphs: [
      words('opening', { total: bulletin.total, version: bulletin.listVersion, day }),
      ...changesOf(app, bulletin, words),
      words('caution'),
      ...(rows.some(({ left }) => left) ? [words('left')] : []),
      words('contact'),
      words(parts > 1 ? 'annex_part' : 'annex'),
    ],
    signed: words('signed'),
    dated: day,
    tables: [
      {
        caption: words(parts > 1 ? 'table_part' : 'table'),
        columns: columnsOf(bulletin).map(([name, width]) => ({ title: app.catalog.words('bulletins', `column.${name}`), width })),
        rows: rows.map(({ cells }) => cells),
      },
    ],
    imprint: { by: words('by'), on: words('printed', { day: writtenDay(printedOn) }) },
  }
}

/** What units have to do about each kind of change, in a paragraph each. */
function changesOf(
  { config }: AppContext,
  bulletin: BulletinDetail,
  words: (key: string, more?: Readonly<Record<string, string | number>>) => string,
): string[] {
  if (bulletin.kind === 'suspend' || bulletin.kind === 'resume') return [words(bulletin.kind)]
  const replyDays = amountOf('lift.carry_out', config.profile, config.clockDays)
  return (['listed', 'corrected', 'shielded', 'revoked'] as const)
    .filter((kind) => bulletin[kind] > 0)
    .map((kind) => words(kind === 'listed' && bulletin.kind === 'takeover' ? 'takeover' : kind, { count: bulletin[kind], replyDays }))
}

type Column = readonly [name: string, width: number]
/** The columns of the annex with their shares of its width. */
const COLUMNS: readonly Column[] = [
  ['position', 6],
  ['event', 12],
  ['name', 19],
  ['identifier', 24],
  ['caseNo', 30],
  ['remark', 9],
]
/** Corrections say in the remark what changed. */
const CORRECTED: readonly Column[] = [
  ['position', 6],
  ['event', 8],
  ['name', 14],
  ['identifier', 20],
  ['caseNo', 22],
  ['remark', 30],
]
const columnsOf = ({ corrected }: BulletinDetail): readonly Column[] => (corrected > 0 ? CORRECTED : COLUMNS)

function rowsOf({ catalog }: AppContext, { entries }: BulletinDetail, before: number): { cells: string[]; left: boolean }[] {
  return entries.map(({ event, name, identifier, caseNo, state, changes }, index) => {
    const left = (event === 'listing.listed' || event === 'listing.corrected') && state !== 'listed'
    const corrected = changes === null ? [] : [changes]
    const remark = [...corrected, ...(left ? [catalog.words('bulletins', 'remark.left')] : [])].join('；')
    const change = catalog.words('public', `event.${event}`)
    return { cells: [String(before + index + 1), change, name, identifier, caseNo, remark], left }
  })
}
