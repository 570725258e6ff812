// Table of pictures and files sent in a conversation, from the message until they are evidence of a complaint, have failed or are deleted.
// Fetching and attaching them is chat-media.tasks.ts.

import { id, table, primary, references, optional, sealed, long, text, int, instant, big } from '../../platform/database/columns.ts'
import type { Tx, Db } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/**
 * `held`: only the source is known; fetched once a complaint needs it. `wanted`: to be fetched. `kept`: fetched, its complaint not yet
 * filed. `attached`: evidence of a complaint. `failed`: could not be fetched or stored, and the sender was notified.
 */
export type MediaState = 'held' | 'wanted' | 'kept' | 'attached' | 'failed'

export interface MediaRow {
  id: string
  conversationId: string
  complaintId: string | null
  /** Sealed: where the channel's provider has the file. Null once it is no longer needed. */
  source: string | null
  state: MediaState
  tries: number
  /** Tries in a row that came to no end, because the process ended; null for none. */
  unfinished: number | null
  dueAt: Date
  fileId: string | null
  kind: string | null
  bytes: number | null
  sha256: string | null
  originalSha256: string | null
  at: Date
}

export const mediaTable = table<MediaRow>(
  'chat_media',
  {
    id: primary(id()),
    conversationId: references('conversation', id()),
    complaintId: optional(references('complaint', id())),
    source: optional(sealed(long())),
    state: text(10),
    tries: int(),
    unfinished: optional(int()),
    dueAt: instant(),
    fileId: optional(text(64)),
    kind: optional(text(10)),
    bytes: optional(big()),
    sha256: optional(text(64)),
    originalSha256: optional(text(64)),
    at: instant(),
  },
  [
    { name: 'ix_chat_media_conversation', columns: ['conversationId', 'state'] },
    { name: 'ix_chat_media_due', columns: ['state', 'dueAt'] },
  ],
)

export async function insertMedia(tx: Tx, rows: readonly MediaRow[]): Promise<void> {
  await tx.insert(mediaTable, rows)
}

/** Media of a conversation that belong to no complaint yet and have not failed, oldest first. */
export async function unattachedMedia(db: Db, conversationId: string): Promise<MediaRow[]> {
  const rows = await db.manager.getRepository(mediaTable.schema).find({ where: { conversationId }, order: { id: 'ASC' } })
  return rows.filter((row) => row.complaintId === null && ['held', 'wanted', 'kept'].includes(row.state)).map(withNumbers)
}

/** Reads one row and locks it until the transaction ends. */
export async function lockMedia(tx: Tx, mediaId: string): Promise<MediaRow | null> {
  if (!tx.sqlite) await tx.query('select id from chat_media where id = ? for update', [mediaId])
  const row = await tx.manager.getRepository(mediaTable.schema).findOneBy({ id: mediaId })
  return row === null ? null : withNumbers(row)
}

export async function updateMedia(tx: Tx, ids: readonly string[], changes: Partial<MediaRow>): Promise<void> {
  for (const mediaId of ids) await tx.manager.getRepository(mediaTable.schema).update({ id: mediaId }, changes)
}

/**
 * Claims media to fetch now; no other process claims them before `until`. One whose last try came to no end is claimed alone, so that what it
 * stops is not blamed on others.
 */
export async function claimMedia(tx: Tx, claim: { now: Date; until: Date; limit: number }): Promise<MediaRow[]> {
  const due = await tx.query<{ id: string; unfinished: number | null }>(
    `select id, unfinished from chat_media where state = 'wanted' and due_at <= ? order by due_at limit ?${tx.sqlite ? '' : ' for update skip locked'}`,
    [claim.now, claim.limit],
  )
  if (due.length === 0) return []
  const suspect = due.find((row) => row.unfinished !== null)
  const ids = (suspect === undefined ? due : [suspect]).map((row) => row.id)
  await tx.run(
    `update chat_media set due_at = ?, tries = tries + 1, unfinished = coalesce(unfinished, 0) + 1 where id in (${placeholders(ids)})`,
    [claim.until, ...ids],
  )
  const rows = await tx.manager
    .getRepository(mediaTable.schema)
    .createQueryBuilder('m')
    .where('m.id in (:...ids)', { ids })
    .orderBy('m.id')
    .getMany()
  return rows.map(withNumbers)
}

/** Deletes media sent before an instant that belong to no complaint. Returns the ids of their files, which the caller removes. */
export async function deleteUnattachedMedia(tx: Tx, before: Date, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string; fileId: string | null }>(
    'select id, file_id as fileId from chat_media where at < ? and complaint_id is null order by at limit ?',
    [before, limit],
  )
  if (rows.length > 0)
    await tx.run(
      `delete from chat_media where id in (${placeholders(rows)})`,
      rows.map((row) => row.id),
    )
  return rows.flatMap((row) => row.fileId ?? [])
}

/** A row with its byte count as a number; drivers may return it as text. */
function withNumbers(row: MediaRow): MediaRow {
  return { ...row, bytes: row.bytes === null ? null : Number(row.bytes) }
}
