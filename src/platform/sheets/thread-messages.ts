// What the server and a reading thread say to each other. The thread reads a table; the server hands it the bytes and takes the rows.
// The thread is thread-entry.ts, the server's side thread.ts and apart.ts.

import type { Refusal } from '../workers.ts'
import type { Sheet, SheetLimits, SheetRow } from './sheet.ts'

/** What the server asks for. */
export type Question =
  | { what: 'open'; name: string; bytes: number; hasRange: boolean; limits: Partial<SheetLimits> }
  /** The next rows of a reading; a new `reading` begins at the first row. `tab` null is the first visible sheet with a row. */
  | { what: 'rows'; reading: number; tab: number | null }
  | { what: 'stop'; reading: number }
  | { what: 'columns'; tab: number }
  | { what: 'close' }

/** The answers by question. */
export interface Answers {
  open: Pick<Sheet, 'kind' | 'encoding'> & { tabs: { name: string; isHidden: boolean }[] }
  /** Null after the last row. */
  rows: SheetRow[] | null
  stop: null
  columns: readonly number[]
  close: null
}

export type ToThread =
  | { ask: number; question: Question }
  /** Bytes that the thread pulled: null at the end of the stream, `failed` when the source failed. */
  | { gave: number; chunk: Uint8Array | null; failed?: true }

export type FromThread =
  | { ready: true }
  | { answered: number; answer: Answers[keyof Answers] }
  | ({ refused: number } & Refusal)
  /** Asks for the next bytes of a stream, which its first pull opens. */
  | { pull: number; stream: number; range: readonly [start: number, end: number] | null }
  | { drop: number }
