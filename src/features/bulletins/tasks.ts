// Spreads bulletins: a broadcast is told to its audience in portions, and a loop does this until nothing is left.
// Opening a bulletin is in commands.ts; sending is done by the dispatcher.

import type { Values } from '../../core/errors.ts'
import type { Audience, NoticeEvent } from '../../messaging/notices.rules.ts'
import { findBulletin, type BulletinRow } from '../journal/store.ts'
import { advanceBroadcast, takeBroadcast, type BroadcastRow } from '../../messaging/notices.store.ts'
import { dutyUnitIds, liaisonsAfter, subscribersAfter, unitsWithoutLiaison, type LiaisonRow, type SubscriberRow } from '../units/store.ts'
import { bulletinLink } from './links.commands.ts'
import { systemCommand, type SystemCommandContext, type AppContext } from '../../platform/commands/command.ts'
import { enqueueNotice, type NoticeInput, type Recipient } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import { createLoop } from '../../platform/scheduler/loop.ts'
import { orderedRefusals } from '../lifts/store.ts'

export interface Broadcaster {
  start(): void
  /** Ends after the portion under way. */
  stop(): Promise<void>
  /** A bulletin was owed in this process: look now. */
  poke(): void
  /** Spreads everything that is owed and answers how many were promised a message. */
  processAll(): Promise<number>
}

/** @param onPromised hears that there is something to send. @param poll milliseconds between looks when nothing is owed. */
export function createBroadcaster(app: AppContext, onPromised: () => void = () => undefined, poll = 1_000): Broadcaster {
  const loop = createLoop(app.log, { name: 'broadcast', poll, round: processAll })

  async function processAll(): Promise<number> {
    let told = 0
    while (!loop.isStopping()) {
      const portion = await spreadPortion(app, SYSTEM, undefined)
      if (portion === null) break
      told += portion.told
      if (portion.told > 0) onPromised()
      if (portion.done) app.log.info('broadcast.done', { broadcast: portion.broadcastId })
    }
    return told
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

/** How much of the clerk's task names of units may take; the number of units is always told in full. */
const NAMES_LENGTH = 4000

/** Tells the next portion of the oldest broadcast. Null: nothing is owed, or another process is at it. */
export const spreadPortion = systemCommand(
  'notice.broadcast',
  async (context, _input: undefined): Promise<{ broadcastId: string; told: number; done: boolean } | null> => {
    const { tx, now } = context
    const row = await takeBroadcast(tx)
    if (row === null) return null
    const bulletin = await findBulletin(tx, row.bulletinId)
    if (bulletin === null) throw new Error(`broadcast ${row.id} of no bulletin`)
    const { recipients, cursor } = await portion(context, row, bulletin)
    const told = await enqueueNotice(context, row.audience as Audience, happeningOf(context, row, bulletin), recipients)
    const done = recipients.length < PORTION
    if (done) await missNobody(context, row, bulletin)
    const moved = await advanceBroadcast(tx, row, { cursor: cursor ?? row.cursor, told, doneAt: done ? now : null })
    if (!moved) throw new Error(`broadcast ${row.id} was moved by somebody else`)
    return { broadcastId: row.id, told, done }
  },
)

/** Units and the source court may open the entries themselves; media and subscribers are told their number only. */
function happeningOf({ app, now }: SystemCommandContext, row: BroadcastRow, bulletin: BulletinRow): NoticeInput {
  const opens = row.audience === 'unit' || row.audience === 'source'
  return {
    ...(opens ? { url: bulletinLink(app, bulletin.id, now) } : {}),
    event: row.event as NoticeEvent,
    key: `${row.event}:${bulletin.id}`,
    values: JSON.parse(row.values) as Values,
    bulletinId: bulletin.id,
    listVersion: Number(bulletin.listVersion),
  }
}

async function portion(
  { app, tx }: SystemCommandContext,
  row: BroadcastRow,
  bulletin: BulletinRow,
): Promise<{ recipients: Recipient[]; cursor: string | undefined }> {
  if (row.audience === 'media' || row.audience === 'public') {
    const people = await subscribersAfter(tx, row.audience, row.cursor, PORTION)
    return { recipients: people.map((person) => recipientOf(app, 'subscriber', person)), cursor: people.at(-1)?.id }
  }
  const liaisons = await liaisonsAfter(tx, await unitIdsFor(row.audience, bulletin, tx), row.cursor, PORTION)
  const refusals = await orderedRefusals(tx, bulletin.id)
  const first = liaisons.toSorted((one, other) => (refusals.get(other.unitId) ?? 0) - (refusals.get(one.unitId) ?? 0))
  return { recipients: first.map((liaison) => recipientOf(app, 'liaison', liaison)), cursor: liaisons.at(-1)?.id }
}

/** Units that implement a measure; or the one court whose list it is. */
async function unitIdsFor(audience: string, bulletin: BulletinRow, tx: SystemCommandContext['tx']): Promise<string[]> {
  return audience === 'source' ? [bulletin.source] : dutyUnitIds(tx)
}

function recipientOf(app: AppContext, kind: 'liaison' | 'subscriber', person: LiaisonRow | SubscriberRow): Recipient {
  return { id: `${kind}:${person.id}`, addresses: addressesOf(app, person), consent: true }
}

/** Units with a duty but without anybody to tell: one task a bulletin for a clerk, naming them. */
async function missNobody(context: SystemCommandContext, row: BroadcastRow, bulletin: BulletinRow): Promise<void> {
  if (row.audience !== 'unit' && row.audience !== 'source') return
  const missing = await unitsWithoutLiaison(context.tx, await unitIdsFor(row.audience, bulletin, context.tx))
  if (missing.length === 0) return
  const values = {
    number: bulletin.number,
    version: Number(bulletin.listVersion),
    count: missing.length,
    units: joined(missing.map((unit) => unit.name)),
  }
  const happening = { event: 'bulletin.unreached', key: `bulletin.unreached:${bulletin.id}:${row.audience}`, values } as const
  const told = { ...happening, bulletinId: bulletin.id, listVersion: Number(bulletin.listVersion) }
  await enqueueNotice(context, 'court', told, [{ id: 'court', addresses: {}, consent: true }])
}

function joined(names: readonly string[]): string {
  let text = ''
  for (const name of names) {
    if (text.length + name.length > NAMES_LENGTH) return `${text}……`
    text = text === '' ? name : `${text}、${name}`
  }
  return text
}
