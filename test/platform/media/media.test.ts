// platform/media: evidence is recognised by content, and metadata is stripped.
// Files are built byte by byte, then broken or made hostile.

import { expect } from 'chai'
import fc from 'fast-check'
import { BrokenMedia } from '../../../src/platform/media/broken.ts'
import { kindOfMedia, MEDIA_KINDS, stripMedia, type MediaKind } from '../../../src/platform/media/media.ts'
import { amr, box, chunk, exif, jpeg, mp3, mp4, pdf, png, riff, segment, webp } from '../../support/media.ts'

const SECRET = 'GPS27.82N99.70E 扎西的手机'
const MARK = Buffer.from(SECRET)

const samples: Readonly<Record<MediaKind, Buffer>> = {
  jpeg: jpeg({ before: [exif(6, MARK), segment(0xfe, MARK), segment(0xed, MARK)] }),
  png: png({ before: [chunk('tEXt', MARK), chunk('eXIf', MARK), chunk('zTXt', MARK), chunk('prVt', MARK)] }),
  webp: webp({ flags: 0x0c, after: [riff('EXIF', MARK), riff('XMP ', MARK), riff('ABCD', MARK)] }),
  mp4: mp4([box('udta', box('\xa9xyz', MARK)), box('trak', box('udta', MARK), box('mdia', Buffer.from('kept')))], [box('uuid', MARK)]),
  pdf: pdf(),
  mp3: mp3(),
  amr: amr(),
}

function fails(bytes: Buffer, kind: MediaKind): void {
  expect(() => stripMedia(bytes, kind)).to.throw(BrokenMedia)
}

describe('recognising the kind of a file', () => {
  for (const kind of MEDIA_KINDS)
    it(`finds ${kind} by its first bytes`, () => {
      expect(kindOfMedia(samples[kind])).to.equal(kind)
    })

  const refused: [string, Buffer][] = [
    ['nothing', Buffer.alloc(0)],
    ['a few bytes of a picture', Buffer.from([0xff, 0xd8, 0xff])],
    ['a web page', Buffer.from('<html><script>alert(1)</script></html>')],
    ['a drawing that can contain scripts', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>')],
    ['an archive', Buffer.from('PK\x03\x04 and twenty more bytes', 'latin1')],
    ['a program', Buffer.from('MZ\x90\x00 this program cannot be run', 'latin1')],
    ['a document with macros', Buffer.from('d0cf11e0a1b11ae1000000000000000000000000', 'hex')],
    ['a HEIC picture', box('ftyp', Buffer.from('heic\0\0\0\0mif1heic', 'latin1'))],
    ['an AVIF picture', box('ftyp', Buffer.from('avif\0\0\0\0mif1avif', 'latin1'))],
    ['a GIF', Buffer.from('GIF89a..................')],
    ['a PDF after a web page', Buffer.from('<html>%PDF-1.7 ........ %%EOF')],
    ['MPEG sound of another layer', Buffer.from('fffb10', 'hex')],
  ]
  for (const [what, bytes] of refused)
    it(`refuses ${what}`, () => {
      expect(kindOfMedia(bytes)).to.equal(null)
    })
})

describe('a stripped file', () => {
  for (const kind of ['jpeg', 'png', 'webp', 'mp4'] as const)
    it(`of the kind ${kind} does not name place, owner and device`, () => {
      expect(samples[kind].includes(MARK)).to.equal(true)
      const stripped = stripMedia(samples[kind], kind)
      expect(stripped.includes(MARK)).to.equal(false)
      expect(stripped.includes('GPS')).to.equal(false)
      expect(kindOfMedia(stripped)).to.equal(kind)
      expect(stripMedia(stripped, kind).equals(stripped), 'stripping twice changes nothing').to.equal(true)
    })

  it('keeps the bytes of the picture', () => {
    expect(stripMedia(samples.jpeg, 'jpeg').includes(Buffer.from('scan\xff\x00data', 'latin1'))).to.equal(true)
    expect(stripMedia(jpeg(), 'jpeg').equals(jpeg())).to.equal(true)
    expect(stripMedia(samples.png, 'png').equals(png())).to.equal(true)
    expect(stripMedia(samples.webp, 'webp').equals(webp({ flags: 0 }))).to.equal(true)
  })

  it('keeps the orientation of a JPEG in a segment of its own', () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const stripped = stripMedia(jpeg({ before: [exif(orientation, MARK)] }), 'jpeg')
      expect(stripped.equals(orientation === 1 ? jpeg() : jpeg({ before: [exif(orientation)] })), String(orientation)).to.equal(true)
    }
    expect(stripMedia(jpeg({ before: [exif(99, MARK)] }), 'jpeg').equals(jpeg())).to.equal(true)
  })

  it('keeps the segments of a JPEG that its colours need', () => {
    const before = [
      segment(0xe0, Buffer.from('JFIF\0.........')),
      segment(0xe2, Buffer.from('ICC_PROFILE\0..')),
      segment(0xee, Buffer.from('Adobe.......')),
    ]
    expect(stripMedia(jpeg({ before }), 'jpeg').equals(jpeg({ before }))).to.equal(true)
  })

  it('has nothing after its end', () => {
    const tail = Buffer.from('PK\x03\x04 an archive behind a picture', 'latin1')
    for (const kind of ['jpeg', 'png', 'webp'] as const)
      expect(stripMedia(Buffer.concat([samples[kind], tail]), kind).equals(stripMedia(samples[kind], kind)), kind).to.equal(true)
  })

  it('keeps every offset of a film, because metadata becomes free space of the same size', () => {
    const stripped = stripMedia(samples.mp4, 'mp4')
    expect(stripped.length).to.equal(samples.mp4.length)
    expect(stripped.indexOf('kept')).to.equal(samples.mp4.indexOf('kept'))
    expect(stripped.includes('udta')).to.equal(false)
  })
})

describe('a broken or hostile file', () => {
  for (const kind of ['jpeg', 'png', 'webp'] as const)
    it(`is refused when a ${kind} is cut off anywhere`, () => {
      for (let length = 12; length < samples[kind].length; length++) fails(samples[kind].subarray(0, length), kind)
    })

  it('is refused when it claims an absurd size', () => {
    fails(jpeg({ width: 65_535, height: 65_535 }), 'jpeg')
    fails(jpeg({ width: 0, height: 10 }), 'jpeg')
    fails(png({ width: 100_000, height: 100_000 }), 'png')
    fails(webp({ flags: 0, width: 16_777_216, height: 16_777_216 }), 'webp')
  })

  it('is refused without a picture, without an end, or with an animation', () => {
    fails(Buffer.from('ffd8ffd9000000000000000000', 'hex'), 'jpeg')
    fails(Buffer.concat([png().subarray(0, 33), chunk('IEND', Buffer.alloc(0))]), 'png')
    fails(webp({ flags: 0x02 }), 'webp')
    fails(Buffer.from('%PDF-1.7 without an end'), 'pdf')
    fails(mp4([], []).subarray(0, 24), 'mp4')
  })

  it('is refused at once when it has very many or deeply nested boxes', () => {
    const empty = box('free')
    fails(Buffer.concat([samples.mp4, ...Array.from({ length: 50_000 }, () => empty)]), 'mp4')
    const deep = Buffer.alloc(400_000)
    for (let at = 0; at < deep.length; at += 8) {
      deep.writeUInt32BE(deep.length - at, at)
      deep.write('moov', at + 4, 'latin1')
    }
    fails(deep, 'mp4')
  })

  it('causes no other error than a refusal, whatever bytes are changed', () => {
    const kinds = fc.constantFrom(...MEDIA_KINDS)
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(kinds, changes, (kind, edits) => {
        const bytes = Buffer.from(samples[kind])
        for (const [at, value] of edits) bytes[at % bytes.length] = value
        try {
          expect(stripMedia(bytes, kind).length).to.be.at.most(bytes.length + 64)
        } catch (error) {
          expect(error).to.be.instanceOf(BrokenMedia)
        }
      }),
      { numRuns: 3_000 },
    )
  })
})
