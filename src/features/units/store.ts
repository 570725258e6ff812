// Tables and SQL of units, their liaisons and measures, and of subscribers: everybody a bulletin can reach.
// The rows of the policy come from templates/catalogue through catalogue.tasks.ts.

import type { SelectQueryBuilder } from 'typeorm'
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
} from '../../platform/database/columns.ts'
import { likePattern, type Db, type Tx } from '../../platform/database/database.ts'
import type { UnitNeed } from './measures.rules.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import { AppError } from '../../core/errors.ts'

/** One unit, or a class of units. */
export interface UnitRow {
  id: string
  name: string
  kind: string
  /** A class of units such as 各商业银行, to which the city adds members. */
  isClass: boolean
  /** The class of a member that the city added. */
  classId: string | null
  leadingGroupMember: boolean
  /** False for a unit that was closed or merged. */
  active: boolean
  /** True when it comes from the catalogue, which also updates it; false when the city added it. */
  seeded: boolean
}

export const unitTable = table<UnitRow>(
  'unit',
  {
    id: primary(text(40)),
    name: text(100),
    kind: text(40),
    isClass: flag(),
    classId: optional(text(40)),
    leadingGroupMember: flag(),
    active: flag(),
    seeded: flag(),
  },
  [{ name: 'ix_unit_class', columns: ['classId'] }],
)

export interface MeasureRow {
  id: string
  position: number
  title: string
  /** JSON of the whole measure as the catalogue states it. */
  detail: string
}

export const measureTable = table<MeasureRow>('measure', {
  id: primary(text(10)),
  position: int(),
  title: text(100),
  detail: long(),
})

export interface MeasureUnitRow {
  measureId: string
  unitId: string
}

export const measureUnitTable = table<MeasureUnitRow>('measure_unit', {
  measureId: primary(references('measure', text(10))),
  unitId: primary(references('unit', text(40))),
})

export interface LiaisonRow {
  id: string
  unitId: string
  name: string
  /** The head of the unit, who is notified when a liaison misses a deadline. */
  head: boolean
  /** Phone (E.164) and WeChat openid, sealed, each with its blind index. */
  phone: string | null
  phoneIndex: string | null
  wechat: string | null
  wechatIndex: string | null
  /** Contact of the application's own WeChat account (Wechaty), sealed; null when the liaison has not bound it. */
  wechaty: string | null
  wechatyIndex: string | null
  active: boolean
  createdAt: Date
}

export const liaisonTable = table<LiaisonRow>(
  'liaison',
  {
    id: primary(id()),
    unitId: references('unit', text(40)),
    name: text(60),
    head: flag(),
    phone: optional(sealed(text(300))),
    phoneIndex: optional(blindIndex('phone', 'phone')),
    wechat: optional(sealed(text(300))),
    wechatIndex: optional(blindIndex('wechat', 'wechat')),
    wechaty: optional(sealed(text(300))),
    wechatyIndex: optional(blindIndex('wechaty', 'wechaty')),
    active: flag(),
    createdAt: instant(),
  },
  [
    { name: 'ix_liaison_unit', columns: ['unitId'] },
    { name: 'ix_liaison_phone', columns: ['phoneIndex'] },
    { name: 'ix_liaison_wechat', columns: ['wechatIndex'] },
    { name: 'ix_liaison_wechaty', columns: ['wechatyIndex'] },
  ],
)

/** One subscription to bulletins. Addresses are sealed. */
export interface SubscriberRow {
  id: string
  kind: 'media' | 'public'
  name: string
  phone: string | null
  phoneIndex: string | null
  wechat: string | null
  wechatIndex: string | null
  consentedAt: Date
  endedAt: Date | null
}

export const subscriberTable = table<SubscriberRow>(
  'subscriber',
  {
    id: primary(id()),
    kind: text(10),
    name: text(60),
    phone: optional(sealed(text(300))),
    phoneIndex: optional(blindIndex('phone', 'phone')),
    wechat: optional(sealed(text(300))),
    wechatIndex: optional(blindIndex('wechat', 'wechat')),
    consentedAt: instant(),
    endedAt: optional(instant()),
  },
  [
    { name: 'ix_subscriber_kind', columns: ['kind', 'id'] },
    { name: 'ix_subscriber_phone', columns: ['phoneIndex'] },
    { name: 'ix_subscriber_wechat', columns: ['wechatIndex'] },
  ],
)

export async function allUnits(db: Db): Promise<UnitRow[]> {
  return db.manager.getRepository(unitTable.schema).find({ order: { id: 'ASC' } })
}

export async function findUnit(db: Db, unitId: string): Promise<UnitRow | null> {
  return db.manager.getRepository(unitTable.schema).findOneBy({ id: unitId })
}

export async function unitsById(db: Db, unitIds: readonly string[]): Promise<UnitRow[]> {
  if (unitIds.length === 0) return []
  return db.manager
    .getRepository(unitTable.schema)
    .createQueryBuilder('u')
    .where('u.id in (:...unitIds)', { unitIds })
    .orderBy('u.id')
    .getMany()
}

export interface UnitFilter {
  text?: string
  kind?: string
  need?: UnitNeed
  /** The class whose members are listed. */
  classId?: string
  isClass?: boolean
}

/** SQL: conditions on unit `u` for what it lacks, with `:yes` and `:no` for truth. Heads are told of delays alone and count for nothing here. */
const LACKS: Readonly<Record<UnitNeed, string>> = {
  no_liaison: `u.active = :yes and u.is_class = :no
    and not exists (select 1 from liaison l where l.unit_id = u.id and l.active = :yes and l.head = :no)`,
  unbound: `u.active = :yes
    and exists (select 1 from liaison l where l.unit_id = u.id and l.active = :yes and l.wechat is null and l.wechaty is null)`,
  closed: 'u.active = :no',
}

export async function searchUnits(
  db: Db,
  filter: UnitFilter,
  page: { limit: number; offset: number },
): Promise<{ items: UnitRow[]; total: number }> {
  const query = db.manager.getRepository(unitTable.schema).createQueryBuilder('u').orderBy('u.id').take(page.limit).skip(page.offset)
  if (filter.text !== undefined)
    query.andWhere("(u.name like :part escape '!' or u.id like :part escape '!')", { part: likePattern(filter.text) })
  if (filter.kind !== undefined) query.andWhere('u.kind = :kind', { kind: filter.kind })
  if (filter.classId !== undefined) query.andWhere('u.class_id = :classId', { classId: filter.classId })
  if (filter.isClass !== undefined) query.andWhere('u.is_class = :isClass', { isClass: filter.isClass })
  if (filter.need !== undefined) query.andWhere(LACKS[filter.need], { yes: true, no: false })
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}

/** How many measures a unit implements, and how many active liaisons it has, with and without WeChat. */
export interface UnitCounts {
  measures: number
  liaisons: number
  bound: number
}

/** The counts of these units, by id. */
export async function countsOfUnits(db: Db, unitIds: readonly string[]): Promise<Map<string, UnitCounts>> {
  if (unitIds.length === 0) return new Map()
  const given = placeholders(unitIds)
  const people = await db.query<{ id: string; n: string | number; bound: string | number | null }>(
    `select unit_id as id, count(*) as n, sum(case when wechat is null and wechaty is null then 0 else 1 end) as bound
       from liaison where active = ? and unit_id in (${given}) group by unit_id`,
    [true, ...unitIds],
  )
  const duties = await db.query<{ id: string; n: string | number }>(
    `select u.id, count(distinct l.measure_id) as n from unit u join measure_unit l on ${IMPLEMENTS} where u.id in (${given}) group by u.id`,
    [...unitIds],
  )
  const counts = new Map(unitIds.map((id) => [id, { measures: 0, liaisons: 0, bound: 0 }]))
  for (const { id, n, bound } of people) Object.assign(counts.get(id) ?? {}, { liaisons: Number(n), bound: Number(bound ?? 0) })
  for (const { id, n } of duties) Object.assign(counts.get(id) ?? {}, { measures: Number(n) })
  return counts
}

export async function insertUnits(tx: Tx, rows: readonly UnitRow[]): Promise<void> {
  await tx.insert(unitTable, rows)
}

export async function updateUnit(tx: Tx, unitId: string, changes: Partial<UnitRow>): Promise<boolean> {
  return (await tx.manager.getRepository(unitTable.schema).update({ id: unitId }, changes)).affected === 1
}

export async function measuresInOrder(db: Db): Promise<MeasureRow[]> {
  return db.manager.getRepository(measureTable.schema).find({ order: { position: 'ASC' } })
}

/** Replaces all measures, and the units that implement them, by those of the catalogue. */
export async function replaceMeasures(tx: Tx, measures: readonly MeasureRow[], links: readonly MeasureUnitRow[]): Promise<void> {
  await tx.run('delete from measure_unit')
  await tx.run('delete from measure')
  await tx.insert(measureTable, measures)
  await tx.insert(measureUnitTable, links)
}

/** SQL: measure_unit `l` belongs to unit `u`, directly or through its class. */
export const IMPLEMENTS = '(l.unit_id = u.id or l.unit_id = u.class_id)'

/** Ids of the measures a unit implements, in the order of the catalogue: its own first, then those of its class. */
export async function measureIdsOfUnit(db: Db, unitId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select l.measure_id as id from unit u join measure_unit l on ${IMPLEMENTS} join measure m on m.id = l.measure_id
      where u.id = ? order by case when l.unit_id = u.id then 0 else 1 end, m.position`,
    [unitId],
  )
  return [...new Set(rows.map((row) => row.id))]
}

/** Ids of active units that implement a measure, directly or through their class, and must be notified. Our own court is left out. */
export async function dutyUnitIds(db: Db): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select distinct u.id from unit u join measure_unit l on ${IMPLEMENTS} where u.active = ? and u.id <> 'court' order by u.id`,
    [true],
  )
  return rows.map((row) => row.id)
}

export async function liaisonsOf(db: Db, unitId: string): Promise<LiaisonRow[]> {
  return db.manager.getRepository(liaisonTable.schema).find({ where: { unitId }, order: { id: 'ASC' } })
}

/** All liaisons of these units, former ones too, in order of id. */
export async function liaisonsOfUnits(db: Db, unitIds: readonly string[]): Promise<LiaisonRow[]> {
  if (unitIds.length === 0) return []
  return db.manager
    .getRepository(liaisonTable.schema)
    .createQueryBuilder('l')
    .where('l.unitId in (:...unitIds)', { unitIds })
    .orderBy('l.id')
    .getMany()
}

/** Lets one sheet of liaisons be entered at a time, until the transaction ends. It comes before any other reading. */
export async function lockLiaisons(tx: Tx): Promise<void> {
  if (!tx.sqlite) await tx.query('select id from unit order by id limit 1 for update')
}

export async function findLiaison(db: Db, liaisonId: string): Promise<LiaisonRow | null> {
  return db.manager.getRepository(liaisonTable.schema).findOneBy({ id: liaisonId })
}

export async function liaisonsById(db: Db, liaisonIds: readonly string[]): Promise<LiaisonRow[]> {
  if (liaisonIds.length === 0) return []
  return db.manager.getRepository(liaisonTable.schema).createQueryBuilder('l').where('l.id in (:...liaisonIds)', { liaisonIds }).getMany()
}

export async function insertLiaison(tx: Tx, row: LiaisonRow): Promise<void> {
  await tx.insert(liaisonTable, [row])
}

export async function updateLiaison(tx: Tx, liaisonId: string, changes: Partial<LiaisonRow>): Promise<boolean> {
  return (await tx.manager.getRepository(liaisonTable.schema).update({ id: liaisonId }, changes)).affected === 1
}

/** The next active liaisons of these units, in order of id: one portion of a broadcast. Heads are left out. */
export async function liaisonsAfter(db: Db, unitIds: readonly string[], after: string, limit: number): Promise<LiaisonRow[]> {
  if (unitIds.length === 0) return []
  return db.manager
    .getRepository(liaisonTable.schema)
    .createQueryBuilder('l')
    .where('l.unitId in (:...unitIds) and l.active = :active and l.head = :head and l.id > :after', {
      unitIds,
      active: true,
      head: false,
      after,
    })
    .orderBy('l.id')
    .limit(limit)
    .getMany()
}

/** Which of these units have no active liaison, in order of id. A class with active members is reached through them and left out. */
export async function unitsWithoutLiaison(db: Db, unitIds: readonly string[]): Promise<UnitRow[]> {
  if (unitIds.length === 0) return []
  return db.manager
    .getRepository(unitTable.schema)
    .createQueryBuilder('u')
    .where('u.id in (:...unitIds)', { unitIds })
    .andWhere('not exists (select 1 from liaison l where l.unit_id = u.id and l.active = :active and l.head = :head)', {
      active: true,
      head: false,
    })
    .andWhere('not exists (select 1 from unit member where member.class_id = u.id and member.active = :active)')
    .orderBy('u.id')
    .getMany()
}

/** The next subscribers of a kind whose subscription runs. */
export function subscribersAfter(db: Db, kind: SubscriberRow['kind'], after: string, limit: number): Promise<SubscriberRow[]> {
  return runningSubscribers(db, kind, after, limit).getMany()
}

/**
 * The same, held until the transaction ends, for a portion of a broadcast: who leaves at this moment waits until it is enqueued, or is left
 * out, so that nothing is enqueued under a consent that is gone.
 */
export function holdSubscribersAfter(tx: Tx, kind: SubscriberRow['kind'], after: string, limit: number): Promise<SubscriberRow[]> {
  const found = runningSubscribers(tx, kind, after, limit)
  return (tx.sqlite ? found : found.setLock('pessimistic_read')).getMany()
}

function runningSubscribers(db: Db, kind: SubscriberRow['kind'], after: string, limit: number): SelectQueryBuilder<SubscriberRow> {
  return db.manager
    .getRepository(subscriberTable.schema)
    .createQueryBuilder('s')
    .where('s.kind = :kind and s.endedAt is null and s.id > :after', { kind, after })
    .orderBy('s.id')
    .limit(limit)
}

export async function insertSubscriber(tx: Tx, row: SubscriberRow): Promise<void> {
  await tx.insert(subscriberTable, [row])
}

/** Ends a subscription; answers false when it does not run. */
export async function endSubscriber(tx: Tx, subscriberId: string, at: Date): Promise<boolean> {
  return (await tx.run('update subscriber set ended_at = ? where id = ? and ended_at is null', [at, subscriberId])) === 1
}

export async function subscribers(db: Db, page: { limit: number; offset: number }): Promise<{ items: SubscriberRow[]; total: number }> {
  const [items, total] = await db.manager
    .getRepository(subscriberTable.schema)
    .findAndCount({ order: { id: 'DESC' }, take: page.limit, skip: page.offset })
  return { items, total }
}

/** Checks that an active unit, and no class of units, has this id. @throws `unit_missing`, `unit_class`. */
export async function requireUnit(tx: Tx, unitId: string): Promise<void> {
  const unit = await findUnit(tx, unitId)
  if (unit === null || !unit.active) throw new AppError('unit_missing')
  if (unit.isClass) throw new AppError('unit_class')
}
