// How long a dispatcher that was told to stop still waits for answers of providers and for a database that is away.
// What is unknown by then is recorded as unknown, or found as a doubt when its lease runs out.

/** Milliseconds from the signal until nothing is waited for any more. */
export const STOP_WITHIN = 4_000

export interface StopLimit {
  isStopping(): boolean
  /** The time is over: nothing is waited for. */
  isOver(): boolean
  /** The stop begins, once. */
  begin(): void
  /** Work goes on after an earlier stop. */
  reset(): void
  /** The value of `work`, or `otherwise` when the time is over first. */
  within<Value>(work: Promise<Value>, otherwise: Value): Promise<Value>
}

/** Creates a limit whose time begins with the stop. */
export function stopLimit(milliseconds: number): StopLimit {
  let begun = false
  let over = false
  let timer: NodeJS.Timeout | undefined
  const waiting = new Set<() => void>()

  return {
    isStopping: () => begun,
    isOver: () => over,
    begin() {
      if (begun) return
      begun = true
      timer = setTimeout(() => {
        over = true
        for (const end of waiting) end()
      }, milliseconds)
      timer.unref()
    },
    reset() {
      clearTimeout(timer)
      begun = false
      over = false
    },
    async within(work, otherwise) {
      if (over) return otherwise
      let end = (): void => undefined
      const ended = new Promise<typeof otherwise>((resolve) => {
        end = () => resolve(otherwise)
        waiting.add(end)
      })
      try {
        return await Promise.race([work, ended])
      } finally {
        waiting.delete(end)
      }
    },
  }
}
