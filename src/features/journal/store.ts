// The journal: every change of the list as a numbered event, and the bulletins that group the changes. Rows are only appended.
// The number comes from a counter row that is locked in the same transaction, so a reader that sees number n has all numbers before it.

import { big, id, instant, int, optional, primary, table, text } from '../../platform/database/columns.ts'
import { likePattern, toInstant, type Db, type Param, type Tx } from '../../platform/database/database.ts'
import { listVersion, takeNumbers } from '../../platform/database/counters.ts'
import { placeholders, portions } from '../../platform/database/placeholders.ts'

export type JournalEvent =
  | 'listing.drafted'
  | 'listing.submitted'
  | 'listing.decided'
  | 'listing.rejected'
  | 'listing.served'
  | 'listing.withdrawn'
  | 'listing.listed'
  | 'listing.corrected'
  | 'listing.shielded'
  | 'listing.revoked'
  | 'listing.suspended'
  | 'listing.resumed'

/** Events that units and the public may see; the other events are internal to the court. */
export const FEED_EVENTS: readonly JournalEvent[] = [
  'listing.listed',
  'listing.corrected',
  'listing.shielded',
  'listing.revoked',
  'listing.suspended',
  'listing.resumed',
]

/** One event. */
export interface JournalRow {
  /** The journal number, which is also the version of the list after the event. */
  seq: number
  at: Date
  event: JournalEvent
  listingId: string
  listingVersion: number
  contentVersion: number
  bulletinId: string | null
}

export const journalTable = table<JournalRow>(
  'journal',
  {
    seq: primary(big()),
    at: instant(),
    event: text(30),
    listingId: id(),
    listingVersion: int(),
    contentVersion: int(),
    bulletinId: optional(id()),
  },
  [
    { name: 'ix_journal_listing', columns: ['listingId'] },
    { name: 'ix_journal_bulletin', columns: ['bulletinId'] },
  ],
)

/** What a bulletin announces. */
export type BulletinKind = 'publish' | 'shield' | 'revoke' | 'correct' | 'takeover' | RestKind
/** Measures are suspended, or apply again. */
export type RestKind = 'suspend' | 'resume'

/** A bulletin as stored. */
export interface BulletinRow {
  id: string
  /** `2026-0007`: counted per year. */
  number: string
  kind: BulletinKind
  at: Date
  actor: string
  /** The unit id of the court whose list changed; `court` is our own. */
  source: string
  listed: number
  shielded: number
  revoked: number
  corrected: number
  /** The last journal number of the bulletin, which is the version of the list after it. */
  listVersion: number
}

export const bulletinTable = table<BulletinRow>(
  'bulletin',
  {
    id: primary(id()),
    number: text(20),
    kind: text(10),
    at: instant(),
    actor: text(60),
    source: text(40),
    listed: int(),
    shielded: int(),
    revoked: int(),
    corrected: int(),
    listVersion: big(),
  },
  [{ name: 'ux_bulletin_number', columns: ['number'], unique: true }],
)

/** Appends events. Returns the last number, which is the new version of the list. */
export async function appendJournal(tx: Tx, events: readonly Omit<JournalRow, 'seq'>[]): Promise<number> {
  const first = await takeNumbers(tx, 'journal', events.length)
  await tx.insert(
    journalTable,
    events.map((event, position) => ({ ...event, seq: first + position })),
  )
  return first + events.length - 1
}

interface RawJournal extends Omit<JournalRow, 'at'> {
  at: Date | string
}

const SELECT =
  'select seq, at, event, listing_id as listingId, listing_version as listingVersion, content_version as contentVersion, bulletin_id as bulletinId from journal'

/** The next events after a number. */
export async function journalAfter(db: Db, after: number, limit: number): Promise<JournalRow[]> {
  return readJournal(db, `${SELECT} where seq > ? order by seq limit ?`, [after, limit])
}

/** Entries that came on the list and that left it, or were withdrawn before, after a number; or were corrected in what they are compared by. */
export interface MembersChanged {
  added: number
  gone: number
  corrected: number
  /** The first of them. */
  listingIds: string[]
}

const MEMBER_EVENTS = {
  added: ['listing.listed'],
  gone: ['listing.shielded', 'listing.revoked', 'listing.withdrawn'],
  corrected: ['listing.corrected'],
} as const satisfies Record<Exclude<keyof MembersChanged, 'listingIds'>, readonly JournalEvent[]>

/** How the members of the list changed after a number, so that a file compared with it may now change more than was shown. */
export async function membersChangedAfter(db: Db, after: number, named: number): Promise<MembersChanged> {
  const events = Object.values(MEMBER_EVENTS).flat()
  const rows = await db.query<{ event: JournalEvent; n: string | number }>(
    `select event, count(*) as n from journal where seq > ? and event in (${placeholders(events)}) group by event`,
    [after, ...events],
  )
  const of = (those: readonly JournalEvent[]): number =>
    rows.filter(({ event }) => those.includes(event)).reduce((sum, { n }) => sum + Number(n), 0)
  const counts = { added: of(MEMBER_EVENTS.added), gone: of(MEMBER_EVENTS.gone), corrected: of(MEMBER_EVENTS.corrected) }
  if (rows.length === 0) return { ...counts, listingIds: [] }
  const first = await db.query<{ listingId: string }>(
    `select listing_id as listingId from journal where seq > ? and event in (${placeholders(events)}) order by seq limit ?`,
    [after, ...events, named],
  )
  return { ...counts, listingIds: [...new Set(first.map(({ listingId }) => listingId))] }
}

/** Those of these entries that came on the list, or were corrected, after a number. */
export async function changedSince(db: Db, after: number, listingIds: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const part of portions(listingIds)) {
    const rows = await db.query<{ listingId: string }>(
      `select distinct listing_id as listingId from journal
        where listing_id in (${placeholders(part)}) and seq > ? and event in ('listing.listed', 'listing.corrected')`,
      [...part, after],
    )
    for (const { listingId } of rows) found.add(listingId)
  }
  return found
}

/** All events of a listing, oldest first. */
export async function journalOfListing(db: Db, listingId: string): Promise<JournalRow[]> {
  return readJournal(db, `${SELECT} where listing_id = ? order by seq`, [listingId])
}

async function readJournal(db: Db, sql: string, params: readonly Param[]): Promise<JournalRow[]> {
  const rows = await db.query<RawJournal>(sql, params)
  return rows.map((row) => ({ ...row, seq: Number(row.seq), at: toInstant(row.at) }))
}

export async function insertBulletin(tx: Tx, row: BulletinRow): Promise<void> {
  await tx.insert(bulletinTable, [row])
}

/** Numbers of the journal at which rows are missing, and those whose entry is gone; none unless somebody deleted them in the database. */
export async function journalHoles(db: Db): Promise<number[]> {
  const last = await listVersion(db)
  const rows = await db.query<{ n: string | number }>(
    `select j.seq + 1 as n from journal j left join journal next on next.seq = j.seq + 1 where next.seq is null and j.seq < ?
      union select 1 as n from counter where name = 'journal' and value > 0 and not exists (select 1 from journal where seq = 1)
      union select j.seq as n from journal j left join listing l on l.id = j.listing_id where l.id is null order by n`,
    [last],
  )
  return rows.map(({ n }) => Number(n))
}

/** Counts the public entries that a bulletin listed and shielded, and gives its last journal number. */
export async function countOfBulletin(db: Db, bulletinId: string): Promise<Pick<BulletinRow, 'listed' | 'shielded' | 'listVersion'>> {
  const rows = await db.query<{ event: JournalEvent; n: string | number; last: string | number }>(
    `select j.event, count(*) as n, max(j.seq) as last from journal j join listing l on l.id = j.listing_id
      where j.bulletin_id = ? and l.disclosure = 'public' group by j.event`,
    [bulletinId],
  )
  const countOf = (event: JournalEvent): number => Number(rows.find((row) => row.event === event)?.n ?? 0)
  return {
    listed: countOf('listing.listed'),
    shielded: countOf('listing.shielded'),
    listVersion: Math.max(0, ...rows.map((row) => Number(row.last))),
  }
}

/** Earlier bulletins about entries that a bulletin took off the list, of which no entry is on the list any more. */
export async function emptiedBulletins(db: Db, bulletinId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select distinct told.bulletin_id as id from journal gone join journal told on told.listing_id = gone.listing_id
      where gone.bulletin_id = ? and gone.event in ('listing.shielded', 'listing.revoked') and told.bulletin_id is not null
        and told.bulletin_id <> gone.bulletin_id and not exists (
          select 1 from journal kept join listing l on l.id = kept.listing_id where kept.bulletin_id = told.bulletin_id and l.state = 'listed')`,
    [bulletinId],
  )
  return rows.map(({ id: emptied }) => emptied)
}

export async function findBulletin(db: Db, id: string): Promise<BulletinRow | null> {
  return db.manager.getRepository(bulletinTable.schema).findOneBy({ id })
}

/** The numbers of these bulletins, by id. */
export async function bulletinNumbers(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const numbers = new Map<string, string>()
  for (const part of portions(ids))
    for (const row of await db.query<{ id: string; number: string }>(
      `select id, number from bulletin where id in (${placeholders(part)})`,
      part,
    ))
      numbers.set(row.id, row.number)
  return numbers
}

/** Conditions of a list of bulletins; all that are given must hold. */
export interface BulletinFilter {
  kind?: BulletinKind | undefined
  source?: string | undefined
  /** The beginning of a number: `2026-` is a year. */
  number?: string | undefined
  /** Instants between which it was issued: the first included, the last not. */
  issued: { from?: Date | undefined; before?: Date | undefined }
  /** Only those of which a notice reached nobody and no person settled it. */
  unreached?: boolean | undefined
}

const UNREACHED =
  "select n.bulletin_id from notice n where n.state = 'undeliverable' and n.settled_by is null and n.bulletin_id is not null"

/** Bulletins that match, newest first. */
export async function bulletins(
  db: Db,
  { kind, source, number, issued, unreached }: BulletinFilter,
  page: { limit: number; offset: number },
): Promise<{ items: BulletinRow[]; total: number }> {
  const query = db.manager
    .getRepository(bulletinTable.schema)
    .createQueryBuilder('b')
    .orderBy('b.id', 'DESC')
    .take(page.limit)
    .skip(page.offset)
  if (kind !== undefined) query.andWhere('b.kind = :kind', { kind })
  if (source !== undefined) query.andWhere('b.source = :source', { source })
  if (number !== undefined) query.andWhere("b.number like :number escape '!'", { number: likePattern(number).slice(1) })
  if (issued.from !== undefined) query.andWhere('b.at >= :from', { from: issued.from })
  if (issued.before !== undefined) query.andWhere('b.at < :before', { before: issued.before })
  if (unreached === true) query.andWhere(`b.id in (${UNREACHED})`)
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}

/** How many entries of a source were in force already when the court took them over; some may have left since. */
export async function takenOver(db: Db, source: string): Promise<number> {
  const [row] = await db.query<{ n: number | string | null }>(
    "select sum(listed) as n from bulletin where source = ? and kind = 'takeover'",
    [source],
  )
  return Number(row?.n ?? 0)
}

/**
 * Bulletins of a source since an instant that changed public entries, newest first. A takeover is left out: its entries were published
 * before.
 */
export async function bulletinsSince(db: Db, source: string, since: Date, limit: number): Promise<BulletinRow[]> {
  return db.manager
    .getRepository(bulletinTable.schema)
    .createQueryBuilder('b')
    .where("b.source = :source and b.at >= :since and b.kind <> 'takeover'", { source, since })
    .andWhere('b.listed + b.shielded + b.revoked + b.corrected > 0')
    .orderBy('b.id', 'DESC')
    .limit(limit)
    .getMany()
}

/** Of what a bulletin entered or corrected, only who is on the list still: whoever left it since is not shown to the public as entered. */
const STILL_PUBLIC = "and (l.state = 'listed' or j.event not in ('listing.listed', 'listing.corrected'))"

/** The events of public entries of a bulletin, in order. */
export async function journalOfBulletin(
  db: Db,
  bulletinId: string,
  page: { limit: number; offset: number },
  reader: 'unit' | 'public',
): Promise<{ items: JournalRow[]; total: number }> {
  const shown = reader === 'public' ? STILL_PUBLIC : ''
  const from = `from journal j join listing l on l.id = j.listing_id where j.bulletin_id = ? and l.disclosure = 'public' ${shown}`
  const counted = await db.query<{ n: string | number }>(`select count(*) as n ${from}`, [bulletinId])
  const columns = SELECT.replace(/ from journal$/, '')
    .replace(/^select /, 'select j.')
    .replaceAll(', ', ', j.')
  const items = await readJournal(db, `${columns} ${from} order by j.seq limit ? offset ?`, [bulletinId, page.limit, page.offset])
  return { items, total: Number(counted[0]?.n ?? 0) }
}
