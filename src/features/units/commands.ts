// Units, liaisons and subscribers: who can be notified, kept by an administrator. Addresses are sealed, and shown masked.
// Units of the catalogue are loaded by catalogue.tasks.ts; people who manage their own address use subscriptions.commands.ts.

import { cancelConsented } from '../../messaging/overtaking.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Business, Clause } from './clauses.rules.ts'
import type { Measure } from './measures.rules.ts'
import {
  countsOfUnits,
  endSubscriber,
  findLiaison,
  findUnit,
  insertLiaison,
  insertSubscriber,
  insertUnits,
  liaisonsOf,
  measureIdsOfUnit,
  measuresInOrder,
  searchUnits,
  subscribers,
  liaisonTable,
  unitsById,
  updateUnit,
  type LiaisonRow,
  type SubscriberRow,
  type UnitFilter,
  type UnitRow,
} from './store.ts'
import { endAccessOfLiaison } from './access.commands.ts'
import { applyChange, type LiaisonChange } from './changes.commands.ts'
import { command, query, type AppContext } from '../../platform/commands/command.ts'
import { maskAddresses, mediaOf, sealAddresses, type AddressInput } from '../../messaging/addresses.ts'
import { maskIdentifier } from '../../core/identifiers.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow } from '../../platform/database/sealing.ts'

/** Our own court, which is never closed. */
const OWN_COURT = 'court'

/** A liaison, with masked addresses. */
export interface LiaisonView {
  id: string
  unitId: string
  name: string
  head: boolean
  active: boolean
  /** Addresses are masked. */
  phone: string | null
  wechat: string | null
  /** Contact of the application's own WeChat account (Wechaty), when the liaison has bound it. */
  wechaty: string | null
}

/** A unit in a list. */
export type UnitSummary = UnitRow & {
  className: string | null
  measureCount: number
  /** Active liaisons, and those of them who have bound WeChat. */
  liaisonCount: number
  boundCount: number
}

/** A page of units, in order of id. */
export const listUnits = query(
  'unit.read',
  async (
    { db },
    input: { filter: UnitFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: UnitSummary[]; total: number }> => {
    const { items, total } = await searchUnits(db, input.filter, input.page)
    const counts = await countsOfUnits(
      db,
      items.map(({ id }) => id),
    )
    const names = await classNames(db, items)
    return {
      total,
      items: items.map((row) => {
        const { measures = 0, liaisons = 0, bound = 0 } = counts.get(row.id) ?? {}
        return { ...row, className: names(row), measureCount: measures, liaisonCount: liaisons, boundCount: bound }
      }),
    }
  },
)

/** Names the classes of units. */
async function classNames(db: Db, rows: readonly UnitRow[]): Promise<(row: UnitRow) => string | null> {
  const classes = await unitsById(db, [...new Set(rows.flatMap(({ classId }) => classId ?? []))])
  const names = new Map(classes.map(({ id, name }) => [id, name]))
  return ({ classId }) => (classId === null ? null : (names.get(classId) ?? null))
}

/** One unit with its measures (its own and its class's) and its liaisons. @throws `unit_missing`. */
export const showUnit = query(
  'unit.read',
  async ({ db, app }, unitId: string): Promise<UnitRow & { className: string | null; measureIds: string[]; liaisons: LiaisonView[] }> => {
    const unit = await findUnit(db, unitId)
    if (unit === null) throw new AppError('unit_missing', { id: unitId })
    const liaisons = (await liaisonsOf(db, unitId)).map((row) => liaisonView(app, row))
    const names = await classNames(db, [unit])
    return { ...unit, className: names(unit), measureIds: await measureIdsOfUnit(db, unitId), liaisons }
  },
)

/** Adds a member to a class of units, such as one bank to 各商业银行. @throws `unit_missing`, `unit_class` when the parent is no class. */
export const addUnit = command('unit.manage', async ({ tx, audit }, input: { classId: string; name: string }): Promise<UnitRow> => {
  const parent = await findUnit(tx, input.classId)
  if (parent === null) throw new AppError('unit_missing', { id: input.classId })
  if (!parent.isClass) throw new AppError('unit_class', { id: input.classId })
  const unit: UnitRow = {
    id: `${input.classId.slice(0, 13)}_${newId()}`.toLowerCase(),
    name: input.name.trim(),
    kind: parent.kind,
    isClass: false,
    classId: parent.id,
    leadingGroupMember: false,
    active: true,
    seeded: false,
  }
  await insertUnits(tx, [unit])
  await audit({ subject: `unit:${unit.id}`, detail: { name: unit.name, classId: unit.classId } })
  return unit
})

/**
 * Closes a unit that was dissolved or merged, or takes it up again. A closed unit is told nothing, its liaisons are logged out and its keys
 * refused; its records stay. @throws `unit_missing`, `unit_own_court`.
 */
export const setUnitActive = command('unit.manage', async (context, { id, active }: { id: string; active: boolean }): Promise<UnitRow> => {
  const { tx, audit } = context
  const unit = await findUnit(tx, id)
  if (unit === null) throw new AppError('unit_missing', { id })
  if (id === OWN_COURT) throw new AppError('unit_own_court')
  if (unit.active !== active) {
    await updateUnit(tx, id, { active })
    if (!active) for (const liaison of await liaisonsOf(tx, id)) await endAccessOfLiaison(context, liaison)
    await audit({ subject: `unit:${id}`, detail: { active } })
  }
  return { ...unit, active }
})

/** Adds a liaison. @throws `unit_missing`, `unit_class` (a class has members, not liaisons), `address_needed`, `address_invalid`. */
export const addLiaison = command(
  'liaison.manage',
  async (
    { tx, app, now, audit },
    input: { unitId: string; name: string; head?: boolean | undefined } & AddressInput,
  ): Promise<LiaisonView> => {
    const unit = await findUnit(tx, input.unitId)
    if (unit === null) throw new AppError('unit_missing', { id: input.unitId })
    if (unit.isClass) throw new AppError('unit_class', { id: input.unitId })
    const own = { id: newId(), unitId: unit.id }
    const row: LiaisonRow = {
      ...own,
      name: input.name.trim(),
      head: input.head === true,
      ...(await sealAddresses(app, tx, own, input)),
      wechaty: null,
      wechatyIndex: null,
      active: true,
      createdAt: now,
    }
    await insertLiaison(tx, row)
    await audit({ subject: `liaison:${row.id}`, detail: { unitId: row.unitId, head: row.head, media: mediaOf(row) } })
    return liaisonView(app, row)
  },
)

/**
 * Changes a liaison's name, addresses, or whether they are active or head; whoever acted as the liaison until now does so no more
 * (`applyChange`). A new address starts without the marks of the old one.
 * @throws `liaison_missing`, `request_invalid` when nothing is changed, `address_needed` when no address would be left, `address_invalid`.
 */
export const changeLiaison = command(
  'liaison.manage',
  async (context, { id, ...change }: LiaisonChange & { id: string }): Promise<LiaisonView> => {
    const { tx, app, audit } = context
    const before = await findLiaison(tx, id)
    if (before === null) throw new AppError('liaison_missing', { id })
    if (Object.values(change).every((value) => value === undefined)) throw new AppError('request_invalid')
    const { after, given, readdressed } = await applyChange(context, before, change)
    const unbound = readdressed.filter((address) => after[address] === null)
    await audit({ subject: `liaison:${id}`, detail: { changed: given, readdressed: readdressed.length > 0, unbound } })
    return liaisonView(app, after)
  },
)

/** A measure as the API shows it. */
export interface MeasureView {
  id: string
  title: string
  summary: string
  citation: string
  unitIds: string[]
  clauses: Clause[]
  businesses: Pick<Business, 'name' | 'clauses'>[]
}

/** All measures in the order of the policy. */
export const listMeasures = query('catalogue.read', async ({ db }): Promise<MeasureView[]> =>
  (await measuresInOrder(db)).map((row) => {
    const { summary, citation, unitIds, clauses, businesses } = JSON.parse(row.detail) as Measure
    const named = businesses.map(({ name, clauses: covering }) => ({ name, clauses: covering }))
    return { id: row.id, title: row.title, summary, citation, unitIds: [...unitIds], clauses: [...clauses], businesses: named }
  }),
)

/** A subscriber to bulletins, with masked addresses. */
export interface SubscriberView {
  id: string
  kind: SubscriberRow['kind']
  name: string
  phone: string | null
  wechat: string | null
  consentedAt: Date
  endedAt: Date | null
}

/** Records that a medium or a citizen subscribes to bulletins. */
export const addSubscriber = command(
  'subscriber.manage',
  async ({ tx, app, now, audit }, input: { kind: SubscriberRow['kind']; name: string } & AddressInput): Promise<SubscriberView> => {
    const own = { id: newId(), kind: input.kind }
    const row: SubscriberRow = {
      ...own,
      name: input.name.trim(),
      ...(await sealAddresses(app, tx, own, input)),
      consentedAt: now,
      endedAt: null,
    }
    await insertSubscriber(tx, row)
    await audit({ subject: `subscriber:${row.id}`, detail: { kind: row.kind, media: mediaOf(row) } })
    return subscriberView(app, row)
  },
)

/** Ends a subscription, and cancels what waits under it. @throws `subscriber_missing`. */
export const removeSubscriber = command('subscriber.manage', async (context, subscriberId: string): Promise<void> => {
  const { tx, now, audit } = context
  if (!(await endSubscriber(tx, subscriberId, now))) throw new AppError('subscriber_missing', { id: subscriberId })
  await cancelConsented(context, [`subscriber:${subscriberId}`])
  await audit({ subject: `subscriber:${subscriberId}`, detail: { ended: true } })
})

/** A page of subscribers, newest first, ended ones too. */
export const listSubscribers = query(
  'unit.read',
  async ({ db, app }, page: { limit: number; offset: number }): Promise<{ items: SubscriberView[]; total: number }> => {
    const { items, total } = await subscribers(db, page)
    return { items: items.map((row) => subscriberView(app, row)), total }
  },
)

function liaisonView(app: AppContext, row: LiaisonRow): LiaisonView {
  const { id, unitId, name, head, active } = row
  const { wechaty } = openRow(liaisonTable, app.secrets, { id, wechaty: row.wechaty })
  return { id, unitId, name, head, active, ...maskAddresses(app, row), wechaty: wechaty === null ? null : maskIdentifier(wechaty) }
}

function subscriberView(app: AppContext, row: SubscriberRow): SubscriberView {
  return { id: row.id, kind: row.kind, name: row.name, ...maskAddresses(app, row), consentedAt: row.consentedAt, endedAt: row.endedAt }
}
