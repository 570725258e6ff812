// Files handed in as evidence: recognises their kind by content, and strips what a device wrote into them (place, owner, model).
// Only the kinds named here are accepted. Of what is packed only a PDF's objects are unpacked, to a bound (pdf.ts); storing is
// platform/files/files.ts.

import { stripAmr } from './amr.ts'
import { BrokenMedia } from './broken.ts'
import { stripJpeg } from './jpeg.ts'
import { stripMp3 } from './mp3.ts'
import { stripMp4 } from './mp4.ts'
import { isPdf, stripPdf } from './pdf.ts'
import { stripPng } from './png.ts'
import { stripWebp } from './webp.ts'

/** The accepted kinds of files. */
export const MEDIA_KINDS = ['jpeg', 'png', 'webp', 'pdf', 'mp4', 'mp3', 'amr'] as const
export type MediaKind = (typeof MEDIA_KINDS)[number]

/** The media type of a download. `mp4` is the container of phones' videos and sound, including its older brands. */
export const MEDIA_TYPES: Readonly<Record<MediaKind, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  pdf: 'application/pdf',
  mp4: 'video/mp4',
  mp3: 'audio/mpeg',
  amr: 'audio/amr',
}

/** Recognises the kind by the first bytes; file name and declared type are ignored. @returns null for a kind that is not accepted. */
export function kindOfMedia(bytes: Buffer): MediaKind | null {
  const ascii = (from: number, to: number): string => bytes.toString('latin1', from, to)
  if (bytes.length < 12) return null
  if (bytes.readUInt16BE(0) === 0xffd8 && bytes[2] === 0xff) return 'jpeg'
  if (ascii(0, 8) === '\x89PNG\r\n\x1a\n') return 'png'
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'webp'
  if (isPdf(bytes)) return 'pdf'
  if (ascii(4, 8) === 'ftyp') return isVideoBrand(ascii(8, 12)) ? 'mp4' : null
  if (/^#!AMR(?:-WB)?\n/.test(ascii(0, 9))) return 'amr'
  return isMp3(bytes) ? 'mp3' : null
}

/**
 * Whether a container is video or sound. HEIC and AVIF pictures use the same container; phones convert them to JPEG when they send them.
 */
function isVideoBrand(brand: string): boolean {
  return /^(?:iso[m2-9]|mp4[12v]|avc1|M4[AV] |3g[p2]|qt {2}|dash|f4v )/.test(brand)
}

/** Whether a file is a HEIC picture, as iPhones take them. It is told apart because the sender can do something about it. */
export function isHeic(bytes: Buffer): boolean {
  return bytes.toString('latin1', 4, 8) === 'ftyp' && /^(?:hei[cxms]|hev[cxms]|mif1|msf1)$/.test(bytes.toString('latin1', 8, 12))
}

/** Whether a file starts with an ID3 tag, or with a layer III frame that has a possible bit rate and sampling rate. */
function isMp3(bytes: Buffer): boolean {
  if (bytes.toString('latin1', 0, 3) === 'ID3') return true
  const head = bytes.readUInt32BE(0)
  return head >>> 21 === 0x7ff && ((head >>> 17) & 3) === 1 && ((head >>> 12) & 15) !== 15 && ((head >>> 10) & 3) !== 3
}

/**
 * Removes what a device or a program wrote about itself, its owner and its place. Picture, film, sound and pages stay untouched; a picture keeps
 * its orientation. What follows the end of a picture, a PDF or a sound is removed, because another file may hide there.
 * @throws BrokenMedia.
 */
export function stripMedia(bytes: Buffer, kind: MediaKind): Buffer {
  try {
    return strippers[kind](bytes)
  } catch (error) {
    // A length inside the file points beyond its end.
    if (error instanceof RangeError) throw new BrokenMedia('cut off')
    throw error
  }
}

const strippers: Readonly<Record<MediaKind, (bytes: Buffer) => Buffer>> = {
  jpeg: stripJpeg,
  png: stripPng,
  webp: stripWebp,
  mp4: stripMp4,
  pdf: stripPdf,
  mp3: stripMp3,
  amr: stripAmr,
}
