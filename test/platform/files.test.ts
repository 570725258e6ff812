// platform/files: encrypted files are whole or absent, unreadable on the disk, and any change to them is detected.

import { expect } from 'chai'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { isAppError } from '../../src/core/errors.ts'
import { createSecrets, type DataKey } from '../../src/core/secrets.ts'
import { openSheet } from '../../src/platform/sheets/read.ts'
import { createFiles, type Files } from '../../src/platform/files/files.ts'
import { sweepReceived } from '../../src/platform/media/clean.ts'
import { workbook } from './sheets/workbook.ts'

const FRAME = 65_536
const HEADER = 25
const NO_LIMIT = { maxBytes: 1e9 }
const oldKey: DataKey = { id: 'k1', bytes: Buffer.alloc(32, 1) }
const newKey: DataKey = { id: 'key2', bytes: Buffer.alloc(32, 2) }
const secrets = createSecrets([oldKey])
/** Sealed length of a full frame under `k1`: key id, dot, iv, tag, prefix, content. */
const SEALED = 3 + 28 + 21 + FRAME

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => (isAppError(error) ? error.code : String(error)),
  )

describe('the file store', () => {
  let folder: string
  let files: Files
  const put = (id: string, content: Buffer): Promise<unknown> => files.put(id, Readable.from([content]), NO_LIMIT)
  const read = (id: string): Promise<Buffer> => buffer(files.open(id))
  const onDisk = (id: string): string => join(folder, id)

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'files-')), 'kept')
    files = await createFiles(folder, secrets)
  })
  afterEach(() => rm(join(folder, '..'), { recursive: true }))

  it('refuses ids that lead out of its folder', async () => {
    for (const id of ['', '.', '..', '../a', 'a/b', '.hidden', 'a\0', 'a.b', 'x'.repeat(65), '-rf']) {
      expect(await codeOf(files.put(id, Readable.from([Buffer.from('x')]), NO_LIMIT)), id).to.equal('request_invalid')
      expect(() => files.open(id), id)
        .to.throw()
        .with.property('code', 'request_invalid')
      expect(await codeOf(files.remove(id)), id).to.equal('request_invalid')
    }
    expect(await readdir(join(folder, '..'))).to.deep.equal(['kept'])
  })

  it('sweeps what a crash left, and keeps what is fresh or was stored under another id', async () => {
    const names = ['incoming-old', 'incoming-fresh', 'kept-old', '.a.unfinished', '.b.arriving']
    for (const name of names) await writeFile(onDisk(name), 'x')
    const now = Date.parse('2026-11-22T00:00:00Z')
    const setAge = (name: string, hours: number): Promise<void> => utimes(onDisk(name), now / 1000, now / 1000 - hours * 3600)
    for (const name of ['incoming-old', 'kept-old', '.a.unfinished']) await setAge(name, 25)
    for (const name of ['incoming-fresh', '.b.arriving']) await setAge(name, 23)
    expect(await sweepReceived(files, new Date(now - 86_400_000))).to.equal(2)
    expect((await readdir(folder)).sort()).to.deep.equal(['.b.arriving', 'incoming-fresh', 'kept-old'])
  })

  it('keeps the earlier file when a stream fails, and leaves nothing of a stream that is too large', async () => {
    await put('a', Buffer.from('before'))
    const failing = Readable.from(
      (function* () {
        yield Buffer.alloc(200_000)
        throw new Error('cut off')
      })(),
    )
    expect(await codeOf(files.put('a', failing, NO_LIMIT))).to.equal('Error: cut off')
    expect(await codeOf(files.put('b', Readable.from([Buffer.alloc(11)]), { maxBytes: 10 }))).to.equal('body_too_large')
    expect(await readdir(folder)).to.deep.equal(['a'])
    expect((await read('a')).toString()).to.equal('before')
  })

  it('reports a missing file', async () => {
    expect(await codeOf(read('none'))).to.equal('file_missing')
    expect(await codeOf(files.reseal('none'))).to.equal('file_missing')
    await files.remove('none')
  })

  it('detects truncation, reordering, repetition, flipped bits, and a frame or content of another file', async () => {
    await put('a', randomBytes(3 * FRAME + 100))
    await put('b', randomBytes(3 * FRAME + 100))
    const good = await readFile(onDisk('a'))
    const other = await readFile(onDisk('b'))
    const frame = (from: Buffer, number: number): Buffer => from.subarray(HEADER + number * SEALED, HEADER + (number + 1) * SEALED)
    const header = good.subarray(0, HEADER)
    const flipped = (at: number): Buffer => {
      const copy = Buffer.from(good)
      copy[at] = (copy[at] as number) ^ 1
      return copy
    }
    const all = [0, 1, 2, 3].map((number) => frame(good, number)) as [Buffer, Buffer, Buffer, Buffer]
    const attacks: Record<string, Buffer> = {
      'cut by a byte': good.subarray(0, -1),
      'cut at a frame': Buffer.concat([header, all[0], all[1], all[2]]),
      'cut to one frame': Buffer.concat([header, all[0]]),
      'cut to the header': header,
      empty: Buffer.alloc(0),
      reordered: Buffer.concat([header, all[1], all[0], all[2], all[3]]),
      repeated: Buffer.concat([header, all[0], all[0], all[2], all[3]]),
      'last frame only': Buffer.concat([header, all[3]]),
      'frame of another': Buffer.concat([header, all[0], frame(other, 1), all[2], all[3]]),
      'whole other': other,
      'longer by a byte': Buffer.concat([good, Buffer.from([0])]),
      'longer by a frame': Buffer.concat([good, all[3]]),
      'flipped magic': flipped(0),
      'flipped version': flipped(4),
      'flipped length': flipped(8),
      'flipped salt': flipped(12),
      'flipped content': flipped(HEADER + SEALED + 500),
      'flipped end': flipped(good.length - 1),
    }
    for (const [name, content] of Object.entries(attacks)) {
      await writeFile(onDisk('a'), content)
      expect(await codeOf(read('a')), name).to.equal('cipher_broken')
    }
    await writeFile(onDisk('a'), good)
    expect(await codeOf(read('a'))).to.equal('none')
  })

  it('does not open a file that was sealed with an unknown key', async () => {
    await put('a', Buffer.from('x'))
    const stranger = await createFiles(folder, createSecrets([newKey]))
    expect(await codeOf(buffer(stranger.open('a')))).to.equal('key_missing')
  })

  it('returns contents of every length around the borders of a frame, with their checksums', async () => {
    for (const length of [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 2 * FRAME + 7]) {
      const content = randomBytes(length)
      const pieces = (function* () {
        for (let at = 0; at < length; at += 10_007) yield content.subarray(at, at + 10_007)
      })()
      const stored = await files.put('a', Readable.from(pieces), NO_LIMIT)
      expect(stored).to.deep.equal({ bytes: length, sha256: createHash('sha256').update(content).digest('hex') })
      expect((await read('a')).equals(content), String(length)).to.equal(true)
    }
  })

  it('returns ranges of a file', async () => {
    const content = randomBytes(3 * FRAME)
    await put('a', content)
    const ranges: [number, number][] = [
      [0, 1],
      [FRAME - 1, FRAME + 1],
      [FRAME, 2 * FRAME],
      [10, 3 * FRAME],
      [3 * FRAME - 1, 9 * FRAME],
      [5, 5],
      [9 * FRAME, 10 * FRAME],
    ]
    for (const [start, end] of ranges)
      expect((await buffer(files.range('a', start, end))).equals(content.subarray(start, end)), `${start}–${end}`).to.equal(true)
  })

  it('writes nothing in plain text, and only for this user', async () => {
    await put('a', Buffer.from('身份证号码'.repeat(100)))
    expect((await readFile(onDisk('a'))).includes(Buffer.from('身份证'))).to.equal(false)
    expect((await stat(folder)).mode & 0o777).to.equal(0o700)
    expect((await stat(onDisk('a'))).mode & 0o777).to.equal(0o600)
  })

  it('lists files and deletes them', async () => {
    await put('b', Buffer.from('2'))
    await put('a', Buffer.from('1'))
    await writeFile(join(folder, '.c.left-by-a-crash'), 'x')
    expect(await files.list()).to.deep.equal(['a', 'b'])
    await files.remove('a')
    expect(await files.list()).to.deep.equal(['b'])
  })

  it('reseals a file with the active key once, after which the old key is not needed', async () => {
    const content = randomBytes(FRAME + 5)
    await put('a', content)
    const rotating = await createFiles(folder, createSecrets([newKey, oldKey]))
    expect((await buffer(rotating.open('a'))).equals(content)).to.equal(true)
    expect(await rotating.reseal('a')).to.equal(true)
    expect(await rotating.reseal('a')).to.equal(false)
    const after = await createFiles(folder, createSecrets([newKey]))
    expect((await buffer(after.open('a'))).equals(content)).to.equal(true)
  })

  it('leaves a broken file as it is when it cannot be resealed', async () => {
    await put('a', randomBytes(2 * FRAME))
    const cut = (await readFile(onDisk('a'))).subarray(0, -5)
    await writeFile(onDisk('a'), cut)
    const rotating = await createFiles(folder, createSecrets([newKey, oldKey]))
    expect(await codeOf(rotating.reseal('a'))).to.equal('cipher_broken')
    expect((await readFile(onDisk('a'))).equals(cut)).to.equal(true)
    expect(await readdir(folder)).to.deep.equal(['a'])
  })

  it('serves a workbook by ranges, and reports broken encryption otherwise than a broken workbook', async () => {
    const content = workbook({ tabs: [{ rows: '<row r="1"><c r="A1"><v>7</v></c></row>' }] })
    await put('a', content)
    const source = {
      name: 'list.xlsx',
      bytes: content.length,
      stream: () => files.open('a'),
      range: (start: number, end: number) => files.range('a', start, end),
    }
    const sheet = await openSheet(source)
    for await (const batch of sheet.rows()) expect(batch.map(({ cells }) => cells)).to.deep.equal([[7]])
    await sheet.close()
    const sealed = await readFile(onDisk('a'))
    sealed[sealed.length - 1] = (sealed.at(-1) as number) ^ 1
    await writeFile(onDisk('a'), sealed)
    expect(await codeOf(openSheet(source))).to.equal('cipher_broken')
  })
})
