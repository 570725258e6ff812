// SQL on deliveries under a lease: claim in batches, mark before sending, settle afterwards. Every write names the token of its lease.
// The table and its queries are in messaging/deliveries.store; what an outcome means is in messaging/deliveries.rules.

import { toInstant, type Db, type Param, type Tx } from '../platform/database/database.ts'
import type { DeliveryState, Rank } from './deliveries.store.ts'
import { ALARM_TEMPLATES } from './notices.rules.ts'
import { placeholders } from '../platform/database/placeholders.ts'
import { ADDRESSED, type Medium } from '../core/mediums.ts'

/** A claimed delivery with the columns that sending needs. */
export interface ClaimedDelivery {
  id: string
  noticeId: string
  rung: number
  medium: Medium
  /** Sealed. */
  address: string
  addressIndex: string
  /** Sealed JSON of Body. */
  body: string
  /** Attempts made before the coming one. */
  attempts: number
  statutory: boolean
  urgent: boolean
  /** The notice answers somebody who wrote to us: the daily cap does not apply. */
  uncapped: boolean
  /** The mark that the address has got since the notice was enqueued; null: none. */
  mark: 'refused' | 'opted_out' | null
  /** A later event has made the notice pointless: it is not sent any more. */
  overtaken: boolean
}

/** Without this hint the optimizer scans all rows of a state, and locks those of other waves. */
const byId = (tx: Tx): string => (tx.sqlite ? '' : ' force index (primary)')

/** A queue of deliveries: one medium and rank. */
export interface Queue {
  medium: Medium
  rank: Rank
}

/** Those of the queues in which something is due that nobody holds. */
export async function dueQueues<Some extends Queue>(db: Db, queues: readonly Some[], now: Date): Promise<Some[]> {
  if (queues.length === 0) return []
  const due = `(select 1 from delivery where state = 'queued' and medium = ? and \`rank\` = ? and due_at <= ? and (lease_until is null or lease_until < ?) limit 1)`
  const [row] = await db.query<Record<string, number | null>>(
    `select ${queues.map((_queue, n) => `${due} as q${n}`).join(', ')}`,
    queues.flatMap(({ medium, rank }) => [medium, rank, now, now]),
  )
  return queues.filter((_queue, n) => row?.[`q${n}`] != null)
}

/** Leases up to `limit` due deliveries of one medium and rank until `until`, the oldest first. Rows that another dispatcher holds are skipped. */
export async function claimDeliveries(
  tx: Tx,
  input: { medium: Medium; rank: Rank; token: string; now: Date; until: Date; limit: number },
): Promise<ClaimedDelivery[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from delivery where state = 'queued' and medium = ? and \`rank\` = ? and due_at <= ? and (lease_until is null or lease_until < ?)
      order by due_at limit ?`,
    [input.medium, input.rank, input.now, input.now, input.limit],
  )
  const free = await lockFree(
    tx,
    rows.map((row) => row.id),
    input.now,
  )
  if (free.length === 0) return []
  await tx.run(`update delivery${byId(tx)} set lease_token = ?, lease_until = ? where id in (${placeholders(free)})`, [
    input.token,
    input.until,
    ...free,
  ])
  return readClaimed(tx, free)
}

/**
 * Locks those of the candidates that nobody has claimed meanwhile. They are locked by id and not by the search itself, because a search
 * locks every row that it scans, and blocks waves that mark their messages.
 */
async function lockFree(tx: Tx, ids: readonly string[], now: Date): Promise<string[]> {
  if (tx.sqlite || ids.length === 0) return [...ids]
  const rows = await tx.query<{ id: string }>(
    `select id from delivery${byId(tx)} where id in (${placeholders(ids)}) and state = 'queued' and (lease_until is null or lease_until < ?)
      for update skip locked`,
    [...ids, now],
  )
  return rows.map((row) => row.id)
}

interface RawClaimed extends Omit<ClaimedDelivery, 'statutory' | 'urgent' | 'uncapped' | 'mark' | 'overtaken' | 'addressIndex'> {
  audience: string
  template: string
  addressIndex: string
  statutory: number | boolean
  urgent: number | boolean
  refusedAt: Date | string | null
  optedOutAt: Date | string | null
  overtakenBy: string | null
}

async function readClaimed(tx: Tx, ids: readonly string[]): Promise<ClaimedDelivery[]> {
  const rows = await tx.query<RawClaimed>(
    `select d.id, d.notice_id as noticeId, d.rung, d.medium, d.address, d.address_index as addressIndex, d.body, d.attempts,
        n.statutory, n.urgent, n.audience, n.template, n.overtaken_by as overtakenBy, m.refused_at as refusedAt, m.opted_out_at as optedOutAt
      from delivery d join notice n on n.id = d.notice_id
      left join address_mark m on m.medium = d.medium and m.address_index = d.address_index
      where d.id in (${placeholders(ids)}) order by d.due_at, d.id`,
    ids,
  )
  return rows.map(({ refusedAt, optedOutAt, audience, template, overtakenBy, ...row }) => ({
    ...row,
    uncapped: audience === 'talker' || ALARM_TEMPLATES.has(template),
    statutory: Number(row.statutory) === 1,
    urgent: Number(row.urgent) === 1,
    mark: refusedAt !== null ? 'refused' : optedOutAt !== null ? 'opted_out' : null,
    overtaken: overtakenBy !== null,
  }))
}

/**
 * The states of those deliveries that are still under the lease, locked until the transaction ends. A claim that has run out is nobody's; a
 * message that was handed over in time is still its sender's to settle.
 */
export async function statesUnderLease(tx: Tx, ids: readonly string[], token: string, now: Date): Promise<Map<string, DeliveryState>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.query<{ id: string; state: DeliveryState }>(
    `select id, state from delivery${byId(tx)}
      where id in (${placeholders(ids)}) and lease_token = ? and (state <> 'queued' or lease_until >= ?)${tx.sqlite ? '' : ' for update'}`,
    [...ids, token, now],
  )
  return new Map(rows.map((row) => [row.id, row.state]))
}

/**
 * Marks deliveries as `sending`, under the lease; a crash then makes them `unknown` and never repeats them unnoticed. Returns how many. None
 * whose claim has run out: it no longer counts against its person's daily cap, and others have been allowed in its place.
 */
export async function markSending(tx: Tx, ids: readonly string[], token: string, now: Date, until: Date): Promise<number> {
  if (ids.length === 0) return 0
  return tx.run(
    `update delivery${byId(tx)} set state = 'sending', sending_at = ?, lease_until = ?, attempts = attempts + 1
      where id in (${placeholders(ids)}) and lease_token = ? and state = 'queued' and lease_until >= ?`,
    [now, until, ...ids, token, now],
  )
}

/** What an attempt that was not accepted changes on its delivery. */
export interface Settlement {
  id: string
  state: DeliveryState
  provider: string
  providerRef?: string
  code?: string
  reason?: string
  dueAt?: Date
  /** False: the attempt was counted when the delivery was marked, but never made, so the count is reduced again. */
  attempted?: boolean
}

/** Settles deliveries that one provider accepted, in one statement, under the lease. Returns how many were still under the lease. */
export async function settleAccepted(
  tx: Tx,
  group: {
    state: 'accepted' | 'delivered'
    provider: string
    overCap: boolean
    /** When the receipt is asked for. */
    dueAt: Date
    items: readonly { id: string; ref: string }[]
  },
  token: string,
  now: Date,
): Promise<number> {
  if (group.items.length === 0) return 0
  const refs: Param[] = group.items.flatMap((item) => [item.id, item.ref])
  return tx.run(
    `update delivery${byId(tx)} set state = ?, provider = ?, provider_ref = case id ${group.items.map(() => 'when ? then ?').join(' ')} end, accepted_at = ?,
       due_at = ?, last_code = null, last_reason = null, lease_token = null, lease_until = null, over_cap = ?, ended_at = ?
      where id in (${placeholders(group.items)}) and lease_token = ? and state = 'sending'`,
    [
      group.state,
      group.provider,
      ...refs,
      now,
      group.dueAt,
      group.overCap,
      group.state === 'delivered' ? now : null,
      ...group.items.map((item) => item.id),
      token,
    ],
  )
}

/** Records of messages that are being sent that they exceed the daily cap, so that whoever settles them later knows. */
export async function markOverCap(tx: Tx, ids: readonly string[], token: string): Promise<void> {
  if (ids.length > 0)
    await tx.run(
      `update delivery${byId(tx)} set over_cap = ? where id in (${placeholders(ids)}) and lease_token = ? and state = 'sending'`,
      [true, ...ids, token],
    )
}

/** How a step ends that has not reached the person. */
const NOT_ARRIVED: readonly DeliveryState[] = ['closed', 'refused', 'exhausted']

/** Settles one delivery that was not accepted, under the lease. Returns 1, or 0 when the lease was lost. */
export async function settleFailed(tx: Tx, item: Settlement, token: string, now: Date): Promise<number> {
  return tx.run(
    `update delivery set state = ?, provider = ?, last_code = ?, last_reason = ?, due_at = coalesce(?, due_at), lease_token = null, lease_until = null,
       ended_at = ?, attempts = attempts - ?, over_cap = case when ? then over_cap else false end where id = ? and lease_token = ? and state in ('queued', 'sending')`,
    [
      item.state,
      item.provider,
      item.code ?? null,
      item.reason ?? null,
      item.dueAt ?? null,
      NOT_ARRIVED.includes(item.state) ? now : null,
      item.attempted === false ? 1 : 0,
      item.state === 'unknown',
      item.id,
      token,
    ],
  )
}

/** Releases deliveries that were claimed and not sent: on a clean stop, or when the daily cap or quiet hours put them off until `dueAt`. */
export async function releaseDeliveries(tx: Tx, ids: readonly string[], token: string, dueAt: Date | null): Promise<void> {
  if (ids.length === 0) return
  await tx.run(
    `update delivery${byId(tx)} set lease_token = null, lease_until = null, due_at = coalesce(?, due_at) where id in (${placeholders(ids)}) and lease_token = ? and state = 'queued'`,
    [dueAt, ...ids, token],
  )
}

/** A delivery that waits for a provider which is down, although another channel could reach the person. */
export type WaitingForProvider = Pick<ClaimedDelivery, 'id' | 'noticeId' | 'rung'>

/** Closes deliveries of a medium that were due before an instant and whose notice has another step left than a clerk's task. */
export async function closeWaitingForProvider(
  tx: Tx,
  input: { medium: Medium; before: Date; urgentBefore: Date; now: Date; limit: number },
): Promise<WaitingForProvider[]> {
  const rows = await tx.query<WaitingForProvider>(
    `select d.id, d.notice_id as noticeId, d.rung from delivery d join notice n on n.id = d.notice_id
      where d.state = 'queued' and d.medium = ? and (d.due_at <= ? or (n.urgent = ? and n.created_at <= ?)) and (d.lease_until is null or d.lease_until < ?)
        and exists (select 1 from delivery h where h.notice_id = d.notice_id and h.state = 'held' and h.rung > d.rung and h.medium <> 'clerk')
      order by d.id limit ?${tx.sqlite ? '' : ' for update skip locked'}`,
    [input.medium, input.before, true, input.urgentBefore, input.now, input.limit],
  )
  await closeAll(tx, rows, 'provider_down', input.now)
  return rows
}

async function closeAll(tx: Tx, rows: readonly WaitingForProvider[], code: string, now: Date): Promise<void> {
  if (rows.length > 0)
    await tx.run(
      `update delivery set state = 'closed', last_code = ?, lease_token = null, lease_until = null, ended_at = ? where id in (${placeholders(rows)})`,
      [code, now, ...rows.map((row) => row.id)],
    )
}

/** A later step that a machine takes and that was not begun, and none that was: what an urgent notice may go on with. */
const HAS_NEXT_MACHINE = `exists (select 1 from delivery h left join address_mark m on m.medium = h.medium and m.address_index = h.address_index
    where h.notice_id = d.notice_id and h.state = 'held' and h.rung > d.rung and h.medium <> 'clerk' and m.medium is null)
  and not exists (select 1 from delivery l where l.notice_id = d.notice_id and l.rung > d.rung and l.state not in ('held', 'cancelled'))`

/** Closes urgent deliveries that their provider has put off and whose notice was promised before an instant. */
export async function closeUrgentWaiting(
  tx: Tx,
  { before, now, limit }: { before: Date; now: Date; limit: number },
): Promise<WaitingForProvider[]> {
  const rows = await tx.query<WaitingForProvider>(
    `select d.id, d.notice_id as noticeId, d.rung from delivery d join notice n on n.id = d.notice_id
      where d.state = 'queued' and d.medium in (${placeholders(ADDRESSED)}) and d.rank = 0 and d.due_at > ? and d.last_code is not null
        and (d.lease_until is null or d.lease_until < ?) and n.urgent = ? and n.created_at <= ? and n.overtaken_by is null and ${HAS_NEXT_MACHINE}
      order by d.id limit ?${tx.sqlite ? '' : ' for update skip locked'}`,
    [...ADDRESSED, now, now, true, before, limit],
  )
  await closeAll(tx, rows, 'provider_busy', now)
  return rows
}

/** Urgent deliveries in doubt whose notice was promised before an instant. They stay in doubt. */
export async function urgentDoubts(tx: Tx, { before, limit }: { before: Date; limit: number }): Promise<WaitingForProvider[]> {
  return tx.query<WaitingForProvider>(
    `select d.id, d.notice_id as noticeId, d.rung from delivery d join notice n on n.id = d.notice_id
      where d.state in ('unknown', 'in_doubt') and n.urgent = ? and n.created_at <= ? and n.overtaken_by is null and ${HAS_NEXT_MACHINE}
      order by d.id limit ?${tx.sqlite ? '' : ' for update skip locked'}`,
    [true, before, limit],
  )
}

/** Changes deliveries whose dispatcher died while sending them to `unknown`, to be reconciled. Returns how many. */
export async function abandonedToUnknown(tx: Tx, now: Date): Promise<number> {
  return tx.run(
    "update delivery set state = 'unknown', lease_token = null, lease_until = null, last_code = 'abandoned', due_at = ? where state = 'sending' and lease_until < ?",
    [now, now],
  )
}

/** A delivery of which nobody knows whether it was sent. */
export interface Doubt {
  id: string
  noticeId: string
  rung: number
  medium: Medium
  address: string | null
  body: string | null
  attempts: number
  sendingAt: Date
  template: string
  urgent: boolean
  /** The address was refused or opted out, or the notice overtaken, since the message was handed over: nothing more is sent to it. */
  blocked: boolean
}

interface RawDoubt {
  sendingAt: Date | string
  urgent: number | boolean
  overtakenBy: string | null
  marked: string | null
}

/** Takes doubts about which the provider has to be asked now; nobody else takes them until `until`. */
export async function takeDoubts(tx: Tx, input: { mediums: readonly Medium[]; now: Date; until: Date; limit: number }): Promise<Doubt[]> {
  if (input.mediums.length === 0) return []
  const found = await tx.query<{ id: string }>(
    `select id from delivery where state = 'unknown' and medium in (${placeholders(input.mediums)}) and due_at <= ? order by due_at limit ?${tx.sqlite ? '' : ' for update skip locked'}`,
    [...input.mediums, input.now, input.limit],
  )
  if (found.length === 0) return []
  const ids = found.map((row) => row.id)
  await tx.run(`update delivery set due_at = ? where id in (${placeholders(ids)})`, [input.until, ...ids])
  const rows = await tx.query<Omit<Doubt, 'sendingAt' | 'urgent' | 'blocked'> & RawDoubt>(
    `select d.id, d.notice_id as noticeId, d.rung, d.medium, d.address, d.body, d.attempts, d.sending_at as sendingAt, n.template, n.urgent,
        n.overtaken_by as overtakenBy, m.medium as marked
      from delivery d join notice n on n.id = d.notice_id left join address_mark m on m.medium = d.medium and m.address_index = d.address_index
      where d.id in (${placeholders(ids)}) order by d.id`,
    ids,
  )
  return rows.map(({ overtakenBy, marked, ...row }) => {
    return {
      ...row,
      sendingAt: toInstant(row.sendingAt),
      urgent: Number(row.urgent) === 1,
      blocked: overtakenBy !== null || marked !== null,
    }
  })
}

/**
 * The addresses of each notice's recipient, on whatever medium, with the number of messages to each since an instant. Those in doubt, being
 * sent or claimed at `now` count as well; those that are known not to have arrived do not.
 */
export async function sentSince(
  db: Db,
  noticeIds: readonly string[],
  since: Date,
  now: Date,
): Promise<Map<string, ReadonlyMap<string, number>>> {
  const byNotice = new Map<string, Map<string, number>>()
  if (noticeIds.length === 0) return byNotice
  const rows = await db.query<{ noticeId: string; address: string; n: string | number }>(
    `select p.notice_id as noticeId, p.address_index as address, (select count(*) from delivery d where d.address_index = p.address_index
        and ((d.accepted_at >= ? and d.state not in (${placeholders(NOT_ARRIVED)}))
          or (d.accepted_at is null and d.state in ('sending', 'unknown', 'in_doubt') and d.sending_at >= ?)
          or (d.state = 'queued' and d.lease_until >= ?))) as n
      from delivery p where p.notice_id in (${placeholders(noticeIds)}) and p.address_index is not null`,
    [since, ...NOT_ARRIVED, since, now, ...noticeIds],
  )
  for (const { noticeId, address, n } of rows)
    byNotice.set(noticeId, (byNotice.get(noticeId) ?? new Map<string, number>()).set(address, Number(n)))
  return byNotice
}
