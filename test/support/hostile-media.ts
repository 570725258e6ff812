// Media files that are small, or within the limit, and were once a minute's or an hour's work: their parts name the same bytes again and again,
// or there are millions of them. Used by test/platform/media and the tests of each place that takes files.

import { deflateSync } from 'node:zlib'
import type { MediaKind } from '../../src/platform/media/media.ts'
import { box, chunk, exif, jpeg, mp4, oneChunk, pdf, png, profile, riff, segment, stream, track, webp, words } from './media.ts'

const MEGABYTE = 1_000_000

/** A PDF of some kilobytes: a stream of packed objects lists the document information `times` times, each time over all its bytes. */
export function hostilePdf(times = 2_000, bytes = 2 * MEGABYTE): Buffer {
  const table = `7 0 8 ${bytes} `.repeat(times)
  const packed = deflateSync(Buffer.concat([Buffer.from(table), Buffer.alloc(bytes, 'A')]))
  return pdf([stream(`/Type /ObjStm /N ${times * 2} /First ${table.length} /Filter /FlateDecode`, packed)], 7)
}

/** A film with a track of notes each of whose chunks is the whole file. */
function hostileMp4(chunks: number, tracks = 1): Buffer {
  const table = [
    box('stsz', words(0, 0x7fff_ffff, chunks)),
    box('stsc', words(0, 1, 1, 1, 1)),
    box('stco', words(0, chunks), Buffer.alloc(4 * chunks)),
  ]
  return mp4(
    Array.from({ length: tracks }, () => track('meta', table)),
    [box('mdat', Buffer.alloc(MEGABYTE))],
  )
}

/** Each kind's worst files. */
export function hostileMedia(): [MediaKind, Buffer][] {
  const many = (part: Buffer, times: number): Buffer => Buffer.alloc(part.length * times, part)
  const texts = Buffer.concat([Buffer.alloc(132), Buffer.concat(Array.from({ length: 200 }, () => words(0, 132, 10 * MEGABYTE)))])
  texts.writeUInt32BE(200, 128)
  const emptyBlocks = Buffer.concat([Buffer.from('789c', 'hex'), many(Buffer.from('000000ffff', 'hex'), MEGABYTE)])
  return [
    ['pdf', hostilePdf()],
    ['pdf', hostilePdf(14_000, 3 * MEGABYTE)],
    ['pdf', pdf([stream(`/First 0 /Filter /FlateDecode ${'/Type /ObjStm '.repeat(200)}`, emptyBlocks)], 7)],
    ['pdf', pdf([Buffer.from('/PieceInfo << '.repeat(300_000))])],
    ['pdf', pdf([Buffer.from('/Type /Annot /T ('.repeat(300_000))])],
    ['pdf', pdf([Buffer.from('<?xpacket begin'.repeat(300_000))])],
    ['mp4', hostileMp4(20_000)],
    [
      'mp4',
      mp4(
        Array.from({ length: 500 }, () => track('text', oneChunk(0, 0x7fff_ffff))),
        [box('mdat', Buffer.alloc(5 * MEGABYTE))],
      ),
    ],
    ['jpeg', jpeg({ before: [many(segment(0xe1, Buffer.from('Exif\0\0')), 2 * MEGABYTE)] })],
    ['jpeg', jpeg({ before: [many(Buffer.from('ffd00000', 'hex'), MEGABYTE)] })],
    ['jpeg', jpeg({ before: [many(exif(9), 500_000)] })],
    ['png', png({ before: [many(chunk('eXIf', Buffer.alloc(0)), MEGABYTE)] })],
    ['webp', webp({ flags: 0, after: [many(riff('EXIF', Buffer.alloc(0)), 2 * MEGABYTE)] })],
    ['webp', webp({ flags: 0x20, after: [riff('ICCP', Buffer.concat([texts, profile(Buffer.from('x')), Buffer.alloc(10 * MEGABYTE)]))] })],
    ['mp3', many(Buffer.from('ID3\0\0\0\0\0\0\0', 'latin1'), MEGABYTE)],
    ['mp3', many(Buffer.from('fffb9064', 'hex'), 3 * MEGABYTE)],
    ['amr', Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(10 * MEGABYTE, 0x7c)])],
  ]
}
