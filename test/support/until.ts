// Waiting for what another part of the program does in its own time.

/** @param milliseconds how long. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Looks again and again until something holds. @throws Error after twenty seconds, naming what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 1_000; looks += 1) {
    if (await holds()) return
    await pause(20)
  }
  throw new Error(`never happened: ${what}`)
}
