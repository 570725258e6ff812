// Limits how many pieces of work run at the same time; the rest waits in order of arrival.
// The dispatcher uses it so that neither a provider nor our sockets are overloaded: a message's time-out starts when its slot is free.

export interface Slots {
  /** Runs `work` as soon as a slot is free, and returns its result. */
  run<T>(work: () => Promise<T>): Promise<T>
}

/**
 * Creates a set of slots.
 * @param count how many may run at a time.
 * @param each how many may begin in one round of the event loop. Sixty answers handled in one round block the event loop for twenty
 *   milliseconds, in which no database statement proceeds, and a wave needs seven statements.
 */
export function slots(count: number, each: number): Slots {
  const waiting: (() => void)[] = []
  let free = count
  let left = each
  let round = false

  function admit(): void {
    while (free > 0 && left > 0 && waiting.length > 0) {
      free -= 1
      left -= 1
      waiting.shift()?.()
    }
    if (left === each || round) return
    round = true
    setImmediate(() => {
      round = false
      left = each
      admit()
    })
  }

  return {
    async run(work) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        admit()
      })
      try {
        return await work()
      } finally {
        free += 1
        admit()
      }
    },
  }
}
