// The server's clock: the machine of a clerk may be hours wrong, and a session ends by the server's time.

let offset = 0

/** Takes the time of an answer. */
export function noteServerTime(date: string | null): void {
  const at = Date.parse(date ?? '')
  if (!Number.isNaN(at)) offset = at - Date.now()
}

/** Milliseconds since 1970 by the server's clock, to a second. */
export function serverNow(): number {
  return Date.now() + offset
}
