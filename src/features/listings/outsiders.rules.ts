// Who outside the list's own readers is told of an entry by name: the employer of an undisclosed one (实施意见 三(一)), and the unit or superior of an official
// or a public body (法释〔2017〕7号 第八条), whether it is disclosed or not. Pure. Telling them is actions/parties.

import type { ListingContent } from './rules.ts'

/** The employer, of an undisclosed entry alone: of a public one the public list speaks. */
export function employersOf({ debtor, disclosure }: ListingContent): string[] {
  return disclosure === 'undisclosed' && debtor.employer !== undefined ? [debtor.employer] : []
}

export function superiorsOf({ debtor }: ListingContent): string[] {
  return [...(debtor.official?.superiors ?? [])]
}

export interface Heard {
  /** Are to be told of it for the first time. */
  first: string[]
  /** Were told before: they hear that what they know has changed, also where it concerns them no more. */
  before: string[]
  /** Of these, the ones it concerns no more. */
  left: string[]
}

/** Who hears what of a correction. */
export function heardOf(old: readonly string[], now: readonly string[]): Heard {
  return { first: now.filter((name) => !old.includes(name)), before: [...old], left: old.filter((name) => !now.includes(name)) }
}
