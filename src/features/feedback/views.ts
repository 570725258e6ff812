// Looking at rounds and returns: lists, one with everything that was handed in. A unit sees its own returns and nobody else's.
// Reports are feedback-report; the return that waits for a unit is ownReturn in actions/feedback.

import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import type { MeasureLine, ReturnState, ReturnWay, RoundState } from './rules.ts'
import { mustBeOwnUnit, ownUnitOf } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import {
  countReturns,
  findRound,
  roundOfQuarter,
  searchReturns,
  searchRounds,
  toReturn,
  type NamedReturn,
  type Return,
  type ReturnFilter,
  type RoundCounts,
  type RoundRow,
} from './store.ts'
import { entriesOf } from './records.store.ts'
import { view } from '../../platform/commands/command.ts'

type Page = { limit: number; offset: number }

export interface RoundView extends Omit<RoundRow, 'tellingAfter' | 'figures'>, RoundCounts {
  /** The last day has passed and somebody has not answered. */
  overdue: boolean
}

function roundView(round: RoundRow, counts: RoundCounts | undefined, today: Day): RoundView {
  const { tellingAfter: _told, figures: _figures, ...shown } = round
  const { returned = 0, late = 0, awaited = 0 } = counts ?? {}
  return { ...shown, returned, late, awaited, overdue: awaited > 0 && today > round.dueOn }
}

/** Newest quarter first. */
export const listRounds = view(
  'round.read',
  async ({ db, now }, input: { filter: { state?: RoundState }; page: Page }): Promise<{ items: RoundView[]; total: number }> => {
    const { items, total } = await searchRounds(db, input.filter, input.page)
    const counts = await countReturns(
      db,
      items.map((round) => round.id),
    )
    return { items: items.map((round) => roundView(round, counts.get(round.id), dayOf(now))), total }
  },
)

/** By its id, or by its quarter as people name it. @throws `feedback_missing`. */
export const showRound = view('round.read', async ({ db, now }, key: { id: string } | { quarter: string }): Promise<RoundView> => {
  const round = 'id' in key ? await mustFind(db, key.id) : await roundOfQuarter(db, key.quarter)
  if (round === null) throw new AppError('feedback_missing')
  return roundView(round, (await countReturns(db, [round.id])).get(round.id), dayOf(now))
})

async function mustFind(db: Db, roundId: string): Promise<RoundRow> {
  const round = await findRound(db, roundId)
  if (round === null) throw new AppError('feedback_missing')
  return round
}

export interface ReturnView {
  roundId: string
  unitId: string
  unitName: string
  state: ReturnState
  version: number
  late: boolean
  afterClose: boolean
  /** The last day has passed and it is not in. */
  overdue: boolean
  submittedAt: Date | null
  submittedBy: string | null
  checked: number
  restricted: number
  approved: number
}

function returnView(row: NamedReturn, round: RoundRow, today: Day): ReturnView {
  const { roundId, unitId, unitName, state, version, late, afterClose, submittedAt, submittedBy, checked, restricted, approved } = row
  const overdue = state === 'open' && today > round.dueOn
  return { roundId, unitId, unitName, state, version, late, afterClose, overdue, submittedAt, submittedBy, checked, restricted, approved }
}

/** In order of unit; `awaited` after the last day is the list of those overdue. @throws `feedback_missing`, `unit_other`. */
export const listReturns = view(
  'feedback.read',
  async ({ db, actor, now }, input: { filter: ReturnFilter; page: Page }): Promise<{ items: ReturnView[]; total: number }> => {
    const own = ownUnitOf(actor)
    if (input.filter.unitId !== undefined) mustBeOwnUnit(actor, input.filter.unitId)
    const round = await mustFind(db, input.filter.roundId)
    const { items, total } = await searchReturns(db, { ...input.filter, ...(own === null ? {} : { unitId: own }) }, input.page)
    return { items: items.map((row) => returnView(row, round, dayOf(now))), total }
  },
)

export interface ReturnDetail extends ReturnView {
  lines: readonly MeasureLine[]
  note: string
  known: Return['known']
  /** Each handing-in, oldest first. */
  entries: {
    version: number
    handedAt: Date
    handedBy: string
    way: ReturnWay
    late: boolean
    checked: number
    restricted: number
    approved: number
  }[]
}

/** @throws `feedback_missing`, `unit_other`. */
export const showReturn = view(
  'feedback.read',
  async ({ db, house, actor, now }, input: { roundId: string; unitId: string }): Promise<ReturnDetail> => {
    mustBeOwnUnit(actor, input.unitId)
    const round = await mustFind(db, input.roundId)
    const [row] = (await searchReturns(db, input, { limit: 1, offset: 0 })).items
    if (row === undefined) throw new AppError('feedback_missing')
    const { lines, note, known, id } = toReturn(house.secrets, row)
    const entries = (await entriesOf(db, id)).map(({ version, handedAt, handedBy, way, late, checked, restricted, approved }) => ({
      ...{ version, handedAt, handedBy, way, late, checked, restricted, approved },
    }))
    return { ...returnView(row, round, dayOf(now)), lines, note, known, entries }
  },
)
