// Counts of what waits for staff of the court and the group office: one part for each kind of rules.ts.
// Nobody is told of what they may not decide themselves: parts for approvers leave out what the asker wrote (the rules of each feature decide).

import { refusedLately } from '../listings/selection.rules.ts'
import { refusedProposals } from '../listings/selection.store.ts'
import { overSql } from '../deadlines/store.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import { clocks, subjectSql, type Asker, type Part } from './counts.store.ts'
import type { CourtTodo } from './rules.ts'
import type { Condition } from '../../platform/database/conditions.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'
import { handledAbout, seenComplaints } from '../units/conflicts.store.ts'

/** The court's own listings in a state. */
export const listings = (state: string): Part => ({ from: `from listing l where l.state = '${state}' and l.source = '${OUR_COURT}'` })

/** Acts by which somebody writes a part of a listing, as features/listings/changes.commands.ts counts its authors. */
const WRITING = "('listing.draft', 'listing.edit', 'listing.answer_exclusions', 'import.check', 'import.commit')"

function listingsToApprove(asker: Asker): Part {
  const { from } = listings('pending')
  const subjects = [
    subjectSql(asker, 'listing', 'l.id'),
    subjectSql(asker, 'exclusions', 'l.id'),
    subjectSql(asker, 'import', 'l.import_id'),
  ]
  return {
    from: `${from} and l.drafted_by <> ? and not exists
      (select 1 from audit a where a.subject in (${subjects.join(', ')}) and a.actor = ? and a.act in ${WRITING})`,
    params: [asker.id, asker.id],
  }
}

/** The last proposals that the asker made about listings still on the list, and that were rejected lately. */
function proposalsRefused({ id, now }: Asker): Part {
  const { text, params } = refusedProposals(refusedLately(id, now))
  return { from: `${text} and exists (select 1 from listing l where l.id = p.listing_id and l.state = 'listed')`, params }
}

function importsToPutInForce(asker: Asker): Part {
  return {
    from: `from \`import\` i where i.state = 'checked' and i.mode <> 'draft' and i.actor <> ? and not exists
      (select 1 from audit a where a.subject = ${subjectSql(asker, 'import', 'i.id')} and a.actor = ? and a.act = 'import.check')`,
    params: [asker.id, asker.id],
  }
}

/** Complaints `c` in these states that the asker may see. */
function complaints({ hiddenAbout }: Asker, states: readonly string[], join = ''): Part {
  const seen = seenComplaints('c', hiddenAbout)
  return {
    from: `from complaint c ${join} where c.state in (${placeholders(states)}) and ${seen.sql}`,
    params: [...states, ...seen.params],
  }
}

/** Deliveries that wait for a person. */
export const duties = ({ sql, params }: Condition): Part => ({
  from: `from delivery d join notice n on n.id = d.notice_id where d.state in ('waiting_person', 'in_doubt') and ${sql}`,
  params,
})

/** Undelivered notices that nobody settled. */
export const undelivered = ({ sql, params }: Condition): Part => ({
  from: `from notice n where n.state = 'undeliverable' and n.settled_by is null and ${sql}`,
  params,
})

function complaintsWith(asker: Asker, states: readonly string[], more: string, ...params: (string | boolean)[]): Part {
  const part = complaints(asker, states)
  return { from: `${part.from} and ${more}`, params: [...(part.params ?? []), ...params] }
}

function complaintsOverdue(asker: Asker): Part {
  const part = complaints(
    asker,
    ['received', 'accepted', 'assigned', 'investigated', 'upheld', 'not_upheld'],
    `join deadline d on d.subject = ${subjectSql(asker, 'complaint', 'c.id')}`,
  )
  return {
    what: 'distinct c.id',
    from: `${part.from} and (d.state = 'missed' or (d.state = 'open' and ${overSql('d')}))`,
    params: [...(part.params ?? []), asker.today, asker.today],
  }
}

const state = (table: string, value: string, more = '', ...params: string[]): Part => ({
  from: `from ${table} t where t.state = '${value}'${more}`,
  params,
})

const IN_FORCE = "t.state in ('issued', 'served', 'acknowledged', 'answered')"

const consequencesToConfirm = ({ consequences }: Asker): Part =>
  consequences.length === 0
    ? { from: 'from consequence t where 1 = 0' }
    : state('consequence', 'proposed', ` and t.kind in (${placeholders(consequences)})`, ...consequences)

/** For each kind, what is counted for an asker. */
export const COURT_COUNTS: Readonly<Record<CourtTodo, (asker: Asker) => Part>> = {
  handoffs_urgent: () => ({ from: 'from handoff h where h.closed_at is null and h.claimed_by is null and h.urgent = ?', params: [true] }),
  handoffs_waiting: () => ({ from: 'from handoff h where h.closed_at is null and h.claimed_by is null' }),
  handoffs_mine: ({ id }) => ({ from: 'from handoff h where h.closed_at is null and h.claimed_by = ?', params: [id] }),
  clocks_red: (asker) => clocks('red', asker),
  clocks_yellow: (asker) => clocks('yellow', asker),
  listings_to_submit: () => listings('draft'),
  listings_returned: () => state('listing', 'draft', ' and t.reason is not null'),
  listings_to_approve: listingsToApprove,
  listings_to_serve: () => listings('decided'),
  listings_to_publish: () => listings('served'),
  proposals_to_approve: ({ id }) => state('listing_proposal', 'open', ` and t.proposed_by <> ? and t.authors not like ?`, id, `%${id}%`),
  proposals_refused: proposalsRefused,
  imports_to_commit: () => state('`import`', 'checked', " and t.mode = 'draft'"),
  imports_to_put_in_force: importsToPutInForce,
  bulletins_unreached: () => ({
    what: 'distinct n.bulletin_id',
    from: "from notice n where n.state = 'undeliverable' and n.settled_by is null and n.bulletin_id is not null",
  }),
  duties_open: (asker) => duties(handledAbout('n.event', asker)),
  notices_undelivered: (asker) => undelivered(handledAbout('n.event', asker)),
  complaints_overdue: complaintsOverdue,
  complaints_unresolved: (asker) => complaintsWith(asker, ['received', 'accepted'], 'c.unresolved = ?', true),
  complaints_new: (asker) => complaints(asker, ['received']),
  complaints_to_assign: (asker) => complaints(asker, ['accepted']),
  complaints_to_investigate: (asker) =>
    asker.speaksFor.length === 0
      ? { from: 'from complaint c where 1 = 0' }
      : complaintsWith(asker, ['assigned'], `c.assigned_to in (${placeholders(asker.speaksFor)})`, ...asker.speaksFor),
  complaints_to_decide: (asker) => complaints(asker, ['investigated']),
  complaints_to_answer: (asker) => complaints(asker, ['upheld', 'not_upheld']),
  objections_to_review: () => state('objection', 'registered'),
  objections_to_decide: ({ id }) =>
    state('objection', 'reviewing', ' and t.registered_by <> ? and (t.reviewed_by is null or t.reviewed_by <> ?)', id, id),
  objections_to_carry_out: () => state('objection', 'upheld'),
  objections_to_serve: () => state('objection', 'rejected', ' and t.served_on is null'),
  reconsiderations_open: () => state('objection', 'reconsidering'),
  intakes_waiting: () => state('intake', 'waiting'),
  repairs_to_consult: () => state('repair', 'received'),
  repairs_to_decide: ({ id }) =>
    state(
      'repair',
      'consulting',
      ' and t.registered_by <> ? and not exists (select 1 from repair_opinion o where o.repair_id = t.id and o.answered_at is null)',
      id,
    ),
  creditors_to_confirm: () => state('creditor_matter', 'received'),
  creditors_to_handle: () => state('creditor_matter', 'confirmed'),
  creditors_to_decide: ({ id }) =>
    state(
      'creditor_matter',
      'reviewed',
      ' and t.registered_by <> ? and (t.confirmed_by is null or t.confirmed_by <> ?) and (t.reviewed_by is null or t.reviewed_by <> ?)',
      ...[id, id, id],
    ),
  creditors_to_draft: () => state('creditor_matter', 'upheld'),
  assistance_to_issue: ({ id }) => state('assistance', 'draft', ' and t.drafted_by <> ?', id),
  assistance_to_serve: () => state('assistance', 'issued'),
  assistance_overdue: ({ today }) => ({
    from: "from assistance t where t.state in ('issued', 'served', 'acknowledged') and t.answer_by < ?",
    params: [today],
  }),
  assistance_reviews: () => ({ from: `from assistance t where ${IN_FORCE} and t.review_pending = ?`, params: [true] }),
  assistance_lifts: () => ({ from: `from assistance t where ${IN_FORCE} and t.lift_pending = ?`, params: [true] }),
  lift_orders_unreached: () => ({ from: 'from lift_order t where t.reached_on is null' }),
  retentions_to_review: ({ id }) => ({
    from: "from lift_answer t where t.review = 'pending' and t.outcome = 'retained' and t.answered_by <> ?",
    params: [id],
  }),
  retentions_to_decide: ({ id }) => ({
    from: `from lift_answer t where t.review = 'proposed' and t.outcome = 'retained' and t.answered_by <> ?
      and (t.proposed_by is null or t.proposed_by <> ?)`,
    params: [id, id],
  }),
  feedback_outstanding: () => ({
    from: "from feedback_round r join feedback_return t on t.round_id = r.id where r.state = 'open' and t.state = 'open'",
  }),
  feedback_to_close: ({ today }) => state('feedback_round', 'open', ' and t.due_on < ?', today),
  pushes_to_release: ({ id }) => state('push', 'prepared', ' and t.prepared_by <> ?', id),
  accountability_proposals: () => state('accountability_proposal', 'open'),
  circulars_to_issue: ({ id }) => state('circular', 'draft', ' and (t.drafted_by is null or t.drafted_by <> ?)', id),
  joints_to_issue: ({ id }) => state('joint_circular', 'draft', ' and (t.drafted_by is null or t.drafted_by <> ?)', id),
  interviews_to_hold: () => state('interview', 'called'),
  consequences_to_confirm: consequencesToConfirm,
  staff_proposals: ({ id }) => ({
    from: `from staff_proposal t where t.proposed_by <> ? and (t.confirmed_by is null or t.confirmed_by <> ?)
      and t.staff_id <> ?`,
    params: [id, id, id.replace(/^staff:/, '')],
  }),
}
