// Writes a workbook of one sheet as a stream: notes, a header that stays visible, and any number of rows. No formulas, no macros.
// Workbooks with titles, totals and several sheets are built in memory by xlsx-write.ts.

import type { Readable } from 'node:stream'
import type { Cell } from './write.ts'
import { safeText } from './xlsx-write.ts'
import { zipStream } from './zip-write.ts'

/** The content of the sheet. */
export interface StreamedSheet {
  /** Lines above the header. */
  notes: readonly string[]
  columns: readonly { title: string; width: number }[]
  rows: AsyncIterable<readonly Cell[]>
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Cell formats: plain, text, header. Format 49 is text: editing does not turn a cell into a formula or a rounded number. */
const TEXT = 1
const HEADER = 2

const FIXED = [
  {
    path: '[Content_Types].xml',
    content: [
      `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
        '<Default Extension="xml" ContentType="application/xml"/>' +
        `<Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/>` +
        `<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPES}.worksheet+xml"/>` +
        `<Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/></Types>`,
    ],
  },
  {
    path: '_rels/.rels',
    content: [
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
  },
  {
    path: 'xl/workbook.xml',
    content: [
      `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ],
  },
  {
    path: 'xl/_rels/workbook.xml.rels',
    content: [
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>` +
        `<Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
  },
  {
    path: 'xl/styles.xml',
    content: [
      `${XML}<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3">' +
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' +
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' +
        '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>',
    ],
  },
]

/** The workbook as it is written; its rows are read as fast as somebody takes the file. */
export function streamXlsx(sheet: StreamedSheet): Readable {
  return zipStream([...FIXED, { path: 'xl/worksheets/sheet1.xml', content: sheetXml(sheet) }])
}

/** Characters that are given to the compression at once. */
const CHUNK = 65_536

async function* sheetXml({ notes, columns, rows }: StreamedSheet): AsyncGenerator<string> {
  const above = notes.length + 1
  const widths = columns.map(({ width }, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`)
  let text =
    `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="${above}" topLeftCell="A${above + 1}" ` +
    `activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>`
  let line = 0
  for (const note of notes) text += rowXml([note], (line += 1), TEXT)
  text += rowXml(
    columns.map(({ title }) => title),
    (line += 1),
    HEADER,
  )
  for await (const row of rows) {
    text += rowXml(row, (line += 1), TEXT)
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  yield `${text}</sheetData></worksheet>`
}

function rowXml(cells: readonly Cell[], line: number, style: number): string {
  return `<row r="${line}">${cells.map((cell, at) => cellXml(cell, `${LETTERS[at] ?? ''}${line}`, style)).join('')}</row>`
}

/** Names of the columns; a streamed sheet has no more. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** The XML of a cell at a place such as `B7`; of an empty one there is none. */
function cellXml(cell: Cell, place: string, style: number): string {
  if (typeof cell === 'number') return Number.isFinite(cell) ? `<c r="${place}"><v>${cell}</v></c>` : ''
  if (cell === null || cell === undefined || cell === '') return ''
  const text = safeText(cell).replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '')
  return `<c r="${place}" t="inlineStr" s="${style}"><is><t xml:space="preserve">${text}</t></is></c>`
}
