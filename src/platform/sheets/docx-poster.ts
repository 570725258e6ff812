// Writes a poster in A3 to be put up on a wall: a red title, an opening, entries in two columns, and how to reach the court.
// Documents in A4 are docx-official.ts and docx-write.ts.

import type * as Docx from 'docx'
import { FONTS, twips, writable } from './docx-page.ts'

/** What a poster says, from top to bottom. */
export interface Poster {
  title: string
  subtitle: string
  opening: string
  entries: readonly { heading: string; facts: string }[]
  closing: readonly string[]
  signed: readonly string[]
}

/** Half-points: the title is read from across a hall, an entry from an arm's length. */
const SIZES = { title: 104, subtitle: 44, text: 40, heading: 34, facts: 30 } as const
const RED = 'C00000'

/** Builds the poster in memory: for hundreds of entries. */
export async function writePoster(poster: Poster): Promise<Buffer> {
  const docx = await import('docx')
  const page = {
    size: { width: twips(297), height: twips(420) },
    margin: { top: twips(25), bottom: twips(25), left: twips(25), right: twips(25) },
  }
  const below = { page, type: docx.SectionType.CONTINUOUS }
  const document = new docx.Document({
    title: poster.title,
    creator: '',
    styles: { default: { document: { run: { font: FONTS.text, size: SIZES.text } } } },
    sections: [
      { properties: { page }, children: headOf(docx, poster) },
      {
        properties: { ...below, column: { count: 2, space: twips(10), separate: true } },
        children: poster.entries.flatMap((entry) => entryOf(docx, entry)),
      },
      { properties: below, children: endOf(docx, poster) },
    ],
  })
  return docx.Packer.toBuffer(document)
}

function headOf(docx: typeof Docx, { title, subtitle, opening }: Poster): Docx.Paragraph[] {
  const centred = docx.AlignmentType.CENTER
  return [
    new docx.Paragraph({ alignment: centred, children: [run(docx, title, { font: FONTS.title, size: SIZES.title, color: RED })] }),
    new docx.Paragraph({ alignment: centred, spacing: { after: 200 }, children: [run(docx, subtitle, { size: SIZES.subtitle })] }),
    new docx.Paragraph({ indent: { firstLine: SIZES.text * 20 }, spacing: { after: 200 }, children: [run(docx, opening, {})] }),
  ]
}

function entryOf(docx: typeof Docx, { heading, facts }: Poster['entries'][number]): Docx.Paragraph[] {
  return [
    new docx.Paragraph({
      keepNext: true,
      spacing: { before: 160 },
      children: [run(docx, heading, { font: FONTS.bold, size: SIZES.heading })],
    }),
    new docx.Paragraph({ keepLines: true, children: [run(docx, facts, { size: SIZES.facts })] }),
  ]
}

function endOf(docx: typeof Docx, { closing, signed }: Poster): Docx.Paragraph[] {
  return [
    ...closing.map(
      (text, position) =>
        new docx.Paragraph({
          indent: { firstLine: SIZES.text * 20 },
          spacing: { before: position === 0 ? 300 : 0 },
          children: [run(docx, text, {})],
        }),
    ),
    ...signed.map(
      (text, position) =>
        new docx.Paragraph({
          alignment: docx.AlignmentType.RIGHT,
          keepNext: position < signed.length - 1,
          spacing: { before: position === 0 ? 300 : 0 },
          indent: { end: SIZES.text * 20 },
          children: [run(docx, text, {})],
        }),
    ),
  ]
}

function run(docx: typeof Docx, text: string, more: Docx.IRunOptions): Docx.TextRun {
  return new docx.TextRun({ text: writable(text), ...more })
}
