// Cancels what was not sent yet of notices that an event has made pointless, in the transaction of that event.
// Which events these are is messaging/overtaking.rules; the dispatcher asks again at the moment of sending (messaging/delivery).

import type { SystemCommandContext } from '../platform/commands/command.ts'
import { portions } from '../platform/database/placeholders.ts'
import { eventOf, OVERTAKEN, OVERTAKEN_OF_BULLETINS, type OvertakingEvent } from './overtaking.rules.ts'
import { cancelOvertaken, endBroadcasts, unfinishedNotices, type UnfinishedNotice } from './overtaking.store.ts'

type Context = Pick<SystemCommandContext, 'tx' | 'now'>

/** Cancels the notices of these listings that an event overtakes. Call it before the notices of the event itself are enqueued. */
export async function overtakeNotices({ tx, now }: Context, event: OvertakingEvent, listingIds: readonly string[]): Promise<void> {
  const overtaken: readonly string[] = OVERTAKEN[event]
  for (const some of portions(listingIds)) {
    const unfinished = await unfinishedNotices(tx, 'listing_id', some)
    for (const notices of portions(idsOf(unfinished, overtaken))) await cancelOvertaken(tx, notices, event, now)
  }
}

/** Cancels what bulletins still have to tell, because all their entries have left the list. */
export async function overtakeBulletins({ tx, now }: Context, event: OvertakingEvent, bulletinIds: readonly string[]): Promise<void> {
  for (const some of portions(bulletinIds)) {
    await endBroadcasts(tx, some, OVERTAKEN_OF_BULLETINS, now)
    for (const notices of portions(idsOf(await unfinishedNotices(tx, 'bulletin_id', some), OVERTAKEN_OF_BULLETINS)))
      await cancelOvertaken(tx, notices, event, now)
  }
}

function idsOf(notices: readonly UnfinishedNotice[], events: readonly string[]): string[] {
  return notices.filter(({ event }) => events.includes(eventOf(event))).map(({ id }) => id)
}
