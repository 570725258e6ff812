// The table of notices: which audience is told of which event, by which template, in which fallback order. Pure: no database, no provider.
// Steps that are possible for one person are in fallback.rules, sending times in send-limits.rules, the texts in templates/messages.

import type { Medium } from '../core/mediums.ts'

/** A rendered message as it was enqueued: what a person reads; `letter`: what a clerk may post to a party instead; `url`: what a tap opens. */
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
  letter?: string
  url?: string
}

/** Events of which somebody is told. */
export const NOTICE_EVENTS = [
  'listing.decided',
  'listing.listed',
  'listing.undisclosed',
  'listing.employer_missing',
  'listing.undisclosed_corrected',
  'listing.undisclosed_shielded',
  'listing.undisclosed_revoked',
  'listing.official',
  'listing.official_corrected',
  'listing.official_exited',
  'listing.proposed',
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
  'complaint.withdrawn',
  'complaint.ordered',
  'complaint.carried_out',
  'complaint.order_failed',
  'lift.completed',
  'lift.retained',
  'lift.refusal_proposed',
  'lift.retention_refused',
  'objection.registered',
  'objection.reviewing',
  'objection.withdrawn',
  'objection.upheld',
  'objection.rejected',
  'objection.carried_out',
  'measure.suspended',
  'measure.resumed',
  'identity.code',
  'session.code',
  'intake.received',
  'intake.declined',
  'reconsideration.received',
  'reconsideration.upheld',
  'reconsideration.rejected',
  'creditor.received',
  'creditor.confirmed',
  'creditor.declined',
  'creditor.drafted',
  'creditor.reviewed',
  'creditor.upheld',
  'creditor.refused',
  'creditor.answered',
  'creditor.withdrawn',
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
  'consequence.award_lost',
  'consequence.cancelled',
  'joint.issued',
  'joint.withdrawn',
  'meeting.called',
  'meeting.held',
  'meeting.cancelled',
  'feedback.opened',
  'feedback.reminder',
  'feedback.unreached',
  'feedback.closed',
  'deadline.reminder',
  'deadline.missed',
  'deadline.unreached',
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
  'staff.changed_alone',
  'system.test',
  'screening.approved_despite_hit',
  'chat.replied',
  'chat.answered',
] as const
export type NoticeEvent = (typeof NOTICE_EVENTS)[number]

/**
 * `unit` implements measures; `superior` is the unit or superior of an official or a public body (法释〔2017〕7号 第八条); `body` is told how
 * another unit is held to account; `source` is the court whose list an entry came from; `employer` is the only one told of entries that
 * are not disclosed; `court` is our own staff; `talker` has written to the bot and waits for an answer: neither cap nor consent applies.
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

/** One row of the table: how one audience is told of one event. */
export interface NoticeRule {
  event: NoticeEvent
  audience: Audience
  /** Name of a file in templates/messages, without `.md`. */
  template: string
  /** The fallback order: media in the order in which they are tried. */
  fallbackOrder: readonly Medium[]
  /** Sent in quiet hours as well. */
  urgent: boolean
  /** The provision that demands the notice; null: a courtesy. A statutory notice ends with a clerk's task if no channel reached anybody. */
  statutory: string | null
  /** Sent only to those who asked for it. */
  needsConsent: boolean
  /** A reply in a conversation: on WeChat a customer-service text within the person's open 48 hours, for which no template is needed. */
  conversational: boolean
}
const PERSON: readonly Medium[] = ['wechat', 'sms', 'voice', 'clerk']
const DUTY: readonly Medium[] = ['wechat', 'sms', 'clerk']
const COURTESY: readonly Medium[] = ['wechat', 'sms']
const EMPLOYER: readonly Medium[] = ['sms', 'clerk']

/** Audiences that wechaty reaches as well: liaisons who bound themselves to our own WeChat account, and whoever wrote to it. */
const ALSO_BY_WECHATY: readonly Audience[] = ['unit', 'talker']

function withWechaty(medium: Medium): readonly Medium[] {
  return medium === 'wechat' ? ['wechat', 'wechaty'] : [medium]
}

type Options = Partial<Pick<NoticeRule, 'urgent' | 'statutory' | 'needsConsent' | 'conversational'>>

function rule(event: NoticeEvent, audience: Audience, template: string, order: readonly Medium[], options: Options = {}): NoticeRule {
  const fallbackOrder = ALSO_BY_WECHATY.includes(audience) ? order.flatMap(withWechaty) : order
  const usual = { urgent: false, statutory: null, needsConsent: false, conversational: false }
  return { ...usual, event, audience, template, fallbackOrder, ...options }
}

/**
 * All notices. A correction reaches a unit once, by its bulletin: `listing.corrected` is therefore told to debtor, applicant and employer.
 * News media may end their subscription, yet are still told of lifts and corrections: what they showed must be taken down or put right.
 */
export const NOTICES: readonly NoticeRule[] = checkNotices([
  rule('listing.decided', 'debtor', 'listing-decided-debtor', PERSON, { statutory: '实施意见 四(二)3；法释〔2017〕7号 第五条' }),
  rule('listing.listed', 'debtor', 'listing-listed-debtor', PERSON, { statutory: '个人信息保护法 第三十五条' }),
  rule('listing.decided', 'applicant', 'listing-decided-applicant', DUTY, { statutory: '法释〔2017〕7号 第五条' }),
  rule('listing.listed', 'applicant', 'listing-listed-applicant', DUTY),
  rule('listing.undisclosed', 'employer', 'listing-undisclosed-employer', EMPLOYER, {
    statutory: '实施意见 三(一)；法释〔2017〕7号 第八条',
  }),
  // Nobody is named who has to be told: a clerk finds out and corrects the listing.
  rule('listing.employer_missing', 'court', 'listing-employer_missing-court', ['clerk'], {
    statutory: '实施意见 三(一)；法释〔2017〕7号 第八条',
  }),
  // To the debtor of an undisclosed listing, of which no unit was told.
  rule('listing.undisclosed_corrected', 'debtor', 'listing-undisclosed_corrected-debtor', DUTY, {
    statutory: '实施意见 四(二)2；法释〔2017〕7号 第九条',
  }),
  rule('listing.undisclosed_shielded', 'debtor', 'listing-undisclosed_shielded-debtor', PERSON, {
    urgent: true,
    statutory: '实施意见 四(二)4；法释〔2017〕7号 第十条',
  }),
  rule('listing.undisclosed_revoked', 'debtor', 'listing-undisclosed_revoked-debtor', PERSON, {
    urgent: true,
    statutory: '实施意见 四(二)3、4；法释〔2017〕7号 第九条',
  }),
  // On paper alone: a clerk sends what concerns an official to the addressee that the court names.
  rule('listing.official', 'superior', 'listing-official-superior', ['clerk'], { statutory: '法释〔2017〕7号 第八条' }),
  rule('listing.official_corrected', 'superior', 'listing-official_corrected-superior', ['clerk'], {
    statutory: '法释〔2017〕7号 第八条、第九条',
  }),
  rule('listing.official_exited', 'superior', 'listing-official_exited-superior', ['clerk'], {
    statutory: '法释〔2017〕7号 第八条、第十条',
  }),
  rule('listing.corrected', 'employer', 'listing-corrected-employer', EMPLOYER, { statutory: '实施意见 三(一)；法释〔2017〕7号 第九条' }),
  rule('listing.shielded', 'employer', 'listing-shielded-employer', EMPLOYER, { statutory: '实施意见 三(一)；法释〔2017〕7号 第十条' }),
  rule('listing.revoked', 'employer', 'listing-revoked-employer', EMPLOYER, { statutory: '实施意见 三(一)；法释〔2017〕7号 第九条' }),
  rule('listing.corrected', 'debtor', 'listing-corrected-debtor', DUTY, { statutory: '实施意见 四(二)2；法释〔2017〕7号 第九条' }),
  rule('listing.shielded', 'debtor', 'listing-shielded-debtor', PERSON, {
    urgent: true,
    statutory: '实施意见 四(二)4；法释〔2017〕7号 第十条',
  }),
  rule('listing.revoked', 'debtor', 'listing-revoked-debtor', PERSON, {
    urgent: true,
    statutory: '实施意见 四(二)3、4；法释〔2017〕7号 第九条',
  }),
  rule('listing.corrected', 'applicant', 'listing-corrected-applicant', DUTY),
  rule('listing.shielded', 'applicant', 'listing-shielded-applicant', DUTY),
  rule('listing.revoked', 'applicant', 'listing-revoked-applicant', DUTY),
  rule('listing.suspended', 'debtor', 'listing-suspended-debtor', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('listing.resumed', 'debtor', 'listing-resumed-debtor', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('bulletin.published', 'unit', 'bulletin-published-unit', DUTY, { statutory: '实施意见 三(一)；法释〔2017〕7号 第八条' }),
  rule('bulletin.published', 'media', 'bulletin-published-media', COURTESY, { needsConsent: true }),
  rule('bulletin.published', 'public', 'bulletin-published-public', COURTESY, { needsConsent: true }),
  rule('bulletin.published', 'source', 'bulletin-published-source', COURTESY),
  rule('bulletin.lifted', 'unit', 'bulletin-lifted-unit', PERSON, { urgent: true, statutory: '实施意见 四(二)5' }),
  rule('bulletin.lifted', 'media', 'bulletin-lifted-media', DUTY, { statutory: '实施意见 四(二)4' }),
  rule('bulletin.lifted', 'public', 'bulletin-lifted-public', COURTESY, { needsConsent: true }),
  rule('bulletin.lifted', 'source', 'bulletin-lifted-source', DUTY, { statutory: '实施意见 四(二)4' }),
  rule('bulletin.corrected', 'unit', 'bulletin-corrected-unit', DUTY, { statutory: '实施意见 四(二)2；法释〔2017〕7号 第九条' }),
  rule('bulletin.corrected', 'media', 'bulletin-corrected-media', DUTY, { statutory: '实施意见 四(二)2；法释〔2017〕7号 第九条' }),
  rule('bulletin.corrected', 'public', 'bulletin-corrected-public', COURTESY, { needsConsent: true }),
  rule('bulletin.suspended', 'unit', 'bulletin-suspended-unit', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('bulletin.resumed', 'unit', 'bulletin-resumed-unit', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('bulletin.takeover', 'unit', 'bulletin-takeover-unit', DUTY, { statutory: '实施意见 三(一)' }),
  rule('bulletin.unreached', 'court', 'bulletin-unreached-court', ['clerk'], { statutory: '实施意见 三(一)' }),
  rule('complaint.received', 'complainant', 'complaint-received-complainant', COURTESY),
  rule('complaint.accepted', 'complainant', 'complaint-accepted-complainant', COURTESY),
  rule('complaint.declined', 'complainant', 'complaint-declined-complainant', DUTY, { statutory: '实施意见 四(二)8' }),
  rule('complaint.assigned', 'complainant', 'complaint-assigned-complainant', COURTESY),
  rule('complaint.assigned', 'unit', 'complaint-assigned-unit', DUTY, { statutory: '实施意见 四(二)8' }),
  rule('complaint.answered', 'complainant', 'complaint-answered-complainant', DUTY, { statutory: '实施意见 四(二)8' }),
  rule('complaint.withdrawn', 'complainant', 'complaint-withdrawn-complainant', COURTESY),
  rule('complaint.withdrawn', 'unit', 'complaint-withdrawn-unit', DUTY),
  rule('complaint.ordered', 'unit', 'complaint-ordered-unit', DUTY, { statutory: '实施意见 四(二)8' }),
  rule('complaint.carried_out', 'complainant', 'complaint-carried_out-complainant', DUTY, { statutory: '实施意见 四(二)8' }),
  rule('complaint.order_failed', 'court', 'complaint-order_failed-court', DUTY),
  rule('lift.completed', 'debtor', 'lift-completed-debtor', COURTESY),
  rule('measure.suspended', 'unit', 'measure-suspended-unit', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('measure.suspended', 'debtor', 'measure-suspended-debtor', DUTY, { statutory: '实施意见 四(二)3' }),
  rule('measure.resumed', 'unit', 'measure-resumed-unit', PERSON, { urgent: true, statutory: '实施意见 四(二)3' }),
  rule('measure.resumed', 'debtor', 'measure-resumed-debtor', DUTY, { statutory: '实施意见 四(二)3' }),
  rule('lift.retained', 'court', 'lift-retained-court', DUTY),
  rule('lift.refusal_proposed', 'court', 'lift-refusal_proposed-court', DUTY),
  rule('lift.retention_refused', 'unit', 'lift-retention_refused-unit', PERSON, { urgent: true, statutory: '实施意见 四(二)5' }),
  rule('objection.registered', 'debtor', 'objection-registered-debtor', DUTY),
  rule('objection.reviewing', 'debtor', 'objection-reviewing-debtor', COURTESY),
  rule('objection.reviewing', 'unit', 'objection-reviewing-unit', DUTY, { statutory: '实施意见 四(二)3' }),
  rule('objection.reviewing', 'court', 'objection-reviewing-court', DUTY),
  rule('objection.withdrawn', 'debtor', 'objection-withdrawn-debtor', DUTY),
  rule('objection.upheld', 'debtor', 'objection-upheld-debtor', DUTY, { statutory: '实施意见 四(二)3；法释〔2017〕7号 第十二条' }),
  rule('objection.upheld', 'unit', 'objection-upheld-unit', DUTY, { statutory: '实施意见 四(二)3' }),
  rule('objection.upheld', 'court', 'objection-upheld-court', DUTY),
  rule('objection.rejected', 'debtor', 'objection-rejected-debtor', PERSON, { statutory: '实施意见 四(二)3；法释〔2017〕7号 第十二条' }),
  rule('objection.carried_out', 'debtor', 'objection-carried_out-debtor', DUTY),
  // The person has asked for the code, and it expires soon: quiet hours and the daily cap do not apply, and no clerk reads it out.
  rule('identity.code', 'talker', 'identity-code-talker', ['sms'], { urgent: true, conversational: true }),
  rule('session.code', 'talker', 'session-code-talker', ['wechat', 'sms'], { urgent: true, conversational: true }),
  rule('intake.received', 'court', 'intake-received-court', DUTY),
  rule('intake.declined', 'debtor', 'intake-declined-debtor', DUTY),
  rule('reconsideration.received', 'debtor', 'reconsideration-received-debtor', DUTY),
  rule('reconsideration.upheld', 'debtor', 'reconsideration-upheld-debtor', DUTY, { statutory: '法释〔2017〕7号 第十二条' }),
  rule('reconsideration.rejected', 'debtor', 'reconsideration-rejected-debtor', DUTY, { statutory: '法释〔2017〕7号 第十二条' }),
  rule('listing.proposed', 'court', 'listing-proposed-court', DUTY),
  rule('creditor.received', 'applicant', 'creditor-received-applicant', COURTESY),
  rule('creditor.received', 'court', 'creditor-received-court', DUTY),
  rule('creditor.confirmed', 'applicant', 'creditor-confirmed-applicant', COURTESY),
  rule('creditor.declined', 'applicant', 'creditor-declined-applicant', DUTY),
  rule('creditor.drafted', 'applicant', 'creditor-drafted-applicant', COURTESY),
  rule('creditor.reviewed', 'court', 'creditor-reviewed-court', DUTY),
  rule('creditor.upheld', 'applicant', 'creditor-upheld-applicant', DUTY),
  rule('creditor.refused', 'applicant', 'creditor-refused-applicant', DUTY, { statutory: '法释〔2017〕7号 第五条' }),
  rule('creditor.answered', 'applicant', 'creditor-answered-applicant', DUTY),
  rule('creditor.withdrawn', 'applicant', 'creditor-withdrawn-applicant', COURTESY),
  rule('repair.received', 'debtor', 'repair-received-debtor', DUTY),
  rule('repair.consulting', 'unit', 'repair-consulting-unit', DUTY, { statutory: '实施意见 四(二)6' }),
  rule('repair.answered', 'court', 'repair-answered-court', DUTY),
  rule('repair.approved', 'debtor', 'repair-approved-debtor', DUTY, { statutory: '实施意见 四(二)6' }),
  rule('repair.approved', 'unit', 'repair-approved-unit', DUTY, { statutory: '实施意见 四(二)6' }),
  rule('repair.refused', 'debtor', 'repair-refused-debtor', DUTY, { statutory: '实施意见 四(二)6' }),
  rule('repair.withdrawn', 'debtor', 'repair-withdrawn-debtor', DUTY),
  rule('accountability.proposed', 'court', 'accountability-proposed-court', DUTY),
  rule('circular.issued', 'unit', 'circular-issued-unit', DUTY, { statutory: '实施意见 四(四)1、2' }),
  rule('circular.withdrawn', 'unit', 'circular-withdrawn-unit', DUTY),
  rule('interview.called', 'unit', 'interview-called-unit', DUTY, { statutory: '实施意见 四(四)3' }),
  rule('interview.cancelled', 'unit', 'interview-cancelled-unit', DUTY),
  rule('interview.concluded', 'unit', 'interview-concluded-unit', DUTY),
  rule('consequence.proposed', 'court', 'consequence-proposed-court', DUTY),
  rule('consequence.confirmed', 'body', 'consequence-confirmed-body', DUTY, { statutory: '实施意见 四(四)、五2；联动意见 第二十四条' }),
  rule('consequence.award_lost', 'body', 'consequence-award_lost-body', DUTY, { statutory: '实施意见 四(四)1' }),
  rule('consequence.confirmed', 'unit', 'consequence-confirmed-unit', DUTY, { statutory: '实施意见 四(四)1、2' }),
  rule('consequence.cancelled', 'body', 'consequence-cancelled-body', DUTY, { statutory: '实施意见 四(四)、五2；联动意见 第二十四条' }),
  rule('consequence.cancelled', 'unit', 'consequence-cancelled-unit', DUTY),
  rule('joint.issued', 'body', 'joint-issued-body', DUTY, { statutory: '实施意见 四(三)1' }),
  rule('joint.issued', 'unit', 'joint-issued-unit', DUTY, { statutory: '实施意见 四(三)1' }),
  rule('joint.withdrawn', 'body', 'joint-withdrawn-body', DUTY, { statutory: '实施意见 四(三)1' }),
  rule('joint.withdrawn', 'unit', 'joint-withdrawn-unit', DUTY),
  rule('meeting.called', 'unit', 'meeting-called-unit', DUTY),
  rule('meeting.held', 'unit', 'meeting-held-unit', COURTESY),
  rule('meeting.cancelled', 'unit', 'meeting-cancelled-unit', DUTY),
  rule('assistance.issued', 'unit', 'assistance-issued-unit', DUTY, { statutory: '联动意见 第十九条' }),
  rule('assistance.answered', 'court', 'assistance-answered-court', DUTY),
  rule('assistance.review_suggested', 'court', 'assistance-review_suggested-court', DUTY),
  rule('assistance.review_answered', 'unit', 'assistance-review_answered-unit', DUTY, { statutory: '联动意见 第二十条' }),
  rule('assistance.lifted', 'unit', 'assistance-lifted-unit', PERSON, { urgent: true, statutory: '联动意见 第二十一条' }),
  rule('assistance.lifted', 'debtor', 'assistance-lifted-debtor', DUTY, { statutory: '联动意见 第二十一条' }),
  rule('assistance.lift_refused', 'debtor', 'assistance-lift_refused-debtor', DUTY, { statutory: '联动意见 第二十一条' }),
  rule('assistance.withdrawn', 'unit', 'assistance-withdrawn-unit', DUTY, { statutory: '联动意见 第十九条' }),
  rule('push.prepared', 'court', 'push-prepared-court', DUTY),
  rule('push.released', 'unit', 'push-released-unit', DUTY, { statutory: '实施意见 三(一)' }),
  // What was broadcast and must be taken down: as urgent as a lift.
  rule('push.corrected', 'unit', 'push-corrected-unit', PERSON, { urgent: true, statutory: '实施意见 四(二)4' }),
  rule('feedback.opened', 'unit', 'feedback-opened-unit', DUTY, { statutory: '实施意见 三(一)、五1' }),
  rule('feedback.reminder', 'unit', 'feedback-reminder-unit', DUTY),
  rule('feedback.unreached', 'court', 'feedback-unreached-court', ['clerk'], { statutory: '实施意见 三(一)、五1' }),
  rule('feedback.closed', 'court', 'feedback-closed-court', DUTY),
  // All deadlines of a day in one message to each person: liaisons (misses: their head too) and staff by role. A person sends `feedback.reminder`.
  rule('deadline.reminder', 'unit', 'deadline-reminder-unit', DUTY),
  rule('deadline.reminder', 'court', 'deadline-reminder-court', DUTY),
  rule('deadline.missed', 'unit', 'deadline-missed-unit', DUTY),
  rule('deadline.missed', 'court', 'deadline-missed-court', DUTY),
  rule('deadline.unreached', 'court', 'deadline-unreached-court', ['clerk']),
  rule('calendar.missing', 'court', 'calendar-missing-court', DUTY),
  rule('system.test', 'court', 'system-test-court', COURTESY, { urgent: true }),
  rule('staff.changed_alone', 'court', 'staff-changed_alone-court', DUTY, { urgent: true }),
  rule('screening.approved_despite_hit', 'court', 'screening-approved_despite_hit-court', DUTY, {
    urgent: true,
    statutory: '实施意见 五1',
  }),
  // Whoever wrote waits for the reply at any hour. What a clerk wrote and no channel accepts becomes a clerk's task.
  rule('chat.replied', 'talker', 'chat-replied-talker', COURTESY, { urgent: true, conversational: true }),
  rule('chat.answered', 'talker', 'chat-answered-talker', DUTY, { urgent: true, conversational: true }),
])

/** Templates whose message is a code that its recipient alone may read: nobody at the court is shown the text or its hash. */
export const SECRET_TEMPLATES: ReadonlySet<string> = new Set(
  NOTICES.filter(({ event }) => event === 'identity.code' || event === 'session.code').map(({ template }) => template),
)

/** Templates of alarms of the court's own: no number of other messages puts one off to the next day. */
export const ALARM_TEMPLATES: ReadonlySet<string> = new Set(noticesOf('staff.changed_alone').map(({ template }) => template))

/**
 * Checks the table and returns it.
 * @throws Error for two rules of one event and audience, two rules with one template, an empty fallback order, a step after the clerk, or a
 *   statutory notice that needs consent or does not end with a clerk.
 */
export function checkNotices(rules: readonly NoticeRule[]): readonly NoticeRule[] {
  const seen = new Set<string>()
  for (const { event, audience, template, fallbackOrder, statutory, needsConsent } of rules) {
    const name = `${event} to ${audience}`
    for (const key of [name, template]) if (seen.has(key)) throw new Error(`notices: ${key} stands twice`)
    seen.add(name).add(template)
    if (fallbackOrder.length === 0 || new Set(fallbackOrder).size < fallbackOrder.length)
      throw new Error(`notices: ${name} has an empty fallback order or one step twice`)
    if (fallbackOrder.slice(0, -1).includes('clerk')) throw new Error(`notices: ${name} goes on after a person has it`)
    if (statutory !== null && fallbackOrder.at(-1) !== 'clerk') throw new Error(`notices: ${name} is statutory and could end unserved`)
    if (statutory !== null && needsConsent) throw new Error(`notices: ${name} is statutory and cannot need consent`)
  }
  return rules
}

/** The rules of an event, one for each audience. */
export function noticesOf(event: NoticeEvent): readonly NoticeRule[] {
  return NOTICES.filter((rule) => rule.event === event)
}

/** Whether a person may be told: an opt-out stops only notices that need consent. */
export function mayNotify(rule: Pick<NoticeRule, 'needsConsent'>, person: { consent: boolean; optedOut: boolean }): boolean {
  return !rule.needsConsent || (person.consent && !person.optedOut)
}
