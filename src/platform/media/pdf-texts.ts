// Blanks the texts of a PDF's objects in place: of whole objects, of dictionaries that programs write for themselves, and who wrote a note.
// Which objects there are is pdf-parts.ts. Each byte is blanked once, however often it is named.

import { BrokenMedia } from './broken.ts'
import { LONGEST_DICTIONARY } from './pdf-parts.ts'

const [OPEN, CLOSE, ESCAPE, LESS, MORE, SPACE, ZERO] = [0x28, 0x29, 0x5c, 0x3c, 0x3e, 0x20, 0x30]

/** Blanks the values of an object that are texts: `(…)` with its escapes and nested brackets, and `<…>` in hexadecimal digits. */
export function blankTexts(object: Buffer): void {
  blankUntil(object, 0, false)
}

/** The same for the dictionary that begins at a position, to its end; answers where that is. */
function blankUntil(object: Buffer, from: number, isDictionary: boolean): number {
  let depth = 0
  for (let at = from; at < object.length; at++) {
    const isTwice = object[at + 1] === object[at]
    if (object[at] === OPEN || (object[at] === LESS && !isTwice)) at = blankText(object, at)
    else if (object[at] === LESS) [at, depth] = [at + 1, depth + 1]
    else if (object[at] === MORE && isTwice) {
      ;[at, depth] = [at + 1, depth - 1]
      if (isDictionary && depth === 0) return at
    }
  }
  return object.length
}

/** Blanks one text; answers the position of its end. */
function blankText(object: Buffer, open: number): number {
  if (object[open] === OPEN) return blankBrackets(object, open)
  let at = open
  while (++at < object.length && object[at] !== MORE) object[at] = ZERO
  return at
}

/** Blanks a text in brackets; answers the position of the closing one. */
function blankBrackets(object: Buffer, open: number): number {
  let depth = 1
  for (let at = open + 1; at < object.length; at++) {
    const byte = object[at]
    if (byte === OPEN) depth += 1
    if (byte === CLOSE) depth -= 1
    if (depth === 0) return at
    object[at] = SPACE
    if (byte === ESCAPE && at + 1 < object.length) object[++at] = SPACE
  }
  return object.length
}

/** Blanks the dictionaries of document information and of programs that stand in another object and not in one of their own. */
export function blankOwnDictionaries(bytes: Buffer, text: string): void {
  let done = 0
  for (const match of text.matchAll(/\/(?:Info|PieceInfo)\s{0,8}(?=<<)/g))
    if (match.index >= done) done = blankUntil(bytes, match.index + match[0].length, true)
}

/** Notes in whose dictionaries a key `T` says who wrote them. In the field of a form the same key is its name. */
const NOTE =
  /\/Type\s{0,8}\/Annot\b|\/Subtype\s{0,8}\/(?:Text|FreeText|Line|Square|Circle|Poly(?:gon|Line)|Highlight|Underline|Squiggly|StrikeOut|Stamp|Caret|Ink|Popup|FileAttachment|Sound|Redact)\b/
const FIELD = /\/Subtype\s{0,8}\/Widget\b|\/FT\b/
/** Notes of a file that are looked at. */
const MOST_NOTES = 20_000

/** Blanks who wrote a note, in all objects of a file. */
export function blankAuthors(file: Buffer, text: string): void {
  let [done, left] = [0, MOST_NOTES]
  for (const { index } of text.matchAll(new RegExp(NOTE, 'g'))) {
    if (index < done) continue
    if (left-- === 0) throw new BrokenMedia('too many notes')
    const start = Math.max(done, index - LONGEST_DICTIONARY)
    const from = start + Math.max(0, text.slice(start, index).lastIndexOf(' obj'))
    const length = text.slice(index, index + LONGEST_DICTIONARY).indexOf('endobj')
    done = Math.min(text.length, index + (length < 0 ? LONGEST_DICTIONARY : length))
    blankAuthor(file, text, from, done)
  }
}

/** The same in the object at these positions. */
export function blankAuthor(bytes: Buffer, text: string, from: number, to: number): void {
  const object = text.slice(from, to)
  if (!NOTE.test(object) || FIELD.test(object)) return
  for (const match of object.matchAll(/\/T\s{0,8}(?=\(|<[^<])/g)) {
    const at = from + match.index + match[0].length
    // What lies inside a text that was blanked is no key any more.
    if (bytes[at] === OPEN || bytes[at] === LESS) blankText(bytes.subarray(0, to), at)
  }
}
