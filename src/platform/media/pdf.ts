// Strips from PDF (ISO 32000-1) who wrote it and with what: texts of the document information, of programs and of notes' authors, XMP, and what
// cameras wrote into photos inside. Everything is blanked in place, so no position in the file changes. What runs or is attached is refused.
// What stands before the head or behind the end is forgiven, as viewers do.

import { constants, deflateSync, inflateSync } from 'node:zlib'
import { ActiveDocument, BrokenMedia } from './broken.ts'
import { blankJpeg } from './jpeg.ts'
import { indexesOf, numbersIn, objectsOf, positionsOf, REFERENCE, streamsAt, streamsOf } from './pdf-parts.ts'
import { blankAuthor, blankAuthors, blankOwnDictionaries, blankTexts } from './pdf-texts.ts'

/** Bytes in which the head must begin. */
const PDF_HEAD_WITHIN = 1024
const END = '%%EOF'
/** Bytes to which compressed objects are unpacked, of one and of all together; the same of photos. */
const [MOST_UNPACKED, MOST_UNPACKED_OF_ALL, MOST_PHOTOS] = [4_000_000, 32_000_000, 64_000_000]
/** Bytes of the table with which packed objects begin; a stream holds some hundreds of them. */
const LONGEST_TABLE = 200_000

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
  const begun = requirePassive(text)
  const wanted = ownObjects(copy, text)
  for (const object of objectsOf(copy, text, wanted)) blankTexts(object)
  blankOwnDictionaries(copy, text)
  blankAuthors(copy, text)
  for (const number of blankPacked(copy, text, wanted)) begun.add(number)
  requireQuiet(copy, text, begun)
  blankXmp(copy, text)
  blankPhotos(copy, text)
  return copy
}

function lineEndAt(bytes: Buffer, at: number): number {
  return /^(?:\r\n|\n|\r)?/.exec(bytes.toString('latin1', at, at + 2))?.[0].length ?? 0
}

/**
 * Names of what runs, opens another file, sends something, or is attached (ISO 32000-1, 7.11 and 12.6.4), and of encryption, under which
 * nothing can be looked at. Short names count with what follows them, because picture data holds them by chance.
 */
const ACTIVE =
  /\/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|GoToR|GoToE|SubmitForm|ImportData|Rendition)\b|\/(?:EF|XFA|Encrypt)\s{0,8}(?:<<|\[|\d{1,10}\s{1,8}\d{1,5}\s{1,8}R\b)/
/** What a file does of itself when it or a page is opened, in place or as an object of its own. */
const OF_ITSELF = /\/(?:OpenAction|AA)\s{0,8}(?=<<)[^]{0,400}/g
const OF_ITSELF_ELSEWHERE = new RegExp(`/(?:OpenAction|AA)${REFERENCE}`, 'g')
const OPENS_A_PAGE = /\/S\s{0,8}\/URI\b/

/**
 * Refuses what runs when somebody opens the file, or is attached to it; a name may be written with escapes.
 * @returns the numbers of the objects that say what the file does of itself. @throws ActiveDocument.
 */
function requirePassive(written: string): Set<string> {
  const text = written.replace(/\/[A-Za-z]{0,20}#[0-9A-Fa-f]{2}[A-Za-z0-9#]{0,60}/g, (name) =>
    name.replace(/#([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
  )
  if (ACTIVE.test(text)) throw new ActiveDocument()
  for (const [action] of text.matchAll(OF_ITSELF)) if (OPENS_A_PAGE.test(action)) throw new ActiveDocument()
  return numbersIn(text, OF_ITSELF_ELSEWHERE)
}

/** Refuses a file that opens a page of itself by an object of its own. @throws ActiveDocument. */
function requireQuiet(file: Buffer, text: string, numbers: ReadonlySet<string>): void {
  if (numbers.size === 0) return
  for (const object of objectsOf(file, text, numbers)) if (OPENS_A_PAGE.test(object.toString('latin1'))) throw new ActiveDocument()
}

/** The numbers of the objects in which programs wrote about themselves: document information, which trailers name, and their own data. */
function ownObjects(file: Buffer, text: string): Set<string> {
  const named = numbersIn(text, new RegExp(`/(?:Info|PieceInfo)${REFERENCE}`, 'g'))
  if (named.size === 0) return named
  // A value may be an object of its own.
  const values = [...objectsOf(file, text, named)].flatMap((object) => [
    ...numbersIn(object.toString('latin1'), new RegExp(`\\b${REFERENCE}`, 'g')),
  ])
  return new Set([...named, ...values])
}

/**
 * The same for objects that are packed together in a stream: it is unpacked, blanked, and packed again into the bytes it had.
 * @returns the numbers that they give as `requirePassive` does.
 */
function blankPacked(file: Buffer, text: string, wanted: ReadonlySet<string>): Set<string> {
  const begun = new Set<string>()
  let unpacked = 0
  for (const { dictionary, from, to } of streamsOf(text, /\/Type\s{0,8}\/ObjStm\b/g)) {
    const first = Number(/\/First\s{1,8}(\d{1,9})/.exec(dictionary)?.[1])
    if (Number.isNaN(first)) continue
    if (first > LONGEST_TABLE) throw new BrokenMedia('too many objects')
    const place = file.subarray(from, to)
    const objects = unpackedObjects(place, dictionary)
    unpacked += objects?.length ?? MOST_UNPACKED
    if (unpacked > MOST_UNPACKED_OF_ALL) throw new BrokenMedia('unpacks too far')
    // What a viewer may be able to unpack, and we cannot look at.
    if (objects === null) throw new ActiveDocument()
    const before = objects.toString('latin1')
    for (const number of requirePassive(before)) begun.add(number)
    blankObjects(objects, { text: before, first, wanted })
    if (objects !== place && objects.toString('latin1') !== before) packInto(place, objects)
  }
  return begun
}

/** The objects of a stream: the place itself where they are not packed; null where they are packed in another way than everybody does. */
function unpackedObjects(place: Buffer, dictionary: string): Buffer | null {
  if (!/\/(?:Filter|F)\b/.test(dictionary)) return place
  const isPlain = /\/Filter\s{0,8}(?:\/FlateDecode\b|\[\s{0,8}\/FlateDecode\s{0,8}\])/.test(dictionary)
  return isPlain && !/\/DecodeParms\b/.test(dictionary) ? inflated(place) : null
}

/** Packs objects into the bytes they had. Blank texts pack better than what they replace; where the program packed better still, all are emptied. */
function packInto(place: Buffer, objects: Buffer): void {
  const packed = deflateSync(objects, { level: constants.Z_BEST_COMPRESSION })
  const content = packed.length <= place.length ? packed : deflateSync(Buffer.alloc(objects.length, ' '))
  if (content.length > place.length) throw new BrokenMedia('cannot be cleaned')
  place.fill(0)
  content.copy(place)
}

/**
 * Blanks the wanted ones among objects that begin with a table of pairs: a number, and the position after the table. An object ends where the
 * next one begins, whatever order the table has, so that each byte is blanked once.
 */
function blankObjects(objects: Buffer, { text, first, wanted }: { text: string; first: number; wanted: ReadonlySet<string> }): void {
  const numbers = text.slice(0, first).trim().split(/\s+/).map(Number)
  const isWanted = new Map<number, boolean>()
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    const from = first + (numbers[index + 1] ?? NaN)
    if (from < objects.length) isWanted.set(from, isWanted.get(from) === true || wanted.has(String(numbers[index])))
  }
  const positions = [...isWanted.keys()].toSorted((left, right) => left - right)
  for (const [index, from] of positions.entries()) {
    const to = positions[index + 1] ?? objects.length
    if (isWanted.get(from) === true) blankTexts(objects.subarray(from, to))
    else blankAuthor(objects, text, from, to)
  }
  blankOwnDictionaries(objects, text)
}

function inflated(packed: Buffer, most = MOST_UNPACKED): Buffer | null {
  try {
    return inflateSync(packed, { maxOutputLength: most, finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return null
  }
}

/** Empties the streams of metadata, whatever names them, and packets that stand in the file as they are. */
function blankXmp(file: Buffer, text: string): void {
  const named = numbersIn(text, new RegExp(`/Metadata${REFERENCE}`, 'g'))
  const marked = indexesOf(text, /\/Type\s{0,8}\/Metadata\b|\/Subtype\s{0,8}\/XML\b/g)
  for (const positions of [marked, positionsOf(text, named)])
    for (const { dictionary, from, to } of streamsAt(text, positions)) {
      file.fill(dictionary.includes('/Filter') ? 0 : ' ', from, to)
      if (dictionary.includes('/FlateDecode')) deflateSync(Buffer.alloc(0)).copy(file, from, 0, to - from)
    }
  let done = 0
  for (const from of indexesOf(text, /<\?xpacket begin/g)) {
    if (from < done) continue
    done = text.indexOf('<?xpacket end', from)
    if (done < 0) return
    file.fill(' ', from, done)
  }
}

/** Blanks what cameras and programs wrote into photos, which stand in the file as they were taken, or packed once more. */
function blankPhotos(file: Buffer, text: string): void {
  let unpacked = 0
  for (const { dictionary, from, to } of streamsOf(text, /\/DCTDecode\b/g)) {
    const place = file.subarray(from, to)
    if (!dictionary.includes('/FlateDecode')) {
      blankJpeg(place)
      continue
    }
    const photo = inflated(place, MOST_PHOTOS)
    unpacked += photo?.length ?? 0
    if (unpacked > MOST_PHOTOS) throw new BrokenMedia('unpacks too far')
    if (photo === null || !blankJpeg(photo)) continue
    const packed = deflateSync(photo, { level: constants.Z_BEST_COMPRESSION })
    if (packed.length > place.length) throw new BrokenMedia('cannot be cleaned')
    place.fill(0)
    packed.copy(place)
  }
  for (const { index } of text.matchAll(/\xff\xe1[^]{2}(?:Exif\0\0|http:\/\/ns\.adobe\.com\/)/g)) {
    const end = index + 2 + file.readUInt16BE(index + 2)
    // What lies inside a segment that was blanked is no segment any more.
    if (file[index] === 0xff && end <= file.length) file.fill(0, index + 4, end)
  }
}
