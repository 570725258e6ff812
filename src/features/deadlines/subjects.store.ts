// SQL that names what deadlines are about: the number of a matter, the case number and debtor of a listing, and the unit.
// Finding deadlines is search.store.ts.

import { placeholders } from '../../platform/database/placeholders.ts'
import type { Db } from '../../platform/database/database.ts'

/** Table and title of each kind of subject that has a title of its own. */
const TITLES: Readonly<Record<string, { table: string; title: readonly string[] }>> = {
  listing: { table: 'listing', title: ['case_no', 'name'] },
  error: { table: 'listing', title: ['case_no', 'name'] },
  objection: { table: 'objection', title: ['number'] },
  repair: { table: 'repair', title: ['number'] },
  intake: { table: 'intake', title: ['number'] },
  creditor: { table: 'creditor_matter', title: ['number'] },
  complaint: { table: 'complaint', title: ['number'] },
  assistance: { table: 'assistance', title: ['number'] },
}

/** Titles by subject (`objection:<id>`); subjects without a title of their own are left out. */
export async function subjectTitles(db: Db, subjects: readonly string[]): Promise<Map<string, string>> {
  const titles = new Map<string, string>()
  for (const [kind, { table, title }] of Object.entries(TITLES)) {
    const about = subjects.filter((subject) => subject.startsWith(`${kind}:`))
    const ids = [...new Set(about.map(idOf))]
    if (ids.length === 0) continue
    const rows = await db.query<Record<string, string>>(
      `select id, ${title.join(', ')} from ${table} where id in (${placeholders(ids)})`,
      ids,
    )
    const found = new Map(rows.map((row) => [row['id'], title.map((column) => row[column] ?? '').join(' ')]))
    for (const subject of about) {
      const named = found.get(idOf(subject))
      if (named !== undefined) titles.set(subject, named)
    }
  }
  return titles
}

/** The id in a subject; what stands behind it (a version) is no part of it. */
function idOf(subject: string): string {
  return subject.split(':')[1] ?? ''
}

/** Names of units by id. */
export async function unitNames(db: Db, unitIds: readonly string[]): Promise<Map<string, string>> {
  if (unitIds.length === 0) return new Map()
  const rows = await db.query<{ id: string; name: string }>(`select id, name from unit where id in (${placeholders(unitIds)})`, [
    ...unitIds,
  ])
  return new Map(rows.map(({ id, name }) => [id, name]))
}
