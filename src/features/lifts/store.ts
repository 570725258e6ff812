// Tables of lift orders and answers: one order per unit and bulletin; an entry has its own row only if it was answered separately,
// so that 2,000 entries × 66 units are 66 rows, not 132,000. Which entries a bulletin took off the list is read from the journal.

import { IsNull } from 'typeorm'
import { day, flag, id, instant, int, optional, primary, references, table, text } from '../../platform/database/columns.ts'
import { toInstant, type Db, type Param, type Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

const ENTRIES = 'from journal j join listing l on l.id = j.listing_id'

/** Journal events by which a bulletin took public listings off the list; one parameter, the bulletin's id. */
const EXITED = "j.bulletin_id = ? and j.event in ('listing.shielded', 'listing.revoked') and l.disclosure = 'public'"

/** The listings `l` that a bulletin took off the list; one parameter, the bulletin's id. */
export const EXITS = `${ENTRIES} where ${EXITED}`

/** Joins screenings that ended in a refusal to the listing with the same identifier, as long as they are kept (`SCREENING_KEEP_DAYS`). */
const REFUSED = "s.subject_index = l.identifier_index and s.outcome = 'refused'"

/** Ids of those listings, among the given ones, that the bulletin took off the list. */
export async function exitsAmong(db: Db, bulletinId: string, listingIds: readonly string[]): Promise<Set<string>> {
  if (listingIds.length === 0) return new Set()
  const rows = await db.query<{ id: string }>(`select l.id ${EXITS} and l.id in (${placeholders(listingIds)})`, [bulletinId, ...listingIds])
  return new Set(rows.map((row) => row.id))
}

/** For each unit id, against how many of the listings that the bulletin took off the list the unit recorded a refusal. */
export async function refusalsAgainst(db: Db, bulletinId: string): Promise<Map<string, number>> {
  const rows = await db.query<{ unitId: string; n: string | number }>(
    `select s.unit_id as unitId, count(distinct l.id) as n ${ENTRIES} join screening s on ${REFUSED} where ${EXITED} group by s.unit_id`,
    [bulletinId],
  )
  return new Map(rows.map((row) => [row.unitId, Number(row.n)]))
}

/** The same numbers as stored when the orders were issued; units without refusals are left out. */
export async function orderedRefusals(db: Db, bulletinId: string): Promise<Map<string, number>> {
  const rows = await db.query<{ unitId: string; refused: number }>(
    'select unit_id as unitId, refused from lift_order where bulletin_id = ? and refused > 0',
    [bulletinId],
  )
  return new Map(rows.map((row) => [row.unitId, row.refused]))
}

/** A page of the listings that the bulletin took off the list; those against which this unit recorded a refusal come first. */
export async function exitsPage(
  db: Db,
  { bulletinId, unitId }: { bulletinId: string; unitId: string },
  page: { limit: number; offset: number },
): Promise<{ id: string; refused: boolean }[]> {
  const rows = await db.query<{ id: string; refused: string | number }>(
    `select l.id, case when exists (select 1 from screening s where ${REFUSED} and s.unit_id = ?) then 1 else 0 end as refused ${EXITS}
      order by refused desc, l.id limit ? offset ?`,
    [unitId, bulletinId, page.limit, page.offset],
  )
  return rows.map(({ id, refused }) => ({ id, refused: Number(refused) === 1 }))
}

/** Ids of a page of the listings that the bulletin took off the list, and how many there are. */
export async function exitIds(
  db: Db,
  bulletinId: string,
  page: { limit: number; offset: number },
): Promise<{ ids: string[]; total: number }> {
  const rows = await db.query<{ id: string }>(`select l.id ${EXITS} order by l.id limit ? offset ?`, [bulletinId, page.limit, page.offset])
  const [counted] = await db.query<{ n: string | number }>(`select count(*) as n ${EXITS}`, [bulletinId])
  return { ids: rows.map(({ id }) => id), total: Number(counted?.n ?? 0) }
}

/** One bulletin with listings that left the list. */
export interface LiftRow {
  bulletinId: string
  /** Number of public listings that the bulletin took off the list. */
  listings: number
  issuedOn: string
  /** Grows with every answer; `seen` is set to it once the debtors concerned were notified. */
  changes: number
  seen: number
  /** When every unit had answered for every entry and the debtors had been notified. */
  completedAt: Date | null
}

export const liftTable = table<LiftRow>('lift', {
  bulletinId: primary(references('bulletin', id())),
  listings: int(),
  issuedOn: day(),
  changes: int(),
  seen: int(),
  completedAt: optional(instant()),
})

/** State of an order as a whole. */
export type LiftOrderState = 'open' | 'answered'

/** The order to one unit. */
export interface LiftOrderRow {
  id: string
  bulletinId: string
  unitId: string
  state: LiftOrderState
  /** The day from which the unit's own period runs; null: it has no liaison, and a clerk must tell it. */
  toldOn: string | null
  /**
   * The day on which the order is known to have reached the unit: a receipt of its message, a clerk's statement or its own answer. Null: not
   * known, so the court's period `lift.notify` runs.
   */
  reachedOn: string | null
  /** Every entry without an answer of its own was lifted. */
  restLifted: boolean
  late: boolean
  answeredAt: Date | null
  answeredBy: string | null
  /** Number of listings of the bulletin against which this unit recorded a refusal. Null: the order is older than this column. */
  refused: number | null
}

export const liftOrderTable = table<LiftOrderRow>(
  'lift_order',
  {
    id: primary(id()),
    bulletinId: references('bulletin', id()),
    unitId: references('unit', text(40)),
    state: text(10),
    toldOn: optional(day()),
    reachedOn: optional(day()),
    restLifted: flag(),
    late: flag(),
    answeredAt: optional(instant()),
    answeredBy: optional(text(60)),
    refused: optional(int()),
  },
  [
    { name: 'ux_lift_order_unit', columns: ['bulletinId', 'unitId'], unique: true },
    { name: 'ix_lift_order_state', columns: ['unitId', 'state'] },
    { name: 'ix_lift_order_reached', columns: ['reachedOn', 'bulletinId'] },
  ],
)

/** Ids of units whose liaisons were sent a notice of the bulletins in which these listings were published. */
export async function unitsNotifiedOf(db: Db, bulletinId: string): Promise<string[]> {
  const rows = await db.query<{ unitId: string }>(
    `select distinct a.unit_id as unitId from liaison a join notice n on a.id = substr(n.recipient, 9) and n.audience = 'unit'
      where n.bulletin_id in (select e.bulletin_id from journal e join journal x on x.listing_id = e.listing_id
        where x.bulletin_id = ? and e.event = 'listing.listed' and e.bulletin_id is not null)`,
    [bulletinId],
  )
  return rows.map((row) => row.unitId)
}

/** Ids of classes of units that have active members: the members get orders, not the class. */
export async function filledClassIds(db: Db): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>('select distinct class_id as id from unit where class_id is not null and active = ?', [true])
  return new Set(rows.map((row) => row.id))
}

/** Inserts a lift and its orders. */
export async function insertLift(tx: Tx, lift: LiftRow, orders: readonly LiftOrderRow[]): Promise<void> {
  await tx.insert(liftTable, [lift])
  await tx.insert(liftOrderTable, orders)
}

/**
 * Counts one more change of a bulletin's lift. This locks the row until the transaction ends, so that the last answer knows that it is
 * the last.
 */
export async function lockLift(tx: Tx, bulletinId: string): Promise<LiftRow> {
  await tx.run('update lift set changes = changes + 1 where bulletin_id = ?', [bulletinId])
  return tx.manager.getRepository(liftTable.schema).findOneByOrFail({ bulletinId })
}

export async function findLift(db: Db, bulletinId: string): Promise<LiftRow | null> {
  return db.manager.getRepository(liftTable.schema).findOneBy({ bulletinId })
}

export async function findLiftOrder(db: Db, orderId: string): Promise<LiftOrderRow | null> {
  return db.manager.getRepository(liftOrderTable.schema).findOneBy({ id: orderId })
}

/** The day on which the orders of a bulletin were issued, YYYY-MM-DD. */
export async function issuedOnOf(db: Db, bulletinId: string): Promise<string> {
  return (await db.manager.getRepository(liftTable.schema).findOneByOrFail({ bulletinId })).issuedOn
}

export async function updateLiftOrder(tx: Tx, orderId: string, changes: Partial<LiftOrderRow>): Promise<void> {
  await tx.manager.getRepository(liftOrderTable.schema).update({ id: orderId }, changes)
}

/** Number of a bulletin's orders that are not answered. */
export async function countOpenOrders(db: Db, bulletinId: string): Promise<number> {
  return db.manager.getRepository(liftOrderTable.schema).countBy({ bulletinId, state: 'open' })
}

/** Number of a bulletin's orders that are not known to have reached their units. */
export async function countUnreached(db: Db, bulletinId: string): Promise<number> {
  return db.manager.getRepository(liftOrderTable.schema).countBy({ bulletinId, reachedOn: IsNull() })
}

/** Ids of the units to which a bulletin issued orders. */
export async function orderedUnitIds(db: Db, bulletinId: string): Promise<string[]> {
  const rows = await db.query<{ unitId: string }>('select unit_id as unitId from lift_order where bulletin_id = ?', [bulletinId])
  return rows.map((row) => row.unitId)
}

/** Locks a lift until the transaction ends, so that of two orders that become reached at the same time one sees the other. */
export async function holdLift(tx: Tx, bulletinId: string): Promise<void> {
  if (!tx.sqlite) await tx.query('select bulletin_id from lift where bulletin_id = ? for update', [bulletinId])
}

/** An order whose unit was reached since it was issued, and when. */
export interface ReachedOrder {
  id: string
  bulletinId: string
  at: Date
}

/** How a message of the order's bulletin proves that the unit has it: a receipt, or a person who served it; of a unit without liaison, the clerk's task. */
const PROOFS = `
  select o.id, o.bulletin_id as bulletinId, n.closed_at as provenAt from lift_order o join liaison a on a.unit_id = o.unit_id
    join notice n on n.bulletin_id = o.bulletin_id and substr(n.recipient, 9) = a.id
    where o.reached_on is null and n.template = 'bulletin-lifted-unit' and n.state in ('delivered', 'settled')
  union all
  select o.id, o.bulletin_id as bulletinId, n.closed_at as provenAt from lift_order o join notice n on n.bulletin_id = o.bulletin_id
    where o.reached_on is null and o.told_on is null and n.template = 'bulletin-unreached-court' and n.state = 'settled'`

/** Orders that are not marked as reached although their message was served, in order of bulletin and id. */
export async function provenOrders(db: Db, limit: number): Promise<ReachedOrder[]> {
  const rows = await db.query<{ id: string; bulletinId: string; provenAt: Date | string }>(
    `select id, bulletinId, min(provenAt) as provenAt from (${PROOFS}) p where provenAt is not null
      group by id, bulletinId order by bulletinId, id limit ?`,
    [limit],
  )
  return rows.map(({ id, bulletinId, provenAt }) => ({ id, bulletinId, at: toInstant(provenAt) }))
}

/** The oldest lift with answers of which the debtors have not been notified. */
export async function changedLift(db: Db): Promise<LiftRow | null> {
  const rows = await db.manager
    .getRepository(liftTable.schema)
    .createQueryBuilder('l')
    .where('l.changes > l.seen')
    .orderBy('l.bulletinId')
    .limit(1)
    .getMany()
  return rows[0] ?? null
}

/** Stores up to which change the debtors were notified. */
export async function markDebtorsNotified(tx: Tx, bulletinId: string, changes: number, completedAt: Date | null): Promise<void> {
  await tx.run('update lift set seen = ?, completed_at = ? where bulletin_id = ? and seen < ?', [changes, completedAt, bulletinId, changes])
}

/** Every order of a bulletin with the name of its unit. */
export async function ordersOfLift(db: Db, bulletinId: string): Promise<{ id: string; unitName: string }[]> {
  return db.query(
    'select o.id, u.name as unitName from lift_order o join unit u on u.id = o.unit_id where o.bulletin_id = ? order by o.unit_id',
    [bulletinId],
  )
}

export interface LiftOrderFilter {
  state?: LiftOrderState
  /** `no`: orders that are not known to have reached their units. */
  reached?: 'yes' | 'no'
  unitId?: string
  bulletinId?: string
}

/** An order with its unit, bulletin and numbers of entries. */
export interface LiftOrderSummary extends LiftOrderRow {
  unitName: string
  number: string
  issuedOn: string
  listings: number
  /** Number of entries with a measure that is still retained. */
  retained: number
}

/** A page of orders. Open ones: oldest bulletin first, within a bulletin those with most refusals first; otherwise newest first. */
export async function searchLiftOrders(
  db: Db,
  filter: LiftOrderFilter,
  page: { limit: number; offset: number },
): Promise<{ items: LiftOrderSummary[]; total: number }> {
  const conditions = (['state', 'unitId', 'bulletinId'] as const).flatMap((key) =>
    filter[key] === undefined ? [] : [[key, filter[key]] as const],
  )
  const reached = filter.reached === undefined ? [] : [`o.reached_on is ${filter.reached === 'no' ? '' : 'not '}null`]
  const where = [...conditions.map(([key]) => `o.${COLUMNS[key]} = ?`), ...reached].join(' and ') || '1 = 1'
  const params: Param[] = conditions.map(([, value]) => value)
  const counted = await db.query<{ n: string | number }>(`select count(*) as n from lift_order o where ${where}`, params)
  const rows = await db.query<Omit<LiftOrderSummary, keyof LiftOrderRow> & { id: string }>(
    `select o.id, u.name as unitName, b.number, l.issued_on as issuedOn, l.listings,
        (select count(*) from lift_answer a where a.order_id = o.id and a.outcome = 'retained') as retained
      from lift_order o join unit u on u.id = o.unit_id join bulletin b on b.id = o.bulletin_id join lift l on l.bulletin_id = o.bulletin_id
      where ${where} order by ${filter.state === 'open' ? 'o.bulletin_id asc, o.refused desc, o.id asc' : 'o.id desc'} limit ? offset ?`,
    [...params, page.limit, page.offset],
  )
  const orders = new Map(
    (
      await ordersById(
        db,
        rows.map((row) => row.id),
      )
    ).map((order) => [order.id, order]),
  )
  const items = rows.map((row) => ({ ...(orders.get(row.id) as LiftOrderRow), ...row, retained: Number(row.retained) }))
  return { items, total: Number(counted[0]?.n ?? 0) }
}

const COLUMNS = { state: 'state', unitId: 'unit_id', bulletinId: 'bulletin_id' } as const

async function ordersById(db: Db, ids: readonly string[]): Promise<LiftOrderRow[]> {
  if (ids.length === 0) return []
  return db.manager.getRepository(liftOrderTable.schema).createQueryBuilder('o').where('o.id in (:...ids)', { ids }).getMany()
}
