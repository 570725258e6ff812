// Normalises text that people typed: `squeeze` for what is compared or parsed, `tidy` for prose.
// Identity numbers are identifiers.ts, phone numbers phone.ts, names person-names.ts; guarding cells is platform/sheets/write.ts.

/**
 * What nobody sees, as the inside of a class of a pattern with the flag `u`: formats, code points that fonts leave out (Hangul fillers,
 * variation selectors, the soft hyphen), and letters and signs that are blank (braille, a note without a head, hieroglyphs and Khitan).
 */
export const UNSEEN = '\\p{Cf}\\u{16fe4}\\p{Default_Ignorable_Code_Point}\\u2800\\u{1d159}\\u{13441}\\u{13442}'
const INVISIBLE = new RegExp(`[${UNSEEN}]`, 'gu')
const BLANKS = new RegExp(`[\\s\\p{Cc}${UNSEEN}]`, 'gu')
/** Quotation marks of any kind. */
export const QUOTES = /['‘’`"“”]/g
/** A Chinese character. */
export const HAN = /\p{Script=Han}/u

/** Texts that normalising would not change, as most cells of a list are. They are tested first, because files have millions of cells. */
const SQUEEZED = /^[!-~\u4e00-\u9fff]*$/
const TIDY = /^[!-~\u4e00-\u9fff、。，；：（）·]*$/

/**
 * Applies NFKC and removes blanks, line breaks and invisible characters. For what is compared or parsed (identifiers, numbers, headings),
 * not for prose.
 */
export function squeeze(text: string): string {
  if (SQUEEZED.test(text)) return text
  return text.normalize('NFKC').replace(BLANKS, '')
}

/**
 * Normalises prose for publication: full-width letters and digits become half-width, Kangxi radicals become characters, invisible
 * characters are removed, several blanks become one, line breaks stay. Punctuation and signs such as ① and ㎡ stay as written: NFKC would
 * change what a judgment says.
 */
export function tidy(text: string): string {
  if (TIDY.test(text)) return text
  return text
    .normalize('NFC')
    .replace(/[\u2f00-\u2fd5\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g, (character) => character.normalize('NFKC'))
    .replace(INVISIBLE, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim()
}
