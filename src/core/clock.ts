// The clock: the only file that reads the machine's time. All other code is handed a Clock.
// Legal days (Beijing time) are in calendar.ts.

export interface Clock {
  /** The present instant. */
  now(): Date
  /** The machine's clock, where this one shows another time than the machine's. */
  readonly machine?: Clock
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() }

/** Milliseconds since some instant before: it measures how long, and does not change when the machine's clock is set. */
export const elapsed = (): number => performance.now()

/** A clock that changes only when it is set or advanced: for tests, the demo and simulations. */
export interface ManualClock extends Clock {
  set(instant: Date): void
  advance(milliseconds: number): void
}

/** A clock that starts at an instant and is moved by hand. */
export function manualClock(start: Date): ManualClock {
  let instant = start.getTime()
  return {
    now: () => new Date(instant),
    set: (to) => {
      instant = to.getTime()
    },
    advance: (milliseconds) => {
      instant += milliseconds
    },
  }
}
