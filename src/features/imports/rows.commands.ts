// The rows of a file on their way to being entries: read, judged, told apart from what is there, written out when refused.
// The two steps that use them are features/imports/commands (check) and features/imports/commit.commands.

import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { dayOf } from '../../core/calendar.ts'
import type { Problem } from '../../core/errors.ts'
import { findHeader, type Cell, type Columns } from '../debtors/columns.rules.ts'
import type { RowOptions } from '../debtors/row-reader.rules.ts'
import type { ListingContent } from '../listings/rules.ts'
import { isFooter, readRow } from '../listings/rows.rules.ts'
import { openSheet } from '../../platform/sheets/read.ts'
import { csvLine } from '../../platform/sheets/write.ts'
import type { ImportRow } from './store.ts'
import { keysInForce, lastCreditorExits, listedOfSource } from '../listings/search.store.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { barredUntil } from '../listings/rules.ts'

/** How far a step is: entries seen, and bytes behind us of `bytes`. */
export type Progress = (state: { rows: number; bytesRead: number; bytes: number }) => void

/** One row of the file that is meant as an entry. */
export interface Entry {
  row: number
  cells: readonly Cell[]
  content: ListingContent | null
  problems: readonly Problem[]
}

/** `known`: taking it over would add nothing. `keys`: blind indexes of debtor and case, the active key's first; none without content. */
export interface JudgedEntry extends Entry {
  known: boolean
  keys: readonly string[]
}

export interface Batch {
  entries: readonly Entry[]
  headings: readonly string[]
  encoding: string | null
  bytesRead: number
}

/** Reads the sealed file in batches of about 500 entries. @throws the errors of openSheet and findHeader. */
export async function* entriesOf(app: AppContext, row: ImportRow): AsyncGenerator<Batch> {
  const sheet = await openSheet(
    {
      name: row.fileName,
      bytes: Number(row.bytes),
      stream: () => app.files.open(row.id),
      range: (start, end) => app.files.range(row.id, start, end),
    },
    { maxBytes: app.config.importLimitBytes },
  )
  const options: RowOptions = { today: dayOf(app.clock.now()), mode: row.mode }
  let columns: Columns | null = null
  let headings: string[] = []
  try {
    for await (const rows of sheet.rows()) {
      let start = 0
      if (columns === null) {
        const header = findHeader(rows.map((each) => each.cells))
        columns = header.columns
        headings = (rows[header.headerRow]?.cells ?? []).map(String)
        start = header.headerRow + 1
      }
      const known: Columns = columns
      const entries = rows
        .slice(start)
        .filter((each) => !isFooter(each.cells, known))
        .map((each) => entryOf(each.row, each.cells, known, options))
      yield { entries, headings, encoding: sheet.encoding ?? sheet.kind, bytesRead: rows.at(-1)?.bytesRead ?? 0 }
    }
  } finally {
    await sheet.close()
  }
}

function entryOf(row: number, cells: readonly Cell[], columns: Columns, options: RowOptions): Entry {
  const { content, problems } = readRow(cells, columns, options)
  return { row, cells, content, problems: problems.map((problem) => ({ ...problem, row })) }
}

/**
 * Tells what stands twice in the file, is in force already, or may not be listed again yet.
 * @param seen the keys of the rows before, with their row numbers; grows.
 */
export async function judged(
  app: AppContext,
  row: ImportRow,
  entries: readonly Entry[],
  seen: Map<string, number>,
): Promise<JudgedEntry[]> {
  // Under every key: while keys are rotated, what is there may still be found by the older one.
  const keys = entries.map(({ content }) => (content === null ? null : keysOf(app, content)))
  const wanted = keys.flatMap((each) => each ?? [])
  const held = await app.store.read((db) => keysInForce(db, wanted))
  const barred = row.mode === 'draft' ? await barredEntries(app, entries) : new Map<Entry, string>()
  return entries.map((entry, position) => {
    const all = keys[position] ?? null
    if (all === null) return { ...entry, known: false, keys: [] }
    const until = barred.get(entry)
    if (until !== undefined)
      return {
        ...entry,
        known: false,
        keys: [],
        content: null,
        problems: [...entry.problems, { code: 'relist_barred', row: entry.row, values: { until } }],
      }
    const [key] = all
    const first = seen.get(key)
    for (const each of all) seen.set(each, first ?? entry.row)
    if (first !== undefined)
      return { ...entry, known: true, keys: all, problems: [...entry.problems, { code: 'row_twice', row: entry.row, values: { first } }] }
    return { ...entry, known: all.some((each) => held.has(each)), keys: all }
  })
}

/** Blind indexes of what makes two rows the same entry, the active key's first. */
function keysOf(app: AppContext, content: ListingContent): [string, ...string[]] {
  return app.secrets.indexes('case', `${content.debtor.identifier}|${content.caseNo}`)
}

async function barredEntries(app: AppContext, entries: readonly Entry[]): Promise<Map<Entry, string>> {
  const today = dayOf(app.clock.now())
  const indexesOf = (entry: Entry): string[] =>
    entry.content === null ? [] : app.secrets.indexes('identifier', entry.content.debtor.identifier)
  const exits = await app.store.read((db) => lastCreditorExits(db, entries.flatMap(indexesOf)))
  const barred = new Map<Entry, string>()
  for (const entry of exits.size === 0 ? [] : entries)
    for (const index of indexesOf(entry)) {
      const until = barredUntil({ ground: 'creditor_request', exitedOn: exits.get(index) ?? null }, app.config.profile)
      if (until !== null && today < until) barred.set(entry, until)
    }
  return barred
}

/** What a source has in force, page by page. */
export async function* listedPages(app: AppContext, source: string): AsyncGenerator<{ id: string; inForceKey: string }[]> {
  for (let after = ''; ;) {
    const page = await app.store.read((db) => listedOfSource(db, source, after, 1000))
    if (page.length === 0) return
    yield page
    after = page.at(-1)?.id ?? ''
  }
}

/** A sealed file that grows line by line. */
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
      // A failed put ends the wait: it would never drain.
      if (!pipe.write(text)) await Promise.race([once(pipe, 'drain'), stored])
    },
    async end() {
      pipe.end()
      await stored
    },
  }
}

/** The file of refused rows: the sheet's own columns, its row number, and why. Sealed like every file. */
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
      await lines.write(head + csvLine([entry.row, reasons.join('；'), ...entry.cells]))
    },
    end: lines.end,
  }
}

/** What a check found good, kept for the commit: what was checked is what is entered, and nothing is read twice. */
export function openGood(app: AppContext, importId: string): { add(entries: readonly JudgedEntry[]): Promise<void>; end(): Promise<void> } {
  const lines = openLines(app, goodId(importId))
  const by = app.secrets.activeKey
  return {
    add: (entries) => lines.write(entries.map(({ row, content, keys }) => `${JSON.stringify({ row, content, keys, by })}\n`).join('')),
    end: lines.end,
  }
}

/** A good row as the check kept it. */
export interface GoodEntry {
  row: number
  content: ListingContent
  /** Blind indexes of debtor and case, the active key's first. */
  keys: readonly [string, ...string[]]
}

/** The rows that a check kept, in batches. */
export async function* goodEntries(app: AppContext, importId: string, size: number): AsyncGenerator<GoodEntry[]> {
  let batch: GoodEntry[] = []
  for await (const lines of linesOf(app.files.open(goodId(importId)))) {
    for (const line of lines) {
      const { row, content, keys, by } = JSON.parse(line) as GoodEntry & { by: string }
      // Keys may have been rotated since the check.
      batch.push({ row, content, keys: by === app.secrets.activeKey ? keys : keysOf(app, content) })
    }
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Whole lines, as many as a chunk completes: one turn a chunk and not one a line. */
async function* linesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of content) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (lines.length > 0) yield lines
  }
}

export function rejectsId(importId: string): string {
  return `${importId}-rejects`
}

export function goodId(importId: string): string {
  return `${importId}-good`
}
