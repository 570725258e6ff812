// Which imports take effect, and what a second person confirms before they do.
// The second person's step is commit.commands.ts.

import type { Day } from '../../core/calendar.ts'
import type { EXITED_STATES } from '../listings/rules.ts'
import { AppError } from '../../core/errors.ts'
import { sha256 } from '../../core/secrets.ts'
import type { RowMode } from '../debtors/row-reader.rules.ts'

const MEGABYTE = 1_048_576

/** The refusal of a file beyond IMPORT_MAX_MB. @param bytes how many it has, or has had before it was refused. */
export function overLimit(max: number, bytes: number): AppError {
  return new AppError('import_over_limit', { megabytes: Math.ceil((bytes / MEGABYTE) * 10) / 10, max: max / MEGABYTE })
}

/** Whether the rows of a file of this mode are in force at once: lists of higher courts and takeovers. A file in mode `draft` makes drafts. */
export function takesEffect(mode: RowMode): boolean {
  return mode !== 'draft'
}

/** `checking` and `committing` are resumed after a crash; the other states are final or wait for a person. */
export const IMPORT_STATES = ['checking', 'checked', 'refused', 'committing', 'committed', 'discarded'] as const
export type ImportState = (typeof IMPORT_STATES)[number]

/** The states in which an import waits for nobody but a person, and can be discarded. */
export const DISCARDABLE = ['checked', 'refused'] as const

/** What the check of a file found, and the version of the list that it compared the file with. */
interface Checked {
  id: string
  sha256: string
  rows: number
  good: number
  bad: number
  known: number
  removed: number
  listVersion: number | null
}

/**
 * What stands for the counts that a person has seen, 16 hexadecimal digits. It changes with the file, with each count, and with the version of
 * the list that the file was compared with.
 */
export function confirmationOf(row: Checked): string {
  const seen = [row.id, row.sha256, row.rows, row.good, row.bad, row.known, row.removed, row.listVersion]
  return sha256(JSON.stringify(seen.map(String))).slice(0, 16)
}

/** An entry as shown to the person who puts a file in force. */
export interface SampleEntry {
  name: string
  /** The identifier, masked. */
  identifier: string
  caseNo: string
}

/** A row of a draft list about somebody who left the list in the same case: it becomes a draft only when a person confirms it. */
export interface LeftEntry extends SampleEntry {
  /** Row of the file. */
  row: number
  state: (typeof EXITED_STATES)[number]
  /** The day on which it left the list. */
  on: Day
}

/** Some of the entries that a file would add, and some that a snapshot would shield; at most `SAMPLE_SIZE` of each. */
export interface ImportSample {
  added: SampleEntry[]
  removed: SampleEntry[]
  /** Of a draft list: at most `LEFT_LIMIT`. */
  left?: LeftEntry[]
  /** Rows of `left` that the person who committed the import confirmed. */
  confirmed?: number[]
}

/** Rows about people who left the list that can be confirmed at most; further ones are not drafted from the file. */
export const LEFT_LIMIT = 500

export const SAMPLE_SIZE = 20
