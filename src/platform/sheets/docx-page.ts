// The page of official documents by GB/T 9704: A4, margins 37/35/28/26 mm, 22 lines of 28 characters, and the fonts; shared by all writers.
// What stands on the page is docx-write.ts, docx-official.ts and docx-poster.ts.

import type * as Docx from 'docx'

/** The media type of a document. */
export const DOCX_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/** Twentieths of a point, in which documents measure, of a length in millimetres. */
export function twips(millimetres: number): number {
  return Math.round((millimetres * 1440) / 25.4)
}

/**
 * Exact distance between two lines: 225 mm hold 22 of them. A grid of lines would stretch the rows of tables, too.
 */
export const LINE = 579
/** Half-points of 3号, the size of the text, of 2号, of titles, of 4号 and of 五号, of tables. */
export const SIZE = { text: 32, title: 44, small: 28, table: 21 } as const
/** Fonts of Chinese editions of Office and of WPS; other programs substitute their own. */
export const FONTS = {
  text: { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia: 'FangSong' },
  title: { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia: 'FZXiaoBiaoSong-B05S' },
  bold: { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia: 'SimHei' },
  number: { ascii: 'SimSun', hAnsi: 'SimSun', eastAsia: 'SimSun' },
} as const

/** Text between the margins, in twips. */
export const TEXT_WIDTH = twips(156)

/**
 * Narrows each character of the text by a quarter of a point, so that 28 fill a line of 156 mm. A grid of characters would do it, too, but
 * programs disagree about what stands on such a grid.
 */
export const TEXT_SPACING = -5

/** The section of an A4 page. The number of the page stands 7 mm below the text. */
export const OFFICIAL_PAGE: Docx.ISectionPropertiesOptions = {
  page: {
    size: { width: twips(210), height: twips(297) },
    margin: { top: twips(37), bottom: twips(35), left: twips(28), right: twips(26), footer: twips(23) },
  },
}

/** Replaces characters that XML 1.0 cannot hold: with a single one in a name, Word would not open the document. */
export function writable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ')
}
