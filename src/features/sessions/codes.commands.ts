// Codes that are sent to somebody who logs in: sent by the outbox to each address on its own, and limited by counts in the database.
// What a code opens is factor.commands.ts.

import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { countTry, HOUR } from '../../messaging/conversations.store.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import type { SystemCommandContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { CODE_MINUTES } from './rules.ts'

/** Counts one code for a subject. @throws `code_limited` with `retrySeconds` beyond `most` in an hour, or another span. */
export async function limitCodes(
  { tx, now }: Pick<SystemCommandContext, 'tx' | 'now'>,
  subject: string,
  most: number,
  span = HOUR,
): Promise<void> {
  const { hits, since } = await countTry(tx, subject, now, span)
  if (hits <= most) return
  throw new AppError('code_limited', { retrySeconds: Math.max(1, Math.ceil((since.getTime() + span - now.getTime()) / 1000)) })
}

/** Sends a code to every address of a person at the same time. Answers how many messages there are. */
export async function sendCode(
  context: Pick<SystemCommandContext, 'app' | 'tx' | 'now'>,
  recipient: string,
  addresses: Addresses,
  code: string,
): Promise<number> {
  const values = { code, minutes: CODE_MINUTES }
  const version = await listVersion(context.tx)
  let sent = 0
  // A notice of its own for each: with a fallback order, whoever does not look at the first address would wait in vain.
  for (const [medium, address] of Object.entries(addresses) as [keyof Addresses, string][])
    sent += await enqueueNotice(
      context,
      'talker',
      { event: 'session.code', key: `session.code:${newId()}`, values, listVersion: version },
      [{ id: recipient, addresses: { [medium]: address }, consent: true }],
    )
  return sent
}
