// What still waits to be sent to somebody whose addresses have changed, or who is not to be told any more: sent to the present addresses, or
// cancelled, in the transaction of the change. What is at a provider already is waited for.

import { sha256 } from '../core/secrets.ts'
import type { SystemCommandContext } from '../platform/commands/command.ts'
import { portions } from '../platform/database/placeholders.ts'
import { openRow, sealPart } from '../platform/database/sealing.ts'
import { deliveriesOf, deliveryTable, moveDelivery, type DeliveryRow, type DeliveryState } from './deliveries.store.ts'
import { advanceFallback, type FailedDelivery } from './fallback.ts'
import { addressOf, type Addresses } from './fallback.rules.ts'
import { RECIPIENT_LEFT, RECIPIENT_REPLACED } from './overtaking.rules.ts'
import { overtake, toldAmong, unfinishedNoticesTo } from './overtaking.store.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** States of a step that is not at a provider. */
const WAITING: readonly DeliveryState[] = ['held', 'queued', 'in_doubt']

/** Where what waits goes now. */
export interface Present {
  addresses: Addresses
  /** What a tap opens now, in place of an address that the earlier person may hold. */
  renew(url: string): Promise<string>
}

/**
 * Sends what waits for a recipient to their present addresses. A step for which they have no address is cancelled and the next one is begun.
 * Codes and replies in a conversation were for whoever asked: they are cancelled.
 */
export async function readdressNotices(context: Context, recipient: string, present: Present): Promise<void> {
  const { tx, now } = context
  const unfinished = await unfinishedNoticesTo(tx, [recipient])
  const asked = unfinished.filter(({ audience }) => audience === 'talker').map(({ id }) => id)
  for (const some of portions(asked)) await overtake(tx, some, RECIPIENT_REPLACED, now)
  for (const some of portions(unfinished.filter(({ audience }) => audience !== 'talker').map(({ id }) => id))) {
    const failed: FailedDelivery[] = []
    for (const step of await deliveriesOf(tx, some))
      if (
        WAITING.includes(step.state) &&
        step.medium !== 'clerk' &&
        !(await readdressStep(context, step, present)) &&
        step.state !== 'held'
      )
        failed.push({ noticeId: step.noticeId, rung: step.rung, code: ADDRESS_GONE, mayHaveArrived: step.state === 'in_doubt' })
    await advanceFallback(context, failed)
  }
}

const ADDRESS_GONE = 'address_gone'

/** Gives a step the present address; false when there is none, and the step was cancelled. Whoever has claimed it for the earlier one loses it. */
async function readdressStep({ app, tx, now }: Context, step: DeliveryRow, { addresses, renew }: Present): Promise<boolean> {
  const { id, medium } = step
  const address = addressOf(medium, addresses)
  if (address === undefined) {
    await moveDelivery(tx, id, WAITING, { state: 'cancelled', lastCode: ADDRESS_GONE, endedAt: now, leaseToken: null, leaseUntil: null })
    return false
  }
  const { body, bodyHash } = openRow(deliveryTable, app.secrets, { id, body: step.body, bodyHash: step.bodyHash })
  const shown = body?.url === undefined ? body : { ...body, url: await renew(body.url) }
  const shownHash = shown === body ? bodyHash : sha256(JSON.stringify(shown))
  const part = sealPart(deliveryTable, app.secrets, { id }, { medium, address, body: shown, bodyHash: shownHash })
  await moveDelivery(tx, id, WAITING, { ...part, leaseToken: null, leaseUntil: null })
  return true
}

/**
 * Cancels what waits for a recipient who is not to be told any more. What the law demands, and none of those told instead was told, goes on
 * to the clerk. @param toldInstead others who are told of the same; `all`: nobody is to be told.
 */
export async function withdrawNotices(context: Context, recipient: string, toldInstead: readonly string[] | 'all'): Promise<void> {
  const { tx, now } = context
  const unfinished = await unfinishedNoticesTo(tx, [recipient])
  for (const some of portions(unfinished)) {
    const ids = some.map(({ id }) => id)
    const told = toldInstead === 'all' ? new Set(ids) : await toldAmong(tx, ids, toldInstead)
    await overtake(
      tx,
      some.filter(({ id, statutory }) => !statutory || told.has(id)).map(({ id }) => id),
      RECIPIENT_LEFT,
      now,
    )
  }
  if (toldInstead !== 'all') await readdressNotices(context, recipient, { addresses: {}, renew: (url) => Promise.resolve(url) })
}
