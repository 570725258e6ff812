// Builds workbooks byte by byte, so that tests can make them wrong in any way, and reads them back. No test is in this file.

import { Readable } from 'node:stream'
import { crc32, deflateRawSync } from 'node:zlib'
import { openSheet } from '../../../src/platform/sheets/read.ts'
import type { SheetLimits, SheetRow, SheetSource } from '../../../src/platform/sheets/sheet.ts'

/** One file of an archive. */
export interface ZipPart {
  name: string
  content: string | Buffer
  /** False sizes or checksums for the archive's table of contents. */
  lie?: { size?: number; crc?: number }
  /** Has the bytes of the part before it, and none of its own. */
  overlaps?: true
}

/** Builds a zip archive. */
export function zip(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  let last = 0
  for (const { name, content, lie, overlaps } of parts) {
    const plain = Buffer.from(content as string)
    const packed = deflateRawSync(plain)
    const file = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(0x800, 2)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(lie?.crc ?? crc32(plain), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(lie?.size ?? plain.length, 18)
    common.writeUInt16LE(file.length, 22)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, file, packed])
    const tail = Buffer.alloc(14)
    if (overlaps !== true) last = offset
    tail.writeUInt32LE(last, 10)
    central.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, tail, file]))
    if (overlaps === true) continue
    locals.push(local)
    offset += local.length
  }
  const table = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(parts.length, 4)
  end.writeUInt16LE(parts.length, 6)
  end.writeUInt32LE(table.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, table, Buffer.from('PK\u0005\u0006'), end])
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** One sheet of a workbook. */
export interface Tab {
  /** The content of `<sheetData>`. */
  rows: string
  state?: string
  /** The whole part, in place of `rows`. */
  xml?: string
}

/** The content of a workbook. */
export interface Book {
  tabs: readonly Tab[]
  /** `<si>` elements. */
  shared?: string
  /** `<numFmts>` and `<cellXfs>` elements. */
  styles?: string
  workbookPr?: string
}

/** The files of a workbook. */
export function bookParts({ tabs, shared, styles, workbookPr = '' }: Book): ZipPart[] {
  const relation = (id: string, type: string, target: string): string =>
    `<Relationship Id="${id}" Type="${REL}/${type}" Target="${target}"/>`
  const relations = (body: string): string =>
    `${DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${body}</Relationships>`
  const parts: ZipPart[] = [
    { name: '[Content_Types].xml', content: `${DECLARATION}<Types/>` },
    { name: '_rels/.rels', content: relations(relation('r1', 'officeDocument', 'xl/workbook.xml')) },
    {
      name: 'xl/workbook.xml',
      content: `${DECLARATION}<workbook ${MAIN} xmlns:r="${REL}">${workbookPr}<sheets>${tabs
        .map(
          ({ state }, index) =>
            `<sheet name="S${index}" sheetId="${index + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="t${index}"/>`,
        )
        .join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: relations(
        tabs.map((_tab, index) => relation(`t${index}`, 'worksheet', `worksheets/sheet${index + 1}.xml`)).join('') +
          (shared === undefined ? '' : relation('s', 'sharedStrings', '/xl/sharedStrings.xml')) +
          (styles === undefined ? '' : relation('y', 'styles', 'styles.xml')),
      ),
    },
    ...tabs.map(({ rows, xml }, index) => ({
      name: `xl/worksheets/sheet${index + 1}.xml`,
      content: xml ?? `${DECLARATION}<worksheet ${MAIN}><sheetData>${rows}</sheetData></worksheet>`,
    })),
  ]
  if (shared !== undefined) parts.push({ name: 'xl/sharedStrings.xml', content: `${DECLARATION}<sst ${MAIN}>${shared}</sst>` })
  if (styles !== undefined) parts.push({ name: 'xl/styles.xml', content: `${DECLARATION}<styleSheet ${MAIN}>${styles}</styleSheet>` })
  return parts
}

/** A workbook as an .xlsx file. */
export function workbook(book: Book): Buffer {
  return zip(bookParts(book))
}

/** A source that streams its bytes in pieces of `step` bytes. */
export function sourceOf(content: Buffer | string, step = 65_536): SheetSource {
  const bytes = Buffer.from(content as string)
  const pieces = function* (start: number, end: number): Generator<Buffer> {
    for (let at = start; at < end; at += step) yield bytes.subarray(at, Math.min(at + step, end))
  }
  return { name: 'list', bytes: bytes.length, stream: () => Readable.from(pieces(0, bytes.length)) }
}

/** All rows of a source. */
export async function rowsOf(source: SheetSource, limits?: Partial<SheetLimits>): Promise<SheetRow[]> {
  const sheet = await openSheet(source, limits)
  const rows: SheetRow[] = []
  for await (const batch of sheet.rows()) rows.push(...batch)
  await sheet.close()
  return rows
}

/** Each row as `[row number, ...cells]`, for comparison. */
export async function tableOf(content: Buffer | string, step?: number): Promise<(string | number)[][]> {
  return (await rowsOf(sourceOf(content, step))).map(({ row, cells }) => [row, ...cells])
}

/** The code and values of the AppError that a promise fails with; code `none` when it succeeds. Other errors are thrown on. */
export async function failure(promise: Promise<unknown>): Promise<{ code: string; values: Readonly<Record<string, string | number>> }> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'values' in error) return error as never
    throw error
  }
  return { code: 'none', values: {} }
}
