// A wait that can be ended early, by new work or by the end of the process.
// It is used by platform/scheduler/loop.ts and the account of bot/doors/wechaty.

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
