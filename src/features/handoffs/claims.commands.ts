// Who has a handoff: somebody takes it, takes it over from a colleague, or puts it back; and internal notes about it.
// Answering and ending it is commands.ts.

import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { conversationsById, type ConversationRow } from '../../messaging/conversations.store.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { sealRow } from '../../platform/database/sealing.ts'
import { staffNames } from '../staff/store.ts'
import { findHandoff, handoffNoteTable, insertNote, latestHolder, moveClaim, touchHandoff, type HandoffRow } from './store.ts'

/** A handoff with its conversation. @throws `handoff_missing`. */
export async function loadHandoff(db: Db, handoffId: string): Promise<{ handoff: HandoffRow; conversation: ConversationRow }> {
  const handoff = await findHandoff(db, handoffId)
  const [conversation] = handoff === null ? [] : await conversationsById(db, [handoff.conversationId])
  if (handoff === null || conversation === undefined) throw new AppError('handoff_missing')
  return { handoff, conversation }
}

/** Makes sure that the actor has an open handoff: takes it where nobody has it. @throws `handoff_claimed` when somebody else has it. */
export async function keepClaim({ tx, now, actor }: CommandContext, handoff: HandoffRow): Promise<void> {
  if (handoff.claimedBy === null && (await moveClaim(tx, handoff, { by: actor.id, at: now }))) return
  // The same person may have taken it meanwhile, in another window or with a second click.
  if ((await latestHolder(tx, handoff.id)) !== actor.id) throw await claimedBySomebody(tx, handoff)
  await touchHandoff(tx, handoff.id, now)
}

async function claimedBySomebody(tx: Tx, { id, number }: HandoffRow): Promise<AppError> {
  const holder = (await latestHolder(tx, id)) ?? ''
  return new AppError('handoff_claimed', { number, name: (await staffNames(tx, [holder])).get(holder) ?? '' })
}

/** What a change of the holder answers with. */
export interface Claim {
  number: string
  claimedBy: string | null
}

/**
 * Takes a handoff, so that nobody else answers it. With `takeOver` also one that a colleague has.
 * @throws `handoff_missing`, `handoff_closed`, `handoff_claimed` when somebody else has it, or was faster.
 */
export const claimHandoff = command(
  'handoff.claim',
  async ({ tx, now, actor, audit }, input: { handoffId: string; takeOver?: boolean | undefined }): Promise<Claim> => {
    const { handoff } = await loadHandoff(tx, input.handoffId)
    const { id, number, claimedBy } = handoff
    if (handoff.closedAt !== null) throw new AppError('handoff_closed', { number })
    const mayTake = claimedBy === null || claimedBy === actor.id || input.takeOver === true
    if (!mayTake || !(await moveClaim(tx, handoff, { by: actor.id, at: now }))) throw await claimedBySomebody(tx, handoff)
    const from = claimedBy === null || claimedBy === actor.id ? {} : { from: claimedBy }
    await audit({ subject: `handoff:${id}`, detail: { number, claimed: true, ...from } })
    return { number, claimedBy: actor.id }
  },
)

/** Puts a handoff back to those that wait. @throws `handoff_missing`, `handoff_closed`, `handoff_claimed` when somebody else has it. */
export const putBackHandoff = command('handoff.claim', async ({ tx, now, actor, audit }, handoffId: string): Promise<Claim> => {
  const { handoff } = await loadHandoff(tx, handoffId)
  const { number, claimedBy } = handoff
  if (handoff.closedAt !== null) throw new AppError('handoff_closed', { number })
  const isFree = claimedBy === null || claimedBy === actor.id
  if (!isFree || !(await moveClaim(tx, handoff, { by: null, at: now }))) throw await claimedBySomebody(tx, handoff)
  await audit({ subject: `handoff:${handoffId}`, detail: { number, claimed: false } })
  return { number, claimedBy: null }
})

/** Writes an internal note to a handoff, open or closed. Its text stays out of the audit. @throws `handoff_missing`. */
export const noteHandoff = command('handoff.note', async (context, input: { handoffId: string; text: string }): Promise<{ id: string }> => {
  const { tx, app, now, actor, audit } = context
  const { handoff } = await loadHandoff(tx, input.handoffId)
  const note = { id: newId(), handoffId: handoff.id, at: now, author: actor.id, text: input.text.trim() }
  await insertNote(tx, sealRow(handoffNoteTable, app.secrets, note))
  await touchHandoff(tx, handoff.id, now)
  await audit({ subject: `handoff:${handoff.id}`, detail: { number: handoff.number, note: note.id } })
  return { id: note.id }
})
