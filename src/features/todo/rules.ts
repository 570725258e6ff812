// What can wait for somebody (待办): each kind with the permission that does it, the address of the screen, and how pressing it is. Pure.
// How many of each there are is counted by court.store.ts, units.store.ts and started.store.ts.

import { isAllowed, ownUnitOf, type Actor, type Permission } from '../../platform/commands/permissions.ts'

/** `red`: a last day has passed or somebody is in danger. `yellow`: three working days or less are left. */
export const TODO_LEVELS = ['red', 'yellow', 'normal'] as const
export type TodoLevel = (typeof TODO_LEVELS)[number]

/** One kind of thing that waits. */
export interface TodoKind {
  /** Whoever has it can do what waits. */
  permission: Permission
  /** Address of the screen, path and query. Never with names or numbers of people. */
  path: string
  level: TodoLevel
}

const kind = (permission: Permission, path: string, level: TodoLevel = 'normal'): TodoKind => ({ permission, path, level })

/** What waits for staff of the court and the group office, in the order in which screens show it. */
export const COURT_TODO = {
  handoffs_urgent: kind('handoff.answer', '/desk/handoffs?state=waiting', 'red'),
  handoffs_waiting: kind('handoff.answer', '/desk/handoffs?state=waiting'),
  handoffs_mine: kind('handoff.answer', '/desk/handoffs?state=mine'),
  clocks_red: kind('clock.read', '/desk/clocks?light=red&watched=yes', 'red'),
  clocks_yellow: kind('clock.read', '/desk/clocks?light=yellow&watched=yes', 'yellow'),
  listings_to_submit: kind('listing.submit', '/desk/listings?state=draft'),
  listings_returned: kind('listing.submit', '/desk/listings?only=returned'),
  listings_to_approve: kind('listing.approve', '/desk/listings?state=pending'),
  listings_to_serve: kind('listing.record_service', '/desk/listings?state=decided'),
  listings_to_publish: kind('listing.publish', '/desk/listings?state=served'),
  proposals_to_approve: kind('listing.approve_proposal', '/desk/proposals'),
  proposals_refused: kind('listing.propose', '/desk/listings?only=refusedMine'),
  imports_to_commit: kind('import.commit', '/desk/imports?state=checked'),
  imports_to_put_in_force: kind('import.put_in_force', '/desk/imports?state=checked'),
  bulletins_unreached: kind('duty.print', '/desk/bulletins?unreached=yes'),
  duties_open: kind('duty.settle', '/desk/duties'),
  notices_undelivered: kind('duty.settle', '/desk/notices?state=undeliverable'),
  complaints_overdue: kind('complaint.accept', '/desk/complaints?overdue=yes', 'red'),
  complaints_unresolved: kind('complaint.resolve', '/desk/complaints?unresolved=yes'),
  complaints_new: kind('complaint.accept', '/desk/complaints?state=received'),
  complaints_to_assign: kind('complaint.assign', '/desk/complaints?state=accepted'),
  complaints_to_investigate: kind('complaint.investigate', '/desk/complaints?state=assigned'),
  complaints_to_decide: kind('complaint.decide', '/desk/complaints?state=investigated'),
  complaints_to_answer: kind('complaint.answer', '/desk/complaints?state=decided'),
  objections_to_review: kind('objection.review', '/desk/objections?state=registered'),
  objections_to_decide: kind('objection.decide', '/desk/objections?state=reviewing'),
  objections_to_carry_out: kind('objection.carry_out', '/desk/objections?state=upheld'),
  objections_to_serve: kind('objection.record_service', '/desk/objections?state=rejected'),
  reconsiderations_open: kind('objection.record_reconsideration', '/desk/objections?state=reconsidering'),
  intakes_waiting: kind('intake.register', '/desk/intakes?state=waiting'),
  repairs_to_consult: kind('repair.consult', '/desk/repairs?state=received'),
  repairs_to_decide: kind('repair.decide', '/desk/repairs?state=consulting'),
  creditors_to_confirm: kind('creditor.confirm', '/desk/creditors?state=received'),
  creditors_to_handle: kind('creditor.review', '/desk/creditors?state=confirmed'),
  creditors_to_decide: kind('creditor.decide', '/desk/creditors?state=reviewed'),
  creditors_to_draft: kind('creditor.draft', '/desk/creditors?state=upheld'),
  assistance_to_issue: kind('assistance.issue', '/desk/assistance?state=draft'),
  assistance_to_serve: kind('assistance.record_service', '/desk/assistance?state=issued'),
  assistance_overdue: kind('assistance.record_service', '/desk/assistance?overdue=yes', 'red'),
  assistance_reviews: kind('assistance.reply_review', '/desk/assistance?review=pending'),
  assistance_lifts: kind('assistance.decide_lift', '/desk/assistance?lift=pending'),
  lift_orders_unreached: kind('lift.record_told', '/desk/lifts?reached=no'),
  retentions_to_review: kind('lift.accept_retention', '/desk/retentions?review=pending'),
  retentions_to_decide: kind('lift.decide_refusal', '/desk/retentions?review=proposed'),
  feedback_outstanding: kind('feedback.remind', '/desk/feedback?state=open'),
  feedback_to_close: kind('feedback.close', '/desk/feedback?state=open'),
  pushes_to_release: kind('push.release', '/desk/pushes?state=prepared'),
  accountability_proposals: kind('accountability.decide', '/desk/accountability?state=open'),
  circulars_to_issue: kind('accountability.issue', '/desk/circulars?state=draft'),
  joints_to_issue: kind('accountability.joint', '/desk/joint-circulars?state=draft'),
  interviews_to_hold: kind('accountability.interview', '/desk/interviews?state=called'),
  consequences_to_confirm: kind('accountability.confirm', '/desk/consequences?state=proposed'),
  staff_proposals: kind('staff.confirm', '/desk/staff?waiting=yes'),
} as const satisfies Record<string, TodoKind>
export type CourtTodo = keyof typeof COURT_TODO

/** What waits for a liaison, of the own unit alone. */
export const UNIT_TODO = {
  unit_clocks_red: kind('clock.read', '/unit/clocks?light=red', 'red'),
  unit_clocks_yellow: kind('clock.read', '/unit/clocks?light=yellow', 'yellow'),
  unit_lifts: kind('lift.answer', '/unit/lifts?state=open'),
  unit_feedback: kind('feedback.submit', '/unit/feedback'),
  unit_complaints: kind('complaint.investigate', '/unit/complaints?state=assigned'),
  unit_complaint_orders: kind('complaint.answer_order', '/unit/complaint-orders?state=open'),
  unit_assistance_to_acknowledge: kind('assistance.acknowledge', '/unit/assistance'),
  unit_assistance_to_answer: kind('assistance.answer', '/unit/assistance?state=acknowledged'),
  unit_circulars: kind('portal.read', '/unit/clocks?code=circular.rectify'),
  unit_repairs: kind('repair.answer', '/unit/repairs?state=consulting'),
  unit_outcomes: kind('screening.report', '/unit/screenings?outcome=open'),
} as const satisfies Record<string, TodoKind>
export type UnitTodo = keyof typeof UNIT_TODO

/** What the actor began and nobody has finished (我发起的). */
export const STARTED = {
  my_listings: kind('listing.draft', '/desk/listings?mine=yes'),
  my_imports: kind('import.check', '/desk/imports?mine=yes'),
  my_proposals: kind('listing.propose', '/desk/proposals?mine=yes'),
  my_objections: kind('objection.register', '/desk/objections?mine=yes'),
  my_repairs: kind('repair.apply', '/desk/repairs?mine=yes'),
  my_creditors: kind('creditor.file', '/desk/creditors?mine=yes'),
  my_assistance: kind('assistance.draft', '/desk/assistance?mine=yes'),
  my_refusals: kind('lift.propose_refusal', '/desk/retentions?review=proposed'),
  my_pushes: kind('push.prepare', '/desk/pushes?state=prepared'),
  my_circulars: kind('accountability.decide', '/desk/circulars?state=draft'),
  my_joints: kind('accountability.joint', '/desk/joint-circulars?state=draft'),
  my_staff_proposals: kind('staff.manage', '/desk/staff?waiting=yes'),
} as const satisfies Record<string, TodoKind>
export type StartedTodo = keyof typeof STARTED

export const STARTED_BY_UNIT = {
  my_batches: kind('screening.ask', '/unit/files'),
} as const satisfies Record<string, TodoKind>
export type StartedByUnit = keyof typeof STARTED_BY_UNIT

/** Any kind of thing that waits or that somebody began. */
export type TodoCode = CourtTodo | UnitTodo | StartedTodo | StartedByUnit

function allowedOf<Code extends string>(actor: Actor, kinds: Readonly<Record<Code, TodoKind>>): Code[] {
  return (Object.keys(kinds) as Code[]).filter((code) => isAllowed(actor, kinds[code].permission))
}

/** What may wait for an actor, and what the actor may have begun, in the order of the tables. */
export function todoOf(actor: Actor): { waiting: (CourtTodo | UnitTodo)[]; started: (StartedTodo | StartedByUnit)[] } {
  if (ownUnitOf(actor) !== null) return { waiting: allowedOf(actor, UNIT_TODO), started: allowedOf(actor, STARTED_BY_UNIT) }
  return { waiting: allowedOf(actor, COURT_TODO), started: allowedOf(actor, STARTED) }
}
