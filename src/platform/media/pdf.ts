// Strips from PDF (ISO 32000-1) who wrote it and with what: the texts of the document information and of XMP, and the Exif of photos inside.
// Everything is blanked in place, so no position in the file changes. What stands before the head or behind the end is forgiven, as viewers do.

import { constants, deflateSync, inflateSync } from 'node:zlib'
import { BrokenMedia } from './broken.ts'

/** Bytes in which the head must begin. */
const PDF_HEAD_WITHIN = 1024
const END = '%%EOF'
/** Revisions of a file whose information is looked at, objects of it that are blanked, and bytes that one of them may have. */
const [MOST_REVISIONS, MOST_OBJECTS, LONGEST_OBJECT] = [200, 500, 100_000]
/** Streams of one type that are looked at; a file of a thousand pages has some hundreds. */
const MOST_STREAMS = 5000
/** Bytes to which compressed objects are unpacked, of one and of all together. */
const [MOST_UNPACKED, MOST_UNPACKED_OF_ALL] = [4_000_000, 32_000_000]
/** Bytes between the keyword of a stream and the beginning of its object. */
const LONGEST_DICTIONARY = 4000

/**
 * Whether a file is a PDF: its head stands at the beginning or behind a few bytes that a mail program or a scanner put there. Behind a page for
 * browsers it does not count.
 */
export function isPdf(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, PDF_HEAD_WITHIN + 8)
  const head = /%PDF-[12]\.\d/.exec(start)
  return head !== null && head.index <= PDF_HEAD_WITHIN && !/<[a-z!?]|^(?:PK|MZ|GIF8|\x89PNG|\xff\xd8)/i.test(start.slice(0, head.index))
}

/** A copy without authors, programs and places. What follows the last end of the file is removed. @throws BrokenMedia. */
export function stripPdf(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(END)
  if (end < 0) throw new BrokenMedia('no end')
  const copy = Buffer.from(bytes.subarray(0, end + END.length + lineEndAt(bytes, end + END.length)))
  const text = copy.toString('latin1')
  blankInformation(copy, text)
  blankXmp(copy, text)
  blankPhotos(copy, text)
  return copy
}

function lineEndAt(bytes: Buffer, at: number): number {
  return /^(?:\r\n|\n|\r)?/.exec(bytes.toString('latin1', at, at + 2))?.[0].length ?? 0
}

/** Blanks the texts of each document information, which trailers and cross-reference streams name. */
function blankInformation(file: Buffer, text: string): void {
  const information = numbersIn(text, /\/Info\s{1,8}(\d{1,10})\s{1,8}\d{1,5}\s{1,8}R\b/g)
  if (information.size === 0) return
  // A value may be an object of its own.
  const values = [...objectsOf(file, text, information)].flatMap((object) => [
    ...numbersIn(object.toString('latin1'), /\b(\d{1,10})\s{1,8}\d{1,5}\s{1,8}R\b/g),
  ])
  const wanted = new Set([...information, ...values])
  for (const object of objectsOf(file, text, wanted)) blankTexts(object)
  blankPacked(file, text, wanted)
}

/** The numbers of objects to which references lead. */
function numbersIn(text: string, references: RegExp): Set<string> {
  const numbers = new Set<string>()
  for (const [, number] of text.matchAll(references)) {
    numbers.add(String(Number(number)))
    if (numbers.size >= MOST_REVISIONS) break
  }
  return numbers
}

/** The contents of the objects with these numbers, in all revisions. */
function* objectsOf(file: Buffer, text: string, numbers: ReadonlySet<string>): Generator<Buffer> {
  let left = MOST_OBJECTS
  for (const match of text.matchAll(/\b(\d{1,10})\s{1,8}\d{1,5}\s{1,8}obj\b/g)) {
    if (!numbers.has(String(Number(match[1])))) continue
    if (left-- === 0) throw new BrokenMedia('too many objects')
    const from = match.index + match[0].length
    const length = text.slice(from, from + LONGEST_OBJECT).indexOf('endobj')
    yield file.subarray(from, from + (length < 0 ? LONGEST_OBJECT : length))
  }
}

const [OPEN, CLOSE, ESCAPE, LESS, MORE, SPACE, ZERO] = [0x28, 0x29, 0x5c, 0x3c, 0x3e, 0x20, 0x30]

/** Blanks the values of an object that are texts: `(…)` with its escapes and nested brackets, and `<…>` in hexadecimal digits. */
function blankTexts(object: Buffer): void {
  for (let at = 0; at < object.length; at++) {
    if (object[at] === OPEN) at = blankBrackets(object, at)
    else if (object[at] === LESS && object[at + 1] === LESS) at += 1
    else if (object[at] === LESS) while (++at < object.length && object[at] !== MORE) object[at] = ZERO
  }
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

/** The same for objects that are packed together in a stream: it is unpacked, blanked, and packed again into the bytes it had. */
function blankPacked(file: Buffer, text: string, wanted: ReadonlySet<string>): void {
  let unpacked = 0
  for (const { dictionary, from, to } of streamsOf(text, /\/Type\s{0,8}\/ObjStm\b/g)) {
    const first = Number(/\/First\s{1,8}(\d{1,9})/.exec(dictionary)?.[1] ?? NaN)
    if (!dictionary.includes('/FlateDecode') || dictionary.includes('/DecodeParms') || Number.isNaN(first)) continue
    const objects = inflated(file.subarray(from, to))
    unpacked += objects?.length ?? MOST_UNPACKED
    if (unpacked > MOST_UNPACKED_OF_ALL) throw new BrokenMedia('unpacks too far')
    if (objects !== null && blankNumbered(objects, first, wanted)) packInto(file.subarray(from, to), objects)
  }
}

/** Packs objects into the bytes they had. Blank texts pack better than what they replace; where the program packed better still, all are emptied. */
function packInto(place: Buffer, objects: Buffer): void {
  const packed = deflateSync(objects, { level: constants.Z_BEST_COMPRESSION })
  const content = packed.length <= place.length ? packed : deflateSync(Buffer.alloc(objects.length, ' '))
  if (content.length > place.length) throw new BrokenMedia('cannot be cleaned')
  place.fill(0)
  content.copy(place)
}

/** Blanks the wanted ones among objects that begin with a table of pairs: a number, and the position after the table. */
function blankNumbered(objects: Buffer, first: number, wanted: ReadonlySet<string>): boolean {
  const numbers = objects.toString('latin1', 0, first).trim().split(/\s+/).map(Number)
  const positions = numbers.filter((_, index) => index % 2 === 1)
  const blanked = positions.filter((position, index) => {
    if (!wanted.has(String(numbers[index * 2]))) return false
    blankTexts(objects.subarray(first + position, first + (positions[index + 1] ?? objects.length)))
    return true
  })
  return blanked.length > 0
}

function inflated(packed: Buffer): Buffer | null {
  try {
    return inflateSync(packed, { maxOutputLength: MOST_UNPACKED, finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return null
  }
}

/** Empties the streams of metadata. */
function blankXmp(file: Buffer, text: string): void {
  for (const { dictionary, from, to } of streamsOf(text, /\/Type\s{0,8}\/Metadata\b/g)) {
    file.fill(dictionary.includes('/Filter') ? 0 : ' ', from, to)
    if (dictionary.includes('/FlateDecode')) deflateSync(Buffer.alloc(0)).copy(file, from, 0, to - from)
  }
}

/** The streams whose dictionaries match, with the positions of their content. */
function* streamsOf(text: string, mark: RegExp): Generator<{ dictionary: string; from: number; to: number }> {
  let [left, to] = [MOST_STREAMS, 0]
  for (const { index } of text.matchAll(mark)) {
    if (left-- === 0) throw new BrokenMedia('too many streams')
    const begin = text.slice(Math.max(0, index - LONGEST_DICTIONARY), index).lastIndexOf(' obj')
    const rest = text.slice(index, index + LONGEST_DICTIONARY)
    const keyword = /\bstream(?:\r\n|\n|\r)/.exec(rest)
    if (begin < 0 || keyword === null || rest.slice(0, keyword.index).includes('endobj')) continue
    const from = index + keyword.index + keyword[0].length
    if (to < from) to = text.indexOf('endstream', from)
    if (to < 0) return
    yield { dictionary: text.slice(Math.max(0, index - LONGEST_DICTIONARY) + begin, from), from, to }
  }
}

/** Blanks what cameras wrote into photos that stand in the file as they were taken: Exif and XMP segments of JPEG. */
function blankPhotos(file: Buffer, text: string): void {
  for (const { index } of text.matchAll(/\xff\xe1[^]{2}(?:Exif\0\0|http:\/\/ns\.adobe\.com\/)/g)) {
    const end = index + 2 + file.readUInt16BE(index + 2)
    // What lies inside a segment that was blanked is no segment any more.
    if (file[index] === 0xff && end <= file.length) file.fill(0, index + 4, end)
  }
}
