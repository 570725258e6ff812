// Counts of what the lists behind the cards of staff hold where a card counts less: what the asker may not decide, and what waits for others.
// What waits for the asker is court.store.ts.

import { seenAbout } from '../units/conflicts.store.ts'
import { COURT_COUNTS, duties, listings, undelivered } from './court.store.ts'
import type { Asker, Part } from './counts.store.ts'
import type { CourtTodo } from './rules.ts'

const inState = (table: string, state: string): Part => ({ from: `from ${table} t where t.state = '${state}'` })
const inReview = (review: string): Part => ({ from: `from lift_answer t where t.review = '${review}' and t.outcome = 'retained'` })

/** For each kind whose list shows more than its card counts, what the list shows. */
export const COURT_LISTS: Partial<Readonly<Record<CourtTodo, (asker: Asker) => Part>>> = {
  handoffs_urgent: COURT_COUNTS.handoffs_waiting,
  listings_to_approve: () => listings('pending'),
  proposals_to_approve: () => inState('listing_proposal', 'open'),
  imports_to_put_in_force: () => inState('`import`', 'checked'),
  duties_open: ({ hiddenAbout }) => duties(seenAbout('n.event', hiddenAbout)),
  notices_undelivered: ({ hiddenAbout }) => undelivered(seenAbout('n.event', hiddenAbout)),
  objections_to_decide: () => inState('objection', 'reviewing'),
  objections_to_serve: () => inState('objection', 'rejected'),
  repairs_to_decide: () => inState('repair', 'consulting'),
  creditors_to_decide: () => inState('creditor_matter', 'reviewed'),
  assistance_to_issue: () => inState('assistance', 'draft'),
  retentions_to_review: () => inReview('pending'),
  retentions_to_decide: () => inReview('proposed'),
  pushes_to_release: () => inState('push', 'prepared'),
  circulars_to_issue: () => inState('circular', 'draft'),
  joints_to_issue: () => inState('joint_circular', 'draft'),
  staff_proposals: () => ({ from: 'from staff_proposal t' }),
}
