// Writing documents that people print and post: a heading, paragraphs, entries, a signature at the right. Nothing in them can run.
// Tables are xlsx-write.ts; what stands in them belongs to whoever asks.

import { AlignmentType, Document, Packer, Paragraph, TextRun, type IRunOptions } from 'docx'

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
  const document = new Document({
    title,
    creator: '',
    styles: { default: { document: { run: { font: FONT, size: SIZES.text } } } },
    sections: [
      {
        properties: { page: { size: PAGE, margin: { top: MARGIN, right: MARGIN, bottom: MARGIN, left: MARGIN } } },
        children: lines.map(paragraphOf),
      },
    ],
  })
  return Packer.toBuffer(document)
}

function paragraphOf({ kind, text }: DocxLine): Paragraph {
  const run: IRunOptions = { text: writable(text), bold: kind === 'title' || kind === 'entry', size: SIZES[kind] }
  return new Paragraph({
    alignment: alignmentOf(kind),
    keepNext: kind === 'entry',
    spacing: { line: 400, after: kind === 'title' ? 300 : 60, before: kind === 'entry' || kind === 'signed' ? 120 : 0 },
    ...(kind === 'text' ? { indent: { firstLine: INDENT } } : {}),
    children: [new TextRun(run)],
  })
}

function alignmentOf(kind: DocxLine['kind']): (typeof AlignmentType)[keyof typeof AlignmentType] {
  if (kind === 'title') return AlignmentType.CENTER
  return kind === 'signed' ? AlignmentType.RIGHT : AlignmentType.LEFT
}

/** Without what XML 1.0 cannot hold: one such sign in a name, and Word opens nothing. */
function writable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ')
}
