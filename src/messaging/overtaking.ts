// Cancels what was not sent yet of notices that an event has made pointless, in the transaction of that event.
// Which events these are is messaging/overtaking.rules; the dispatcher asks again at the moment of sending (messaging/delivery).

import type { SystemCommandContext } from '../platform/commands/command.ts'
import { portions } from '../platform/database/placeholders.ts'
import { noticesOf, type NoticeEvent } from './notices.rules.ts'
import { CONSENT_WITHDRAWN, eventOf, OVERTAKEN, OVERTAKEN_OF_BULLETINS, TASKS, type OvertakingEvent } from './overtaking.rules.ts'
import {
  decisionsToTell,
  endBroadcasts,
  overtake,
  unfinishedNotices,
  unfinishedNoticesTo,
  unfinishedTasks,
  type UnfinishedNotice,
} from './overtaking.store.ts'

type Context = Pick<SystemCommandContext, 'tx' | 'now'>

/** Cancels the notices of these listings that an event overtakes. Call it before the notices of the event itself are enqueued. */
export async function overtakeNotices({ tx, now }: Context, event: OvertakingEvent, listingIds: readonly string[]): Promise<void> {
  const overtaken: readonly string[] = OVERTAKEN[event]
  for (const some of portions(listingIds)) {
    const unfinished = await unfinishedNotices(tx, 'listing_id', some)
    for (const notices of portions(idsOf(unfinished, overtaken))) await overtake(tx, notices, event, now)
  }
}

/** Cancels what bulletins still have to tell, because all their entries have left the list. */
export async function overtakeBulletins({ tx, now }: Context, event: OvertakingEvent, bulletinIds: readonly string[]): Promise<void> {
  for (const some of portions(bulletinIds)) {
    await endBroadcasts(tx, some, OVERTAKEN_OF_BULLETINS, now)
    for (const notices of portions(idsOf(await unfinishedNotices(tx, 'bulletin_id', some), OVERTAKEN_OF_BULLETINS)))
      await overtake(tx, notices, event, now)
  }
}

/**
 * Cancels what waits under the consent of people who have withdrawn it; a message that is being sent is waited for. Notices that need no
 * consent, as statutory ones, stay. Call it after the consent was withdrawn, in the same transaction.
 */
export async function cancelConsented({ tx, now }: Context, recipients: readonly string[]): Promise<void> {
  for (const some of portions(recipients)) {
    const unfinished = await unfinishedNoticesTo(tx, some)
    const consented = unfinished.filter(({ event, audience }) =>
      noticesOf(eventOf(event) as NoticeEvent).some((rule) => rule.audience === audience && rule.needsConsent),
    )
    for (const notices of portions(consented.map(({ id }) => id))) await overtake(tx, notices, CONSENT_WITHDRAWN, now)
  }
}

/** Cancels what the court's staff was still to be told of matters that have moved on. Call it before a new task of theirs is enqueued. */
export async function closeTasks({ tx, now }: Context, about: keyof typeof TASKS, ids: readonly string[]): Promise<void> {
  for (const some of portions(ids, MATTERS)) {
    const keys = some.flatMap((id) => TASKS[about].map((event) => `${event}:${id}`))
    await overtake(tx, await unfinishedTasks(tx, keys), 'matter.done', now)
  }
}

/** Matters of one statement. */
const MATTERS = 100

/** Closes the tasks to tell debtors of decisions that have been served on them. What is sent by a machine is sent all the same. */
export async function closeServed({ tx, now }: Context, listingIds: readonly string[]): Promise<void> {
  for (const some of portions(listingIds)) await overtake(tx, await decisionsToTell(tx, some), 'listing.served', now)
}

function idsOf(notices: readonly UnfinishedNotice[], events: readonly string[]): string[] {
  return notices.filter(({ event }) => events.includes(eventOf(event))).map(({ id }) => id)
}
