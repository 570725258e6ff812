// platform/sheets: what one file may hold at most; each refusal has its own code and the number of the limit, and says it in words.

import { expect } from 'chai'
import { loadCatalog } from '../../../src/catalog.ts'
import type { Code } from '../../../src/core/errors.ts'
import { openSheet } from '../../../src/platform/sheets/read.ts'
import { LONGEST_CELL, SHEET_LIMITS, type SheetLimits } from '../../../src/platform/sheets/sheet.ts'
import { textReader } from '../../../src/platform/sheets/workbook.ts'
import { bookParts, failure, rowsOf, sourceOf, workbook, zip, type Book } from './workbook.ts'

const catalog = loadCatalog('templates')
const text = (content: string): string => `<c t="inlineStr"><is><t>${content}</t></is></c>`
const ROW = `<row>${text('a')}</row>`
const sheet = (more: string, rows = ROW): Book => ({
  tabs: [{ rows: '', xml: `<worksheet><sheetData>${rows}</sheetData>${more}</worksheet>` }],
})

/** What each limit is about, a file at the limit and one beyond it. */
const CASES: readonly [what: string, limits: Partial<SheetLimits>, code: string, make: (count: number) => Buffer | string][] = [
  ['rows of a workbook', { maxRows: 5 }, 'sheet_rows', (count) => workbook({ tabs: [{ rows: ROW.repeat(count) }] })],
  ['blank rows of a workbook', { maxRows: 5 }, 'sheet_rows', (count) => workbook({ tabs: [{ rows: ROW + '<row/>'.repeat(count - 1) }] })],
  ['rows of a text table', { maxRows: 5 }, 'sheet_rows', (count) => 'a,b\n'.repeat(count)],
  ['blank rows of a text table', { maxRows: 5 }, 'sheet_rows', (count) => `a,b\n${'\n'.repeat(count - 1)}`],
  ['tabs', { maxTabs: 5 }, 'sheet_tabs', (count) => workbook({ tabs: Array.from({ length: count }, () => ({ rows: ROW })) })],
  [
    'merged areas',
    { maxMerges: 5 },
    'sheet_merges',
    (count) => workbook(sheet(`<mergeCells>${'<mergeCell ref="B1:B2"/>'.repeat(count)}</mergeCells>`)),
  ],
  [
    'shared texts',
    { maxTextCount: 5 },
    'sheet_texts',
    (count) => workbook({ tabs: [{ rows: ROW }], shared: '<si><t>a</t></si>'.repeat(count) }),
  ],
  [
    'styles',
    { maxStyles: 5 },
    'sheet_styles',
    (count) =>
      workbook({
        tabs: [{ rows: ROW }],
        workbookPr: '<workbookPr date1904="1"/>',
        styles: `<cellXfs>${'<xf numFmtId="14"/>'.repeat(count)}</cellXfs>`,
      }),
  ],
  [
    'formats of numbers',
    { maxStyles: 5 },
    'sheet_styles',
    (count) =>
      workbook({
        tabs: [{ rows: ROW }],
        workbookPr: '<workbookPr date1904="1"/>',
        styles: `<numFmts>${Array.from({ length: count }, (_, n) => `<numFmt numFmtId="${200 + n}" formatCode="0"/>`).join('')}</numFmts><cellXfs/>`,
      }),
  ],
]

describe('a file with too much in it', () => {
  for (const [what, limits, code, make] of CASES)
    it(`is refused for its ${what}, with the number, and read at the limit`, async () => {
      expect(await rowsOf(sourceOf(make(5)), limits)).not.to.have.length(0)
      const refused = await failure(rowsOf(sourceOf(make(6)), limits))
      expect([refused.code, refused.values.max]).to.deep.equal([code, 5])
      expect(catalog.problem(code as Code, refused.values)).to.match(/ 5 [\u4e00-\u9fff]+上限|超过 5 /)
    })

  it('is refused for a row whose cells together are too long, which is named', async () => {
    const row = (length: number): string => `a,b\n${'甲'.repeat(length - 3)},乙\n`
    expect(await rowsOf(sourceOf(row(100)), { maxRowLength: 100 })).to.have.length(2)
    const refused = await failure(rowsOf(sourceOf(row(101)), { maxRowLength: 100 }))
    expect(refused).to.deep.include({ code: 'sheet_row_long', values: { row: 2, length: 101, max: 100 } })
    expect(catalog.problem('sheet_row_long', refused.values)).to.include('第 2 行').and.include('101').and.include('100')
  })

  it('is read in its first 1,024 columns, and says where the first cell beyond them is', async () => {
    const cell = (place: string): string => `<c r="${place}" t="inlineStr"><is><t>${place}</t></is></c>`
    const [row, other] = await rowsOf(
      sourceOf(
        workbook({
          tabs: [{ rows: `<row r="3">${cell('A3')}${cell('AMJ3')}${cell('AMK3')}${cell('XFD3')}</row><row r="4">${cell('XFD4')}</row>` }],
        }),
      ),
    )
    expect([row?.cells.length, row?.cells[1_023], row?.unread]).to.deep.equal([1_024, 'AMJ3', 'AMK3'])
    expect([other?.cells, other?.unread]).to.deep.equal([[], 'XFD4'])
    const [text, blank] = await rowsOf(sourceOf(`a${','.repeat(1_023)}b,,c\n1${','.repeat(5_000)}\n`))
    expect([text?.cells.length, text?.cells[1_023], text?.unread]).to.deep.equal([1_024, 'b', 'AML1'])
    expect([blank?.cells.length, blank?.unread]).to.deep.equal([1_024, undefined])
    const merged = `<mergeCells><mergeCell ref="XFD1:XFD9"/></mergeCells>`
    expect((await rowsOf(sourceOf(workbook(sheet(merged, ROW)))))[0]?.cells).to.have.length(1)
  })

  it('is read without its comments, however many there are: nobody asks for them', async () => {
    const comments = { name: 'xl/comments1.xml', content: `<comments>${'<comment ref="A1"/>'.repeat(100_000)}` }
    const book = zip([...bookParts({ tabs: [{ rows: ROW }] }), comments])
    expect(await rowsOf(sourceOf(book), { maxUnpacked: 10_000 })).to.have.length(1)
  })

  it('is filled from one merged area of a column at most, so that areas over each other cost nothing', async () => {
    const merges = (count: number): string => `<mergeCells>${'<mergeCell ref="A1:A900"/>'.repeat(count)}</mergeCells>`
    const rows = ROW + `<row><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>`.repeat(800)
    const read = await rowsOf(sourceOf(workbook(sheet(merges(20_000), rows))))
    expect(read).to.have.length(801)
    expect(read.every(({ cells }) => cells[0] === 'a')).to.equal(true)
  })

  it('is cut to the longest cell before its texts are kept', () => {
    const kept: string[] = []
    const reader = textReader((read) => kept.push(read))
    reader.open('si', {})
    reader.open('t', {})
    for (let piece = 0; piece < 20; piece += 1) reader.text('债'.repeat(3_000))
    reader.close('t')
    reader.close('si')
    expect(kept).to.deep.equal(['债'.repeat(LONGEST_CELL)])
  })

  it('comes in batches that are short enough to be worked on without a pause', async () => {
    const open = await openSheet(sourceOf(`${'甲'.repeat(5_000)},${'乙'.repeat(5_000)}\n`.repeat(400)))
    const sizes: number[] = []
    for await (const batch of open.rows()) sizes.push(batch.length)
    await open.close()
    expect(Math.max(...sizes)).to.be.at.most(30)
    expect(sizes.reduce((sum, size) => sum + size, 0)).to.equal(400)
    expect(SHEET_LIMITS.maxRows).to.equal(1_048_576)
  })
})
