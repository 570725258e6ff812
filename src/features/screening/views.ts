// Looking at what units asked and decided, how far a batch is, and taking old questions' subjects out (个保法 19).
// Asking is features/screening/commands and features/screening/batches.commands.

import { AppError } from '../../core/errors.ts'
import { requireOwnUnit, ownUnitOf } from '../../platform/commands/permissions.ts'
import type { ScreeningAnswer } from './rules.ts'
import { blankScreenings, countBatch, findBatch, findScreening, searchScreenings, type ScreeningFilter } from './store.ts'
import { systemCommand, query } from '../../platform/commands/command.ts'
import { unitAsking, viewOf, type ScreeningView } from './lookup.views.ts'
import { readIdentifier } from '../../core/identifiers.ts'
import { maskName } from '../../core/person-names.ts'

/** Newest first. A unit sees its own with the names it gave; the court's people see names masked. @throws `unit_other`. */
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

/** The latest questions about the holder of an identifier, for a request to know them (个保法 45). @throws `request_invalid` for no identifier. */
export const screeningsAbout = query(
  'screening.read',
  async ({ db, app, actor }, identifier: string): Promise<{ items: ScreeningView[]; total: number }> => {
    const read = readIdentifier(identifier)
    if (read.kind === 'none') throw new AppError('request_invalid')
    const own = ownUnitOf(actor)
    const filter = { subject: app.secrets.indexes('identifier', read.number), ...(own === null ? {} : { unitId: own }) }
    const { items, total } = await searchScreenings(db, filter, { limit: 200, offset: 0 })
    return { items: items.map((row) => shownTo(own, viewOf(app, row))), total }
  },
)

/** @throws `screening_missing`, `unit_other`. */
export const showScreening = query('screening.read', async ({ db, app, actor }, screeningId: string): Promise<ScreeningView> => {
  const row = await findScreening(db, screeningId)
  if (row === null) throw new AppError('screening_missing')
  requireOwnUnit(actor, row.unitId)
  return shownTo(ownUnitOf(actor), viewOf(app, row))
})

/** Whoever was asked about and is on no list concerns nobody but the unit that asked. */
function shownTo(own: string | null, shown: ScreeningView): ScreeningView {
  if (own !== null || shown.subject === null) return shown
  return { ...shown, subject: { ...shown.subject, name: maskName(shown.subject.name) } }
}

export interface BatchProgress {
  requestId: string
  unitId: string
  items: number
  /** Logged so far; items with an error are not. */
  counts: Record<ScreeningAnswer, number>
  createdAt: Date
  finishedAt: Date | null
}

/** How far a batch is. @throws `screening_batch_missing`, `screening_unit_needed`, `unit_other`. */
export const showBatch = query(
  'screening.read',
  async ({ db, actor }, input: { requestId: string; unitId?: string | undefined }): Promise<BatchProgress> => {
    const batch = await findBatch(db, unitAsking(actor, input.unitId), input.requestId)
    if (batch === null) throw new AppError('screening_batch_missing')
    const { requestId, unitId, items, createdAt, finishedAt } = batch
    return { requestId, unitId, items, counts: await countBatch(db, batch.id), createdAt, finishedAt }
  },
)

/** Blanks one portion of questions asked before an instant. Answers how many; call until it is none. */
export const forgetScreenings = systemCommand('screening.forget', ({ tx, now }, input: { before: Date; limit: number }): Promise<number> =>
  blankScreenings(tx, input.before, now, input.limit),
)
