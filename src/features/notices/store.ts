// What people did with notices: letters they printed for clerks' tasks, and notices they sent again. With the search of what waits for a person.
// Notices and deliveries themselves are messaging's.

import { In } from 'typeorm'
import { deliveryTable, type DeliveryRow } from '../../messaging/deliveries.store.ts'
import { id, instant, int, primary, references, table, text } from '../../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../../platform/database/database.ts'
import type { Condition } from '../../platform/database/conditions.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import type { DutyKind } from './rules.ts'

/** A letter that was printed; printed again, the row says the last time. */
export interface DutyPrintRow {
  deliveryId: string
  at: Date
  printedBy: string
}

export const dutyPrintTable = table<DutyPrintRow>('duty_print', {
  deliveryId: primary(references('delivery', id())),
  at: instant(),
  printedBy: text(60),
})

/** A notice that was sent again. */
export interface NoticeResendRow {
  noticeId: string
  /** The first time is 1. */
  n: number
  /** The first step of this round; earlier steps are of earlier rounds. */
  rung: number
  at: Date
  resentBy: string
  reason: string
}

export const noticeResendTable = table<NoticeResendRow>('notice_resend', {
  noticeId: primary(references('notice', id())),
  n: primary(int()),
  rung: int(),
  at: instant(),
  resentBy: text(60),
  reason: text(500),
})

export async function keepPrints(tx: Tx, rows: readonly DutyPrintRow[]): Promise<void> {
  const ids = rows.map(({ deliveryId }) => deliveryId)
  await tx.run(`delete from duty_print where delivery_id in (${placeholders(ids)})`, ids)
  await tx.insert(dutyPrintTable, rows)
}

/** The prints of these deliveries, by delivery. */
export async function printsOf(db: Db, deliveryIds: readonly string[]): Promise<Map<string, DutyPrintRow>> {
  if (deliveryIds.length === 0) return new Map()
  const rows = await db.manager.getRepository(dutyPrintTable.schema).findBy({ deliveryId: In([...deliveryIds]) })
  return new Map(rows.map((row) => [row.deliveryId, row]))
}

export async function insertResend(tx: Tx, row: NoticeResendRow): Promise<void> {
  await tx.insert(noticeResendTable, [row])
}

/** The times that a notice was sent again, in order. */
export async function resendsOf(db: Db, noticeId: string): Promise<NoticeResendRow[]> {
  return db.manager.getRepository(noticeResendTable.schema).find({ where: { noticeId }, order: { n: 'ASC' } })
}

/** When a letter of these notices was printed last, by notice. */
export async function lettersOf(db: Db, noticeIds: readonly string[]): Promise<Map<string, Date>> {
  if (noticeIds.length === 0) return new Map()
  const rows = await db.query<{ noticeId: string; at: Date | string }>(
    `select d.notice_id as noticeId, max(p.at) as at from delivery d join duty_print p on p.delivery_id = d.id
      where d.notice_id in (${placeholders(noticeIds)}) group by d.notice_id`,
    noticeIds,
  )
  return new Map(rows.map(({ noticeId, at }) => [noticeId, toInstant(at)]))
}

/** What an open notice waits for: its time, a person, or the provider at which it is. */
export interface NoticeWaits {
  for: 'time' | 'person' | 'provider'
  /** When it may be sent; null unless it waits for its time. */
  until: Date | null
}

/** What these notices wait for, by id; none for those of which no step is begun. */
export async function waitsOf(db: Db, noticeIds: readonly string[], now: Date): Promise<Map<string, NoticeWaits>> {
  if (noticeIds.length === 0) return new Map()
  const rows = await db.query<{ noticeId: string; state: string; dueAt: Date | string }>(
    `select notice_id as noticeId, state, due_at as dueAt from delivery
      where notice_id in (${placeholders(noticeIds)}) and state in ('queued', 'sending', 'unknown', 'waiting_person', 'in_doubt')`,
    noticeIds,
  )
  return new Map(
    rows.map(({ noticeId, state, dueAt }): [string, NoticeWaits] => {
      const due = toInstant(dueAt)
      if (state === 'waiting_person' || state === 'in_doubt') return [noticeId, { for: 'person', until: null }]
      return [noticeId, state === 'queued' && due > now ? { for: 'time', until: due } : { for: 'provider', until: null }]
    }),
  )
}

/** Which of the things that wait for a person. */
export interface DutyFilter {
  kind?: DutyKind | undefined
  /** Whether a letter was printed. */
  printed?: boolean | undefined
  listingId?: string | undefined
}

const BY_LETTER = "d.state = 'waiting_person' and n.listing_id is not null and n.audience in ('debtor', 'applicant')"
const KIND_OF: Readonly<Record<DutyKind, string>> = {
  letter: BY_LETTER,
  other: `d.state = 'waiting_person' and not (${BY_LETTER})`,
  in_doubt: "d.state = 'in_doubt'",
}

/** What a person must do: clerks' tasks and doubts, oldest first, with the total number. @param seen on notices `n`: what the reader may see. */
export async function openDuties(
  db: Db,
  { kind, printed, listingId, seen }: DutyFilter & { seen: Condition },
  page: { limit: number; offset: number },
): Promise<{ items: DeliveryRow[]; total: number }> {
  const where = [
    "d.state in ('waiting_person', 'in_doubt')",
    seen.sql,
    ...(kind === undefined ? [] : [KIND_OF[kind]]),
    ...(listingId === undefined ? [] : ['n.listing_id = ?']),
    ...(printed === undefined ? [] : [`${printed ? '' : 'not '}exists (select 1 from duty_print p where p.delivery_id = d.id)`]),
  ]
  const from = `from delivery d join notice n on n.id = d.notice_id where ${where.join(' and ')}`
  const given = [...seen.params, ...(listingId === undefined ? [] : [listingId])]
  const counted = await db.query<{ n: string | number }>(`select count(*) as n ${from}`, given)
  const ids = (
    await db.query<{ id: string }>(`select d.id as id ${from} order by d.due_at, d.id limit ? offset ?`, [
      ...given,
      page.limit,
      page.offset,
    ])
  ).map((row) => row.id)
  const rows = ids.length === 0 ? [] : await db.manager.getRepository(deliveryTable.schema).findBy({ id: In(ids) })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return { items: ids.flatMap((each) => byId.get(each) ?? []), total: Number(counted[0]?.n ?? 0) }
}
