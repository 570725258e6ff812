// platform/media: evidence is recognised by content, and metadata is stripped.
// Files are built byte by byte, then broken or made hostile.

import { deflateSync, inflateSync } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import { ActiveDocument, BrokenMedia, MovingPicture } from '../../../src/platform/media/broken.ts'
import { kindOfMedia, MEDIA_KINDS, stripMedia, type MediaKind } from '../../../src/platform/media/media.ts'
import { hostileMedia } from '../../support/hostile-media.ts'
import {
  amr,
  box,
  chunk,
  exif,
  id3,
  jpeg,
  mp3,
  mp4,
  pdf,
  png,
  profile,
  riff,
  segment,
  stream,
  tiff,
  track,
  webp,
  words,
} from '../../support/media.ts'

const SECRET = 'GPS27.82N99.70E 扎西的手机'
const MARK = Buffer.from(SECRET)

const samples: Readonly<Record<MediaKind, Buffer>> = {
  jpeg: jpeg({ before: [exif(6, MARK), segment(0xfe, MARK), segment(0xed, MARK)] }),
  png: png({ before: [chunk('tEXt', MARK), chunk('eXIf', MARK), chunk('zTXt', MARK), chunk('prVt', MARK)] }),
  webp: webp({ flags: 0x0c, after: [riff('EXIF', MARK), riff('XMP ', MARK), riff('ABCD', MARK)] }),
  mp4: mp4(
    [box('udta', box('\xa9xyz', MARK)), track('vide', [box('stts', Buffer.from('kept'))], [box('udta', MARK)])],
    [box('uuid', MARK)],
  ),
  pdf: pdf([
    Buffer.concat([Buffer.from('<< /Author ('), MARK, Buffer.from(') /Creator <'), Buffer.from(MARK.toString('hex')), Buffer.from('> >>')]),
    stream('/Type /Metadata /Subtype /XML', MARK),
  ]),
  mp3: Buffer.concat([id3(MARK), mp3(), Buffer.concat([Buffer.from('TAG'), MARK, Buffer.alloc(125 - MARK.length)])]),
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
    ['a PDF too far behind other bytes', Buffer.concat([Buffer.alloc(1025), pdf()])],
    ['a PDF after a web page', Buffer.from('<html>%PDF-1.7 ........ %%EOF')],
    ['MPEG sound of another layer', Buffer.from('fffb10', 'hex')],
  ]
  for (const [what, bytes] of refused)
    it(`refuses ${what}`, () => {
      expect(kindOfMedia(bytes)).to.equal(null)
    })
})

describe('a stripped file', () => {
  for (const kind of ['jpeg', 'png', 'webp', 'mp4', 'pdf', 'mp3'] as const)
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

  it('keeps the orientation of a picture in a part of its own, however its tag is written', () => {
    for (let orientation = 1; orientation <= 8; orientation++)
      for (const type of ['short', 'long'] as const) {
        const block = Buffer.concat([tiff(orientation, type), MARK])
        const upright = orientation === 1
        const stripped = stripMedia(jpeg({ before: [segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), block]))] }), 'jpeg')
        expect(stripped.equals(upright ? jpeg() : jpeg({ before: [exif(orientation)] })), `jpeg ${orientation}`).to.equal(true)
        const drawn = stripMedia(png({ before: [chunk('eXIf', block)] }), 'png')
        expect(drawn.equals(upright ? png() : png({ before: [chunk('eXIf', tiff(orientation))] })), `png ${orientation}`).to.equal(true)
        const web = stripMedia(webp({ flags: 0x08, after: [riff('EXIF', block)] }), 'webp')
        const expected = upright ? webp({ flags: 0 }) : webp({ flags: 0x08, after: [riff('EXIF', tiff(orientation))] })
        expect(web.equals(expected), `webp ${orientation}`).to.equal(true)
      }
    expect(stripMedia(jpeg({ before: [exif(99, MARK)] }), 'jpeg').equals(jpeg())).to.equal(true)
  })

  it('keeps the segments of a JPEG that its colours need, without thumbnails and texts', () => {
    const jfif = Buffer.from('JFIF\0\x01\x02\x01\0\x60\0\x60\0\0', 'latin1')
    const adobe = Buffer.from('Adobe\0\x64\0\0\0\0\x01', 'latin1')
    const plain = [segment(0xe0, jfif), segment(0xee, adobe)]
    expect(stripMedia(jpeg({ before: plain }), 'jpeg').equals(jpeg({ before: plain }))).to.equal(true)
    const wordy = [
      segment(0xe0, Buffer.concat([jfif.subarray(0, 12), Buffer.from([1, 1]), MARK])),
      segment(0xee, Buffer.concat([adobe, MARK])),
    ]
    expect(stripMedia(jpeg({ before: wordy }), 'jpeg').equals(jpeg({ before: plain }))).to.equal(true)
  })

  it('keeps its colour profile, also one in several pieces, without the texts', () => {
    const whole = profile(MARK)
    const piece = (number: number, from: number, to: number): Buffer =>
      segment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0', 'latin1'), Buffer.from([number, 2]), whole.subarray(from, to)]))
    const pieces = [piece(1, 0, 250), piece(2, 250, whole.length)]
    for (const stripped of [
      stripMedia(jpeg({ before: pieces }), 'jpeg'),
      stripMedia(jpeg({ before: pieces.toReversed() }), 'jpeg'),
      stripMedia(webp({ flags: 0x20, after: [riff('ICCP', whole)] }), 'webp'),
    ]) {
      expect(stripped.includes(MARK)).to.equal(false)
      expect(stripped.includes('colour')).to.equal(true)
    }
    expect(stripMedia(jpeg({ before: pieces }), 'jpeg').length).to.equal(jpeg({ before: pieces }).length)
    const unreadable = segment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), MARK]))
    expect(stripMedia(jpeg({ before: [unreadable] }), 'jpeg').equals(jpeg())).to.equal(true)
  })

  it('of the kind pdf keeps its length and its pages, whatever way its information is kept', () => {
    const texts = Buffer.from(`<< /Title (a \\) b (inner) ${SECRET}) /Producer 3 0 R >>`)
    const packed = Buffer.concat([Buffer.from('7 0 8 40 '), Buffer.from(`<< /Author (${SECRET}) >>`)])
    const cases: [string, Buffer][] = [
      ['plain, a value in another object', pdf([texts, Buffer.from(`(${SECRET})`), Buffer.from('<< /Contents (kept) >>')])],
      ['packed', pdf([stream('/Type /ObjStm /N 2 /First 9 /Filter /FlateDecode', deflateSync(packed))], 7)],
      ['in a photo', pdf([stream('/Filter /DCTDecode', jpeg({ before: [exif(6, MARK)] }))])],
      ['in packed XMP', pdf([stream('/Type /Metadata /Filter /FlateDecode', deflateSync(MARK))])],
    ]
    for (const [what, bytes] of cases) {
      const stripped = stripMedia(bytes, 'pdf')
      expect(stripped.length, what).to.equal(bytes.length)
      expect(stripped.includes(MARK), what).to.equal(false)
      const at = stripped.indexOf('stream\n')
      if (stripped.includes('/FlateDecode')) expect(inflateSync(stripped.subarray(at + 7)).includes(MARK), what).to.equal(false)
    }
    expect(stripMedia(cases[0]?.[1] ?? Buffer.alloc(0), 'pdf').includes('(kept)')).to.equal(true)
  })

  it('of the kind mp4 has no track of what the device noted, and no samples of it', () => {
    const film = track('vide', [], [], MARK)
    const table = (at: number): Buffer[] => [
      ...[box('stsc', words(0, 1, 1, 2, 1)), box('stsz', words(0, 0, 2, 10, MARK.length - 10)), box('stco', words(0, 1, at))],
    ]
    for (const kind of ['meta', 'text', 'sbtl', 'subt', 'camm', 'data', 'tmcd', 'nhnt']) {
      const built = (at: number): Buffer => mp4([film, track(kind, table(at))], [box('mdat', MARK, Buffer.from('kept'))])
      const at = built(0).lastIndexOf(MARK)
      const stripped = stripMedia(built(at), 'mp4')
      expect(stripped.includes(MARK), kind).to.equal(false)
      expect(stripped.includes(MARK.subarray(0, 10)), kind).to.equal(false)
      expect(stripped.includes('kept'), kind).to.equal(true)
      expect(stripped.length, kind).to.equal(built(at).length)
      fails(mp4([track(kind, table(at))], [box('moof', box('mfhd', words(0, 1)))]), 'mp4')
    }
  })

  it('of the kind mp4 keeps the boxes of film and sound alone', () => {
    for (const name of ['gps ', 'GPMF', 'loci', 'ilst', 'meta', 'sefd', 'XMP_', 'abcd']) {
      const places = [box(name, MARK)]
      for (const film of [mp4([track('soun'), ...places], []), mp4([track('soun')], places), mp4([track('soun', places, places)], [])]) {
        const stripped = stripMedia(film, 'mp4')
        expect(stripped.includes(MARK), name).to.equal(false)
        expect([stripped.includes('soun'), stripped.length], name).to.deep.equal([true, film.length])
      }
    }
    const between = box('free', Buffer.from('GPS '), MARK)
    const stripped = stripMedia(mp4([track('vide')], [box('mdat', Buffer.from('kept'), between, Buffer.from('kept'))]), 'mp4')
    expect([stripped.includes(MARK), stripped.toString('latin1').split('kept').length]).to.deep.equal([false, 3])
    const entry = box('avc1', Buffer.alloc(42), MARK.subarray(0, 32), Buffer.alloc(4))
    expect(stripMedia(mp4([track('vide', [box('stsd', words(0, 1), entry)])], []), 'mp4').includes(MARK.subarray(0, 8))).to.equal(false)
  })

  it('of the kind pdf does not name who wrote it in any of the other places either', () => {
    const author = `(${SECRET})`
    const photo = jpeg({ before: [segment(0xed, MARK), segment(0xfe, MARK), exif(6, MARK)] })
    const xmp = `<?xpacket begin="x"?>${SECRET}<?xpacket end="w"?>`
    const packed = `7 0 8 6 9 60 (kept) << /Subtype /Text /T ${author} >>`.padEnd(80)
    const cases: [string, Buffer][] = [
      [
        'information in the trailer itself',
        Buffer.from(`%PDF-1.7\ntrailer << /Info << /Author ${author} /X << /Y <${MARK.toString('hex')}> >> >> /Root 1 0 R >>\n%%EOF`),
      ],
      ['XMP without a type', pdf([Buffer.from('<< >>'), stream('/Subtype /XML', MARK)])],
      ['XMP by reference', pdf([Buffer.from('<< /Metadata 3 0 R >>'), stream('', MARK)])],
      ['XMP that nothing names', pdf([Buffer.from('<< >>'), stream('', Buffer.from(xmp))])],
      ['a note', pdf([Buffer.from('<< >>'), Buffer.from(`<< /Type /Annot /Subtype /Highlight /T ${author} /Contents (kept) >>`)])],
      ['a note in hexadecimal digits', pdf([Buffer.from('<< >>'), Buffer.from(`<< /Subtype /Text /T<${MARK.toString('hex')}> >>`)])],
      ['a packed note', pdf([Buffer.from('<< >>'), stream('/Type /ObjStm /N 2 /First 12 /Filter /FlateDecode', deflateSync(packed))])],
      ['an unpacked note', pdf([Buffer.from('<< >>'), stream('/Type /ObjStm /N 2 /First 12', Buffer.from(packed))])],
      ['data of a program', pdf([Buffer.from('<< >>'), Buffer.from(`<< /PieceInfo << /X << /Y ${author} >> >> /Z (kept) >>`)])],
      ['data of a program, by reference', pdf([Buffer.from('<< >>'), Buffer.from('<< /PieceInfo 4 0 R >>'), Buffer.from(author)])],
      ['a photo', pdf([Buffer.from('<< >>'), stream('/Filter /DCTDecode', photo)])],
      ['a packed photo', pdf([Buffer.from('<< >>'), stream('/Filter [/FlateDecode /DCTDecode]', deflateSync(photo))])],
    ]
    for (const [what, bytes] of cases) {
      const stripped = stripMedia(bytes, 'pdf')
      expect(stripped.length, what).to.equal(bytes.length)
      const at = stripped.indexOf('stream\n')
      const plain = stripped.includes('/FlateDecode') ? inflateSync(stripped.subarray(at + 7)) : stripped
      expect([plain.includes(MARK), plain.includes(MARK.toString('hex'))], what).to.deep.equal([false, false])
      expect(plain.includes('kept'), what).to.equal(bytes.includes('kept') || what === 'a packed note')
      if (what.includes('photo')) expect(plain.includes('scan'), what).to.equal(true)
      expect(stripMedia(stripped, 'pdf').equals(stripped), what).to.equal(true)
    }
    const field = pdf([Buffer.from('<< >>'), Buffer.from('<< /Type /Annot /Subtype /Widget /FT /Tx /T (name of a field) >>')])
    expect(stripMedia(field, 'pdf').equals(field)).to.equal(true)
  })

  it('has nothing but its frames when it is sound', () => {
    const lyrics = Buffer.concat([Buffer.from('LYRICSBEGIN'), MARK, Buffer.from('000049LYRICS200')])
    const sound = Buffer.concat([mp3(), mp3()])
    for (const tail of [lyrics, Buffer.concat([lyrics, Buffer.from('TAG'), MARK, Buffer.alloc(90)]), Buffer.from(`APETAGEX${SECRET}`)]) {
      expect(stripMedia(Buffer.concat([id3(MARK), sound, tail]), 'mp3').equals(sound)).to.equal(true)
      // A few letters of a tag may look like a frame.
      const spoken = stripMedia(Buffer.concat([amr(), tail]), 'amr')
      expect([spoken.subarray(0, amr().length).equals(amr()), spoken.includes(MARK)]).to.deep.equal([true, false])
    }
  })

  it('has none of the segments that the standard of JPEG reserves', () => {
    for (const marker of [0xc8, 0xf0, 0xf7, 0xfd])
      expect(stripMedia(jpeg({ before: [segment(marker, MARK)] }), 'jpeg').equals(jpeg())).to.equal(true)
  })

  it('has nothing after its end', () => {
    const tail = Buffer.from('PK\x03\x04 an archive behind a picture', 'latin1')
    for (const kind of ['jpeg', 'png', 'webp', 'pdf'] as const)
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
    it(`is refused when a ${kind} is cut off anywhere${kind === 'jpeg' ? ' before its picture' : ''}`, () => {
      const end = kind === 'jpeg' ? samples.jpeg.indexOf('scan') + 2 : samples[kind].length
      for (let length = 12; length < end; length++) fails(samples[kind].subarray(0, length), kind)
    })

  it('is taken as far as viewers show it: a JPEG without its end or with bytes between its segments, a PDF behind blanks', () => {
    const whole = stripMedia(samples.jpeg, 'jpeg')
    for (const cut of [1, 2]) expect(stripMedia(samples.jpeg.subarray(0, -cut), 'jpeg').equals(whole), String(cut)).to.equal(true)
    expect(stripMedia(jpeg({ before: [Buffer.alloc(2), exif(6, MARK), Buffer.alloc(3)] }), 'jpeg').equals(whole)).to.equal(true)
    fails(jpeg({ before: [Buffer.alloc(5000)] }), 'jpeg')
    const scans = Buffer.concat([
      jpeg().subarray(0, -2),
      segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
      Buffer.from('x'),
      Buffer.from('ffc4', 'hex'),
    ])
    expect(stripMedia(scans, 'jpeg').includes('more')).to.equal(true)
    const late = Buffer.concat([Buffer.from('\r\n\0\uFEFF'), pdf()])
    expect([kindOfMedia(late), stripMedia(late, 'pdf').equals(late)]).to.deep.equal(['pdf', true])
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
    expect(() => stripMedia(webp({ flags: 0x02 }), 'webp')).to.throw(MovingPicture)
    fails(Buffer.concat([id3(MARK), Buffer.alloc(40)]), 'mp3')
    fails(Buffer.concat([id3(MARK), Buffer.from('<html><script>1</script>'.repeat(30))]), 'mp3')
    fails(Buffer.from('#!AMR\n<html><script>1</script>'), 'amr')
    fails(Buffer.from('%PDF-1.7 without an end'), 'pdf')
    fails(mp4([], []).subarray(0, 24), 'mp4')
  })

  it('is refused when it is a PDF that runs something or carries files, however its names are written', () => {
    const names = [
      '/JavaScript',
      '/J#61vaScript',
      '/Launch',
      '/EmbeddedFile',
      '/EmbeddedFiles',
      '/RichMedia',
      '/GoToR',
      '/GoToE',
      '/Go#54oE',
    ]
    for (const name of [...names, '/SubmitForm', '/ImportData', '/Rendition', '/URI /AA << /O << /S /URI >> >>']) {
      const action = Buffer.from(`<< /S ${name} >>`)
      const packed = stream('/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode', deflateSync(Buffer.concat([Buffer.from('7 0 '), action])))
      for (const object of [action, packed])
        expect(() => stripMedia(pdf([Buffer.from('<< >>'), object]), 'pdf'), name).to.throw(ActiveDocument)
    }
  })

  it('is refused when it is a PDF into which nobody can look, or that opens a page of itself; links stay', () => {
    const packed = Buffer.concat([Buffer.from('7 0 '), Buffer.from('<< /S /GoTo >>')])
    const objects = (filter: string, bytes: Buffer): Buffer => stream(`/Type /ObjStm /N 1 /First 4 ${filter}`, bytes)
    const refused = [
      Buffer.from('<< /Encrypt 4 0 R >>'),
      Buffer.from('<< /AcroForm << /XFA [(a) 5 0 R] >> >>'),
      Buffer.from('<< /AF [<< /Type /Filespec /E#46 << /F 9 0 R >> >>] >>'),
      Buffer.from('<< /OpenAction << /Type /Action /S /URI /URI (https://example.invalid) >> >>'),
      Buffer.from('<< /OpenAction 2 0 R >>\nendobj\n2 0 obj\n<< /S /URI /URI (https://example.invalid) >>'),
      Buffer.concat([
        Buffer.from('<< /S /URI /URI (https://example.invalid) >>\nendobj\n9 0 obj\n'),
        objects('/Filter /FlateDecode', deflateSync(Buffer.from('7 0 << /Type /Catalog /OpenAction 3 0 R >>'))),
      ]),
      objects('/Filter [/FlateDecode /FlateDecode]', deflateSync(deflateSync(packed))),
      objects('/Filter /ASCIIHexDecode', Buffer.from(packed.toString('hex'))),
      objects('/Filter /FlateDecode /DecodeParms << /Predictor 12 >>', deflateSync(packed)),
    ]
    for (const object of refused)
      expect(() => stripMedia(pdf([Buffer.from('<< >>'), object]), 'pdf'), object.toString('latin1')).to.throw(ActiveDocument)
    const taken = [
      Buffer.from('<< /OpenAction [3 0 R /Fit] /A << /S /URI /URI (https://example.invalid) >> >>'),
      Buffer.from('<< /OpenAction << /S /GoTo /D [3 0 R /Fit] >> >>'),
      objects('/Filter /FlateDecode', deflateSync(packed)),
      objects('/Filter [ /FlateDecode ]', deflateSync(packed)),
      objects('', packed),
    ]
    for (const object of taken)
      expect(() => stripMedia(pdf([Buffer.from('<< >>'), object]), 'pdf'), object.toString('latin1')).not.to.throw()
  })

  it('takes little time, however often its parts name the same bytes', () => {
    const spent = process.cpuUsage()
    for (const [kind, bytes] of hostileMedia())
      try {
        stripMedia(bytes, kind)
      } catch (error) {
        expect(error).to.be.instanceOf(BrokenMedia)
      }
    const { user, system } = process.cpuUsage(spent)
    expect((user + system) / 1_000_000, 'seconds').to.be.below(10)
  })

  it('is refused at once when it has very many or deeply nested boxes', () => {
    const empty = box('free')
    fails(Buffer.concat([samples.mp4, ...Array.from({ length: 50_000 }, () => empty)]), 'mp4')
    const deep = Buffer.alloc(400_000)
    for (let at = 0; at < deep.length; at += 8) {
      deep.writeUInt32BE(deep.length - at, at)
      deep.write('moov', at + 4, 'latin1')
    }
    const shallow = stripMedia(deep, 'mp4')
    expect([shallow.length, shallow.indexOf('moov', 8)]).to.deep.equal([deep.length, -1])
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
