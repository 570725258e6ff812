// Whole lists as rows of cells: every entry of the sample list, and the rows that are no entries. The people in it are invented.
// Finding the header is test/features/debtors/columns.test.ts.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse as parseCsv } from 'csv-parse/sync'
import { findHeader } from '../../../src/features/debtors/columns.rules.ts'
import type { Cell } from '../../../src/features/debtors/headings.rules.ts'
import { isFooter, readRow, rowKey } from '../../../src/features/listings/rows.rules.ts'
import { TODAY } from '../../support/drafts.ts'

describe('the rows of a whole list', () => {
  const file = (name: string, encoding: string): string[][] =>
    parseCsv(new TextDecoder(encoding).decode(readFileSync(new URL(`../../../samples/lists/${name}`, import.meta.url))), {
      relax_column_count: true,
    })
  const rows = file('list.utf8.csv', 'utf-8')
  const { columns, unknown } = findHeader(rows)

  it('are all accepted without a warning in both encodings of the sample list of 240 entries', () => {
    expect(unknown).to.deep.equal([])
    expect(file('list.gbk.csv', 'gb18030')).to.deep.equal(rows)
    const keys = new Set<string>()
    for (const row of rows.slice(1)) {
      expect(isFooter(row, columns)).to.equal(false)
      const { content, problems } = readRow(row, columns, { today: TODAY, mode: 'takeover' })
      expect(problems, row[0]).to.deep.equal([])
      if (content === null) throw new Error('refused')
      keys.add(rowKey(content))
      expect(content.debtor.name).to.equal(row[1])
      expect(content.caseNo).to.equal(row[10])
      expect([content.filedOn, content.publishedOn]).to.deep.equal([row[9], row[15]])
      expect(content.termMonths ?? 0).to.equal(row[16] === '' ? 0 : Number(row[16]?.charAt(0)) * 12)
      expect(content.disclosure).to.equal(row[17] === '是' ? 'public' : 'undisclosed')
    }
    expect(keys.size).to.equal(240)
  })

  it('have problems that name the column as the file writes it', () => {
    const row = (rows[1] ?? []).with(4, '533421198410140223')
    expect(readRow(row, columns, { today: TODAY, mode: 'draft' }).problems).to.deep.equal([
      {
        code: 'id_check_wrong',
        severity: 'error',
        field: 'identifier',
        value: '**************0223',
        column: '身份证号码/统一社会信用代码',
      },
    ])
  })

  it('are skipped when they are blank, only numbered, totals, remarks or a repeated header', () => {
    const width = rows[0]?.length ?? 0
    const line = (...cells: Cell[]): Cell[] => [...cells, ...Array.from({ length: width - cells.length }, () => '')]
    for (const row of [
      [],
      line(),
      line(' ', '—'),
      line('241'),
      line(242),
      line('合计', 240),
      line('合计：240条'),
      line('', '制表人：张某', '', '', '审核：李某'),
      line('制表人：', '张某'),
      line('备注：以上名单…'),
      line('', '', '', '填表日期：2026年9月30日'),
      rows[0] ?? [],
      line('此表一式三份'),
    ])
      expect(isFooter(row, columns), JSON.stringify(row).slice(0, 60)).to.equal(true)
  })

  it('are not skipped when they are entries with most cells missing', () => {
    const width = rows[0]?.length ?? 0
    const line = (...cells: Cell[]): Cell[] => [...cells, ...Array.from({ length: width - cells.length }, () => '')]
    for (const row of [
      line('241', '扎西某'),
      line('', '扎西某'),
      line('241', '', '', '', '533421198410140222'),
      line('241', '扎西某', '女', '', '', '', '', '', '', '', '', '', '备注：另案'),
    ]) {
      expect(isFooter(row, columns)).to.equal(false)
      expect(readRow(row, columns, { today: TODAY, mode: 'draft' }).content).to.equal(null)
    }
  })
})
