// Deliveries: the rungs of a notice, and the attempts made on each. Receipts are messaging/receipts.store.
// Claiming by lease and settling under it is messaging/leases.store; when to send and what comes next is actions and jobs.

import { indexKind } from './fallback.rules.ts'
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
  table,
  text,
} from '../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../platform/database/database.ts'
import { placeholders } from '../platform/database/placeholders.ts'
import type { Medium } from '../core/mediums.ts'

/**
 * `held`: a later rung, waiting for the one before. `queued`: due at `dueAt`. `sending`: handed to a provider, answer not yet known.
 * `accepted` → `delivered`: by receipt. `closed` / `refused` / `exhausted`: this rung failed. `unknown`: may or may not have gone.
 * `in_doubt`: a person must say. `waiting_person`: a clerk's task. `done`: the clerk did it. `cancelled`: no longer needed.
 */
export type DeliveryState =
  | 'held'
  | 'queued'
  | 'sending'
  | 'accepted'
  | 'delivered'
  | 'closed'
  | 'refused'
  | 'exhausted'
  | 'unknown'
  | 'in_doubt'
  | 'waiting_person'
  | 'done'
  | 'cancelled'

export interface DeliveryRow {
  id: string
  noticeId: string
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
  /** It was sent again although the first attempt may have arrived. */
  repeated: boolean
  /** It passed the daily cap because the law asks for it. */
  overCap: boolean
  acceptedAt: Date | null
  endedAt: Date | null
}

export const deliveryTable = table<DeliveryRow>(
  'delivery',
  {
    id: primary(id()),
    noticeId: references('notice', id()),
    rung: int(),
    medium: text(10),
    address: optional(sealed(text(300))),
    addressIndex: optional(blindIndex((row) => indexKind(row.medium), 'address')),
    body: optional(sealed(long())),
    bodyHash: text(64),
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

export interface AttemptRow {
  id: string
  deliveryId: string
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

/** Moves one delivery from one state to another; false when it has moved on. */
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

export async function findDelivery(db: Db, deliveryId: string): Promise<DeliveryRow | null> {
  return db.manager.getRepository(deliveryTable.schema).findOneBy({ id: deliveryId })
}

/** The same, locked until the transaction ends. */
export async function lockDelivery(tx: Tx, deliveryId: string): Promise<DeliveryRow | null> {
  if (!tx.sqlite) await tx.query('select id from delivery where id = ? for update', [deliveryId])
  return findDelivery(tx, deliveryId)
}

/** A rung that was not needed yet. */
export interface FallbackStep {
  id: string
  noticeId: string
  rung: number
  medium: Medium
  addressIndex: string | null
  urgent: boolean
}

/** The rungs of these notices that still wait for the one before, in order. */
export async function nextSteps(tx: Tx, noticeIds: readonly string[]): Promise<FallbackStep[]> {
  if (noticeIds.length === 0) return []
  const rows = await tx.query<Omit<FallbackStep, 'urgent'> & { urgent: number | boolean }>(
    `select d.id, d.notice_id as noticeId, d.rung, d.medium, d.address_index as addressIndex, n.urgent
      from delivery d join notice n on n.id = d.notice_id where d.notice_id in (${placeholders(noticeIds)}) and d.state = 'held' order by d.notice_id, d.rung`,
    noticeIds,
  )
  return rows.map((row) => ({ ...row, urgent: Number(row.urgent) === 1 }))
}

export async function startStep(tx: Tx, deliveryId: string, state: 'queued' | 'waiting_person', dueAt: Date): Promise<void> {
  await tx.run("update delivery set state = ?, due_at = ? where id = ? and state = 'held'", [state, dueAt, deliveryId])
}

export async function cancelSteps(tx: Tx, ids: readonly string[], code: string, now: Date): Promise<void> {
  if (ids.length > 0)
    await tx.run(
      `update delivery set state = 'cancelled', last_code = ?, ended_at = ? where id in (${placeholders(ids)}) and state in ('held', 'queued')`,
      [code, now, ...ids],
    )
}

/** Cancels whatever of a notice has not gone out: it is no longer needed. */
export async function cancelRest(tx: Tx, noticeId: string, except: string, now: Date): Promise<void> {
  await tx.run(
    `update delivery set state = 'cancelled', last_code = 'delivered', ended_at = ?, lease_token = null, lease_until = null
      where notice_id = ? and id <> ? and state in ('held', 'queued', 'waiting_person', 'unknown', 'in_doubt')`,
    [now, noticeId, except],
  )
}

/** All rungs of notices, in order. */
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

/** Waiting, sent and doubtful deliveries by medium and state, and the age of the oldest that is due. */
export async function queueState(db: Db): Promise<{ medium: Medium; state: DeliveryState; count: number; oldest: Date | null }[]> {
  const rows = await db.query<{ medium: Medium; state: DeliveryState; n: string | number; oldest: Date | string | null }>(
    "select medium, state, count(*) as n, min(due_at) as oldest from delivery where state in ('queued', 'sending', 'unknown', 'in_doubt', 'waiting_person') group by medium, state",
  )
  return rows.map((row) => ({ medium: row.medium, state: row.state, count: Number(row.n), oldest: toInstant(row.oldest) }))
}

/** What a person must do: tasks and doubts, oldest first. */
export async function duties(db: Db, page: { limit: number; offset: number }): Promise<{ items: DeliveryRow[]; total: number }> {
  const query = db.manager
    .getRepository(deliveryTable.schema)
    .createQueryBuilder('d')
    .where("d.state in ('waiting_person', 'in_doubt')")
    .orderBy('d.dueAt')
    .addOrderBy('d.id')
    .take(page.limit)
    .skip(page.offset)
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}

/** Messages that the sandbox took, newest first: what `/sandbox` shows. */
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
