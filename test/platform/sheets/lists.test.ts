// The three lists in samples/lists: the same people in three formats, as a court's office would send them.

import { expect } from 'chai'
import { join } from 'node:path'
import { openSheet } from '../../../src/platform/sheets/read.ts'
import { fileSource } from '../../../src/platform/sheets/sources.ts'
import { rowsOf } from './workbook.ts'

const list = (name: string): string => join(import.meta.dirname, '../../../samples/lists', name)

describe('the lists in samples/lists', () => {
  it('hold the same 240 people in GBK and in UTF-8', async () => {
    const utf8 = await rowsOf(await fileSource(list('list.utf8.csv')))
    const gbk = await rowsOf(await fileSource(list('list.gbk.csv')))
    expect(utf8).to.have.length(241)
    expect(gbk.map(({ cells }) => cells)).to.deep.equal(utf8.map(({ cells }) => cells))
    const sheet = await openSheet(await fileSource(list('list.gbk.csv')))
    expect([sheet.kind, sheet.encoding]).to.deep.equal(['csv', 'gb18030'])
  })

  it('hold them in a workbook below two title rows, with days as serial numbers and identifiers as texts', async () => {
    const rows = await rowsOf(await fileSource(list('list.xlsx')))
    expect(rows.map(({ row }) => row).slice(0, 4)).to.deep.equal([1, 2, 3, 4])
    const csv = await rowsOf(await fileSource(list('list.utf8.csv')))
    expect(rows[2]?.cells).to.deep.equal(csv[0]?.cells)
    const filing = rows[2]?.cells.indexOf('立案时间') ?? -1
    const identifier = rows[2]?.cells.indexOf('身份证号码/统一社会信用代码') ?? -1
    for (const [index, { cells }] of csv.slice(1).entries()) {
      const other = rows[index + 3]?.cells ?? []
      expect(other[identifier]).to.equal(cells[identifier])
      if (typeof other[filing] !== 'number') continue
      expect(new Date((other[filing] - 25_569) * 86_400_000).toISOString().slice(0, 10)).to.equal(cells[filing])
    }
    expect(rows[3]?.cells[filing]).to.be.a('number')
  })
})
