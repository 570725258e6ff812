// Units that missed deadlines or fell short, for tests of accountability. Everything is done by the real commands.

import { detectSources } from '../../src/features/accountability/tasks.ts'
import { issueCircular } from '../../src/features/accountability/circulars.commands.ts'
import { listCirculars, listProposals } from '../../src/features/accountability/views.ts'
import { decideProposal, registerShortfall } from '../../src/features/accountability/commands.ts'
import { runDeadlines } from '../../src/features/deadlines/tasks.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { addDays, dayOf } from '../../src/core/calendar.ts'
import type { Decision, NamedPerson } from '../../src/features/accountability/rules.ts'
import { SYSTEM, type Actor } from '../../src/platform/commands/permissions.ts'
import { openClocks, PAGE } from './deadlines.ts'

export const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }
/** Another person of the group office, who issues what `OFFICE` drafted. */
export const SECOND: Actor = { id: 'staff:second', roles: ['group_office'] }
export const AUDITOR: Actor = { id: 'staff:auditor', roles: ['auditor'] }

/**
 * Opens deadlines that were missed long ago, and runs the daily task that finds them. Call it once a day.
 * @param units unit id by subject of the deadline.
 */
export async function missedBy(app: AppContext, units: Readonly<Record<string, string>>): Promise<void> {
  const openings = Object.entries(units).map(
    ([subject, unitId]) => ({ code: 'lift.carry_out', subject, start: '2026-02-02', unitId }) as const,
  )
  await openClocks(app, openings)
  await runDeadlines(app, SYSTEM)
}

/** Draws the proposals of the day. */
export async function draw(app: AppContext): Promise<{ sources: number; units: number }> {
  return detectSources(app, dayOf(app.clock.now()))
}

/** Registers a shortfall of a unit and decides it. Answers the proposal's id. */
export async function decided(
  app: AppContext,
  unitId: string,
  decision: Exclude<Decision, 'circular'>,
  calledFor?: string,
): Promise<string> {
  const happenedOn = dayOf(app.clock.now())
  const { id } = await registerShortfall(app, OFFICE, { unitId, kind: 'not_implemented', happenedOn, note: '未依照意见实施惩戒' })
  await decideProposal(app, OFFICE, { id, decision, reason: '情况属实', calledFor })
  return id
}

/** Registers a shortfall of a unit and drafts a circular about it. Answers the circular's id. */
export async function drafted(app: AppContext, unitId: string, persons: readonly NamedPerson[] = []): Promise<string> {
  const happenedOn = dayOf(app.clock.now())
  const { id } = await registerShortfall(app, OFFICE, { unitId, kind: 'not_implemented', happenedOn, note: '未依照意见实施惩戒' })
  await decideProposal(app, OFFICE, { id, decision: 'circular', reason: '情况属实', rectifyBy: addDays(happenedOn, 15), persons })
  const { items } = await listCirculars(app, OFFICE, { filter: { unitId, state: 'draft' }, page: PAGE })
  return items[0]?.id ?? ''
}

/** A circular about a unit that one person drafted and another issued. Answers its id. */
export async function circular(app: AppContext, unitId: string, persons: readonly NamedPerson[] = []): Promise<string> {
  const id = await drafted(app, unitId, persons)
  await issueCircular(app, SECOND, { id })
  return id
}

/** The only open proposal. */
export async function theProposal(
  app: AppContext,
): Promise<{ id: string; version: number; sources: number; number: string; unitId: string }> {
  const { items } = await listProposals(app, OFFICE, { filter: { state: 'open' }, page: PAGE })
  if (items[0] === undefined || items.length > 1) throw new Error(`${items.length} open proposals`)
  return items[0]
}
