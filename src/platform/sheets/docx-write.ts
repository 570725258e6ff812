// Writing documents that people print and post: a heading, paragraphs, entries, a signature at the right. Nothing in them can run.
// Tables are xlsx-write.ts; what stands in them belongs to whoever asks.

import type * as Docx from 'docx'

/** Sent with a document. */
export const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/** `entry`: a line in bold that stays with what follows. `signed`: at the right, below everything. */
export type DocxLine = { kind: 'title' | 'text' | 'entry' | 'line' | 'signed'; text: string }

/** Half-points: 22, 16 and 14 point, as Chinese public notices are set. */
const SIZES: Readonly<Record<DocxLine['kind'], number>> = { title: 44, text: 32, entry: 28, line: 28, signed: 32 }
/** Twentieths of a point: two characters of the text. */
const INDENT = 640
const PAGE = { width: 11_906, height: 16_838 }
const MARGIN = 1440
/** Fonts that Office in China has; others take their own. */
const FONT = { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia: 'FangSong' }

/** An A4 document in memory: for a quarter's notice, not for a list of a million entries. */
export async function writeDocx(title: string, lines: readonly DocxLine[]): Promise<Buffer> {
  // Loaded with the first document: a quarter's weight need not be carried every day.
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

/** Without what XML 1.0 cannot hold: one such sign in a name, and Word opens nothing. */
function writable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ')
}
