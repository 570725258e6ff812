// One row of the fault table: a fault, how much of it, and what is counted afterwards.
// `npm run chaos` runs the rows in full (bench/chaos.ts), test/journeys/chaos.test.ts in a short form.

import type { MakeApp } from '../app.ts'
import type { Ledger } from './ledger.ts'

export type Size = 'short' | 'full'

/** What a row has seen. */
export interface Seen {
  /** Null where no messages are concerned. */
  ledger: Ledger | null
  /** Figures beside the ledger's, as words. */
  notes: readonly string[]
  /** Targets that were missed beside lost, doubled and stuck messages; and why the row proves nothing, if it does not. */
  misses: readonly string[]
}

export interface Row {
  name: string
  fault: string
  /** It measures times, so that nothing may run beside it. */
  alone: boolean
  run(make: MakeApp, size: Size): Promise<Seen>
}

/** A row whose sizes are of one shape. */
export function defineRow<Plan>(row: {
  name: string
  fault: string
  alone?: boolean
  sizes: Record<Size, Plan>
  run(make: MakeApp, plan: Plan): Promise<Seen>
}): Row {
  const { name, fault, alone = false, sizes } = row
  return { name, fault, alone, run: (make, size) => row.run(make, sizes[size]) }
}

export interface Report {
  row: Row
  /** Null when the row ended with an error, which is among the misses. */
  ledger: Ledger | null
  notes: readonly string[]
  misses: readonly string[]
  seconds: number
  passed: boolean
}

/** Runs a row. Never throws: an error is a miss. */
export async function runRow(row: Row, make: MakeApp, size: Size): Promise<Report> {
  const started = performance.now()
  const seen = await row.run(make, size).catch((error: unknown) => ({ ledger: null, notes: [], misses: [String(error)] }))
  const { ledger } = seen
  const misses = [
    ...(ledger !== null && ledger.lost > 0 ? ['lost'] : []),
    ...(ledger !== null && ledger.doubledUnmarked > 0 ? ['doubled unmarked'] : []),
    ...(ledger !== null && ledger.foreign > 0 ? ['of unknown origin'] : []),
    ...(ledger !== null && ledger.stuck > 0 ? ['stuck'] : []),
    ...seen.misses,
  ]
  const seconds = Math.round((performance.now() - started) / 1000)
  return { row, ledger, notes: seen.notes, misses, seconds, passed: misses.length === 0 }
}

export const HEADING = 'row fault                                    messages   lost doubled in doubt  stuck  time verdict'

/** The line of a row under `HEADING`, and below it what else it has seen. */
export function linesOf({ row, ledger, notes, misses, seconds, passed }: Report): string[] {
  const count = (value: number | undefined, width: number): string => String(value ?? '-').padStart(width)
  const counts = [count(ledger?.messages, 9), count(ledger?.lost, 6), count(ledger?.doubledUnmarked, 7), count(ledger?.inDoubt, 8)]
  const first = [row.name.padEnd(3), row.fault.padEnd(40), ...counts, count(ledger?.stuck, 6), count(seconds, 4) + 's']
  return [
    [...first, passed ? 'ok' : 'FAILED'].join(' '),
    ...[...notes, ...misses.map((miss) => `missed: ${miss}`)].map((note) => `      ${note}`),
  ]
}
