// Writes documents that people print and post: a title, paragraphs, entries, a signature at the right. They contain no macros.
// Tables are xlsx-write.ts; the content belongs to the caller.

import type * as Docx from 'docx'
import { FONTS, LINE, OFFICIAL_PAGE, SIZE, TEXT_SPACING, writable } from './docx-page.ts'

/** A paragraph. `entry` is a bold line that stays on one page with what follows; `signed` stands at the right, below everything. */
export type DocxLine = { kind: 'title' | 'text' | 'entry' | 'line' | 'signed'; text: string }

const SIZES: Readonly<Record<DocxLine['kind'], number>> = {
  title: SIZE.title,
  text: SIZE.text,
  entry: SIZE.small,
  line: SIZE.small,
  signed: SIZE.text,
}
/** First-line indent in twentieths of a point: two characters of the text. */
const INDENT = SIZE.text * 20

/** Builds an A4 document in memory: for a quarter's notice, not for a list of a million entries. */
export async function writeDocx(title: string, lines: readonly DocxLine[]): Promise<Buffer> {
  // The library is loaded with the first document, because most processes never write one.
  const docx = await import('docx')
  const document = new docx.Document({
    title,
    creator: '',
    styles: { default: { document: { run: { font: FONTS.text, size: SIZES.text } } } },
    sections: [
      {
        properties: OFFICIAL_PAGE,
        children: lines.map((line) => paragraphOf(docx, line)),
      },
    ],
  })
  return docx.Packer.toBuffer(document)
}

function paragraphOf(docx: typeof Docx, { kind, text }: DocxLine): Docx.Paragraph {
  const font = FONT_OF[kind] ?? FONTS.text
  const run: Docx.IRunOptions = {
    text: writable(text),
    font,
    size: SIZES[kind],
    ...(kind === 'text' ? { characterSpacing: TEXT_SPACING } : {}),
  }
  return new docx.Paragraph({
    alignment: alignmentOf(docx, kind),
    keepNext: kind === 'entry',
    spacing: { ...spacingOf(kind), lineRule: docx.LineRuleType.EXACT },
    ...(kind === 'text' ? { indent: { firstLine: INDENT } } : {}),
    children: [new docx.TextRun(run)],
  })
}

const FONT_OF: Readonly<Partial<Record<DocxLine['kind'], Docx.IRunOptions['font']>>> = { title: FONTS.title, entry: FONTS.bold }

function spacingOf(kind: DocxLine['kind']): { line: number; before: number; after: number } {
  if (kind === 'title') return { line: 640, before: 0, after: LINE / 3 }
  return { line: kind === 'line' ? 480 : LINE, before: kind === 'entry' ? 120 : 0, after: 0 }
}

function alignmentOf(
  { AlignmentType: at }: typeof Docx,
  kind: DocxLine['kind'],
): (typeof Docx.AlignmentType)[keyof typeof Docx.AlignmentType] {
  if (kind === 'title') return at.CENTER
  return kind === 'signed' ? at.RIGHT : at.LEFT
}
