// Answers questions to the sandbox: by the same rules and clauses as real ones, over the invented list. Nothing is logged, counted or told.
// The invented list is sandbox.rules.ts; real questions are commands.ts.

import { AppError } from '../../core/errors.ts'
import { query } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import type { Measure } from '../units/measures.rules.ts'
import { measuresInOrder } from '../units/store.ts'
import { businessOf, rowOf, type ScreeningInput } from './commands.ts'
import { businessAsked, measuresAsked, unitAsking, viewOf, type ScreeningView } from './lookup.views.ts'
import { readSubject, screen } from './rules.ts'
import { SANDBOX_ENTRIES } from './sandbox.rules.ts'

/**
 * What `askScreening` would answer if the list were the invented one. Every measure may be asked about, so that each documented question
 * has its answer for each key. @throws as `askScreening`.
 */
export const askSandbox = query('screening.read', async ({ db, app, actor, now }, input: ScreeningInput): Promise<ScreeningView> => {
  const unitId = unitAsking(actor, input.unitId)
  const measures = input.measureId === undefined ? await measuresAsked(db, unitId, undefined) : [await measureOf(db, input.measureId)]
  const subject = readSubject(input)
  const screened = screen(subject, SANDBOX_ENTRIES, { measures, business: businessAsked(measures, input) })
  const business = businessOf(app, input.business, measures.length === 1 ? measures[0]?.title : undefined)
  const about = { unitId, measureId: input.measureId ?? null, batchId: null, version: 0 }
  return viewOf(app, rowOf({ app, now, actor }, about, { question: { subject, business }, requestKey: null, screened }))
})

async function measureOf(db: Db, id: string): Promise<Measure> {
  const rows = await measuresInOrder(db)
  const row = rows.find((each) => each.id === id)
  if (row === undefined) throw new AppError('screening_measure_other', { measure: id, possible: rows.map((each) => each.id).join(' ') })
  return JSON.parse(row.detail) as Measure
}
