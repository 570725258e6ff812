// Sends what is owed: claims it in batches, hands it to the channels wave by wave outside every transaction, settles what came of it.
// What follows from an outcome is messaging/delivery and messaging/deliveries.rules; how a provider is doing is health.ts.

import type { AppContext } from '../platform/commands/command.ts'
import { claimDue, leaveDemoted, releaseClaims, settleAndStart, type Due, type Sent, type Turn, type Turned } from './delivery.ts'
import { openDoubts, settleDoubt } from './reconciliation.ts'
import { applyEarly } from './receipts.ts'
import type { Channel, OutboundMessage, Outcome } from './channels/channel.ts'
import { isDatabaseAway } from '../core/errors.ts'
import { newToken } from '../core/ids.ts'
import type { Body } from './notices.rules.ts'
import { SYSTEM } from '../platform/commands/permissions.ts'
import { DEMOTED, HEALTH, providerHealth, type Health, type HealthOptions, type Standing } from './provider-health.ts'
import { createLoop } from '../platform/scheduler/loop.ts'
import { slots, type Slots } from './slots.ts'
import type { Medium } from '../core/mediums.ts'

export interface DispatcherOptions {
  /** Messages that one lane hands over, and settles in one commit. */
  wave: number
  /** Messages that are at one provider at a time, whatever the lanes hold. */
  atOnce: number
  /** Waves under way at a time: while one is at the provider, another is at the database. */
  lanes: number
  /** Deliveries claimed at once. */
  batch: number
  /** Milliseconds; longer than a wave can take. */
  lease: number
  /** Milliseconds between looks at an empty queue. */
  poll: number
  health: HealthOptions
}

export const DISPATCHER: DispatcherOptions = { wave: 96, atOnce: 64, lanes: 3, batch: 512, lease: 60_000, poll: 500, health: HEALTH }

/** Hears what happens, for counters. */
export interface DispatchMeter {
  claimed(medium: Medium, count: number): void
  attempted(provider: string, outcome: Outcome['kind']): void
}

export interface Dispatcher {
  start(): void
  /** Ends gracefully: what was handed over is settled, what was only claimed is given back. */
  stop(): Promise<void>
  /** Something was promised in this process: look now. */
  poke(): void
  /** Sends everything that is due, settles every doubt that can be settled now, and answers how many attempts were made. */
  processAll(): Promise<number>
  /** Asks providers about doubts that are due, and applies receipts that came too early. Answers how many doubts were asked about. */
  settleDoubts(): Promise<number>
  /** How each channel's provider is doing. */
  standings(): { medium: Medium; provider: string; standing: Standing }[]
}

interface Served {
  channel: Channel
  health: Health
  room: Slots
}

/** Messages to one provider that begin in one round of the event loop. */
const STARTS = 8
const DOUBTS = 100
const ASKED_AT_ONCE = 10
const PORTION = 200

export function createDispatcher(
  app: AppContext,
  channels: ReadonlyMap<Medium, Channel>,
  given: Partial<DispatcherOptions> = {},
  meter?: DispatchMeter,
): Dispatcher {
  const options = { ...DISPATCHER, ...given }
  const lease = { token: newToken(16), length: options.lease }
  const served = new Map<Medium, Served>([...channels].map(([medium, channel]) => [medium, serve(app, channel, options)]))
  const loop = createLoop(app.log, { name: 'dispatch', poll: options.poll, lanes: options.lanes, round: lane, finish: giveBack })
  const shelf: Due[] = []
  /** Deliveries from their claim to the end of their turn. */
  const inHand = new Set<string>()
  /** Mediums that had something to claim the last time. */
  const busy = new Set<Medium>()
  let fetching: Promise<void> | null = null
  let attempts = 0

  /** @param mediums to look at now. */
  async function claimMore(mediums: readonly Medium[]): Promise<void> {
    const wanted = mediums.flatMap((medium) => {
      const standing = (served.get(medium) as Served).health.standing()
      return standing === 'down' ? [] : [{ medium, limit: standing === 'probing' ? 1 : options.batch }]
    })
    try {
      const due = await claimDue(app, SYSTEM, { wanted, lease })
      // A lease that ran out on the shelf is claimed anew, by us: the delivery is in our hands once all the same.
      for (const each of due) if (!inHand.has(each.id)) shelf.push(each)
      for (const each of due) inHand.add(each.id)
      for (const { medium } of wanted) {
        const count = due.filter((each) => each.medium === medium).length
        if (count > 0) busy.add(medium)
        else busy.delete(medium)
        meter?.claimed(medium, count)
      }
    } catch (error) {
      if (isDatabaseAway(error)) app.log.warn('dispatch.database_away')
      else app.log.error('dispatch.claim_failed', {}, error)
    }
  }

  const restock = (mediums: readonly Medium[]): Promise<void> =>
    (fetching ??= claimMore(mediums).finally(() => {
      fetching = null
    }))

  async function take(): Promise<Due[]> {
    // What is being fetched ahead may be of some mediums only: an empty shelf after it says nothing of the others.
    while (shelf.length === 0 && fetching !== null) await fetching
    if (shelf.length === 0) await restock([...served.keys()])
    const taken = shelf.splice(0, options.wave)
    // The next batch comes while this wave is at the provider, of the mediums that had something the last time.
    if (taken.length > 0 && shelf.length < options.wave && busy.size > 0 && !loop.isStopping()) void restock([...busy])
    return taken
  }

  /** Wave after wave until nothing is due. */
  async function lane(): Promise<void> {
    let sent: Sent[] = []
    for (;;) {
      const start = loop.isStopping() ? [] : await take()
      if (sent.length === 0 && start.length === 0) return
      const { started } = await turn({ lease, settle: sent, start })
      for (const { due } of sent) inHand.delete(due.id)
      for (const { id } of start) if (!started.has(id)) inHand.delete(id)
      sent = await Promise.all(start.filter((due) => started.has(due.id)).map(send))
    }
  }

  async function send(due: Due): Promise<Sent> {
    const { channel, health, room } = served.get(due.medium) as Served
    return room.run(async () => {
      const startedAt = app.clock.now()
      const message = opened(app, due)
      const answer = message === null ? UNREADABLE : await health.call(() => handOver(app, channel, message))
      const attempted = answer !== DEMOTED
      const outcome = attempted ? answer : NOT_NOW
      if (attempted) {
        attempts += 1
        meter?.attempted(channel.provider, outcome.kind)
      }
      return { due, provider: channel.provider, outcome, startedAt, endedAt: app.clock.now(), attempted }
    })
  }

  /** Outcomes are worth waiting for the database: lost, each of them becomes a doubt. */
  async function turn(input: Turn): Promise<Turned> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await settleAndStart(app, SYSTEM, input)
      } catch (error) {
        if (isDatabaseAway(error) && !(loop.isStopping() && tries >= 5)) {
          app.log.warn('dispatch.database_away', { outcomes: input.settle.length })
          await pause(Math.min(100 * 2 ** tries, 5_000))
          continue
        }
        app.log.error('dispatch.turn_failed', { outcomes: input.settle.length }, error)
        // One outcome that cannot be written must not take the others with it.
        if (input.settle.length > 1) for (const one of input.settle) await turn({ lease, settle: [one], start: [] })
        return { started: new Set(), lost: [] }
      }
    }
  }

  /** Only claimed, and not sent: another dispatcher may have it now. */
  async function giveBack(): Promise<void> {
    await fetching
    const ids = shelf.splice(0).map((due) => due.id)
    inHand.clear()
    if (ids.length === 0) return
    await releaseClaims(app, SYSTEM, { lease, ids }).catch((error: unknown) => {
      // The lease gives them back a minute later.
      app.log.warn('dispatch.release_failed', { count: ids.length, database: isDatabaseAway(error) })
    })
  }

  async function ask(doubt: Awaited<ReturnType<typeof openDoubts>>[number]): Promise<void> {
    const { channel } = served.get(doubt.medium) as Served
    const message = opened(app, doubt)
    const outcome = message === null ? null : ((await channel.reconcile?.(message, doubt.sendingAt)) ?? null)
    await settleDoubt(app, SYSTEM, { doubt, provider: channel.provider, outcome })
  }

  async function settleDoubts(): Promise<number> {
    let asked = 0
    for (;;) {
      const doubts = await openDoubts(app, SYSTEM, { mediums: [...served.keys()], limit: DOUBTS, lease: options.lease })
      for (let start = 0; start < doubts.length; start += ASKED_AT_ONCE)
        await Promise.all(doubts.slice(start, start + ASKED_AT_ONCE).map(ask))
      asked += doubts.length
      if (doubts.length < DOUBTS) break
    }
    while ((await applyEarly(app, SYSTEM, { limit: PORTION })) === PORTION);
    for (const [medium, { health }] of served)
      if (health.standing() !== 'up') while ((await leaveDemoted(app, SYSTEM, { medium, limit: PORTION })) === PORTION);
    return asked
  }

  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    poke: () => loop.wake(),
    async processAll() {
      const before = attempts
      for (;;) {
        const made = attempts
        await Promise.all(Array.from({ length: options.lanes }, lane))
        const asked = await settleDoubts()
        if (attempts === made && asked === 0) return attempts - before
      }
    },
    settleDoubts,
    standings: () =>
      [...served].map(([medium, { channel, health }]) => ({ medium, provider: channel.provider, standing: health.standing() })),
  }
}

function serve(app: AppContext, channel: Channel, { health, atOnce }: DispatcherOptions): Served {
  // Time-outs, 5xx, "not now": a provider that cannot be reached or will not serve. A refused address speaks of one person.
  const ill = (answer: unknown): boolean => ['unknown', 'later'].includes((answer as Outcome).kind)
  return { channel, health: providerHealth(channel.provider, ill, app, health), room: slots(atOnce, STARTS) }
}

const UNREADABLE: Outcome = { kind: 'later', code: 'internal', reason: 'the stored message cannot be read' }
const NOT_NOW: Outcome = { kind: 'later', code: 'provider_demoted', reason: 'the provider is down' }

async function handOver(app: AppContext, channel: Channel, message: OutboundMessage): Promise<Outcome> {
  try {
    return await channel.send(message)
  } catch (error) {
    // A defect of the adapter, which promised not to throw: nobody knows how far it came.
    app.log.error('channel.threw', { provider: channel.provider, delivery: message.id }, error)
    return { kind: 'unknown', code: 'internal', reason: 'the channel failed' }
  }
}

/** The message as it was promised; null when it cannot be read, because a key is missing or the row was altered or blanked. */
function opened(app: AppContext, row: { id: string; address: string | null; body: string | null }): OutboundMessage | null {
  try {
    if (row.address === null || row.body === null) return null
    return { id: row.id, to: app.secrets.open(row.address), body: JSON.parse(app.secrets.open(row.body)) as Body }
  } catch (error) {
    app.log.error('delivery.unreadable', { delivery: row.id }, error)
    return null
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
