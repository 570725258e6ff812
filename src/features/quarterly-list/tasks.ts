// What the house does by itself for the quarter's list: prepares it once the quarter is over, and keeps what was handed over true.
// Called every few minutes by daily; every step has a key or is conditional, so twice, late, or on two machines changes nothing.

import { dayOf } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { OUR_COURT } from '../listings/rules.ts'
import type { Quarter } from '../deadlines/rules.ts'
import { fateOf, quartersDue, type Fate } from './rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { changedEntries, markFate, publishedIn, pushesToCorrect } from './store.ts'
import { openDeadlines } from '../deadlines/commands.ts'
import { systemCommand, query, type AppContext } from '../../platform/commands/command.ts'
import { lastBucket, runOnce } from '../../platform/scheduler/runs.ts'
import { preparePush, mustFindPush, quarterSubject, receiversOf, notifyReceivers } from './commands.ts'

export interface PushReport {
  /** Quarters whose list was prepared by this call. */
  prepared: string[]
  /** Entries whose receivers were told to take down or change. */
  corrected: number
}

const RUN = 'push'

export async function keepPushes(app: AppContext, actor: Actor): Promise<PushReport> {
  const report: PushReport = { prepared: [], corrected: 0 }
  const last = await lastBucket(app, actor, RUN)
  for (const quarter of quartersDue(last, dayOf(app.clock.now()))) {
    // A house that never ran begins with the quarter in which it published: an empty list of a time before it is nobody's duty.
    if (last === null && (await countOf(app, actor, quarter)) === 0) {
      await runOnce(app, actor, { name: RUN, bucket: quarter.name }, () => Promise.resolve())
      continue
    }
    await openClock(app, actor, quarter)
    await runOnce(app, actor, { name: RUN, bucket: quarter.name }, async () => {
      if (await prepared(app, actor, quarter)) report.prepared.push(quarter.name)
    })
  }
  for (const id of await toCorrect(app, actor, undefined)) report.corrected += await correctPush(app, actor, id)
  return report
}

/** The day runs from the quarter's end, whatever becomes of the files. */
const openClock = systemCommand('push.keep', async (context, quarter: Quarter): Promise<void> => {
  await openDeadlines(context, [{ code: 'media.push', subject: quarterSubject(quarter.name), start: quarter.last }])
})

/** False when somebody had prepared it by hand. */
async function prepared(app: AppContext, actor: Actor, quarter: Quarter): Promise<boolean> {
  try {
    await preparePush(app, actor, { quarter: quarter.name })
    return true
  } catch (error) {
    if (isAppError(error, 'push_standing')) return false
    throw error
  }
}

const countOf = query(
  'push.keep',
  async ({ db }, quarter: Quarter): Promise<number> => (await publishedIn(db, OUR_COURT, quarter.first, quarter.last)).length,
)

const toCorrect = query('push.keep', ({ db }, _input: undefined): Promise<string[]> => pushesToCorrect(db))

/** Tells the receivers of one push what left or changed since they got it, each entry once (实施意见 四(二)4). */
const correctPush = systemCommand('push.keep', async (context, pushId: string): Promise<number> => {
  const { tx, now } = context
  const push = await mustFindPush(tx, pushId)
  const counts: Record<Fate, number> = { gone: 0, corrected: 0 }
  for (const row of await changedEntries(tx, pushId)) {
    const fate = fateOf({ contentVersion: row.handedVersion }, row)
    if (fate !== null && (await markFate(tx, pushId, row, fate, now))) counts[fate] += 1
  }
  const told = counts.gone + counts.corrected
  if (told === 0) return 0
  const unitIds = (await receiversOf(context, tx)).map((unit) => unit.id)
  await notifyReceivers(context, 'push.corrected', push, { key: `${pushId}:${newId()}`, unitIds, values: { ...counts } })
  return told
})
