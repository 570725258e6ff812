// The problems of a file in the order in which a clerk mends them: of the file, of columns with how often, of rows. Pure.

import type { Import } from './imports.ts'

export type Line = Import['problems'][number]

/** One kind of problem of a column: mended once in the sheet, it is gone from all these rows. */
export interface ColumnProblem {
  key: string
  column: string
  message: string
  count: number
  /** The first rows that have it. */
  rows: number[]
  isWarning: boolean
}

const SHOWN_ROWS = 5

/** Problems that are about the file or its header. */
export function problemsOfFile(lines: readonly Line[]): Line[] {
  return lines.filter(({ row }) => row === undefined)
}

/** Problems of rows by column and kind, the most frequent first; errors before warnings. */
export function problemsByColumn(lines: readonly Line[]): ColumnProblem[] {
  const found = new Map<string, ColumnProblem>()
  for (const { row, column = '', code, message, severity } of lines) {
    if (row === undefined) continue
    const key = `${column} ${code}`
    const problem = found.get(key) ?? { key, column, message, count: 0, rows: [], isWarning: severity === 'warning' }
    problem.count += 1
    if (problem.rows.length < SHOWN_ROWS) problem.rows.push(row)
    found.set(key, problem)
  }
  return [...found.values()].sort((a, b) => Number(a.isWarning) - Number(b.isWarning) || b.count - a.count)
}

/** Problems of rows in the order of the file. */
export function problemsByRow(lines: readonly Line[]): Line[] {
  return lines.filter(({ row }) => row !== undefined).sort((a, b) => (a.row ?? 0) - (b.row ?? 0))
}
