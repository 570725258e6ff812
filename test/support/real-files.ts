// Reads a small file of test/fixtures/real as an import reads it, sheet by sheet and row by row, without a database.

import { findHeader, type Columns } from '../../src/features/debtors/columns.rules.ts'
import type { RowMode } from '../../src/features/debtors/row-reader.rules.ts'
import { isFooter, readRow, type RowResult } from '../../src/features/listings/rows.rules.ts'
import { openSheet } from '../../src/platform/sheets/read.ts'
import { fileSource } from '../../src/platform/sheets/sources.ts'

/** The entries of a list: what is read of each, or its problems. */
export async function readList(name: string, mode: RowMode = 'takeover'): Promise<RowResult[]> {
  const sheet = await openSheet(await fileSource(`test/fixtures/real/${name}`))
  const results: RowResult[] = []
  for (const tab of sheet.tabs) {
    let columns: Columns | null = null
    for await (const rows of tab.rows()) {
      let start = 0
      if (columns === null) {
        const header = findHeader(rows.map(({ cells }) => cells))
        columns = header.columns
        start = header.headerRow + 1
      }
      const found: Columns = columns
      for (const { cells } of rows.slice(start))
        if (!isFooter(cells, found)) results.push(readRow(cells, found, { today: '2026-11-29', mode }))
    }
  }
  await sheet.close()
  return results
}

/** Codes of a row's problems. */
export const codesOf = ({ problems }: RowResult): string[] => problems.map(({ code }) => code)
