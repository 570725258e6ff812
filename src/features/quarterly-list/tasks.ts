// Scheduled work on the quarterly list: prepares it when a quarter is over, and notifies receivers of entries that changed afterwards.
// Called every few minutes by src/daily.ts. Every step has a key or is conditional, so repeating it, late or on two machines, is harmless.

import { dayOf } from '../../core/calendar.ts'
import { isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Quarter } from '../deadlines/rules.ts'
import { entryChangeOf, quartersDue, type EntryChange } from './rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { countPublishedIn, entriesToTell, markFate, pushesToCorrect } from './store.ts'
import { openDeadlines } from '../deadlines/commands.ts'
import { systemCommand, query, type AppContext } from '../../platform/commands/command.ts'
import { lastBucket, runOnce } from '../../platform/scheduler/runs.ts'
import { preparePush, mustFindPush, quarterSubject, receiversOf, notifyReceivers } from './commands.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** What one run of the task did. */
export interface PushReport {
  /** Names of the quarters whose list was prepared. */
  prepared: string[]
  /** Number of entries of which receivers were notified. */
  corrected: number
}

/** Name of the task in the table of runs. */
const RUN = 'push'

/** Prepares the lists that are due, and notifies receivers of changed entries. */
export async function maintainQuarterlyLists(app: AppContext, actor: Actor): Promise<PushReport> {
  const report: PushReport = { prepared: [], corrected: 0 }
  const last = await lastBucket(app, actor, RUN)
  for (const quarter of quartersDue(last, dayOf(app.clock.now()))) {
    // An application that never ran begins with the first quarter in which it published; nobody needs an empty list of the time before.
    if (last === null && (await countOf(app, actor, quarter)) === 0) {
      await runOnce(app, actor, { name: RUN, bucket: quarter.name }, () => Promise.resolve())
      continue
    }
    await openQuarterDeadline(app, actor, quarter)
    await runOnce(app, actor, { name: RUN, bucket: quarter.name }, async () => {
      if (await prepareUnlessDone(app, actor, quarter)) report.prepared.push(quarter.name)
    })
  }
  for (const id of await toCorrect(app, actor, undefined)) report.corrected += await correctPush(app, actor, id)
  return report
}

/** Opens the deadline of a quarter; it runs from the end of the quarter, even if preparing the files fails. */
const openQuarterDeadline = systemCommand('push.keep', async (context, quarter: Quarter): Promise<void> => {
  await openDeadlines(context, [{ code: 'media.push', subject: quarterSubject(quarter.name), start: quarter.last }])
})

/** Prepares the list of a quarter. False if somebody had prepared it by hand. */
async function prepareUnlessDone(app: AppContext, actor: Actor, quarter: Quarter): Promise<boolean> {
  try {
    await preparePush(app, actor, { quarter: quarter.name })
    return true
  } catch (error) {
    if (isAppError(error, 'push_standing')) return false
    throw error
  }
}

const countOf = query('push.keep', ({ db }, { first, last }: Quarter): Promise<number> => countPublishedIn(db, OUR_COURT, first, last))

const toCorrect = query('push.keep', ({ db }, _input: undefined): Promise<string[]> => pushesToCorrect(db))

/**
 * Notifies the receivers of one edition of entries that left the list or changed since, each entry once (实施意见 四(二)4). Returns their
 * number.
 */
const correctPush = systemCommand('push.keep', async (context, pushId: string): Promise<number> => {
  const { tx, now } = context
  const push = await mustFindPush(tx, pushId)
  const counts: Record<EntryChange, number> = { gone: 0, corrected: 0 }
  for (const row of await entriesToTell(tx, pushId)) {
    const fate = entryChangeOf({ contentVersion: row.handedVersion }, row)
    if (fate !== null && (await markFate(tx, pushId, row, fate, now))) counts[fate] += 1
  }
  const changed = counts.gone + counts.corrected
  if (changed === 0) return 0
  const unitIds = (await receiversOf(context, tx)).map((unit) => unit.id)
  await notifyReceivers(context, 'push.corrected', push, { key: `${pushId}:${newId()}`, unitIds, values: { ...counts } })
  return changed
})
