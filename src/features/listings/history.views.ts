// The history of one listing: every act with the person's name, on it and beside it, and what changed from one wording to the next.
// The listing itself is views.ts; deadlines and notices have routes of their own.

import { AppError } from '../../core/errors.ts'
import { auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import { query } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { bulletinNumbers, journalOfListing, type JournalRow } from '../journal/store.ts'
import { staffNames } from '../staff/store.ts'
import { changedFields, type ChangedField } from './corrections.rules.ts'
import { proposalsOf } from './proposals.store.ts'
import { findListing } from './search.store.ts'
import { listingWordingTable, toListing, wordingsOf } from './store.ts'
import { contentFor } from './views.ts'

/** One act in the history of a listing. */
export interface HistoryEntry {
  at: Date
  /** `name` is null for the application itself, for the terminal and for whoever is not on the staff. */
  by: { id: string; name: string | null }
  /** The permission that the act needed. */
  act: string
  /** What it was done to: the listing, its answers to art. 3, an exit ground or an error noted beside it, or a proposal. */
  on: 'listing' | 'exclusions' | 'exit' | 'error' | 'proposal'
  /** The listing after the act; null for what was done beside it. */
  version: number | null
  contentVersion: number | null
  from: string | null
  to: string | null
  event: string | null
  bulletin: { id: string; number: string } | null
  reason: string | null
  proposalId: string | null
}

/** One wording, and what it changed of the one before it. */
export interface WordingVersion {
  contentVersion: number
  /** When the next wording took its place; null for the present one. */
  replacedAt: Date | null
  changes: ChangedField[]
}

/** The acts on a listing, oldest first, and its wordings. @throws `listing_missing`. */
export const listingHistory = query(
  'listing.read',
  async ({ db, app, actor }, id: string): Promise<{ items: HistoryEntry[]; versions: WordingVersion[] }> => {
    const row = await findListing(db, id)
    if (row === null) throw new AppError('listing_missing', { id })
    const former = (await wordingsOf(db, id)).map(({ id: wordingId, contentVersion, replacedAt, sealed }) => ({
      contentVersion,
      replacedAt,
      content: contentFor(actor, openRow(listingWordingTable, app.secrets, { id: wordingId, sealed }).sealed),
    }))
    const present = {
      contentVersion: row.contentVersion,
      replacedAt: null,
      content: contentFor(actor, toListing(app.secrets, row).content),
    }
    const versions = [...former, present].map(({ content, ...version }, at, all) => {
      const before = all[at - 1]
      return { ...version, changes: before === undefined ? [] : changedFields(before.content, content) }
    })
    const proposals = (await proposalsOf(db, app.secrets, id)).map((proposal) => proposal.id)
    return { items: await entriesOf(db, id, proposals), versions }
  },
)

async function entriesOf(db: Db, id: string, proposals: readonly string[]): Promise<HistoryEntry[]> {
  const subjects = [
    ...(['listing', 'exclusions', 'exit', 'error'] as const).map((on) => ({ on, subject: `${on}:${id}`, proposalId: null })),
    ...proposals.map((proposalId) => ({ on: 'proposal' as const, subject: `listing_proposal:${proposalId}`, proposalId })),
  ]
  const rows: { row: AuditRow; on: HistoryEntry['on']; proposalId: string | null }[] = []
  for (const { on, subject, proposalId } of subjects) for (const row of await auditOf(db, subject)) rows.push({ row, on, proposalId })
  const events = new Map((await journalOfListing(db, id)).map((event) => [event.listingVersion, event]))
  const numbers = await bulletinNumbers(
    db,
    [...events.values()].flatMap(({ bulletinId }) => bulletinId ?? []),
  )
  const names = await staffNames(
    db,
    rows.map(({ row }) => row.actor),
  )
  return rows
    .toSorted((left, right) => left.row.at.getTime() - right.row.at.getTime() || left.row.n - right.row.n)
    .map(({ row, on, proposalId }) => {
      const by = { id: row.actor, name: names.get(row.actor) ?? null }
      return { at: row.at, by, act: row.act, on, ...factsOf(row, on, events, numbers), proposalId }
    })
}

/** What the detail of an audit row says, with the journal event of the same version. */
function factsOf(
  { detail }: AuditRow,
  on: HistoryEntry['on'],
  events: ReadonlyMap<number, JournalRow>,
  numbers: ReadonlyMap<string, string>,
): Omit<HistoryEntry, 'at' | 'by' | 'act' | 'on' | 'proposalId'> {
  const facts = JSON.parse(detail) as Readonly<Record<string, unknown>>
  const text = (name: string): string | null => (typeof facts[name] === 'string' && facts[name] !== '' ? facts[name] : null)
  const number = (name: string): number | null => (typeof facts[name] === 'number' ? facts[name] : null)
  const version = on === 'listing' ? number('version') : null
  const event = version === null ? undefined : events.get(version)
  const bulletinId = event?.bulletinId ?? null
  return {
    version,
    contentVersion: number('contentVersion'),
    from: text('from'),
    to: text('to') ?? text('state'),
    event: event?.event ?? null,
    bulletin: bulletinId === null ? null : { id: bulletinId, number: numbers.get(bulletinId) ?? '' },
    reason: text('reason'),
  }
}
