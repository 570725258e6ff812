// Finds hidden columns and merged cells of a sheet. Merged cells stand after the rows in the file, so the part is searched before it is read.
// The rows are read in xlsx.ts.

import { AppError } from '../../core/errors.ts'
import { COLUMNS_READ } from './sheet.ts'
import type { Part } from './zip.ts'

/** Cells merged downwards: a column, from 0, and its first and last row. */
export interface Merge {
  column: number
  from: number
  to: number
}

/** What a sheet says about its columns and cells. */
export interface Layout {
  hiddenColumns: readonly number[]
  merges: readonly Merge[]
}

/** The layout of a sheet that hides no column and merges no cells, or was not asked. */
export const NO_LAYOUT: Layout = { hiddenColumns: [], merges: [] }

/** Columns of a spreadsheet. */
const MOST_COLUMNS = 16_384
/** Characters of a tag that are looked at. */
const LONGEST_TAG = 400

const TAG = /<(?:\w+:)?(col|mergeCell)\s([^<>]{1,400}?)\/?>/g

/**
 * Searches a sheet for the two kinds of tags. The text of cells cannot look like them: its `<` is escaped.
 * @throws AppError `sheet_merges`.
 */
export async function readLayout(part: Part, maxMerges: number): Promise<Layout> {
  // How many hidden areas begin or end at a column: a file may hide all columns any number of times.
  const edges = new Int32Array(MOST_COLUMNS + 1)
  const merges: Merge[] = []
  let rest = ''
  let merged = 0
  for await (const chunk of part.content()) {
    const text = rest + chunk.toString('latin1')
    for (const [, tag, attributes = ''] of text.matchAll(TAG)) {
      if (tag === 'col') markHidden(edges, attributes)
      else if (++merged > maxMerges) throw new AppError('sheet_merges', { max: maxMerges })
      else merges.push(...mergesOf(attributes))
    }
    const open = text.lastIndexOf('<')
    rest = open === -1 || text.includes('>', open) ? '' : text.slice(open).slice(0, LONGEST_TAG)
  }
  return { hiddenColumns: hiddenAmong(edges), merges }
}

function markHidden(edges: Int32Array, attributes: string): void {
  if (!/\bhidden="(?:1|true)"/.test(attributes)) return
  const [least, most] = [/\bmin="(\d+)"/, /\bmax="(\d+)"/].map((pattern) => Number(pattern.exec(attributes)?.[1] ?? 0))
  if (least === undefined || most === undefined || least < 1 || most < least || most > MOST_COLUMNS) return
  edges[least - 1] = (edges[least - 1] ?? 0) + 1
  edges[most] = (edges[most] ?? 0) - 1
}

function hiddenAmong(edges: Int32Array): number[] {
  let open = 0
  return Array.from(edges.subarray(0, MOST_COLUMNS), (edge, column) => ((open += edge) > 0 ? column : -1)).filter((column) => column >= 0)
}

/** The columns of an area of several rows; an area within one row has nothing to fill. */
function mergesOf(attributes: string): Merge[] {
  const parts = /\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"/.exec(attributes)
  if (parts === null) return []
  const [, left = '', from, , to] = parts
  return Number(to) > Number(from) && columnNumber(left) < COLUMNS_READ
    ? [{ column: columnNumber(left), from: Number(from), to: Number(to) }]
    : []
}

function columnNumber(letters: string): number {
  return Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

/** Fills the empty cells of rows, which come in order, with the value above them in the same merged area. */
export function filler(merges: readonly Merge[]): (row: number, cells: (string | number)[]) => void {
  if (merges.length === 0) return () => undefined
  const waiting = merges.toSorted((left, right) => left.from - right.from)
  let next = 0
  // Areas of one column do not overlap: the later one counts, so that no row is filled more often than it has columns.
  const open = new Map<number, { to: number; value: string | number }>()
  return (row, cells) => {
    for (const [column, { to, value }] of open) {
      if (to < row) {
        open.delete(column)
        continue
      }
      while (cells.length <= column) cells.push('')
      if (cells[column] === '') cells[column] = value
    }
    for (let merge = waiting[next]; merge !== undefined && merge.from <= row; merge = waiting[next]) {
      next += 1
      const value = cells[merge.column] ?? ''
      if (merge.from === row && value !== '') open.set(merge.column, { to: merge.to, value })
    }
  }
}
