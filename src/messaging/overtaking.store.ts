// SQL that finds the notices which an event has made pointless, and cancels what of them was not sent.
// Which event overtakes which notices is messaging/overtaking.rules; the dispatcher asks again before it sends (messaging/delivery).

import { likePattern, type Db, type Tx } from '../platform/database/database.ts'
import { placeholders } from '../platform/database/placeholders.ts'

/** A notice that may be overtaken. */
export interface UnfinishedNotice {
  id: string
  /** Key of its single event. */
  event: string
}

/** A notice is open while a step of it may follow, or while nobody has settled that it reached nobody. */
const OPEN = "(state in ('open', 'accepted') or (state = 'undeliverable' and settled_by is null))"
const UNFINISHED = `overtaken_by is null and ${OPEN}`

/** Unfinished notices of these listings or bulletins, locked: one that another transaction enqueues at this moment is waited for. */
export async function unfinishedNotices(tx: Tx, column: 'listing_id' | 'bulletin_id', ids: readonly string[]): Promise<UnfinishedNotice[]> {
  if (ids.length === 0) return []
  return tx.query<UnfinishedNotice>(
    `select id, event from notice where ${column} in (${placeholders(ids)}) and ${UNFINISHED} order by id${tx.sqlite ? '' : ' for update'}`,
    ids,
  )
}

/** An unfinished notice with its audience, and whether a provision demands it. */
export interface UnfinishedNoticeTo extends UnfinishedNotice {
  audience: string
  statutory: boolean
}

/** Unfinished notices to these recipients, locked like those of listings. */
export async function unfinishedNoticesTo(tx: Tx, recipients: readonly string[]): Promise<UnfinishedNoticeTo[]> {
  if (recipients.length === 0) return []
  const rows = await tx.query<Omit<UnfinishedNoticeTo, 'statutory'> & { statutory: number | boolean }>(
    `select id, event, audience, statutory from notice where recipient in (${placeholders(recipients)}) and ${UNFINISHED} order by id${
      tx.sqlite ? '' : ' for update'
    }`,
    recipients,
  )
  return rows.map((row) => ({ ...row, statutory: Number(row.statutory) === 1 }))
}

/** Those of the notices of whose event one of these recipients was told too, or is being told. */
export async function toldAmong(tx: Tx, noticeIds: readonly string[], recipients: readonly string[]): Promise<Set<string>> {
  if (noticeIds.length === 0 || recipients.length === 0) return new Set()
  const rows = await tx.query<{ id: string }>(
    `select distinct n.id from notice n join notice o on o.event = n.event and o.template = n.template
      where n.id in (${placeholders(noticeIds)}) and o.recipient in (${placeholders(recipients)})
        and o.state in ('open', 'accepted', 'delivered', 'settled')`,
    [...noticeIds, ...recipients],
  )
  return new Set(rows.map(({ id }) => id))
}

/** Unfinished notices to the court's own staff about single events, by the beginnings of their keys: `objection.upheld:<id>`. */
export async function unfinishedTasks(tx: Tx, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return []
  const rows = await tx.query<{ id: string }>(
    `select id from notice where (${keys.map(() => "event = ? or event like ? escape '!'").join(' or ')}) and audience = 'court' and ${UNFINISHED} order by id`,
    keys.flatMap((key) => [key, likePattern(`${key}:`).slice(1)]),
  )
  return rows.map(({ id }) => id)
}

/** Decisions that a clerk still has to tell the debtors of these listings by hand. */
export async function decisionsToTell(tx: Tx, listingIds: readonly string[]): Promise<string[]> {
  if (listingIds.length === 0) return []
  const rows = await tx.query<{ id: string }>(
    `select distinct n.id from notice n join delivery d on d.notice_id = n.id where n.listing_id in (${placeholders(listingIds)})
      and n.audience = 'debtor' and n.event like 'listing.decided:%' and d.state in ('waiting_person', 'in_doubt')`,
    listingIds,
  )
  return rows.map(({ id }) => id)
}

/** Ends the broadcasts of these bulletins that have recipients left. */
export async function endBroadcasts(tx: Tx, bulletinIds: readonly string[], events: readonly string[], now: Date): Promise<void> {
  if (bulletinIds.length > 0)
    await tx.run(
      `update broadcast set done_at = ? where bulletin_id in (${placeholders(bulletinIds)}) and event in (${placeholders(events)}) and done_at is null`,
      [now, ...bulletinIds, ...events],
    )
}

/** Those of the notices that were overtaken. */
export async function overtakenAmong(db: Db, noticeIds: readonly string[]): Promise<Set<string>> {
  if (noticeIds.length === 0) return new Set()
  const rows = await db.query<{ id: string }>(
    `select id from notice where id in (${placeholders(noticeIds)}) and overtaken_by is not null`,
    noticeIds,
  )
  return new Set(rows.map(({ id }) => id))
}

/** Marks notices as overtaken by an event, of which the first stays, and cancels what is left of them. */
export async function overtake(tx: Tx, noticeIds: readonly string[], by: string, now: Date): Promise<void> {
  if (noticeIds.length === 0) return
  await tx.run(`update notice${byId(tx)} set overtaken_by = coalesce(overtaken_by, ?) where id in (${placeholders(noticeIds)})`, [
    by,
    ...noticeIds,
  ])
  await cancelOvertaken(tx, noticeIds, now)
}

/**
 * Cancels the steps of overtaken notices that are not at a provider, whoever has claimed them, and the notices of which no step is. A message that is
 * being sent, or may have been, is waited for: its notice ends when its outcome is known.
 */
export async function cancelOvertaken(tx: Tx, noticeIds: readonly string[], now: Date): Promise<void> {
  if (noticeIds.length === 0) return
  const marks = placeholders(noticeIds)
  await tx.run(
    `update delivery set state = 'cancelled', last_code = 'overtaken', ended_at = ?, lease_token = null, lease_until = null
      where notice_id in (${marks}) and state in ('held', 'queued', 'waiting_person', 'in_doubt')`,
    [now, ...noticeIds],
  )
  const sent = await tx.query<{ noticeId: string }>(
    `select notice_id as noticeId from delivery where notice_id in (${marks}) and state in ('sending', 'unknown', 'accepted', 'unconfirmed', 'delivered')${
      tx.sqlite ? '' : ' for update'
    }`,
    noticeIds,
  )
  const waited = new Set(sent.map(({ noticeId }) => noticeId))
  const ended = noticeIds.filter((id) => !waited.has(id))
  if (ended.length > 0)
    await tx.run(`update notice${byId(tx)} set state = 'cancelled', closed_at = ? where id in (${placeholders(ended)}) and ${OPEN}`, [
      now,
      ...ended,
    ])
}

/** MariaDB reads the whole table for a long list of ids of a small one, and locks what it reads. */
function byId(tx: Tx): string {
  return tx.sqlite ? '' : ' force index (primary)'
}
