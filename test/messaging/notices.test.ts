// Who is told, when, and by which way.

import { expect } from 'chai'

import { instantAt } from '../../src/core/calendar.ts'
import { capDecision, earliest, nextOpening } from '../../src/messaging/send-limits.rules.ts'
import { addressOf, fallbackOrderFor } from '../../src/messaging/fallback.rules.ts'
import { checkNotices, mayTell, NOTICES, noticesOf, type NoticeRule } from '../../src/messaging/notices.rules.ts'

const QUIET = { from: '22:00', to: '08:00' }
const DAY = '2026-11-22'

function find(event: NoticeRule['event'], audience: NoticeRule['audience']): NoticeRule {
  const rule = NOTICES.find((one) => one.event === event && one.audience === audience)
  if (rule === undefined) throw new Error(`no rule for ${event} to ${audience}`)
  return rule
}

const decided = find('listing.decided', 'debtor')
const lift = find('bulletin.lifted', 'unit')
const subscribed = find('bulletin.published', 'public')

describe('the table of notices', () => {
  const bad: [string, Partial<NoticeRule>, RegExp][] = [
    ['a statutory notice that could end unserved', { ladder: ['wechat', 'sms'] }, /end unserved/],
    ['a statutory notice that needs consent', { needsConsent: true }, /cannot need consent/],
    ['an empty ladder', { ladder: [], statutory: null }, /empty ladder/],
    ['one rung twice', { ladder: ['sms', 'sms', 'clerk'] }, /one rung twice/],
    ['a rung after the clerk', { ladder: ['clerk', 'sms'], statutory: null }, /goes on after a person/],
  ]
  for (const [what, change, message] of bad)
    it(`refuses ${what}`, () => {
      expect(() => checkNotices([{ ...decided, ...change }])).to.throw(message)
    })

  it('refuses two answers to one question and one template for two notices', () => {
    expect(() => checkNotices([decided, { ...decided, template: 'other' }])).to.throw(/listing.decided to debtor stands twice/)
    expect(() => checkNotices([decided, { ...decided, audience: 'unit' }])).to.throw(/listing-decided-debtor stands twice/)
  })

  it('tells each audience of an event once', () => {
    expect(noticesOf('listing.decided').map((rule) => rule.audience)).to.deep.equal(['debtor'])
    expect(noticesOf('listing.listed').map((rule) => rule.audience)).to.deep.equal(['debtor', 'applicant'])
    expect(noticesOf('listing.undisclosed').map((rule) => rule.audience)).to.deep.equal(['employer'])
    expect(noticesOf('listing.corrected').map((rule) => rule.audience)).to.deep.equal(['employer', 'debtor'])
    expect(noticesOf('bulletin.published').map((rule) => rule.audience)).to.deep.equal(['unit', 'media', 'public', 'source'])
    expect(noticesOf('bulletin.lifted').map((rule) => rule.audience)).to.deep.equal(['unit', 'media', 'public', 'source'])
    expect(noticesOf('bulletin.corrected').map((rule) => rule.audience)).to.deep.equal(['unit'])
    expect(noticesOf('bulletin.takeover').map((rule) => rule.audience)).to.deep.equal(['unit'])
    expect(noticesOf('bulletin.unreached').map((rule) => rule.audience)).to.deep.equal(['court'])
  })

  it('hands units that nobody can reach to a clerk, and to no machine', () => {
    expect(find('bulletin.unreached', 'court').ladder).to.deep.equal(['clerk'])
    expect(fallbackOrderFor(find('bulletin.unreached', 'court'), {})).to.deep.equal(['clerk'])
  })

  it('tells an undisclosed entry to the employer alone, and never over an open list of readers', () => {
    expect(find('listing.undisclosed', 'employer').ladder).to.deep.equal(['sms', 'clerk'])
  })

  it('lets what must be lifted, rested or taken down, and an approval despite a hit, disturb the night, and nothing else', () => {
    const urgent = NOTICES.filter((rule) => rule.urgent && !rule.conversational).map((rule) => rule.template)
    expect(urgent).to.deep.equal([
      'listing-shielded-debtor',
      'listing-revoked-debtor',
      'listing-suspended-debtor',
      'listing-resumed-debtor',
      'bulletin-lifted-unit',
      'bulletin-suspended-unit',
      'bulletin-resumed-unit',
      'assistance-lifted-unit',
      'push-corrected-unit',
      'screening-approved_despite_hit-court',
    ])
  })

  it('answers whoever writes at any hour, and gives a clerk’s words back to the clerks when no channel takes them', () => {
    const answers = NOTICES.filter((rule) => rule.conversational)
    expect(answers.every((rule) => rule.urgent && rule.audience === 'talker' && !rule.needsConsent)).to.equal(true)
    expect(find('chat.answered', 'talker').ladder.at(-1)).to.equal('clerk')
  })

  it('begins with the channel that was used last, among the rungs there are, and leaves none out', () => {
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

  it('climbs the ladders of the domain', () => {
    expect(decided.ladder).to.deep.equal(['wechat', 'sms', 'voice', 'clerk'])
    expect(lift.ladder).to.deep.equal(['wechat', 'wechaty', 'sms', 'voice', 'clerk'])
    expect(find('bulletin.published', 'unit').ladder).to.deep.equal(['wechat', 'wechaty', 'sms', 'clerk'])
    expect(subscribed.ladder).to.deep.equal(['wechat', 'sms'])
  })
})

describe('quiet hours', () => {
  const at = (hour: number, minute = 0, day = DAY): Date => instantAt(day, hour, minute)

  for (const slip of ['8:00', '24:00', '08:60', '', '0800'])
    it(`refuses the time ${slip || '(empty)'}`, () => {
      expect(() => earliest(decided, at(12), { from: '22:00', to: slip })).to.throw(/not a time of day/)
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
    it(`holds ordinary notices ${what}`, () => {
      expect(earliest(decided, now, QUIET).toISOString()).to.equal(expected.toISOString())
    })

  it('keeps Beijing time wherever the machine stands: 14:30 UTC is 22:30 there', () => {
    expect(earliest(decided, new Date('2026-11-22T14:30:00Z'), QUIET).toISOString()).to.equal('2026-11-23T00:00:00.000Z')
  })

  it('holds a span within one day, and knows no quiet hours when both ends are equal', () => {
    expect(earliest(decided, at(13), { from: '12:00', to: '14:30' })).to.deep.equal(at(14, 30))
    expect(earliest(decided, at(15), { from: '12:00', to: '14:30' })).to.deep.equal(at(15))
    expect(earliest(decided, at(3), { from: '08:00', to: '08:00' })).to.deep.equal(at(3))
  })

  it('lets urgent notices pass', () => {
    expect(earliest(lift, at(3), QUIET)).to.deep.equal(at(3))
  })

  it('opens again on the next Beijing day', () => {
    expect(nextOpening(at(12), QUIET)).to.deep.equal(at(8, 0, '2026-11-23'))
    expect(nextOpening(at(0, 30), QUIET)).to.deep.equal(at(8, 0, '2026-11-23'))
  })
})

describe('the daily cap', () => {
  it('lets a statutory notice pass, and says so; others wait', () => {
    expect(capDecision(decided, 2, 3)).to.equal('send')
    expect(capDecision(decided, 3, 3)).to.equal('send_recorded_override')
    expect(capDecision(subscribed, 2, 3)).to.equal('send')
    expect(capDecision(subscribed, 3, 3)).to.equal('tomorrow')
    expect(capDecision(subscribed, 9, 3)).to.equal('tomorrow')
  })
})

describe('consent', () => {
  it('asks those who subscribed only, and takes a no', () => {
    expect(mayTell(subscribed, { consent: false, optedOut: false })).to.equal(false)
    expect(mayTell(subscribed, { consent: true, optedOut: true })).to.equal(false)
    expect(mayTell(subscribed, { consent: true, optedOut: false })).to.equal(true)
  })

  it('never lets an opt-out stop a statutory notice', () => {
    for (const rule of NOTICES.filter((one) => one.statutory !== null))
      expect(mayTell(rule, { consent: false, optedOut: true }), rule.template).to.equal(true)
  })
})

describe('the ladder of one person', () => {
  const both = { wechat: 'oSynthetic1', sms: '+8613900000000' }

  it('skips rungs without an address; voice needs the phone', () => {
    expect(fallbackOrderFor(decided, {})).to.deep.equal(['clerk'])
    expect(fallbackOrderFor(decided, { wechat: '', sms: '' })).to.deep.equal(['clerk'])
    expect(fallbackOrderFor(decided, { wechat: both.wechat })).to.deep.equal(['wechat', 'clerk'])
    expect(fallbackOrderFor(decided, { sms: both.sms })).to.deep.equal(['sms', 'voice', 'clerk'])
    expect(fallbackOrderFor(decided, both)).to.deep.equal(['wechat', 'sms', 'voice', 'clerk'])
    expect(fallbackOrderFor(subscribed, {})).to.deep.equal([])
  })

  it('skips what was refused, each way by itself, and never the clerk', () => {
    expect(fallbackOrderFor(decided, both, ['wechat'])).to.deep.equal(['sms', 'voice', 'clerk'])
    expect(fallbackOrderFor(decided, both, ['sms'])).to.deep.equal(['wechat', 'voice', 'clerk'])
    expect(fallbackOrderFor(decided, both, ['wechat', 'sms', 'voice', 'clerk'])).to.deep.equal(['clerk'])
  })

  it('knows which address a way uses', () => {
    expect(addressOf('wechat', both)).to.equal(both.wechat)
    expect(addressOf('voice', both)).to.equal(both.sms)
    expect(addressOf('clerk', both)).to.equal(undefined)
  })
})
