// Lets work begin a few pieces in each round of the event loop, in order of arrival.
// The dispatcher hands messages over by it: how many are in progress at a time is messaging/sending.ts.

/**
 * Creates a queue of starts. What it returns waits for a turn.
 * @param each how many may begin in one round. Sixty answers handled in one round block the event loop for twenty milliseconds, in which no
 *   database statement proceeds, and a commit needs seven statements.
 */
export function createStarts(each: number): () => Promise<void> {
  const waiting: (() => void)[] = []
  let left = each
  let round = false

  function admit(): void {
    while (left > 0 && waiting.length > 0) {
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

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      admit()
    })
}
