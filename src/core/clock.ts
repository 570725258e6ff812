// What time it is: the only place that reads the machine's clock. Every other room is handed a Clock.
// Legal days live in calendar.ts.

export interface Clock {
  /** The present instant. */
  now(): Date
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until it is told to move: for tests, the demo and simulations. */
export interface HandClock extends Clock {
  set(instant: Date): void
  advance(milliseconds: number): void
}

export function handClock(start: Date): HandClock {
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
