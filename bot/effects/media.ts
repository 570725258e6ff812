// Pictures and files in a turn: noted, counted in the complaint that is being filed, and said so. Fetching them happens outside every turn.
// Keeping them is src/actions/chat-media.

import { noteMedia } from '../../src/features/complaints/chat-media.tasks.ts'
import type { SystemCommandContext } from '../../src/platform/commands/command.ts'
import { reminder, resumed, stamped, type Dialog, type Position } from '../engine.ts'
import type { Line } from '../../src/platform/texts/dialogs.ts'

/** The dialog whose evidence they become. */
const OF_COMPLAINTS = 'complaint'

export async function takeMedia(
  context: SystemCommandContext,
  dialogs: readonly Dialog[],
  input: { conversationId: string; sources: readonly string[]; position: Position },
): Promise<{ say: Line[]; position: Position }> {
  const { conversationId, sources, position } = input
  const { now, app } = context
  const { position: held, say: note } = resumed(dialogs, position, now)
  const { active } = held
  const wanted = active?.dialog === OF_COMPLAINTS
  const count = await noteMedia(context, { conversationId, sources, wanted })
  const counted = wanted && count !== null ? { ...held, active: { ...active, slots: { ...active.slots, files: String(count) } } } : held
  const taken: Line = { key: wanted ? 'media.taken' : 'media.held', values: { count: sources.length } }
  const full: Line = { key: 'media.full', values: { max: app.config.evidence.maxFiles } }
  // The open question is asked again: a picture is no answer to it.
  return stamped({ position: counted, say: [...note, count === null ? full : taken, ...reminder(dialogs, counted)] }, now)
}
