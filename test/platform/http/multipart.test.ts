// The reader of forms with files: every way of cutting the bytes gives the same parts, and what is not well formed is refused.
// Forms over the real server are test/features/complaints/pages.test.ts.

import { expect } from 'chai'
import fc from 'fast-check'
import { isAppError } from '../../../src/core/errors.ts'
import { boundaryOf, partsOf } from '../../../src/platform/http/multipart.ts'

const part = (name: string, content: string, file = ''): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${file}\r\nContent-Type: x/y\r\n\r\n${content}\r\n`
const END = '--b--\r\n'

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % Math.max(1, sizes.length)] ?? bytes.length)
    yield await Promise.resolve(bytes.subarray(at, at + size))
    at += size
  }
}

async function read(text: string, sizes: readonly number[] = []): Promise<[string, boolean, string][]> {
  const found: [string, boolean, string][] = []
  for await (const { name, isFile, content } of partsOf(cut(Buffer.from(text, 'latin1'), sizes), 'b')) {
    const pieces: Buffer[] = []
    for await (const piece of content) pieces.push(piece)
    found.push([name, isFile, Buffer.concat(pieces).toString('latin1')])
  }
  return found
}

describe('a form with files', () => {
  it('is read the same however its bytes arrive, also where the content looks like a boundary (property)', async () => {
    const content = fc.string({ unit: fc.constantFrom('\r', '\n', '-', 'b', 'x', '\x00', '\xff'), maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(content, content, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 }), async (one, two, sizes) => {
        fc.pre(![one, two].some((each) => `\r\n${each}\r\n`.includes('\r\n--b')))
        const expected = [
          ['one', false, one],
          ['two', true, two],
        ]
        expect(await read(part('one', one) + part('two', two, '; filename="a.jpg"') + END, sizes)).to.deep.equal(expected)
      }),
      { numRuns: 200 },
    )
  })

  it('skips what its reader leaves unread', async () => {
    const names: string[] = []
    for await (const { name } of partsOf(cut(Buffer.from(part('a', 'x'.repeat(5000)) + part('b', 'y') + END), [7]), 'b')) names.push(name)
    expect(names).to.deep.equal(['a', 'b'])
  })

  it('is refused when it is cut off, has a part without a name, an endless head or more than a hundred parts', async () => {
    const whole = part('a', 'text')
    for (const text of [
      '',
      'nothing',
      '--b',
      whole,
      `${whole}--`,
      `--b\r\n\r\ntext\r\n${END}`,
      `--b\r\n${'h'.repeat(9000)}\r\n\r\n${END}`,
    ]) {
      const error = await read(text).catch((caught: unknown) => caught)
      expect(isAppError(error, 'form_broken'), text.slice(0, 40)).to.equal(true)
    }
    expect(await read(`preamble\r\n${whole.repeat(100)}${END}epilogue`)).to.have.length(100)
    expect(isAppError(await read(whole.repeat(101) + END).catch((caught: unknown) => caught), 'form_broken')).to.equal(true)
  })

  it('names its boundary in the content type, quoted or plain', () => {
    expect(boundaryOf('multipart/form-data; boundary=----WebKitFormBoundaryAbC')).to.equal('----WebKitFormBoundaryAbC')
    expect(boundaryOf('Multipart/Form-Data; charset=utf-8; boundary="a b"')).to.equal('a b')
    for (const type of ['', 'multipart/form-data', 'multipart/mixed; boundary=a', `multipart/form-data; boundary=${'a'.repeat(71)}`])
      expect(boundaryOf(type), type).to.equal(null)
  })
})
