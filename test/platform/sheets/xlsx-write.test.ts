// platform/sheets/xlsx-write: workbooks read back unchanged, texts stay texts, and every spreadsheet program can open them.

import { expect } from 'chai'
import fc from 'fast-check'
import { openArchive } from '../../../src/platform/sheets/zip.ts'
import { SHEET_LIMITS } from '../../../src/platform/sheets/sheet.ts'
import { writeXlsx, type SheetPlan } from '../../../src/platform/sheets/xlsx-write.ts'
import { sourceOf, tableOf } from './workbook.ts'

const plan = (rows: SheetPlan['rows'], more: Partial<SheetPlan> = {}): SheetPlan => ({
  name: 'a',
  columns: [{ title: '甲' }, { title: '乙', width: 30 }],
  rows,
  ...more,
})

async function part(file: Buffer, name: string): Promise<string> {
  const archive = await openArchive(sourceOf(file), SHEET_LIMITS)
  let text = ''
  for await (const chunk of archive.part(name)?.content() ?? []) text += chunk.toString('utf8')
  archive.close()
  return text
}

describe('writing a workbook', () => {
  it('writes title, notes, hidden row, header, rows and totals in this order', async () => {
    const file = await writeXlsx([plan([['x', 1]], { title: '表', notes: ['one', 'two'], hidden: ['code', 7], totals: ['合计', 1] })])
    expect(await tableOf(file)).to.deep.equal([
      [1, '表'],
      [2, 'one'],
      [3, 'two'],
      [4, 'code', 7],
      [5, '甲', '乙'],
      [6, 'x', 1],
      [7, '合计', 1],
    ])
    const sheet = await part(file, 'xl/worksheets/sheet1.xml')
    expect(sheet).to.match(/<row r="4"[^>]*hidden="1"/)
    expect(sheet.match(/hidden=/g)).to.have.length(1)
    expect(sheet).to.match(/ySplit="5"/)
  })

  it('writes formulas and identity numbers as texts', async () => {
    const texts = ['=1+1', "=cmd|' /C calc'!A0", '+86139', '@x', '-2', '533421198410140222', '007', 'TRUE']
    const file = await writeXlsx([plan(texts.map((text) => [text, 1]))])
    expect((await tableOf(file)).slice(1).map((row) => row[1])).to.deep.equal(texts)
    const sheet = await part(file, 'xl/worksheets/sheet1.xml')
    expect(sheet).not.to.contain('<f>')
    expect(sheet.match(/t="s"/g)).to.have.length(2 + texts.length)
  })

  it('leaves cells empty for missing values and numbers that are not finite', async () => {
    const file = await writeXlsx([
      plan([
        [null, undefined],
        ['', Number.NaN],
        ['x', Infinity],
        [0, -1.5],
      ]),
    ])
    expect((await tableOf(file)).slice(1)).to.deep.equal([
      [4, 'x'],
      [5, 0, -1.5],
    ])
  })

  it('writes several tabs, with names that are allowed and unique', async () => {
    const file = await writeXlsx(['a/b', 'A b', '季'.repeat(40), '季'.repeat(50), '[]'].map((name) => plan([], { name })))
    const names = [...(await part(file, 'xl/workbook.xml')).matchAll(/<sheet [^>]*name="([^"]*)"/g)].map((match) => match[1])
    expect(names).to.deep.equal(['a b', 'A b 2', '季'.repeat(31), `${'季'.repeat(27)} 2`, 'Sheet'])
  })

  it('cuts a text that is too long for a cell', async () => {
    const [, row] = await tableOf(await writeXlsx([plan([['长'.repeat(40_000), 1]])]))
    expect(String(row?.[1])).to.have.length.below(32_768)
  })

  it('property: reads back any texts and numbers unchanged', async () => {
    const cell = fc.oneof(
      fc.string({
        unit: fc.constantFrom('=', '_', 'x', '0', '4', '1', '&', '<', '"', "'", '\u0000', '\u0007', '\r', '\n', '\t', ' ', '张', '😀'),
      }),
      fc.constantFrom('constructor', '__proto__', 'toString', '_x0041_', 'x_x005F_', ']]>'),
      fc.integer(),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 6 }), async (pairs) => {
        const rows = pairs.map(([left, right]) => [`x${left}`, right, '.'])
        const file = await writeXlsx([plan(rows, { columns: [{ title: '甲' }, { title: '乙' }, { title: '丙' }] })])
        expect((await tableOf(file)).slice(1)).to.deep.equal(rows.map((cells, index) => [index + 2, ...cells]))
      }),
      { numRuns: 200 },
    )
  })
})
