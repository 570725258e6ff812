// Rotating the data key: everything sealed or indexed under an older key is written anew under the active one, portion by portion.
// It may be stopped and run again; both keys must be held until it reports that nothing is left.

import type { IndexKind } from '../core/secrets.ts'
import { indexKind } from '../domain/ladders.ts'
import type { Medium } from '../domain/notices.ts'
import type { Actor } from '../domain/roles.ts'
import { auditHeads } from '../store/audit.ts'
import { complaintsAfter, resealComplaint, sealedParts, toComplaint } from '../store/complaints.ts'
import type { Db, Param, Tx } from '../store/database.ts'
import { inForce } from '../domain/listing.ts'
import { listingsAfter } from '../store/listing-questions.ts'
import { inForceKeyOf, listingTable, sealFits, toListing, toRow } from '../store/listings.ts'
import { renewOfficers } from '../store/officers.ts'
import { act, type ActContext, type House } from './context.ts'

export interface Rotation {
  listings: number
  /** Values of other tables. */
  values: number
  files: number
  /** Listings whose seal did not fit before: left as they are, for `audit verify` to name. */
  damaged: number
}

const PORTION = 500

/** Writes everything anew under the active key. */
export async function rotateKeys(house: House, actor: Actor, progress: (done: Rotation) => void = () => undefined): Promise<Rotation> {
  const done: Rotation = { listings: 0, values: 0, files: 0, damaged: 0 }
  for (let after = ''; ;) {
    const portion = await rotateListings(house, actor, after)
    done.listings += portion.changed
    done.damaged += portion.damaged
    if (portion.last === null) break
    after = portion.last
    progress(done)
  }
  for (let after = ''; ;) {
    const portion = await rotateComplaints(house, actor, after)
    done.values += portion.changed
    if (portion.last === null) break
    after = portion.last
    progress(done)
  }
  for (const table of SEALED)
    for (let after = ''; ;) {
      const portion = await rotateTable(house, actor, { table, after })
      done.values += portion.changed
      if (portion.last === null) break
      after = portion.last
      progress(done)
    }
  for (const id of await house.files.list()) if (await house.files.reseal(id)) done.files += 1
  return done
}

interface Portion {
  changed: number
  damaged: number
  /** Where the next portion begins; null: this was the last. */
  last: string | null
}

const rotateListings = act('keys.rotate', async (context, after: string): Promise<Portion> => {
  const { tx, house } = context
  const { secrets } = house
  const rows = await listingsAfter(tx, after, PORTION)
  const stale = rows.filter((row) => !secrets.current(row.private) || !secrets.current(row.seal))
  const heads = await auditHeads(
    tx,
    stale.map((row) => `listing:${row.id}`),
  )
  let damaged = 0
  for (const row of stale) {
    const hash = heads.get(`listing:${row.id}`)?.hash ?? ''
    if (!sealFits(secrets, row, hash)) {
      damaged += 1
      continue
    }
    const listing = toListing(secrets, row)
    await renewOfficers(tx, secrets, [listing])
    const anew = toRow(secrets, listing, { created: row.createdAt, updated: row.updatedAt }, hash)
    await tx.manager.getRepository(listingTable.schema).update(
      { id: row.id, version: row.version },
      {
        private: anew.private,
        identifierIndex: anew.identifierIndex,
        seal: anew.seal,
        inForceKey: inForce(listing.state) ? inForceKeyOf(secrets, listing.content) : null,
      },
    )
  }
  return portionOf(context, rows.at(-1)?.id, rows.length, stale.length - damaged, damaged)
})

/** Complaints hold several values in one sealed column, so their indexes are made from what is inside. */
const rotateComplaints = act('keys.rotate', async (context, after: string): Promise<Portion> => {
  const { tx, house } = context
  const rows = await complaintsAfter(tx, after, PORTION)
  const stale = rows.filter((row) => [row.complainant, row.content, row.record].some((sealed) => !house.secrets.current(sealed)))
  for (const row of stale) await resealComplaint(tx, row, sealedParts(house.secrets, toComplaint(house.secrets, row)))
  return portionOf(context, rows.at(-1)?.id, rows.length, stale.length, 0)
})

function identifierAsked(question: string): string | null {
  return (JSON.parse(question) as { subject: { identifier: string | null } }).subject.identifier
}

/** Sealed columns of the other tables, with the blind index kept beside each. */
const SEALED: readonly SealedTable[] = [
  { name: 'listing_wording', columns: [{ sealed: 'sealed' }] },
  {
    name: 'liaison',
    columns: [
      { sealed: 'phone', index: 'phone_index', kind: 'phone' },
      { sealed: 'wechat', index: 'wechat_index', kind: 'wechat' },
      { sealed: 'wechaty', index: 'wechaty_index', kind: 'wechaty' },
    ],
  },
  {
    name: 'subscriber',
    columns: [
      { sealed: 'phone', index: 'phone_index', kind: 'phone' },
      { sealed: 'wechat', index: 'wechat_index', kind: 'wechat' },
    ],
  },
  {
    name: 'staff_reach',
    columns: [
      { sealed: 'phone', index: 'phone_index', kind: 'phone' },
      { sealed: 'wechat', index: 'wechat_index', kind: 'wechat' },
    ],
    key: 'staff_id',
  },
  {
    name: 'screening',
    columns: [
      { sealed: 'subject', index: 'subject_index', kind: 'identifier', of: identifierAsked },
      { sealed: 'result' },
      { sealed: 'outcome_reason' },
    ],
  },
  { name: 'objection', columns: [{ sealed: 'record' }] },
  { name: 'repair', columns: [{ sealed: 'record' }] },
  { name: 'assistance', columns: [{ sealed: 'record' }, { sealed: 'document' }, { sealed: 'dealings' }] },
  { name: 'accountability_proposal', columns: [{ sealed: 'record' }] },
  { name: 'accountability_source', columns: [{ sealed: 'note' }] },
  { name: 'circular', columns: [{ sealed: 'record' }] },
  { name: 'interview', columns: [{ sealed: 'record' }] },
  { name: 'consequence', columns: [{ sealed: 'record' }] },
  { name: 'joint_circular', columns: [{ sealed: 'record' }] },
  { name: 'meeting', columns: [{ sealed: 'record' }] },
  { name: 'feedback_return', columns: [{ sealed: 'note' }] },
  { name: 'feedback_entry', columns: [{ sealed: 'note' }] },
  { name: 'feedback_report', columns: [{ sealed: 'content' }] },
  { name: 'intake', columns: [{ sealed: 'record' }] },
  { name: 'identity_check', columns: [{ sealed: 'identifier' }], key: 'conversation_id' },
  { name: 'delivery', columns: [{ sealed: 'address', index: 'address_index', kind: 'medium' }, { sealed: 'body' }] },
  {
    name: 'conversation',
    columns: [{ sealed: 'person', index: 'person_index', kind: 'chat' }, { sealed: 'position' }],
  },
  { name: 'conversation_message', columns: [{ sealed: 'said' }, { sealed: 'replied' }] },
  { name: 'handoff', columns: [{ sealed: 'summary' }] },
  { name: 'chat_debt', columns: [{ sealed: 'message' }] },
  { name: 'chat_media', columns: [{ sealed: 'source' }] },
  { name: 'address_mark', columns: [{ sealed: 'address', index: 'address_index', kind: 'medium' }], key: 'address_index' },
]

interface SealedTable {
  name: string
  /** `of`: what the index is of, when it is not the whole text; null: no index. */
  columns: readonly { sealed: string; index?: string; kind?: IndexKind | 'medium'; of?: (plain: string) => string | null }[]
  /** The column that orders and names a row; `id` unless said. */
  key?: string
}

type SealedRow = Record<string, string | null>

const rotateTable = act('keys.rotate', async (context, { table, after }: { table: SealedTable; after: string }): Promise<Portion> => {
  const { tx } = context
  const key = table.key ?? 'id'
  const rows = await sealedRows(tx, table, key, after)
  let changed = 0
  for (const row of rows) changed += (await rotateRow(context, table, key, row)) ? 1 : 0
  return portionOf(context, rows.at(-1)?.[key] ?? undefined, rows.length, changed, 0)
})

async function sealedRows(db: Db, table: SealedTable, key: string, after: string): Promise<SealedRow[]> {
  const medium = table.columns.some((column) => column.kind === 'medium') ? ', medium' : ''
  const columns = table.columns.map((column) => column.sealed).join(', ')
  return db.query<SealedRow>(`select ${key}${medium}, ${columns} from ${table.name} where ${key} > ? order by ${key} limit ${PORTION}`, [
    after,
  ])
}

async function rotateRow(
  { tx, house }: Pick<ActContext, 'tx' | 'house'>,
  table: SealedTable,
  key: string,
  row: SealedRow,
): Promise<boolean> {
  const { secrets } = house
  const sets: string[] = []
  const params: Param[] = []
  for (const { sealed, index, kind, of = (text: string): string | null => text } of table.columns) {
    const value = row[sealed]
    if (value == null || secrets.current(value)) continue
    const plain = secrets.open(value)
    sets.push(`${sealed} = ?`)
    params.push(secrets.seal(plain))
    if (index === undefined) continue
    sets.push(`${index} = ?`)
    const indexed = of(plain)
    const as = kind === 'medium' ? indexKind(row['medium'] as Medium) : (kind as IndexKind)
    params.push(indexed === null ? null : secrets.index(as, indexed))
  }
  if (sets.length === 0) return false
  await updateSealed(tx, table.name, sets, params, key, row[key] as string)
  return true
}

async function updateSealed(
  tx: Tx,
  name: string,
  sets: readonly string[],
  params: readonly Param[],
  key: string,
  value: string,
): Promise<void> {
  await tx.run(`update ${name} set ${sets.join(', ')} where ${key} = ?`, [...params, value])
}

async function portionOf(context: ActContext, last: string | undefined, rows: number, changed: number, damaged: number): Promise<Portion> {
  await context.audit({ subject: 'keys', detail: { key: context.house.secrets.activeKey, changed, damaged } })
  return { changed, damaged, last: rows < PORTION ? null : (last ?? null) }
}
