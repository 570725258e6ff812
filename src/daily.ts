// What the house's clocks do by themselves, called every few minutes: each part finds by its own keys whether anything is due.
// When it is called is platform/scheduler/schedule; what each part does lives in its own file.

import type { Actor } from './platform/commands/permissions.ts'
import { tick, type Endings, type TickReport } from './features/deadlines/tasks.ts'
import type { AppContext } from './platform/commands/command.ts'
import { keepRounds, type RoundsReport } from './features/feedback/tasks.ts'
import { completeLifts, endRetentions } from './features/lifts/commands.ts'
import { keepPushes, type PushReport } from './features/quarterly-list/tasks.ts'

const ENDINGS: Endings = { 'retention.end': endRetentions }

/** Reminders, misses, periods that end by themselves; then what units' answers mean for debtors, the rounds of feedback, and the quarter's list. */
export async function runClocks(
  app: AppContext,
  actor: Actor,
): Promise<TickReport & { lifts: number; rounds: RoundsReport; pushes: PushReport }> {
  const report = await tick(app, actor, ENDINGS)
  return {
    ...report,
    lifts: await completeLifts(app, actor),
    rounds: await keepRounds(app, actor),
    pushes: await keepPushes(app, actor),
  }
}
