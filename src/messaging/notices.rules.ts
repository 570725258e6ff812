// Who is told of which event, by which template, over which ways. Pure: no database, no provider.
// Which of the ways a person has is ladders.ts, when is notice-times.ts; the texts live in templates/messages; sending is the dispatcher's.

import type { Medium } from '../core/mediums.ts'

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
  'listing.official',
  'listing.official_corrected',
  'listing.official_exited',
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
  'identity.code',
  'intake.received',
  'intake.declined',
  'reconsideration.received',
  'reconsideration.upheld',
  'reconsideration.rejected',
  'repair.received',
  'repair.consulting',
  'repair.answered',
  'repair.approved',
  'repair.refused',
  'repair.withdrawn',
  'accountability.proposed',
  'circular.issued',
  'circular.withdrawn',
  'interview.called',
  'interview.cancelled',
  'interview.concluded',
  'consequence.proposed',
  'consequence.confirmed',
  'consequence.cancelled',
  'joint.issued',
  'joint.withdrawn',
  'meeting.called',
  'meeting.held',
  'meeting.cancelled',
  'feedback.opened',
  'feedback.reminder',
  'feedback.closed',
  'deadline.reminder',
  'deadline.missed',
  'assistance.issued',
  'assistance.answered',
  'assistance.review_suggested',
  'assistance.review_answered',
  'assistance.lifted',
  'assistance.lift_refused',
  'assistance.withdrawn',
  'push.prepared',
  'push.released',
  'push.corrected',
  'calendar.missing',
  'screening.approved_despite_hit',
  'chat.replied',
  'chat.answered',
] as const
export type NoticeEvent = (typeof NOTICE_EVENTS)[number]

/**
 * `unit` implements measures; `superior` is the unit or superior of an official or a public body (法释〔2017〕7号 第八条); `body` is told how another unit is held to account; `source` is the court whose list an entry came from; `employer` hears of entries that are not disclosed, and nobody else does;
 * `court` is ourselves; `talker` has written to the bot and waits for an answer: no cap and no consent stands in its way.
 */
export const AUDIENCES = [
  'debtor',
  'applicant',
  'employer',
  'superior',
  'unit',
  'body',
  'media',
  'public',
  'source',
  'court',
  'complainant',
  'talker',
] as const
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
  /** Words of a conversation: on WeChat a customer-service text in the person's open 48 hours, for which no template is needed. */
  conversational: boolean
}

const PERSON: readonly Medium[] = ['wechat', 'sms', 'voice', 'clerk']
const DUTY: readonly Medium[] = ['wechat', 'sms', 'clerk']
const COURTESY: readonly Medium[] = ['wechat', 'sms']
const EMPLOYER: readonly Medium[] = ['sms', 'clerk']

/** Who may be reached by the house's own WeChat account as well: liaisons who bound themselves there, and whoever wrote to it. */
const SECOND_WAY: readonly Audience[] = ['unit', 'talker']

function secondWay(medium: Medium): readonly Medium[] {
  return medium === 'wechat' ? ['wechat', 'wechaty'] : [medium]
}

type Manner = Partial<Pick<NoticeRule, 'urgent' | 'statutory' | 'needsConsent' | 'conversational'>>

function rule(event: NoticeEvent, audience: Audience, ladder: readonly Medium[], manner: Manner = {}): NoticeRule {
  const template = `${event.replace('.', '-')}-${audience}`
  const rungs = SECOND_WAY.includes(audience) ? ladder.flatMap(secondWay) : ladder
  return { event, audience, template, ladder: rungs, urgent: false, statutory: null, needsConsent: false, conversational: false, ...manner }
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
  // On paper alone: what is said of an official goes to whom the court names, by a clerk.
  rule('listing.official', 'superior', ['clerk'], { statutory: '法释〔2017〕7号 第八条' }),
  rule('listing.official_corrected', 'superior', ['clerk'], { statutory: '法释〔2017〕7号 第八条、第九条' }),
  rule('listing.official_exited', 'superior', ['clerk'], { statutory: '法释〔2017〕7号 第八条、第十条' }),
  rule('listing.corrected', 'employer', EMPLOYER, { statutory: '实施意见 三(一)；法释〔2017〕7号 第九条' }),
  rule('listing.shielded', 'employer', EMPLOYER, { statutory: '实施意见 三(一)；法释〔2017〕7号 第十条' }),
  rule('listing.revoked', 'employer', EMPLOYER, { statutory: '实施意见 三(一)；法释〔2017〕7号 第九条' }),
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
  // A code is asked for, and worth nothing once it is old: it passes quiet hours and the cap, and no clerk reads it out.
  rule('identity.code', 'talker', ['sms'], { urgent: true, conversational: true }),
  rule('intake.received', 'court', DUTY),
  rule('intake.declined', 'debtor', DUTY),
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
  rule('accountability.proposed', 'court', DUTY),
  rule('circular.issued', 'unit', DUTY, { statutory: '实施意见 四(四)1、2' }),
  rule('circular.withdrawn', 'unit', DUTY),
  rule('interview.called', 'unit', DUTY, { statutory: '实施意见 四(四)3' }),
  rule('interview.cancelled', 'unit', DUTY),
  rule('interview.concluded', 'unit', DUTY),
  rule('consequence.proposed', 'court', DUTY),
  rule('consequence.confirmed', 'body', DUTY, { statutory: '实施意见 四(四)、五2；联动意见 第二十四条' }),
  rule('consequence.confirmed', 'unit', DUTY, { statutory: '实施意见 四(四)1、2' }),
  rule('consequence.cancelled', 'body', DUTY, { statutory: '实施意见 四(四)、五2；联动意见 第二十四条' }),
  rule('consequence.cancelled', 'unit', DUTY),
  rule('joint.issued', 'body', DUTY, { statutory: '实施意见 四(三)1' }),
  rule('joint.issued', 'unit', DUTY, { statutory: '实施意见 四(三)1' }),
  rule('joint.withdrawn', 'body', DUTY, { statutory: '实施意见 四(三)1' }),
  rule('joint.withdrawn', 'unit', DUTY),
  rule('meeting.called', 'unit', DUTY),
  rule('meeting.held', 'unit', COURTESY),
  rule('meeting.cancelled', 'unit', DUTY),
  rule('assistance.issued', 'unit', DUTY, { statutory: '联动意见 第十九条' }),
  rule('assistance.answered', 'court', DUTY),
  rule('assistance.review_suggested', 'court', DUTY),
  rule('assistance.review_answered', 'unit', DUTY, { statutory: '联动意见 第二十条' }),
  rule('assistance.lifted', 'unit', PERSON, { urgent: true, statutory: '联动意见 第二十一条' }),
  rule('assistance.lifted', 'debtor', DUTY, { statutory: '联动意见 第二十一条' }),
  rule('assistance.lift_refused', 'debtor', DUTY, { statutory: '联动意见 第二十一条' }),
  rule('assistance.withdrawn', 'unit', DUTY, { statutory: '联动意见 第十九条' }),
  rule('push.prepared', 'court', DUTY),
  rule('push.released', 'unit', DUTY, { statutory: '实施意见 三(一)' }),
  // What was broadcast and must come down: as urgent as a lift.
  rule('push.corrected', 'unit', PERSON, { urgent: true, statutory: '实施意见 四(二)4' }),
  // Reminders before the last day, and what is overdue, are the clocks' own messages; this reminder is sent by hand.
  rule('feedback.opened', 'unit', DUTY, { statutory: '实施意见 三(一)、五1' }),
  rule('feedback.reminder', 'unit', DUTY),
  rule('feedback.closed', 'court', DUTY),
  // A day's clocks in one message a person: to liaisons (a miss to their head too), and to the court's own people by their roles.
  rule('deadline.reminder', 'unit', DUTY),
  rule('deadline.reminder', 'court', DUTY),
  rule('deadline.missed', 'unit', DUTY),
  rule('deadline.missed', 'court', DUTY),
  rule('calendar.missing', 'court', DUTY),
  rule('screening.approved_despite_hit', 'court', DUTY, { urgent: true, statutory: '实施意见 五1' }),
  // Whoever writes waits for it now, at any hour. What a clerk wrote and no channel takes comes back to the clerks.
  rule('chat.replied', 'talker', COURTESY, { urgent: true, conversational: true }),
  rule('chat.answered', 'talker', DUTY, { urgent: true, conversational: true }),
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

/** Unsubscribing stops what needs consent, and never anything else. */
export function mayTell(rule: Pick<NoticeRule, 'needsConsent'>, person: { consent: boolean; optedOut: boolean }): boolean {
  return !rule.needsConsent || (person.consent && !person.optedOut)
}
