// The one search box of the desk: short hits of every kind that the caller may read, for a name, an identifier, a case number or a number.
// The statements are store.ts; nothing of what was sought is kept or logged.

import { readHolder } from '../../core/documents.ts'
import { nameKey, tidyName } from '../../core/person-names.ts'
import { squeeze } from '../../core/text.ts'
import { templateTitle } from '../../messaging/templates.ts'
import { query, type AppContext, type QueryContext } from '../../platform/commands/command.ts'
import { isAllowed, type Permission } from '../../platform/commands/permissions.ts'
import { readCaseNo } from '../debtors/values.rules.ts'
import { findComplaints, findListings, findNotices, findNumbered, findUnits, type FoundRow, type Numbered, type Sought } from './store.ts'
import { conflictsOf } from '../units/conflicts.rules.ts'

export const HIT_KINDS = [
  'listing',
  'complaint',
  'objection',
  'repair',
  'intake',
  'creditor',
  'assistance',
  'handoff',
  'unit',
  'notice',
] as const
export type HitKind = (typeof HIT_KINDS)[number]

/** One hit. */
export interface Hit {
  kind: HitKind
  id: string
  /** A name or number. */
  title: string
  /** The case number of a listing, the audience of a notice in words. */
  detail: string | null
  state: string | null
  /** The state in words. */
  stateName: string | null
  /** Address of its page. */
  path: string
}

/** For each kind, who may read it, where its page is, and where its states have their words. */
const KINDS: Readonly<Record<HitKind, { permission: Permission; folder: string; states?: readonly [file: string, section: string] }>> = {
  listing: { permission: 'listing.read', folder: 'listings', states: ['states', 'listing'] },
  complaint: { permission: 'complaint.read', folder: 'complaints', states: ['complaints', 'state'] },
  objection: { permission: 'objection.read', folder: 'objections', states: ['objections', 'state'] },
  repair: { permission: 'repair.read', folder: 'repairs', states: ['repairs', 'state'] },
  intake: { permission: 'intake.read', folder: 'intakes', states: ['intakes', 'state'] },
  creditor: { permission: 'creditor.read', folder: 'creditors', states: ['creditors', 'state'] },
  assistance: { permission: 'assistance.read', folder: 'assistance', states: ['assistances', 'state'] },
  handoff: { permission: 'handoff.read', folder: 'handoffs', states: ['handoffs', 'state'] },
  unit: { permission: 'unit.read', folder: 'units' },
  notice: { permission: 'notice.read', folder: 'notices', states: ['states', 'notice'] },
}

const TABLES: Readonly<Partial<Record<HitKind, Numbered>>> = {
  objection: 'objection',
  repair: 'repair',
  intake: 'intake',
  creditor: 'creditor_matter',
  assistance: 'assistance',
  handoff: 'handoff',
}

/** Hits of one kind at most. */
const MOST = 8
/** Listings whose matters and notices are found with them: with more the text is too wide. */
const FOLLOWED = 3

/** Hits of every kind that the actor may read. */
export const findEverything = query('search.read', async (context, text: string): Promise<Hit[]> => {
  const { actor } = context
  const sought = soughtBy(context.app, text)
  const may = (kind: HitKind): boolean => isAllowed(actor, KINDS[kind].permission)
  const listings = may('listing') ? await findListings(context.db, sought, MOST) : []
  const followed = listings.length <= FOLLOWED ? listings.map(({ id }) => id) : []
  const hits = listings.map((row) => hitOf(context.app, 'listing', row))
  for (const kind of HIT_KINDS) {
    if (kind === 'listing' || !may(kind)) continue
    hits.push(...(await foundOf(context, kind, sought, followed)).map((row) => hitOf(context.app, kind, row)))
  }
  return hits
})

function foundOf({ db, actor }: QueryContext, kind: HitKind, sought: Sought, followed: readonly string[]): Promise<FoundRow[]> {
  const table = TABLES[kind]
  if (table !== undefined) return findNumbered(db, table, sought, followed, MOST)
  switch (kind) {
    case 'complaint':
      return findComplaints(db, sought, conflictsOf(actor), MOST)
    case 'unit':
      return findUnits(db, sought, MOST)
    default:
      return findNotices(db, sought, { listingIds: followed, hiddenAbout: conflictsOf(actor) }, MOST)
  }
}

function soughtBy({ secrets }: AppContext, typed: string): Sought {
  const text = typed.trim()
  const identifier = readHolder(squeeze(text))
  const caseNo = readCaseNo(text)?.caseNo ?? null
  return {
    text,
    caseNo,
    identifier: identifier.kind === 'none' ? [] : secrets.indexes('identifier', identifier.number),
    accused: {
      identifier: identifier.kind === 'none' ? [] : secrets.indexes('accused_identifier', identifier.number),
      name: [...new Set([tidyName(text), nameKey(text)])].flatMap((name) => secrets.indexes('accused_name', name)),
    },
    caseIndex: caseNo === null ? [] : secrets.indexes('case', caseNo),
  }
}

function hitOf({ catalog }: AppContext, kind: HitKind, { id, title, detail, state }: FoundRow): Hit {
  const { folder, states } = KINDS[kind]
  const shown =
    kind === 'notice'
      ? { title: templateTitle(catalog, title), detail: detail === null ? null : catalog.words('states', `audience.${detail}`) }
      : { title, detail }
  const stateName = state === null || states === undefined ? null : catalog.words(states[0], `${states[1]}.${state}`)
  return { kind, id, ...shown, state, stateName, path: `/desk/${folder}/${id}` }
}
