// One line of deliveries: those of one channel and one rank. No line waits for another: a channel whose provider answers slowly holds up no
// other channel, and what is told to everybody holds up nothing urgent (ADR 0051). The dispatcher runs a line for each.

import { isDatabaseAway } from '../core/errors.ts'
import { createSignal, pause } from '../core/sleeper.ts'
import type { AppContext } from '../platform/commands/command.ts'
import { SYSTEM } from '../platform/commands/permissions.ts'
import { settleAndStart, type SendableDelivery, type SentDelivery, type StartedWave, type WaveInput } from './delivery.ts'
import { createShelf, type ShelfDeps } from './shelf.ts'
import type { StopLimit } from './stop-limit.ts'

export interface LineOptions {
  /** Outcomes that are settled, and messages that are begun, in one commit. */
  wave: number
  /** Commits in progress at a time: while one is at the database, the next gathers. */
  commits: number
  /** Deliveries claimed at once. */
  batch: number
}

/** What a line needs. */
export interface LineDeps extends Omit<ShelfDeps, 'batch' | 'paced'> {
  options: LineOptions
  stop: StopLimit
}

export interface Line {
  /** Claims what is due, and resolves when nothing is due, nothing is at the provider and everything is settled; joins work under way. */
  work(): Promise<void>
  /** Waits for work under way, and releases what was claimed and not begun: another dispatcher may have it now. Called when stopping. */
  end(): Promise<void>
}

/** Milliseconds in which outcomes are gathered for one commit while others are still awaited. */
const GATHER = 8
/** Milliseconds after which a provider that limits us is offered more. */
const PACED_POLL = 100

export function createLine(deps: LineDeps): Line {
  const { app, provider, rank, lease, options, stop } = deps
  const paced = (): void => void setTimeout(() => !stop.isStopping() && void work(), PACED_POLL).unref()
  const shelf = createShelf({ ...deps, batch: options.batch, paced })
  const changed = createSignal()
  const gather = gathering(changed.fire)
  /** Ended and not settled. */
  const outcomes: SentDelivery[] = []
  let atProvider = 0
  let committing = 0

  /** How many deliveries may begin now. */
  const startable = (): number => (stop.isStopping() ? 0 : Math.min(options.wave, shelf.size(), provider.room(rank)))

  /** Whether a commit is worth its price now: it is full, or waiting would bring nothing, or has lasted long enough. */
  function isRipe(): boolean {
    const work = outcomes.length + startable()
    return work > 0 && (work >= options.wave || atProvider === 0 || gather.isOver())
  }

  async function commit(): Promise<void> {
    gather.end()
    committing += 1
    const start = shelf.take(startable())
    const settle = outcomes.splice(0, options.wave)
    provider.reserve(start.length)
    const limited = settle.some(({ outcome }) => outcome.kind === 'busy')
    const { started } = await commitWave(app, { lease, settle, start, lately: limited ? provider.lately() : 0 }, stop)
    for (const { due } of settle) shelf.done(due.id)
    for (const due of start) if (started.has(due.id)) void send(due)
    const idle = start.filter((due) => !started.has(due.id))
    for (const due of idle) shelf.done(due.id)
    provider.release(idle.length)
    // What is on the shelf was claimed before the limit was known.
    if (limited) await shelf.release()
    committing -= 1
    changed.fire()
  }

  async function send(due: SendableDelivery): Promise<void> {
    atProvider += 1
    outcomes.push(await provider.send(due))
    atProvider -= 1
    changed.fire()
  }

  const mayClaim = (): boolean => !stop.isStopping() && !shelf.isClaiming() && !shelf.hasAll() && shelf.size() < options.wave
  const isBusy = (): boolean => shelf.isClaiming() || committing > 0 || atProvider > 0 || outcomes.length > 0
  const isOver = (): boolean => !isBusy() && (stop.isStopping() || (shelf.hasAll() && shelf.size() === 0))

  provider.onRoom(() => shelf.size() > 0 && changed.fire())

  async function run(): Promise<void> {
    while (!isOver()) {
      if (mayClaim()) void shelf.refill().then(changed.fire)
      while (committing < options.commits && isRipe()) void commit()
      if (!isOver()) await changed.fired()
    }
  }

  const running = joined(run)
  const work = (): Promise<void> => {
    shelf.lookAgain()
    changed.fire()
    return running.join()
  }
  const end = (): Promise<void> => {
    changed.fire()
    return running.end().then(shelf.release)
  }
  return { work, end }
}

/** Work that runs once at a time: whoever asks for it meanwhile waits for the same. */
function joined(run: () => Promise<void>): { join(): Promise<void>; end(): Promise<void> } {
  let running: Promise<void> | null = null
  return {
    join: () =>
      (running ??= run().finally(() => {
        running = null
      })),
    end: () => running ?? Promise.resolve(),
  }
}

/** A short wait for more work, which begins when it is first asked about. */
function gathering(over: () => void): { isOver(): boolean; end(): void } {
  let timer: NodeJS.Timeout | null = null
  let isOver = false
  return {
    isOver() {
      timer ??= setTimeout(() => {
        isOver = true
        over()
      }, GATHER)
      return isOver
    },
    end() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      isOver = false
    },
  }
}

/** Settles outcomes and marks what begins. Waits for a database that is away: every outcome that is lost becomes a doubt. */
async function commitWave(app: AppContext, input: WaveInput, stop: StopLimit): Promise<StartedWave> {
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
      if (input.settle.length > 1) for (const sent of input.settle) await commitWave(app, { ...input, settle: [sent], start: [] }, stop)
      return { started: new Set(), lost: [] }
    }
  }
}
