// platform/sheets/csv: encodings, quotes, line ends, delimiters and sizes of text tables. Workbooks are xlsx.test.ts.

import { expect } from 'chai'
import { mkdtemp, rm } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openSheet } from '../../../src/platform/sheets/read.ts'
import { fileSource } from '../../../src/platform/sheets/sources.ts'
import { LONGEST_CELL } from '../../../src/platform/sheets/sheet.ts'
import { leastSpent } from '../../support/spent.ts'
import { failure, rowsOf, sourceOf, tableOf } from './workbook.ts'

/** 张三，李四 in GBK. */
const ZHANG = Buffer.from([0xd5, 0xc5, 0xc8, 0xfd])
const LI = Buffer.from([0xc0, 0xee, 0xcb, 0xc4])

const utf16 = (text: string, big = false): Buffer => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le')
  return big ? bytes.swap16() : bytes
}

describe('reading a text table refuses', () => {
  it('an empty file', async () => {
    expect((await failure(rowsOf(sourceOf('')))).code).to.equal('import_empty')
    expect((await failure(rowsOf(sourceOf('\uFEFF\r\n \r\n,,,\r\n')))).code).to.equal('import_empty')
  })

  it('bytes that are neither UTF-8 nor GB18030', async () => {
    expect((await failure(rowsOf(sourceOf(Buffer.concat([Buffer.from('a,b\n'), Buffer.from([0xff, 0x20])]))))).code).to.equal(
      'import_encoding_unknown',
    )
    expect((await failure(rowsOf(sourceOf(Buffer.concat([ZHANG, ZHANG.subarray(0, 1)]))))).code).to.equal('import_encoding_unknown')
  })

  it('other bytes after the byte order mark of UTF-8, and UTF-16 that is cut in the middle of a character', async () => {
    expect((await failure(rowsOf(sourceOf(Buffer.concat([Buffer.from('\uFEFF'), ZHANG]))))).code).to.equal('import_encoding_unknown')
    expect((await failure(rowsOf(sourceOf(utf16('a,b').subarray(0, -1))))).code).to.equal('import_encoding_unknown')
  })

  it('no cell that is longer than any list needs: it is cut before a pattern is searched in it', async () => {
    const [row] = await rowsOf(sourceOf(`a,${'（'.repeat(100_000)}\n`))
    expect(row?.cells.map((cell) => String(cell).length)).to.deep.equal([1, LONGEST_CELL])
  })

  it('bytes that contain NUL', async () => {
    expect((await failure(rowsOf(sourceOf('name\0,age\n1,2\n')))).code).to.equal('import_encoding_unknown')
  })

  it('a quote that is never closed, naming the row where it begins', async () => {
    const error = await failure(rowsOf(sourceOf('a,b\n\n1,"2\n3,4\n')))
    expect([error.code, error.values.row]).to.deep.equal(['import_file_broken', 3])
  })

  it('a quote that would take in lines up to the next quote', async () => {
    const error = await failure(rowsOf(sourceOf('a,b\n1,"x\n2,"y",z\n3,w\n')))
    expect([error.code, error.values.row]).to.deep.equal(['import_file_broken', 2])
  })

  it('a row that another row has swallowed between two stray quotes, naming the row', async () => {
    const row = (name: string, id: string, duty: string): string => `${name},男,42,${id},法院,2024-11-10,${duty},全部未履行,是\r\n`
    const head = '姓名,性别,年龄,号码,法院,立案时间,义务,履行情况,是否公开\r\n'
    const good = row('木丽梅', '533423197303090096', '支付5万元')
    for (const [id, other] of [
      ['533401198709040343', '533401200104110468'],
      ['号码', '另一号码'],
    ] as const) {
      const text = head + good + row('永宗尼玛', id, '"房屋交付并支付1,000元') + row('和志强', other, '支付报酬71,000元"') + good
      const error = await failure(rowsOf(sourceOf(text)))
      expect([error.code, error.values.row]).to.deep.equal(['sheet_row_swallowed', 3])
    }
    // From one of the last columns to one of the first of the next row.
    const short = `${head}永宗尼玛,男,42,533401198709040343,法院,2024-11-10,义务,"全部未履行,是\n和志强,男,42,533401200104110468",法院,2024,义务,无,是\n`
    expect((await failure(rowsOf(sourceOf(short)))).code).to.equal('sheet_row_swallowed')
  })

  it('an endless quoted field before it fills the memory', async () => {
    const line = `${'x'.repeat(1000)}\n`
    const error = await failure(rowsOf(sourceOf(`a,b\n1,"${line.repeat(6000)}`)))
    expect([error.code, error.values.row]).to.deep.equal(['import_file_broken', 2])
  })

  it('more columns than a spreadsheet has, and an endless line', async () => {
    expect((await failure(rowsOf(sourceOf(`a${',b'.repeat(16_384)}\n`)))).code).to.equal('import_too_wide')
    expect((await failure(rowsOf(sourceOf(`a${','.repeat(5_000_000)}`)))).code).to.equal('import_too_wide')
    expect(await rowsOf(sourceOf(`a${',b'.repeat(16_383)}\n`))).to.have.length(1)
  })

  it('more lines than a spreadsheet has rows, blank ones too, and takes as many as one adds below a table', async () => {
    const below = (lines: number): string => `a,b\n1,2\n${'\n'.repeat(lines)}`
    expect((await failure(rowsOf(sourceOf(below(1_048_577))))).code).to.equal('sheet_rows')
    expect(await rowsOf(sourceOf(below(1_048_570)))).to.have.length(2)
  })

  it('no ragged lines, and reads them about as fast as even ones', async () => {
    const spent = (line: string): Promise<number> =>
      leastSpent(async () => expect(await rowsOf(sourceOf(`a,b\n${line.repeat(60_000)}`))).to.have.length(60_001), 3)
    const even = await spent('1,2\n')
    // Thirty times as long with an error built for each of them.
    expect((await spent('1\n')) / even).to.be.below(8)
  })

  it('more bytes than allowed', async () => {
    expect((await failure(rowsOf(sourceOf('a,b\n1,2\n'), { maxBytes: 5 }))).code).to.equal('import_too_large')
  })

  it('no disk error, which is passed on as it is', async () => {
    const source = { ...sourceOf('a,b\n'), stream: () => Readable.from([]).destroy(Object.assign(new Error('EIO'), { syscall: 'read' })) }
    let seen: unknown
    await openSheet(source).catch((error: unknown) => (seen = error))
    expect(seen).to.be.an('error').with.property('syscall', 'read')
  })
})

describe('reading a text table accepts', () => {
  const plain = [
    [1, '姓名', '年龄'],
    [2, '张三', '42'],
  ]

  it('UTF-8 with and without a byte order mark, UTF-16 of both kinds', async () => {
    const text = '姓名,年龄\r\n张三,42\r\n'
    for (const content of [text, `\uFEFF${text}`, utf16(text), utf16(text, true)]) {
      expect(await tableOf(content)).to.deep.equal(plain)
      expect(await tableOf(content, 1)).to.deep.equal(plain)
    }
  })

  it('GBK and the four-byte characters of GB18030, split anywhere', async () => {
    const rare = Buffer.from([0x95, 0x32, 0x82, 0x36]) // U+20000
    const content = Buffer.concat([Buffer.from('n\n'), ZHANG, Buffer.from('\n'), LI, rare, Buffer.from('\n')])
    for (const step of [1, 2, 3, 4, 5, 65_536]) {
      const sheet = await openSheet(sourceOf(content, step))
      expect(sheet.encoding).to.equal('gb18030')
      expect(await tableOf(content, step)).to.deep.equal([
        [1, 'n'],
        [2, '张三'],
        [3, '李四\u{20000}'],
      ])
    }
  })

  it('GBK whose only Chinese is on the last line', async () => {
    const content = Buffer.concat([Buffer.from('a,b\n1,2\n'.repeat(20_000)), ZHANG])
    expect((await tableOf(content)).at(-1)).to.deep.equal([40_001, '张三'])
  })

  it('CRLF, LF, CR and a mixture, split anywhere', async () => {
    for (const end of ['\r\n', '\n', '\r'])
      expect(await tableOf(`a,b${end}${end}"1${end}x",2${end}3,4`, 1)).to.deep.equal([
        [1, 'a', 'b'],
        [3, `1${end}x`, '2'],
        [4, '3', '4'],
      ])
    expect((await tableOf('a\r\nb\nc\rd', 1)).map(([row]) => row)).to.deep.equal([1, 2, 3, 4])
  })

  it('quotes that are doubled, around delimiters, around newlines, or in the middle of a field', async () => {
    expect(await tableOf('a,"b ""c"", d","e\nf",支付"违约金"一万\n')).to.deep.equal([[1, 'a', 'b "c", d', 'e\nf', '支付"违约金"一万']])
  })

  it('line breaks in a quoted cell, also beside sums, several commas, and an identifier without any', async () => {
    const duty =
      '一、支付本金1,234,567.00元、2,345,678.00元、3,456,789元;\n二、支付利息, 违约金, 律师费\n三、向张三（533421198410140222）道歉'
    const prose = '一、支付1,234,567.00元\n二、支付利息, 违约金, 律师费'
    const head = '姓名,性别,年龄,号码,法院,立案时间,义务,履行情况,是否公开'
    expect((await tableOf(`${head}\n扎西某,男,42,533421198410140222,法院,2024,"${prose}",无,是\n`))[1]?.[7]).to.equal(prose)
    const tabbed = `${head.replaceAll(',', '\t')}\n扎西某\t男\t42\t533421198410140222\t法院\t2024\t"${duty}"\t无\t是\n`
    expect((await tableOf(tabbed))[1]?.[7]).to.equal(duty)
  })

  it('rows of unequal length, and counts blank lines without returning them', async () => {
    expect(await tableOf('title\n\n , ,\na,b,c\n1\n1,2,3,4\n')).to.deep.equal([
      [1, 'title'],
      [4, 'a', 'b', 'c'],
      [5, '1'],
      [6, '1', '2', '3', '4'],
    ])
  })

  it('semicolons and tabs, also below a title and with commas in the text', async () => {
    expect((await tableOf('title, of 2026\na;b;c\n"1;x";2;3,5\n4;5;6\n')).at(1)).to.deep.equal([2, 'a', 'b', 'c'])
    expect((await tableOf('a\tb\tc\n1,1\t2\t3\n')).at(1)).to.deep.equal([2, '1,1', '2', '3'])
  })

  it('digits as texts, never as numbers', async () => {
    expect(await tableOf('007,1e5,533421198410140222\n')).to.deep.equal([[1, '007', '1e5', '533421198410140222']])
  })

  it('a huge cell, and reads of it what a field may have at most', async () => {
    const huge = '债'.repeat(300_000)
    expect((await tableOf(`a,"${huge}"\n`))[0]?.[2]).to.equal(huge.slice(0, LONGEST_CELL))
  })

  it('being read again from the start, also after a reader that stopped early', async () => {
    const sheet = await openSheet(sourceOf('a\n'.repeat(2000)))
    for await (const batch of sheet.rows()) {
      expect(batch).to.have.length(500)
      break
    }
    let count = 0
    for await (const batch of sheet.rows()) count += batch.length
    expect(count).to.equal(2000)
    await sheet.close()
  })

  it('40 MB without reading faster than rows are taken, and reports its progress', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sheets-'))
    try {
      const path = join(folder, 'big.csv')
      const line = `${Array.from({ length: 20 }, (_, index) => `栏${index}的一段文字`).join(',')}\r\n`
      const block = line.repeat(500)
      await pipeline(
        Readable.from(
          (function* () {
            for (let written = 0; written < 40_000_000; written += Buffer.byteLength(block)) yield block
          })(),
        ),
        createWriteStream(path),
      )
      const plain = await fileSource(path)
      let streamed = 0
      const source = {
        ...plain,
        stream: () => {
          streamed = 0
          return Readable.from(
            (async function* () {
              for await (const chunk of plain.stream() as AsyncIterable<Buffer>) {
                streamed += chunk.length
                yield chunk
              }
            })(),
          )
        },
      }
      let ahead = 0
      let last = 0
      const sheet = await openSheet(source)
      for await (const batch of sheet.rows()) {
        last = batch.at(-1)?.bytesRead ?? 0
        ahead = Math.max(ahead, streamed - last)
      }
      expect(last).to.equal(source.bytes)
      expect(ahead, 'bytes that were read in advance').to.be.below(4_000_000)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
