// The scheduled work on rounds: opens them when a quarter has ended, notifies units, and closes them after the days of grace.
// Called every few minutes by src/daily.ts. Every step finds its work in stored rows, so running it twice or in two processes is harmless.

import { dayOf, type Day } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { dueDay, type Quarter } from '../deadlines/rules.ts'
import { closesToday, lastQuarter, quartersAfter } from './rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { deadlinesByKey } from '../deadlines/store.ts'
import { countReturns, lastRoundQuarter, openRounds, returnsAfter, updateRound, type RoundRow } from './store.ts'
import { systemCommand, query, type AppContext } from '../../platform/commands/command.ts'
import { closeFeedback, openRound, returnSubject, notifyRoundUnits } from './rounds.commands.ts'
import { unitsToAsk } from './records.store.ts'
import { workCalendar } from '../deadlines/commands.ts'

/** What one run did: quarters opened and closed, and units notified of an opening. */
export interface RoundsReport {
  opened: string[]
  closed: string[]
  told: number
}

/** Does all work on rounds that is due today. */
export async function runRounds(app: AppContext, actor: Actor): Promise<RoundsReport> {
  const report: RoundsReport = { opened: [], closed: [], told: 0 }
  const today = dayOf(app.clock.now())
  for (const { name } of await quartersDue(app, actor, today))
    if (await unlessDone(() => openRound(app, actor, { quarter: name }))) report.opened.push(name)
  await updateDueDays(app, actor, undefined)
  for (const round of await roundsToTell(app, actor, undefined)) report.told += await notifyRoundUnits(app, round.id)
  for (const round of await roundsToClose(app, actor, today))
    if (await unlessDone(() => closeFeedback(app, actor, { id: round.id }))) report.closed.push(round.quarter)
  return report
}

/** Runs work that another process may have done already; returns false in that case. */
async function unlessDone(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (isAppError(error, 'feedback_exists') || isAppError(error, 'feedback_closed')) return false
    throw error
  }
}

/**
 * Quarters that ended and have no round, oldest first. An application without any round starts with the quarter that ended last, and only
 * while a return can still come in time; earlier quarters are not asked for.
 */
const quartersDue = query('feedback.open', async ({ db, app }, today: Day): Promise<Quarter[]> => {
  const last = lastQuarter(today)
  const latest = await lastRoundQuarter(db)
  const due = latest === null ? [last] : quartersAfter(latest, last)
  if (due.length === 0 || (await unitsToAsk(db)).length === 0) return []
  if (latest !== null) return due
  const { calendar } = await workCalendar(db)
  const until = dueDay('feedback.return', last.last, app.config.profile, calendar, app.config.clockDays)
  return until === null || until.due < today ? [] : due
})

/** Copies the last day of the returns' deadlines to their round, because a change of the work calendar may have moved it. */
const updateDueDays = systemCommand('feedback.tell', async ({ tx }, _input: undefined): Promise<void> => {
  for (const round of await openRounds(tx)) {
    const [first] = await returnsAfter(tx, round.id, '', 1)
    const [deadline] = first === undefined ? [] : await deadlinesByKey(tx, [`feedback.return:${returnSubject(first.id)}`])
    if (deadline !== undefined && deadline.state === 'open' && deadline.due !== round.dueOn)
      await updateRound(tx, round.id, { dueOn: deadline.due })
  }
})

const roundsToTell = query('feedback.open', async ({ db }, _input: undefined): Promise<RoundRow[]> =>
  (await openRounds(db)).filter((round) => round.tellingAfter !== null),
)

const roundsToClose = query('feedback.close', async ({ db, app }, today: Day): Promise<RoundRow[]> => {
  const rounds = await openRounds(db)
  const counts = await countReturns(
    db,
    rounds.map((round) => round.id),
  )
  return rounds.filter((round) => closesToday(round, counts.get(round.id)?.awaited ?? 0, today, app.config.feedbackGraceDays))
})
