// How somebody who writes is confirmed to be who they say: figures of our own (◇), where no text sets any, and whose a listing is to know. Pure.
// Sending and trying codes is features/own-case/commands.

import { DECIDED_STATES, EXITED_STATES, type ListingState } from '../listings/rules.ts'

/** Digits of a code. ◇ */
export const CODE_DIGITS = 6
/** How long a code can be used. Minutes. ◇ */
export const CODE_MINUTES = 10
/** Wrong codes, after which the right one is worth nothing. ◇ */
export const CODE_TRIES = 5
/** Codes that one person may ask for in an hour, and that may be asked for about one identifier by anybody. ◇ */
export const CODES_AN_HOUR = 3

/** How long a confirmation holds: an account that the channel vouches for is its owner's; a page or a terminal may soon have another before it. Milliseconds. ◇ */
export const CONFIRMED_FOR = { account: 30 * 86_400_000, page: 3_600_000 } as const

/** From the decision on, a listing is its debtor's to know: it was served on them, also where the public may not see it (法释〔2017〕7号 art. 5, 8). */
export const KNOWN_TO_DEBTOR: readonly ListingState[] = [...DECIDED_STATES, ...EXITED_STATES]
