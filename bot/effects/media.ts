// Notes the pictures and files of a message, counts them in the complaint that is being filed, and says so in the reply.
// They are fetched and stored later, outside every turn, by src/features/complaints/chat-media.tasks.ts.

import { recordMedia } from '../../src/features/complaints/chat-media.tasks.ts'
import type { SystemCommandContext } from '../../src/platform/commands/command.ts'
import { currentQuestion, resumePosition, withExpiry, type Dialog, type Position } from '../engine.ts'
import type { Line } from '../../src/platform/texts/dialogs.ts'

/** The dialog in which pictures and files become evidence. */
const COMPLAINT_DIALOG = 'complaint'

/** Handles the media of one message. Answers what to say and the position with the number of files counted in it. */
export async function takeMedia(
  context: SystemCommandContext,
  dialogs: readonly Dialog[],
  input: { conversationId: string; sources: readonly string[]; position: Position },
): Promise<{ say: Line[]; position: Position }> {
  const { conversationId, sources, position } = input
  const { now, app } = context
  const { position: current, say: notice } = resumePosition(dialogs, position, now)
  const { active } = current
  const wanted = active?.dialog === COMPLAINT_DIALOG
  const count = await recordMedia(context, { conversationId, sources, wanted })
  const next = wanted && count !== null ? { ...current, active: { ...active, slots: { ...active.slots, files: String(count) } } } : current
  const received: Line = { key: wanted ? 'media.taken' : 'media.held', values: { count: sources.length } }
  const full: Line = { key: 'media.full', values: { max: app.config.evidence.maxFiles } }
  // A picture does not answer the open question, so it is asked again.
  return withExpiry({ position: next, say: [...notice, count === null ? full : received, ...currentQuestion(dialogs, next)] }, now)
}
