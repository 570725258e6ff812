// Queries on objections for staff: lists, and one with its texts, steps, deadlines, and whether measures are suspended.
// Changing objections is features/objections/commands.ts.

import { withoutRecord } from '../../platform/commands/outcome.ts'
import { AppError } from '../../core/errors.ts'
import { OBJECTION_LIFE, type Objection, type ObjectionAct } from './rules.ts'
import { auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import type { DeadlineState } from '../deadlines/store.ts'
import { searchDeadlines } from '../deadlines/search.store.ts'
import { findObjection, searchObjections, toObjection, type ObjectionFilter } from './store.ts'
import { query } from '../../platform/commands/command.ts'
import { suspendedAmong } from '../listings/suspensions.store.ts'
import { subjectOf } from './commands.ts'

/** An objection in a list, without its texts. */
export type ObjectionSummary = Omit<Objection, 'record'>

/** A page of objections, newest first. */
export const listObjections = query(
  'objection.read',
  async (
    { db, app },
    input: { filter: ObjectionFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: ObjectionSummary[]; total: number }> => {
    const { items, total } = await searchObjections(db, input.filter, input.page)
    return { items: items.map((row) => withoutRecord(toObjection(app.secrets, row))), total }
  },
)

/** An objection with its history. */
export interface ObjectionDetail extends Objection {
  /** The acts that are possible now. */
  possible: ObjectionAct[]
  /** Whether measures based on its listing are suspended now, by this objection or another. */
  listingSuspended: boolean
  clocks: { code: string; due: string; missingYear: number | null; state: DeadlineState }[]
  audit: Pick<AuditRow, 'n' | 'at' | 'actor' | 'act' | 'detail'>[]
}

/** One objection with everything known about it. @throws `objection_missing`. */
export const showObjection = query('objection.read', async ({ db, app }, objectionId: string): Promise<ObjectionDetail> => {
  const row = await findObjection(db, objectionId)
  if (row === null) throw new AppError('objection_missing')
  const subject = subjectOf(objectionId)
  const deadlines = await searchDeadlines(db, { subject }, { limit: 10, offset: 0 })
  return {
    ...toObjection(app.secrets, row),
    possible: OBJECTION_LIFE.possible(row.state),
    listingSuspended: (await suspendedAmong(db, [row.listingId])).has(row.listingId),
    clocks: deadlines.items.map(({ code, due, missingYear, state }) => ({ code, due, missingYear, state })),
    audit: (await auditOf(db, subject)).map(({ n, at, actor, act, detail }) => ({ n, at, actor, act, detail })),
  }
})
