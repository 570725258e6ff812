// Looking back at what units asked and decided, the progress of a batch, and blanking the subjects of old questions (个保法 19).
// Asking is commands.ts and batches.commands.ts.

import { AppError, isAppError } from '../../core/errors.ts'
import { requireOwnUnit, ownUnitOf } from '../../platform/commands/permissions.ts'
import type { ScreeningAnswer } from './rules.ts'
import { adviseLine, type AdvisedLine } from './advice.rules.ts'
import { measuresInOrder } from '../units/store.ts'
import type { Measure } from '../units/measures.rules.ts'
import { blankScreenings, countBatch, findBatch, findScreening, searchScreenings, type ScreeningFilter } from './store.ts'
import { systemCommand, query } from '../../platform/commands/command.ts'
import { unitAsking, viewOf, type ScreeningView } from './lookup.views.ts'
import { readHolder } from '../../core/documents.ts'
import { maskName } from '../../core/person-names.ts'

/** A page of questions, newest first. A unit sees its own with the full names; the court's staff see masked names. @throws `unit_other`. */
export const listScreenings = query(
  'screening.read',
  async (
    { db, app, actor },
    input: { filter: ScreeningFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: ScreeningView[]; total: number }> => {
    const own = ownUnitOf(actor)
    if (input.filter.unitId !== undefined) requireOwnUnit(actor, input.filter.unitId)
    const { items, total } = await searchScreenings(db, { ...input.filter, ...(own === null ? {} : { unitId: own }) }, input.page)
    return { items: items.map((row) => shownTo(own, viewOf(app, row))), total }
  },
)

/**
 * The latest 200 questions about the holder of an identifier, for that person's request to know them (个保法 45).
 * @throws `request_invalid` when the text is no identifier.
 */
export const screeningsAbout = query(
  'screening.read',
  async ({ db, app, actor }, identifier: string): Promise<{ items: ScreeningView[]; total: number }> => {
    const read = readHolder(identifier)
    if (read.kind === 'none') throw new AppError('request_invalid')
    const own = ownUnitOf(actor)
    const filter = { subject: app.secrets.indexes('identifier', read.number), ...(own === null ? {} : { unitId: own }) }
    const { items, total } = await searchScreenings(db, filter, { limit: 200, offset: 0 })
    return { items: items.map((row) => shownTo(own, viewOf(app, row))), total }
  },
)

/** One question with its answer and outcome. @throws `screening_missing`, `unit_other`. */
export const showScreening = query('screening.read', async ({ db, app, actor }, screeningId: string): Promise<ScreeningView> => {
  const row = await findScreening(db, screeningId)
  if (row === null) throw new AppError('screening_missing')
  requireOwnUnit(actor, row.unitId)
  return shownTo(ownUnitOf(actor), viewOf(app, row))
})

/** Masks the name for the court's staff: a person who is on no list concerns only the unit that asked. */
function shownTo(ownUnitId: string | null, view: ScreeningView): ScreeningView {
  if (ownUnitId !== null) return view
  const { subject } = view
  const masked = subject === null ? null : { ...subject, name: maskName(subject.name) }
  return { ...view, subject: masked, possibleOutcomes: [], reasonFor: [] }
}

/** How far a batch is. */
export interface BatchProgress {
  requestId: string
  unitId: string
  items: number
  /** Answers logged so far. Items with an error are never logged. */
  counts: Record<ScreeningAnswer, number>
  createdAt: Date
  finishedAt: Date | null
}

/** The progress of one batch. @throws `screening_batch_missing`, `screening_unit_needed`, `unit_other`. */
export const showBatch = query(
  'screening.read',
  async ({ db, actor }, input: { requestId: string; unitId?: string | undefined }): Promise<BatchProgress> => {
    const batch = await findBatch(db, unitAsking(actor, input.unitId), input.requestId)
    if (batch === null) throw new AppError('screening_batch_missing')
    const { requestId, unitId, items, createdAt, finishedAt } = batch
    return { requestId, unitId, items, counts: await countBatch(db, batch.id), createdAt, finishedAt }
  },
)

/** Blanks one portion of questions asked before an instant. Answers how many; the caller repeats it until there are none. */
export const forgetScreenings = systemCommand('screening.forget', ({ tx, now }, input: { before: Date; limit: number }): Promise<number> =>
  blankScreenings(tx, input.before, now, input.limit),
)

/** What one line was answered, or why it could not be read. Lines count from 1. */
export type LineAnswer = AdvisedLine | { line: number; error: { code: string; message: string } }

/** What the clauses say to each line of questions; blank lines are left out, and a line that cannot be read leaves the others alone. */
export const adviseLines = query('screening.read', async ({ db, app }, lines: readonly string[]): Promise<LineAnswer[]> => {
  const rows = (await measuresInOrder(db)).map((row) => JSON.parse(row.detail) as Measure)
  const measures = new Map(rows.map((measure) => [measure.id, measure]))
  return lines.flatMap((line, at): LineAnswer[] => {
    if (line.trim() === '') return []
    try {
      return [adviseLine(measures, line)]
    } catch (error) {
      if (!isAppError(error)) throw error
      const message = [app.catalog.problem(error.code, error.values), ...error.problems.map((each) => app.catalog.check(each))].join(' ')
      return [{ line: at + 1, error: { code: error.code, message } }]
    }
  })
})
