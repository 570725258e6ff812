// Bounds what strangers can have sent to a number that nobody has shown to be theirs: one confirmation a day, whatever is filed in its name.
// Notices that follow are sent because a person at the court acted; number and code are on the page or in the chat anyway.

import type { CommandContext } from '../platform/commands/command.ts'
import { countTry, DAY } from './conversations.store.ts'

/**
 * Whether a confirmation may be sent to these addresses now. One by SMS is counted; an account in which somebody wrote is theirs. What staff
 * file for somebody before them is not limited.
 */
export async function mayConfirm(
  { app, tx, now, actor }: Pick<CommandContext, 'app' | 'tx' | 'now' | 'actor'>,
  { phone, wechat }: { phone?: string; wechat?: string },
): Promise<boolean> {
  if (phone === undefined || wechat !== undefined || !actor.roles.includes('public')) return true
  const { hits } = await countTry(tx, `confirm:${app.secrets.index('limit', `phone:${phone}`)}`, now, DAY)
  return hits <= 1
}
