// Pictures and files sent in a conversation: noted, fetched from the provider by a loop, and attached to a complaint as evidence.
// How evidence is cleaned and kept is evidence.commands.ts.

import type { Collected } from '../../messaging/channels/media-source.ts'
import { isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { sha256 } from '../../core/secrets.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import type { MediaKind } from '../../platform/media/media.ts'
import { conversationsById } from '../../messaging/conversations.store.ts'
import type { Tx } from '../../platform/database/database.ts'
import { systemCommand, withinTransaction, type SystemCommandContext, type AppContext } from '../../platform/commands/command.ts'
import { cleaned, keepEvidence, onePiece, type Kept } from './evidence.commands.ts'
import { enqueueReply } from '../../messaging/pending-replies.ts'
import { forgetMedia, insertMedia, lockMedia, looseMedia, takeMedia, updateMedia, type MediaRow } from './chat-media.store.ts'
import { createLoop } from '../../platform/scheduler/loop.ts'

export interface Collector {
  start(): void
  /** Ends after the portion under way. */
  stop(): Promise<void>
  /** Fetches everything that is wanted now. */
  processAll(): Promise<void>
}

/** @param poll milliseconds between looks when nothing is wanted. */
export function createCollector(app: AppContext, collect: Collect, poll = 2_000): Collector {
  const loop = createLoop(app.log, { name: 'collect', poll, round: processAll })

  async function processAll(): Promise<void> {
    while (!loop.isStopping() && (await collectMedia(app, collect)) > 0);
  }

  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    processAll,
  }
}

/** How long a picture that nobody asked for waits for a complaint, in milliseconds. */
const HELD_FOR = 3_600_000
/** How long what belongs to no complaint is kept at all. */
const LOOSE_FOR = 24 * 3_600_000
/** Milliseconds for which nobody else fetches it. */
const LEASE = 60_000
const PAUSE = 5_000
const TRIES = 7
const PORTION = 8

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** Notes what came with a message. `wanted`: a complaint is being filed, so it is fetched at once. Answers how many there are now; null: there is no room. */
export async function noteMedia(
  { app, tx, now }: Context,
  input: { conversationId: string; sources: readonly string[]; wanted: boolean },
): Promise<number | null> {
  const before = usable(await looseMedia(tx, input.conversationId), now)
  if (before.length + input.sources.length > app.config.evidence.maxFiles) return null
  await insertMedia(
    tx,
    input.sources.map((source) => ({
      ...BLANK,
      id: newId(),
      conversationId: input.conversationId,
      source: app.secrets.seal(source),
      state: input.wanted ? ('wanted' as const) : ('held' as const),
      dueAt: now,
      at: now,
    })),
  )
  return before.length + input.sources.length
}

const BLANK = { complaintId: null, tries: 0, fileId: null, kind: null, bytes: null, sha256: null, originalSha256: null }

/** Gives a complaint that was just filed what was sent before it; what is not here yet follows. Answers how many. */
export async function attachMedia(context: Context, input: { conversationId: string; complaintId: string }): Promise<number> {
  const { app, tx, now } = context
  const rows = usable(await looseMedia(tx, input.conversationId), now)
  for (const row of rows) {
    await updateMedia(tx, [row.id], { complaintId: input.complaintId, ...(row.state === 'held' ? { state: 'wanted', dueAt: now } : {}) })
    if (row.state === 'kept') await attach(app, tx, { ...row, complaintId: input.complaintId })
  }
  return rows.length
}

function usable(rows: readonly MediaRow[], now: Date): MediaRow[] {
  return rows.filter((row) => row.state !== 'held' || now.getTime() - row.at.getTime() <= HELD_FOR)
}

async function attach(app: AppContext, tx: Tx, row: MediaRow): Promise<void> {
  const { id, fileId, kind, bytes, sha256: hash, originalSha256, complaintId } = row
  const kept = { id, fileId, kind, bytes, sha256: hash, originalSha256 } as Kept
  await keepEvidence(withinTransaction(app, tx), SYSTEM, { complaint: { id: complaintId ?? '' }, kept })
  await updateMedia(tx, [id], { state: 'attached', source: null })
}

/** Asks the provider that a source names. */
export type Collect = (source: string) => Promise<Collected>

/** Fetches one portion of what is wanted and keeps it. Answers how many there were; call until it is none. */
export async function collectMedia(app: AppContext, collect: Collect): Promise<number> {
  const rows = await wantedMedia(app, SYSTEM, undefined)
  await Promise.all(rows.map((row) => collectOne(app, row, collect)))
  return rows.length
}

const wantedMedia = systemCommand('bot.collect', ({ tx, now }, _input: undefined): Promise<MediaRow[]> =>
  takeMedia(tx, { now, until: new Date(now.getTime() + LEASE), limit: PORTION }),
)

async function collectOne(app: AppContext, row: MediaRow, collect: Collect): Promise<void> {
  const got = row.source === null ? ({ kind: 'gone', code: 'no_source' } as const) : await collect(app.secrets.open(row.source))
  if (got.kind === 'file') return keep(app, row, got.bytes)
  if (got.kind === 'later' && row.tries < TRIES) return putOff(app, SYSTEM, row)
  app.log.warn('chat.media_failed', { media: row.id, code: got.kind === 'large' ? 'large' : got.code })
  await giveUp(app, SYSTEM, { row, why: got.kind === 'large' ? 'large' : 'gone' })
}

async function keep(app: AppContext, row: MediaRow, original: Buffer): Promise<void> {
  let clean: { kind: MediaKind; bytes: Buffer }
  try {
    clean = cleaned(original)
  } catch (error) {
    if (!isAppError(error)) throw error
    return giveUp(app, SYSTEM, { row, why: error.code === 'evidence_type_refused' ? 'kind' : 'broken' })
  }
  const fileId = `evidence-${row.id}`
  // Left by a process that died between the file and its row.
  await app.files.remove(fileId)
  const stored = await app.files.put(fileId, onePiece(clean.bytes), { maxBytes: clean.bytes.length })
  try {
    await settle(app, SYSTEM, { row, kept: { fileId, kind: clean.kind, ...stored, originalSha256: sha256(original) } })
  } catch (error) {
    await app.files.remove(fileId)
    if (!isAppError(error) || error.kind === 'unavailable') throw error
    await giveUp(app, SYSTEM, { row, why: error.code === 'evidence_too_many' ? 'many' : 'closed' })
  }
}

const settle = systemCommand(
  'bot.collect',
  async ({ tx, app }, { row, kept }: { row: MediaRow; kept: Omit<Kept, 'id'> }): Promise<void> => {
    const now = await lockMedia(tx, row.id)
    if (now?.state !== 'wanted') return
    await updateMedia(tx, [row.id], { ...kept, state: 'kept', source: null })
    if (now.complaintId !== null) await attach(app, tx, { ...now, ...kept })
  },
)

const putOff = systemCommand('bot.collect', async ({ tx, now }, row: MediaRow): Promise<void> =>
  updateMedia(tx, [row.id], { dueAt: new Date(now.getTime() + PAUSE * 2 ** row.tries) }),
)

type Why = 'gone' | 'large' | 'kind' | 'broken' | 'many' | 'closed'

/** Says that it could not be kept, where the person can be written to. */
const giveUp = systemCommand('bot.collect', async (context, { row, why }: { row: MediaRow; why: Why }): Promise<void> => {
  const { tx, app } = context
  await updateMedia(tx, [row.id], { state: 'failed', source: null })
  const [conversation] = await conversationsById(tx, [row.conversationId])
  const person = conversation?.person == null ? '' : app.secrets.open(conversation.person)
  const address = person.slice(person.indexOf(':') + 1)
  const channel = conversation?.channel
  if (channel !== 'wechat' && channel !== 'sms') return
  const { maxBytes, maxFiles } = app.config.evidence
  const max = why === 'large' ? maxBytes / 1_048_576 : maxFiles
  const values = why === 'large' || why === 'many' ? { max } : {}
  const words = app.catalog.words('complaints', `media.${why}`, values)
  await enqueueReply(context, { key: row.id, recipient: `media:${row.id}`, addresses: { [channel]: address }, words })
})

/** Forgets what was sent a day ago and belongs to no complaint. Answers how many files went; call until it is none. */
export async function forgetLooseMedia(app: AppContext): Promise<number> {
  const files = await forgotten(app, SYSTEM, undefined)
  for (const fileId of files) await app.files.remove(fileId)
  return files.length
}

const forgotten = systemCommand('bot.forget', ({ tx, now }, _input: undefined): Promise<string[]> =>
  forgetMedia(tx, new Date(now.getTime() - LOOSE_FOR), 500),
)
