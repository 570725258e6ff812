// Processor time of work, for tests that compare two amounts of it: how time grows with the input does not depend on the machine, time itself does.

/** Microseconds of processor time that work takes, the least of several runs: what else runs only adds to it. */
export async function leastSpent(work: () => unknown, runs = 5): Promise<number> {
  let least = Infinity
  for (let run = 0; run <= runs; run += 1) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    // The first run warms up.
    if (run > 0) least = Math.min(least, user + system)
  }
  return Math.max(least, 1)
}
