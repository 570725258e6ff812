// The clocks' day: who must be reminded, what was missed, what ended by itself. Once per Beijing day, missed days oldest first.
// Who is told of it is actions/clock-reports. Every step is conditional or has a key, so twice, late, or on two machines changes nothing.

import { addDays, dayOf, type Day } from '../../core/calendar.ts'
import { newToken } from '../../core/ids.ts'
import { CLOCK_CODES, CLOCKS, type ClockCode } from './clocks.rules.ts'
import { recount, remindersOf, reminderState } from './rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import {
  deadlinesById,
  markReminded,
  moveDeadlines,
  overdueDeadlines,
  recountDeadlines,
  remindableDeadlines,
  staleDeadlines,
  type DeadlineRow,
  type Recounted,
} from './store.ts'
import { beginRun, finishRun, lastRun } from '../../platform/scheduler/runs.store.ts'
import { workCalendar } from './calendar.commands.ts'
import { dueOf } from './commands.ts'
import { reportDay } from './reports.tasks.ts'
import { act, errand, view, type ActContext, type House } from '../../platform/commands/command.ts'

export interface TickReport {
  /** Days that were brought to their end by this call. */
  days: Day[]
  recounted: number
  reminded: number
  missed: number
  ended: number
}

/** What follows when a period ends by itself, in the transaction that ends it. */
export type Endings = Readonly<Partial<Record<ClockCode, (context: ActContext, ended: readonly DeadlineRow[]) => Promise<void>>>>

/** Clocks of one transaction: bounds memory and how long rows stay locked. */
const PORTION = 1000
/** Longest silence of a day's run before another process may take it up, milliseconds. */
const LEASE = 600_000
const RUN = 'clock'

const ESCALATED = CLOCK_CODES.filter((code) => CLOCKS[code].miss.effect !== 'ends')
const ENDING = CLOCK_CODES.filter((code) => CLOCKS[code].miss.effect === 'ends')

/** Brings the clocks up to today. Meant to be called every few minutes: once today is done it finds nothing to do. */
export async function tick(house: House, actor: Actor, endings: Endings = {}): Promise<TickReport> {
  const report: TickReport = { days: [], recounted: 0, reminded: 0, missed: 0, ended: 0 }
  report.recounted = await inPortions(() => recountPortion(house, actor, undefined))
  const today = dayOf(house.clock.now())
  for (const day of await daysToDo(house, actor, today)) {
    const run = { day, token: newToken(16) }
    if (!(await beginDay(house, actor, run))) break
    report.missed += await inPortions(() => missPortion(house, actor, day))
    report.ended += await endPeriods(house, actor, day, endings)
    // A reminder whose day was slept through is given today, on what is still open; it would be old news under its own day.
    if (day === today) report.reminded += await inPortions(() => remindPortion(house, actor, day))
    await reportDay(house, actor, day)
    await endDay(house, actor, run)
    report.days.push(day)
  }
  if (report.days.length > 0) {
    const { recounted, reminded, missed, ended } = report
    house.log.info('clock.tick', { days: report.days.length, recounted, reminded, missed, ended })
  }
  return report
}

async function inPortions(portion: () => Promise<number>): Promise<number> {
  let all = 0
  for (;;) {
    const done = await portion()
    all += done
    if (done < PORTION) return all
  }
}

/** From the day after the last that was finished; a house that never ticked begins today. */
const daysToDo = view('clock.tick', async ({ db }, today: Day): Promise<Day[]> => {
  const last = await lastRun(db, RUN)
  const days: Day[] = []
  for (let day = last === null ? today : addDays(last, 1); day <= today; day = addDays(day, 1)) days.push(day)
  return days
})

const beginDay = errand('clock.tick', ({ tx, now }, { day, token }: { day: Day; token: string }) =>
  beginRun(tx, { name: RUN, bucket: day, token, now, until: new Date(now.getTime() + LEASE) }),
)

const endDay = errand('clock.tick', ({ tx, now }, { day, token }: { day: Day; token: string }) =>
  finishRun(tx, { name: RUN, bucket: day, token, now }),
)

/** Counts clocks again that an older calendar had counted: provisional ones settle, and days the admin added move last days. */
const recountPortion = errand('clock.tick', async ({ tx, now }, _input: undefined): Promise<number> => {
  const { calendar, version } = await workCalendar(tx)
  const rows = await staleDeadlines(tx, version, PORTION)
  const today = dayOf(now)
  const alike = new Map<string, { counted: Recounted; ids: string[] }>()
  for (const row of rows) {
    const { due, provisional } = recount(dueOf(row), today, calendar)
    // A reminder that was given is not repeated because the day moved; what lies ahead of it is given again.
    const [first] = remindersOf(row.code, { openedOn: row.remindedOn ?? row.openedOn, due }, calendar)
    const counted = { due, missingYear: provisional?.missingYear ?? null, nextReminderOn: first?.on ?? null, calendarVersion: version }
    const key = JSON.stringify(counted)
    const known = alike.get(key)
    if (known === undefined) alike.set(key, { counted, ids: [row.id] })
    else known.ids.push(row.id)
  }
  for (const { counted, ids } of alike.values()) await recountDeadlines(tx, ids, counted)
  return rows.length
})

/** Marks what was missed by a day; clocks that only let later acts be flagged are marked and not told. */
const missPortion = errand('clock.tick', async ({ tx }, day: Day): Promise<number> => {
  const over = await overdueDeadlines(tx, day, ESCALATED, PORTION)
  const ids = over.map((row) => row.id)
  await moveDeadlines(tx, ids, ['open'], { state: 'missed', closedAt: null, overOn: day })
  return over.length
})

/** Ends periods that have nothing to be done in, and what they limited with them. */
async function endPeriods(house: House, actor: Actor, day: Day, endings: Endings): Promise<number> {
  for (let all = 0; ;) {
    const ids = await endingIds(house, actor, day)
    if (ids.length === 0) return all
    await endPortion(house, actor, { day, ids, endings })
    all += ids.length
  }
}

const endingIds = view('clock.tick', async ({ db }, day: Day) => (await overdueDeadlines(db, day, ENDING, PORTION)).map((row) => row.id))

const endPortion = act(
  'clock.end',
  async (context, { day, ids, endings }: { day: Day; ids: readonly string[]; endings: Endings }): Promise<{ ended: number }> => {
    const rows = (await deadlinesById(context.tx, ids)).filter((row) => row.state === 'open')
    await moveDeadlines(
      context.tx,
      rows.map((row) => row.id),
      ['open'],
      { state: 'closed', closedAt: context.now, overOn: day },
    )
    for (const code of ENDING) {
      const ended = rows.filter((row) => row.code === code)
      if (ended.length > 0) await endings[code]?.(context, ended)
    }
    await context.auditAll(
      [...rows.map(({ subject, code, due }) => ({ subject, detail: { ended: code, due } })), { subject: 'clocks', detail: { day } }],
      'known',
    )
    return { ended: rows.length }
  },
  (output) => output,
)

/** Marks the reminders of a day; telling them is the day's report. */
const remindPortion = errand('clock.tick', async ({ tx }, day: Day): Promise<number> => {
  const { calendar } = await workCalendar(tx)
  const rows = await remindableDeadlines(tx, day, PORTION)
  const alike = new Map<string, { mark: ReturnType<typeof reminderState>; ids: string[] }>()
  for (const row of rows) {
    const key = `${row.code} ${row.openedOn} ${row.due}`
    const known = alike.get(key)
    if (known === undefined) alike.set(key, { mark: reminderState(row.code, row, day, calendar), ids: [row.id] })
    else known.ids.push(row.id)
  }
  for (const { mark, ids } of alike.values()) await markReminded(tx, ids, { day, ...mark })
  return rows.length
})
