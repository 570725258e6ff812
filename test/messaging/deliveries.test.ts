// What follows from one attempt: again and when, the next rung, or a doubt.

import { expect } from 'chai'
import fc from 'fast-check'
import { consequence, MAX_ATTEMPTS, pause, type Setback } from '../../src/messaging/deliveries.rules.ts'

const NOW = new Date('2026-11-22T02:00:00Z')
const said = (kind: Setback['kind'], more: Partial<Setback> = {}): Setback => ({ kind, code: 'x', reason: 'x', ...more })
const sms = (attempts: number) => ({ id: '01KAGPZ0000000000000000001', medium: 'sms', attempts }) as const

describe('what follows from an attempt', () => {
  it('is a doubt, asked about in half a minute, when nobody knows', () => {
    expect(consequence(said('unknown'), sms(MAX_ATTEMPTS), NOW)).to.deep.equal({
      state: 'unknown',
      dueAt: new Date('2026-11-22T02:00:30Z'),
    })
  })

  it('holds nothing against an address that only could not be reached', () => {
    expect(consequence(said('closed'), sms(1), NOW)).to.deep.equal({ state: 'closed', marks: [], optedOut: false })
  })

  it('holds a wrong number against SMS and voice, a no against its own way, an openid against WeChat', () => {
    expect(consequence(said('refused'), sms(1), NOW)).to.deep.include({ marks: ['sms', 'voice'], optedOut: false })
    expect(consequence(said('refused', { optedOut: true }), sms(1), NOW)).to.deep.include({ marks: ['sms'], optedOut: true })
    expect(consequence(said('refused'), { ...sms(1), medium: 'wechat' }, NOW)).to.deep.include({ marks: ['wechat'] })
  })

  it('is the same rung later, never before the provider said, and no more after the last attempt', () => {
    const notBefore = new Date('2026-11-22T03:00:00Z')
    expect(consequence(said('later', { notBefore }), sms(1), NOW)).to.deep.equal({ state: 'queued', dueAt: notBefore })
    expect(consequence(said('later', { notBefore: NOW }), sms(1), NOW))
      .to.have.property('dueAt')
      .above(NOW)
    expect(consequence(said('later', { notBefore }), sms(MAX_ATTEMPTS), NOW)).to.include({ state: 'exhausted' })
  })
})

describe('the pause before the next attempt', () => {
  it('doubles from a quarter of a minute to an hour, less a fifth at most, and is the same twice', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 26 }), fc.integer({ min: 1, max: 60 }), (id, attempts) => {
        const full = Math.min(15_000 * 2 ** (attempts - 1), 3_600_000)
        const milliseconds = pause(id, attempts)
        return milliseconds <= full && milliseconds >= full * 0.8 - 1 && milliseconds === pause(id, attempts)
      }),
    )
  })

  it('scatters messages that failed together', () => {
    const pauses = new Set(Array.from({ length: 100 }, (_, n) => pause(`01KAGPZ00000000000000000${n}`, 3)))
    expect(pauses.size).to.be.above(90)
  })
})
