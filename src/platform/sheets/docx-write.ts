// Writes documents that people print and post: a title, paragraphs, entries, a signature at the right. They contain no macros.
// Tables are xlsx-write.ts; the content belongs to the caller.

import type * as Docx from 'docx'

/** The media type of a document. */
export const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/** A paragraph. `entry` is a bold line that stays on one page with what follows; `signed` stands at the right, below everything. */
export type DocxLine = { kind: 'title' | 'text' | 'entry' | 'line' | 'signed'; text: string }

/** Font sizes in half-points: 22, 16 and 14 point, as is usual for Chinese public notices. */
const SIZES: Readonly<Record<DocxLine['kind'], number>> = { title: 44, text: 32, entry: 28, line: 28, signed: 32 }
/** First-line indent in twentieths of a point: two characters of the text. */
const INDENT = 640
const PAGE = { width: 11_906, height: 16_838 }
const MARGIN = 1440
/** Fonts of Chinese editions of Office; other programs substitute their own. */
const FONT = { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia: 'FangSong' }

/** Builds an A4 document in memory: for a quarter's notice, not for a list of a million entries. */
export async function writeDocx(title: string, lines: readonly DocxLine[]): Promise<Buffer> {
  // The library is loaded with the first document, because most processes never write one.
  const docx = await import('docx')
  const document = new docx.Document({
    title,
    creator: '',
    styles: { default: { document: { run: { font: FONT, size: SIZES.text } } } },
    sections: [
      {
        properties: { page: { size: PAGE, margin: { top: MARGIN, right: MARGIN, bottom: MARGIN, left: MARGIN } } },
        children: lines.map((line) => paragraphOf(docx, line)),
      },
    ],
  })
  return docx.Packer.toBuffer(document)
}

function paragraphOf(docx: typeof Docx, { kind, text }: DocxLine): Docx.Paragraph {
  const run: Docx.IRunOptions = { text: writable(text), bold: kind === 'title' || kind === 'entry', size: SIZES[kind] }
  return new docx.Paragraph({
    alignment: alignmentOf(docx, kind),
    keepNext: kind === 'entry',
    spacing: { line: 400, after: kind === 'title' ? 300 : 60, before: kind === 'entry' || kind === 'signed' ? 120 : 0 },
    ...(kind === 'text' ? { indent: { firstLine: INDENT } } : {}),
    children: [new docx.TextRun(run)],
  })
}

function alignmentOf(
  { AlignmentType: at }: typeof Docx,
  kind: DocxLine['kind'],
): (typeof Docx.AlignmentType)[keyof typeof Docx.AlignmentType] {
  if (kind === 'title') return at.CENTER
  return kind === 'signed' ? at.RIGHT : at.LEFT
}

/** Replaces characters that XML 1.0 cannot hold: with a single one in a name, Word would not open the document. */
function writable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ')
}
