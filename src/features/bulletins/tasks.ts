// Turns broadcasts into notices: a loop takes one portion of recipients after another until no broadcast is left.
// Broadcasts are written by commands.ts; notices are sent by messaging/dispatcher.ts.

import type { Values } from '../../core/errors.ts'
import type { Audience, NoticeEvent } from '../../messaging/notices.rules.ts'
import { findBulletin, type BulletinRow } from '../journal/store.ts'
import { advanceBroadcast, takeBroadcast, type BroadcastRow } from '../../messaging/notices.store.ts'
import {
  dutyUnitIds,
  holdSubscribersAfter,
  liaisonsAfter,
  unitsWithoutLiaison,
  type LiaisonRow,
  type SubscriberRow,
} from '../units/store.ts'
import { bulletinLink } from './links.commands.ts'
import { systemCommand, type SystemCommandContext, type AppContext } from '../../platform/commands/command.ts'
import { enqueueNotice, type NoticeInput, type Recipient } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import { createLoop } from '../../platform/scheduler/loop.ts'
import { orderedRefusals, orderedUnitIds } from '../lifts/store.ts'

/** The loop that turns broadcasts into notices. */
export interface Broadcaster {
  start(): void
  /** Resolves after the current portion. */
  stop(): Promise<void>
  /** Wakes the loop at once, because this process wrote a broadcast. */
  poke(): void
  /** Processes all broadcasts and returns the number of notices enqueued. */
  processAll(): Promise<number>
}

/**
 * @param onEnqueued called when notices were enqueued, so that the dispatcher wakes.
 * @param poll milliseconds between polls when there is no broadcast.
 */
export function createBroadcaster(app: AppContext, onEnqueued: () => void = () => undefined, poll = 1_000): Broadcaster {
  const loop = createLoop(app.log, { name: 'broadcast', poll, round: processAll })

  async function processAll(): Promise<number> {
    let count = 0
    while (!loop.isStopping()) {
      const portion = await enqueueBroadcastPortion(app, SYSTEM, undefined)
      if (portion === null) break
      count += portion.told
      if (portion.told > 0) onEnqueued()
      if (portion.done) app.log.info('broadcast.done', { broadcast: portion.broadcastId })
    }
    return count
  }

  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    poke: () => loop.wake(),
    processAll,
  }
}

/** Recipients of one transaction. */
const PORTION = 500

/** Characters of unit names in the clerk's task; the count of units is always complete. */
const NAMES_LENGTH = 4000

/** Enqueues notices for the next portion of the oldest broadcast. Null: there is none, or another process holds it. */
export const enqueueBroadcastPortion = systemCommand(
  'notice.broadcast',
  async (context, _input: undefined): Promise<{ broadcastId: string; told: number; done: boolean } | null> => {
    const { tx, now } = context
    const row = await takeBroadcast(tx)
    if (row === null) return null
    const bulletin = await findBulletin(tx, row.bulletinId)
    if (bulletin === null) throw new Error(`broadcast ${row.id} of no bulletin`)
    const { recipients, cursor } = await nextPortion(context, row, bulletin)
    const told = await enqueueNotice(context, row.audience as Audience, noticeOf(context, row, bulletin), recipients)
    const done = recipients.length < PORTION
    if (done) await reportUnreachedUnits(context, row, bulletin)
    const isAdvanced = await advanceBroadcast(tx, row, { cursor: cursor ?? row.cursor, told, doneAt: done ? now : null })
    if (!isAdvanced) throw new Error(`broadcast ${row.id} was moved by somebody else`)
    return { broadcastId: row.id, told, done }
  },
)

/** The notice of a broadcast. Units and the source court get a link to the entries; media and subscribers get the counts only. */
function noticeOf({ app, now }: SystemCommandContext, row: BroadcastRow, bulletin: BulletinRow): NoticeInput {
  const getsLink = row.audience === 'unit' || row.audience === 'source'
  return {
    ...(getsLink ? { url: bulletinLink(app, bulletin.id, now) } : {}),
    event: row.event as NoticeEvent,
    key: `${row.event}:${bulletin.id}`,
    values: JSON.parse(row.values) as Values,
    bulletinId: bulletin.id,
    listVersion: Number(bulletin.listVersion),
  }
}

async function nextPortion(
  { app, tx }: SystemCommandContext,
  row: BroadcastRow,
  bulletin: BulletinRow,
): Promise<{ recipients: Recipient[]; cursor: string | undefined }> {
  if (row.audience === 'media' || row.audience === 'public') {
    const subscribers = await holdSubscribersAfter(tx, row.audience, row.cursor, PORTION)
    return { recipients: subscribers.map((person) => recipientOf(app, 'subscriber', person)), cursor: subscribers.at(-1)?.id }
  }
  const liaisons = await liaisonsAfter(tx, await unitIdsFor(row, bulletin, tx), row.cursor, PORTION)
  const refusals = await orderedRefusals(tx, bulletin.id)
  // Units that refused debtors now off the list come first within the portion: they have something to undo.
  const ordered = liaisons.toSorted((left, right) => (refusals.get(right.unitId) ?? 0) - (refusals.get(left.unitId) ?? 0))
  return { recipients: ordered.map((liaison) => recipientOf(app, 'liaison', liaison)), cursor: liaisons.at(-1)?.id }
}

/** Ids of the units that implement a measure, and of an exit those that have an order besides; or of the one court whose list it is. */
async function unitIdsFor(
  { audience, event }: Pick<BroadcastRow, 'audience' | 'event'>,
  bulletin: BulletinRow,
  tx: SystemCommandContext['tx'],
): Promise<string[]> {
  if (audience === 'source') return [bulletin.source]
  const ordered = event === 'bulletin.lifted' ? await orderedUnitIds(tx, bulletin.id) : []
  return [...new Set([...(await dutyUnitIds(tx)), ...ordered])]
}

function recipientOf(app: AppContext, kind: 'liaison' | 'subscriber', person: LiaisonRow | SubscriberRow): Recipient {
  return { id: `${kind}:${person.id}`, addresses: addressesOf(app, person), consent: true }
}

/** Creates one clerk's task a bulletin that names the units with a duty but without a liaison. */
async function reportUnreachedUnits(context: SystemCommandContext, row: BroadcastRow, bulletin: BulletinRow): Promise<void> {
  if (row.audience !== 'unit' && row.audience !== 'source') return
  // One task a bulletin, so that it names those with an order whichever broadcast ends first.
  const { audience } = row
  const missing = await unitsWithoutLiaison(context.tx, await unitIdsFor({ audience, event: 'bulletin.lifted' }, bulletin, context.tx))
  if (missing.length === 0) return
  const values = {
    number: bulletin.number,
    version: Number(bulletin.listVersion),
    count: missing.length,
    units: joinNames(missing.map((unit) => unit.name)),
  }
  const notice = {
    event: 'bulletin.unreached' as const,
    key: `bulletin.unreached:${bulletin.id}:${row.audience}`,
    values,
    bulletinId: bulletin.id,
    listVersion: Number(bulletin.listVersion),
  }
  await enqueueNotice(context, 'court', notice, [{ id: 'court', addresses: {}, consent: true }])
}

/** The names in one line, cut at `NAMES_LENGTH` characters. */
function joinNames(names: readonly string[]): string {
  let text = ''
  for (const name of names) {
    if (text.length + name.length > NAMES_LENGTH) return `${text}……`
    text = text === '' ? name : `${text}、${name}`
  }
  return text
}
