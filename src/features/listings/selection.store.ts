// SQL of a selection of listings: ids in order, their number, and the deadlines and proposals beside a page of them.
// Each state is read in the order of an index of its own and the heads are merged: a common state is never sorted as a whole.

import type { Secrets } from '../../core/secrets.ts'
import { likePattern, type Db, type Param } from '../../platform/database/database.ts'
import { placeholders, portions } from '../../platform/database/placeholders.ts'
import type { ClockCode } from '../deadlines/clocks.rules.ts'
import type { ProposedAct } from './proposals.rules.ts'
import { LISTING_STATES, type ListingState } from './rules.ts'
import { readSought, type DayRange, type Selection, type SelectionSort } from './selection.rules.ts'

/** A statement's part and its parameters. */
interface Sql {
  text: string
  params: Param[]
}

/** Subjects under which deadlines of `listing l` run: its own, and that of an error in its present wording. */
const SUBJECTS = ["concat('listing:', l.id)", "concat('error:', l.id, ':', l.content_version)"] as const
/** The listing's deadlines, joined from the deadline's side so that the order of the days is that of an index. */
const DUE_FROM = `deadline d join listing l on l.id = case when d.subject like 'error:%' then substr(d.subject, 7, 26) else substr(d.subject, 9) end
  and (d.subject = ${SUBJECTS[0]} or d.subject = ${SUBJECTS[1]})`

const COLUMN_OF = {
  newest: 'l.id',
  decidedOn: 'l.decided_on',
  listedOn: 'l.published_on',
  termEndsOn: 'l.term_ends_on',
  caseNo: 'l.case_no',
  name: 'l.name',
  due: 'd.due',
} as const satisfies Record<SelectionSort['by'], string>

function join(parts: readonly Sql[], by: string): Sql {
  return { text: parts.map(({ text }) => text).join(by), params: parts.flatMap(({ params }) => params) }
}

function isOneOf(column: string, values: readonly Param[]): Sql {
  return { text: `${column} in (${placeholders(values)})`, params: [...values] }
}

function within(column: string, range: DayRange | undefined): Sql[] {
  const ends: Sql[] = []
  if (range?.from !== undefined) ends.push({ text: `${column} >= ?`, params: [range.from] })
  if (range?.until !== undefined) ends.push({ text: `${column} <= ?`, params: [range.until] })
  // Without an end it still says that there is a day.
  return range !== undefined && ends.length === 0 ? [{ text: `${column} is not null`, params: [] }] : ends
}

function textCondition(secrets: Pick<Secrets, 'indexes'>, text: string): Sql {
  const sought = readSought(text)
  switch (sought.kind) {
    case 'identifier':
      return isOneOf('l.identifier_index', secrets.indexes('identifier', sought.identifier))
    case 'caseNo':
      return { text: 'l.case_no = ?', params: [sought.caseNo] }
    case 'casePrefix':
      return beginsWith('l.case_no', sought.prefix)
    case 'name':
      return beginsWith('l.name', sought.prefix)
  }
}

function beginsWith(column: string, prefix: string): Sql {
  // A pattern without the leading wildcard can use the index.
  return { text: `${column} like ? escape '!'`, params: [likePattern(prefix).slice(1)] }
}

const EXCLUSIONS_MISSING =
  "l.state = 'draft' and l.grounds like '%1%' and not exists (select 1 from listing_exclusion x where x.listing_id = l.id)"
const PROPOSED = 'exists (select 1 from listing_proposal p where p.open_key = l.id)'

/** A draft has a reason only where it was sent back. */
const RETURNED = "l.state = 'draft' and l.reason is not null"

/** `from … where …` of the last proposals about listings, as far as they were rejected; `p` is the proposal. Also what features/todo counts. */
export function refusedProposals({ author, since }: { author: string; since: Date }): Sql {
  return {
    text: `from listing_proposal p where p.state = 'rejected' and p.decided_at >= ? and p.proposed_by = ?
      and not exists (select 1 from listing_proposal later where later.listing_id = p.listing_id and later.id > p.id)`,
    params: [since, author],
  }
}

/** All conditions but those on the state. */
function conditionsOf(secrets: Pick<Secrets, 'indexes'>, selection: Selection): Sql[] {
  const { text, grounds, kind, source, court, importId, draftedBy, decided, listed, termEnds, due } = selection
  const parts: Sql[] = []
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) parts.push({ text: `${column} = ?`, params: [value] })
  }
  if (text !== undefined) parts.push(textCondition(secrets, text))
  equal('l.debtor_kind', kind)
  equal('l.source', source)
  equal('l.court', court)
  equal('l.import_id', importId)
  equal('l.drafted_by', draftedBy)
  if (grounds !== undefined) {
    const one = grounds.map((ground) => ({ text: 'l.grounds like ?', params: [`%${ground}%`] }))
    const either = join(one, ' or ')
    parts.push({ text: `(${either.text})`, params: either.params })
  }
  parts.push(...within('l.decided_on', decided), ...within('l.published_on', listed), ...within('l.term_ends_on', termEnds))
  if (due !== undefined) parts.push({ text: "d.state = 'open'", params: [] }, ...within('d.due', due))
  return [...parts, ...circumstances(selection)]
}

function circumstances({ needsExclusions, proposed, returned, refused }: Selection): Sql[] {
  const parts: Sql[] = []
  if (needsExclusions !== undefined) parts.push({ text: needsExclusions ? EXCLUSIONS_MISSING : `not (${EXCLUSIONS_MISSING})`, params: [] })
  if (proposed !== undefined) parts.push({ text: proposed ? PROPOSED : `not ${PROPOSED}`, params: [] })
  if (returned !== undefined) parts.push({ text: returned ? RETURNED : `not (${RETURNED})`, params: [] })
  if (refused !== undefined) {
    const { text, params } = refusedProposals(refused)
    parts.push({ text: `l.id in (select p.listing_id ${text})`, params })
  }
  return parts
}

/** The states that can match at all. */
function statesOf({ states, needsExclusions, returned, refused }: Selection): readonly ListingState[] {
  const isDraft = needsExclusions === true || returned === true
  return [...new Set(states ?? LISTING_STATES)].filter(
    (state) => (!isDraft || state === 'draft') && (refused === undefined || state === 'listed'),
  )
}

/**
 * The condition on the state. None when every state can match, so that an index of another column answers alone; but the indexes of days begin
 * with the state.
 */
function stateCondition(states: readonly ListingState[], { decided, listed, termEnds }: Selection): Sql[] {
  const hasDays = [decided, listed, termEnds].some((range) => range !== undefined)
  return states.length === LISTING_STATES.length && !hasDays ? [] : [isOneOf('l.state', states)]
}

function whereOf(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? { text: '', params: [] } : prefixed('where ', join(conditions, ' and '))
}

function prefixed(prefix: string, { text, params }: Sql): Sql {
  return { text: `${prefix}${text}`, params }
}

/** Whether the conditions leave few rows, so that finding them first and ordering them then is cheapest. */
function isNarrow({ text, importId, draftedBy, due, refused }: Selection): boolean {
  return [text, importId, draftedBy, due, refused].some((condition) => condition !== undefined)
}

/** Whether one index gives the order over all states. */
function hasOwnIndex({ by }: SelectionSort, isAll: boolean): boolean {
  return by === 'name' || by === 'caseNo' || (isAll && by === 'newest')
}

/** Ids of the selected listings in order; all of them without a page. */
export async function idsOfSelection(
  db: Db,
  secrets: Pick<Secrets, 'indexes'>,
  selection: Selection,
  sort: SelectionSort,
  page?: { limit: number; offset: number },
): Promise<string[]> {
  const states = statesOf(selection)
  if (states.length === 0) return []
  const { direction } = sort
  const key = COLUMN_OF[sort.by]
  const from = selection.due === undefined ? 'listing l' : DUE_FROM
  // A listing with two deadlines in these days is one row.
  const group = selection.due === undefined ? '' : ' group by l.id'
  const select = `select l.id as id, ${group === '' ? key : `min(${key})`} as k from ${from}`
  const order = (id: string, by: string): string => (sort.by === 'newest' ? `${id} ${direction}` : `${by} ${direction}, ${id} ${direction}`)
  const others = conditionsOf(secrets, selection)
  const isAll = others.length === 0 && states.length === LISTING_STATES.length
  const isMerged = page !== undefined && !isNarrow(selection) && !hasOwnIndex(sort, isAll) && states.length > 1
  const tail: Sql = page === undefined ? { text: '', params: [] } : { text: ' limit ? offset ?', params: [page.limit, page.offset] }
  let sql: Sql
  if (isMerged) {
    const heads = states.map((state) => {
      const where = whereOf([{ text: 'l.state = ?', params: [state] }, ...others])
      const limited = { text: ` order by ${order('l.id', key)} limit ?`, params: [page.limit + page.offset] }
      return { text: `select * from (${select} ${where.text}${limited.text}) s`, params: [...where.params, ...limited.params] }
    })
    const all = join(heads, ' union all ')
    sql = { text: `select id from (${all.text}) u order by ${order('id', 'k')}`, params: all.params }
  } else {
    const where = whereOf([...stateCondition(states, selection), ...others])
    sql = { text: `${select} ${where.text}${group} order by ${order('l.id', group === '' ? key : 'k')}`, params: where.params }
  }
  const rows = await db.query<{ id: string }>(sql.text + tail.text, [...sql.params, ...tail.params])
  return rows.map(({ id }) => id)
}

/** The number of selected listings. */
export async function countSelection(db: Db, secrets: Pick<Secrets, 'indexes'>, selection: Selection): Promise<number> {
  const states = statesOf(selection)
  if (states.length === 0) return 0
  const from = selection.due === undefined ? 'listing l' : DUE_FROM
  const where = whereOf([...stateCondition(states, selection), ...conditionsOf(secrets, selection)])
  const rows = await db.query<{ n: string | number }>(
    `select count(${selection.due === undefined ? '*' : 'distinct l.id'}) as n from ${from} ${where.text}`,
    where.params,
  )
  return Number(rows[0]?.n ?? 0)
}

/** An open deadline. */
export interface OpenDeadline {
  code: ClockCode
  due: string
  provisional: boolean
}

/** The earliest open deadline under each of these subjects; a subject without one is missing in the map. */
export async function earliestDeadlines(db: Db, subjects: readonly string[]): Promise<Map<string, OpenDeadline>> {
  const earliest = new Map<string, OpenDeadline>()
  for (const part of portions(subjects)) {
    const rows = await db.query<{ subject: string; code: ClockCode; due: string; missingYear: number | null }>(
      `select subject, code, due, missing_year as missingYear from deadline
        where subject in (${placeholders(part)}) and state = 'open' order by due desc, id desc`,
      part,
    )
    for (const { subject, code, due, missingYear } of rows) earliest.set(subject, { code, due, provisional: missingYear !== null })
  }
  return earliest
}

/** A proposal that waits for another person. */
export interface WaitingProposal {
  id: string
  act: ProposedAct
  proposedAt: Date | string
  authors: readonly string[]
}

/** The proposals that wait, by listing. */
export async function waitingProposals(db: Db, listingIds: readonly string[]): Promise<Map<string, WaitingProposal>> {
  const waiting = new Map<string, WaitingProposal>()
  for (const part of portions(listingIds)) {
    const rows = await db.query<{ listingId: string; id: string; act: ProposedAct; proposedAt: Date | string; authors: string }>(
      `select open_key as listingId, id, act, proposed_at as proposedAt, authors from listing_proposal where open_key in (${placeholders(part)})`,
      part,
    )
    for (const { listingId, authors, ...row } of rows) waiting.set(listingId, { ...row, authors: authors.split(' ') })
  }
  return waiting
}
