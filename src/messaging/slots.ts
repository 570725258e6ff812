// So many at once and no more; the rest waits in order of arrival.
// A provider's patience and our sockets are bounded, and a message's own time begins when its turn has come.

export interface Slots {
  /** Runs when there is room, and hands the result back. */
  run<T>(work: () => Promise<T>): Promise<T>
}

/**
 * @param count how many may run at a time.
 * @param each how many may begin in one round of the event loop. Sixty answers handled in one round are twenty milliseconds in which no
 *   statement of the database moves on, and a wave needs seven of them.
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
