// Counts deadlines again after a change of the work calendar: provisional days become final, provisional misses are confirmed or taken back.
// The daily task calls it, and so does a change of the calendar (routes.ts, cli.ts), which then says what moved.

import { dayOf, type Day } from '../../core/calendar.ts'
import { query, systemCommand, type AppContext } from '../../platform/commands/command.ts'
import { SYSTEM, type Actor } from '../../platform/commands/permissions.ts'
import { changeCalendar, dueOf, workCalendar, type CalendarChange, type CalendarView } from './commands.ts'
import { countMoves, countStale, insertMoves, recountDeadlines, type MoveCounts, type Recounted } from './moves.store.ts'
import { isMissed, recount, remindersOf, type Due } from './rules.ts'
import { staleDeadlines, type DeadlineRow, type DeadlineState } from './store.ts'
import type { WorkCalendar } from './workdays.rules.ts'
import { conflictsOf } from '../units/conflicts.rules.ts'
import { seenAbout } from '../units/conflicts.store.ts'

/** Deadlines handled in one transaction: bounds memory and the time that rows stay locked. */
const PORTION = 1000
/** Portions that a change of the calendar waits for; the daily task counts the rest within minutes. */
const PORTIONS_AT_ONCE = 20

/** Counts one portion again. Returns how many deadlines it handled; fewer than a portion when none is left. */
const recountPortion = systemCommand('clock.tick', async ({ tx, now }, _input: undefined): Promise<number> => {
  const { calendar, version } = await workCalendar(tx)
  const rows = await staleDeadlines(tx, version, PORTION)
  const today = dayOf(now)
  const batches = new Map<string, { from: DeadlineState; counted: Recounted; ids: string[] }>()
  const moves = rows.flatMap((row) => {
    const counted = { ...recounted(row, today, calendar), calendarVersion: version }
    const key = JSON.stringify([row.state, counted])
    const batch = batches.get(key)
    if (batch === undefined) batches.set(key, { from: row.state, counted, ids: [row.id] })
    else batch.ids.push(row.id)
    const isSame = row.due === counted.due && row.state === counted.state && (row.latest === null || row.latest === counted.latest)
    if (isSame) return []
    const from = { fromDue: row.due, fromLatest: row.latest, fromState: row.state }
    return [{ version, deadlineId: row.id, ...from, toDue: counted.due, toLatest: counted.latest, toState: counted.state, at: now }]
  })
  for (const { from, counted, ids } of batches.values()) await recountDeadlines(tx, ids, from, counted)
  await insertMoves(tx, moves)
  return rows.length
})

/** A deadline counted by the calendar of today, with the state that follows. */
function recounted(row: DeadlineRow, today: Day, calendar: WorkCalendar): Omit<Recounted, 'calendarVersion'> {
  const due = recount(dueOf(row), row.state === 'open' ? today : dayOfEnd(row, today), calendar)
  const state = stateBy(row, due, today)
  // A reminder that was given is not repeated when the last day moves; later reminders are.
  const [first] = remindersOf(row.code, { openedOn: row.remindedOn ?? row.openedOn, due: due.due }, calendar)
  return {
    due: due.due,
    latest: due.provisional?.latest ?? null,
    missingYear: due.provisional?.missingYear ?? null,
    nextReminderOn: state === 'open' ? (first?.on ?? null) : row.nextReminderOn,
    state,
    overOn: state === 'open' || state === 'closed' ? null : row.overOn,
  }
}

/** The state of a deadline after its last day was counted again: a provisional miss may not have been one, nor a provisional lateness. */
function stateBy(row: DeadlineRow, due: Due, today: Day): DeadlineState {
  const isOver = isMissed(due, dayOfEnd(row, today))
  if (row.state === 'missed') return isOver ? 'missed' : 'open'
  if (row.state === 'closed' || row.state === 'closed_late') return isOver ? 'closed_late' : 'closed'
  return row.state
}

/** The day on which a deadline is judged: that of its act, today while nothing was done. */
function dayOfEnd(row: DeadlineRow, today: Day): Day {
  return row.closedAt === null ? today : dayOf(row.closedAt)
}

/** Counts all deadlines of older calendars again, in portions. Returns how many. */
export async function recountAll(app: AppContext, actor: Actor, portions = Infinity): Promise<number> {
  let all = 0
  for (let turn = 0; turn < portions; turn += 1) {
    const done = await recountPortion(app, actor, undefined)
    all += done
    if (done < PORTION) break
  }
  return all
}

/** What the last change of the calendar moved so far, and how many deadlines still have to be counted. */
export interface Moved extends MoveCounts {
  waiting: number
}

const movedBy = query('recount.read', async ({ db, actor }, version: number): Promise<Moved> => ({
  ...(await countMoves(db, version, seenAbout('d.subject', conflictsOf(actor)))),
  waiting: await countStale(db, version),
}))

/** Changes the calendar, counts the deadlines again at once, and says what moved. @throws as `changeCalendar`. */
export async function changeAndRecount(app: AppContext, actor: Actor, input: CalendarChange): Promise<CalendarView & { moved: Moved }> {
  const view = await changeCalendar(app, actor, input)
  await recountAll(app, SYSTEM, PORTIONS_AT_ONCE)
  return { ...view, moved: await movedBy(app, actor, view.version) }
}
