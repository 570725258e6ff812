// Bounds what strangers can have sent to a number that nobody has shown to be theirs: one confirmation a day, whatever is filed in its name.
// Notices that follow are sent because a person at the court acted; number and code are on the page or in the chat anyway.

import type { CommandContext } from '../platform/commands/command.ts'
import { countTry, DAY } from './conversations.store.ts'

/** Where somebody can be reached who filed something: an account in which they wrote, and a number that they typed. */
interface Reach {
  /** E.164. */
  phone?: string
  /** openid. */
  wechat?: string
}

/**
 * The addresses to which a confirmation may be sent now: without the number, once it had its message of the day. The account stays, for who
 * wrote in it holds it; but a message to an account falls back to the number, which the account says nothing of. What staff file for somebody
 * before them is not limited.
 */
export async function confirmableReach<T extends Reach>(
  { app, tx, now, actor }: Pick<CommandContext, 'app' | 'tx' | 'now' | 'actor'>,
  reach: T,
): Promise<T | Omit<T, 'phone'>> {
  if (reach.phone === undefined || !actor.roles.includes('public')) return reach
  const { hits } = await countTry(tx, `confirm:${app.secrets.index('limit', `phone:${reach.phone}`)}`, now, DAY)
  if (hits <= 1) return reach
  const { phone: _typed, ...rest } = reach
  return rest
}
