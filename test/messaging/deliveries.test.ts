// What follows from one attempt that was not accepted: another attempt, the next step, or a doubt.

import { expect } from 'chai'
import fc from 'fast-check'
import { nextState, MAX_ATTEMPTS, pause, type FailedOutcome } from '../../src/messaging/deliveries.rules.ts'

const NOW = new Date('2026-11-22T02:00:00Z')
const failure = (kind: FailedOutcome['kind'], more: Partial<FailedOutcome> = {}): FailedOutcome => ({
  kind,
  code: 'x',
  reason: 'x',
  ...more,
})
const sms = (attempts: number) => ({ id: '01KAGPZ0000000000000000001', medium: 'sms', attempts }) as const

describe('the state after an attempt that was not accepted', () => {
  it('is a doubt, about which the provider is asked after half a minute, when the outcome is unknown', () => {
    expect(nextState(failure('unknown'), sms(MAX_ATTEMPTS), NOW)).to.deep.equal({
      state: 'unknown',
      dueAt: new Date('2026-11-22T02:00:30Z'),
    })
  })

  it('is closed without a mark on the address when the address could not be reached', () => {
    expect(nextState(failure('closed'), sms(1), NOW)).to.deep.equal({ state: 'closed', marks: [], optedOut: false })
  })

  it('is refused with a mark for SMS and voice when a number is wrong, and for one medium after an opt-out or a wrong openid', () => {
    expect(nextState(failure('refused'), sms(1), NOW)).to.deep.include({ marks: ['sms', 'voice'], optedOut: false })
    expect(nextState(failure('refused', { optedOut: true }), sms(1), NOW)).to.deep.include({ marks: ['sms'], optedOut: true })
    expect(nextState(failure('refused'), { ...sms(1), medium: 'wechat' }, NOW)).to.deep.include({ marks: ['wechat'] })
  })

  it('is queued on the same step, not before the time that the provider named, and exhausted after the last attempt', () => {
    const notBefore = new Date('2026-11-22T03:00:00Z')
    expect(nextState(failure('later', { notBefore }), sms(1), NOW)).to.deep.equal({ state: 'queued', dueAt: notBefore })
    expect(nextState(failure('later', { notBefore: NOW }), sms(1), NOW))
      .to.have.property('dueAt')
      .above(NOW)
    expect(nextState(failure('later', { notBefore }), sms(MAX_ATTEMPTS), NOW)).to.include({ state: 'exhausted' })
  })
})

describe('the pause before the next attempt', () => {
  it('doubles from 15 seconds to an hour, is shortened by a fifth at most, and is always the same for one delivery', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 26 }), fc.integer({ min: 1, max: 60 }), (id, attempts) => {
        const full = Math.min(15_000 * 2 ** (attempts - 1), 3_600_000)
        const milliseconds = pause(id, attempts)
        return milliseconds <= full && milliseconds >= full * 0.8 - 1 && milliseconds === pause(id, attempts)
      }),
    )
  })

  it('differs between messages that failed together', () => {
    const pauses = new Set(Array.from({ length: 100 }, (_, n) => pause(`01KAGPZ00000000000000000${n}`, 3)))
    expect(pauses.size).to.be.above(90)
  })
})
