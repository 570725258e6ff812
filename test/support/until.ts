// Waiting for something that another part of the program does asynchronously.

/** Waits for some milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Checks every 20 ms until a condition holds. @throws Error after 20 seconds, naming what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let checks = 0; checks < 1_000; checks += 1) {
    if (await holds()) return
    await pause(20)
  }
  throw new Error(`never happened: ${what}`)
}
