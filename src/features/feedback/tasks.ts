// What happens to rounds by itself: opened once the quarter has ended, told to whoever was not told yet, closed after the days of grace.
// Called every few minutes by daily; every step finds by what is stored whether it is due, so twice or on two machines changes nothing.

import { dayOf, type Day } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { dueDay, type Quarter } from '../deadlines/rules.ts'
import { closesToday, lastQuarter, quartersAfter } from './rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { deadlinesByKey } from '../deadlines/store.ts'
import { countReturns, lastRoundQuarter, openRounds, returnsAfter, updateRound, type RoundRow } from './store.ts'
import { systemCommand, query, type AppContext } from '../../platform/commands/command.ts'
import { closeFeedback, openRound, returnSubject, notifyRound } from './rounds.commands.ts'
import { unitsToAsk } from './records.store.ts'
import { workCalendar } from '../deadlines/commands.ts'

export interface RoundsReport {
  opened: string[]
  closed: string[]
  told: number
}

/** Brings rounds up to today. */
export async function keepRounds(app: AppContext, actor: Actor): Promise<RoundsReport> {
  const report: RoundsReport = { opened: [], closed: [], told: 0 }
  const today = dayOf(app.clock.now())
  for (const { name } of await quartersDue(app, actor, today))
    if (await unlessDone(() => openRound(app, actor, { quarter: name }))) report.opened.push(name)
  await settleDue(app, actor, undefined)
  for (const round of await roundsToTell(app, actor, undefined)) report.told += await notifyRound(app, round.id)
  for (const round of await roundsToClose(app, actor, today))
    if (await unlessDone(() => closeFeedback(app, actor, { id: round.id }))) report.closed.push(round.quarter)
  return report
}

/** False: another process was faster. */
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
 * Quarters that ended and have no round, oldest first. A house that never had a round does not ask for what lies behind it: its first is the
 * quarter that ended last, while a return can still come in time.
 */
const quartersDue = query('feedback.open', async ({ db, app }, today: Day): Promise<Quarter[]> => {
  const last = lastQuarter(today)
  const known = await lastRoundQuarter(db)
  const due = known === null ? [last] : quartersAfter(known, last)
  if (due.length === 0 || (await unitsToAsk(db)).length === 0) return []
  if (known !== null) return due
  const { calendar } = await workCalendar(db)
  const until = dueDay('feedback.return', last.last, app.config.profile, calendar, app.config.clockDays)
  return until === null || until.due < today ? [] : due
})

/** The calendar may have moved the last day since: a round shows the day that its returns are counted by. */
const settleDue = systemCommand('feedback.tell', async ({ tx }, _input: undefined): Promise<void> => {
  for (const round of await openRounds(tx)) {
    const [first] = await returnsAfter(tx, round.id, '', 1)
    const [clock] = first === undefined ? [] : await deadlinesByKey(tx, [`feedback.return:${returnSubject(first.id)}`])
    if (clock !== undefined && clock.state === 'open' && clock.due !== round.dueOn) await updateRound(tx, round.id, { dueOn: clock.due })
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
