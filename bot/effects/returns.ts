// Effects for a bound liaison: the unit's quarterly feedback return, and screening somebody before a decision with its later outcome.
// The dialogs are bot/dialogs/feedback.ts and screening.ts; the commands are in src/features/feedback and src/features/screening.

import { correctReturn, ownReturn, submitReturn } from '../../src/features/feedback/commands.ts'
import { quarterName } from '../../src/features/feedback/rounds.commands.ts'
import { askScreening, reportOutcome } from '../../src/features/screening/commands.ts'
import type { ScreeningView } from '../../src/features/screening/lookup.views.ts'
import { wallTime, writtenDay } from '../../src/core/calendar.ts'
import { isAppError, type AppError } from '../../src/core/errors.ts'
import type { ScreeningOutcome } from '../../src/features/screening/rules.ts'
import type { Outcome, Slots } from '../engine.ts'
import { liaisonOf, type TurnContext } from './turn.ts'
import type { LineValues } from '../../src/platform/texts/dialogs.ts'

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

function problemsOf({ app }: TurnContext, { problems }: AppError): string {
  return problems.map((each) => app.catalog.check(each)).join('；')
}

/** The most findings in one reply. */
const SHOWN = 3

/**
 * Screens somebody for the liaison's own unit (实施意见 五1), logged like every screening. The outcome's name is the answer, `wrong`, or
 * `elsewhere`.
 */
export async function screen(turn: TurnContext, input: Slots): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  try {
    const { identifier, name = '' } = input
    const business = input['business'] === '' ? undefined : input['business']
    const view = await askScreening(turn.app, liaison, { name, identifier, business })
    return { name: view.answer, values: answerOf(view), items: (view.findings ?? []).slice(0, SHOWN).map(findingOf) }
  } catch (error) {
    if (!isAppError(error, 'screening_subject_wrong')) throw error
    return { name: 'wrong', values: { problems: problemsOf(turn, error) } }
  }
}

function answerOf({ id, version, subject, answer, advice, explanation, listVersion, asOf }: ScreeningView): LineValues {
  const about = subject === null ? '' : `${subject.name}（${subject.identifier ?? ''}）`
  return {
    screening: id,
    revision: version,
    subject: about,
    answer,
    advice,
    explanation: explanation ?? '',
    version: listVersion,
    asOf: wallTime(asOf),
  }
}

function findingOf(finding: NonNullable<ScreeningView['findings']>[number]): LineValues {
  const { certain, name, identifier, caseNo, measures } = finding
  return { certain: certain ? 1 : 0, name, identifier, caseNo, measures: measures.map(({ title }) => title).join('、') }
}

/** Reports what the unit decided after a screening. The outcome is named `reported_` and what was reported. */
export async function reportScreeningOutcome(turn: TurnContext, input: Slots): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  const outcome = input['outcome'] as ScreeningOutcome
  await reportOutcome(turn.app, liaison, {
    screeningId: input['screening'] ?? '',
    outcome,
    reason: input['reason'],
    version: Number(input['revision']),
  })
  return { name: `reported_${outcome}` }
}
