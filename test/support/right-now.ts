// Applications whose clock is the machine's, for tests in which a browser logs in by a page: its cookies end by the machine's clock.

/** What such an application is made with. Messages that are not urgent never wait for the morning, whenever the tests run. */
export function rightNow(env: Readonly<Record<string, string>> = {}): { now: Date; env: Record<string, string> } {
  return { now: new Date(), env: { QUIET_HOURS: hoursThatAreNotNow(), ...env } }
}

/** A quarter of an hour, half a day from now in Beijing. */
export function hoursThatAreNotNow(): string {
  const hour = String((new Date().getUTCHours() + 8 + 12) % 24).padStart(2, '0')
  return `${hour}:00-${hour}:15`
}
