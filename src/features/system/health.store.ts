// SQL about the health of the application: the last runs of tasks, and how the latest attempts of each provider ended.
// The queues are messaging/deliveries.store.ts.

import { toInstant, type Db } from '../../platform/database/database.ts'

/** The latest run of a task. */
export interface LastRun {
  name: string
  /** The latest time bucket that is done; null: none yet. */
  bucket: string | null
  finishedAt: Date | null
  /** Runs that began and have not ended. */
  unfinished: number
}

export async function lastRuns(db: Db): Promise<LastRun[]> {
  const rows = await db.query<{ name: string; bucket: string | null; finishedAt: Date | string | null; unfinished: string | number }>(
    `select name, max(case when finished_at is null then null else bucket end) as bucket, max(finished_at) as finishedAt,
      sum(case when finished_at is null then 1 else 0 end) as unfinished from run group by name order by name`,
  )
  return rows.map((row) => ({ ...row, finishedAt: toInstant(row.finishedAt), unfinished: Number(row.unfinished) }))
}

/** Whether a token of a provider is stored, so that the provider has answered at some time. @param name how its name begins. */
export async function hasToken(db: Db, name: string): Promise<boolean> {
  const rows = await db.query('select 1 as found from provider_token where token is not null and name like ? limit 1', [`${name}%`])
  return rows.length > 0
}

/** How the latest attempts of one provider ended. */
export interface ProviderOutcome {
  provider: string
  outcome: string
  count: number
  lastAt: Date
}

/** Outcomes among the latest attempts of all providers. @param latest how many attempts are looked at. */
export async function providerOutcomes(db: Db, latest: number): Promise<ProviderOutcome[]> {
  const rows = await db.query<{ provider: string; outcome: string; n: string | number; lastAt: Date | string }>(
    `select provider, outcome, count(*) as n, max(ended_at) as lastAt
      from (select provider, outcome, ended_at from attempt order by id desc limit ?) a group by provider, outcome order by provider, outcome`,
    [latest],
  )
  return rows.map(({ provider, outcome, n, lastAt }) => ({ provider, outcome, count: Number(n), lastAt: toInstant(lastAt) }))
}
