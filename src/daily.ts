// Runs everything that time alone triggers: deadlines, lift orders, feedback rounds and the quarterly list. Called every few minutes.
// Each part finds by its own keys whether anything is due. When it is called is decided in serve.ts.

import type { Actor } from './platform/commands/permissions.ts'
import { runDeadlines, type PeriodEndHandlers, type TickReport } from './features/deadlines/tasks.ts'
import type { AppContext } from './platform/commands/command.ts'
import { runRounds, type RoundsReport } from './features/feedback/tasks.ts'
import { completeLifts } from './features/lifts/commands.ts'
import { endRetentions } from './features/lifts/review.commands.ts'
import { markReachedUnits } from './features/lifts/reach.commands.ts'
import { runPart } from './platform/scheduler/loop.ts'
import { maintainQuarterlyLists, type PushReport } from './features/quarterly-list/tasks.ts'

/** Deadlines that end something by themselves when they fall due, by code. */
const ENDINGS: PeriodEndHandlers = { 'retention.end': endRetentions }

/** What one call of `runDailyTasks` did. */
export type DailyReport = TickReport & { lifts: number; rounds: RoundsReport; pushes: PushReport }

/**
 * Marks units that were reached with lift orders, sends reminders, records missed deadlines and ends periods that run out; then completes lifts that all units answered, opens and closes
 * feedback rounds, and prepares the quarterly list. Running it again finds nothing left to do. A part that fails is logged and stops no other; the next call finds what it left undone.
 */
export async function runDailyTasks(app: AppContext, actor: Actor): Promise<DailyReport> {
  // Before the deadlines: what was served in time is not reported as missed, not even while this fails.
  const reached = await runPart(app.log, 'lifts.reach', () => markReachedUnits(app, actor))
  const unjudged = reached === undefined ? (['lift.notify'] as const) : []
  const deadlines = await runPart(app.log, 'deadlines', () => runDeadlines(app, actor, ENDINGS, unjudged))
  const lifts = await runPart(app.log, 'lifts.complete', () => completeLifts(app, actor))
  const rounds = await runPart(app.log, 'feedback.rounds', () => runRounds(app, actor))
  const pushes = await runPart(app.log, 'quarterly_list', () => maintainQuarterlyLists(app, actor))
  return {
    ...(deadlines ?? { days: [], recounted: 0, reminded: 0, missed: 0, ended: 0 }),
    lifts: lifts ?? 0,
    rounds: rounds ?? { opened: [], closed: [], told: 0 },
    pushes: pushes ?? { prepared: [], corrected: 0 },
  }
}
