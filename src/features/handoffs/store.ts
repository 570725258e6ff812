// Tables and SQL of handoffs: conversations that a person took over from the bot, each with a number, a sealed summary and internal notes.
// Conversations and their messages are messaging/conversations.store.ts.

import { flag, id, instant, long, optional, primary, references, sealed, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import type { HandoffFilter } from './rules.ts'

/** A handoff as stored. */
export interface HandoffRow {
  id: string
  /** `RG20261122-0003`, counted per day. */
  number: string
  conversationId: string
  reason: string
  urgent: boolean
  /** Sealed; null once blanked. */
  summary: string | null
  openedAt: Date
  /** The bot stays quiet until this instant, unless the handoff is closed before. */
  quietUntil: Date
  closedAt: Date | null
  closedBy: string | null
  /** Who took it over, and since when; null: it waits. */
  claimedBy: string | null
  claimedAt: Date | null
  /** When somebody last wrote or did something; null in rows of older versions. */
  changedAt: Date | null
}

export const handoffTable = table<HandoffRow>(
  'handoff',
  {
    id: primary(id()),
    number: text(20),
    conversationId: references('conversation', id()),
    reason: text(12),
    urgent: flag(),
    summary: optional(sealed(long())),
    openedAt: instant(),
    quietUntil: instant(),
    closedAt: optional(instant()),
    closedBy: optional(text(60)),
    claimedBy: optional(text(60)),
    claimedAt: optional(instant()),
    changedAt: optional(instant()),
  },
  [
    { name: 'ux_handoff_number', columns: ['number'], unique: true },
    { name: 'ix_handoff_open', columns: ['closedAt', 'openedAt'] },
    { name: 'ix_handoff_changed', columns: ['changedAt'] },
  ],
)

/** An internal note: staff read it, the person never does. */
export interface HandoffNoteRow {
  id: string
  handoffId: string
  at: Date
  author: string
  /** Sealed; null once blanked. */
  text: string | null
}

export const handoffNoteTable = table<HandoffNoteRow>(
  'handoff_note',
  { id: primary(id()), handoffId: references('handoff', id()), at: instant(), author: text(60), text: optional(sealed(long())) },
  [{ name: 'ix_handoff_note_handoff', columns: ['handoffId'] }],
)

export async function insertNote(tx: Tx, row: HandoffNoteRow): Promise<void> {
  await tx.insert(handoffNoteTable, [row])
}

/** The notes of a handoff, oldest first. */
export async function notesOf(db: Db, handoffId: string): Promise<HandoffNoteRow[]> {
  return db.manager.getRepository(handoffNoteTable.schema).find({ where: { handoffId }, order: { at: 'ASC', id: 'ASC' } })
}

export async function insertHandoff(tx: Tx, row: HandoffRow): Promise<void> {
  await tx.insert(handoffTable, [row])
}

/** Whether a conversation has raised an alarm before. */
export async function hasAlarmed(db: Db, conversationId: string): Promise<boolean> {
  return db.manager.getRepository(handoffTable.schema).existsBy({ conversationId, urgent: true })
}

export async function findHandoff(db: Db, handoffId: string): Promise<HandoffRow | null> {
  return db.manager.getRepository(handoffTable.schema).findOneBy({ id: handoffId })
}

const WHERE: Readonly<Record<HandoffFilter, string>> = {
  open: 'h.closedAt is null',
  waiting: 'h.closedAt is null and h.claimedBy is null',
  mine: 'h.closedAt is null and h.claimedBy = :actor',
  others: 'h.closedAt is null and h.claimedBy <> :actor',
  closed: 'h.closedAt is not null',
}

/** A page of handoffs: open ones urgent first, then the oldest; closed ones the latest first. */
export async function searchHandoffs(
  db: Db,
  { filter, actor }: { filter: HandoffFilter; actor: string },
  page: { limit: number; offset: number },
): Promise<{ items: HandoffRow[]; total: number }> {
  const query = db.manager.getRepository(handoffTable.schema).createQueryBuilder('h').where(WHERE[filter], { actor })
  if (filter === 'closed') query.orderBy('h.closedAt', 'DESC').addOrderBy('h.id', 'DESC')
  else query.orderBy('h.urgent', 'DESC').addOrderBy('h.id')
  const [items, total] = await query.take(page.limit).skip(page.offset).getManyAndCount()
  return { items, total }
}

/** How many handoffs wait, how many of them are urgent, and how many somebody has. */
export async function countOpen(db: Db, actor: string): Promise<{ waiting: number; urgent: number; mine: number }> {
  const [row] = await db.query<Record<'waiting' | 'urgent' | 'mine', string | number | null>>(
    `select sum(case when claimed_by is null then 1 else 0 end) as waiting,
      sum(case when claimed_by is null and urgent = ? then 1 else 0 end) as urgent,
      sum(case when claimed_by = ? then 1 else 0 end) as mine from handoff where closed_at is null`,
    [true, actor],
  )
  return { waiting: Number(row?.waiting ?? 0), urgent: Number(row?.urgent ?? 0), mine: Number(row?.mine ?? 0) }
}

/** Handoffs in which something happened since an instant, the latest first. */
export async function changedSince(db: Db, since: Date, limit: number): Promise<Pick<HandoffRow, 'id' | 'claimedBy' | 'changedAt'>[]> {
  return db.manager
    .getRepository(handoffTable.schema)
    .createQueryBuilder('h')
    .select(['h.id', 'h.claimedBy', 'h.changedAt'])
    .where('h.changedAt >= :since', { since })
    .orderBy('h.changedAt', 'DESC')
    .limit(limit)
    .getMany()
}

/** Gives an open handoff to somebody, if it is still with whom it was when it was read. Returns whether it was. */
export async function moveClaim(
  tx: Tx,
  handoff: Pick<HandoffRow, 'id' | 'claimedBy'>,
  to: { by: string | null; at: Date },
): Promise<boolean> {
  const held = handoff.claimedBy === null ? 'claimed_by is null' : 'claimed_by = ?'
  const moved = await tx.run(
    `update handoff set claimed_by = ?, claimed_at = ?, changed_at = ? where id = ? and closed_at is null and ${held}`,
    [to.by, to.by === null ? null : to.at, to.at, handoff.id, ...(handoff.claimedBy === null ? [] : [handoff.claimedBy])],
  )
  return moved === 1
}

/** Who has a handoff by now, read past what this transaction saw when it began. */
export async function latestHolder(tx: Tx, handoffId: string): Promise<string | null> {
  const rows = await tx.query<{ claimedBy: string | null }>(
    `select claimed_by as claimedBy from handoff where id = ?${tx.sqlite ? '' : ' for update'}`,
    [handoffId],
  )
  return rows[0]?.claimedBy ?? null
}

/** Marks that something happened in a handoff, so that screens that look for news read it again. */
export async function touchHandoff(tx: Tx, handoffId: string, at: Date): Promise<void> {
  await tx.run('update handoff set changed_at = ? where id = ?', [at, handoffId])
}

export async function setUrgent(tx: Tx, handoffId: string): Promise<void> {
  await tx.run('update handoff set urgent = ? where id = ?', [true, handoffId])
}

/** Closes a handoff and gives its conversation back to the bot. Returns false when it was closed before. */
export async function closeHandoff(tx: Tx, handoffId: string, by: { at: Date; actor: string }): Promise<boolean> {
  const closed = await tx.run('update handoff set closed_at = ?, closed_by = ?, changed_at = ? where id = ? and closed_at is null', [
    by.at,
    by.actor,
    by.at,
    handoffId,
  ])
  await tx.run('update conversation set handoff_id = null where handoff_id = ?', [handoffId])
  return closed === 1
}

/** Blanks summaries and notes of handoffs that were opened before an instant. Returns how many summaries. */
export async function blankSummaries(tx: Tx, before: Date): Promise<number> {
  await tx.run(
    'update handoff_note set text = null where text is not null and handoff_id in (select id from handoff where opened_at < ?)',
    [before],
  )
  return tx.run('update handoff set summary = null where summary is not null and opened_at < ?', [before])
}

/** Sets the instant until which the bot stays quiet. */
export async function setQuietUntil(tx: Tx, handoffId: string, until: Date): Promise<void> {
  await tx.run('update handoff set quiet_until = ? where id = ?', [until, handoffId])
}
