// Which outcomes a unit may report after which answer, when it needs a reason, and which reports go to the leading group.
// Saving the outcome and notifying the leading group are tested in commands.test.ts.

import { expect } from 'chai'
import { isAppError } from '../../../src/core/errors.ts'
import {
  ADVICE,
  OUTCOMES,
  SCREENING_ANSWERS,
  type Advice,
  type ScreeningAnswer,
  type ScreeningOutcome,
} from '../../../src/features/screening/rules.ts'
import { isDespite, report, type ReportableScreening, type Reported } from '../../../src/features/screening/reports.rules.ts'

const asked = (answer: ScreeningAnswer, advice: Advice, reported: Reported | null = null): ReportableScreening => ({
  answer,
  advice,
  reported,
})

function outcome(state: ReportableScreening, given: ScreeningOutcome, reason?: string): string {
  try {
    const result = report(state, { outcome: given, reason })
    return result === null ? 'same' : `${result.outcome} ${result.reason ?? '-'}`
  } catch (error) {
    if (isAppError(error)) return error.code
    throw error
  }
}

describe('the outcome of a screening', () => {
  it('cannot be reported after the answer none', () => {
    for (const given of OUTCOMES) expect(outcome(asked('none', 'no_record'), given, '理由')).to.equal('screening_outcome_impossible')
  })

  it('needs a reason for an approval despite a hit, and for a refusal after review', () => {
    expect(outcome(asked('hit', 'restrict'), 'approved')).to.equal('screening_reason_needed')
    expect(outcome(asked('hit', 'restrict'), 'approved', ' x ')).to.equal('screening_reason_needed')
    expect(outcome(asked('hit', 'restrict'), 'approved', '已提供担保')).to.equal('approved 已提供担保')
    expect(outcome(asked('hit', 'restrict'), 'refused')).to.equal('refused -')
    expect(outcome(asked('hit', 'person_decides'), 'not_needed')).to.equal('not_needed -')
    expect(outcome(asked('review', 'check_identity'), 'refused')).to.equal('screening_reason_needed')
    expect(outcome(asked('review', 'check_identity'), 'refused', '核对身份证原件')).to.equal('refused 核对身份证原件')
    expect(outcome(asked('review', 'check_identity'), 'approved')).to.equal('approved -')
  })

  it('cannot be a refusal while measures are suspended, and is approved without a reason then', () => {
    expect(outcome(asked('hit', 'do_not_apply'), 'refused', '理由')).to.equal('screening_suspended')
    expect(outcome(asked('hit', 'do_not_apply'), 'approved')).to.equal('approved -')
  })

  it('is unchanged when reported again, and replaced only with a reason', () => {
    const refused = asked('hit', 'restrict', { outcome: 'refused', reason: null })
    expect(outcome(refused, 'refused')).to.equal('same')
    expect(outcome(refused, 'not_needed')).to.equal('screening_reported')
    expect(outcome(refused, 'not_needed', '申请人撤回')).to.equal('not_needed 申请人撤回')
    const approved = asked('hit', 'restrict', { outcome: 'approved', reason: '已提供担保' })
    expect(outcome(approved, 'approved', '已提供担保')).to.equal('same')
    expect(outcome(approved, 'approved', '另有原因')).to.equal('approved 另有原因')
  })

  it('counts as an approval despite a hit only after a hit that speaks about the business', () => {
    const despite = SCREENING_ANSWERS.flatMap((answer) =>
      ADVICE.flatMap((advice) =>
        OUTCOMES.filter((given) => isDespite({ answer, advice }, given)).map((given) => `${answer} ${advice} ${given}`),
      ),
    )
    expect(despite).to.deep.equal([
      'hit restrict approved',
      'hit strict_review approved',
      'hit limit approved',
      'hit person_decides approved',
      'hit reference approved',
      'hit supervise approved',
      'hit none approved',
      'hit check_identity approved',
      'hit no_record approved',
    ])
  })
})
