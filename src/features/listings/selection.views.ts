// The court desk's search of listings: a page of a selection, and for each row what this caller may do with it now.
// Authors, answers, proposals and deadlines are read once for a whole page.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { query, type QueryContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { toInstant, type Db, type Store } from '../../platform/database/database.ts'
import { needsExclusions, offeredActs, type OfferedAct } from './possible.rules.ts'
import { besidesOf } from './possible.views.ts'
import { listingsById } from './search.store.ts'
import { countSelection, earliestDeadlines, idsOfSelection, type OpenDeadline } from './selection.store.ts'
import type { Selection, SelectionSort } from './selection.rules.ts'
import type { ProposedAct } from './proposals.rules.ts'
import type { ListingRow } from './store.ts'
import { suspendedAmong } from './suspensions.store.ts'
import { summaryOf, type ListingSummary, type Page } from './views.ts'

/** A search. */
export interface SearchInput {
  filter: Selection
  sort: SelectionSort
  page: Page
}

/** A listing in the desk's list. */
export interface ListingSearchRow extends ListingSummary {
  decidedOn: string | null
  servedOn: string | null
  importId: string | null
  /** What this caller may do with it now. */
  possible: OfferedAct[]
  /** A draft that cannot be submitted before it was asked whether a case of art. 3 applies. */
  needsExclusions: boolean
  suspended: boolean
  /** Its earliest open deadline. */
  due: OpenDeadline | null
  /** The proposal about it that waits for another person; `own`: this caller wrote a part of it. */
  proposal: { id: string; act: ProposedAct; proposedAt: Date; own: boolean } | null
}

/** A page of a selection, and how many listings it has in all. @throws `request_invalid` for the order `due` without a condition on it. */
export const searchRows = query(
  'listing.read',
  async (context, { filter, sort, page }: SearchInput): Promise<{ items: ListingSearchRow[]; total: number }> => {
    requireOrder(filter, sort)
    const { db, app } = context
    const [total, ids] = await Promise.all([
      totalOf(app.store, db, filter, () => countSelection(db, app.secrets, filter)),
      idsOfSelection(db, app.secrets, filter, sort, page),
    ])
    return { items: await rowsOf(context, ids), total }
  },
)

/** @throws `request_invalid` for the order `due` without a condition on it: only listings with a deadline have a place in it. */
export function requireOrder(filter: Selection, sort: SelectionSort): void {
  if (sort.by === 'due' && filter.due === undefined) throw new AppError('request_invalid', {}, [{ code: 'sort_needs_due', field: 'sort' }])
}

/** Rows in the order of their ids. */
async function rowsOf(context: QueryContext, ids: readonly string[]): Promise<ListingSearchRow[]> {
  const { db, app, actor } = context
  const byId = new Map((await listingsById(db, ids)).map((row) => [row.id, row]))
  const rows = ids.flatMap((id) => byId.get(id) ?? [])
  const [besides, deadlines, suspended] = await Promise.all([
    besidesOf(context, rows),
    earliestDeadlines(db, rows.flatMap(deadlineSubjects)),
    suspendedAmong(db, ids),
  ])
  return rows.map((row) => {
    const facts = besides.facts(row)
    const proposal = besides.proposals.get(row.id)
    return {
      ...summaryOf(app, row),
      decidedOn: row.decidedOn,
      servedOn: row.servedOn,
      importId: row.importId,
      possible: offeredActs(actor, facts, { today: dayOf(context.now), profile: app.config.profile }),
      needsExclusions: needsExclusions(facts),
      suspended: suspended.has(row.id),
      due: earlier(deadlineSubjects(row).flatMap((subject) => deadlines.get(subject) ?? [])),
      proposal:
        proposal === undefined
          ? null
          : { id: proposal.id, act: proposal.act, proposedAt: toInstant(proposal.proposedAt), own: proposal.authors.includes(actor.id) },
    }
  })
}

/** Subjects of the deadlines of a listing and of an error in its present wording. */
function deadlineSubjects({ id, contentVersion }: ListingRow): string[] {
  return [`listing:${id}`, `error:${id}:${contentVersion}`]
}

function earlier(deadlines: readonly OpenDeadline[]): OpenDeadline | null {
  return deadlines.toSorted((left, right) => (left.due < right.due ? -1 : 1))[0] ?? null
}

/** Totals that were counted, by their conditions; each is right while the list's version is the same. */
const totals = new WeakMap<Store, Map<string, { version: number; total: Promise<number> }>>()
/** Kept totals of one database at most. */
const KEPT_TOTALS = 200

/**
 * The total of a selection. Every change of a listing raises the version of the list, so a total is counted once a version. Not kept: totals
 * that depend on more than listings, and those of a text, which may be a person's name.
 */
async function totalOf(store: Store, db: Db, filter: Selection, count: () => Promise<number>): Promise<number> {
  const { text, due, needsExclusions: unanswered, proposed, refused } = filter
  if ([text, due, unanswered, proposed, refused].some((each) => each !== undefined)) return count()
  const kept = totals.get(store) ?? new Map<string, { version: number; total: Promise<number> }>()
  totals.set(store, kept)
  const key = JSON.stringify(Object.entries(filter).toSorted())
  const version = await listVersion(db)
  const known = kept.get(key)
  if (known?.version === version) return known.total
  // Kept before it is counted, so that people who ask the same at once count once.
  const total = count()
  if (kept.size >= KEPT_TOTALS) kept.clear()
  kept.set(key, { version, total })
  total.catch(() => kept.delete(key))
  return total
}
