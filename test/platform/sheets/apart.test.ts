// platform/sheets/apart: tables are read in another thread, with the same rows and errors, and a file that takes too long or too much
// memory ends that thread alone.

import { Readable } from 'node:stream'
import { expect } from 'chai'
import { openSheetApart } from '../../../src/platform/sheets/apart.ts'
import type { SheetLimits, SheetRow, SheetSource } from '../../../src/platform/sheets/sheet.ts'
import { bytesSource, fileSource } from '../../../src/platform/sheets/sources.ts'
import { sourcesUnder } from '../../support/sources.ts'
import { pause } from '../../support/until.ts'
import { failure, rowsOf, sourceOf, workbook } from './workbook.ts'

const READING = { seconds: 60, megabytes: 256 }

async function rowsApart(source: SheetSource, limits?: Partial<SheetLimits>, reading = READING): Promise<SheetRow[]> {
  const sheet = await openSheetApart(source, reading, limits)
  try {
    const rows: SheetRow[] = []
    for await (const batch of sheet.rows()) rows.push(...batch)
    return rows
  } finally {
    await sheet.close()
  }
}

/** A small file with much in it: sheets of blank rows, each within every limit. */
function longWork(tabs: number): Buffer {
  const rows = '<row/>'.repeat(1_000_000)
  return workbook({ tabs: Array.from({ length: tabs }, () => ({ rows })) })
}

/** One line of many cells, which are held in memory until its end. */
const MUCH_MEMORY = Buffer.from(`a\n${','.repeat(3_900_000)}\n`)

describe('a table that is read in another thread', () => {
  it('has the rows, sheets and hidden columns that it has in this one', async () => {
    for (const name of ['list.utf8.csv', 'list.gbk.csv', 'list.xlsx']) {
      const source = await fileSource(`samples/lists/${name}`)
      expect(await rowsApart(source), name).to.deep.equal(await rowsOf(source))
    }
    const tab = (text: string, more = ''): string =>
      `<worksheet>${more}<sheetData><row><c t="inlineStr"><is><t>${text}</t></is></c></row></sheetData></worksheet>`
    const book = workbook({
      tabs: [
        { rows: '', state: 'hidden', xml: tab('a') },
        { rows: '', xml: tab('b', '<cols><col min="2" max="3" hidden="1"/></cols>') },
      ],
    })
    const sheet = await openSheetApart(sourceOf(book), READING)
    expect(sheet.tabs.map(({ name, isHidden }) => [name, isHidden])).to.deep.equal([
      ['S0', true],
      ['S1', false],
    ])
    expect(await sheet.tabs[1]?.hiddenColumns()).to.deep.equal([1, 2])
    const read = async (): Promise<string[]> => {
      const cells: string[] = []
      for (const each of sheet.tabs) for await (const batch of each.rows()) cells.push(...batch.flatMap((row) => row.cells.map(String)))
      return cells
    }
    expect(await read()).to.deep.equal(['a', 'b'])
    expect(await read(), 'again').to.deep.equal(['a', 'b'])
    await sheet.close()
  })

  it('is refused with the same error, its row and its values', async () => {
    expect((await failure(rowsApart(bytesSource('x', Buffer.from('%PDF-1.7'))))).code).to.equal('import_type_unknown')
    const open = bytesSource('x', Buffer.from('a,b\n1,"2\n'))
    expect(await failure(rowsApart(open))).to.deep.include({ code: 'import_file_broken', values: { row: 2 } })
    const large = bytesSource('x', Buffer.alloc(3 * 1_048_576, 'a,b\n'))
    const refused = await failure(rowsApart(large, { maxBytes: 2 * 1_048_576 }))
    expect(refused).to.deep.include({ code: 'import_too_large', values: { megabytes: 3, max: 2 } })
  })

  it('passes on an error of the disk as it is', async () => {
    const gone = await fileSource('samples/lists/list.xlsx')
    const away = Object.assign(new Error('EIO'), { syscall: 'read' })
    const fails = (): Readable => new Readable({ read: (): void => undefined, construct: (done) => done(away) })
    const thrown = await rowsApart({ ...gone, stream: fails, range: fails }).catch((error: unknown) => error)
    expect(thrown).to.equal(away)
  })

  it('is not read faster than its rows are taken', async () => {
    let pulled = 0
    const line = Buffer.from(`${'甲,乙,丙,丁'.repeat(20)}\n`.repeat(200))
    const pieces = function* (count: boolean): Generator<Buffer> {
      for (let n = 0; n < 1_000; n += 1) {
        if (count) pulled += 1
        yield line
      }
    }
    let streams = 0
    // The head and the encoding are read first.
    const source = { name: 'x', bytes: line.length * 1_000, stream: () => Readable.from(pieces(++streams === 3)) }
    const sheet = await openSheetApart(source, READING)
    const rows = sheet.rows()[Symbol.asyncIterator]()
    await rows.next()
    await pause(300)
    expect(pulled).to.be.within(1, 100)
    await rows.return?.()
    await sheet.close()
  })

  it('that would take too long is given up with the limit and the way out, while this thread goes on', async () => {
    const book = longWork(40)
    let ticks = 0
    const ticking = setInterval(() => (ticks += 1), 20)
    const refused = await failure(rowsApart(bytesSource('x', book), {}, { ...READING, seconds: 1 })).finally(() => clearInterval(ticking))
    expect(refused).to.deep.include({ code: 'sheet_time', values: { seconds: 2 } })
    expect(ticks).to.be.above(20)
    const next = await rowsApart(bytesSource('x', Buffer.from('a,b\n')))
    expect(next.map(({ cells }) => cells)).to.deep.equal([['a', 'b']])
  })

  it('that would take too much memory is given up with the limit and the way out', async () => {
    const refused = await failure(rowsApart(bytesSource('x', MUCH_MEMORY), {}, { ...READING, megabytes: 24 }))
    expect(refused).to.deep.include({ code: 'sheet_memory', values: { megabytes: 24 } })
    expect((await failure(rowsApart(bytesSource('x', MUCH_MEMORY)))).code).to.equal('import_too_wide')
  })

  it('waits for its turn when four are read, and all are read', async () => {
    const read = await Promise.all(Array.from({ length: 9 }, (_, n) => rowsApart(bytesSource('x', Buffer.from(`a,${n}\n`)))))
    expect(read.map(([row]) => row?.cells[1])).to.deep.equal(Array.from({ length: 9 }, (_, n) => String(n)))
  })

  it('is what every feature opens: nothing that ships reads one in its own thread', () => {
    const readers = sourcesUnder('src', 'bot').filter(({ text }) => /from '.*sheets\/read\.ts'|from '\.\/read\.ts'/.test(text))
    expect(readers.map(({ path }) => path)).to.deep.equal(['src/platform/sheets/thread-entry.ts'])
  })
})
