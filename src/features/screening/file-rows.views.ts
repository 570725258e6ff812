// Reads the rows of a sheet that a unit handed in: which are questions, which have problems, and which are the same question again.
// How one row is read is files.rules.ts.

import { AppError, isAppError, type Problem } from '../../core/errors.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { openSheet } from '../../platform/sheets/read.ts'
import type { SheetRow } from '../../platform/sheets/sheet.ts'
import type { Measure } from '../units/measures.rules.ts'
import {
  FILE_BYTES,
  FILE_ROWS,
  fileHeader,
  readFileRow,
  type FileColumns,
  type FileField,
  type FileQuestion,
  type FileRow,
} from './files.rules.ts'
import type { ScreeningFile } from './files.store.ts'
import { businessAsked, measuresAsked } from './lookup.views.ts'

/** One row; `sameAs` is the number of the first row with the same question, which is asked once. */
export type ReadRow = FileRow & { sameAs: number }
export type AskedRow = ReadRow & { question: FileQuestion }

/** A sheet as it was read. */
export interface ReadSheet {
  headings: readonly string[]
  rows: readonly ReadRow[]
  /** What concerns the whole file. */
  notes: readonly Problem[]
}

/** Uncompressed bytes of a workbook of so few rows. */
const MOST_UNPACKED = 200_000_000
/** Rows above the header, and room to say that a file is too long. */
const SPARE_ROWS = 100

/** Reads a whole sheet. @throws those of `openSheet` and `findHeadings`, `import_empty`, `screening_file_long`. */
export async function readSheet(app: AppContext, actor: Actor, file: ScreeningFile): Promise<ReadSheet> {
  const measures = await ownMeasures(app, actor, file.unitId)
  const rows = await sheetRows(app, file)
  const { headerRow, columns } = fileHeader(
    rows.map((row) => row.cells),
    fileHeadings(app),
  )
  const body = rows.slice(headerRow + 1).filter((row) => hasContent(row, columns))
  if (body.length === 0) throw new AppError('import_empty')
  if (body.length > FILE_ROWS) throw new AppError('screening_file_long', { max: FILE_ROWS })
  const seen = new Map<string, number>()
  const read = body.map((row): ReadRow => {
    const fileRow = readFileRow(row, columns, file, (asked) => wrongBusiness(measures, asked))
    const key = JSON.stringify(fileRow.question)
    const first = fileRow.question === null ? undefined : seen.get(key)
    seen.set(key, first ?? row.row)
    const twice = first === undefined ? [] : [{ code: 'question_twice', severity: 'warning' as const, row: row.row, values: { first } }]
    return { ...fileRow, problems: [...fileRow.problems, ...twice], sameAs: first ?? row.row }
  })
  const all = read.filter(({ question }) => question !== null && question.measureId === null).length
  return { headings: (rows[headerRow]?.cells ?? []).map(String), rows: read, notes: allMeasuresNote(all, measures.length) }
}

/** That rows without a measure are asked about every measure of the unit, where it has several. */
function allMeasuresNote(rows: number, measures: number): Problem[] {
  if (rows === 0 || measures < 2) return []
  return [{ code: 'measures_all', severity: 'warning', values: { count: rows, measures } }]
}

/** The unit's own number of a row's question, by which it is logged once. */
export function askedKey(file: Pick<ScreeningFile, 'id'>, row: ReadRow): string {
  return `file:${file.id}:${row.sameAs}`
}

const ownMeasures = query('screening.ask', ({ db }, unitId: string): Promise<Measure[]> => measuresAsked(db, unitId, undefined))

async function sheetRows(app: AppContext, file: ScreeningFile): Promise<SheetRow[]> {
  const source = {
    name: file.fileName ?? '',
    bytes: file.bytes,
    stream: () => app.files.open(file.id),
    range: (start: number, end: number) => app.files.range(file.id, start, end),
  }
  const sheet = await openSheet(source, { maxBytes: FILE_BYTES, maxUnpacked: MOST_UNPACKED })
  const rows: SheetRow[] = []
  try {
    for await (const batch of sheet.rows()) {
      rows.push(...batch)
      if (rows.length > FILE_ROWS + SPARE_ROWS) throw new AppError('screening_file_long', { max: FILE_ROWS })
    }
  } finally {
    await sheet.close()
  }
  return rows
}

function hasContent(row: SheetRow, columns: FileColumns): boolean {
  return [...columns.values()].some(({ index }) => String(row.cells[index] ?? '').trim() !== '')
}

/** The names of the columns, the usual one first. */
export function fileHeadings({ catalog }: AppContext): Record<FileField, string> {
  const names = (field: FileField): string => catalog.words('screenings', `column.${field}`)
  return {
    name: names('name'),
    identifier: names('identifier'),
    measure: names('measure'),
    business: names('business'),
    officers: names('officers'),
    nominees: names('nominees'),
  }
}

/** What is wrong with the measure and the business of a row, as a single question would be refused; null when nothing is. */
function wrongBusiness(
  own: readonly Measure[],
  asked: { measureId: string | null; business: string | null },
): ReturnType<Parameters<typeof readFileRow>[3]> {
  const measures = own.filter((measure) => asked.measureId === null || measure.id === asked.measureId)
  if (measures.length === 0) return { code: 'screening_measure', values: { possible: own.map((measure) => measure.id).join(' ') } }
  try {
    businessAsked(measures, { measureId: asked.measureId ?? undefined, business: asked.business ?? undefined })
    return null
  } catch (error) {
    if (!isAppError(error, 'screening_business_unknown')) throw error
    return { code: 'screening_business', values: { measure: asked.measureId ?? '' } }
  }
}
