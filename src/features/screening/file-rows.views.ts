// Reads the rows of a sheet that a unit handed in: which are questions, which have problems, and which are the same question again.
// How one row is read is files.rules.ts.

import { AppError, isAppError, type Problem } from '../../core/errors.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { openSheetApart } from '../../platform/sheets/apart.ts'
import type { SheetRow } from '../../platform/sheets/sheet.ts'
import { readTabs, type ReadTabs } from '../../platform/sheets/tabs.ts'
import { inColumnsOf, type FoundHeadings } from '../debtors/headings.rules.ts'
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

/** One row by its place in the file; `key` is its own, `sameAs` that of the first row with the same question, which is asked once. */
export type ReadRow = FileRow & { place: string; key: string; sameAs: string }
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
  const { tabs, notes } = await fileTabs(app, file)
  const [firstTab] = tabs
  const body = tabs.flatMap((tab, at) =>
    tab.rows.filter((row) => hasContent(row, tab.header.columns)).map((row) => ({ row, tab, prefix: at === 0 ? '' : `${tab.name}!`, at })),
  )
  if (body.length === 0 || firstTab === undefined) throw new AppError('import_empty')
  if (body.length > FILE_ROWS) throw new AppError('screening_file_long', { max: FILE_ROWS })
  const seen = new Map<string, { key: string; place: string }>()
  const read = body.map(({ row, tab, prefix, at }): ReadRow => {
    const fileRow = readFileRow(row, tab.header.columns, file, (asked) => wrongBusiness(measures, asked))
    const question = JSON.stringify(fileRow.question)
    // Rows of later sheets have the same numbers: their keys begin with the position of the sheet.
    const own = { key: `${at === 0 ? '' : `${at + 1}!`}${row.row}`, place: `${prefix}${row.row}` }
    const first = fileRow.question === null ? undefined : seen.get(question)
    seen.set(question, first ?? own)
    const twice =
      first === undefined ? [] : [{ code: 'question_twice', severity: 'warning' as const, row: row.row, values: { first: first.place } }]
    const problems = [...fileRow.problems, ...twice].map((problem) =>
      prefix === '' ? problem : { ...problem, column: `${prefix}${'column' in problem ? (problem.column ?? '') : ''}` },
    )
    const cells = tab === firstTab ? row.cells : inColumnsOf(firstTab.header.columns, tab.header.columns, row.cells)
    return { ...fileRow, cells, problems, place: own.place, key: own.key, sameAs: first?.key ?? own.key }
  })
  const all = read.filter(({ question }) => question !== null && question.measureId === null).length
  return { headings: firstTab.headings, rows: read, notes: [...allMeasuresNote(all, measures.length), ...notes] }
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

async function fileTabs(app: AppContext, file: ScreeningFile): Promise<ReadTabs<FoundHeadings<FileField>>> {
  const source = {
    name: file.fileName ?? '',
    bytes: file.bytes,
    stream: () => app.files.open(file.id),
    range: (start: number, end: number) => app.files.range(file.id, start, end),
  }
  const sheet = await openSheetApart(source, app.config.sheetReading, { maxBytes: FILE_BYTES, maxUnpacked: MOST_UNPACKED })
  try {
    const tooLong = (): AppError => new AppError('screening_file_long', { max: FILE_ROWS })
    return await readTabs(sheet, (rows) => fileHeader(rows, fileHeadings(app)), { most: FILE_ROWS + SPARE_ROWS, tooLong })
  } finally {
    await sheet.close()
  }
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
