// Exports what a search finds as a table: every row or a refusal, never a part. Who took it, and how many rows, is in the audit.
// Identifiers stay masked; the search itself is selection.views.ts.

import type { Readable } from 'node:stream'
import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { command, type AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { portions } from '../../platform/database/placeholders.ts'
import { writeCsv, type Cell } from '../../platform/sheets/write.ts'
import { streamXlsx } from '../../platform/sheets/xlsx-stream.ts'
import { listingsById } from './search.store.ts'
import type { Selection, SelectionSort } from './selection.rules.ts'
import { idsOfSelection } from './selection.store.ts'
import { requireOrder } from './selection.views.ts'
import type { ListingRow } from './store.ts'
import { summaryOf } from './views.ts'

/** The forms of an export. */
export type ExportForm = 'csv' | 'xlsx'

/** Rows of a sheet at most, as spreadsheet programs read them; a text table has no limit. */
const WORKBOOK_ROWS = 1_000_000
/** Characters that a column of a workbook is wide. */
const COLUMN_WIDTH = 20
/** Rows that are read at once. */
const PORTION = 500

interface ExportInput {
  filter: Selection
  sort: SelectionSort
  form: ExportForm
}

/**
 * A file with every listing that the search finds, and a line with their number, so that a file which was cut on its way shows it.
 * @throws `export_too_large` for more rows than a workbook may have, `request_invalid` as the search.
 */
export async function exportListings(app: AppContext, actor: Actor, input: ExportInput): Promise<{ fileName: string; content: Readable }> {
  const ids = await beginExport(app, actor, input)
  const { words } = app.catalog
  const today = dayOf(app.clock.now())
  const total = words('listings', 'export.total', { count: ids.length, day: today })
  const fileName = `${words('listings', 'export.file')}-${today}.${input.form}`
  if (input.form === 'csv') return { fileName, content: writeCsv(tableOf(app, ids, total)) }
  const columns = headings(app).map((title) => ({ title, width: COLUMN_WIDTH }))
  return { fileName, content: streamXlsx({ notes: [total], columns, rows: rowsOf(app, ids) }) }
}

/** Chooses the rows, and records in the audit who takes how many, and by which conditions: their names, never their values. */
const beginExport = command('listing.export', async (context, { filter, sort, form }: ExportInput): Promise<string[]> => {
  requireOrder(filter, sort)
  const ids = await idsOfSelection(context.tx, context.app.secrets, filter, sort)
  if (form === 'xlsx' && ids.length > WORKBOOK_ROWS) throw new AppError('export_too_large', { count: ids.length, max: WORKBOOK_ROWS })
  const conditions = Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  await context.audit({ subject: `listing_export:${newId()}`, detail: { form, count: ids.length, conditions: conditions.join(' ') } })
  return ids
})

async function* tableOf(app: AppContext, ids: readonly string[], total: string): AsyncGenerator<Cell[]> {
  yield headings(app)
  yield* rowsOf(app, ids)
  yield [total]
}

async function* rowsOf(app: AppContext, ids: readonly string[]): AsyncGenerator<Cell[]> {
  for (const part of portions(ids, PORTION)) {
    const rows = new Map((await app.store.read((db) => listingsById(db, part))).map((row) => [row.id, row]))
    for (const id of part) {
      const row = rows.get(id)
      if (row !== undefined) yield cellsOf(app, row)
    }
  }
}

function headings({ catalog }: AppContext): string[] {
  const column = (name: string): string => catalog.words('columns', name)
  const own = (name: string): string => catalog.words('listings', `export.${name}`)
  return [
    ...['name', 'identifier', 'caseNo', 'court', 'ground', 'term'].map(column),
    own('state'),
    column('disclosure'),
    ...['decidedOn', 'decisionNo', 'servedOn', 'publishedOn', 'termEndsOn', 'exitedOn', 'source'].map(own),
  ]
}

function cellsOf(app: AppContext, row: ListingRow): Cell[] {
  const { words } = app.catalog
  const { identifier, grounds } = summaryOf(app, row)
  return [
    row.name,
    identifier,
    row.caseNo,
    row.court,
    grounds.map((ground) => words('grounds', String(ground))).join('；'),
    row.termMonths === null ? words('states', 'term.none') : words('states', 'term.fixed', { months: row.termMonths }),
    words('states', `listing.${row.state}`),
    words('states', `disclosure.${row.disclosure}`),
    row.decidedOn,
    row.decisionNo,
    row.servedOn,
    row.publishedOn,
    row.termEndsOn,
    row.exitedOn,
    words('states', `court.${row.source}`),
  ]
}
