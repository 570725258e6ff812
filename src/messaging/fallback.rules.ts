// The ways a person can be reached by, out of those a rule names: addresses, and the rungs that can be climbed. Pure.
// Which ways a rule names is notices.ts.

import type { NoticeRule } from './notices.rules.ts'
import type { Medium } from '../core/mediums.ts'

export interface Addresses {
  /** openid. */
  wechat?: string
  /** A contact of the house's own WeChat account. */
  wechaty?: string
  /** E.164; serves voice as well. */
  sms?: string
}

/**
 * The rungs that can be climbed for this person, in order. Empty: nothing to try, which the caller records as undeliverable.
 * @param marks media whose address was refused. A number that does not exist is marked for `sms` and `voice`, an opt-out for `sms` alone.
 * @param lastUsed on which the person wrote to us last: tried first where it is among the rungs; no rung is added or left out for it.
 */
export function fallbackOrderFor(
  rule: Pick<NoticeRule, 'ladder'>,
  addresses: Addresses,
  marks: readonly Medium[] = [],
  lastUsed?: Medium,
): Medium[] {
  const rungs = rule.ladder.filter(
    (medium) => medium === 'clerk' || (!marks.includes(medium) && addressOf(medium, addresses) !== undefined),
  )
  if (lastUsed === undefined || lastUsed === 'clerk' || !rungs.includes(lastUsed)) return rungs
  return [lastUsed, ...rungs.filter((medium) => medium !== lastUsed)]
}

/** The address a medium uses, when there is one; a clerk's task needs none. */
export function addressOf(medium: Medium, addresses: Addresses): string | undefined {
  if (medium === 'clerk') return undefined
  return addresses[medium === 'voice' ? 'sms' : medium] || undefined
}

/** The blind index under which a medium's addresses are found again. */
export function indexKind(medium: Medium): 'wechat' | 'wechaty' | 'phone' {
  return medium === 'wechat' || medium === 'wechaty' ? medium : 'phone'
}

/** The section of a template that words a message for a medium: both ways to WeChat say the same. */
export function sectionOf(medium: Medium): Exclude<Medium, 'wechaty'> {
  return medium === 'wechaty' ? 'wechat' : medium
}
