// The dispatcher: claims due deliveries in batches, hands them to the channels in waves outside every transaction, settles the outcomes.
// Its transactions are in messaging/delivery; what follows from an outcome is in messaging/deliveries.rules.

import { portions } from '../platform/database/placeholders.ts'
import type { AppContext } from '../platform/commands/command.ts'
import {
  claimDue,
  moveOnFromDemoted,
  releaseClaims,
  settleAndStart,
  type SendableDelivery,
  type Lease,
  type SentDelivery,
  type WaveInput,
  type StartedWave,
} from './delivery.ts'
import { mayAsk, openDoubts, settleDoubt } from './reconciliation.ts'
import { firstAsk } from './deliveries.rules.ts'
import { askForReceipts } from './receipt-sweep.ts'
import { applyEarlyReceipts } from './receipts.ts'
import type { Channel, OutboundMessage, Outcome } from './channels/channel.ts'
import { isDatabaseAway } from '../core/errors.ts'
import { newToken } from '../core/ids.ts'
import { pause } from '../core/sleeper.ts'
import { deliveryTable } from './deliveries.store.ts'
import type { Doubt } from './leases.store.ts'
import { SYSTEM } from '../platform/commands/permissions.ts'
import { DEMOTED, HEALTH, providerHealth, type Health, type HealthOptions, type Standing } from './provider-health.ts'
import { openRow } from '../platform/database/sealing.ts'
import { createLoop } from '../platform/scheduler/loop.ts'
import { slots, type Slots } from './slots.ts'
import { STOP_WITHIN, stopLimit, type StopLimit } from './stop-limit.ts'
import { moveOnUrgent } from './urgency.ts'
import type { Medium } from '../core/mediums.ts'

/** Sizes and times of the dispatcher. */
export interface DispatcherOptions {
  /** Messages that one lane hands over, and settles in one commit. */
  wave: number
  /** Messages in progress at one provider at a time, summed over all lanes. */
  atOnce: number
  /** Waves in progress at a time: while one is at the provider, another is at the database. */
  lanes: number
  /** Deliveries claimed at once. */
  batch: number
  /** Length of a lease in milliseconds; longer than a wave can take. */
  lease: number
  /** Milliseconds between two queries of an empty queue. */
  poll: number
  /** Milliseconds for which a stop waits for providers and for a database that is away. */
  stopWithin: number
  health: HealthOptions
}

export const DISPATCHER: DispatcherOptions = {
  wave: 96,
  atOnce: 64,
  lanes: 3,
  batch: 512,
  lease: 60_000,
  poll: 500,
  stopWithin: STOP_WITHIN,
  health: HEALTH,
}

/** Is told of claims and attempts, to count them. */
export interface DispatchMeter {
  claimed(medium: Medium, count: number): void
  attempted(provider: string, outcome: Outcome['kind']): void
}

export interface Dispatcher {
  start(): void
  /**
   * Stops gracefully within `stopWithin`: messages that were handed over are settled, as unknown where the provider has not answered by then;
   * those that were not handed over return to the queue.
   */
  stop(): Promise<void>
  /** Queries the queue now, because this process has just enqueued something. */
  poke(): void
  /** Sends everything that is due, settles every doubt that can be settled now, and returns the number of attempts. */
  processAll(): Promise<number>
  /** Asks providers about doubts that are due, and applies receipts that came too early. Returns the number of doubts it asked about. */
  settleDoubts(): Promise<number>
  /** Asks providers for receipts that have not come, and ends the waiting at the channels' deadlines. Returns how many were looked at. */
  askForReceipts(): Promise<number>
  /** The standing of each channel's provider. */
  standings(): { medium: Medium; provider: string; standing: Standing }[]
}

/** One channel with the standing of its provider and its limit of concurrent messages. */
interface Provider {
  channel: Channel
  health: Health
  slots: Slots
}

/** What the parts of one dispatcher share. */
interface Shared {
  app: AppContext
  options: DispatcherOptions
  lease: Lease
  providers: ReadonlyMap<Medium, Provider>
  meter: DispatchMeter | undefined
  stop: StopLimit
}

/** Messages to one provider that begin in one round of the event loop. */
const STARTS = 8
/** Doubts that are taken in one transaction. */
const DOUBTS = 100
/** Doubts about which providers are asked at the same time. */
const ASKED_AT_ONCE = 10
/** Rows of one transaction when early receipts are applied or a demoted provider's queue is moved on. */
const PORTION = 200

export function createDispatcher(
  app: AppContext,
  channels: ReadonlyMap<Medium, Channel>,
  given: Partial<DispatcherOptions> = {},
  meter?: DispatchMeter,
): Dispatcher {
  const options = { ...DISPATCHER, ...given }
  const lease = { token: newToken(16), length: options.lease }
  const providers = new Map([...channels].map(([medium, channel]) => [medium, providerOf(app, channel, options)]))
  const shared: Shared = { app, options, lease, providers, meter, stop: stopLimit(options.stopWithin) }
  const claims = claimedDeliveries(shared)
  const sender = messageSender(shared)
  const loop = createLoop(app.log, { name: 'dispatch', poll: options.poll, lanes: options.lanes, round: lane, finish: claims.releaseAll })

  /** Sends one wave after another until nothing is due. */
  async function lane(): Promise<void> {
    let sent: SentDelivery[] = []
    for (;;) {
      const start = shared.stop.isStopping() ? [] : await claims.take()
      if (sent.length === 0 && start.length === 0) return
      const { started } = await commitWave(shared, { lease, settle: sent, start })
      for (const { due } of sent) claims.done(due.id)
      for (const { id } of start) if (!started.has(id)) claims.done(id)
      sent = await Promise.all(start.filter((due) => started.has(due.id)).map(sender.send))
    }
  }

  return {
    start() {
      shared.stop.reset()
      loop.start()
    },
    stop() {
      shared.stop.begin()
      return loop.stop()
    },
    poke: () => loop.wake(),
    async processAll() {
      shared.stop.reset()
      const before = sender.attempts()
      for (;;) {
        const made = sender.attempts()
        await Promise.all(Array.from({ length: options.lanes }, lane))
        const asked = await settleDoubts(shared)
        if (sender.attempts() === made && asked === 0) return sender.attempts() - before
      }
    },
    settleDoubts: () => settleDoubts(shared),
    askForReceipts: () => askForReceipts(shared),
    standings: () =>
      [...providers].map(([medium, { channel, health }]) => ({ medium, provider: channel.provider, standing: health.standing() })),
  }
}

/** The deliveries that this dispatcher has claimed and not sent yet. */
interface ClaimedDeliveries {
  /** The next wave; claims more when none is left, and is empty when nothing is due. */
  take: () => Promise<SendableDelivery[]>
  /** The turn of a delivery is over: it may be claimed again. */
  done: (id: string) => void
  /** Releases what was only claimed and not sent: another dispatcher may have it now. */
  releaseAll: () => Promise<void>
}

function claimedDeliveries({ app, options, lease, providers, meter, stop }: Shared): ClaimedDeliveries {
  const queue: SendableDelivery[] = []
  /** Deliveries from their claim to the end of their turn. */
  const inProgress = new Set<string>()
  /** Media of which the last claim found something. */
  const busy = new Set<Medium>()
  let fetching: Promise<void> | null = null

  async function claimMore(mediums: readonly Medium[]): Promise<void> {
    const wanted = mediums.flatMap((medium) => {
      const standing = (providers.get(medium) as Provider).health.standing()
      return standing === 'down' ? [] : [{ medium, limit: standing === 'probing' ? 1 : options.batch }]
    })
    try {
      const claimed = await claimDue(app, SYSTEM, { wanted, lease })
      // A delivery whose lease ran out in the queue is claimed anew by this dispatcher: it must not be queued a second time.
      for (const due of claimed) if (!inProgress.has(due.id)) queue.push(due)
      for (const due of claimed) inProgress.add(due.id)
      for (const { medium } of wanted) {
        const count = claimed.filter((due) => due.medium === medium).length
        if (count > 0) busy.add(medium)
        else busy.delete(medium)
        meter?.claimed(medium, count)
      }
    } catch (error) {
      if (isDatabaseAway(error)) app.log.warn('dispatch.database_away')
      else app.log.error('dispatch.claim_failed', {}, error)
    }
  }

  const refill = (mediums: readonly Medium[]): Promise<void> =>
    (fetching ??= claimMore(mediums).finally(() => {
      fetching = null
    }))

  return {
    async take() {
      // A claim made ahead may cover some media only: an empty queue after it says nothing of the others.
      while (queue.length === 0 && fetching !== null) await fetching
      if (queue.length === 0) await refill([...providers.keys()])
      const wave = queue.splice(0, options.wave)
      // The next batch is claimed while this wave is at the provider, from the media of which the last claim found something.
      if (wave.length > 0 && queue.length < options.wave && busy.size > 0 && !stop.isStopping()) void refill([...busy])
      return wave
    },
    done: (id) => void inProgress.delete(id),
    async releaseAll() {
      await fetching
      const ids = queue.splice(0).map((due) => due.id)
      inProgress.clear()
      if (ids.length === 0) return
      await releaseClaims(app, SYSTEM, { lease, ids }).catch((error: unknown) => {
        // They are free again when the lease runs out, a minute later.
        app.log.warn('dispatch.release_failed', { count: ids.length, database: isDatabaseAway(error) })
      })
    },
  }
}

interface MessageSender {
  send: (due: SendableDelivery) => Promise<SentDelivery>
  /** Attempts made since the dispatcher was created. */
  attempts: () => number
}

/** Hands deliveries to their channels: within the provider's slots, and not at all while the provider is demoted. */
function messageSender({ app, providers, meter, stop }: Shared): MessageSender {
  let attempts = 0
  return {
    attempts: () => attempts,
    async send(due) {
      const { channel, health, slots: providerSlots } = providers.get(due.medium) as Provider
      return providerSlots.run(async () => {
        const startedAt = app.clock.now()
        if (stop.isStopping()) return { due, provider: channel.provider, outcome: STOPPED, startedAt, endedAt: startedAt, attempted: false }
        const message = openMessage(app, due)
        const answer =
          message === null
            ? UNREADABLE
            : await stop.within(
                health.call(() => handOver(app, channel, message)),
                UNANSWERED,
              )
        const attempted = answer !== DEMOTED
        const outcome = attempted ? answer : PROVIDER_DOWN
        if (attempted) {
          attempts += 1
          meter?.attempted(channel.provider, outcome.kind)
        }
        return {
          due,
          provider: channel.provider,
          outcome,
          startedAt,
          endedAt: app.clock.now(),
          attempted,
          receiptAfter: firstAsk(channel.receipts),
        }
      })
    },
  }
}

/** Settles one wave and marks the next. Waits for a database that is away: every outcome that is lost becomes a doubt. */
async function commitWave(shared: Shared, input: WaveInput): Promise<StartedWave> {
  const { app, lease, stop } = shared
  for (let tries = 0; ; tries += 1) {
    try {
      return await settleAndStart(app, SYSTEM, input)
    } catch (error) {
      if (isDatabaseAway(error) && !stop.isOver()) {
        app.log.warn('dispatch.database_away', { outcomes: input.settle.length })
        await stop.within(pause(Math.min(100 * 2 ** tries, 5_000)), undefined)
        continue
      }
      app.log.error('dispatch.turn_failed', { outcomes: input.settle.length }, error)
      // One outcome that cannot be written must not prevent the others from being settled.
      if (input.settle.length > 1) for (const sent of input.settle) await commitWave(shared, { lease, settle: [sent], start: [] })
      return { started: new Set(), lost: [] }
    }
  }
}

/** Asks a provider about one doubt and settles it by the answer. */
async function askAbout({ app, providers, stop }: Shared, doubt: Doubt): Promise<void> {
  const { channel } = providers.get(doubt.medium) as Provider
  const message = mayAsk({ app, now: app.clock.now() }, channel, doubt) ? openMessage(app, doubt) : null
  const asked = message === null ? undefined : channel.reconcile?.(message, doubt.sendingAt)
  const outcome = asked === undefined ? null : await stop.within(asked, null)
  await settleDoubt(app, SYSTEM, { doubt, provider: channel.provider, outcome })
}

/** Settles doubts and early receipts, and moves on what waits for providers that are down. Returns the number of doubts it asked about. */
async function settleDoubts(shared: Shared): Promise<number> {
  const { app, options, providers, stop } = shared
  let asked = 0
  for (;;) {
    const doubts = await openDoubts(app, SYSTEM, { mediums: [...providers.keys()], limit: DOUBTS, lease: options.lease })
    for (const some of portions(doubts, ASKED_AT_ONCE)) await Promise.all(some.map((doubt) => askAbout(shared, doubt)))
    asked += doubts.length
    if (doubts.length < DOUBTS || stop.isStopping()) break
  }
  while ((await applyEarlyReceipts(app, SYSTEM, { limit: PORTION })) === PORTION);
  while ((await moveOnUrgent(app, SYSTEM, { limit: PORTION })) === PORTION);
  for (const [medium, { health }] of providers)
    if (health.standing() !== 'up') while ((await moveOnFromDemoted(app, SYSTEM, { medium, limit: PORTION })) === PORTION);
  return asked
}

function providerOf(app: AppContext, channel: Channel, { health, atOnce }: DispatcherOptions): Provider {
  // Time-outs, 5xx and "not now" count against the provider. A refused address concerns one person and does not.
  const isProviderFailure = (answer: unknown): boolean => ['unknown', 'later'].includes((answer as Outcome).kind)
  return { channel, health: providerHealth(channel.provider, isProviderFailure, app, health), slots: slots(atOnce, STARTS) }
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
function openMessage(app: AppContext, row: { id: string; address: string | null; body: string | null }): OutboundMessage | null {
  try {
    if (row.address === null || row.body === null) return null
    const { address, body } = openRow(deliveryTable, app.secrets, { id: row.id, address: row.address, body: row.body })
    return { id: row.id, to: address, body }
  } catch (error) {
    app.log.error('delivery.unreadable', { delivery: row.id }, error)
    return null
  }
}
