// Which earlier notices of a listing an event makes pointless: nobody is told "you are on the list" after "you are off it". Pure.
// Overtaking itself is messaging/overtaking.ts; who is told of what is messaging/notices.rules.

import type { NoticeEvent } from './notices.rules.ts'

/** What says or implies that a listing stands, or that its measures rest or apply. All of it is untrue once the listing has left the list. */
const WHILE_LISTED: readonly NoticeEvent[] = [
  'listing.decided',
  'listing.listed',
  'listing.undisclosed',
  'listing.employer_missing',
  'listing.official',
  'listing.corrected',
  'listing.undisclosed_corrected',
  'listing.official_corrected',
  'listing.suspended',
  'listing.resumed',
  'measure.suspended',
  'measure.resumed',
]

/** The events of a listing that overtake others, with what they overtake. Of two that overtake each other the later one counts. */
export const OVERTAKEN = {
  'listing.shielded': WHILE_LISTED,
  'listing.revoked': WHILE_LISTED,
  'listing.withdrawn': ['listing.decided'],
  'listing.suspended': ['listing.resumed'],
  'listing.resumed': ['listing.suspended'],
  // Whoever is still missing after a correction is asked for anew.
  'listing.corrected': ['listing.employer_missing'],
} as const satisfies Readonly<Record<string, readonly NoticeEvent[]>>

/** What a bulletin told units and subscribers of entries that have all left the list since. */
export const OVERTAKEN_OF_BULLETINS: readonly NoticeEvent[] = [
  'bulletin.published',
  'bulletin.takeover',
  'bulletin.corrected',
  'bulletin.suspended',
  'bulletin.resumed',
  'bulletin.unreached',
]

/** Events that ask the court's staff to do something, by what it is about: each is pointless once the matter has moved on. */
export const TASKS = {
  proposal: ['listing.proposed'],
  objection: ['objection.reviewing', 'objection.upheld'],
  creditor: ['creditor.received', 'creditor.reviewed'],
  intake: ['intake.received'],
  repair: ['repair.answered'],
  assistance: ['assistance.answered', 'assistance.review_suggested'],
  retention: ['lift.refusal_proposed'],
  consequence: ['consequence.proposed'],
  push: ['push.prepared'],
} as const satisfies Readonly<Record<string, readonly NoticeEvent[]>>

/** Why a notice under consent was cancelled: whoever gave the consent has withdrawn it. */
export const CONSENT_WITHDRAWN = 'consent.withdrawn'

/** Why a notice was cancelled: its recipient is not to be told any more, or it answered the person before the present one. */
export const RECIPIENT_LEFT = 'recipient.left'
export const RECIPIENT_REPLACED = 'recipient.replaced'

/** An event that overtakes notices. Its words are `overtaken` in templates/words/zh-CN/states.yaml. */
export type OvertakingEvent = keyof typeof OVERTAKEN

/** Whether an event overtakes others. */
export function overtakes(event: string): event is OvertakingEvent {
  return event in OVERTAKEN
}

/** The event of a notice by the key of its single event, `listing.listed:<id>:<version>`. */
export function eventOf(key: string): string {
  return key.split(':', 1)[0] ?? ''
}
