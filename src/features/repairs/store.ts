// Tables of applications for credit repair and of the opinions of units. The texts of an application are sealed.
// The acts on an application are features/repairs/rules.ts.

import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import { excludesOthers, type Opinion, type Repair, type RepairRecord, type RepairState } from './rules.ts'
import { day, id, instant, int, long, optional, primary, references, sealedJson, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'

/** An application as it is stored. */
export interface RepairRow {
  id: string
  number: string
  listingId: string
  state: RepairState
  version: number
  receivedOn: string
  registeredBy: string
  decidedBy: string | null
  decidedOn: string | null
  decisionNo: string | null
  /** Sealed JSON of `RepairRecord`. */
  record: string
  /** Id of the listing while the application is pending or granted; unique, so that two cannot exist. */
  openKey: string | null
  createdAt: Date
  updatedAt: Date
}

export const repairTable = table<RepairRow, { record: RepairRecord }>(
  'repair',
  {
    id: primary(id()),
    number: text(20),
    listingId: references('listing', id()),
    state: text(14),
    version: int(),
    receivedOn: day(),
    registeredBy: text(60),
    decidedBy: optional(text(60)),
    decidedOn: optional(day()),
    decisionNo: optional(text(60)),
    record: sealedJson(long()),
    openKey: optional(text(80)),
    createdAt: instant(),
    updatedAt: instant(),
  },
  [
    { name: 'ux_repair_number', columns: ['number'], unique: true },
    { name: 'ux_repair_open', columns: ['openKey'], unique: true },
    { name: 'ix_repair_listing', columns: ['listingId'] },
    { name: 'ix_repair_state', columns: ['state', 'decidedOn'] },
  ],
)

/** A unit that was asked about an application. */
export interface RepairOpinionRow {
  repairId: string
  unitId: string
  askedAt: Date
  opinion: Opinion | null
  reason: string | null
  answeredAt: Date | null
  answeredBy: string | null
}

export const repairOpinionTable = table<RepairOpinionRow>(
  'repair_opinion',
  {
    repairId: primary(references('repair', id())),
    unitId: primary(references('unit', text(40))),
    askedAt: instant(),
    opinion: optional(text(10)),
    reason: optional(text(500)),
    answeredAt: optional(instant()),
    answeredBy: optional(text(60)),
  },
  [{ name: 'ix_repair_opinion_unit', columns: ['unitId', 'answeredAt'] }],
)

/** The row of an application; seals its texts. */
export function toRepairRow(secrets: Secrets, repair: Repair, at: { created: Date; updated: Date }): RepairRow {
  const openKey = excludesOthers(repair.state) ? repair.listingId : null
  return sealRow(repairTable, secrets, { ...repair, openKey, createdAt: at.created, updatedAt: at.updated })
}

/** The application that a row holds; opens its texts. */
export function toRepair(secrets: Secrets, row: RepairRow): Repair {
  const { openKey: _openKey, createdAt: _createdAt, updatedAt: _updatedAt, ...repair } = openRow(repairTable, secrets, row)
  return repair
}

/** Inserts an application. @throws AppError `repair_pending` when one is pending or granted for the listing. */
export async function insertRepair(tx: Tx, row: RepairRow): Promise<void> {
  try {
    await tx.insert(repairTable, [row])
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('repair_pending')
    throw error
  }
}

/** Saves an application that was read at `readVersion`. @throws AppError `repair_version_stale`. */
export async function updateRepair(tx: Tx, row: RepairRow, readVersion: number): Promise<void> {
  const { affected } = await tx.manager.getRepository(repairTable.schema).update({ id: row.id, version: readVersion }, row)
  if (affected !== 1) throw new AppError('repair_version_stale', { number: row.number, state: row.state })
}

export async function findRepair(db: Db, repairId: string): Promise<RepairRow | null> {
  return db.manager.getRepository(repairTable.schema).findOneBy({ id: repairId })
}

/** Conditions of a search; all that are given must hold. */
export interface RepairFilter {
  state?: RepairState | undefined
  listingId?: string | undefined
  number?: string | undefined
  /** Only applications about which this unit was asked. */
  unitId?: string | undefined
}

/** A page of the applications that match a filter, newest first, and their total number. */
export async function searchRepairs(
  db: Db,
  { unitId, ...filter }: RepairFilter,
  page: { limit: number; offset: number },
): Promise<{ items: RepairRow[]; total: number }> {
  const query = db.manager
    .getRepository(repairTable.schema)
    .createQueryBuilder('r')
    .orderBy('r.id', 'DESC')
    .take(page.limit)
    .skip(page.offset)
  for (const [column, value] of Object.entries<string | undefined>(filter))
    if (value !== undefined) query.andWhere(`r.${column} = :${column}`, { [column]: value })
  if (unitId !== undefined)
    query.andWhere('exists (select 1 from repair_opinion o where o.repair_id = r.id and o.unit_id = :unitId)', { unitId })
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}

/** Applications granted in a span of days (both included) for public listings, in order of id after `after`: for the export. */
export async function grantedRepairs(db: Db, span: { from: string; to: string }, after: string, limit: number): Promise<RepairRow[]> {
  return db.manager
    .getRepository(repairTable.schema)
    .createQueryBuilder('r')
    .where("r.state = 'approved' and r.decidedOn between :from and :to and r.id > :after", { ...span, after })
    .andWhere("exists (select 1 from listing l where l.id = r.listing_id and l.disclosure = 'public')")
    .orderBy('r.id')
    .limit(limit)
    .getMany()
}

export async function insertOpinions(tx: Tx, rows: readonly RepairOpinionRow[]): Promise<void> {
  await tx.insert(repairOpinionTable, rows)
}

/** Saves the opinion of a unit that was asked. */
export async function keepOpinion(tx: Tx, row: Omit<RepairOpinionRow, 'askedAt'>): Promise<void> {
  const { repairId, unitId, ...answer } = row
  await tx.manager.getRepository(repairOpinionTable.schema).update({ repairId, unitId }, answer)
}

/** Opinions on the given applications, in order of application and unit. */
export async function opinionsOf(db: Db, repairIds: readonly string[]): Promise<RepairOpinionRow[]> {
  if (repairIds.length === 0) return []
  return db.manager
    .getRepository(repairOpinionTable.schema)
    .createQueryBuilder('o')
    .where('o.repairId in (:...repairIds)', { repairIds })
    .orderBy({ 'o.repairId': 'ASC', 'o.unitId': 'ASC' })
    .getMany()
}
