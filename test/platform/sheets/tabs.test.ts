// Reading every sheet of a small table that has its header: hidden sheets are named, hidden rows and columns read and said.
// That workbooks are opened with their sheets is xlsx.test.ts.

import { expect } from 'chai'
import { AppError } from '../../../src/core/errors.ts'
import type { SheetRow, SheetTab } from '../../../src/platform/sheets/sheet.ts'
import { readTabs, type ReadTabs } from '../../../src/platform/sheets/tabs.ts'
import { refusal } from '../../support/refusal.ts'

type Found = { headerRow: number; columns: Map<string, { index: number; heading: string }> }

function find(rows: readonly (readonly (string | number)[])[]): Found {
  const headerRow = rows.findIndex((cells) => cells.includes('姓名'))
  if (headerRow < 0) throw new AppError('import_header_missing', { rows: 20 })
  return { headerRow, columns: new Map([['name', { index: rows[headerRow]?.indexOf('姓名') ?? 0, heading: '姓名' }]]) }
}

const tabOf = (name: string, lines: string[][], more: Partial<SheetTab> & { hiddenRow?: number } = {}): SheetTab => ({
  name,
  isHidden: false,
  async *rows() {
    yield await Promise.resolve(
      lines.map((cells, at): SheetRow => ({
        row: at + 1,
        cells,
        bytesRead: 0,
        ...(more.hiddenRow === at + 1 ? { isHidden: true as const } : {}),
      })),
    )
  },
  hiddenColumns: () => Promise.resolve([]),
  ...more,
})

const read = (...tabs: SheetTab[]): Promise<ReadTabs<Found>> =>
  readTabs({ tabs }, find, { most: 5, tooLong: () => new AppError('screening_file_long', { max: 5 }) })

describe('the sheets of a small table', () => {
  it('are read below their headers, and what is hidden or unread is named', async () => {
    const { tabs, notes } = await read(
      tabOf('甲', [['标题'], ['姓名'], ['某甲']], { hiddenRow: 3, hiddenColumns: () => Promise.resolve([0]) }),
      tabOf('乙', [['姓名'], ['某乙']], { isHidden: true }),
      tabOf('丙', [['说明']]),
      tabOf('丁', []),
    )
    expect(tabs.map(({ name, rows }) => [name, rows.map(({ cells }) => cells)])).to.deep.equal([['甲', [['某甲']]]])
    expect(notes.map(({ code, values }) => [code, values?.['tab']])).to.deep.equal([
      ['columns_hidden', '甲'],
      ['rows_hidden', '甲'],
      ['tab_hidden', '乙'],
      ['tab_unread', '丙'],
    ])
  })

  it('are refused when none has the header, none has a row, or all together are too long', async () => {
    await refusal('import_header_missing', () => read(tabOf('甲', [['说明']])))
    await refusal('import_empty', () => read(tabOf('甲', [])))
    const lines = [['姓名'], ['一'], ['二']]
    await refusal('screening_file_long', () => read(tabOf('甲', lines), tabOf('乙', lines)))
  })
})
