// Bulletins: what groups changes of the list, and tells everybody with a duty or a wish to know. Spread by the broadcaster, not here.
// The changes themselves are actions/listings and actions/imports.

import { dayOf } from '../core/calendar.ts'
import type { Values } from '../core/errors.ts'
import { newId } from '../core/ids.ts'
import { amountOf } from '../domain/deadlines.ts'
import { OUR_COURT } from '../domain/listing.ts'
import { noticesOf, type Audience, type NoticeEvent } from '../domain/notices.ts'
import { insertBulletin, takeNumbers, type BulletinKind, type BulletinRow, type RestKind } from '../store/journal.ts'
import { insertBroadcasts, type BroadcastRow } from '../store/notices.ts'
import type { ActContext } from './context.ts'
import { issueLiftOrders } from './lift-orders.ts'

type Context = Pick<ActContext, 'house' | 'tx' | 'now' | 'actor'>

/** Opens a bulletin with the year's next number. Its counts are filled in by `announce`. */
export async function openBulletin(context: Context, kind: BulletinKind, source: string = OUR_COURT): Promise<BulletinRow> {
  const year = dayOf(context.now).slice(0, 4)
  const number = await takeNumbers(context.tx, `bulletin:${year}`, 1)
  return {
    id: newId(),
    number: `${year}-${String(number).padStart(4, '0')}`,
    kind,
    at: context.now,
    actor: context.actor.id,
    source,
    listed: 0,
    shielded: 0,
    revoked: 0,
    corrected: 0,
    listVersion: 0,
  }
}

/**
 * Keeps the bulletin, orders units to lift what it took off the list, and owes it to its audiences. Entries that are not public count for nobody:
 * a bulletin of none is kept and not told.
 */
export async function announce(context: Context, bulletin: BulletinRow, values: Values): Promise<void> {
  const { listed, shielded, revoked, corrected } = bulletin
  const { profile, clockDays } = context.house.config
  const all = {
    added: listed,
    total: listed,
    shielded,
    revoked,
    corrected,
    version: bulletin.listVersion,
    replyDays: amountOf('lift.carry_out', profile, clockDays),
    ...values,
  }
  await insertBulletin(context.tx, bulletin)
  await issueLiftOrders(context, bulletin)
  await owe(context, bulletin, eventsOf(bulletin), all)
}

/** Keeps a bulletin that suspends measures or lets them apply again, and owes it to units. @param shown its public entries: of none, nobody is told. */
export async function announceRest(context: Context, bulletin: BulletinRow & { kind: RestKind }, shown: number): Promise<void> {
  await insertBulletin(context.tx, bulletin)
  const event = bulletin.kind === 'suspend' ? 'bulletin.suspended' : 'bulletin.resumed'
  const values = { total: shown, number: bulletin.number, version: bulletin.listVersion }
  if (shown > 0) await owe(context, bulletin, [event], values)
}

async function owe(context: Context, bulletin: BulletinRow, events: readonly NoticeEvent[], values: Values): Promise<void> {
  const owed = events.flatMap((event) =>
    noticesOf(event)
      .map((rule) => rule.audience)
      .filter((audience) => audience !== 'source' || bulletin.source !== OUR_COURT)
      .map((audience) => broadcastOf(bulletin, event, audience, values, context.now)),
  )
  await insertBroadcasts(context.tx, owed)
}

/** What a bulletin's counts say: a snapshot of a higher court may publish and lift at once. */
function eventsOf({ kind, listed, shielded, revoked, corrected }: BulletinRow): NoticeEvent[] {
  const events: NoticeEvent[] = []
  if (listed > 0) events.push(kind === 'takeover' ? 'bulletin.takeover' : 'bulletin.published')
  if (shielded + revoked > 0) events.push('bulletin.lifted')
  if (corrected > 0) events.push('bulletin.corrected')
  return events
}

function broadcastOf(bulletin: BulletinRow, event: NoticeEvent, audience: Audience, values: Values, now: Date): BroadcastRow {
  return {
    id: newId(),
    bulletinId: bulletin.id,
    event,
    audience,
    values: JSON.stringify(values),
    cursor: '',
    told: 0,
    createdAt: now,
    doneAt: null,
  }
}
