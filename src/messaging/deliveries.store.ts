// Tables of deliveries (the steps of a notice's fallback order) and of the attempts made on each, with their SQL.
// Claims and settlements under a lease are in messaging/leases.store, receipts in messaging/receipts.store.

import { indexKind } from './fallback.rules.ts'
import type { Body } from './notices.rules.ts'
import {
  blindIndex,
  flag,
  id,
  instant,
  int,
  long,
  optional,
  primary,
  references,
  sealed,
  sealedHash,
  sealedJson,
  table,
  text,
} from '../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../platform/database/database.ts'
import { placeholders } from '../platform/database/placeholders.ts'
import type { Medium } from '../core/mediums.ts'

/**
 * `held`: a later step that waits for the one before. `queued`: due at `dueAt`. `sending`: handed to a provider, outcome not yet known.
 * `accepted` → `delivered`: by receipt. `closed` / `refused` / `exhausted`: this step failed. `unknown`: may or may not have been sent.
 * `unconfirmed`: accepted, and no receipt came in time. `in_doubt`: a person must decide. `waiting_person`: a clerk's task. `done`: the clerk did it. `cancelled`: no longer needed.
 */
export type DeliveryState =
  | 'held'
  | 'queued'
  | 'sending'
  | 'accepted'
  | 'delivered'
  | 'unconfirmed'
  | 'closed'
  | 'refused'
  | 'exhausted'
  | 'unknown'
  | 'in_doubt'
  | 'waiting_person'
  | 'done'
  | 'cancelled'

/** Values of `rank` of a delivery: urgent, to one person, to everybody. */
export const RANKS = [0, 1, 2] as const
export type Rank = (typeof RANKS)[number]

export interface DeliveryRow {
  id: string
  noticeId: string
  /** Position of this step in the fallback order, from 0. */
  rung: number
  medium: Medium
  /** Sealed address; null for a clerk's task. */
  address: string | null
  addressIndex: string | null
  /** Sealed JSON of Body; null once archived. */
  body: string | null
  bodyHash: string
  state: DeliveryState
  /** Lower goes first: 0 urgent, 1 to one person, 2 to everybody. */
  rank: number
  dueAt: Date
  attempts: number
  leaseToken: string | null
  leaseUntil: Date | null
  sendingAt: Date | null
  provider: string | null
  providerRef: string | null
  lastCode: string | null
  lastReason: string | null
  /** The message was sent again although the first attempt may have arrived. */
  repeated: boolean
  /** The message was sent above the daily cap because a provision demands it. */
  overCap: boolean
  acceptedAt: Date | null
  endedAt: Date | null
}

export const deliveryTable = table<DeliveryRow, { body: Body }>(
  'delivery',
  {
    id: primary(id()),
    noticeId: references('notice', id()),
    rung: int(),
    medium: text(10),
    address: optional(sealed(text(300))),
    addressIndex: optional(blindIndex((row) => indexKind(row.medium), 'address')),
    body: optional(sealedJson(long())),
    bodyHash: sealedHash(),
    state: text(16),
    rank: int(),
    dueAt: instant(),
    attempts: int(),
    leaseToken: optional(text(22)),
    leaseUntil: optional(instant()),
    sendingAt: optional(instant()),
    provider: optional(text(30)),
    providerRef: optional(text(80)),
    lastCode: optional(text(40)),
    lastReason: optional(text(200)),
    repeated: flag(),
    overCap: flag(),
    acceptedAt: optional(instant()),
    endedAt: optional(instant()),
  },
  [
    { name: 'ix_delivery_notice', columns: ['noticeId', 'rung'] },
    { name: 'ix_delivery_due', columns: ['state', 'medium', 'rank', 'dueAt'] },
    { name: 'ix_delivery_ref', columns: ['providerRef'] },
    { name: 'ix_delivery_address', columns: ['addressIndex', 'acceptedAt'] },
  ],
)

/** A delivery that nobody has claimed or tried yet. */
export const FRESH_DELIVERY = {
  attempts: 0,
  leaseToken: null,
  leaseUntil: null,
  sendingAt: null,
  provider: null,
  providerRef: null,
  lastCode: null,
  lastReason: null,
  repeated: false,
  overCap: false,
  acceptedAt: null,
  endedAt: null,
} as const

export interface AttemptRow {
  id: string
  deliveryId: string
  /** Number of the attempt within its delivery, from 1. */
  n: number
  provider: string
  startedAt: Date
  endedAt: Date
  outcome: string
  code: string | null
  reason: string | null
}

export const attemptTable = table<AttemptRow>(
  'attempt',
  {
    id: primary(id()),
    deliveryId: references('delivery', id()),
    n: int(),
    provider: text(30),
    startedAt: instant(),
    endedAt: instant(),
    outcome: text(12),
    code: optional(text(40)),
    reason: optional(text(200)),
  },
  [{ name: 'ix_attempt_delivery', columns: ['deliveryId'] }],
)

export async function insertDeliveries(tx: Tx, rows: readonly DeliveryRow[]): Promise<void> {
  await tx.insert(deliveryTable, rows)
}

export async function insertAttempts(tx: Tx, rows: readonly AttemptRow[]): Promise<void> {
  await tx.insert(attemptTable, rows)
}

/** Changes one delivery that is in one of the states `from`; false when it is in another state by now. */
export async function moveDelivery(
  tx: Tx,
  deliveryId: string,
  from: readonly DeliveryState[],
  changes: Partial<DeliveryRow>,
): Promise<boolean> {
  const result = await tx.manager
    .createQueryBuilder()
    .update(deliveryTable.schema)
    .set(changes)
    .where('id = :deliveryId and state in (:...from)', { deliveryId, from })
    .execute()
  return result.affected === 1
}

async function findDelivery(db: Db, deliveryId: string): Promise<DeliveryRow | null> {
  return db.manager.getRepository(deliveryTable.schema).findOneBy({ id: deliveryId })
}

/** Finds a delivery and locks it until the transaction ends. */
export async function lockDelivery(tx: Tx, deliveryId: string): Promise<DeliveryRow | null> {
  if (!tx.sqlite) await tx.query('select id from delivery where id = ? for update', [deliveryId])
  return findDelivery(tx, deliveryId)
}

/** A step of a fallback order that was not needed yet. */
export interface FallbackStep {
  id: string
  noticeId: string
  rung: number
  medium: Medium
  addressIndex: string | null
  urgent: boolean
}

/** The steps of these notices that still wait for the one before, in order. */
export async function nextSteps(tx: Tx, noticeIds: readonly string[]): Promise<FallbackStep[]> {
  if (noticeIds.length === 0) return []
  const rows = await tx.query<Omit<FallbackStep, 'urgent'> & { urgent: number | boolean }>(
    `select d.id, d.notice_id as noticeId, d.rung, d.medium, d.address_index as addressIndex, n.urgent
      from delivery d join notice n on n.id = d.notice_id where d.notice_id in (${placeholders(noticeIds)}) and d.state = 'held' order by d.notice_id, d.rung`,
    noticeIds,
  )
  return rows.map((row) => ({ ...row, urgent: Number(row.urgent) === 1 }))
}

/** Starts a step that was waiting. `repeated`: the step before may have reached the person. */
export async function startStep(
  tx: Tx,
  deliveryId: string,
  { state, dueAt, repeated }: { state: 'queued' | 'waiting_person'; dueAt: Date; repeated: boolean },
): Promise<void> {
  await tx.run(
    "update delivery set state = ?, due_at = ?, repeated = case when ? then true else repeated end where id = ? and state = 'held'",
    [state, dueAt, repeated, deliveryId],
  )
}

/** Those of the notices of which a step after this one was begun: what becomes of this one starts no other. */
export async function goneOn(db: Db, steps: readonly { noticeId: string; rung: number }[]): Promise<Set<string>> {
  if (steps.length === 0) return new Set()
  const rows = await db.query<{ noticeId: string; rung: number }>(
    `select notice_id as noticeId, max(rung) as rung from delivery where notice_id in (${placeholders(steps)}) and state not in ('held', 'cancelled')
      group by notice_id`,
    steps.map((step) => step.noticeId),
  )
  const latest = new Map(rows.map((row) => [row.noticeId, Number(row.rung)]))
  return new Set(steps.flatMap(({ noticeId, rung }) => ((latest.get(noticeId) ?? rung) > rung ? [noticeId] : [])))
}

/** Cancels steps that are not being sent. `code` says why. */
export async function cancelSteps(tx: Tx, ids: readonly string[], code: string, now: Date): Promise<void> {
  if (ids.length > 0)
    await tx.run(
      `update delivery set state = 'cancelled', last_code = ?, ended_at = ? where id in (${placeholders(ids)}) and state in ('held', 'queued')`,
      [code, now, ...ids],
    )
}

/** Cancels every other step of a notice that has not been sent: the notice has been delivered. */
export async function cancelOtherSteps(tx: Tx, noticeId: string, except: string, now: Date): Promise<void> {
  await tx.run(
    `update delivery set state = 'cancelled', last_code = 'delivered', ended_at = ?, lease_token = null, lease_until = null
      where notice_id = ? and id <> ? and state in ('held', 'queued', 'waiting_person', 'unknown', 'in_doubt')`,
    [now, noticeId, except],
  )
}

/** All steps of notices, in order. */
export async function deliveriesOf(db: Db, noticeIds: readonly string[]): Promise<DeliveryRow[]> {
  if (noticeIds.length === 0) return []
  return db.manager
    .getRepository(deliveryTable.schema)
    .createQueryBuilder('d')
    .where('d.noticeId in (:...noticeIds)', { noticeIds })
    .orderBy('d.noticeId')
    .addOrderBy('d.rung')
    .getMany()
}

/** All attempts of deliveries, oldest first. */
export async function attemptsOf(db: Db, deliveryIds: readonly string[]): Promise<AttemptRow[]> {
  if (deliveryIds.length === 0) return []
  return db.manager
    .getRepository(attemptTable.schema)
    .createQueryBuilder('a')
    .where('a.deliveryId in (:...deliveryIds)', { deliveryIds })
    .orderBy('a.startedAt')
    .addOrderBy('a.id')
    .getMany()
}

/** Number of deliveries that are waiting, being sent, without a receipt yet or in doubt, by medium and state, with the earliest due time of each group. */
export async function queueState(db: Db): Promise<{ medium: Medium; state: DeliveryState; count: number; oldest: Date | null }[]> {
  const rows = await db.query<{ medium: Medium; state: DeliveryState; n: string | number; oldest: Date | string | null }>(
    "select medium, state, count(*) as n, min(due_at) as oldest from delivery where state in ('queued', 'sending', 'accepted', 'unknown', 'in_doubt', 'waiting_person') group by medium, state",
  )
  return rows.map((row) => ({ medium: row.medium, state: row.state, count: Number(row.n), oldest: toInstant(row.oldest) }))
}

/** Messages that the sandbox accepted, newest first: what `/sandbox` shows. */
export async function sandboxDeliveries(db: Db, limit: number): Promise<DeliveryRow[]> {
  return db.manager
    .getRepository(deliveryTable.schema)
    .find({ where: { provider: 'sandbox' }, order: { acceptedAt: 'DESC', id: 'DESC' }, take: limit })
}

/** Blanks bodies and addresses of archived notices; hashes, times and outcomes stay. */
export async function blankDeliveries(tx: Tx, noticeIds: readonly string[]): Promise<void> {
  if (noticeIds.length > 0)
    await tx.run(
      `update delivery set body = null, address = null, address_index = null where notice_id in (${placeholders(noticeIds)})`,
      noticeIds,
    )
}
