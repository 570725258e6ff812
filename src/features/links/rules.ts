// Links sent to one person (a liaison's notice, the quarter's files): what opening one may show, by whether it was used and by whom. Pure.
// Bulletins have signed links of their own that many may open (features/bulletins/links.commands); keeping these is features/links/store.

export const LINK_SUBJECTS = ['assistance', 'push'] as const
export type LinkSubject = (typeof LINK_SUBJECTS)[number]

export interface Link {
  expiresAt: Date
  /** When it was confirmed; a link that may be opened again and again never is. */
  usedAt: Date | null
  /** Hash of what the browser that confirmed it holds. */
  holderHash: string | null
  /** When a newer link took its place. */
  replacedAt: Date | null
}

/** `held`: used, and this is the browser that used it. */
export type LinkState = 'fresh' | 'held' | 'used' | 'ended'

/** @param shownHash hash of what this browser shows; null when it shows nothing. */
export function linkState(link: Link, now: Date, shownHash: string | null): LinkState {
  if (link.expiresAt <= now) return 'ended'
  if (link.usedAt !== null) return link.holderHash !== null && link.holderHash === shownHash ? 'held' : 'used'
  return link.replacedAt === null ? 'fresh' : 'ended'
}
