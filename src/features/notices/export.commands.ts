// Exports the notices that a filter finds as a workbook: every one of them or a refusal, with how each was served and by what evidence.
// Addresses are masked as on the screen, and a complainant's is left out; who took it, and how many rows, is in the audit.

import type { Readable } from 'node:stream'
import { dayOf, instantsOf, wallTime, type Day } from '../../core/calendar.ts'
import { newId } from '../../core/ids.ts'
import { deliveriesOf, deliveryTable, type DeliveryRow } from '../../messaging/deliveries.store.ts'
import { noticeIds, noticesById, type NoticeFilter, type NoticeRow } from '../../messaging/notices.store.ts'
import { receiptsOf, type ReceiptRow } from '../../messaging/receipts.store.ts'
import { command, type AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import { portions } from '../../platform/database/placeholders.ts'
import { openRow } from '../../platform/database/sealing.ts'
import type { Cell } from '../../platform/sheets/write.ts'
import { streamXlsx } from '../../platform/sheets/xlsx-stream.ts'
import { bulletinNumbers } from '../journal/store.ts'
import { listingsById } from '../listings/search.store.ts'
import type { ListingRow } from '../listings/store.ts'
import { staffNames } from '../staff/store.ts'
import { seenBy } from './access.ts'
import { EXPORTED_AT_MOST, requireExportable, wasTried } from './rules.ts'
import { lettersOf } from './store.ts'
import { maskAddress, noticeLines, type NoticeLine } from './views.ts'

/** Notices that are read at once. */
const PORTION = 500
const COLUMNS = [
  ['title', 24],
  ['addressee', 36],
  ['caseNo', 28],
  ['decisionNo', 24],
  ['bulletin', 14],
  ['ways', 20],
  ['address', 20],
  ['state', 18],
  ['createdAt', 18],
  ['acceptedAt', 18],
  ['closedAt', 18],
  ['evidence', 50],
] as const

interface ExportInput {
  filter: Omit<NoticeFilter, 'created'>
  from?: Day | undefined
  until?: Day | undefined
}

/** A workbook with every notice that the filter finds, newest first; the first line says how many. @throws `export_too_many`. */
export async function exportNotices(app: AppContext, actor: Actor, input: ExportInput): Promise<{ fileName: string; content: Readable }> {
  const ids = await beginExport(app, actor, input)
  const { words } = app.catalog
  const today = dayOf(app.clock.now())
  const columns = COLUMNS.map(([name, width]) => ({ title: words('notices', `export.${name}`), width }))
  const notes = [words('notices', 'export.total', { count: ids.length, day: today })]
  return {
    fileName: `${words('notices', 'export.file')}-${today}.xlsx`,
    content: streamXlsx({ notes, columns, rows: rowsOf(app, ids) }),
  }
}

/** Chooses the notices, and records in the audit who takes how many, and by which conditions: their names, never their values. */
const beginExport = command('notice.export', async (context, { filter, from, until }: ExportInput): Promise<string[]> => {
  const { ids, total } = await noticeIds(
    context.tx,
    { ...filter, ...{ created: instantsOf({ from, until }), seen: seenBy(context.actor) } },
    EXPORTED_AT_MOST,
  )
  requireExportable(total)
  const conditions = Object.entries({ ...filter, from, until }).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  await context.audit({ subject: `notice_export:${newId()}`, detail: { form: 'xlsx', count: total, conditions: conditions.join(' ') } })
  return ids
})

async function* rowsOf(app: AppContext, ids: readonly string[]): AsyncGenerator<Cell[]> {
  for (const part of portions(ids, PORTION)) yield* await app.store.read((db) => cellsOf(app, db, part))
}

/** What is stored beside the notices of a portion. */
interface Beside {
  deliveries: ReadonlyMap<string, DeliveryRow[]>
  receipts: ReadonlyMap<string, ReceiptRow[]>
  listings: ReadonlyMap<string, ListingRow>
  bulletins: ReadonlyMap<string, string>
  names: ReadonlyMap<string, string>
  letters: ReadonlyMap<string, Date>
}

async function cellsOf(app: AppContext, db: Db, ids: readonly string[]): Promise<Cell[][]> {
  const byId = new Map((await noticesById(db, ids)).map((row) => [row.id, row]))
  const rows = ids.flatMap((id) => byId.get(id) ?? [])
  const deliveries = await deliveriesOf(db, ids)
  const receipts = await receiptsOf(
    db,
    deliveries.map(({ id }) => id),
  )
  const listings = await listingsById(db, [...new Set(rows.flatMap(({ listingId }) => listingId ?? []))])
  const beside: Beside = {
    deliveries: grouped(deliveries, ({ noticeId }) => noticeId),
    receipts: grouped(receipts, ({ deliveryId }) => deliveryId),
    listings: new Map(listings.map((row) => [row.id, row])),
    bulletins: await bulletinNumbers(db, [...new Set(rows.flatMap(({ bulletinId }) => bulletinId ?? []))]),
    names: await staffNames(
      db,
      rows.flatMap(({ settledBy }) => settledBy ?? []),
    ),
    letters: await lettersOf(db, ids),
  }
  return (await noticeLines(app, db, rows)).map((line) => lineOf(app, line, beside))
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  return groups
}

function lineOf(app: AppContext, line: NoticeLine, beside: Beside): Cell[] {
  const { words } = app.catalog
  const tried = (beside.deliveries.get(line.id) ?? []).filter(wasTried)
  const listing = beside.listings.get(line.listingId ?? '')
  const accepted = tried.flatMap(({ acceptedAt }) => acceptedAt ?? []).at(-1)
  return [
    line.title,
    line.addressee,
    listing?.caseNo,
    listing?.decisionNo,
    beside.bulletins.get(line.bulletinId ?? ''),
    tried.map(({ medium }) => words('states', `medium.${medium}`)).join(' → '),
    addressIn(app, line, tried.at(-1)),
    words('states', `notice.${line.state}`),
    wallTime(line.createdAt),
    accepted === undefined ? null : wallTime(accepted),
    line.closedAt === null ? null : wallTime(line.closedAt),
    evidenceOf(app, line, tried, beside),
  ]
}

/** As the screen shows it: the address of a complainant could identify them. */
function addressIn(app: AppContext, { audience }: NoticeRow, delivery: DeliveryRow | undefined): string | null {
  if (delivery?.address == null || audience === 'complainant') return null
  return maskAddress(delivery.medium, openRow(deliveryTable, app.secrets, { id: delivery.id, address: delivery.address }).address)
}

/** What shows that it was served: a receipt, a person's word, the provider's number, a printed letter. */
function evidenceOf(app: AppContext, line: NoticeLine, tried: readonly DeliveryRow[], { receipts, names, letters }: Beside): string {
  const { words } = app.catalog
  const parts: string[] = []
  for (const { id, provider, providerRef } of tried) {
    const receipt = (receipts.get(id) ?? []).findLast(({ stage }) => stage === 'delivered')
    if (receipt !== undefined)
      parts.push(words('notices', 'evidence.receipt', { provider: receipt.provider, ref: receipt.ref, at: wallTime(receipt.at) }))
    else if (provider !== null && providerRef !== null) parts.push(words('notices', 'evidence.handed_over', { provider, ref: providerRef }))
  }
  const printed = letters.get(line.id)
  if (printed !== undefined) parts.push(words('notices', 'evidence.letter', { at: wallTime(printed) }))
  if (line.settledBy !== null)
    parts.push(words('notices', 'evidence.person', { name: names.get(line.settledBy) ?? line.settledBy, reason: line.reason ?? '' }))
  return parts.join('；')
}
