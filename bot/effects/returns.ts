// Effects for a bound liaison: the unit's quarterly feedback return.
// The dialog is bot/dialogs/feedback.ts; the commands are in src/features/feedback.

import { correctReturn, ownReturn, submitReturn } from '../../src/features/feedback/commands.ts'
import { quarterName } from '../../src/features/feedback/rounds.commands.ts'
import { writtenDay } from '../../src/core/calendar.ts'
import { isAppError, type AppError } from '../../src/core/errors.ts'
import type { Outcome, Slots } from '../engine.ts'
import { liaisonOf, type TurnContext } from './turn.ts'

/** The unit's open or latest return, prefilled with the figures the application counted. Outcome `found`, `none`, or `elsewhere`. */
export async function findReturn(turn: TurnContext): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  const { app } = turn
  const own = await ownReturn(app, liaison, {})
  if (own === null) return { name: 'none' }
  const { roundId, version, state, checked, restricted, approved, known } = own
  const values = { roundId, version, state, checked, restricted, approved, known: known.approved }
  return { name: 'found', values: { ...values, unit: own.unitName, quarter: quarterName(app, own.quarter), due: writtenDay(own.dueOn) } }
}

/** Submits the return, or corrects one that was submitted before. Outcome `done`, `done_late`, `wrong`, or `elsewhere`. */
export async function submitFeedback(turn: TurnContext, input: Slots): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  const { app } = turn
  const roundId = input['roundId'] ?? ''
  const own = await ownReturn(app, liaison, { roundId })
  const [checked, restricted, approved] = ['checked', 'restricted', 'approved'].map((name) => Number(input[name] ?? '0')) as [
    number,
    number,
    number,
  ]
  // The counts by measure are kept only when the totals are unchanged, because they add up to those totals.
  const same = own !== null && own.checked === checked && own.restricted === restricted && own.approved === approved
  const save = own?.state === 'open' ? submitReturn : correctReturn
  try {
    const done = await save(app, liaison, {
      ...{ roundId, checked, restricted, approved, way: 'bot' },
      version: Number(input['version']),
      lines: same ? own.lines : [],
      note: input['note'],
    })
    const values = { quarter: quarterName(app, done.quarter), checked, restricted, approved }
    return { name: done.late ? 'done_late' : 'done', values }
  } catch (error) {
    if (!isAppError(error, 'feedback_wrong')) throw error
    return { name: 'wrong', values: { problems: problemsOf(turn, error) } }
  }
}

/** The problems of a refusal in one sentence. */
export function problemsOf({ app }: TurnContext, { problems }: AppError): string {
  return problems.map((each) => app.catalog.check(each)).join('；')
}
