// Hands single messages to a provider: within its places for messages at once, and not at all while it is demoted.
// What is handed over when is messaging/line.ts; what an outcome means is messaging/deliveries.rules.

import type { Clock } from '../core/clock.ts'
import type { AppContext } from '../platform/commands/command.ts'
import { openRow } from '../platform/database/sealing.ts'
import type { Channel, OutboundMessage, Outcome } from './channels/channel.ts'
import type { SendableDelivery, SentDelivery } from './delivery.ts'
import { firstAsk } from './deliveries.rules.ts'
import { deliveryTable, type Rank } from './deliveries.store.ts'
import { DEMOTED, providerHealth, type Health, type HealthOptions } from './provider-health.ts'
import { createStarts } from './starts.ts'
import type { StopLimit } from './stop-limit.ts'

/** A channel with the standing of its provider and its places for messages in progress. */
export interface Provider {
  channel: Channel
  health: Health
  /** How many more messages of a rank may begin: the last places are kept for what is more urgent. */
  room(rank: Rank): number
  /** Takes places for messages that are about to begin. */
  reserve(count: number): void
  /** Gives back places whose messages do not begin. */
  release(count: number): void
  /** Sends one message in a place that was taken, and gives the place back. Never throws. */
  send(due: SendableDelivery): Promise<SentDelivery>
  /** Calls back each time a place is free again. */
  onRoom(listener: () => unknown): void
  /** Attempts made so far. */
  attempts(): number
  /** Messages that the provider has taken in the last second. */
  lately(): number
}

/** Is told of each attempt. */
export type CountAttempt = (provider: string, outcome: Outcome['kind']) => void

/** Eighths of the places that a rank leaves to what is more urgent. */
const LEFT: Readonly<Record<Rank, number>> = { 0: 0, 1: 1, 2: 3 }
/** Messages to one provider that begin in one round of the event loop. */
const STARTS = 8

/** Opens the way to one provider. @param given `atOnce`: messages in progress at a time; `stop`: how long answers are waited for at a stop. */
export function openProvider(
  app: AppContext,
  channel: Channel,
  { health: healthOptions, atOnce, stop }: { health: HealthOptions; atOnce: number; stop: StopLimit },
  count: CountAttempt | undefined,
): Provider {
  const health = providerHealth(channel.provider, speaksOfProvider, app, healthOptions)
  const myTurn = createStarts(STARTS)
  const taken = lastSecond(app.clock)
  const listeners: (() => unknown)[] = []
  let inProgress = 0
  let attempts = 0

  function free(places: number): void {
    inProgress -= places
    for (const listener of listeners) listener()
  }

  async function attempt(due: SendableDelivery): Promise<SentDelivery> {
    const startedAt = app.clock.now()
    if (stop.isStopping()) return { due, provider: channel.provider, outcome: STOPPED, startedAt, endedAt: startedAt, attempted: false }
    const message = openMessage(app, due)
    const sending = message === null ? UNREADABLE : health.call(() => handOver(app, channel, message))
    const answer = await stop.within(Promise.resolve(sending), UNANSWERED)
    const attempted = answer !== DEMOTED
    const outcome = attempted ? answer : PROVIDER_DOWN
    if (attempted) {
      attempts += 1
      count?.(channel.provider, outcome.kind)
      if (outcome.kind === 'accepted') taken.note()
    }
    const endedAt = app.clock.now()
    return { due, provider: channel.provider, outcome, startedAt, endedAt, attempted, receiptAfter: firstAsk(channel.receipts) }
  }

  return {
    channel,
    health,
    room: (rank) => Math.max(0, Math.max(1, atOnce - Math.floor((atOnce * LEFT[rank]) / 8)) - inProgress),
    reserve: (number) => void (inProgress += number),
    release: free,
    async send(due) {
      await myTurn()
      const sent = await attempt(due)
      free(1)
      return sent
    },
    onRoom: (listener) => void listeners.push(listener),
    attempts: () => attempts,
    lately: () => taken.count(),
  }
}

/** Time-outs, 5xx, and codes about the platform or our account. An address that is refused, or a limit for one person, says nothing of it. */
function speaksOfProvider(answer: unknown): boolean {
  const outcome = answer as Outcome
  return outcome.kind === 'unknown' || (outcome.kind === 'later' && outcome.ofProvider === true)
}

/** Counts events of the last second. */
function lastSecond(clock: Clock): { note(): void; count(): number } {
  let times: number[] = []
  const prune = (): void => {
    const from = clock.now().getTime() - 1_000
    times = times.filter((time) => time > from)
  }
  return {
    note() {
      times.push(clock.now().getTime())
      if (times.length > 10_000) prune()
    },
    count() {
      prune()
      return times.length
    },
  }
}

const UNREADABLE: Outcome = { kind: 'later', code: 'internal', reason: 'the stored message cannot be read' }
const PROVIDER_DOWN: Outcome = { kind: 'later', code: 'provider_demoted', reason: 'the provider is down' }
const STOPPED: Outcome = { kind: 'later', code: 'stopped', reason: 'the process stopped before its turn' }
const UNANSWERED: Outcome = { kind: 'unknown', code: 'stopped', reason: 'the process stopped before the provider answered' }

async function handOver(app: AppContext, channel: Channel, message: OutboundMessage): Promise<Outcome> {
  try {
    return await channel.send(message)
  } catch (error) {
    // A defect of the adapter, whose contract says that it does not throw: nobody knows how far the message came.
    app.log.error('channel.threw', { provider: channel.provider, delivery: message.id }, error)
    return { kind: 'unknown', code: 'internal', reason: 'the channel failed' }
  }
}

/** The message as it was enqueued; null when it cannot be read, because a key is missing or the row was altered or blanked. */
export function openMessage(app: AppContext, row: { id: string; address: string | null; body: string | null }): OutboundMessage | null {
  try {
    if (row.address === null || row.body === null) return null
    const { address, body } = openRow(deliveryTable, app.secrets, { id: row.id, address: row.address, body: row.body })
    return { id: row.id, to: address, body }
  } catch (error) {
    app.log.error('delivery.unreadable', { delivery: row.id }, error)
    return null
  }
}
