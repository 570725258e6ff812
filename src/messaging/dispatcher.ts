// The dispatcher: runs a line of deliveries for each channel and rank, and settles what the lines leave: doubts, early receipts, and what waits
// for a provider that is down. Its transactions are in messaging/delivery; what follows from an outcome is in messaging/deliveries.rules.

import { portions } from '../platform/database/placeholders.ts'
import type { AppContext } from '../platform/commands/command.ts'
import { moveOnFromDemoted, type Lease } from './delivery.ts'
import { mayAsk, openDoubts, settleDoubt } from './reconciliation.ts'
import { askForReceipts } from './receipt-sweep.ts'
import { applyEarlyReceipts } from './receipts.ts'
import type { Channel, Outcome } from './channels/channel.ts'
import { newToken } from '../core/ids.ts'
import { RANKS } from './deliveries.store.ts'
import { dueQueues, type Doubt, type Queue } from './leases.store.ts'
import { createLine, type Line, type LineOptions } from './line.ts'
import { pausedProviders } from './pace.store.ts'
import { SYSTEM } from '../platform/commands/permissions.ts'
import { HEALTH, type HealthOptions, type Standing } from './provider-health.ts'
import { createLoop } from '../platform/scheduler/loop.ts'
import { openMessage, openProvider, type Provider } from './sending.ts'
import { STOP_WITHIN, stopLimit, type StopLimit } from './stop-limit.ts'
import { moveOnUrgent } from './urgency.ts'
import type { Medium } from '../core/mediums.ts'

/** Sizes and times of the dispatcher. */
export interface DispatcherOptions extends LineOptions {
  /** Messages in progress at one provider at a time, over all its lines. */
  atOnce: number
  /** Length of a lease in milliseconds; longer than a message can take. */
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
  commits: 2,
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

/** What the parts of one dispatcher share. */
interface Shared {
  app: AppContext
  options: DispatcherOptions
  lease: Lease
  providers: ReadonlyMap<Medium, Provider>
  stop: StopLimit
}

/** Doubts that are taken in one transaction. */
const DOUBTS = 100
/** Doubts about which providers are asked at the same time. */
const ASKED_AT_ONCE = 10
/** Rows of one transaction when early receipts are applied or a demoted provider's queue is moved on. */
const PORTION = 200
/** Milliseconds of a provider's pause that are its pace and no outage: what waits for it does not move on. */
const SHORT_PAUSE = 60_000

export function createDispatcher(
  app: AppContext,
  channels: ReadonlyMap<Medium, Channel>,
  given: Partial<DispatcherOptions> = {},
  meter?: DispatchMeter,
): Dispatcher {
  const options = { ...DISPATCHER, ...given }
  const lease = { token: newToken(16), length: options.lease }
  const stop = stopLimit(options.stopWithin)
  const providers = new Map(
    [...channels].map(([medium, channel]) => [medium, openProvider(app, channel, { ...options, stop }, meter?.attempted)]),
  )
  const shared: Shared = { app, options, lease, providers, stop }
  const lines = linesOf(shared, meter)
  /** Sets the lines to work in which something is due. They are not waited for: one may be at a slow provider for long. */
  const look = async (): Promise<void> => {
    for (const { line } of await app.store.read((db) => dueQueues(db, lines, app.clock.now()))) void line.work()
  }
  const finish = async (): Promise<void> => {
    await Promise.all(lines.map(({ line }) => line.end()))
  }
  const loop = createLoop(app.log, { name: 'dispatch', poll: options.poll, round: look, finish })
  const attempts = (): number => [...providers.values()].reduce((sum, provider) => sum + provider.attempts(), 0)

  return {
    start() {
      stop.reset()
      loop.start()
    },
    stop() {
      stop.begin()
      return loop.stop()
    },
    poke: () => loop.wake(),
    async processAll() {
      stop.reset()
      const before = attempts()
      for (;;) {
        const made = attempts()
        await Promise.all(lines.map(({ line }) => line.work()))
        const asked = await settleDoubts(shared)
        if (attempts() === made && asked === 0) return attempts() - before
      }
    },
    settleDoubts: () => settleDoubts(shared),
    askForReceipts: () => askForReceipts(shared),
    standings: () =>
      [...providers].map(([medium, { channel, health }]) => ({ medium, provider: channel.provider, standing: health.standing() })),
  }
}

/** A line for each channel and rank. */
function linesOf({ app, options, lease, providers, stop }: Shared, meter: DispatchMeter | undefined): (Queue & { line: Line })[] {
  return [...providers.values()].flatMap((provider) => {
    const { medium } = provider.channel
    const claimed = (count: number): void => meter?.claimed(medium, count)
    return RANKS.map((rank) => ({ medium, rank, line: createLine({ app, provider, rank, lease, options, claimed, stop }) }))
  })
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
  const names = [...providers.values()].map(({ channel }) => channel.provider)
  const soon = new Date(app.clock.now().getTime() + SHORT_PAUSE)
  const paused = await app.store.read((db) => pausedProviders(db, names, soon))
  for (const [medium, { channel, health }] of providers)
    if (health.standing() !== 'up' || paused.has(channel.provider))
      while ((await moveOnFromDemoted(app, SYSTEM, { medium, limit: PORTION })) === PORTION);
  return asked
}
