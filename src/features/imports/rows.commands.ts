// Reads the rows of an import, compares them with the list, and writes and reads the sealed files of refused and of good rows.
// The two steps that use it are commands.ts (check) and commit.commands.ts (commit).

import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError, isAppError, type Problem, type Values } from '../../core/errors.ts'
import { findHeader, type Columns } from '../debtors/columns.rules.ts'
import { inColumnsOf, type Cell } from '../debtors/headings.rules.ts'
import type { RowOptions } from '../debtors/row-reader.rules.ts'
import type { ListingContent } from '../listings/rules.ts'
import { isFooter, readRow } from '../listings/rows.rules.ts'
import { openSheetApart } from '../../platform/sheets/apart.ts'
import { unreadNotes, type SheetRow, type SheetTab } from '../../platform/sheets/sheet.ts'
import { csvLine } from '../../platform/sheets/write.ts'
import type { ImportRow } from './store.ts'
import { creditorExits, keysInForce, listedOfSource, pastListings, type PastListing } from '../listings/search.store.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { relistBar, type RelistBar } from '../listings/relist.rules.ts'

/** Receives the progress of a step: entries read so far, and bytes read of all `bytes`. */
export type Progress = (state: { rows: number; bytesRead: number; bytes: number }) => void

/** One row of the file that stands for an entry. */
export interface Entry {
  row: number
  /** The row after the name of its sheet; absent in the first sheet that has a list. */
  place?: string
  cells: readonly Cell[]
  content: ListingContent | null
  problems: readonly Problem[]
}

/**
 * `known`: entering it would add nothing. `keys`: blind indexes of debtor and case, that of the active key first; empty without content.
 */
export interface JudgedEntry extends Entry {
  known: boolean
  keys: readonly string[]
  /** Of a draft list: how the same debtor left the list in the same case. */
  left?: PastListing
}

/** Some rows of a file with its headings. */
export interface Batch {
  entries: readonly Entry[]
  /** What concerns a whole sheet: unread tabs, hidden rows and columns. */
  notes: readonly Problem[]
  headings: readonly string[]
  encoding: string | null
  bytesRead: number
}

/**
 * Reads the sealed file in batches of about 500 entries, from every visible sheet that has the header of a list; others are named in notes.
 * @throws the errors of openSheet and findHeader.
 */
export async function* entriesOf(app: AppContext, row: ImportRow): AsyncGenerator<Batch> {
  const sheet = await openSheetApart(
    {
      name: row.fileName,
      bytes: Number(row.bytes),
      stream: () => app.files.open(row.id),
      range: (start, end) => app.files.range(row.id, start, end),
    },
    app.config.sheetReading,
    { maxBytes: app.config.importLimitBytes },
  )
  const options: RowOptions = { today: dayOf(app.clock.now()), mode: row.mode, courtCode: app.config.courtCode }
  const found: { first: ListTab | null; unread: AppError | null } = { first: null, unread: null }
  const encoding = sheet.encoding ?? sheet.kind
  let bytesRead = 0
  try {
    for (const tab of sheet.tabs) {
      try {
        for await (const batch of entriesOfTab(tab, options, found)) {
          bytesRead = Math.max(bytesRead, batch.bytesRead)
          yield { ...batch, encoding, bytesRead }
        }
      } catch (error) {
        if (!isAppError(error, 'import_header_missing')) throw error
        found.unread ??= error
        yield { ...NO_ENTRIES, encoding, bytesRead, notes: [{ code: 'tab_unread', severity: 'warning', values: { tab: tab.name } }] }
      }
    }
    if (found.first === null) throw found.unread ?? new AppError('import_empty')
  } finally {
    await sheet.close()
  }
}

const NO_ENTRIES: Batch = { entries: [], notes: [], headings: [], encoding: null, bytesRead: 0 }

/** The first list of a file: rows of later ones are written in its columns. */
interface ListTab {
  columns: Columns
  headings: string[]
}

async function* entriesOfTab(tab: SheetTab, options: RowOptions, found: { first: ListTab | null }): AsyncGenerator<Batch> {
  if (tab.isHidden) {
    yield { ...NO_ENTRIES, notes: [{ code: 'tab_hidden', severity: 'warning', values: { tab: tab.name } }] }
    return
  }
  let list: OpenList | null = null
  const hidden: number[] = []
  const unread: Pick<SheetRow, 'row' | 'unread'>[] = []
  for await (const rows of tab.rows()) {
    const start = list === null ? findHeader(rows.map((sheetRow) => sheetRow.cells)) : null
    list ??= openList(tab, found, { header: start, rows })
    const { columns, prefix, first } = list
    const listed = rows.slice(start === null ? 0 : start.headerRow + 1).filter((sheetRow) => !isFooter(sheetRow.cells, columns))
    hidden.push(...listed.filter(({ isHidden }) => isHidden === true).map(({ row }) => row))
    unread.push(...rows.filter((each) => each.unread !== undefined).map(({ row, unread: cell = '' }) => ({ row, unread: cell })))
    yield {
      entries: listed.map((sheetRow) => entryOf(sheetRow, columns, options, { prefix, first: first.columns })),
      notes: start === null ? [] : hiddenColumns(columns, await tab.hiddenColumns(), tab.name),
      headings: first.headings,
      encoding: null,
      bytesRead: rows.at(-1)?.bytesRead ?? 0,
    }
  }
  const notes = unreadNotes(tab.name, unread)
  if (notes.length > 0) yield { ...NO_ENTRIES, notes }
  const [firstHidden] = hidden
  if (firstHidden === undefined) return
  const values = { tab: tab.name, count: hidden.length, first: firstHidden }
  yield { ...NO_ENTRIES, notes: [{ code: 'rows_hidden', severity: 'warning', row: firstHidden, values }] }
}

/** A list that is being read. */
interface OpenList {
  columns: Columns
  /** Stands before the places of its rows; empty in the first list. */
  prefix: string
  first: ListTab
}

function openList(
  tab: SheetTab,
  found: { first: ListTab | null },
  { header, rows }: { header: ReturnType<typeof findHeader> | null; rows: readonly SheetRow[] },
): OpenList {
  const columns: Columns = header?.columns ?? new Map()
  const prefix = found.first === null ? '' : `${tab.name}!`
  found.first ??= { columns, headings: (rows[header?.headerRow ?? 0]?.cells ?? []).map(String) }
  return { columns, prefix, first: found.first }
}

/** The hidden columns that are read; others do not matter. */
function hiddenColumns(columns: Columns, hidden: readonly number[], tab: string): Problem[] {
  const named = [...columns.values()].filter(({ index }) => hidden.includes(index)).map(({ heading }) => heading)
  return named.length === 0 ? [] : [{ code: 'columns_hidden', severity: 'warning', values: { tab, columns: named.join('、') } }]
}

function entryOf(
  { row, cells }: SheetRow,
  columns: Columns,
  options: RowOptions,
  { prefix, first }: { prefix: string; first: Columns },
): Entry {
  const { content, problems } = readRow(cells, columns, options)
  const placed = problems.map((problem) => ({
    ...problem,
    row,
    ...(prefix === '' || problem.column === undefined ? {} : { column: `${prefix}${problem.column}` }),
  }))
  return {
    row,
    ...(prefix === '' ? {} : { place: `${prefix}${row}` }),
    cells: columns === first ? cells : inColumnsOf(first, columns, cells),
    content,
    problems: placed,
  }
}

/**
 * Marks entries that occur twice in the file, are in force already, or are barred from being listed again.
 * @param seen the keys of the earlier rows with their row numbers; the keys of these entries are added.
 */
export async function compareEntries(
  app: AppContext,
  row: ImportRow,
  entries: readonly Entry[],
  seen: Map<string, number>,
): Promise<JudgedEntry[]> {
  // Indexes of every key are used: during a rotation stored entries may still have the index of the older key.
  const keys = entries.map(({ content }) => (content === null ? null : keysOf(app, content)))
  const lookupKeys = keys.flatMap((each) => each ?? [])
  const inForce = await app.store.read((db) => keysInForce(db, lookupKeys))
  const past = row.mode === 'draft' ? await pastEntries(app, entries) : new Map<Entry, PastListing>()
  const barred = row.mode === 'draft' ? await barredEntries(app, entries) : new Map<Entry, RelistBar>()
  return entries.map((entry, position) => {
    const all = keys[position] ?? null
    if (all === null) return { ...entry, known: false, keys: [] }
    const bar = barred.get(entry)
    if (bar?.verdict === 'barred') return barredEntry(entry, bar)
    const [activeKey] = all
    const first = seen.get(activeKey)
    for (const key of all) seen.set(key, first ?? entry.row)
    if (first !== undefined)
      return { ...entry, known: true, keys: all, problems: [...entry.problems, { code: 'row_twice', row: entry.row, values: { first } }] }
    const known = all.some((key) => inForce.has(key))
    const left = known ? undefined : past.get(entry)
    const problems = [...entry.problems, ...earlierWarnings(entry, known ? undefined : bar, left)]
    return { ...entry, problems, known, keys: all, ...(left === undefined ? {} : { left }) }
  })
}

/** An entry that may not be listed again yet. */
function barredEntry(entry: Entry, { until }: RelistBar): JudgedEntry {
  const problem = { code: 'relist_barred', row: entry.row, values: { until } }
  return { ...entry, known: false, keys: [], content: null, problems: [...entry.problems, problem] }
}

/** What a person is to look at because the debtor has been on the list before. */
function earlierWarnings(entry: Entry, bar: RelistBar | undefined, left: PastListing | undefined): Problem[] {
  return [
    ...(bar === undefined ? [] : [warningOf(entry, 'relist_doubtful', { until: bar.until })]),
    ...(left === undefined ? [] : [warningOf(entry, LEFT_CODES[left.state], { on: writtenDay(left.exitedOn) })]),
  ]
}

/** Blind indexes of debtor and case, which make two rows the same entry; that of the active key first. */
function keysOf(app: AppContext, content: ListingContent): [string, ...string[]] {
  return app.secrets.indexes('case', `${content.debtor.identifier}|${content.caseNo}`)
}

const LEFT_CODES = { shielded: 'left_shielded', revoked: 'left_revoked' } as const

function warningOf({ row }: Entry, code: string, values: Values): Problem {
  return { code, severity: 'warning', row, values }
}

/** Entries whose debtor was on the list in the same case and left it: to be listed again takes a person's confirmation. */
async function pastEntries(app: AppContext, entries: readonly Entry[]): Promise<Map<Entry, PastListing>> {
  const indexesOf = ({ content }: Entry): string[] => (content === null ? [] : app.secrets.indexes('identifier', content.debtor.identifier))
  const past = await app.store.read((db) => pastListings(db, entries.flatMap(indexesOf)))
  const found = new Map<Entry, PastListing>()
  for (const entry of past.size === 0 ? [] : entries) {
    const same = indexesOf(entry)
      .flatMap((index) => past.get(index) ?? [])
      .find(({ caseNo }) => caseNo === entry.content?.caseNo)
    if (same !== undefined) found.set(entry, same)
  }
  return found
}

async function barredEntries(app: AppContext, entries: readonly Entry[]): Promise<Map<Entry, RelistBar>> {
  const today = dayOf(app.clock.now())
  const indexesOf = (entry: Entry): string[] =>
    entry.content === null ? [] : app.secrets.indexes('identifier', entry.content.debtor.identifier)
  const exits = await app.store.read((db) => creditorExits(db, app.secrets, entries.flatMap(indexesOf)))
  const barred = new Map<Entry, RelistBar>()
  for (const entry of exits.size === 0 ? [] : entries) {
    const found = indexesOf(entry).flatMap((index) => exits.get(index) ?? [])
    const bar = entry.content === null ? null : relistBar(entry.content, found, today, app.config.profile)
    if (bar !== null) barred.set(entry, bar)
  }
  return barred
}

/** The entries of a source that are in force, page by page. */
export async function* listedPages(app: AppContext, source: string): AsyncGenerator<{ id: string; inForceKey: string }[]> {
  for (let after = ''; ;) {
    const page = await app.store.read((db) => listedOfSource(db, source, after, 1000))
    if (page.length === 0) return
    yield page
    after = page.at(-1)?.id ?? ''
  }
}

/** A sealed file that is written line by line. */
interface LineFile {
  write(text: string): Promise<void>
  end(): Promise<void>
}

function openLines(app: AppContext, fileId: string): LineFile {
  const pipe = new PassThrough()
  const stored = app.files.put(fileId, pipe, { maxBytes: app.config.importLimitBytes * 10 })
  stored.catch(() => pipe.destroy())
  return {
    async write(text) {
      // When storing fails, the pipe never drains; `stored` then ends the wait.
      if (!pipe.write(text)) await Promise.race([once(pipe, 'drain'), stored])
    },
    async end() {
      pipe.end()
      await stored
    },
  }
}

/** Opens the sealed file of refused rows (CSV): row number, reasons, and the columns of the sheet. */
export function openRejects(
  app: AppContext,
  importId: string,
): { add(headings: readonly string[], entry: Entry): Promise<void>; end(): Promise<void> } {
  const lines = openLines(app, rejectsId(importId))
  const { words } = app.catalog
  let started = false
  return {
    async add(headings, entry) {
      const reasons = entry.problems.map((problem) => app.catalog.check(problem))
      const head = started ? '' : `\uFEFF${csvLine([words('imports', 'rejects.row'), words('imports', 'rejects.reason'), ...headings])}`
      started = true
      await lines.write(head + csvLine([entry.place ?? entry.row, reasons.join('；'), ...entry.cells]))
    },
    end: lines.end,
  }
}

/** Opens the sealed file of good rows, which the commit reads: exactly what was checked is entered, and the sheet is not read twice. */
export function openGood(app: AppContext, importId: string): { add(entries: readonly JudgedEntry[]): Promise<void>; end(): Promise<void> } {
  const lines = openLines(app, goodId(importId))
  const indexedBy = app.secrets.activeKey
  return {
    add: (entries) =>
      lines.write(
        entries
          .map(({ row, content, keys, left }) => `${JSON.stringify({ row, content, keys, by: indexedBy, left: left !== undefined })}\n`)
          .join(''),
      ),
    end: lines.end,
  }
}

/** A good row as the check stored it. */
export interface GoodEntry {
  row: number
  content: ListingContent
  /** Blind indexes of debtor and case, that of the active key first. */
  keys: readonly [string, ...string[]]
  /** The debtor left the list in this case: entered only if a person confirmed the row. */
  left?: boolean
}

/** The good rows of an import, in batches of at least `size` (the last may be smaller). */
export async function* goodEntries(app: AppContext, importId: string, size: number): AsyncGenerator<GoodEntry[]> {
  let batch: GoodEntry[] = []
  for await (const lines of linesOf(app.files.open(goodId(importId)))) {
    for (const line of lines) {
      const { row, content, keys, by, left = false } = JSON.parse(line) as GoodEntry & { by: string }
      // Keys may have been rotated since the check.
      batch.push({ row, content, keys: by === app.secrets.activeKey ? keys : keysOf(app, content), left })
    }
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Yields the lines that each chunk completes, so that there is one iteration for each chunk and not for each line. */
async function* linesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of content) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (lines.length > 0) yield lines
  }
}

/** The id of the file of refused rows. */
export function rejectsId(importId: string): string {
  return `${importId}-rejects`
}

/** The id of the file of good rows. */
export function goodId(importId: string): string {
  return `${importId}-good`
}
