// The web door to somebody's own case: a browser with a token of its own asks for a code, confirms it, and is forgotten again.
// Codes and confirmations are commands.ts, the same as in a conversation; the pages are features/intakes/pages.ts.

import { AppError } from '../../core/errors.ts'
import { newId, newToken } from '../../core/ids.ts'
import { readHolder } from '../../core/documents.ts'
import { findConversation, lockConversation, moveConversation, personOf } from '../../messaging/conversations.store.ts'
import { query, systemCommand, withinTransaction } from '../../platform/commands/command.ts'
import { askIdentity, confirmedIdentifier, confirmIdentity, countCodes } from './commands.ts'
import { deleteIdentity } from './store.ts'

const CHANNEL = 'web'

/**
 * Starts the confirmation for a browser. The outcome is the same whether the person and a phone exist or not.
 * @param input.token the browser's own, kept in its cookie.
 * @throws `rate_limited` for too many codes in an hour.
 */
export const askAtDoor = systemCommand(
  'identity.ask',
  async ({ app, tx, now, actor }, input: { token: string; identifier: string; origin: string }): Promise<'sent' | 'unreadable'> => {
    const read = readHolder(input.identifier)
    if (read.kind === 'none') return 'unreadable'
    const limited = await countCodes(app, tx, { sender: input.origin, identifier: read.number, now })
    if (limited !== null) {
      const retrySeconds = Math.max(60, Math.ceil((limited.until.getTime() - now.getTime()) / 1000))
      throw new AppError('rate_limited', { retrySeconds })
    }
    const conversation = await lockConversation(tx, app.secrets, {
      channel: CHANNEL,
      from: input.token,
      fresh: { id: newId(), createdAt: now },
    })
    await askIdentity(withinTransaction(app, tx), actor, { conversationId: conversation.id, identifier: input.identifier })
    return 'sent'
  },
)

/**
 * Checks a code typed in a browser. Once it is confirmed the browser gets another token: whoever knew the earlier one, or planted it, sees
 * nothing. @returns the new token; or `wrong`, or `spent` as `confirmIdentity`, and for a browser that asked for no code.
 */
export const confirmAtDoor = systemCommand(
  'identity.confirm',
  async ({ app, tx, actor }, { token, code }: { token: string; code: string }): Promise<{ token: string } | 'wrong' | 'spent'> => {
    const found = await findConversation(tx, app.secrets.indexes('chat', personOf(CHANNEL, token)))
    if (found === null) return 'spent'
    // Codes that are tried at the same time wait for each other here, as the messages of a conversation do.
    const { id } = await lockConversation(tx, app.secrets, { channel: CHANNEL, from: token, fresh: found })
    const outcome = await confirmIdentity(withinTransaction(app, tx), actor, { conversationId: id, code, vouched: false })
    if (outcome !== 'confirmed') return outcome
    const renewed = newToken()
    await moveConversation(tx, app.secrets, { id, channel: CHANNEL, from: renewed })
    return { token: renewed }
  },
)

/** The conversation of a browser whose person is confirmed at present; null for every other. */
export const confirmedAtDoor = query('case.read_own', async ({ app, db, now }, token: string | null): Promise<string | null> => {
  const conversation = token === null ? null : await findConversation(db, app.secrets.indexes('chat', personOf(CHANNEL, token)))
  if (conversation === null) return null
  return (await confirmedIdentifier(app, db, conversation.id, now)) === null ? null : conversation.id
})

/** Forgets the confirmation of a browser. */
export const leaveDoor = systemCommand('identity.confirm', async ({ app, tx }, token: string): Promise<void> => {
  const conversation = await findConversation(tx, app.secrets.indexes('chat', personOf(CHANNEL, token)))
  if (conversation !== null) await deleteIdentity(tx, conversation.id)
})
