// Queries of assistance notices: the court’s staff see all of them, a unit its own once they were issued.
// What the page of a link shows is linked.commands.ts and pages.ts.

import { AppError } from '../../core/errors.ts'
import { ASSISTANCE_LIFE, type Assistance, type AssistanceAct, type AssistanceRecord } from './rules.ts'
import { isAllowed, requireOwnUnit, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { findAssistance, searchAssistance, toAssistance, type AssistanceFilter } from './store.ts'
import { auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import type { DeadlineState } from '../deadlines/store.ts'
import { searchDeadlines } from '../deadlines/search.store.ts'
import { linksOf } from '../links/store.ts'
import { assistanceSubject } from './changes.commands.ts'
import { query } from '../../platform/commands/command.ts'
import { maskIdentifier } from '../../core/identifiers.ts'

export interface AssistanceSummary extends Omit<Assistance, 'record'> {
  /** Acts possible next that this caller may perform. */
  possible: AssistanceAct[]
}

/** A page of notices, newest first; a unit sees its own issued ones. @throws `unit_other`. */
export const listAssistance = query(
  'assistance.read',
  async (
    { db, app, actor },
    input: { filter: AssistanceFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: AssistanceSummary[]; total: number }> => {
    const own = ownUnitOf(actor)
    if (input.filter.unitId !== undefined) requireOwnUnit(actor, input.filter.unitId)
    const filter = { ...input.filter, ...(own === null ? {} : { unitId: own }), issued: own !== null }
    const { items, total } = await searchAssistance(db, filter, input.page)
    return { items: items.map((row) => summaryOf(toAssistance(app.secrets, row), actor)), total }
  },
)

function summaryOf({ record: _record, ...summary }: Assistance, actor: Actor): AssistanceSummary {
  return { ...summary, possible: ASSISTANCE_LIFE.possible(summary.state).filter((act) => mayDo(actor, act)) }
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
    ...summaryOf(assistance, actor),
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

function mayDo(actor: Actor, act: AssistanceAct): boolean {
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
