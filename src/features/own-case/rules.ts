// Rules of confirming an identity: our own figures (◇), because no text sets any, and which listings a debtor may know of. Pure.
// Sending and checking codes is features/own-case/commands.ts.

import { DECIDED_STATES, EXITED_STATES, hasExited, type ExitGround, type ListingState } from '../listings/rules.ts'

/** Number of digits of a code. ◇ */
export const CODE_DIGITS = 6
/** Minutes for which a code can be used. ◇ */
export const CODE_MINUTES = 10
/** Number of wrong codes after which the right one is no longer accepted. ◇ */
export const CODE_TRIES = 5
/** Codes per hour for one identifier, whoever asks: so many messages somebody may get whom others try. ◇ */
export const CODES_AN_HOUR = 3
/** The same of a day, whether codes were confirmed or not: nobody's phone is filled by somebody who knows their number. ◇ */
export const CODES_A_DAY = 8
/** Codes per hour for one sender or network address. A family, a village or the hall of the court may share one. ◇ */
export const ADDRESS_CODES_AN_HOUR = 10

/**
 * Milliseconds for which a confirmation holds. An account that the channel vouches for belongs to one person; a web page or terminal may
 * soon be used by somebody else. ◇
 */
export const CONFIRMED_FOR = { account: 30 * 86_400_000, page: 3_600_000 } as const

/**
 * States in which the debtor may know of a listing: from the decision on, which is served on them, also if the listing is not public
 * (法释〔2017〕7号 art. 5, 8).
 */
export const KNOWN_TO_DEBTOR: readonly ListingState[] = [...DECIDED_STATES, ...EXITED_STATES]

/** How a listing's performance is told to its debtor: the list keeps what it said, which is not how it is after an exit. */
export function performanceTold({
  state,
  exitGround,
}: {
  state: ListingState
  exitGround: ExitGround | null
}): 'as_listed' | 'performed' | 'then' {
  if (!hasExited(state)) return 'as_listed'
  return exitGround === 'fully_performed' || exitGround === 'settlement_performed' ? 'performed' : 'then'
}
