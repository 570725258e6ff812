// How the kinds of todo are counted: one statement over all tables concerned, each part by an index, for the person who asks.
// The parts are court.store.ts, units.store.ts and started.store.ts.

import type { Role } from '../../platform/commands/permissions.ts'
import type { Db, Param } from '../../platform/database/database.ts'
import type { ClockOwner } from '../deadlines/clocks.rules.ts'
import type { Light, LightDays } from '../deadlines/lights.rules.ts'
import { lightCondition } from '../deadlines/search.store.ts'
import { seenAbout } from '../units/conflicts.store.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** For whom is counted, and as of when. Days are YYYY-MM-DD. */
export interface Asker {
  /** The account, as the audit stores it. */
  id: string
  roles: readonly Role[]
  unitId: string
  sqlite: boolean
  now: Date
  today: string
  days: LightDays
  owners: readonly ClockOwner[]
  /** Units about which the asker may see no complaint, and those that the asker speaks for. */
  hiddenAbout: readonly string[]
  speaksFor: readonly string[]
  /** Kinds of consequences that the asker confirms. */
  consequences: readonly string[]
  /** Screenings asked since this instant still need an outcome. */
  screenedSince: Date
}

/** `from … where …` of one count. */
export interface Part {
  from: string
  params?: readonly Param[]
  /** What is counted; all rows unless given. */
  what?: string
}

/** Counts parts in one statement. */
export async function countParts<Code extends string>(db: Db, parts: ReadonlyMap<Code, Part>): Promise<Map<Code, number>> {
  if (parts.size === 0) return new Map()
  const statements = [...parts].map(([code, { from, what = '*' }]) => `select '${code}' as code, count(${what}) as n ${from}`)
  const params = [...parts.values()].flatMap((part) => part.params ?? [])
  const rows = await db.query<{ code: Code; n: string | number }>(statements.join(' union all '), params)
  return new Map(rows.map((row) => [row.code, Number(row.n)]))
}

/** SQL expression of an audit or deadline subject, `<prefix>:<column>`. */
export function subjectSql({ sqlite }: Pick<Asker, 'sqlite'>, prefix: string, column: string): string {
  return sqlite ? `'${prefix}:' || ${column}` : `concat('${prefix}:', ${column})`
}

/** Deadlines of a light that the asker looks after; with `ofUnit` those of the own unit alone. */
export function clocks(light: Light, { owners, days, unitId, hiddenAbout }: Asker, ofUnit: 'every' | 'own' = 'every'): Part {
  const { sql, params } = lightCondition(light, days)
  const seen = seenAbout('d.subject', hiddenAbout)
  const own = ofUnit === 'own' ? ' and d.unit_id = ?' : ''
  return {
    from: `from deadline d where d.owner in (${placeholders(owners)})${own} and ${sql} and ${seen.sql}`,
    params: [...owners, ...(ofUnit === 'own' ? [unitId] : []), ...params, ...seen.params],
  }
}
