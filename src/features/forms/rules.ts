// Rules of the forms of the public pages: how long files and receipts are kept, and how much one address may hand in. Our own figures (◇). Pure.
// Keeping them is store.ts; what is handed in belongs to its own feature.

const MINUTE = 60_000

/** Milliseconds for which a photo waits for the rest of its form. ◇ */
export const HELD_FOR = 120 * MINUTE
/** Milliseconds for which a browser sees again what it handed in or opened with number and code. ◇ */
export const RECEIPT_FOR = 30 * MINUTE
/** Files that one network address may upload in an hour: six full forms. ◇ */
export const UPLOADS_AN_HOUR = 60
/** Forms of one network that are kept in an hour because they were refused or sent ahead. ◇ */
export const KEPT_AN_HOUR = 120
/** What one person or network address may file in an hour, by page and by conversation together. ◇ */
export const FILED_AN_HOUR = 10

/** Seconds until the hour of a limit is over; at least one minute. */
export function secondsLeft({ since }: { since: Date }, now: Date): number {
  return Math.max(60, Math.ceil((since.getTime() + 60 * MINUTE - now.getTime()) / 1000))
}
