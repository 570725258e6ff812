// Sets of listing states as conditions of a statement on the listing `l`.
// Which states they are is domain/listing.

import { EXITED_STATES } from './rules.ts'

/** On the list and public: `isPublicEntry` as SQL. */
export const PUBLIC_ENTRY = "l.state = 'listed' and l.disclosure = 'public'"

/** It was on the list and left it. */
export const EXITED_ENTRY = `l.state in (${EXITED_STATES.map((state) => `'${state}'`).join(', ')})`
