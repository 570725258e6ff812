// Pictures and files sent in a conversation: recorded, fetched from the provider by a loop, and attached to a complaint as evidence.
// How evidence is cleaned and stored is evidence.commands.ts.

import type { FetchedMedia } from '../../messaging/channels/media-source.ts'
import { isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { sha256 } from '../../core/secrets.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import type { MediaKind } from '../../platform/media/media.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { conversationsById, conversationTable } from '../../messaging/conversations.store.ts'
import type { Tx } from '../../platform/database/database.ts'
import { systemCommand, withinTransaction, type SystemCommandContext, type AppContext } from '../../platform/commands/command.ts'
import { recordEvidence, type StoredEvidence } from './evidence.commands.ts'
import { cleanApart } from '../../platform/media/apart.ts'
import { onePiece } from '../../platform/media/clean.ts'
import { heldBytesOf } from '../forms/commands.ts'
import { enqueueReply } from '../../messaging/pending-replies.ts'
import {
  deleteUnattachedMedia,
  insertMedia,
  lockMedia,
  mediaTable,
  unattachedMedia,
  claimMedia,
  updateMedia,
  type MediaRow,
} from './chat-media.store.ts'
import { createLoop } from '../../platform/scheduler/loop.ts'

/** The loop that fetches media. */
export interface MediaFetcher {
  start(): void
  /** Resolves after the current portion. */
  stop(): Promise<void>
  /** Fetches everything that is due now. */
  processAll(): Promise<void>
}

/** @param poll milliseconds between polls when nothing is to be fetched. */
export function createMediaFetcher(app: AppContext, collect: Collect, poll = 2_000): MediaFetcher {
  const loop = createLoop(app.log, { name: 'collect', poll, round: processAll })

  async function processAll(): Promise<void> {
    while (!loop.isStopping() && (await fetchMedia(app, collect)) > 0);
  }

  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    processAll,
  }
}

/** Milliseconds for which a picture sent before any complaint can still become its evidence. */
const HELD_MS = 3_600_000
/** Milliseconds after which media without a complaint are deleted. */
const UNATTACHED_MS = 24 * 3_600_000
/** Milliseconds for which no other process fetches a claimed file. */
const LEASE_MS = 60_000
/** Base of the pause between tries, in milliseconds: multiplied by two to the power of the tries so far. */
const RETRY_MS = 5_000
const MAX_TRIES = 7
/** Tries in a row that may end with the process. */
const MAX_UNFINISHED = 2
/** Files fetched at once. */
const PORTION = 8

type MediaContext = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/**
 * Records the media of a message. `wanted`: a complaint is being filed, so they are fetched at once.
 * Returns how many the conversation has now; null: the limit of files a complaint is exceeded, and none was recorded.
 */
export async function recordMedia(
  { app, tx, now }: MediaContext,
  input: { conversationId: string; sources: readonly string[]; wanted: boolean },
): Promise<number | null> {
  const before = usable(await unattachedMedia(tx, input.conversationId), now)
  if (before.length + input.sources.length > app.config.evidence.maxFiles) return null
  await insertMedia(
    tx,
    input.sources.map((source) =>
      sealRow(mediaTable, app.secrets, {
        ...BLANK,
        id: newId(),
        conversationId: input.conversationId,
        source,
        state: input.wanted ? ('wanted' as const) : ('held' as const),
        dueAt: now,
        at: now,
      }),
    ),
  )
  return before.length + input.sources.length
}

const BLANK = { complaintId: null, tries: 0, unfinished: null, fileId: null, kind: null, bytes: null, sha256: null, originalSha256: null }

/**
 * Attaches the media sent before to a complaint just filed; those not fetched yet are attached once they are. Returns how many there are.
 */
export async function attachMedia(context: MediaContext, input: { conversationId: string; complaintId: string }): Promise<number> {
  const { app, tx, now } = context
  const rows = usable(await unattachedMedia(tx, input.conversationId), now)
  for (const row of rows) {
    await updateMedia(tx, [row.id], { complaintId: input.complaintId, ...(row.state === 'held' ? { state: 'wanted', dueAt: now } : {}) })
    if (row.state === 'kept') await attach(app, tx, { ...row, complaintId: input.complaintId })
  }
  return rows.length
}

/** Media that can still become evidence: `held` ones only within `HELD_MS`. */
function usable(rows: readonly MediaRow[], now: Date): MediaRow[] {
  return rows.filter((row) => row.state !== 'held' || now.getTime() - row.at.getTime() <= HELD_MS)
}

async function attach(app: AppContext, tx: Tx, row: MediaRow): Promise<void> {
  const { id, fileId, kind, bytes, sha256: hash, originalSha256, complaintId } = row
  const kept = { id, fileId, kind, bytes, sha256: hash, originalSha256 } as StoredEvidence
  await recordEvidence(withinTransaction(app, tx), SYSTEM, { complaint: { id: complaintId ?? '' }, kept })
  await updateMedia(tx, [id], { state: 'attached', source: null })
}

/** Fetches one source from the provider that it names. */
export type Collect = (source: string) => Promise<FetchedMedia>

/** Fetches and stores one portion of due media. Returns how many there were; call until it returns 0. */
export async function fetchMedia(app: AppContext, collect: Collect): Promise<number> {
  const rows = await claimWanted(app, SYSTEM, undefined)
  await Promise.all(rows.map((row) => fetchOne(app, row, collect)))
  return rows.length
}

const claimWanted = systemCommand('bot.collect', ({ tx, now }, _input: undefined): Promise<MediaRow[]> =>
  claimMedia(tx, { now, until: new Date(now.getTime() + LEASE_MS), limit: PORTION }),
)

async function fetchOne(app: AppContext, row: MediaRow, collect: Collect): Promise<void> {
  if ((row.unfinished ?? 0) > MAX_UNFINISHED) {
    app.log.warn('chat.media_failed', { media: row.id, code: 'stopped' })
    return markFailed(app, SYSTEM, { row, reason: 'stopped' })
  }
  try {
    await tryOne(app, row, collect)
  } catch (error) {
    // The process goes on: a full disk is not the picture's fault.
    await finishTry(app, SYSTEM, row)
    throw error
  }
}

const finishTry = systemCommand('bot.collect', ({ tx }, row: MediaRow): Promise<void> => updateMedia(tx, [row.id], { unfinished: null }))

async function tryOne(app: AppContext, row: MediaRow, collect: Collect): Promise<void> {
  const { source } = openRow(mediaTable, app.secrets, { id: row.id, source: row.source })
  const result = source === null ? ({ kind: 'gone', code: 'no_source' } as const) : await collectFrom(app, source, collect)
  if (result.kind === 'file') return storeFile(app, row, result.bytes)
  if (result.kind === 'later' && row.tries < MAX_TRIES) return postpone(app, SYSTEM, row)
  app.log.warn('chat.media_failed', { media: row.id, code: result.kind === 'large' ? 'large' : result.code })
  await markFailed(app, SYSTEM, { row, reason: result.kind === 'large' ? 'large' : 'gone' })
}

/** The source of a photo sent on the page of the chat: it waits with the forms, and no provider has it. */
export const PAGE_SOURCE = 'page:'

async function collectFrom(app: AppContext, source: string, collect: Collect): Promise<FetchedMedia> {
  if (!source.startsWith(PAGE_SOURCE)) return collect(source)
  const bytes = await heldBytesOf(app, SYSTEM, source.slice(PAGE_SOURCE.length))
  return bytes === null ? { kind: 'gone', code: 'expired' } : { kind: 'file', bytes }
}

/** Cleans a fetched file, stores it and updates its row; a file that cannot be kept is reported to its sender. */
async function storeFile(app: AppContext, row: MediaRow, original: Buffer): Promise<void> {
  let clean: { kind: MediaKind; bytes: Buffer }
  try {
    clean = await cleanApart(original)
  } catch (error) {
    if (!isAppError(error)) throw error
    const reasons: Partial<Record<string, FailureReason>> = {
      evidence_broken: 'broken',
      evidence_active: 'active',
      evidence_time: 'stopped',
    }
    return markFailed(app, SYSTEM, { row, reason: reasons[error.code] ?? 'kind' })
  }
  const fileId = `evidence-${row.id}`
  // Remove what a process left that died between writing the file and updating its row.
  await app.files.remove(fileId)
  const stored = await app.files.put(fileId, onePiece(clean.bytes), { maxBytes: clean.bytes.length })
  try {
    await saveFetched(app, SYSTEM, { row, kept: { fileId, kind: clean.kind, ...stored, originalSha256: sha256(original) } })
  } catch (error) {
    await app.files.remove(fileId)
    if (!isAppError(error) || error.kind === 'unavailable') throw error
    await markFailed(app, SYSTEM, { row, reason: error.code === 'evidence_too_many' ? 'many' : 'closed' })
  }
}

const saveFetched = systemCommand(
  'bot.collect',
  async ({ tx, app }, { row, kept }: { row: MediaRow; kept: Omit<StoredEvidence, 'id'> }): Promise<void> => {
    const current = await lockMedia(tx, row.id)
    // Another process settled it in the meantime.
    if (current?.state !== 'wanted') return
    await updateMedia(tx, [row.id], { ...kept, state: 'kept', source: null })
    if (current.complaintId !== null) await attach(app, tx, { ...current, ...kept })
  },
)

const postpone = systemCommand('bot.collect', async ({ tx, now }, row: MediaRow): Promise<void> =>
  updateMedia(tx, [row.id], { dueAt: new Date(now.getTime() + RETRY_MS * 2 ** row.tries), unfinished: null }),
)

type FailureReason = 'gone' | 'large' | 'kind' | 'active' | 'stopped' | 'broken' | 'many' | 'closed'

/** Marks media as failed and notifies the sender, where the channel can be written to outside a turn. */
const markFailed = systemCommand(
  'bot.collect',
  async (context, { row, reason }: { row: MediaRow; reason: FailureReason }): Promise<void> => {
    const { tx, app } = context
    await updateMedia(tx, [row.id], { state: 'failed', source: null })
    const [conversation] = await conversationsById(tx, [row.conversationId])
    const { person } = openRow(conversationTable, app.secrets, { id: row.conversationId, person: conversation?.person ?? null })
    const address = person === null ? '' : person.slice(person.indexOf(':') + 1)
    const channel = conversation?.channel
    if (channel !== 'wechat' && channel !== 'sms') return
    const { maxBytes, maxFiles } = app.config.evidence
    const max = reason === 'large' ? maxBytes / 1_048_576 : maxFiles
    const words = app.catalog.words('complaints', `media.${reason}`, { max })
    await enqueueReply(context, { key: row.id, recipient: `media:${row.id}`, addresses: { [channel]: address }, words })
  },
)

/** Deletes media sent more than a day ago that belong to no complaint. Returns how many files were removed; call until it returns 0. */
export async function deleteOldMedia(app: AppContext): Promise<number> {
  const files = await deleteUnattached(app, SYSTEM, undefined)
  for (const fileId of files) await app.files.remove(fileId)
  return files.length
}

const deleteUnattached = systemCommand('bot.forget', ({ tx, now }, _input: undefined): Promise<string[]> =>
  deleteUnattachedMedia(tx, new Date(now.getTime() - UNATTACHED_MS), 500),
)
