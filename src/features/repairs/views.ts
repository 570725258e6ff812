// Queries on applications for credit repair, and the export of granted ones for the public credit system (实施意见 四(二)6).
// Deciding applications is features/repairs/commands.ts.

import { withoutRecord } from '../../platform/commands/outcome.ts'
import type { Readable } from 'node:stream'
import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { REPAIR_LIFE, type Opinion, type Repair, type RepairAct } from './rules.ts'
import { isAllowed, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { writeCsv } from '../../platform/sheets/write.ts'
import { auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import { listingsById } from '../listings/search.store.ts'
import { toListing } from '../listings/store.ts'
import {
  findRepair,
  grantedRepairs,
  opinionsOf,
  searchRepairs,
  toRepair,
  type RepairFilter,
  type RepairOpinionRow,
  type RepairRow,
} from './store.ts'
import { unitsById } from '../units/store.ts'
import { command, query, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { subjectOf } from './commands.ts'

/** An application in a list, without its texts. */
export interface RepairSummary extends Omit<Repair, 'record'> {
  /** What this caller may do now. */
  possible: RepairAct[]
  /** What the reading unit said; null before it did, and for the court. */
  ownOpinion: Opinion | null
}

/** The acts possible next that the actor may perform; whoever registered an application does not decide on it. */
function possibleFor(actor: Actor, { state, registeredBy }: Pick<Repair, 'state' | 'registeredBy'>): RepairAct[] {
  return REPAIR_LIFE.possible(state).filter((act) => {
    if (act !== 'approve' && act !== 'refuse') return isAllowed(actor, `repair.${act}`)
    return isAllowed(actor, 'repair.decide') && registeredBy !== actor.id
  })
}

/** A page of applications, newest first. A unit sees only those about which it was asked. */
export const listRepairs = query(
  'repair.read',
  async (
    { db, app, actor },
    input: { filter: RepairFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: RepairSummary[]; total: number }> => {
    const ownUnitId = ownUnitOf(actor)
    const { items, total } = await searchRepairs(db, { ...input.filter, ...(ownUnitId === null ? {} : { unitId: ownUnitId }) }, input.page)
    const opinions =
      ownUnitId === null
        ? []
        : await opinionsOf(
            db,
            items.map(({ id }) => id),
          )
    const own = new Map(opinions.filter(({ unitId }) => unitId === ownUnitId).map(({ repairId, opinion }) => [repairId, opinion]))
    return {
      items: items.map((row) => ({
        ...withoutRecord(toRepair(app.secrets, row)),
        possible: possibleFor(actor, row),
        ownOpinion: own.get(row.id) ?? null,
      })),
      total,
    }
  },
)

/** An application with its listing, opinions and history. */
export interface RepairDetail extends Repair {
  name: string
  caseNo: string
  opinions: Pick<RepairOpinionRow, 'unitId' | 'askedAt' | 'opinion' | 'reason' | 'answeredAt'>[]
  /** What this caller may do now. */
  possible: RepairAct[]
  /** Every step; empty for units. */
  audit: Pick<AuditRow, 'n' | 'at' | 'actor' | 'act' | 'detail'>[]
}

/**
 * One application. A unit sees those about which it was asked, with its own opinion only.
 * @throws `repair_missing`, also for what the actor may not see.
 */
export const showRepair = query('repair.read', async ({ db, app, actor }, repairId: string): Promise<RepairDetail> => {
  const row = await findRepair(db, repairId)
  const opinions = row === null ? [] : await opinionsOf(db, [row.id])
  const ownUnitId = ownUnitOf(actor)
  const visible = opinions.filter((each) => ownUnitId === null || each.unitId === ownUnitId)
  if (row === null || (ownUnitId !== null && visible.length === 0)) throw new AppError('repair_missing')
  const [listing] = await listingsById(db, [row.listingId])
  return {
    ...toRepair(app.secrets, row),
    name: listing?.name ?? '',
    caseNo: listing?.caseNo ?? '',
    opinions: visible.map(({ unitId, askedAt, opinion, reason, answeredAt }) => ({ unitId, askedAt, opinion, reason, answeredAt })),
    possible: possibleFor(actor, row),
    audit: ownUnitId === null ? await auditRowsOf(db, repairId) : [],
  }
})

async function auditRowsOf(db: Parameters<typeof auditOf>[0], repairId: string): Promise<RepairDetail['audit']> {
  return (await auditOf(db, subjectOf(repairId))).map(({ n, at, actor, act: name, detail }) => ({ n, at, actor, act: name, detail }))
}

/** One granted repair as the public credit system needs it. The identifier is complete, because a name is no identity. */
export interface GrantedRepair {
  number: string
  decisionNo: string
  decidedOn: string
  kind: 'person' | 'organisation'
  name: string
  identifier: string
  caseNo: string
  court: string
  exit: 'shielded' | 'revoked'
  exitedOn: string
  /** Names of the units that agreed. */
  units: string[]
}

/** A span of days, both included. */
export interface Span {
  from: Day
  to: Day
}

/** Granted repairs that are read at once. */
const PORTION = 500
/** Most granted repairs of one export. */
const EXPORT_LIMIT = 20_000

/**
 * Repairs granted between two days, both included, for the public credit system. Undisclosed listings are left out. The audit row states
 * who exported how many. @throws `request_invalid` for a span that ends before it begins, `repair_export_large`.
 */
export const exportRepairs = command(
  'repair.export',
  async (context, span: Span): Promise<{ items: GrantedRepair[] }> => {
    if (span.to < span.from) throw new AppError('request_invalid')
    const items: GrantedRepair[] = []
    for (let after = ''; ;) {
      const rows = await grantedRepairs(context.tx, span, after, PORTION)
      items.push(...(await grantedWithListings(context, rows)))
      if (items.length > EXPORT_LIMIT) throw new AppError('repair_export_large', { count: items.length, max: EXPORT_LIMIT })
      if (rows.length < PORTION) break
      after = rows.at(-1)?.id ?? ''
    }
    await context.audit({ subject: 'repairs', detail: { ...span, count: items.length } })
    return { items }
  },
  ({ items }) => ({ repairs: items.length }),
)

async function grantedWithListings({ tx, app }: CommandContext, rows: readonly RepairRow[]): Promise<GrantedRepair[]> {
  const listings = new Map(
    (
      await listingsById(
        tx,
        rows.map((row) => row.listingId),
      )
    ).map((row) => [row.id, toListing(app.secrets, row)]),
  )
  const opinions = await opinionsOf(
    tx,
    rows.map((row) => row.id),
  )
  const names = new Map((await unitsById(tx, [...new Set(opinions.map((each) => each.unitId))])).map((unit) => [unit.id, unit.name]))
  return rows.flatMap((row) => {
    const listing = listings.get(row.listingId)
    if (listing === undefined) return []
    const { debtor, caseNo, court } = listing.content
    return [
      {
        number: row.number,
        decisionNo: row.decisionNo ?? '',
        decidedOn: row.decidedOn ?? '',
        kind: debtor.kind,
        name: debtor.name,
        identifier: debtor.identifier,
        caseNo,
        court,
        exit: listing.state === 'revoked' ? 'revoked' : 'shielded',
        exitedOn: listing.exitedOn ?? '',
        units: opinions.filter((each) => each.repairId === row.id).map((each) => names.get(each.unitId) ?? each.unitId),
      },
    ]
  })
}

const COLUMNS = ['number', 'decisionNo', 'decidedOn', 'kind', 'name', 'identifier', 'caseNo', 'court', 'exit', 'exitedOn', 'units'] as const

/** The same export as a CSV file. */
export async function exportRepairsFile(
  app: AppContext,
  actor: Parameters<typeof exportRepairs>[1],
  span: Span,
): Promise<{ fileName: string; content: Readable }> {
  const { items } = await exportRepairs(app, actor, span)
  const word = (key: string): string => app.catalog.words('repairs', key)
  const cellsOf = (item: GrantedRepair): string[] =>
    COLUMNS.map((column) => {
      const value = item[column]
      if (typeof value !== 'string') return value.join('、')
      return column === 'kind' || column === 'exit' ? word(`${column}.${value}`) : value
    })
  const rows = [COLUMNS.map((column) => word(`column.${column}`)), ...items.map(cellsOf)]
  return { fileName: `${word('file')}-${span.from}-${span.to}.csv`, content: writeCsv(rows) }
}
