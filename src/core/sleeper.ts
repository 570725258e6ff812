// Waiting: a plain pause, and a wait that can be ended early, by new work or by the end of the process.
// The second is used by platform/scheduler/loop.ts and the account of bot/doors/wechaty.

import { elapsed } from './clock.ts'

/** Resolves after this many milliseconds, and not before; for a wait that may be ended early, use a sleeper. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Milliseconds after which a question is answered whose time would tell something. */
const ANSWER_AFTER = 400

/**
 * The outcome of work, not before `ANSWER_AFTER`: so that the time does not tell whether there was somebody to write to.
 * @param tells whether an outcome has to wait; without it every one does.
 */
export async function unhurried<Outcome>(work: Promise<Outcome>, tells: (outcome: Outcome) => boolean = () => true): Promise<Outcome> {
  const begun = elapsed()
  const [outcome] = await Promise.allSettled([work])
  if (outcome.status === 'rejected' || tells(outcome.value)) await pause(Math.max(0, begun + ANSWER_AFTER - elapsed()))
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

/** Waits that all end together when `wake` is called. */
export interface Sleeper {
  /** Resolves after this many milliseconds, or as soon as `wake` is called. */
  sleep(milliseconds: number): Promise<void>
  wake(): void
}

/** Creates a sleeper without waits. */
export function createSleeper(): Sleeper {
  const sleeping = new Set<() => void>()
  return {
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer)
          sleeping.delete(end)
          resolve()
        }
        const timer = setTimeout(end, milliseconds)
        sleeping.add(end)
      }),
    wake() {
      for (const end of sleeping) end()
    },
  }
}

/** Something that happens again and again, and that can be waited for. */
export interface Signal {
  /** Resolves when it happens next. */
  fired(): Promise<void>
  fire(): void
}

/** Creates a signal. */
export function createSignal(): Signal {
  let resolve = (): void => undefined
  let next = new Promise<void>((done) => (resolve = done))
  return {
    fired: () => next,
    fire() {
      resolve()
      next = new Promise<void>((done) => (resolve = done))
    },
  }
}
