// The table of notices, fallback orders, quiet hours, the daily cap and consent.

import { expect } from 'chai'

import { instantAt } from '../../src/core/calendar.ts'
import { capDecision, earliestSendTime, nextOpening } from '../../src/messaging/send-limits.rules.ts'
import { addressOf, fallbackOrderFor } from '../../src/messaging/fallback.rules.ts'
import { checkNotices, mayNotify, NOTICES, noticesOf, type NoticeRule } from '../../src/messaging/notices.rules.ts'

const QUIET = { from: '22:00', to: '08:00' }
const DAY = '2026-11-22'

function find(event: NoticeRule['event'], audience: NoticeRule['audience']): NoticeRule {
  const rule = NOTICES.find((candidate) => candidate.event === event && candidate.audience === audience)
  if (rule === undefined) throw new Error(`no rule for ${event} to ${audience}`)
  return rule
}

const decided = find('listing.decided', 'debtor')
const lift = find('bulletin.lifted', 'unit')
const subscribed = find('bulletin.published', 'public')

describe('the table of notices', () => {
  const faults: [string, Partial<NoticeRule>, RegExp][] = [
    ['a statutory notice that could end unserved', { fallbackOrder: ['wechat', 'sms'] }, /end unserved/],
    ['a statutory notice that needs consent', { needsConsent: true }, /cannot need consent/],
    ['an empty fallback order', { fallbackOrder: [], statutory: null }, /empty fallback order/],
    ['the same step twice', { fallbackOrder: ['sms', 'sms', 'clerk'] }, /one step twice/],
    ['a step after the clerk', { fallbackOrder: ['clerk', 'sms'], statutory: null }, /goes on after a person/],
  ]
  for (const [what, change, message] of faults)
    it(`refuses ${what}`, () => {
      expect(() => checkNotices([{ ...decided, ...change }])).to.throw(message)
    })

  it('refuses two rules for one event and audience, and one template for two rules', () => {
    expect(() => checkNotices([decided, { ...decided, template: 'other' }])).to.throw(/listing.decided to debtor stands twice/)
    expect(() => checkNotices([decided, { ...decided, audience: 'unit' }])).to.throw(/listing-decided-debtor stands twice/)
  })

  it('has one rule for each audience of an event', () => {
    expect(noticesOf('listing.decided').map((rule) => rule.audience)).to.deep.equal(['debtor', 'applicant'])
    expect(noticesOf('listing.listed').map((rule) => rule.audience)).to.deep.equal(['debtor', 'applicant'])
    expect(noticesOf('listing.undisclosed').map((rule) => rule.audience)).to.deep.equal(['employer'])
    expect(noticesOf('listing.corrected').map((rule) => rule.audience)).to.deep.equal(['employer', 'debtor', 'applicant'])
    expect(noticesOf('bulletin.published').map((rule) => rule.audience)).to.deep.equal(['unit', 'media', 'public', 'source'])
    expect(noticesOf('bulletin.lifted').map((rule) => rule.audience)).to.deep.equal(['unit', 'media', 'public', 'source'])
    expect(noticesOf('bulletin.corrected').map((rule) => rule.audience)).to.deep.equal(['unit', 'media', 'public'])
    expect(noticesOf('bulletin.takeover').map((rule) => rule.audience)).to.deep.equal(['unit'])
    expect(noticesOf('bulletin.unreached').map((rule) => rule.audience)).to.deep.equal(['court'])
  })

  it('gives units that nobody can reach to a clerk, and to no channel', () => {
    expect(find('bulletin.unreached', 'court').fallbackOrder).to.deep.equal(['clerk'])
    expect(fallbackOrderFor(find('bulletin.unreached', 'court'), {})).to.deep.equal(['clerk'])
  })

  it('tells the employer of an undisclosed entry by SMS or a clerk only', () => {
    expect(find('listing.undisclosed', 'employer').fallbackOrder).to.deep.equal(['sms', 'clerk'])
  })

  it('marks as urgent only what must be lifted, suspended, resumed or taken down, an account changed by one administrator, a test message, and an approval despite a hit', () => {
    const urgent = NOTICES.filter((rule) => rule.urgent && !rule.conversational).map((rule) => rule.template)
    expect(urgent).to.deep.equal([
      'listing-undisclosed_shielded-debtor',
      'listing-undisclosed_revoked-debtor',
      'listing-shielded-debtor',
      'listing-revoked-debtor',
      'listing-suspended-debtor',
      'listing-resumed-debtor',
      'bulletin-lifted-unit',
      'bulletin-suspended-unit',
      'bulletin-resumed-unit',
      'measure-suspended-unit',
      'measure-resumed-unit',
      'lift-retention_refused-unit',
      'assistance-lifted-unit',
      'push-corrected-unit',
      'system-test-court',
      'staff-changed_alone-court',
      'screening-approved_despite_hit-court',
    ])
  })

  it('sends replies at any hour without consent, and gives a clerk’s answer back to the clerks when no channel accepts it', () => {
    const answers = NOTICES.filter((rule) => rule.conversational)
    expect(answers.every((rule) => rule.urgent && rule.audience === 'talker' && !rule.needsConsent)).to.equal(true)
    expect(find('chat.answered', 'talker').fallbackOrder.at(-1)).to.equal('clerk')
  })

  it('begins with the medium that was used last if it is among the steps, and leaves no step out', () => {
    const both = { wechat: 'openid', sms: '+8613900000000' }
    expect(fallbackOrderFor(lift, both, [], 'sms')).to.have.ordered.members([
      'sms',
      ...fallbackOrderFor(lift, both).filter((medium) => medium !== 'sms'),
    ])
    expect(fallbackOrderFor(lift, both, [], 'wechat')).to.deep.equal(fallbackOrderFor(lift, both))
    expect(fallbackOrderFor(lift, { wechat: 'openid' }, [], 'sms')).to.deep.equal(fallbackOrderFor(lift, { wechat: 'openid' }))
    expect(fallbackOrderFor(lift, both, ['sms'], 'sms')).to.deep.equal(fallbackOrderFor(lift, both, ['sms']))
    expect(fallbackOrderFor(lift, both, [], 'clerk')).to.deep.equal(fallbackOrderFor(lift, both))
    expect(fallbackOrderFor(find('listing.undisclosed', 'employer'), both, [], 'wechat')).to.deep.equal(['sms', 'clerk'])
  })

  it('has the fallback orders of the domain', () => {
    expect(decided.fallbackOrder).to.deep.equal(['wechat', 'sms', 'voice', 'clerk'])
    expect(lift.fallbackOrder).to.deep.equal(['wechat', 'wechaty', 'sms', 'voice', 'clerk'])
    expect(find('bulletin.published', 'unit').fallbackOrder).to.deep.equal(['wechat', 'wechaty', 'sms', 'clerk'])
    expect(subscribed.fallbackOrder).to.deep.equal(['wechat', 'sms'])
  })
})

describe('quiet hours', () => {
  const at = (hour: number, minute = 0, day = DAY): Date => instantAt(day, hour, minute)

  for (const invalid of ['8:00', '24:00', '08:60', '', '0800'])
    it(`refuse the time ${invalid || '(empty)'}`, () => {
      expect(() => earliestSendTime(decided, at(12), { from: '22:00', to: invalid })).to.throw(/not a time of day/)
    })

  const cases: [string, Date, Date][] = [
    ['before the evening', at(21, 59), at(21, 59)],
    ['from the first minute', at(22), at(8, 0, '2026-11-23')],
    ['before midnight', at(23, 59), at(8, 0, '2026-11-23')],
    ['after midnight', at(0), at(8)],
    ['until the last minute', at(7, 59), at(8)],
    ['in the morning', at(8), at(8)],
    ['over the end of a year', at(23, 0, '2026-12-31'), at(8, 0, '2027-01-01')],
  ]
  for (const [what, now, expected] of cases)
    it(`give the expected sending time to an ordinary notice ${what}`, () => {
      expect(earliestSendTime(decided, now, QUIET).toISOString()).to.equal(expected.toISOString())
    })

  it('are counted in Beijing time on every machine: 14:30 UTC is 22:30 there', () => {
    expect(earliestSendTime(decided, new Date('2026-11-22T14:30:00Z'), QUIET).toISOString()).to.equal('2026-11-23T00:00:00.000Z')
  })

  it('may lie within one day, and do not exist when both ends are equal', () => {
    expect(earliestSendTime(decided, at(13), { from: '12:00', to: '14:30' })).to.deep.equal(at(14, 30))
    expect(earliestSendTime(decided, at(15), { from: '12:00', to: '14:30' })).to.deep.equal(at(15))
    expect(earliestSendTime(decided, at(3), { from: '08:00', to: '08:00' })).to.deep.equal(at(3))
  })

  it('do not hold back urgent notices', () => {
    expect(earliestSendTime(lift, at(3), QUIET)).to.deep.equal(at(3))
  })

  it('end again on the next Beijing day', () => {
    expect(nextOpening(at(12), QUIET)).to.deep.equal(at(8, 0, '2026-11-23'))
    expect(nextOpening(at(0, 30), QUIET)).to.deep.equal(at(8, 0, '2026-11-23'))
  })
})

describe('the daily cap', () => {
  it('lets a statutory notice exceed it, on record, and holds back others', () => {
    expect(capDecision(decided, 2, 3)).to.equal('send')
    expect(capDecision(decided, 3, 3)).to.equal('send_recorded_override')
    expect(capDecision(subscribed, 2, 3)).to.equal('send')
    expect(capDecision(subscribed, 3, 3)).to.equal('tomorrow')
    expect(capDecision(subscribed, 9, 3)).to.equal('tomorrow')
  })
})

describe('consent to notices', () => {
  it('is needed for a subscription, and is ended by an opt-out', () => {
    expect(mayNotify(subscribed, { consent: false, optedOut: false })).to.equal(false)
    expect(mayNotify(subscribed, { consent: true, optedOut: true })).to.equal(false)
    expect(mayNotify(subscribed, { consent: true, optedOut: false })).to.equal(true)
  })

  it('is not needed for a statutory notice, which no opt-out stops', () => {
    for (const rule of NOTICES.filter(({ statutory }) => statutory !== null))
      expect(mayNotify(rule, { consent: false, optedOut: true }), rule.template).to.equal(true)
  })
})

describe('the fallback order of one person', () => {
  const both = { wechat: 'oSynthetic1', sms: '+8613900000000' }

  it('skips steps without an address, and voice without a phone number', () => {
    expect(fallbackOrderFor(decided, {})).to.deep.equal(['clerk'])
    expect(fallbackOrderFor(decided, { wechat: '', sms: '' })).to.deep.equal(['clerk'])
    expect(fallbackOrderFor(decided, { wechat: both.wechat })).to.deep.equal(['wechat', 'clerk'])
    expect(fallbackOrderFor(decided, { sms: both.sms })).to.deep.equal(['sms', 'voice', 'clerk'])
    expect(fallbackOrderFor(decided, both)).to.deep.equal(['wechat', 'sms', 'voice', 'clerk'])
    expect(fallbackOrderFor(subscribed, {})).to.deep.equal([])
  })

  it('skips media whose address was refused, and never the clerk', () => {
    expect(fallbackOrderFor(decided, both, ['wechat'])).to.deep.equal(['sms', 'voice', 'clerk'])
    expect(fallbackOrderFor(decided, both, ['sms'])).to.deep.equal(['wechat', 'voice', 'clerk'])
    expect(fallbackOrderFor(decided, both, ['wechat', 'sms', 'voice', 'clerk'])).to.deep.equal(['clerk'])
  })

  it('takes for each medium the address that it uses', () => {
    expect(addressOf('wechat', both)).to.equal(both.wechat)
    expect(addressOf('voice', both)).to.equal(both.sms)
    expect(addressOf('clerk', both)).to.equal(undefined)
  })
})
