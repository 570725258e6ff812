// Reads the parts of an .xlsx file that describe it: the visible sheets, the shared texts, and which styles are dates.
// The rows are read in xlsx.ts.

import { posix } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { cutText, type SheetLimits } from './sheet.ts'
import { createTextTable, type TextTable } from './text-table.ts'
import { type Attributes, isTrue, prefixed, readWholeXml, type XmlReader } from './xml.ts'
import type { Archive, Part } from './zip.ts'

/** Characters of a text that are read at least: more than a cell of a spreadsheet has, and far more than is kept of it (sheet.ts). */
export const LONGEST_TEXT = 40_000
/** Characters of a format of numbers; a spreadsheet writes 255 at most. */
const LONGEST_FORMAT = 255

/** What an .xlsx file says about itself. */
export interface Workbook {
  /** The worksheets, in the order of their tabs. */
  sheets: readonly { name: string; isHidden: boolean; part: Part }[]
  texts: TextTable
  /** Numbers of the styles that are dates if the workbook counts days from 1904; otherwise null, because no day needs conversion. */
  datesOf1904: ReadonlySet<number> | null
}

interface Relation {
  type: string
  part: string
}

/**
 * Reads the descriptions and the shared texts.
 * @throws AppError `import_type_unknown` for an archive that is no workbook, `import_file_broken` for missing parts, and those of the limits.
 */
export async function readWorkbook(archive: Archive, limits: SheetLimits): Promise<Workbook> {
  const main = await mainPart(archive)
  const relations = await readRelations(archive, main)
  const { listed, is1904 } = await readMain(archive, main)
  if (listed.length > limits.maxTabs) throw new AppError('sheet_tabs', { count: listed.length, max: limits.maxTabs })
  const sheets: { name: string; isHidden: boolean; part: Part }[] = []
  for (const { id, name, isHidden } of listed) {
    const relation = relations.get(id)
    if (relation === undefined) throw new AppError('import_file_broken')
    if (relation.type === 'worksheet') sheets.push({ name, isHidden, part: required(archive, relation.part) })
  }
  const texts = createTextTable(limits)
  const related = [...relations.values()]
  const shared = related.find(({ type }) => type === 'sharedStrings')
  if (shared !== undefined) await readWholeXml(required(archive, shared.part).content(), textReader(texts.add))
  const styles = related.find(({ type }) => type === 'styles')
  const datesOf1904 = is1904 ? await readDateStyles(styles === undefined ? null : archive.part(styles.part), limits.maxStyles) : null
  return { sheets, texts, datesOf1904 }
}

/** Reads the text of each `si` or `is` element, plain or in runs, without the phonetic guides that Excel keeps beside East Asian names. */
export function textReader(onText: (text: string) => void): Required<XmlReader> {
  let collected = ''
  let inText = false
  let phonetic = false
  return {
    open(name) {
      if (name === 'si' || name === 'is') collected = ''
      else if (name === 'rPh') phonetic = true
      else if (name === 't') inText = !phonetic
    },
    text(text) {
      if (inText && collected.length < LONGEST_TEXT) collected += text.slice(0, LONGEST_TEXT - collected.length)
    },
    close(name) {
      if (name === 't') inText = false
      else if (name === 'rPh') phonetic = false
      else if (name === 'si' || name === 'is') onText(cutText(unescapeText(collected)))
    },
  }
}

/** Decodes characters that XML cannot hold; spreadsheets write them as `_x000D_`. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function required(archive: Archive, name: string): Part {
  const part = archive.part(name)
  if (part === null) throw new AppError('import_file_broken')
  return part
}

async function mainPart(archive: Archive): Promise<string> {
  const roots = await readRelations(archive, '')
  const name = [...roots.values()].find(({ type }) => type === 'officeDocument')?.part ?? 'xl/workbook.xml'
  if (!name.endsWith('.xml') || archive.part(name) === null)
    throw new AppError('import_type_unknown', { found: foundIn(archive, name), hint: 'save_as_xlsx' })
  return name
}

/** What an archive is that holds no workbook: a binary workbook, an OpenDocument table, or something else. */
function foundIn(archive: Archive, main: string): string {
  if (main.endsWith('.bin')) return 'xlsb'
  return archive.part('mimetype') !== null && archive.part('content.xml') !== null ? 'ods' : 'zip'
}

/** The relations of a part by id; those of the whole archive when `part` is ''. */
async function readRelations(archive: Archive, part: string): Promise<Map<string, Relation>> {
  const relations = new Map<string, Relation>()
  const folder = posix.dirname(part)
  const file = archive.part(posix.join(folder, '_rels', `${posix.basename(part)}.rels`))
  if (file === null) return relations
  await readWholeXml(file.content(), {
    open(name, { Id, Type, Target, TargetMode }) {
      if (name !== 'Relationship' || Id === undefined || Type === undefined || Target === undefined || TargetMode === 'External') return
      const target = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target)
      relations.set(Id, { type: posix.basename(Type), part: target })
    },
  })
  return relations
}

interface ListedSheet {
  id: string
  name: string
  isHidden: boolean
}

async function readMain(archive: Archive, main: string): Promise<{ listed: ListedSheet[]; is1904: boolean }> {
  const listed: ListedSheet[] = []
  let is1904 = false
  let root = ''
  const add = (attributes: Attributes): void => {
    const id = prefixed(attributes, 'id')
    if (id !== undefined) listed.push({ id, name: attributes.name ?? '', isHidden: (attributes.state ?? 'visible') !== 'visible' })
  }
  await readWholeXml(required(archive, main).content(), {
    open(name, attributes) {
      if (root === '') root = name
      if (name === 'workbookPr') is1904 = isTrue(attributes.date1904)
      if (name === 'sheet') add(attributes)
    },
  })
  if (root !== 'workbook') throw new AppError('import_type_unknown', { found: 'zip', hint: 'save_as_xlsx' })
  return { listed, is1904 }
}

async function readDateStyles(styles: Part | null, maxStyles: number): Promise<Set<number>> {
  const dates = new Set<number>()
  if (styles === null) return dates
  const formats = new Map<number, string>()
  let inCells = false
  let style = 0
  await readWholeXml(styles.content(), {
    open(name, { numFmtId, formatCode }) {
      if (name === 'numFmt') formats.set(Number(numFmtId), (formatCode ?? '').slice(0, LONGEST_FORMAT))
      if (formats.size > maxStyles) throw new AppError('sheet_styles', { max: maxStyles })
      if (name === 'cellXfs') inCells = true
      if (name !== 'xf' || !inCells) return
      if (isDateFormat(Number(numFmtId), formats)) dates.add(style)
      style++
      if (style > maxStyles) throw new AppError('sheet_styles', { max: maxStyles })
    },
    close(name) {
      if (name === 'cellXfs') inCells = false
    },
  })
  return dates
}

/**
 * Whether a number format is a date or time. Built-in formats 14–22 and 45–47 are so everywhere, 27–36 and 50–58 in East Asian editions.
 */
function isDateFormat(id: number, formats: ReadonlyMap<number, string>): boolean {
  const code = formats.get(id)
  if (code === undefined) return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
  return /[ymdhs]/i.test(code.replace(/"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '').replace(/general/gi, ''))
}
