// Conversations that a person takes over from the bot: a ticket with what was said, the queue for the court's people, the way back to the bot.
// When one is opened is bot/answer; how a court's people answer outside the system is theirs.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { latestMessages, type ConversationRow } from '../../messaging/conversations.store.ts'
import { closeHandoff, findHandoff, insertHandoff, openHandoffs, type HandoffRow } from './store.ts'
import { act, view, type ErrandContext } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'

/** How long the bot keeps quiet for a person, when nobody gives the conversation back before. */
export const QUIET = 24 * 3_600_000
/** Messages of the conversation that a ticket's summary holds. */
const RECENT = 8

export type HandoffReason = 'asked' | 'self_harm' | 'threat' | 'misses'

/** Opens the ticket of a conversation; a part of the bot's own turn. `words`: what the message says that led here. */
export async function openHandoff(
  { tx, house, now }: Pick<ErrandContext, 'tx' | 'house' | 'now'>,
  conversation: Pick<ConversationRow, 'id'>,
  input: { reason: HandoffReason; words: string },
): Promise<HandoffRow> {
  const day = dayOf(now)
  const counted = await takeNumbers(tx, `handoff:${day}`, 1)
  const { secrets } = house
  const said = (await latestMessages(tx, conversation.id, RECENT)).flatMap((row) => (row.said === null ? [] : [secrets.open(row.said)]))
  const row: HandoffRow = {
    id: newId(),
    number: `RG${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`,
    conversationId: conversation.id,
    reason: input.reason,
    urgent: input.reason === 'self_harm' || input.reason === 'threat',
    summary: secrets.seal([...said, input.words].join('\n')),
    openedAt: now,
    quietUntil: new Date(now.getTime() + QUIET),
    closedAt: null,
    closedBy: null,
  }
  await insertHandoff(tx, row)
  return row
}

export interface HandoffView {
  id: string
  number: string
  reason: HandoffReason
  urgent: boolean
  /** What the person said, oldest first; null once blanked. */
  summary: string | null
  openedAt: Date
  quietUntil: Date
}

/** The queue: those in danger first, then whoever has waited longest. */
export const listHandoffs = view(
  'handoff.read',
  async ({ db, house }, page: { limit: number; offset: number }): Promise<{ items: HandoffView[]; total: number }> => {
    const { items, total } = await openHandoffs(db, page)
    const shown = items.map(({ id, number, reason, urgent, summary, openedAt, quietUntil }) => ({
      id,
      number,
      reason: reason as HandoffReason,
      urgent,
      summary: summary === null ? null : house.secrets.open(summary),
      openedAt,
      quietUntil,
    }))
    return { items: shown, total }
  },
)

/** Gives the conversation back to the bot. @throws `handoff_missing`, also for one that is closed. */
export const releaseHandoff = act('handoff.close', async ({ tx, now, actor, audit }, handoffId: string): Promise<{ number: string }> => {
  const row = await findHandoff(tx, handoffId)
  if (row === null || !(await closeHandoff(tx, handoffId, { at: now, actor: actor.id }))) throw new AppError('handoff_missing')
  await audit({ subject: `handoff:${handoffId}`, detail: { number: row.number, closed: true } })
  return { number: row.number }
})
