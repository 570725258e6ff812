// Looking at applications for credit repair, and handing the granted ones to the public credit system (实施意见 四(二)6).
// Deciding them is features/repairs/commands.

import type { Readable } from 'node:stream'
import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { REPAIR_LIFE, type Repair, type RepairAct } from './rules.ts'
import { ownUnitOf } from '../../platform/commands/permissions.ts'
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

export type RepairSummary = Omit<Repair, 'record'>

/** Newest first. A unit sees what it was asked about. */
export const listRepairs = query(
  'repair.read',
  async (
    { db, app, actor },
    input: { filter: RepairFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: RepairSummary[]; total: number }> => {
    const own = ownUnitOf(actor)
    const { items, total } = await searchRepairs(db, { ...input.filter, ...(own === null ? {} : { unitId: own }) }, input.page)
    return { items: items.map((row) => withoutRecord(toRepair(app.secrets, row))), total }
  },
)

function withoutRecord({ record: _record, ...summary }: Repair): RepairSummary {
  return summary
}

export interface RepairDetail extends Repair {
  name: string
  caseNo: string
  opinions: Pick<RepairOpinionRow, 'unitId' | 'askedAt' | 'opinion' | 'reason' | 'answeredAt'>[]
  /** What may be done next. */
  possible: RepairAct[]
  /** Every step; for the court's own people alone. */
  audit: Pick<AuditRow, 'n' | 'at' | 'actor' | 'act' | 'detail'>[]
}

/** A unit sees the application it was asked about and its own opinion. @throws `repair_missing`, also for what the actor may not know of. */
export const showRepair = query('repair.read', async ({ db, app, actor }, repairId: string): Promise<RepairDetail> => {
  const row = await findRepair(db, repairId)
  const opinions = row === null ? [] : await opinionsOf(db, [row.id])
  const own = ownUnitOf(actor)
  const seen = opinions.filter((each) => own === null || each.unitId === own)
  if (row === null || (own !== null && seen.length === 0)) throw new AppError('repair_missing')
  const [listing] = await listingsById(db, [row.listingId])
  return {
    ...toRepair(app.secrets, row),
    name: listing?.name ?? '',
    caseNo: listing?.caseNo ?? '',
    opinions: seen.map(({ unitId, askedAt, opinion, reason, answeredAt }) => ({ unitId, askedAt, opinion, reason, answeredAt })),
    possible: REPAIR_LIFE.possible(row.state),
    audit: own === null ? await stepsOf(db, repairId) : [],
  }
})

async function stepsOf(db: Parameters<typeof auditOf>[0], repairId: string): Promise<RepairDetail['audit']> {
  return (await auditOf(db, subjectOf(repairId))).map(({ n, at, actor, act: name, detail }) => ({ n, at, actor, act: name, detail }))
}

/** One granted repair as the public credit system needs it: the number whole, because a name is nobody's identity. */
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

export interface Span {
  from: Day
  to: Day
}

const PORTION = 500
/** Granted repairs of one export. */
const EXPORT_LIMIT = 20_000

/**
 * What was granted between two days, both included, for the public credit system; who took it, and how many, is audited. Listings that were never
 * public stay out. @throws `request_invalid` for a span that ends before it begins, `repair_export_large`.
 */
export const exportRepairs = command(
  'repair.export',
  async (context, span: Span): Promise<{ items: GrantedRepair[] }> => {
    if (span.to < span.from) throw new AppError('request_invalid')
    const items: GrantedRepair[] = []
    for (let after = ''; ;) {
      const rows = await grantedRepairs(context.tx, span, after, PORTION)
      items.push(...(await handedOver(context, rows)))
      if (items.length > EXPORT_LIMIT) throw new AppError('repair_export_large', { max: EXPORT_LIMIT })
      if (rows.length < PORTION) break
      after = rows.at(-1)?.id ?? ''
    }
    await context.audit({ subject: 'repairs', detail: { ...span, count: items.length } })
    return { items }
  },
  ({ items }) => ({ repairs: items.length }),
)

async function handedOver({ tx, app }: CommandContext, rows: readonly RepairRow[]): Promise<GrantedRepair[]> {
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

/** The same as a table to hand over. */
export async function exportRepairsFile(
  app: AppContext,
  actor: Parameters<typeof exportRepairs>[1],
  span: Span,
): Promise<{ fileName: string; content: Readable }> {
  const { items } = await exportRepairs(app, actor, span)
  const word = (key: string): string => app.catalog.words('repairs', key)
  const line = (item: GrantedRepair): string[] =>
    COLUMNS.map((column) => {
      const value = item[column]
      if (typeof value !== 'string') return value.join('、')
      return column === 'kind' || column === 'exit' ? word(`${column}.${value}`) : value
    })
  const rows = [COLUMNS.map((column) => word(`column.${column}`)), ...items.map(line)]
  return { fileName: `${word('file')}-${span.from}-${span.to}.csv`, content: writeCsv(rows) }
}
