// Queries of assistance notices: the court’s staff see all of them, a unit its own once they were issued.
// What the page of a link shows is linked.commands.ts and pages.ts.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { possibleWith, type Assistance, type AssistanceChoice, type AssistanceRecord } from './rules.ts'
import { isAllowed, requireOwnUnit, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { findAssistance, searchAssistance, toAssistance, type AssistanceFilter, type AssistanceRow } from './store.ts'
import { actorsOf, auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import type { DeadlineState } from '../deadlines/store.ts'
import { searchDeadlines } from '../deadlines/search.store.ts'
import { linksOf } from '../links/store.ts'
import { assistanceSubject } from './changes.commands.ts'
import { query } from '../../platform/commands/command.ts'
import { maskIdentifier } from '../../core/identifiers.ts'
import { withoutRecord } from '../../platform/commands/outcome.ts'
import type { Db } from '../../platform/database/database.ts'

export interface AssistanceSummary extends Omit<Assistance, 'record'> {
  /** What this caller may do with it now. */
  possible: AssistanceChoice[]
}

/** What a list is asked for: columns, or what waits. */
export type AssistanceListFilter = Omit<AssistanceFilter, 'draftedBy' | 'overdueOn'> & {
  /** Unanswered, and the day for the answer has passed. */
  overdue?: 'yes' | undefined
  /** Drafted by the caller, and still to be answered. */
  mine?: 'yes' | undefined
}

/** A page of notices, newest first; a unit sees its own issued ones. @throws `unit_other`. */
export const listAssistance = query(
  'assistance.read',
  async (
    { db, app, actor, now },
    input: { filter: AssistanceListFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: AssistanceSummary[]; total: number }> => {
    const own = ownUnitOf(actor)
    const { overdue, mine, ...columns } = input.filter
    if (columns.unitId !== undefined) requireOwnUnit(actor, columns.unitId)
    const filter = {
      ...columns,
      ...(own === null ? {} : { unitId: own }),
      ...(overdue === undefined ? {} : { overdueOn: dayOf(now) }),
      ...(mine === undefined ? {} : { draftedBy: actor.id }),
      issued: own !== null,
    }
    const { items, total } = await searchAssistance(db, filter, input.page)
    const authors = await authorsOf(db, items)
    return { items: items.map((row) => summaryOf(toAssistance(app.secrets, row), actor, authors.get(row.id))), total }
  },
)

/** Who drafted or edited those that are still drafts; of the others nobody asks. */
async function authorsOf(db: Db, rows: readonly AssistanceRow[]): Promise<Map<string, ReadonlySet<string>>> {
  const drafts = rows.filter(({ state }) => state === 'draft')
  const subjects = drafts.map(({ id }) => assistanceSubject(id))
  const actors = await actorsOf(db, subjects, ['assistance.draft'])
  return new Map(drafts.map(({ id, draftedBy }) => [id, new Set([draftedBy, ...(actors.get(assistanceSubject(id)) ?? [])])]))
}

function summaryOf(assistance: Assistance, actor: Actor, authors: ReadonlySet<string> = new Set()): AssistanceSummary {
  const possible = possibleWith(assistance, actor.id, authors).filter((act) => mayDo(actor, act))
  return { ...withoutRecord(assistance), possible }
}

export interface AssistanceDetail extends AssistanceSummary {
  record: AssistanceRecord
  clocks: { code: string; due: string; missingYear: number | null; state: DeadlineState }[]
  /** To whom links were sent, and whether they were used. Empty for a unit. */
  links: { recipient: string; createdAt: Date; expiresAt: Date; usedAt: Date | null; replacedAt: Date | null }[]
  audit: Pick<AuditRow, 'n' | 'at' | 'actor' | 'act' | 'detail'>[]
}

/** One notice. @throws `assistance_missing`, also for a draft asked by a unit; `unit_other`. */
export const showAssistance = query('assistance.read', async ({ db, app, actor }, assistanceId: string): Promise<AssistanceDetail> => {
  const row = await findAssistance(db, assistanceId)
  const forUnit = ownUnitOf(actor) !== null
  if (row === null || (forUnit && row.number === null)) throw new AppError('assistance_missing')
  requireOwnUnit(actor, row.unitId)
  const assistance = toAssistance(app.secrets, row)
  const subject = assistanceSubject(assistanceId)
  const clocks = await searchDeadlines(db, { subject }, { limit: 10, offset: 0 })
  const links = forUnit ? [] : await linksOf(db, 'assistance', assistanceId)
  const audit = forUnit ? [] : await auditOf(db, subject)
  return {
    ...summaryOf(assistance, actor, (await authorsOf(db, [row])).get(row.id)),
    record: visibleRecord(actor, assistance.record),
    clocks: clocks.items.map(({ code, due, missingYear, state }) => ({ code, due, missingYear, state })),
    links: links.map(({ recipient, createdAt, expiresAt, usedAt, replacedAt }) => ({
      recipient,
      createdAt,
      expiresAt,
      usedAt,
      replacedAt,
    })),
    audit: audit.map(({ n, at, actor: by, act, detail }) => ({ n, at, actor: by, act, detail })),
  }
})

function mayDo(actor: Actor, act: AssistanceChoice): boolean {
  if (act === 'edit') return isAllowed(actor, 'assistance.draft')
  return isAllowed(actor, act === 'lift' ? 'assistance.decide_lift' : `assistance.${act}`)
}

/**
 * The record as the actor may see it. Units and those who act see the debtor's full identifier, which they need to find the person; other
 * readers see it masked. Lift requests concern the court and the debtor, so units do not see them.
 */
function visibleRecord(actor: Actor, record: AssistanceRecord): AssistanceRecord {
  const forUnit = ownUnitOf(actor) !== null
  const unmasked = forUnit || actor.roles.some((role) => role === 'clerk' || role === 'approver' || role === 'operator')
  const lifting = forUnit ? [] : record.lifting
  if (record.debtor === undefined || unmasked) return { ...record, lifting }
  return { ...record, lifting, debtor: { ...record.debtor, identifier: maskIdentifier(record.debtor.identifier) } }
}
