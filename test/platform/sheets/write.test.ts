// platform/sheets/write: text tables that Excel neither runs nor spoils, and that read back unchanged.

import { expect } from 'chai'
import fc from 'fast-check'
import { buffer } from 'node:stream/consumers'
import { type Cell, csvLine, writeCsv } from '../../../src/platform/sheets/write.ts'
import { tableOf } from './workbook.ts'

describe('writing a text table', () => {
  it('guards formulas, also with full-width signs, and leaves numbers as they are', () => {
    expect(csvLine(['=1+1', '+8613900000000', '-2', '@x', '＝1', -2, 3.5, null, undefined, Number.NaN])).to.equal(
      "'=1+1,'+8613900000000,'-2,'@x,'＝1,-2,3.5,,,\r\n",
    )
    expect(csvLine(['\t=1', '\r=1'])).to.equal('"\'\t=1","\'\r=1"\r\n')
  })

  it('guards formulas behind blanks, line ends and characters that are not seen', () => {
    for (const before of [' ', '\n', '\v', '\u00a0', '\u200b', '\ufeff', "' ", ' \u200b\n'])
      for (const sign of ['=1+1', '@SUM(1)', '＋1']) expect(csvLine([before + sign]), JSON.stringify(before)).to.match(/^"?'/)
    expect(csvLine(['a =1', '甲-乙'])).to.equal('a =1,甲-乙\r\n')
  })

  it('quotes delimiters, quotes, newlines and outer blanks', () => {
    expect(csvLine(['a,b', 'a"b', 'a\nb', ' a', 'a;b', 'plain'])).to.equal('"a,b","a""b","a\nb"," a","a;b",plain\r\n')
  })

  it('protects the digits of an identity number from rounding', () => {
    expect(csvLine(['533421198410140222', '13900005279', '53342119841014022X'])).to.equal(
      '"=""533421198410140222""",13900005279,53342119841014022X\r\n',
    )
  })

  it('starts with a byte order mark and streams the rows', async () => {
    function* rows(): Generator<Cell[]> {
      for (let row = 0; row < 5000; row++) yield [row, '张三']
    }
    const bytes = await buffer(writeCsv(rows()))
    expect(bytes.subarray(0, 3).toString('hex')).to.equal('efbbbf')
    const table = await tableOf(bytes)
    expect(table).to.have.length(5000)
    expect(table.at(-1)).to.deep.equal([5000, '4999', '张三'])
  })

  it('passes on an error of its rows', async () => {
    function* rows(): Generator<Cell[]> {
      yield ['a']
      throw new Error('rows failed')
    }
    const error: unknown = await buffer(writeCsv(rows())).catch((caught: unknown) => caught)
    expect(error).to.be.an('error').with.property('message', 'rows failed')
  })

  it('property: produces a table that reads back unchanged', async () => {
    const cell = fc.oneof(
      fc
        .string({ unit: fc.constantFrom('=', '+', '-', '@', '＝', "'", '"', ',', ';', '\t', '\n', ' ', 'a', '张', '1') })
        .filter((text) => !/^"[^]*\n/.test(text)),
      fc.stringMatching(/^[0-9]{14,20}$/),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), async (pairs) => {
        const rows = [['head', 'of'], ...pairs.map(([left, right]) => [`x${left}`, right])]
        expect(await tableOf(await buffer(writeCsv(rows)))).to.deep.equal(rows.map((cells, index) => [index + 1, ...cells]))
      }),
      { numRuns: 200 },
    )
  })
})
