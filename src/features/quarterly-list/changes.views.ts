// The files of a quarter's changes: a table (XLSX), a notice ready to post (DOCX), a text to be read aloud (TXT).
// Whoever left the list is named in the table alone, for taking down; notice and spoken text give case numbers or a count.

import type { DocxLine } from '../../platform/sheets/docx-write.ts'
import { writeDocx } from '../../platform/sheets/docx-write.ts'
import type { Cell } from '../../platform/sheets/write.ts'
import { writeXlsx } from '../../platform/sheets/xlsx-write.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { PublicEntry } from '../enquiry/views.ts'
import { wallTime } from '../../core/calendar.ts'
import {
  cellsOf,
  COLUMNS,
  linesOfEntry,
  posterEnd,
  posterLines,
  quarterInWords,
  spokenFile,
  spokenWords,
  WIDTHS,
  wordsOf,
  type ColumnName,
  type QuarterChanges,
  type QuarterList,
  type Words,
} from './files.views.ts'
import type { PushFileKind, QuarterChangeKind } from './rules.ts'
import { spelled, spokenCount } from './spoken.rules.ts'
import type { LeftRow } from './store.ts'

type ChangeFile = Extract<PushFileKind, `changes_${string}`>

/** Writes the three files of the quarter's changes. */
export async function writeChangeFiles(app: AppContext, list: QuarterList): Promise<Record<ChangeFile, Buffer>> {
  return { changes_xlsx: await tableOf(app, list), changes_docx: await posterOf(app, list), changes_txt: spokenOf(app, list) }
}

async function tableOf(app: AppContext, { quarter, changes, at, listVersion }: QuarterList): Promise<Buffer> {
  const words = wordsOf(app)
  const values = { quarter: quarterInWords(app, quarter.name) }
  const rows = rowsOf(words, changes)
  const source = { court: app.config.court.name, time: wallTime(at), version: listVersion, count: rows.length }
  return writeXlsx([
    {
      name: words('changes.tab', values),
      title: words('changes.title', values),
      notes: [words('sheet.source', source), words('changes.scope', values), words('changes.only_take_down'), words('sheet.caution')],
      columns: [
        { title: words('column.change') },
        { title: words('column.exitedOn') },
        ...COLUMNS.map((name) => ({ title: words(`column.${name}`), ...(WIDTHS[name] === undefined ? {} : { width: WIDTHS[name] }) })),
      ],
      rows,
    },
  ])
}

function rowsOf(words: Words, { added, corrected, left }: QuarterChanges): Cell[][] {
  let position = 0
  const row = (change: QuarterChangeKind, exitedOn: string | null, cells: Readonly<Partial<Record<ColumnName, Cell>>>): Cell[] => [
    words(`change.${change}`),
    exitedOn,
    ...COLUMNS.map((name) => cells[name] ?? null),
  ]
  const listed = (change: QuarterChangeKind, entries: readonly PublicEntry[]): Cell[][] =>
    entries.map((entry) => row(change, null, cellsOf(words, entry, (position += 1))))
  return [
    ...listed('added', added),
    ...listed('corrected', corrected),
    ...left.map(({ state, exitedOn, debtorKind, name, court, caseNo }) =>
      row(state, exitedOn, { position: (position += 1), kind: words(`kind.${debtorKind}`), name, court, caseNo }),
    ),
  ]
}

function posterOf(app: AppContext, { quarter, changes, at, listVersion }: QuarterList): Promise<Buffer> {
  const words = wordsOf(app)
  const { added, corrected, left } = changes
  const values = { court: app.config.court.name, quarter: quarterInWords(app, quarter.name) }
  const section = (change: 'added' | 'corrected', entries: readonly PublicEntry[]): DocxLine[] => [
    { kind: 'text', text: words(`changes.poster.${change}`, { count: entries.length }) },
    ...entries.flatMap((entry, index) => posterLines(words, entry, index + 1)),
  ]
  const leftBy = (state: LeftRow['state']): DocxLine[] => {
    const cases = left.filter((row) => row.state === state).map((row) => row.caseNo)
    if (cases.length === 0) return []
    return [{ kind: 'text', text: words(`changes.poster.${state}`, { count: cases.length, cases: cases.join(words('spoken.pause')) }) }]
  }
  const lines: DocxLine[] = [
    { kind: 'title', text: words('changes.poster.title') },
    { kind: 'title', text: words('poster.quarter', values) },
    { kind: 'text', text: words('changes.poster.opening', values) },
    ...section('added', added),
    ...section('corrected', corrected),
    ...leftBy('shielded'),
    ...leftBy('revoked'),
    ...posterEnd(app, { at, listVersion }),
  ]
  return writeDocx(words('changes.poster.title'), lines)
}

function spokenOf(app: AppContext, { quarter, changes: { added, corrected, left } }: QuarterList): Buffer {
  const words = wordsOf(app)
  const spoken = spokenWords(words)
  const count = (entries: readonly unknown[]): string => spokenCount(String(entries.length), spoken)
  const values = { court: app.config.court.name, quarter: spelled(quarterInWords(app, quarter.name), spoken) }
  const section = (change: 'added' | 'corrected', entries: readonly PublicEntry[]): string[] => [
    '',
    words(entries.length === 0 ? `changes.spoken.no_${change}` : `changes.spoken.${change}`, { count: count(entries) }),
    ...entries.flatMap((entry, index) => ['', ...linesOfEntry(words, spoken, entry, index + 1)]),
  ]
  const lines = [words('changes.spoken.opening', values), ...section('added', added), ...section('corrected', corrected)]
  if (left.length > 0) lines.push('', words('changes.spoken.left', { count: count(left) }))
  return spokenFile(app, lines)
}
