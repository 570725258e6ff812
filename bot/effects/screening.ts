// Effects for a bound liaison who screens somebody before a decision: the unit's measures and businesses, the screening, its outcome.
// The dialog is bot/dialogs/screening.ts; the commands are in src/features/screening.

import { askScreening, reportOutcome } from '../../src/features/screening/commands.ts'
import { screeningChoices, type ScreeningView } from '../../src/features/screening/lookup.views.ts'
import type { ScreeningOutcome } from '../../src/features/screening/rules.ts'
import { wallTime } from '../../src/core/calendar.ts'
import { isAppError } from '../../src/core/errors.ts'
import type { Outcome, Slots } from '../engine.ts'
import { problemsOf } from './returns.ts'
import { liaisonOf, type TurnContext } from './turn.ts'
import type { LineValues } from '../../src/platform/texts/dialogs.ts'

/**
 * The unit's measures, or the businesses of one, a line each: outcome `measures` while several may be meant, `businesses` of the one that is;
 * or `elsewhere`.
 */
export async function findBusinesses(turn: TurnContext, input: Slots): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  const choices = await screeningChoices(turn.app, liaison, {})
  const chosen = choices.length === 1 ? choices[0] : choices.find(({ id }) => id === input['measure'])
  if (chosen === undefined) return { name: 'measures', values: { choices: choices.map(({ id, title }) => `${id} ${title}`).join('\n') } }
  const names = chosen.businesses.filter(({ forNominees }) => !forNominees).map(({ name }) => name)
  return { name: 'businesses', values: { measure: chosen.id, choices: names.join('\n') } }
}

/** The most findings in one reply. */
const SHOWN = 3

/**
 * Screens somebody for the liaison's own unit (实施意见 五1), logged like every screening. The outcome's name is the answer, `uncovered`
 * (on the list, and no clause about this business), `wrong`, `unknown_business`, or `elsewhere`.
 */
export async function screen(turn: TurnContext, input: Slots): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  try {
    const { identifier, name = '', business, measure: measureId } = input
    const view = await askScreening(turn.app, liaison, { name, identifier, business, measureId })
    return {
      name: view.advice === 'none' ? 'uncovered' : view.answer,
      values: answerOf(view),
      items: (view.findings ?? []).slice(0, SHOWN).map(findingOf),
    }
  } catch (error) {
    if (isAppError(error, 'screening_business_unknown')) return { name: 'unknown_business', values: { business: input['business'] ?? '' } }
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
  return { certain: certain ? 1 : 0, name, identifier, caseNo, measures: measures.map(({ sentence }) => sentence).join('') }
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
