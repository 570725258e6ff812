// Runs everything that time alone triggers: deadlines, lift orders, feedback rounds and the quarterly list. Called every few minutes.
// Each part finds by its own keys whether anything is due. When it is called is decided in serve.ts.

import type { Actor } from './platform/commands/permissions.ts'
import { runDeadlines, type PeriodEndHandlers, type TickReport } from './features/deadlines/tasks.ts'
import type { AppContext } from './platform/commands/command.ts'
import { runRounds, type RoundsReport } from './features/feedback/tasks.ts'
import { completeLifts } from './features/lifts/commands.ts'
import { endRetentions } from './features/lifts/review.commands.ts'
import { markReachedUnits } from './features/lifts/reach.commands.ts'
import { maintainQuarterlyLists, type PushReport } from './features/quarterly-list/tasks.ts'

/** Deadlines that end something by themselves when they fall due, by code. */
const ENDINGS: PeriodEndHandlers = { 'retention.end': endRetentions }

/**
 * Marks units that were reached with lift orders, sends reminders, records missed deadlines and ends periods that run out; then completes lifts that all units answered, opens and closes
 * feedback rounds, and prepares the quarterly list. Running it again finds nothing left to do.
 */
export async function runDailyTasks(
  app: AppContext,
  actor: Actor,
): Promise<TickReport & { lifts: number; rounds: RoundsReport; pushes: PushReport }> {
  // Before the deadlines: what was served in time is not reported as missed.
  await markReachedUnits(app, actor)
  const report = await runDeadlines(app, actor, ENDINGS)
  return {
    ...report,
    lifts: await completeLifts(app, actor),
    rounds: await runRounds(app, actor),
    pushes: await maintainQuarterlyLists(app, actor),
  }
}
