// Table and SQL of handoffs: conversations that a person took over from the bot, each with a number and a sealed summary.
// Conversations and their messages are messaging/conversations.store.ts.

import { flag, id, instant, long, optional, primary, references, sealed, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

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
  },
  [
    { name: 'ux_handoff_number', columns: ['number'], unique: true },
    { name: 'ix_handoff_open', columns: ['closedAt', 'openedAt'] },
  ],
)

export async function insertHandoff(tx: Tx, row: HandoffRow): Promise<void> {
  await tx.insert(handoffTable, [row])
}

export async function findHandoff(db: Db, handoffId: string): Promise<HandoffRow | null> {
  return db.manager.getRepository(handoffTable.schema).findOneBy({ id: handoffId })
}

/** Open handoffs, urgent ones first, then the oldest. */
export async function openHandoffs(db: Db, page: { limit: number; offset: number }): Promise<{ items: HandoffRow[]; total: number }> {
  const [items, total] = await db.manager
    .getRepository(handoffTable.schema)
    .createQueryBuilder('h')
    .where('h.closedAt is null')
    .orderBy('h.urgent', 'DESC')
    .addOrderBy('h.id')
    .take(page.limit)
    .skip(page.offset)
    .getManyAndCount()
  return { items, total }
}

export async function setUrgent(tx: Tx, handoffId: string): Promise<void> {
  await tx.run('update handoff set urgent = ? where id = ?', [true, handoffId])
}

/** Closes a handoff and gives its conversation back to the bot. Returns false when it was closed before. */
export async function closeHandoff(tx: Tx, handoffId: string, by: { at: Date; actor: string }): Promise<boolean> {
  const closed = await tx.run('update handoff set closed_at = ?, closed_by = ? where id = ? and closed_at is null', [
    by.at,
    by.actor,
    handoffId,
  ])
  await tx.run('update conversation set handoff_id = null where handoff_id = ?', [handoffId])
  return closed === 1
}

/** Blanks summaries of handoffs that were opened before an instant. Returns how many. */
export async function blankSummaries(tx: Tx, before: Date): Promise<number> {
  return tx.run('update handoff set summary = null where summary is not null and opened_at < ?', [before])
}

/** Sets the instant until which the bot stays quiet. */
export async function setQuietUntil(tx: Tx, handoffId: string, until: Date): Promise<void> {
  await tx.run('update handoff set quiet_until = ? where id = ?', [until, handoffId])
}
