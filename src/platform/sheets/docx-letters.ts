// Writes letters, one a page, and sheets of address labels: A4 with two columns of seven labels of 99.1 by 38.1 mm.
// The page of a letter is docx-page.ts; names, addresses and texts belong to the caller.

import type * as Docx from 'docx'
import { FONTS, OFFICIAL_PAGE, SIZE, twips, writable } from './docx-page.ts'

/** One letter, from top to bottom. */
export interface LetterSheet {
  /** Addressee and address, a line each. */
  address: readonly string[]
  title: string
  reference: string
  paragraphs: readonly string[]
  closing: string
  signed: readonly string[]
}

/** One label: large lines, and a small one below. */
export interface Label {
  lines: readonly string[]
  small: string
}

/** A letter is set in 4号, because the longest must stay on one page. */
const LINE = 470
const INDENT = SIZE.small * 20
/** Labels of one row and of one sheet. */
const ACROSS = 2
export const LABELS_A_SHEET = 14
const LABEL = { width: 99.1, height: 38.1, gap: 2.5, top: 15.1, left: 4.65 }

/** Builds letters in memory. @param title the title of the file, not of a letter. */
export async function writeLetters(title: string, letters: readonly LetterSheet[]): Promise<Buffer> {
  const docx = await import('docx')
  return built(
    docx,
    title,
    OFFICIAL_PAGE,
    letters.flatMap((letter, position) => pageOf(docx, letter, position > 0)),
  )
}

/** Builds sheets of labels. @param start the first free label of the first sheet, from 1. */
export async function writeLabels(labels: readonly Label[], start: number): Promise<Buffer> {
  const docx = await import('docx')
  const cells: (Label | null)[] = [...Array.from({ length: start - 1 }, () => null), ...labels]
  const rows = Array.from({ length: Math.ceil(cells.length / ACROSS) }, (_, row) => cells.slice(row * ACROSS, (row + 1) * ACROSS))
  const page = {
    page: {
      size: { width: twips(210), height: twips(297) },
      margin: { top: twips(LABEL.top), bottom: twips(5), left: twips(LABEL.left), right: 0, header: 0, footer: 0 },
    },
  }
  const none = { style: docx.BorderStyle.NONE }
  const table = new docx.Table({
    columnWidths: [twips(LABEL.width), twips(LABEL.gap), twips(LABEL.width)],
    layout: docx.TableLayoutType.FIXED,
    borders: { top: none, bottom: none, left: none, right: none, insideHorizontal: none, insideVertical: none },
    rows: rows.map((row) => rowOf(docx, row)),
  })
  return built(docx, '', page, [table])
}

function built(
  docx: typeof Docx,
  title: string,
  properties: Docx.ISectionPropertiesOptions,
  children: readonly Docx.FileChild[],
): Promise<Buffer> {
  const styles = { default: { document: { run: { font: FONTS.text, size: SIZE.small } } } }
  return docx.Packer.toBuffer(new docx.Document({ title, creator: '', styles, sections: [{ properties, children: [...children] }] }))
}

function pageOf(docx: typeof Docx, letter: LetterSheet, onNewPage: boolean): Docx.Paragraph[] {
  const { AlignmentType: at } = docx
  const exact = { line: LINE, lineRule: docx.LineRuleType.EXACT }
  const line = (text: string, more: Docx.IParagraphOptions = {}, run: Docx.IRunOptions = {}): Docx.Paragraph =>
    new docx.Paragraph({ spacing: exact, ...more, children: [new docx.TextRun({ text: writable(text), ...run })] })
  const body = (text: string): Docx.Paragraph => line(text, { alignment: at.BOTH, indent: { firstLine: INDENT } })
  const [addressee = '', ...below] = letter.address
  return [
    line(
      letter.title,
      { alignment: at.CENTER, pageBreakBefore: onNewPage, spacing: { line: 640 } },
      { font: FONTS.title, size: SIZE.title },
    ),
    line(letter.reference, { alignment: at.CENTER, spacing: { ...exact, after: LINE } }),
    line(addressee, {}, { font: FONTS.bold }),
    ...below.map((text) => line(text)),
    ...letter.paragraphs.map(body),
    body(letter.closing),
    ...letter.signed.map((text, position) =>
      line(text, {
        alignment: at.RIGHT,
        indent: { end: INDENT * 2 },
        keepNext: position < letter.signed.length - 1,
        spacing: { ...exact, before: position === 0 ? LINE : 0 },
      }),
    ),
  ]
}

function rowOf(docx: typeof Docx, row: readonly (Label | null)[]): Docx.TableRow {
  const cell = (width: number, label: Label | null): Docx.TableCell =>
    new docx.TableCell({
      width: { size: twips(width), type: docx.WidthType.DXA },
      verticalAlign: docx.VerticalAlignTable.CENTER,
      margins: { left: twips(width > LABEL.gap ? 5 : 0), right: twips(width > LABEL.gap ? 5 : 0) },
      children: label === null ? [new docx.Paragraph({})] : labelOf(docx, label),
    })
  return new docx.TableRow({
    cantSplit: true,
    height: { value: twips(LABEL.height), rule: docx.HeightRule.EXACT },
    children: [cell(LABEL.width, row[0] ?? null), cell(LABEL.gap, null), cell(LABEL.width, row[1] ?? null)],
  })
}

function labelOf(docx: typeof Docx, { lines, small }: Label): Docx.Paragraph[] {
  return [
    ...lines.map((text) => new docx.Paragraph({ children: [new docx.TextRun({ text: writable(text), size: SIZE.small })] })),
    new docx.Paragraph({ spacing: { before: 60 }, children: [new docx.TextRun({ text: writable(small), size: 18 })] }),
  ]
}
