// Waiting that can be cut short: by news, or by the end of the process.
// Who waits for what is jobs/loop.ts and the account of bot/wechaty.

export interface Sleeper {
  /** Ends after so many milliseconds, or at once when somebody wakes. */
  sleep(milliseconds: number): Promise<void>
  wake(): void
}

export function sleeper(): Sleeper {
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
