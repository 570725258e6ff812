// Bounds what strangers can have sent to a number that nobody has shown to be theirs: one confirmation a day, whatever is filed in its name.
// Notices that follow are sent because a person at the court acted; number and code are on the page or in the chat anyway.

import type { CommandContext } from '../platform/commands/command.ts'
import { countTry, DAY } from './conversations.store.ts'

/** Whether a phone may get a confirmation now, which is counted. What staff file for somebody before them is not limited. */
export async function mayConfirm(
  { app, tx, now, actor }: Pick<CommandContext, 'app' | 'tx' | 'now' | 'actor'>,
  phone: string,
): Promise<boolean> {
  if (!actor.roles.includes('public')) return true
  const { hits } = await countTry(tx, `confirm:${app.secrets.index('phone', phone)}`, now, DAY)
  return hits <= 1
}
