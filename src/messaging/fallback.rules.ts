// The steps of a fallback order that are possible for one person, given the person's addresses. Pure.
// The fallback order of each notice is in messaging/notices.rules.

import type { NoticeRule } from './notices.rules.ts'
import type { Medium } from '../core/mediums.ts'
import { takesCalls, takesSms } from '../core/phone.ts'

/** The addresses of one person, in readable form. */
export interface Addresses {
  /** openid. */
  wechat?: string
  /** A contact of the application's own WeChat account. */
  wechaty?: string
  /** E.164; serves voice as well. */
  sms?: string
}

/**
 * The media that can be tried for this person, in order. Empty: nothing to try, which the caller records as undeliverable.
 * @param marks media whose address was refused. A number that does not exist is marked for `sms` and `voice`, an opt-out for `sms` alone.
 * @param lastUsed medium on which the person wrote to us last: tried first if it is among the steps; no step is added or left out for it.
 */
export function fallbackOrderFor(
  rule: Pick<NoticeRule, 'fallbackOrder'>,
  addresses: Addresses,
  marks: readonly Medium[] = [],
  lastUsed?: Medium,
): Medium[] {
  const steps = rule.fallbackOrder.filter(
    (medium) => medium === 'clerk' || (!marks.includes(medium) && addressOf(medium, addresses) !== undefined),
  )
  if (lastUsed === undefined || lastUsed === 'clerk' || !steps.includes(lastUsed)) return steps
  return [lastUsed, ...steps.filter((medium) => medium !== lastUsed)]
}

/** The address that a medium uses; undefined when there is none or it cannot take the medium (a landline no text message), and for a clerk's task, which needs none. */
export function addressOf(medium: Medium, addresses: Addresses): string | undefined {
  if (medium === 'clerk') return undefined
  const address = addresses[medium === 'voice' ? 'sms' : medium] || undefined
  if (address === undefined || (medium !== 'sms' && medium !== 'voice')) return address
  return (medium === 'sms' ? takesSms(address) : takesCalls(address)) ? address : undefined
}

/** The kind of blind index under which a medium's addresses are found again. */
export function indexKind(medium: Medium): 'wechat' | 'wechaty' | 'phone' {
  return medium === 'wechat' || medium === 'wechaty' ? medium : 'phone'
}

/** The section of a template that holds the text for a medium: both channels to WeChat use the same one. */
export function sectionOf(medium: Medium): Exclude<Medium, 'wechaty'> {
  return medium === 'wechaty' ? 'wechat' : medium
}
