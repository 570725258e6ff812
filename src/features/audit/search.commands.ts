// Reading the audit at the desk: who did what, when, to which subject. Each reading is itself recorded.
// Verifying the chains is views.ts and steps.commands.ts.

import { addDays, dayOf, instantAt, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { command } from '../../platform/commands/command.ts'
import type { Permission } from '../../platform/commands/permissions.ts'
import { findStaffByLogin, staffNames } from '../staff/store.ts'
import { searchAudit, type AuditPlace } from './search.store.ts'
import { conflictsOf } from '../units/conflicts.rules.ts'

/** A search of the audit. Days are YYYY-MM-DD, both included. */
export interface AuditSearch {
  /** An account as the audit stores it (`staff:<id>`, `liaison:<id>`, `house` …), or the log-in name of a member of staff. */
  actor?: string | undefined
  login?: string | undefined
  act?: Permission | undefined
  subject?: string | undefined
  /** The last thirty days unless given. */
  from?: Day | undefined
  to?: Day | undefined
  /** `next` of the page before. */
  after?: { at: Date; subject: string; n: number } | undefined
  limit: number
}

/** A row of the audit as the desk shows it. */
export interface AuditLine {
  subject: string
  n: number
  at: Date
  actor: string
  actorName: string | null
  act: string
  detail: Readonly<Record<string, unknown>>
  hash: string
}

/** A page of rows, newest first. `next` is where the following page begins; null after the last. */
export interface AuditPage {
  items: AuditLine[]
  next: AuditPlace | null
}

const DAYS = 30

/**
 * A page of the audit. What may be about the court is left out: the group office alone handles it, and this is read by the court's people.
 * @throws `request_invalid` when the first day is after the last.
 */
export const readAudit = command('audit.read', async (context, input: AuditSearch): Promise<AuditPage> => {
  const { tx, now, actor, audit } = context
  const to = input.to ?? dayOf(now)
  const from = input.from ?? addDays(to, -DAYS)
  if (from > to) throw new AppError('request_invalid', {}, [{ code: 'span_order', field: 'to', values: { from, to } }])
  const login = input.login === undefined ? undefined : (await findStaffByLogin(tx, input.login.toLowerCase()))?.id
  const who = input.login === undefined ? input.actor : `staff:${login ?? ''}`
  const { act, subject, after, limit } = input
  const filter = { actor: who, act, subject, from: instantAt(from, 0), before: instantAt(addDays(to, 1), 0) }
  const rows = await searchAudit(tx, filter, { after: after ?? null, limit, hiddenAbout: conflictsOf(actor) })
  const names = await staffNames(
    tx,
    rows.map((row) => row.actor),
  )
  await audit({ subject: `audit:${actor.id}`, detail: { from, to, ...defined({ actor: who, act, subject }), rows: rows.length } })
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    items: rows.map(({ subject: about, n, at, actor: by, act: what, detail, hash }) => ({
      ...{ subject: about, n, at, actor: by, actorName: names.get(by) ?? null, act: what, hash },
      detail: JSON.parse(detail) as Readonly<Record<string, unknown>>,
    })),
    next: last === undefined ? null : { at: last.at, subject: last.subject, n: last.n },
  }
})

function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}
