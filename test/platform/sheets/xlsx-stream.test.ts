// platform/sheets/xlsx-stream: a streamed workbook reads back unchanged, however many rows, and texts stay texts.

import { expect } from 'chai'
import { streamXlsx } from '../../../src/platform/sheets/xlsx-stream.ts'
import type { Cell } from '../../../src/platform/sheets/write.ts'
import { tableOf } from './workbook.ts'

async function* these(rows: Iterable<readonly Cell[]>): AsyncGenerator<readonly Cell[]> {
  await Promise.resolve()
  yield* rows
}

async function written(rows: Iterable<readonly Cell[]>): Promise<Buffer> {
  const columns = [
    { title: '甲', width: 10 },
    { title: '乙 & <丙>', width: 30 },
  ]
  const stream = streamXlsx({ notes: ['共 2 条'], columns, rows: these(rows) })
  return Buffer.concat((await stream.toArray()) as Buffer[])
}

describe('streaming a workbook', () => {
  it('writes notes, header and rows that read back, with empty cells and texts that look like formulas', async () => {
    const file = await written([
      ['=1+1', '533421198410140222'],
      [null, '<a>&\u0007b'],
      [7, ''],
    ])
    expect(await tableOf(file)).to.deep.equal([
      [1, '共 2 条'],
      [2, '甲', '乙 & <丙>'],
      [3, '=1+1', '533421198410140222'],
      [4, '', '<a>&\u0007b'],
      [5, 7],
    ])
  })

  it('holds tens of thousands of rows', async () => {
    const rows = Array.from({ length: 30_000 }, (_, n) => [`扎西${n}`, n])
    const table = await tableOf(await written(rows))
    expect([table.length, table.at(-1)]).to.deep.equal([30_002, [30_002, '扎西29999', 29_999]])
  })

  it('fails when its rows fail, so that nobody takes half a file for a whole one', async () => {
    async function* failing(): AsyncGenerator<readonly Cell[]> {
      yield ['a']
      await Promise.resolve()
      throw new Error('database away')
    }
    const stream = streamXlsx({ notes: [], columns: [{ title: '甲', width: 10 }], rows: failing() })
    const error = await stream.toArray().then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(String(error)).to.include('database away')
  })
})
