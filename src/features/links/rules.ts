// Rules of one-time links sent to one person (a liaison’s notice, the quarter’s files): the state of a link for a given browser. Pure.
// Signed links to bulletins, which many may open, are features/bulletins/links.commands.ts; the table is features/links/store.ts.

/** What a link can open: an assistance notice, or a quarterly list. */
export type LinkSubject = 'assistance' | 'push'

/** What the state of a link depends on. */
export interface Link {
  expiresAt: Date
  /** When it was confirmed; always null for links that may be opened any number of times. */
  usedAt: Date | null
  /** Hash of the token held by the browser that confirmed it. */
  holderHash: string | null
  /** When a newer link replaced it, or its recipient's access ended. */
  replacedAt: Date | null
}

/** `fresh`: not used yet. `held`: used by this browser. `used`: used by another. `ended`: expired or replaced. */
export type LinkState = 'fresh' | 'held' | 'used' | 'ended'

/** The state of a link for one browser. @param shownHash hash of the holder token that the browser presents; null without one. */
export function linkState(link: Link, now: Date, shownHash: string | null): LinkState {
  if (link.expiresAt <= now || link.replacedAt !== null) return 'ended'
  if (link.usedAt === null) return 'fresh'
  return link.holderHash !== null && link.holderHash === shownHash ? 'held' : 'used'
}
