// Who is told of which event, by which template, over which ways, and when. Pure: no database, no provider.
// The texts live in templates/messages; sending is the dispatcher's.

import { addDays, dayOf, instantAt, timeOf } from '../core/calendar.ts'

/** A way of reaching a person. Which provider stands behind it is configuration. `clerk` is a person's task, not a provider. */
export const MEDIUMS = ['wechat', 'sms', 'voice', 'clerk'] as const
export type Medium = (typeof MEDIUMS)[number]

/** A rendered message, kept as it was promised: what the person reads, and what the provider needs. */
export interface Body {
  /** The whole text as the person sees it; for SMS with its leading 【signature】. */
  text: string
  /** WeChat template messages: the account's template key (configuration maps it to a template id) and the filled fields. */
  template?: {
    key: string
    fields: Readonly<Record<string, string>>
    /** Names of `thing` fields that were cut to 20 characters and end with an ellipsis. */
    shortened?: readonly string[]
  }
  /** Where a tap leads, when there is such a page. */
  url?: string
}

/** Journal events somebody hears of. */
export const NOTICE_EVENTS = [
  'listing.decided',
  'listing.listed',
  'listing.undisclosed',
  'listing.corrected',
  'listing.shielded',
  'listing.revoked',
  'listing.suspended',
  'listing.resumed',
  'bulletin.published',
  'bulletin.lifted',
  'bulletin.corrected',
  'bulletin.suspended',
  'bulletin.resumed',
  'bulletin.takeover',
  'bulletin.unreached',
  'complaint.received',
  'complaint.accepted',
  'complaint.declined',
  'complaint.assigned',
  'complaint.answered',
  'lift.completed',
  'objection.registered',
  'objection.reviewing',
  'objection.withdrawn',
  'objection.upheld',
  'objection.rejected',
  'objection.carried_out',
  'reconsideration.received',
  'reconsideration.upheld',
  'reconsideration.rejected',
  'repair.received',
  'repair.consulting',
  'repair.answered',
  'repair.approved',
  'repair.refused',
  'repair.withdrawn',
  'deadline.reminder',
  'deadline.missed',
  'calendar.missing',
] as const
export type NoticeEvent = (typeof NOTICE_EVENTS)[number]

/**
 * `unit` implements measures; `source` is the court whose list an entry came from; `employer` hears of entries that are not disclosed;
 * `court` is ourselves.
 */
export const AUDIENCES = ['debtor', 'applicant', 'employer', 'unit', 'media', 'public', 'source', 'court', 'complainant'] as const
export type Audience = (typeof AUDIENCES)[number]

export interface NoticeRule {
  event: NoticeEvent
  audience: Audience
  /** A file of templates/messages, without `.md`. */
  template: string
  /** Ways to try, in order. */
  ladder: readonly Medium[]
  /** Passes quiet hours. */
  urgent: boolean
  /** The provision that demands the notice; null: a courtesy. A statutory notice ends with a person when no channel reached anybody. */
  statutory: string | null
  /** Sent only to those who asked for it. */
  needsConsent: boolean
}

const PERSON: readonly Medium[] = ['wechat', 'sms', 'voice', 'clerk']
const DUTY: readonly Medium[] = ['wechat', 'sms', 'clerk']
const COURTESY: readonly Medium[] = ['wechat', 'sms']
const EMPLOYER: readonly Medium[] = ['sms', 'clerk']

type Manner = Partial<Pick<NoticeRule, 'urgent' | 'statutory' | 'needsConsent'>>

function rule(event: NoticeEvent, audience: Audience, ladder: readonly Medium[], manner: Manner = {}): NoticeRule {
  const template = `${event.replace('.', '-')}-${audience}`
  return { event, audience, template, ladder, urgent: false, statutory: null, needsConsent: false, ...manner }
}

/**
 * Every notice there is (domain §4). A correction reaches a unit once, by its bulletin: `listing.corrected` therefore tells the debtor alone.
 * A medium may stop its subscription, yet it still hears of lifts: what it showed must come down.
 */
export const NOTICES: readonly NoticeRule[] = checkNotices([
  rule('listing.decided', 'debtor', PERSON, { statutory: '实施意见 四(二)3；法释〔2017〕7号 第五条' }),
  rule('listing.listed', 'debtor', PERSON, { statutory: '个人信息保护法 第三十五条' }),
  rule('listing.listed', 'applicant', COURTESY),
  rule('listing.undisclosed', 'employer', EMPLOYER, { statutory: '实施意见 三(一)；法释〔2017〕7号 第八条' }),
  rule('listing.corrected', 'debtor', DUTY, { statutory: '实施意见 四(二)2；法释〔2017〕7号 第九条' }),
  rule('listing.shielded', 'debtor', PERSON, { urgent: true, statutory: '实施意见 四(二)4；法释〔2017〕7号 第十条' }),
  rule('listing.revoked', 'debtor', PERSON, { urgent: true, statutory: '实施意见 四(二)3、4；法释〔2017〕7号 第九条' }),
  rule('listing.suspended', 'debtor', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('listing.resumed', 'debtor', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('bulletin.published', 'unit', DUTY, { statutory: '实施意见 三(一)；法释〔2017〕7号 第八条' }),
  rule('bulletin.published', 'media', COURTESY, { needsConsent: true }),
  rule('bulletin.published', 'public', COURTESY, { needsConsent: true }),
  rule('bulletin.published', 'source', COURTESY),
  rule('bulletin.lifted', 'unit', PERSON, { urgent: true, statutory: '实施意见 四(二)5' }),
  rule('bulletin.lifted', 'media', DUTY, { statutory: '实施意见 四(二)4' }),
  rule('bulletin.lifted', 'public', COURTESY, { needsConsent: true }),
  rule('bulletin.lifted', 'source', DUTY, { statutory: '实施意见 四(二)4' }),
  rule('bulletin.corrected', 'unit', DUTY, { statutory: '实施意见 四(二)2；法释〔2017〕7号 第九条' }),
  rule('bulletin.suspended', 'unit', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('bulletin.resumed', 'unit', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('bulletin.takeover', 'unit', DUTY, { statutory: '实施意见 三(一)' }),
  rule('bulletin.unreached', 'court', ['clerk'], { statutory: '实施意见 三(一)' }),
  rule('complaint.received', 'complainant', COURTESY),
  rule('complaint.accepted', 'complainant', COURTESY),
  rule('complaint.declined', 'complainant', DUTY, { statutory: '实施意见 四(二)8' }),
  rule('complaint.assigned', 'complainant', COURTESY),
  rule('complaint.assigned', 'unit', DUTY, { statutory: '实施意见 四(二)8' }),
  rule('complaint.answered', 'complainant', DUTY, { statutory: '实施意见 四(二)8' }),
  rule('lift.completed', 'debtor', COURTESY),
  rule('objection.registered', 'debtor', DUTY),
  rule('objection.reviewing', 'debtor', COURTESY),
  rule('objection.reviewing', 'unit', DUTY, { statutory: '实施意见 四(二)3' }),
  rule('objection.reviewing', 'court', DUTY),
  rule('objection.withdrawn', 'debtor', DUTY),
  rule('objection.upheld', 'debtor', DUTY, { statutory: '实施意见 四(二)3；法释〔2017〕7号 第十二条' }),
  rule('objection.upheld', 'unit', DUTY, { statutory: '实施意见 四(二)3' }),
  rule('objection.upheld', 'court', DUTY),
  rule('objection.rejected', 'debtor', PERSON, { statutory: '实施意见 四(二)3；法释〔2017〕7号 第十二条' }),
  rule('objection.carried_out', 'debtor', DUTY),
  rule('reconsideration.received', 'debtor', DUTY),
  rule('reconsideration.upheld', 'debtor', DUTY, { statutory: '法释〔2017〕7号 第十二条' }),
  rule('reconsideration.rejected', 'debtor', DUTY, { statutory: '法释〔2017〕7号 第十二条' }),
  rule('repair.received', 'debtor', DUTY),
  rule('repair.consulting', 'unit', DUTY, { statutory: '实施意见 四(二)6' }),
  rule('repair.answered', 'court', DUTY),
  rule('repair.approved', 'debtor', DUTY, { statutory: '实施意见 四(二)6' }),
  rule('repair.approved', 'unit', DUTY, { statutory: '实施意见 四(二)6' }),
  rule('repair.refused', 'debtor', DUTY, { statutory: '实施意见 四(二)6' }),
  rule('repair.withdrawn', 'debtor', DUTY),
  // A day's clocks in one message a person: to liaisons (a miss to their head too), and to the court's own people by their roles.
  rule('deadline.reminder', 'unit', DUTY),
  rule('deadline.reminder', 'court', DUTY),
  rule('deadline.missed', 'unit', DUTY),
  rule('deadline.missed', 'court', DUTY),
  rule('calendar.missing', 'court', DUTY),
])

/** Refuses a table with two answers to one question, or a statutory notice that could end with nobody knowing. */
export function checkNotices(rules: readonly NoticeRule[]): readonly NoticeRule[] {
  const seen = new Set<string>()
  for (const { event, audience, template, ladder, statutory, needsConsent } of rules) {
    const name = `${event} to ${audience}`
    for (const key of [name, template]) if (seen.has(key)) throw new Error(`notices: ${key} stands twice`)
    seen.add(name).add(template)
    if (ladder.length === 0 || new Set(ladder).size < ladder.length)
      throw new Error(`notices: ${name} has an empty ladder or one rung twice`)
    if (ladder.slice(0, -1).includes('clerk')) throw new Error(`notices: ${name} goes on after a person has it`)
    if (statutory !== null && ladder.at(-1) !== 'clerk') throw new Error(`notices: ${name} is statutory and could end unserved`)
    if (statutory !== null && needsConsent) throw new Error(`notices: ${name} is statutory and cannot need consent`)
  }
  return rules
}

/** The notices an event gives rise to, one an audience. */
export function noticesOf(event: NoticeEvent): readonly NoticeRule[] {
  return NOTICES.filter((rule) => rule.event === event)
}

/** Beijing wall-clock times, `HH:MM`. `from` after `to` spans midnight; both equal: no quiet hours. */
export interface QuietHours {
  from: string
  to: string
}

/** The first instant at which a notice may go out: now, or the end of the quiet hours it would disturb. */
export function earliest(rule: Pick<NoticeRule, 'urgent'>, now: Date, quiet: QuietHours): Date {
  if (rule.urgent) return now
  const { hour, minute } = timeOf(now)
  const time = hour * 60 + minute
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)]
  const today = dayOf(now)
  if (from <= to) return time >= from && time < to ? atMinutes(today, to) : now
  if (time >= from) return atMinutes(addDays(today, 1), to)
  return time < to ? atMinutes(today, to) : now
}

/** When a notice that waits for `tomorrow` may go: the end of the quiet hours on the next Beijing day. */
export function nextOpening(now: Date, quiet: QuietHours): Date {
  return atMinutes(addDays(dayOf(now), 1), minutesOf(quiet.to))
}

/** `send_recorded_override`: send, and record that the cap was passed because the law demands the notice. */
export type CapDecision = 'send' | 'send_recorded_override' | 'tomorrow'

/** @param sentToday what this person already got on this Beijing day. @param cap the most they should get. */
export function capDecision(rule: Pick<NoticeRule, 'statutory'>, sentToday: number, cap: number): CapDecision {
  if (sentToday < cap) return 'send'
  return rule.statutory === null ? 'tomorrow' : 'send_recorded_override'
}

/** Unsubscribing stops what needs consent, and never anything else. */
export function mayTell(rule: Pick<NoticeRule, 'needsConsent'>, person: { consent: boolean; optedOut: boolean }): boolean {
  return !rule.needsConsent || (person.consent && !person.optedOut)
}

export interface Addresses {
  /** openid. */
  wechat?: string
  /** E.164; serves voice as well. */
  sms?: string
}

/**
 * The rungs that can be climbed for this person, in order. Empty: nothing to try, which the caller records as undeliverable.
 * @param marks media whose address was refused. A number that does not exist is marked for `sms` and `voice`, an opt-out for `sms` alone.
 */
export function ladderFor(rule: Pick<NoticeRule, 'ladder'>, addresses: Addresses, marks: readonly Medium[] = []): Medium[] {
  return rule.ladder.filter((medium) => medium === 'clerk' || (!marks.includes(medium) && addressOf(medium, addresses) !== undefined))
}

/** The address a medium uses, when there is one; a clerk's task needs none. */
export function addressOf(medium: Medium, addresses: Addresses): string | undefined {
  if (medium === 'clerk') return undefined
  return (medium === 'wechat' ? addresses.wechat : addresses.sms) || undefined
}

function minutesOf(time: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time)
  if (match === null) throw new Error(`quiet hours: not a time of day: ${time}`)
  return Number(match[1]) * 60 + Number(match[2])
}

function atMinutes(day: string, minutes: number): Date {
  return instantAt(day, Math.floor(minutes / 60), minutes % 60)
}
