// Finds the parts of a PDF by what stands in its text: objects by their numbers, streams by a word of their dictionary (ISO 32000-1).
// The file's cross references are not followed, because viewers repair them. Parts do not overlap, so that all together are read once.

import { BrokenMedia } from './broken.ts'

/** Objects that are blanked, bytes that one of them may have, and objects that one of them may refer to. */
const [MOST_OBJECTS, LONGEST_OBJECT, MOST_REFERENCES] = [20_000, 100_000, 5_000]
/** Streams of one type that are looked at; a file of a thousand pages has some hundreds. */
const MOST_STREAMS = 5_000
/** Bytes between the keyword of a stream and the beginning of its object. */
export const LONGEST_DICTIONARY = 4_000

/** A reference to an object, to be put behind the name of a key. */
export const REFERENCE = '\\s{0,8}(\\d{1,10})\\s{1,8}\\d{1,5}\\s{1,8}R\\b'

/** The numbers of objects to which references lead. */
export function numbersIn(text: string, references: RegExp): Set<string> {
  const numbers = new Set<string>()
  for (const [, number] of text.matchAll(references)) {
    numbers.add(String(Number(number)))
    if (numbers.size >= MOST_REFERENCES) break
  }
  return numbers
}

/** First byte of the content of each object with one of these numbers, in all revisions. */
export function* positionsOf(text: string, numbers: ReadonlySet<string>): Generator<number> {
  let left = MOST_OBJECTS
  for (const match of text.matchAll(/\b(\d{1,10})\s{1,8}\d{1,5}\s{1,8}obj\b/g)) {
    if (!numbers.has(String(Number(match[1])))) continue
    if (left-- === 0) throw new BrokenMedia('too many objects')
    yield match.index + match[0].length
  }
}

/** The contents of the objects with these numbers, in all revisions. */
export function* objectsOf(file: Buffer, text: string, numbers: ReadonlySet<string>): Generator<Buffer> {
  let done = 0
  for (const from of positionsOf(text, numbers)) {
    if (from < done) continue
    const length = text.slice(from, from + LONGEST_OBJECT).indexOf('endobj')
    done = from + (length < 0 ? LONGEST_OBJECT : length)
    yield file.subarray(from, done)
  }
}

/** A stream: its dictionary, and where its content stands. */
export interface PdfStream {
  dictionary: string
  from: number
  to: number
}

/** The streams in whose dictionaries these positions lie. */
export function* streamsAt(text: string, positions: Iterable<number>): Generator<PdfStream> {
  let [left, to] = [MOST_STREAMS, 0]
  for (const index of positions) {
    // A second word of the same dictionary, or what only looks like one in the content of a stream.
    if (index < to) continue
    if (left-- === 0) throw new BrokenMedia('too many streams')
    const begin = text.slice(Math.max(0, index - LONGEST_DICTIONARY), index).lastIndexOf(' obj')
    const rest = text.slice(index, index + LONGEST_DICTIONARY)
    const keyword = /\bstream(?:\r\n|\n|\r)/.exec(rest)
    if (begin < 0 || keyword === null || rest.slice(0, keyword.index).includes('endobj')) continue
    const from = index + keyword.index + keyword[0].length
    to = text.indexOf('endstream', from)
    if (to < 0) return
    yield { dictionary: text.slice(Math.max(0, index - LONGEST_DICTIONARY) + begin, from), from, to }
  }
}

/** The streams whose dictionaries match. */
export function* streamsOf(text: string, mark: RegExp): Generator<PdfStream> {
  yield* streamsAt(text, indexesOf(text, mark))
}

/** The positions at which a pattern matches. */
export function* indexesOf(text: string, mark: RegExp): Generator<number> {
  for (const { index } of text.matchAll(mark)) yield index
}
