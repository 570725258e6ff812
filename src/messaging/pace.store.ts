// Table of the pace of each provider that has said "too many": one bucket of tokens for all processes.
// What the numbers mean is messaging/pace.rules; a provider without a row is not limited.

import { instant, int, primary, table, text } from '../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../platform/database/database.ts'
import { isDuplicate } from '../platform/database/faults.ts'
import { placeholders } from '../platform/database/placeholders.ts'
import type { Pace } from './pace.rules.ts'

/** Rates and tokens are stored in thousandths. */
export interface ProviderPaceRow {
  provider: string
  rate: number
  tokens: number
  at: Date
  limitedAt: Date
  pausedUntil: Date
}

export const providerPaceTable = table<ProviderPaceRow>('provider_pace', {
  provider: primary(text(30)),
  rate: int(),
  tokens: int(),
  at: instant(),
  limitedAt: instant(),
  pausedUntil: instant(),
})

const COLUMNS = 'provider, rate, tokens, at, limited_at as limitedAt, paused_until as pausedUntil'

/** The pace of a provider, locked until the transaction ends; null: it is not limited. */
export async function lockPace(tx: Tx, provider: string): Promise<Pace | null> {
  const known = await tx.query<RawPace>(`select ${COLUMNS} from provider_pace where provider = ?`, [provider])
  // Locked only when there is a row: a lock on a missing one holds up everybody who inserts.
  if (known.length === 0 || tx.sqlite) return paceOf(known[0])
  return paceOf((await tx.query<RawPace>(`select ${COLUMNS} from provider_pace where provider = ? for update`, [provider]))[0])
}

/** Writes the pace of a provider that is locked, or the first one of a provider without. */
export async function savePace(tx: Tx, provider: string, pace: Pace): Promise<void> {
  const row = { ...pace, provider, rate: thousandths(pace.rate), tokens: thousandths(pace.tokens) }
  const changed = await tx.run(
    'update provider_pace set rate = ?, tokens = ?, at = ?, limited_at = ?, paused_until = ? where provider = ?',
    [row.rate, row.tokens, row.at, row.limitedAt, row.pausedUntil, provider],
  )
  if (changed > 0) return
  try {
    await tx.insert(providerPaceTable, [row])
  } catch (error) {
    // Another process has just learned the same.
    if (!isDuplicate(error)) throw error
  }
}

/** The providers to which nothing may be sent at an instant. */
export async function pausedProviders(db: Db, providers: readonly string[], at: Date): Promise<Set<string>> {
  if (providers.length === 0) return new Set()
  const rows = await db.query<{ provider: string }>(
    `select provider from provider_pace where provider in (${placeholders(providers)}) and paused_until > ?`,
    [...providers, at],
  )
  return new Set(rows.map((row) => row.provider))
}

type RawPace = Omit<ProviderPaceRow, 'at' | 'limitedAt' | 'pausedUntil'> & {
  at: Date | string
  limitedAt: Date | string
  pausedUntil: Date | string
}

function paceOf(row: RawPace | undefined): Pace | null {
  if (row === undefined) return null
  const { rate, tokens, at, limitedAt, pausedUntil } = row
  return {
    rate: rate / 1000,
    tokens: tokens / 1000,
    at: toInstant(at),
    limitedAt: toInstant(limitedAt),
    pausedUntil: toInstant(pausedUntil),
  }
}

function thousandths(value: number): number {
  return Math.round(value * 1000)
}
