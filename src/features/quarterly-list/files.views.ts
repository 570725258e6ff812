// The three files of a quarterly list: a table (XLSX), a notice ready to post (DOCX) and a text to be read aloud (TXT).
// Which listings these are is features/quarterly-list/commands.ts; the file formats are platform/sheets.

import { dayOf, wallTime, writtenDay } from '../../core/calendar.ts'
import type { Quarter } from '../deadlines/rules.ts'
import type { PushFileKind } from './rules.ts'
import { spelled, spokenCount, spokenText, type SpokenWords } from './spoken.rules.ts'
import { DOCX_TYPE, writeDocx, type DocxLine } from '../../platform/sheets/docx-write.ts'
import { writeXlsx, XLSX_TYPE } from '../../platform/sheets/xlsx-write.ts'
import type { Cell } from '../../platform/sheets/write.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { PublicEntry } from '../enquiry/views.ts'

/** What the files are written from. */
export interface QuarterList {
  quarter: Quarter
  entries: readonly PublicEntry[]
  at: Date
  listVersion: number
}

/** Media type of each file. */
export const PUSH_TYPES: Readonly<Record<PushFileKind, string>> = { xlsx: XLSX_TYPE, docx: DOCX_TYPE, txt: 'text/plain; charset=utf-8' }

type Words = (key: string, values?: Readonly<Record<string, string | number>>) => string

const wordsOf =
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
  return `${wordsOf(app)(`name.${kind}`, { quarter: quarterInWords(app, quarter) })}.${kind}`
}

/** Writes the three files. */
export async function writePushFiles(app: AppContext, list: QuarterList): Promise<Record<PushFileKind, Buffer>> {
  return { xlsx: await tableOf(app, list), docx: await posterOf(app, list), txt: spokenOf(app, list) }
}

const COLUMNS = [
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
type ColumnName = (typeof COLUMNS)[number]

const WIDTHS: Readonly<Partial<Record<ColumnName, number>>> = { name: 24, identifier: 22, caseNo: 26, obligation: 40, grounds: 40 }

function cellsOf(words: Words, entry: PublicEntry, position: number): Record<ColumnName, Cell> {
  return {
    ...entry,
    position,
    kind: words(`kind.${entry.kind}`),
    sex: entry.sex === null ? null : words(`sex.${entry.sex}`),
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
      notes: [words('sheet.source', source), words('sheet.scope'), words('sheet.caution')],
      columns: COLUMNS.map((name) => ({ title: words(`column.${name}`), ...(WIDTHS[name] === undefined ? {} : { width: WIDTHS[name] }) })),
      rows: entries.map((entry, index) => {
        const cells = cellsOf(words, entry, index + 1)
        return COLUMNS.map((name) => cells[name])
      }),
    },
  ])
}

/** Columns that the poster shows of an entry, in the order of 法释〔2017〕7号 art. 6. */
const POSTED = [
  'sex',
  'age',
  'legalRepresentative',
  'court',
  'caseNo',
  'basisNo',
  'basisMaker',
  'obligation',
  'performance',
  'grounds',
] as const

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
  for (const [index, entry] of entries.entries()) {
    const cells = cellsOf(words, entry, index + 1)
    const facts = POSTED.filter((name) => cells[name] !== null && cells[name] !== '').map((name) =>
      words('poster.line', { label: words(`column.${name}`), value: cells[name] ?? '' }),
    )
    lines.push({ kind: 'entry', text: words('poster.heading', { position: index + 1, name: entry.name, identifier: entry.identifier }) })
    lines.push({ kind: 'line', text: facts.join('；') })
  }
  const time = wallTime(at)
  lines.push(
    { kind: 'text', text: words('poster.caution') },
    { kind: 'text', text: words('poster.contact', values) },
    { kind: 'text', text: words('poster.asOf', { time, version: listVersion }) },
    { kind: 'signed', text: words('poster.signed', values) },
    { kind: 'signed', text: words('poster.dated', { day: writtenDay(dayOf(at)) }) },
  )
  return writeDocx(words('poster.title'), lines)
}

/** One sentence per line, with the byte order mark that Windows needs to read UTF-8. */
function spokenOf(app: AppContext, { quarter, entries }: QuarterList): Buffer {
  const words = wordsOf(app)
  const spoken = spokenWords(words)
  const { court } = app.config
  const values = { court: court.name, quarter: spelled(quarterInWords(app, quarter.name), spoken) }
  const lines = [words('spoken.opening', values)]
  if (entries.length === 0) lines.push(words('spoken.none'))
  else lines.push(words('spoken.count', { count: spokenCount(String(entries.length), spoken) }))
  for (const [index, entry] of entries.entries()) lines.push('', ...linesOfEntry(words, spoken, entry, index + 1))
  lines.push('', words('spoken.closing'), words('spoken.contact', { court: court.name, phone: spelled(court.phone, spoken) }))
  return Buffer.from(`\uFEFF${lines.join('\r\n')}\r\n`, 'utf8')
}

function spokenWords(words: Words): SpokenWords {
  return {
    digits: words('spoken.digits'),
    units: words('spoken.units'),
    groups: words('spoken.groups'),
    point: words('spoken.point'),
    year: words('spoken.year'),
  }
}

function linesOfEntry(words: Words, spoken: SpokenWords, entry: PublicEntry, at: number): string[] {
  const position = spokenCount(String(at), spoken)
  const age = entry.age === null ? '' : words('spoken.age', { age: spokenCount(String(entry.age), spoken) })
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
