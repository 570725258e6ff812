// The files of the entries in force at a quarter's end: a table (XLSX), a notice ready to post (DOCX), a text to be read aloud (TXT).
// The files of the quarter's changes are changes.views.ts; which listings these are is commands.ts; the formats are platform/sheets.

import { dayOf, wallTime, writtenDay } from '../../core/calendar.ts'
import type { Quarter } from '../deadlines/rules.ts'
import { POSTED_FACTS } from '../listings/rules.ts'
import { formatOf, type PushFileKind, type PushFormat, type QuarterChangeKind } from './rules.ts'
import type { LeftRow, PushRow } from './store.ts'
import { spelled, spokenCount, spokenText, type SpokenWords } from './spoken.rules.ts'
import { DOCX_TYPE } from '../../platform/sheets/docx-page.ts'
import { writeDocx, type DocxLine } from '../../platform/sheets/docx-write.ts'
import { writeXlsx, XLSX_TYPE } from '../../platform/sheets/xlsx-write.ts'
import type { Cell } from '../../platform/sheets/write.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { PublicEntry } from '../enquiry/views.ts'

/** What the files are written from. */
export interface QuarterList {
  quarter: Quarter
  /** In force at the quarter's end, and still. */
  entries: readonly PublicEntry[]
  changes: QuarterChanges
  at: Date
  listVersion: number
}

/** What changed within a quarter. */
export interface QuarterChanges {
  /** Published in the quarter and still in force. */
  added: readonly PublicEntry[]
  /** Published before it, corrected in it, and still in force. */
  corrected: readonly PublicEntry[]
  /** Shielded or revoked in it. */
  left: readonly LeftRow[]
}

/** Media type of each file. */
export const PUSH_TYPES: Readonly<Record<PushFormat, string>> = { xlsx: XLSX_TYPE, docx: DOCX_TYPE, txt: 'text/plain; charset=utf-8' }

export type Words = (key: string, values?: Readonly<Record<string, string | number>>) => string

export const wordsOf =
  ({ catalog }: AppContext): Words =>
  (key, values) =>
    catalog.words('pushes', key, values)

/** A quarter such as `2026Q3` in words. */
export function quarterInWords(app: AppContext, name: string): string {
  const words = wordsOf(app)
  return words('quarter', { year: name.slice(0, 4), ordinal: words(`ordinal.${name.slice(5)}`) })
}

/** File name of a quarter's file, in words. */
export function pushFileName(app: AppContext, quarter: string, kind: PushFileKind): string {
  return `${wordsOf(app)(`name.${kind}`, { quarter: quarterInWords(app, quarter) })}.${formatOf(kind)}`
}

/** What an edition holds, in words: the entries in force and the quarter's changes. */
export function contentsInWords(
  app: AppContext,
  { entries, added, corrected, shielded, revoked }: Pick<PushRow, 'entries' | QuarterChangeKind>,
): string {
  const words = wordsOf(app)
  if (added === null) return words('contents.published', { count: entries })
  const counts = { added, corrected: corrected ?? 0, shielded: shielded ?? 0, revoked: revoked ?? 0 }
  return words('contents.both', { count: entries, ...counts })
}

/** Writes the three files of the entries in force. */
export async function writeListFiles(app: AppContext, list: QuarterList): Promise<Record<PushFormat, Buffer>> {
  return { xlsx: await tableOf(app, list), docx: await posterOf(app, list), txt: spokenOf(app, list) }
}

export const COLUMNS = [
  'position',
  'name',
  'kind',
  'identifier',
  'sex',
  'age',
  'legalRepresentative',
  'court',
  'province',
  'caseNo',
  'filedOn',
  'basisNo',
  'basisMaker',
  'obligation',
  'performance',
  'grounds',
  'publishedOn',
] as const
export type ColumnName = (typeof COLUMNS)[number]

export const WIDTHS: Readonly<Partial<Record<ColumnName, number>>> = { name: 24, identifier: 22, caseNo: 26, obligation: 40, grounds: 40 }

export function cellsOf(words: Words, entry: PublicEntry, position: number): Record<ColumnName, Cell> {
  return {
    ...entry,
    position,
    kind: words(`kind.${entry.kind}`),
    sex: entry.sex === null ? null : words(`sex.${entry.sex}`),
    age: entry.ageBand === null ? null : words('age_band', { ...entry.ageBand }),
    grounds: entry.grounds.join('；'),
  }
}

async function tableOf(app: AppContext, { quarter, entries, at, listVersion }: QuarterList): Promise<Buffer> {
  const words = wordsOf(app)
  const quarterWords = quarterInWords(app, quarter.name)
  const source = { court: app.config.court.name, time: wallTime(at), version: listVersion, count: entries.length }
  return writeXlsx([
    {
      name: words('sheet.tab', { quarter: quarterWords }),
      title: words('sheet.title', { quarter: quarterWords }),
      notes: [words('sheet.source', source), words('sheet.scope', { quarter: quarterWords }), words('sheet.caution')],
      columns: COLUMNS.map((name) => ({ title: words(`column.${name}`), ...(WIDTHS[name] === undefined ? {} : { width: WIDTHS[name] }) })),
      rows: entries.map((entry, index) => {
        const cells = cellsOf(words, entry, index + 1)
        return COLUMNS.map((name) => cells[name])
      }),
    },
  ])
}

function posterOf(app: AppContext, { quarter, entries, at, listVersion }: QuarterList): Promise<Buffer> {
  const words = wordsOf(app)
  const { court } = app.config
  const quarterWords = quarterInWords(app, quarter.name)
  const values = { court: court.name, phone: court.phone, quarter: quarterWords, count: entries.length }
  const lines: DocxLine[] = [
    { kind: 'title', text: words('poster.title') },
    { kind: 'title', text: words('poster.quarter', values) },
    { kind: 'text', text: words(entries.length === 0 ? 'poster.none' : 'poster.opening', values) },
  ]
  lines.push(...entries.flatMap((entry, index) => posterLines(words, entry, index + 1)), ...posterEnd(app, { at, listVersion }))
  return writeDocx(words('poster.title'), lines)
}

/** An entry as a poster shows it. */
export function posterLines(words: Words, entry: PublicEntry, position: number): DocxLine[] {
  const cells = cellsOf(words, entry, position)
  const facts = POSTED_FACTS.filter((name) => cells[name] !== null && cells[name] !== '').map((name) =>
    words('poster.line', { label: words(`column.${name}`), value: cells[name] ?? '' }),
  )
  return [
    { kind: 'entry', text: words('poster.heading', { position, name: entry.name, identifier: entry.identifier }) },
    { kind: 'line', text: facts.join('；') },
  ]
}

/** How every poster ends: caution, contact, version, signature. */
export function posterEnd(app: AppContext, { at, listVersion }: Pick<QuarterList, 'at' | 'listVersion'>): DocxLine[] {
  const words = wordsOf(app)
  const { court } = app.config
  const values = { court: court.name, phone: court.phone }
  return [
    { kind: 'text', text: words('poster.caution') },
    { kind: 'text', text: words('poster.contact', values) },
    { kind: 'text', text: words('poster.asOf', { time: wallTime(at), version: listVersion }) },
    { kind: 'signed', text: words('poster.signed', values) },
    { kind: 'signed', text: words('poster.dated', { day: writtenDay(dayOf(at)) }) },
  ]
}

function spokenOf(app: AppContext, { quarter, entries }: QuarterList): Buffer {
  const words = wordsOf(app)
  const spoken = spokenWords(words)
  const values = { court: app.config.court.name, quarter: spelled(quarterInWords(app, quarter.name), spoken) }
  const lines = [words('spoken.opening', values)]
  if (entries.length === 0) lines.push(words('spoken.none'))
  else lines.push(words('spoken.count', { count: spokenCount(String(entries.length), spoken) }))
  for (const [index, entry] of entries.entries()) lines.push('', ...linesOfEntry(words, spoken, entry, index + 1))
  return spokenFile(app, lines)
}

/** A text to be read aloud, one sentence per line, with the ending that each has and the byte order mark that Windows needs to read UTF-8. */
export function spokenFile(app: AppContext, lines: readonly string[]): Buffer {
  const words = wordsOf(app)
  const { name: court, phone } = app.config.court
  const end = [words('spoken.closing'), words('spoken.contact', { court, phone: spelled(phone, spokenWords(words)) })]
  return Buffer.from(`\uFEFF${[...lines, '', ...end].join('\r\n')}\r\n`, 'utf8')
}

export function spokenWords(words: Words): SpokenWords {
  return {
    digits: words('spoken.digits'),
    units: words('spoken.units'),
    groups: words('spoken.groups'),
    point: words('spoken.point'),
    year: words('spoken.year'),
  }
}

export function linesOfEntry(words: Words, spoken: SpokenWords, entry: PublicEntry, at: number): string[] {
  const position = spokenCount(String(at), spoken)
  const count = (years: number): string => spokenCount(String(years), spoken)
  const band = entry.ageBand
  const age = band === null ? '' : words('spoken.age', { from: count(band.from), to: count(band.to) })
  const sex = entry.sex === null ? '' : words(`sex.${entry.sex}`)
  const who =
    entry.kind === 'person' && sex !== ''
      ? [words('spoken.person', { position, name: entry.name, sex, age })]
      : [words('spoken.organisation', { position, name: entry.name })]
  if (entry.legalRepresentative !== null) who.push(words('spoken.legalRepresentative', { name: entry.legalRepresentative }))
  // Brackets cannot be heard, so a pause separates what is in them.
  const caseNo = entry.caseNo.replace(/[（(](\d{4})[）)]/g, `$1${words('spoken.year')}${words('spoken.pause')}`)
  return [
    ...who,
    words('spoken.caseNo', { caseNo: spelled(caseNo, spoken) }),
    words('spoken.obligation', { obligation: sentence(spokenText(entry.obligation, spoken)) }),
    words('spoken.performance', { performance: sentence(spokenText(entry.performance, spoken)) }),
  ]
}

/** The text without its final punctuation, because the sentence around it has its own. */
function sentence(text: string): string {
  return text.trim().replace(/[。．.；;，,！!]+$/u, '')
}
