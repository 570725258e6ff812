// Queries of proposals, circulars, interviews and consequences. A unit sees its own circulars and interviews, and never a proposal.
// Joint circulars and meetings are read by joint.views.ts.

import { withoutRecord } from '../../platform/commands/outcome.ts'
import type { Day } from '../../core/calendar.ts'
import { AppError, type Code } from '../../core/errors.ts'
import type { Proposal, ProposalState, SourceKind, Circular, CircularState, Interview, InterviewState } from './rules.ts'
import { CONSEQUENCES, type Consequence, type ConsequenceKind, type ConsequenceState } from './consequences.rules.ts'
import { requireOwnUnit, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { findProposal, searchProposals, sourceCounts, sourcesOf, sourceTable, toProposal, type UnitStateFilter } from './store.ts'
import {
  findCircular,
  findConsequence,
  findInterview,
  searchCirculars,
  searchConsequences,
  searchInterviews,
  toCircular,
  toConsequence,
  toInterview,
  type CircularRow,
} from './steps.store.ts'
import { query, type AppContext, type QueryContext } from '../../platform/commands/command.ts'
import { causersOf } from './consequences.commands.ts'
import { historyOf, type HistoryStep } from './history.views.ts'
import { circularActs, consequenceActs, interviewActs, proposalActs } from './possible.rules.ts'

type Page = { limit: number; offset: number }

/** What the reader may do next, and the audit rows so far; both empty for a unit. */
interface History {
  possible: string[]
  audit: HistoryStep[]
}

async function forReader({ db, actor }: QueryContext, subject: string, possible: string[]): Promise<History> {
  return ownUnitOf(actor) === null ? { possible, audit: await historyOf(db, subject) } : { possible: [], audit: [] }
}

export type ProposalSummary = Omit<Proposal, 'record'>

/** A page of proposals, newest first. */
export const listProposals = query(
  'accountability.read',
  async (
    { db, app },
    input: { filter: UnitStateFilter<ProposalState>; page: Page },
  ): Promise<{ items: ProposalSummary[]; total: number }> => {
    const { items, total } = await searchProposals(db, input.filter, input.page)
    return { items: items.map((row) => withoutRecord(toProposal(app.secrets, row))), total }
  },
)

export interface SourceView {
  kind: SourceKind
  /** `deadline:<id>`, `complaint:<id>`, `screening:<id>` …: the record that is the evidence. */
  key: string
  happenedOn: Day
  detail: string
  note: string | null
  addedBy: string
  addedAt: Date
}

export interface ProposalDetail extends Proposal, History {
  counts: { kind: SourceKind; count: number }[]
  evidence: { items: SourceView[]; total: number }
  /** The circulars, interviews and consequences that resulted from it. */
  followed: { subject: string; number: string }[]
}

/** One proposal with a page of its sources. @throws `proposal_missing`. */
export const showProposal = query('accountability.read', async (context, input: { id: string; page: Page }): Promise<ProposalDetail> => {
  const { db, app, actor } = context
  const row = await findProposal(db, input.id)
  if (row === null) throw new AppError('proposal_missing')
  const { items, total } = await sourcesOf(db, row.id, input.page)
  const firstPage = { limit: 10, offset: 0 }
  const [circulars, interviews, consequences] = [
    await searchCirculars(db, { proposalId: row.id }, firstPage),
    await searchInterviews(db, { proposalId: row.id }, firstPage),
    await searchConsequences(db, { cause: `proposal:${row.id}` }, firstPage),
  ]
  return {
    ...toProposal(app.secrets, row),
    ...(await forReader(context, `proposal:${row.id}`, proposalActs(actor, row))),
    counts: await sourceCounts(db, row.id),
    evidence: {
      items: items.map((source) => {
        const { kind, sourceKey, happenedOn, detail, note, addedBy, addedAt } = openRow(sourceTable, app.secrets, source)
        return { kind, key: sourceKey, happenedOn, detail, note, addedBy, addedAt }
      }),
      total,
    },
    followed: [
      ...circulars.items.map(({ id, number }) => ({ subject: `circular:${id}`, number })),
      ...interviews.items.map(({ id, number }) => ({ subject: `interview:${id}`, number })),
      ...consequences.items.map(({ id, number }) => ({ subject: `consequence:${id}`, number })),
    ],
  }
})

/** The filter, narrowed to the actor's own unit where the actor belongs to one. @throws `unit_other`. */
function ownFilter<Filter extends { unitId?: string | undefined }>(actor: Actor, filter: Filter): Filter {
  if (filter.unitId !== undefined) requireOwnUnit(actor, filter.unitId)
  const own = ownUnitOf(actor)
  return own === null ? filter : { ...filter, unitId: own }
}

/** The row. @throws AppError with `code` when it is missing or another unit's; a unit cannot tell the two apart. */
function visibleRow<Row extends { unitId: string }>(actor: Actor, row: Row | null, code: Code): Row {
  const own = ownUnitOf(actor)
  if (row === null || (own !== null && row.unitId !== own)) throw new AppError(code)
  return row
}

export type YearFilter<State> = UnitStateFilter<State> & { year?: number | undefined }

/** Who sees the persons that a circular names: the group office, the auditor and the unit's liaisons, but no unit's system. */
function circularFor(app: AppContext, actor: Actor, row: CircularRow): Circular {
  const { record, ...circular } = toCircular(app.secrets, row)
  const { persons, ...rest } = record
  const sees = actor.roles.some((role) => role === 'group_office' || role === 'auditor' || role === 'liaison')
  return { ...circular, record: { ...rest, ...(sees && persons !== undefined ? { persons } : {}) } }
}

/** A page of circulars, newest first; a unit sees its own, once they are issued. @throws `unit_other`. */
export const listCirculars = query(
  'circular.read',
  async ({ db, app, actor }, input: { filter: YearFilter<CircularState>; page: Page }): Promise<{ items: Circular[]; total: number }> => {
    const filter = { ...ownFilter(actor, input.filter), published: ownUnitOf(actor) !== null }
    const { items, total } = await searchCirculars(db, filter, input.page)
    return { items: items.map((row) => circularFor(app, actor, row)), total }
  },
)

/** @throws `circular_missing`, also for another unit's, and for the unit itself until it is issued. */
export const showCircular = query('circular.read', async (context, id: string): Promise<Circular & History> => {
  const { db, app, actor } = context
  const row = visibleRow(actor, await findCircular(db, id), 'circular_missing')
  if (ownUnitOf(actor) !== null && row.issuedOn === null) throw new AppError('circular_missing')
  return { ...circularFor(app, actor, row), ...(await forReader(context, `circular:${id}`, circularActs(actor, row))) }
})

/** A page of interviews, newest first; a unit sees its own. @throws `unit_other`. */
export const listInterviews = query(
  'circular.read',
  async (
    { db, app, actor },
    input: { filter: UnitStateFilter<InterviewState>; page: Page },
  ): Promise<{ items: Interview[]; total: number }> => {
    const { items, total } = await searchInterviews(db, ownFilter(actor, input.filter), input.page)
    return { items: items.map((row) => toInterview(app.secrets, row)), total }
  },
)

/** @throws `interview_missing`, also for another unit's. */
export const showInterview = query('circular.read', async (context, id: string): Promise<Interview & History> => {
  const { db, app, actor } = context
  const row = visibleRow(actor, await findInterview(db, id), 'interview_missing')
  return { ...toInterview(app.secrets, row), ...(await forReader(context, `interview:${id}`, interviewActs(actor, row))) }
})

export type ConsequenceView = Omit<Consequence, 'bodies'> & { bodies: string[]; citation: string; kindName: string }
/** A page of consequences, newest first; units may not call it. */
export const listConsequences = query(
  'accountability.read',
  async (
    { db, app },
    input: { filter: YearFilter<ConsequenceState> & { kind?: ConsequenceKind | undefined }; page: Page },
  ): Promise<{ items: ConsequenceView[]; total: number }> => {
    const { items, total } = await searchConsequences(db, input.filter, input.page)
    return { items: items.map((row) => viewOf(app, toConsequence(app.secrets, row))), total }
  },
)

/** @throws `consequence_missing`. */
export const showConsequence = query('accountability.read', async (context, id: string): Promise<ConsequenceView & History> => {
  const { db, app, actor } = context
  const row = await findConsequence(db, id)
  if (row === null) throw new AppError('consequence_missing')
  const possible = consequenceActs(actor, row, await causersOf(db, row))
  return { ...viewOf(app, toConsequence(app.secrets, row)), ...(await forReader(context, `consequence:${id}`, possible)) }
})

function viewOf(app: AppContext, consequence: Consequence): ConsequenceView {
  const { kind, bodies } = consequence
  return {
    ...consequence,
    bodies: [...bodies],
    citation: CONSEQUENCES[kind].citation,
    kindName: app.catalog.words('consequences', `kind.${kind}`),
  }
}
