// How the kinds of todo are counted: one statement over all tables concerned, each part by an index, for the person who asks.
// The parts are court.store.ts, units.store.ts and started.store.ts.

import type { Role } from '../../platform/commands/permissions.ts'
import type { Db, Param } from '../../platform/database/database.ts'
import type { ClockOwner } from '../deadlines/clocks.rules.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** For whom is counted, and as of when. Days are YYYY-MM-DD. */
export interface Asker {
  /** The account, as the audit stores it. */
  id: string
  roles: readonly Role[]
  unitId: string
  sqlite: boolean
  today: string
  /** The last day on which a deadline is still yellow. */
  yellowUntil: string
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

/** Deadlines that passed without the act. A provisional last day never counts as passed. */
export function redClocks({ owners, today }: Asker, of = ''): Part {
  return {
    from: `from deadline d where d.owner in (${placeholders(owners)})${of}
      and (d.state = 'missed' or (d.state = 'open' and d.due < ? and d.missing_year is null))`,
    params: [...owners, today],
  }
}

/** Deadlines with three working days or less left. */
export function yellowClocks({ owners, today, yellowUntil }: Asker, of = ''): Part {
  return {
    from: `from deadline d where d.owner in (${placeholders(owners)})${of} and d.state = 'open' and d.due between ? and ?`,
    params: [...owners, today, yellowUntil],
  }
}
