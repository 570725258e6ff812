// Writes an official document with a red head by GB/T 9704: mark, number, red line, title, addressee, text, tables, signature, imprint.
// The page and its fonts are docx-page.ts; what it says belongs to the caller.

import type * as Docx from 'docx'
import { FONTS, LINE, OFFICIAL_PAGE, SIZE, TEXT_SPACING, TEXT_WIDTH, twips, writable } from './docx-page.ts'

/** A table of texts; `widths` are shares of the width of the text. */
export interface OfficialTable {
  caption: string
  columns: readonly { title: string; width: number }[]
  rows: readonly (readonly string[])[]
}

/** What an official document says, from top to bottom. */
export interface OfficialDocument {
  /** 发文机关标志, red. */
  mark: string
  /** 发文字号. */
  number: string
  title: string
  /** 主送机关, with its colon. */
  addressee: string
  paragraphs: readonly string[]
  signed: string
  dated: string
  /** 附件, each on a page of its own. */
  tables: readonly OfficialTable[]
  /** 版记: who printed it, and when. */
  imprint: { by: string; on: string }
}

const RED = 'C00000'
/** Distance between two lines of a table. */
const ROW = 320
/** Two characters of the text, in twips. */
const INDENT = SIZE.text * 20
/** The mark is as large as one line holds, and never above 36 points. */
const MARK = 72

/** Builds the document in memory: for hundreds of rows, not for a list of a million. */
export async function writeOfficial(content: OfficialDocument): Promise<Buffer> {
  // The library is loaded with the first document, because most processes never write one.
  const docx = await import('docx')
  const write = paragraphsOf(docx)
  const children = [
    write.mark(content.mark),
    write.number(content.number),
    write.title(content.title),
    write.text(content.addressee, 0),
    ...content.paragraphs.map((text) => write.text(text)),
    write.signed(content.signed, true),
    write.signed(content.dated, false),
    ...content.tables.flatMap((table) => [write.caption(table.caption), tableOf(docx, table)]),
    imprintOf(docx, content.imprint),
  ]
  const document = new docx.Document({
    title: content.title,
    creator: '',
    evenAndOddHeaderAndFooters: true,
    styles: { default: { document: { run: { font: FONTS.text, size: SIZE.text } } } },
    sections: [{ properties: OFFICIAL_PAGE, footers: footersOf(docx), children }],
  })
  return docx.Packer.toBuffer(document)
}

interface Writers {
  mark(text: string): Docx.Paragraph
  number(text: string): Docx.Paragraph
  title(text: string): Docx.Paragraph
  text(text: string, indent?: number): Docx.Paragraph
  signed(text: string, first: boolean): Docx.Paragraph
  caption(text: string): Docx.Paragraph
}

function paragraphsOf(docx: typeof Docx): Writers {
  const { AlignmentType: at, BorderStyle: border, LineRuleType: rule } = docx
  const exact = { line: LINE, lineRule: rule.EXACT }
  const run = (text: string, more: Docx.IRunOptions = {}): Docx.TextRun => new docx.TextRun({ text: writable(text), ...more })
  return {
    // 35 mm from the upper edge of the text to the mark.
    mark: (text) =>
      new docx.Paragraph({
        alignment: at.CENTER,
        spacing: { before: twips(35), after: LINE * 2 },
        children: [run(text, { font: FONTS.title, color: RED, size: markSize(text) })],
      }),
    // The red line is 4 mm below the number and as wide as the text.
    number: (text) =>
      new docx.Paragraph({
        alignment: at.CENTER,
        spacing: { ...exact, after: LINE * 2 },
        border: { bottom: { style: border.SINGLE, color: RED, size: 18, space: 11 } },
        children: [run(text)],
      }),
    title: (text) =>
      new docx.Paragraph({
        alignment: at.CENTER,
        spacing: { line: 640, lineRule: rule.EXACT, after: LINE },
        children: [run(text, { font: FONTS.title, size: SIZE.title })],
      }),
    text: (text, indent = INDENT) =>
      new docx.Paragraph({
        alignment: at.BOTH,
        spacing: exact,
        indent: { firstLine: indent },
        children: [run(text, { characterSpacing: TEXT_SPACING })],
      }),
    // With a seal, the day stands four characters from the right edge.
    signed: (text, first) =>
      new docx.Paragraph({
        alignment: at.RIGHT,
        keepNext: first,
        spacing: { ...exact, before: first ? LINE * 2 : 0 },
        indent: { end: INDENT * 2 },
        children: [run(text)],
      }),
    caption: (text) =>
      new docx.Paragraph({
        pageBreakBefore: true,
        spacing: { ...exact, after: LINE / 3 },
        keepNext: true,
        children: [run(text, { font: FONTS.bold })],
      }),
  }
}

/** 版记, between two lines; one character from both edges. */
function imprintOf(docx: typeof Docx, { by, on }: OfficialDocument['imprint']): Docx.Paragraph {
  const edge = { style: docx.BorderStyle.SINGLE, size: 8, space: 2 }
  const character = SIZE.small * 10
  return new docx.Paragraph({
    spacing: { before: LINE },
    keepLines: true,
    border: { top: edge, bottom: edge },
    indent: { start: character, end: character },
    tabStops: [{ type: docx.TabStopType.RIGHT, position: TEXT_WIDTH - character }],
    children: [
      new docx.TextRun({ text: writable(by), size: SIZE.small }),
      new docx.TextRun({ children: [new docx.Tab()], size: SIZE.small }),
      new docx.TextRun({ text: writable(on), size: SIZE.small }),
    ],
  })
}

/** Half-points of the mark, so that it stays on one line: a full-width character is as wide as it is high. */
function markSize(text: string): number {
  return Math.min(MARK, Math.floor(TEXT_WIDTH / 10 / text.length))
}

/** Page numbers: at the right on odd pages and at the left on even ones, one character from the edge. */
function footersOf(docx: typeof Docx): { default: Docx.Footer; even: Docx.Footer } {
  const footer = (side: 'left' | 'right'): Docx.Footer =>
    new docx.Footer({
      children: [
        new docx.Paragraph({
          alignment: side === 'right' ? docx.AlignmentType.RIGHT : docx.AlignmentType.LEFT,
          indent: side === 'right' ? { end: SIZE.small * 10 } : { start: SIZE.small * 10 },
          children: [new docx.TextRun({ children: ['— ', docx.PageNumber.CURRENT, ' —'], font: FONTS.number, size: SIZE.small })],
        }),
      ],
    })
  return { default: footer('right'), even: footer('left') }
}

function tableOf(docx: typeof Docx, { columns, rows }: OfficialTable): Docx.Table {
  const total = columns.reduce((sum, { width }) => sum + width, 0)
  const widths = columns.map(({ width }) => Math.floor((TEXT_WIDTH * width) / total))
  const cell = (text: string, position: number, bold: boolean): Docx.TableCell =>
    new docx.TableCell({
      width: { size: widths[position] ?? 0, type: docx.WidthType.DXA },
      verticalAlign: docx.VerticalAlignTable.CENTER,
      children: [
        new docx.Paragraph({
          alignment: docx.AlignmentType.CENTER,
          spacing: { line: ROW, lineRule: docx.LineRuleType.EXACT },
          children: [new docx.TextRun({ text: writable(text), size: SIZE.table, font: bold ? FONTS.bold : FONTS.text })],
        }),
      ],
    })
  const rowOf = (texts: readonly string[], head: boolean): Docx.TableRow =>
    new docx.TableRow({ tableHeader: head, cantSplit: true, children: texts.map((text, position) => cell(text, position, head)) })
  return new docx.Table({
    columnWidths: widths,
    width: { size: TEXT_WIDTH, type: docx.WidthType.DXA },
    layout: docx.TableLayoutType.FIXED,
    margins: { left: 40, right: 40, top: 40, bottom: 40 },
    rows: [
      rowOf(
        columns.map(({ title }) => title),
        true,
      ),
      ...rows.map((row) => rowOf(row, false)),
    ],
  })
}
