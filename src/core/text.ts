// Text as people type it: normalising, what an identifier says and whether its check digit is right, masking.
// Phone numbers live in phone.ts, cells that must not run as formulas in sheets/write.ts; what a list's columns mean lives in domain.
const INVISIBLE = /\p{Cf}/gu
export const QUOTES = /['‘’`"“”]/g
export const HAN = /\p{Script=Han}/u

/** What most cells of a list are made of and what normalising leaves alone: looked at first, because files have millions of cells. */
const SQUEEZED = /^[!-~\u4e00-\u9fff]*$/
const TIDY = /^[!-~\u4e00-\u9fff、。，；：（）·]*$/

/** NFKC without any blank, line break or invisible character, for what is compared or parsed: identifiers, numbers, headings. Not for prose. */
export function squeeze(text: string): string {
  if (SQUEEZED.test(text)) return text
  return text.normalize('NFKC').replace(/[\s\p{Cf}\p{Cc}]/gu, '')
}

/**
 * Prose as it will be published: full-width letters and digits become half-width, copied radicals become characters, invisible characters go, blanks shrink
 * to one, line breaks stay. Punctuation and signs such as ① and ㎡ stay as written: NFKC would change what a judgment says.
 */
export function tidy(text: string): string {
  if (TIDY.test(text)) return text
  return text
    .normalize('NFC')
    .replace(/[\u2f00-\u2fd5\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g, (sign) => sign.normalize('NFKC'))
    .replace(INVISIBLE, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim()
}
