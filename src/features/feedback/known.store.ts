// What the house itself counted of every unit in a span of time: answers to lift orders and complaints. What a return begins with.
// Questions before a decision are counted in store/screenings.

import type { Db, Param } from '../../platform/database/database.ts'
import { IMPLEMENTS } from '../units/store.ts'

export interface Span {
  from: Date
  until: Date
}

export interface LiftFigures {
  unitId: string
  lifted: number
  retained: number
}

/** Entries that units lifted or kept, by when they said so. An order answered as a whole counts its entries without an answer of their own. */
export async function liftFigures(db: Db, { from, until }: Span): Promise<LiftFigures[]> {
  const single = await db.query<{ unitId: string; outcome: string; n: string | number }>(
    `select o.unit_id as unitId, a.outcome, count(*) as n from lift_answer a join lift_order o on o.id = a.order_id
      where a.answered_at >= ? and a.answered_at < ? group by o.unit_id, a.outcome`,
    [from, until],
  )
  const whole = await db.query<{ unitId: string; n: string | number }>(
    `select o.unit_id as unitId, sum(l.listings - (select count(*) from lift_answer a where a.order_id = o.id)) as n
      from lift_order o join lift l on l.bulletin_id = o.bulletin_id
      where o.rest_lifted = ? and o.answered_at >= ? and o.answered_at < ? group by o.unit_id`,
    [true, from, until],
  )
  const figures = new Map<string, LiftFigures>()
  const of = (unitId: string): LiftFigures => {
    const known = figures.get(unitId) ?? { unitId, lifted: 0, retained: 0 }
    figures.set(unitId, known)
    return known
  }
  for (const { unitId, outcome, n } of single) of(unitId)[outcome === 'lifted' ? 'lifted' : 'retained'] += Number(n)
  for (const { unitId, n } of whole) of(unitId).lifted += Number(n)
  return [...figures.values()]
}

/** Complaints that came in and are about a unit or were assigned to it, each counted once for it. */
export async function complaintFigures(db: Db, { from, until }: Span): Promise<Map<string, number>> {
  const span: Param[] = [from, until]
  const rows = await db.query<{ unitId: string; n: string | number }>(
    `select unitId, count(*) as n from (
        select id, unit_id as unitId from complaint where unit_id is not null and received_at >= ? and received_at < ?
        union select id, assigned_to as unitId from complaint where assigned_to is not null and received_at >= ? and received_at < ?
      ) c group by unitId`,
    [...span, ...span],
  )
  return new Map(rows.map((row) => [row.unitId, Number(row.n)]))
}

/** Active units that apply measures, themselves or through their class; a class fills itself with members and answers for nothing. */
export async function unitsToAsk(db: Db): Promise<{ id: string; name: string }[]> {
  return db.query(
    `select distinct u.id, u.name from unit u join measure_unit l on ${IMPLEMENTS}
      where u.active = ? and u.is_class = ? and u.id <> 'court' order by u.id`,
    [true, false],
  )
}

/** The measures a unit applies, itself or through its class, in the catalogue's order. */
export async function measuresOfUnit(db: Db, unitId: string): Promise<{ id: string; title: string }[]> {
  return db.query(
    `select distinct m.id, m.title, m.position from measure m join measure_unit l on l.measure_id = m.id
      join unit u on u.id = ? and ${IMPLEMENTS} order by m.position`,
    [unitId],
  )
}
