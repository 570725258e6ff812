// What a unit decided after it asked (实施意见 五1): refused, approved despite a hit, or the business fell away. Pure.
// What it was told is screening.ts.

import { AppError } from '../../core/errors.ts'
import type { Advice, ScreeningAnswer, ScreeningOutcome } from './rules.ts'

export interface Reported {
  outcome: ScreeningOutcome
  reason: string | null
}

export interface Asked {
  answer: ScreeningAnswer
  advice: Advice
  /** What was reported before. */
  reported: Reported | null
}

const REASON_MAX = 500

/** Business approved although the very person or organisation was found and its measures did not rest: told to the leading group at once. */
export function isDespite({ answer, advice }: Pick<Asked, 'answer' | 'advice'>, outcome: ScreeningOutcome): boolean {
  return outcome === 'approved' && answer === 'hit' && advice !== 'do_not_apply'
}

/**
 * Takes a unit's outcome in; the same one again changes nothing (`null`), another one replaces it with a reason.
 * @throws AppError `screening_outcome_impossible` after `none`, `screening_suspended` for a refusal while measures rest, `screening_reported` for
 *   another outcome without a reason, `screening_reason_needed` for an approval despite a hit and for a refusal on a likeness.
 */
export function report(asked: Asked, input: { outcome: ScreeningOutcome; reason?: string | undefined }): Reported | null {
  const { answer, advice, reported } = asked
  const { outcome } = input
  if (answer === 'none') throw new AppError('screening_outcome_impossible', { answer })
  if (outcome === 'refused' && advice === 'do_not_apply') throw new AppError('screening_suspended')
  const reason = typed(input.reason)
  if (reported !== null && isSame(reported, outcome, reason)) return null
  if (reported !== null && reason === null) throw new AppError('screening_reported', { outcome: reported.outcome })
  const needed = isDespite(asked, outcome) || (outcome === 'refused' && answer === 'review')
  if (needed && reason === null) throw new AppError('screening_reason_needed', { outcome })
  return { outcome, reason }
}

/** Null: nothing that says anything. */
function typed(reason = ''): string | null {
  const said = reason.trim().slice(0, REASON_MAX)
  return Array.from(said).length < 2 ? null : said
}

function isSame(reported: Reported, outcome: ScreeningOutcome, reason: string | null): boolean {
  return reported.outcome === outcome && (reason === null || reason === reported.reason)
}
