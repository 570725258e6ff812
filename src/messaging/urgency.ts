// Urgent notices do not wait long for one channel: in doubt, or while a provider takes nothing for a while, they go on with the next machine.
// Messages that wait for a provider that is down are moved on by messaging/delivery.

import { advanceFallback, logUndeliverable } from './fallback.ts'
import { closeUrgentWaiting, urgentDoubts } from './leases.store.ts'
import { systemCommand, type Command } from '../platform/commands/command.ts'

/** Milliseconds from the promise of an urgent notice until it goes on with its next step. */
export const URGENT_PATIENCE = 2 * 60_000

/**
 * Starts the next step of up to `limit` urgent notices that were promised two minutes ago and are in doubt or put off by their provider. A doubt
 * stays open, and its next step is marked as repeated. Returns how many; call again while it equals `limit`.
 */
export const moveOnUrgent: Command<{ limit: number }, number> = async (app, actor, input) => {
  const { moved, undeliverable } = await moveOnPortion(app, actor, input)
  logUndeliverable(app, undeliverable)
  return moved
}

const moveOnPortion = systemCommand('notice.deliver', async (context, { limit }: { limit: number }) => {
  const { tx, now } = context
  const before = new Date(now.getTime() - URGENT_PATIENCE)
  const putOff = await closeUrgentWaiting(tx, { before, now, limit })
  const inDoubt = await urgentDoubts(tx, { before, limit: limit - putOff.length })
  const undeliverable = await advanceFallback(context, [
    ...putOff.map(({ noticeId, rung }) => ({ noticeId, rung, code: 'provider_busy' })),
    ...inDoubt.map(({ noticeId, rung }) => ({ noticeId, rung, code: 'in_doubt', mayHaveArrived: true })),
  ])
  return { moved: putOff.length + inDoubt.length, undeliverable }
})
