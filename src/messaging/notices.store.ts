// Tables of notices (one event told to one recipient) and of broadcasts (one event told to a whole audience, in portions), with their SQL.
// The steps of a notice are deliveries, in messaging/deliveries.store.

import { In, type SelectQueryBuilder } from 'typeorm'
import { big, flag, id, instant, int, long, optional, primary, references, table, text } from '../platform/database/columns.ts'
import type { Db, Param, Tx } from '../platform/database/database.ts'
import { namedCondition, type Condition } from '../platform/database/conditions.ts'
import { placeholders, portions } from '../platform/database/placeholders.ts'

/**
 * `open`: a step is still being tried. `accepted`: a provider accepted it, no receipt yet. `delivered`: proven by a receipt.
 * `settled`: a person served it otherwise. `undeliverable`: every step failed. `cancelled`: no longer to be sent.
 */
export type NoticeState = 'open' | 'accepted' | 'delivered' | 'settled' | 'undeliverable' | 'cancelled'

export interface NoticeRow {
  id: string
  /** Key of the single event: unique together with recipient and template. */
  event: string
  recipient: string
  audience: string
  template: string
  templateVersion: number
  templateHash: string
  /** The list's version (last journal number) to which the notice refers. */
  listVersion: number
  listingId: string | null
  bulletinId: string | null
  statutory: boolean
  urgent: boolean
  state: NoticeState
  /** Why it is undeliverable, or what the person who settled it wrote. */
  reason: string | null
  settledBy: string | null
  /** What made it pointless before it was served (messaging/overtaking.rules.ts): no further step of it is sent. */
  overtakenBy: string | null
  createdAt: Date
  closedAt: Date | null
  /** When bodies and addresses were blanked; hashes, times and outcomes stay. */
  archivedAt: Date | null
}

export const noticeTable = table<NoticeRow>(
  'notice',
  {
    id: primary(id()),
    event: text(80),
    recipient: text(60),
    audience: text(12),
    template: text(60),
    templateVersion: int(),
    templateHash: text(64),
    listVersion: big(),
    listingId: optional(id()),
    bulletinId: optional(id()),
    statutory: flag(),
    urgent: flag(),
    state: text(14),
    reason: optional(text(500)),
    settledBy: optional(text(60)),
    overtakenBy: optional(text(40)),
    createdAt: instant(),
    closedAt: optional(instant()),
    archivedAt: optional(instant()),
  },
  [
    { name: 'ux_notice_promise', columns: ['event', 'recipient', 'template'], unique: true },
    { name: 'ix_notice_recipient', columns: ['recipient'] },
    { name: 'ix_notice_listing', columns: ['listingId'] },
    { name: 'ix_notice_bulletin', columns: ['bulletinId'] },
    { name: 'ix_notice_state', columns: ['state', 'closedAt'] },
  ],
)

/** A bulletin of which a whole audience is told, in portions with a stored cursor. */
export interface BroadcastRow {
  id: string
  bulletinId: string
  event: string
  audience: string
  /** JSON of the template's values. */
  values: string
  /** Id of the last recipient for whom a notice was enqueued, in order of id. */
  cursor: string
  /** Number of recipients so far. */
  told: number
  createdAt: Date
  doneAt: Date | null
}

export const broadcastTable = table<BroadcastRow>(
  'broadcast',
  {
    id: primary(id()),
    bulletinId: references('bulletin', id()),
    event: text(40),
    audience: text(12),
    values: long(),
    cursor: text(60),
    told: int(),
    createdAt: instant(),
    doneAt: optional(instant()),
  },
  [{ name: 'ix_broadcast_done', columns: ['doneAt'] }],
)

export async function insertNotices(tx: Tx, rows: readonly NoticeRow[]): Promise<void> {
  await tx.insert(noticeTable, rows)
}

/** Of some recipients those who got a notice of this template since an instant, or for whom one still waits. */
export async function toldSince(db: Db, template: string, recipients: readonly string[], since: Date): Promise<Set<string>> {
  const told = new Set<string>()
  for (const part of portions(recipients)) {
    const rows = await db.query<{ recipient: string }>(
      `select distinct recipient from notice where recipient in (${placeholders(part)}) and template = ?
        and (state = 'open' or (created_at > ? and state <> 'cancelled'))`,
      [...part, template, since],
    )
    for (const { recipient } of rows) told.add(recipient)
  }
  return told
}

/** Recipients of one event who are asked for with all other events of the statement; more of them are asked for by name. */
const FEW = 10

/**
 * For each event, by key, those of its recipients for whom it is enqueued with this template already. One query for many events of few
 * recipients, and one for each event of many.
 */
export async function alreadyEnqueued(
  db: Db,
  template: string,
  recipients: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, Set<string>>> {
  const enqueued = new Map<string, Set<string>>()
  const add = (rows: readonly { event: string; recipient: string }[]): void => {
    for (const { event, recipient } of rows) enqueued.set(event, (enqueued.get(event) ?? new Set()).add(recipient))
  }
  const isSmall = (ids: readonly string[]): boolean => recipients.size > 1 && ids.length <= FEW
  const small = [...recipients].flatMap(([event, ids]) => (isSmall(ids) ? [event] : []))
  for (const part of portions(small))
    add(await db.query(`select event, recipient from notice where event in (${placeholders(part)}) and template = ?`, [...part, template]))
  for (const [event, ids] of recipients)
    if (!isSmall(ids))
      for (const part of portions(ids))
        add(
          await db.query(`select event, recipient from notice where event = ? and template = ? and recipient in (${placeholders(part)})`, [
            event,
            template,
            ...part,
          ]),
        )
  return enqueued
}

export async function findNotice(db: Db, noticeId: string): Promise<NoticeRow | null> {
  return db.manager.getRepository(noticeTable.schema).findOneBy({ id: noticeId })
}

/** Finds a notice and locks it until the transaction ends. */
export async function lockNotice(tx: Tx, noticeId: string): Promise<NoticeRow | null> {
  if (!tx.sqlite) await tx.query('select id from notice where id = ? for update', [noticeId])
  return findNotice(tx, noticeId)
}

export async function noticesById(db: Db, noticeIds: readonly string[]): Promise<NoticeRow[]> {
  return noticeIds.length === 0 ? [] : db.manager.getRepository(noticeTable.schema).findBy({ id: In([...noticeIds]) })
}

export interface NoticeFilter {
  state?: NoticeState
  listingId?: string
  bulletinId?: string
  audience?: string
  /** Created from `from` on and before `before`. */
  created?: { from?: Date | undefined; before?: Date | undefined }
  audiences?: readonly string[]
  recipients?: readonly string[]
  /** On `n`: what the reader may see of it. */
  seen?: Condition
}

/** The state of each notice by its event's key, for events with one recipient. */
export async function statesByEvent(db: Db, events: readonly string[]): Promise<Map<string, NoticeState>> {
  if (events.length === 0) return new Map()
  const rows = await db.query<{ event: string; state: NoticeState }>(
    `select event, state from notice where event in (${placeholders(events)})`,
    events,
  )
  return new Map(rows.map((row) => [row.event, row.state]))
}

/** Notices that match a filter, newest first, with their total number. */
export async function searchNotices(
  db: Db,
  filter: NoticeFilter,
  page: { limit: number; offset: number },
): Promise<{ items: NoticeRow[]; total: number }> {
  const [items, total] = await matching(db, filter).take(page.limit).skip(page.offset).getManyAndCount()
  return { items, total }
}

/** Ids of the notices that match a filter, newest first, and how many match; no ids where there are more than `most`. */
export async function noticeIds(db: Db, filter: NoticeFilter, most: number): Promise<{ ids: string[]; total: number }> {
  const total = await matching(db, filter).getCount()
  if (total > most) return { ids: [], total }
  const rows = await matching(db, filter).select('n.id', 'id').getRawMany<{ id: string }>()
  return { ids: rows.map(({ id }) => id), total: rows.length }
}

function matching(db: Db, filter: NoticeFilter): SelectQueryBuilder<NoticeRow> {
  const { audiences, recipients, created, seen, ...equal } = filter
  const query = db.manager.getRepository(noticeTable.schema).createQueryBuilder('n').where(equal).orderBy('n.id', 'DESC')
  if (audiences !== undefined) query.andWhere({ audience: In([...audiences]) })
  if (recipients !== undefined) query.andWhere({ recipient: In([...recipients]) })
  if (seen !== undefined) query.andWhere(...namedCondition('seen', seen))
  if (created?.from !== undefined) query.andWhere('n.createdAt >= :from', { from: created.from })
  if (created?.before !== undefined) query.andWhere('n.createdAt < :before', { before: created.before })
  return query
}

/** Changes the state of those notices that are in one of the states `from`; others stay as they are. Returns how many were changed. */
export async function moveNotices(
  tx: Tx,
  ids: readonly string[],
  from: readonly NoticeState[],
  to: { state: NoticeState; reason?: string | null; settledBy?: string; closedAt: Date | null },
): Promise<number> {
  if (ids.length === 0) return 0
  const params: Param[] = [to.state, to.reason ?? null, to.settledBy ?? null, to.closedAt, ...ids, ...from]
  return tx.run(
    // Without the hint the optimizer scans all open notices and locks those of other transactions.
    `update notice${tx.sqlite ? '' : ' force index (primary)'} set state = ?, reason = ?, settled_by = ?, closed_at = ?
      where id in (${placeholders(ids)}) and state in (${placeholders(from)})`,
    params,
  )
}

export async function insertBroadcasts(tx: Tx, rows: readonly BroadcastRow[]): Promise<void> {
  await tx.insert(broadcastTable, rows)
}

/** The oldest unfinished broadcast on which no other process works, locked until the transaction ends. */
export async function takeBroadcast(tx: Tx): Promise<BroadcastRow | null> {
  const found = await tx.query<{ id: string }>(
    `select id from broadcast where done_at is null order by id limit 1${tx.sqlite ? '' : ' for update skip locked'}`,
  )
  return found[0] === undefined ? null : tx.manager.getRepository(broadcastTable.schema).findOneBy({ id: found[0].id })
}

/** Advances the cursor; false when another process has advanced it. */
export async function advanceBroadcast(
  tx: Tx,
  row: BroadcastRow,
  next: { cursor: string; told: number; doneAt: Date | null },
): Promise<boolean> {
  const touched = await tx.run(
    'update broadcast set `cursor` = ?, told = told + ?, done_at = ? where id = ? and `cursor` = ? and done_at is null',
    [next.cursor, next.told, next.doneAt, row.id, row.cursor],
  )
  return touched === 1
}

/** Undeliverable notices that no person has settled, newest first. @param seen what the reader may see. */
export async function undelivered(db: Db, limit: number, seen: Condition): Promise<NoticeRow[]> {
  return matching(db, { state: 'undeliverable', seen }).andWhere('n.settledBy is null').take(limit).getMany()
}

/** Number of notices in each state: for metrics and the duty list. */
export async function countNotices(db: Db): Promise<Map<NoticeState, number>> {
  const rows = await db.query<{ state: NoticeState; n: string | number }>('select state, count(*) as n from notice group by state')
  return new Map(rows.map((row) => [row.state, Number(row.n)]))
}

/** Ids of notices that ended before an instant and whose bodies are not blanked yet. */
export async function noticesToArchive(db: Db, before: Date, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    // Some messages never get a receipt: for those the time counts from the creation of the notice.
    `select id from notice where archived_at is null and (
       (state in ('delivered', 'settled', 'cancelled', 'undeliverable') and closed_at < ?) or (state = 'accepted' and created_at < ?)) limit ?`,
    [before, before, limit],
  )
  return rows.map((row) => row.id)
}

export async function markArchived(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length > 0) await tx.run(`update notice set archived_at = ? where id in (${placeholders(ids)})`, [at, ...ids])
}

/** The broadcasts of a bulletin, in the order in which they were written. */
export async function broadcastsOf(db: Db, bulletinId: string): Promise<BroadcastRow[]> {
  return db.manager.getRepository(broadcastTable.schema).find({ where: { bulletinId }, order: { id: 'ASC' } })
}
