// What the verification looks for in the suspensions: each began and ended with an act on its objection, of what the objection is about, and
// none is missing. The rows are not signed, so they are compared with the audit of the objections.

import { auditsOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import type { Db } from '../../platform/database/database.ts'
import { suspendingAmong, suspensionsAfter, type SuspensionRow } from '../listings/suspensions.store.ts'
import { objectionsAfter, objectionsById, type ObjectionRow } from '../objections/store.ts'

/** Rows of one portion; each objection has a few audit rows. */
const PORTION = 500

/** One portion: the objections whose suspension is wrong, and the last id; null when nothing is left. */
export interface Checked {
  wrong: string[]
  last: string | null
}

/** With these an objection ends what rests because of it. */
const ENDS: readonly unknown[] = ['withdrawn', 'rejected', 'carried_out']

/** Suspensions that did not begin or end as the audit says, or are of something else. */
export async function checkSuspensions(db: Db, after: string): Promise<Checked> {
  const rows = await suspensionsAfter(db, after, PORTION)
  const ids = rows.map(({ objectionId }) => objectionId)
  const objections = new Map((await objectionsById(db, ids)).map((each) => [each.id, each]))
  const chains = await chainsOf(db, ids)
  const isWrong = (row: SuspensionRow): boolean => !fits(row, objections.get(row.objectionId), chains.get(row.objectionId) ?? [])
  return { wrong: rows.filter(isWrong).map(({ objectionId }) => objectionId), last: rows.at(-1)?.id ?? null }
}

/** Objections because of which something rests, as the audit says, and nothing does. */
export async function checkSuspending(db: Db, after: string): Promise<Checked> {
  const rows = await objectionsAfter(db, after, PORTION)
  const ids = rows.map(({ id }) => id)
  const [chains, suspending] = [await chainsOf(db, ids), await suspendingAmong(db, ids)]
  const wrong = ids.filter((id) => !suspending.has(id) && (chains.get(id) ?? []).some(begins))
  return { wrong, last: ids.at(-1) ?? null }
}

async function chainsOf(db: Db, objectionIds: readonly string[]): Promise<Map<string, Step[]>> {
  const chains = await auditsOf(
    db,
    objectionIds.map((id) => `objection:${id}`),
  )
  return new Map([...chains].map(([subject, rows]) => [subject.slice('objection:'.length), rows.map(stepOf)]))
}

/** What an audit row of an objection says. */
interface Step {
  at: number
  act: string
  detail: Readonly<Record<string, unknown>>
}

function stepOf({ at, act, detail }: AuditRow): Step {
  return { at: at.getTime(), act, detail: JSON.parse(detail) as Step['detail'] }
}

/** Whether an act surely began a suspension. Earlier versions recorded it by the act of an approver alone. */
function begins({ act, detail }: Step): boolean {
  return act === 'objection.suspend' || detail['rests'] !== undefined
}

function fits(row: SuspensionRow, objection: ObjectionRow | undefined, steps: readonly Step[]): boolean {
  if (objection?.listingId !== row.listingId) return false
  const from = steps.findIndex(({ at }) => at === row.startedAt.getTime())
  const start = steps[from]
  if (start?.detail['listingId'] !== row.listingId) return false
  const end = steps.slice(from).find(({ detail }) => ENDS.includes(detail['to']))
  const isEnded = row.endedAt === null ? end === undefined : row.endedAt.getTime() === end?.at
  return isEnded && scopeOf(row) === (start.detail['rests'] ?? scopeOf(objection))
}

/** The unit, or every unit, and the measures that rest. */
function scopeOf({ unitId, measureIds }: Pick<SuspensionRow, 'unitId' | 'measureIds'>): string {
  return [unitId ?? '*', ...(measureIds?.split(',') ?? [])].join(' ')
}
