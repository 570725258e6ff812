// Rules of a unit’s answer to a lift order: features/lifts/rules.ts.

import { expect } from 'chai'
import { isAppError, type Code } from '../../../src/core/errors.ts'
import { LIFT_LIFE, readRetentions, type RetentionInput } from '../../../src/features/lifts/rules.ts'

const TODAY = '2026-11-22'
const GOOD: RetentionInput = { listingId: 'a', basis: '《某某条例》第十二条', until: '2027-05-02', measureIds: ['1.1'] }

/** `code field` of every problem. */
function problems(...inputs: RetentionInput[]): string[] {
  try {
    readRetentions(inputs, { today: TODAY, maxMonths: 24, measureIds: ['1.1', '1.2'] })
    return []
  } catch (error) {
    if (!isAppError(error, 'retention_incomplete')) throw error
    return error.problems.map(({ code, field }) => `${code} ${field}`)
  }
}

describe('a retained measure', () => {
  it('needs a legal basis and a last day in the future for each entry, and reports all problems at once', () => {
    expect(problems({ listingId: 'a' })).to.deep.equal(['retention_basis retained.0.basis', 'retention_until retained.0.until'])
    expect(problems({ ...GOOD, basis: ' 有 ' })).to.deep.equal(['retention_basis retained.0.basis'])
    expect(problems({ ...GOOD, basis: '长'.repeat(501) })).to.deep.equal(['retention_basis retained.0.basis'])
    for (const until of ['2027-02-30', '长期', '2027年5月2日', ''])
      expect(problems({ ...GOOD, until }), until).to.deep.equal(['retention_until retained.0.until'])
    for (const until of ['2026-11-22', '2026-01-01'])
      expect(problems({ ...GOOD, until }), until).to.deep.equal(['retention_past retained.0.until'])
    expect(problems({ ...GOOD, until: '2028-11-23' })).to.deep.equal(['retention_over retained.0.until'])
    expect(problems({ ...GOOD, until: '2028-11-22' })).to.deep.equal([])
    expect(problems(GOOD, { ...GOOD, measureIds: ['9.9'] })).to.deep.equal(['retention_measure retained.1.measureIds'])
  })

  it('covers all of the unit’s measures when it names none', () => {
    expect(readRetentions([{ ...GOOD, measureIds: undefined }], { today: TODAY, maxMonths: 24, measureIds: [] })).to.deep.equal([
      { listingId: 'a', basis: '《某某条例》第十二条', until: '2027-05-02', measureIds: [] },
    ])
    expect(
      readRetentions([{ ...GOOD, measureIds: ['1.2', '1.2'], basis: ' 《某某条例》  第十二条 ' }], {
        today: TODAY,
        maxMonths: 24,
        measureIds: ['1.2'],
      })[0],
    ).to.deep.include({
      measureIds: ['1.2'],
    })
  })
})

describe('an entry of a lift order at a unit', () => {
  const refuses = (run: () => unknown, possible: string, code: Code = 'lift_act_impossible'): void => {
    expect(run)
      .to.throw()
      .that.satisfies((error: unknown) => isAppError(error, code) && error.values['possible'] === possible)
  }

  it('is lifted or retained once, and a retained one is lifted early or ends', () => {
    expect(LIFT_LIFE.next('open', 'lift')).to.equal('lifted')
    expect(LIFT_LIFE.next('open', 'retain')).to.equal('retained')
    expect(LIFT_LIFE.next('retained', 'lift')).to.equal('lifted')
    expect(LIFT_LIFE.next('retained', 'end')).to.equal('ended')
    refuses(() => LIFT_LIFE.next('lifted', 'lift'), '')
    refuses(() => LIFT_LIFE.next('lifted', 'retain'), '')
    refuses(() => LIFT_LIFE.next('retained', 'retain'), 'lift end')
    refuses(() => LIFT_LIFE.next('open', 'end'), 'lift retain')
    refuses(() => LIFT_LIFE.next('ended', 'lift'), '')
  })
})
