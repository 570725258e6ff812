// The clock: the only file that reads the machine's time. All other code is handed a Clock.
// Legal days (Beijing time) are in calendar.ts.

export interface Clock {
  /** The present instant. */
  now(): Date
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() }

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
