// Reads the rows of a small table from every visible sheet that has its header, and names the sheets that were left out.
// A court's list, which may be long, is read the same way in portions by features/imports/rows.commands.ts.

import { AppError, isAppError, type Problem } from '../../core/errors.ts'
import { unreadNotes, type Sheet, type SheetRow, type SheetTab } from './sheet.ts'

/** A header as a feature finds it among the rows of a sheet. */
interface Header {
  /** Position among the rows given, from 0. */
  headerRow: number
  columns: ReadonlyMap<string, { index: number; heading: string }>
}

/** One sheet with its header. */
export interface ReadTab<Found extends Header> extends Pick<SheetTab, 'name'> {
  header: Found
  headings: readonly string[]
  /** The rows below the header. */
  rows: readonly SheetRow[]
}

/** What a file holds. `notes`: sheets that were not read, hidden rows and columns that were. */
export interface ReadTabs<Found extends Header> {
  tabs: readonly ReadTab<Found>[]
  notes: readonly Problem[]
}

/**
 * Reads every visible sheet that has the header.
 * @param find throws `import_header_missing` for a sheet without it; that of the first is thrown when no sheet has it.
 * @param most rows of all sheets together; `tooLong` is thrown beyond.
 */
export async function readTabs<Found extends Header>(
  sheet: Pick<Sheet, 'tabs'>,
  find: (rows: readonly (readonly (string | number)[])[]) => Found,
  { most, tooLong }: { most: number; tooLong: () => AppError },
): Promise<ReadTabs<Found>> {
  const tabs: ReadTab<Found>[] = []
  const notes: Problem[] = []
  let unread: AppError | null = null
  let left = most
  for (const tab of sheet.tabs) {
    if (tab.isHidden) {
      notes.push(noteOf('tab_hidden', { tab: tab.name }))
      continue
    }
    const rows: SheetRow[] = []
    for await (const batch of tab.rows()) {
      rows.push(...batch)
      left -= batch.length
      if (left < 0) throw tooLong()
    }
    if (rows.length === 0) continue
    try {
      const read = tabOf(tab, rows, find)
      tabs.push(read)
      notes.push(...(await hiddenIn(tab, read)))
    } catch (error) {
      if (!isAppError(error, 'import_header_missing')) throw error
      unread ??= error
      notes.push(noteOf('tab_unread', { tab: tab.name }))
    }
  }
  if (tabs.length === 0) throw unread ?? new AppError('import_empty')
  return { tabs, notes }
}

function tabOf<Found extends Header>(
  { name }: SheetTab,
  rows: readonly SheetRow[],
  find: (rows: readonly (readonly (string | number)[])[]) => Found,
): ReadTab<Found> {
  const header = find(rows.map(({ cells }) => cells))
  return { name, header, headings: (rows[header.headerRow]?.cells ?? []).map(String), rows: rows.slice(header.headerRow + 1) }
}

function noteOf(code: string, values: NonNullable<Problem['values']>): Problem {
  return { code, severity: 'warning', values }
}

/** Hidden rows and columns are read, and said. */
async function hiddenIn(tab: SheetTab, { rows, header }: ReadTab<Header>): Promise<Problem[]> {
  const hidden = await tab.hiddenColumns()
  const columns = [...header.columns.values()].filter(({ index }) => hidden.includes(index)).map(({ heading }) => heading)
  const lines = rows.filter(({ isHidden }) => isHidden === true)
  const [first] = lines
  return [
    ...(columns.length === 0 ? [] : [noteOf('columns_hidden', { tab: tab.name, columns: columns.join('、') })]),
    ...(first === undefined
      ? []
      : [{ ...noteOf('rows_hidden', { tab: tab.name, count: lines.length, first: first.row }), row: first.row }]),
    ...unreadNotes(tab.name, rows),
  ]
}
