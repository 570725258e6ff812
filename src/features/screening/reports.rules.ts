// Pure rules of what a unit reports after a question: which outcomes it may, and when it must give a reason (实施意见 五1).
// What the list answers is rules.ts; many reports at once are outcomes.commands.ts.

import { AppError } from '../../core/errors.ts'
import { OUTCOMES, type Advice, type ScreeningAnswer, type ScreeningOutcome } from './rules.ts'

/** What a unit reported about its decision. */
export interface Reported {
  outcome: ScreeningOutcome
  reason: string | null
}

/** A question as far as the rules of reporting need it. */
export interface ReportableScreening {
  answer: ScreeningAnswer
  advice: Advice
  /** The earlier report; null when there is none. */
  reported: Reported | null
}

/** Characters of a reason that are kept. */
const REASON_MAX = 500

/** Advice by which the business goes on: measures that rest, and clauses that only assist the court. */
export const GOES_ON: readonly Advice[] = ['do_not_apply', 'assist']

/** Whether business was approved despite a hit that speaks about it. The leading group is then notified. */
export function isDespite({ answer, advice }: Pick<ReportableScreening, 'answer' | 'advice'>, outcome: ScreeningOutcome): boolean {
  return outcome === 'approved' && answer === 'hit' && !GOES_ON.includes(advice)
}

/**
 * Checks the outcome a unit reports. The same outcome again changes nothing (`null`); another one replaces it and needs a reason.
 * @throws AppError `screening_outcome_impossible` after `none`, `screening_suspended` for a refusal while measures are suspended,
 *   `screening_reported` for another outcome without a reason, `screening_reason_needed` for an approval despite a hit or a refusal after
 *   `review`.
 */
export function report(asked: ReportableScreening, input: { outcome: ScreeningOutcome; reason?: string | undefined }): Reported | null {
  const { answer, advice, reported } = asked
  const { outcome } = input
  if (answer === 'none') throw new AppError('screening_outcome_impossible', { answer })
  if (outcome === 'refused' && advice === 'do_not_apply') throw new AppError('screening_suspended')
  const reason = usableReason(input.reason)
  if (reported !== null && isSame(reported, outcome, reason)) return null
  if (reported !== null && reason === null) throw new AppError('screening_reported', { outcome: reported.outcome })
  if (needsReason(asked, outcome) && reason === null) throw new AppError('screening_reason_needed', { outcome })
  return { outcome, reason }
}

/** The outcomes that a unit can report; each may need a reason, as `report` says. */
export function possibleOutcomes({ answer, advice }: Pick<ReportableScreening, 'answer' | 'advice'>): ScreeningOutcome[] {
  if (answer === 'none') return []
  return OUTCOMES.filter((outcome) => outcome !== 'refused' || advice !== 'do_not_apply')
}

/** The outcomes for which a first report needs a reason. */
export function outcomesWithReason(asked: Pick<ReportableScreening, 'answer' | 'advice'>): ScreeningOutcome[] {
  return possibleOutcomes(asked).filter((outcome) => needsReason(asked, outcome))
}

function needsReason(asked: Pick<ReportableScreening, 'answer' | 'advice'>, outcome: ScreeningOutcome): boolean {
  return isDespite(asked, outcome) || (outcome === 'refused' && asked.answer === 'review')
}

/** The trimmed reason; null when it is shorter than two characters. */
function usableReason(reason = ''): string | null {
  const text = reason.trim().slice(0, REASON_MAX)
  return Array.from(text).length < 2 ? null : text
}

function isSame(reported: Reported, outcome: ScreeningOutcome, reason: string | null): boolean {
  return reported.outcome === outcome && (reason === null || reason === reported.reason)
}
