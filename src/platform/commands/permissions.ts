// Permissions: the roles that may do each command and query (court staff, units, machines). Rules about one object ("never their own
// draft") belong to the rules of its feature.

import { AppError } from '../../core/errors.ts'
import { scopeOf, type Scope } from './scopes.ts'

/** Roles a staff account can hold, one or several. */
export const STAFF_ROLES = ['clerk', 'approver', 'group_office', 'admin', 'auditor'] as const
/** A role of court staff. */
export type StaffRole = (typeof STAFF_ROLES)[number]

/** `house` is the application itself (SYSTEM), `operator` whoever uses the CLI on the server without logging in (who prepares, and puts nothing in force), `public` anyone. */
export type Role = StaffRole | 'liaison' | 'unit_system' | 'public' | 'house' | 'operator'

/** Who does something. */
export interface Actor {
  /** `staff:<id>`, `unit_key:<id>`, `house`, `operator:<login>` or `public`, as stored in the audit. */
  id: string
  roles: readonly Role[]
  /** The unit that a liaison or a unit's system acts for. */
  unitId?: string
  /** Scopes of a unit's API key. Without scopes the roles alone decide. */
  scopes?: readonly Scope[]
}

/** The application itself. */
export const SYSTEM: Actor = { id: 'house', roles: ['house'] }
/** Anybody who is not logged in. */
export const PUBLIC: Actor = { id: 'public', roles: ['public'] }

const READERS = ['clerk', 'approver', 'group_office', 'auditor', 'operator'] as const

/** Every permission with the roles that have it. A permission that is missing here does not compile where it is used. */
const ROLES_OF = {
  'listing.draft': ['clerk'],
  'listing.edit': ['clerk'],
  'listing.answer_exclusions': ['clerk'],
  'listing.submit': ['clerk'],
  'listing.approve': ['approver'],
  'listing.reject': ['approver'],
  'listing.record_service': ['clerk'],
  'listing.withdraw': ['clerk', 'approver'],
  'listing.publish': ['clerk'],
  'listing.shield': ['clerk', 'approver'],
  // A correction, a revocation, and an exit that one clerk may not record: proposed by one person, decided by another.
  'listing.propose': ['clerk', 'approver', 'operator'],
  'listing.approve_proposal': ['approver'],
  'listing.reject_proposal': ['approver'],
  'listing.note_error': ['clerk', 'approver'],
  'listing.note_exit': ['clerk', 'approver'],
  // A bulk act needs the permission of its act besides.
  'listing.batch': ['clerk', 'approver'],
  'listing.resume_batch': ['house'],
  'listing.index': ['house'],
  'listing.read': READERS,
  'listing.export': ['clerk', 'approver', 'group_office', 'auditor'],
  'bulletin.read': READERS,
  'bulletin.follow': ['public'],
  'journal.read': READERS,
  // The application continues imports that a stopped process had begun, under the name of the person who began them.
  'import.check': ['clerk', 'approver', 'operator', 'house'],
  'import.commit': ['clerk', 'approver', 'operator', 'house'],
  'import.put_in_force': ['approver', 'house'],
  'import.discard': ['clerk', 'approver', 'operator'],
  'import.read': ['clerk', 'approver', 'auditor', 'operator', 'house'],
  // The rows that a check refused: whole numbers and telephones, for whoever mends the list.
  'reject.read': ['clerk', 'approver', 'operator'],
  'import.resume': ['house'],
  'notice.read': READERS,
  'notice.export': ['clerk', 'approver', 'group_office', 'auditor'],
  // Clerks; the group office of what follows from a complaint that is for it alone, and only that: features/notices/access.ts.
  'notice.resend': ['clerk', 'group_office'],
  'notice.deliver': ['house'],
  'notice.broadcast': ['house'],
  'notice.archive': ['house'],
  'run.keep': ['house'],
  'duty.settle': ['clerk', 'group_office'],
  'duty.print': ['clerk'],
  'unit.read': [...READERS, 'admin'],
  'catalogue.read': [...READERS, 'admin', 'liaison', 'unit_system'],
  'measure.read': ['public'],
  'unit.manage': ['admin', 'operator'],
  'liaison.manage': ['admin', 'operator'],
  'unit.manage_keys': ['admin', 'operator'],
  'subscriber.manage': ['admin', 'operator'],
  'staff.read': ['admin', 'auditor', 'operator'],
  'staff.manage': ['admin', 'operator', 'house'],
  // What needs two administrators, and where the operator of the server is the second person: features/staff/rules.ts.
  'staff.confirm': ['admin', 'operator'],
  'staff.log_in': ['public'],
  'staff.see_self': ['clerk', 'approver', 'group_office', 'admin', 'auditor'],
  'staff.log_out': ['clerk', 'approver', 'group_office', 'admin', 'auditor'],
  'staff.change_password': ['clerk', 'approver', 'group_office', 'admin', 'auditor'],
  // The code beside the password: features/sessions/factor.commands.ts.
  'staff.give_factor': ['clerk', 'approver', 'group_office', 'admin', 'auditor'],
  'staff.enrol_factor': ['clerk', 'approver', 'group_office', 'admin', 'auditor'],
  'staff.housekeep': ['house'],
  // Each count is of what the reader may do: features/todo/rules.ts.
  'todo.read': ['clerk', 'approver', 'group_office', 'admin', 'auditor', 'liaison'],
  'template.read': [...READERS, 'admin'],
  'system.read': ['admin', 'auditor'],
  'system.test': ['admin'],
  // Each kind of hit needs the permission to read it: features/search/views.ts.
  'search.read': ['clerk', 'approver', 'group_office', 'auditor', 'admin'],
  'audit.read': ['auditor', 'admin', 'approver'],
  'audit.verify': ['auditor', 'admin', 'operator'],
  'keys.rotate': ['operator'],
  'data.backup': ['operator'],
  'catalogue.load': ['house', 'operator'],
  'calendar.read': ['public', 'house', ...READERS, 'admin', 'operator'],
  'recount.read': [...READERS, 'admin', 'operator'],
  'calendar.manage': ['admin', 'operator'],
  'clock.read': [...READERS, 'liaison', 'unit_system'],
  'clock.tick': ['house'],
  'clock.end': ['house'],
  'objection.register': ['clerk'],
  'objection.review': ['clerk', 'approver'],
  'objection.suspend': ['approver'],
  'objection.withdraw': ['clerk'],
  'objection.decide': ['approver'],
  'objection.record_service': ['clerk'],
  'objection.carry_out': ['clerk', 'approver'],
  'objection.ask_reconsideration': ['clerk'],
  'objection.record_reconsideration': ['clerk'],
  'objection.read': READERS,
  // Anyone who writes to the bot may ask for confirmation of their identity, and then see their own case and hand in applications.
  'identity.ask': ['public'],
  'identity.confirm': ['public'],
  'case.read_own': ['public'],
  'intake.file': ['public'],
  'intake.register': ['clerk'],
  'intake.decline': ['clerk'],
  'intake.read': READERS,
  // What a creditor hands in: by chat or page, or entered by a clerk. Who wrote it is for those who handle it.
  'creditor.file': ['public', 'clerk'],
  'creditor.follow': ['public'],
  'creditor.confirm': ['clerk'],
  'creditor.decline': ['clerk'],
  'creditor.draft': ['clerk'],
  'creditor.review': ['clerk'],
  'creditor.decide': ['approver'],
  'creditor.answer': ['clerk'],
  'creditor.withdraw': ['clerk'],
  'creditor.read': ['clerk', 'approver', 'auditor'],
  'repair.apply': ['clerk'],
  'repair.consult': ['clerk', 'approver'],
  'repair.answer': ['clerk', 'liaison', 'unit_system'],
  'repair.decide': ['approver'],
  'repair.withdraw': ['clerk'],
  'repair.export': ['clerk', 'approver', 'operator'],
  'repair.read': [...READERS, 'liaison', 'unit_system'],
  'accountability.draw': ['house'],
  'accountability.register': ['clerk', 'group_office'],
  'accountability.doubt': ['group_office'],
  'accountability.decide': ['group_office'],
  'accountability.issue': ['group_office'],
  'accountability.discard': ['group_office'],
  'accountability.withdraw': ['group_office'],
  'accountability.interview': ['group_office'],
  // The court's own consequence, a judicial suggestion, is confirmed by an approver: features/accountability/consequences.rules.ts.
  'accountability.confirm': ['group_office', 'approver'],
  'accountability.transfer': ['group_office'],
  'accountability.joint': ['group_office'],
  'accountability.meet': ['group_office'],
  'accountability.read': READERS,
  'circular.read': [...READERS, 'liaison', 'unit_system'],
  'screening.ask': ['liaison', 'unit_system', 'operator'],
  'screening.report': ['liaison', 'unit_system'],
  'screening.read': ['group_office', 'auditor', 'operator', 'liaison', 'unit_system'],
  'screening.forget': ['house'],
  'screening.resume': ['house'],
  // A unit about itself: features/portal.
  'portal.read': ['liaison', 'unit_system'],
  'portal.try_key': ['liaison', 'unit_system'],
  // Numbers are whole in it, for units' own copies: the auditor reads the list itself.
  'feed.read': ['operator', 'liaison', 'unit_system'],
  'ledger.read': [...READERS, 'liaison', 'unit_system'],
  'lift.read': [...READERS, 'liaison', 'unit_system'],
  'lift.answer': ['clerk', 'liaison', 'unit_system'],
  'lift.record_told': ['clerk'],
  'lift.record_reports': ['clerk'],
  'retention.read': READERS,
  'lift.accept_retention': ['clerk', 'approver'],
  'lift.propose_refusal': ['clerk'],
  'lift.decide_refusal': ['approver'],
  'lift.complete': ['house'],
  'assistance.draft': ['clerk'],
  'assistance.issue': ['approver'],
  'assistance.discard': ['clerk', 'approver'],
  'assistance.record_service': ['clerk'],
  'assistance.send_link': ['clerk'],
  'assistance.acknowledge': ['clerk', 'liaison', 'unit_system'],
  'assistance.answer': ['clerk', 'liaison', 'unit_system'],
  'assistance.suggest_review': ['clerk', 'liaison', 'unit_system'],
  'assistance.reply_review': ['approver'],
  'assistance.request_lift': ['clerk'],
  'assistance.decide_lift': ['approver'],
  'assistance.withdraw': ['approver'],
  'assistance.read': [...READERS, 'liaison', 'unit_system'],
  // One-time links: anyone with the link may look and confirm once; the browser that confirmed may answer.
  'assistance.follow': ['public'],
  'assistance.confirm': ['public'],
  'assistance.reply': ['public'],
  'push.prepare': ['clerk', 'approver', 'operator', 'house'],
  'push.release': ['approver'],
  'push.send_link': ['clerk'],
  'push.hand_over': ['clerk'],
  'push.keep': ['house'],
  'push.read': READERS,
  'push.follow': ['public'],
  'push.collect': ['public'],
  'feedback.open': ['clerk', 'group_office', 'house'],
  'feedback.tell': ['house'],
  'feedback.remind': ['clerk', 'group_office'],
  'feedback.close': ['group_office', 'house'],
  'feedback.submit': ['clerk', 'group_office', 'liaison', 'unit_system'],
  'feedback.correct': ['clerk', 'group_office', 'liaison', 'unit_system'],
  'feedback.read': [...READERS, 'liaison', 'unit_system'],
  'round.read': READERS,
  'round.follow': ['public', ...READERS, 'admin'],
  // Photos of a form of the public pages until it is handed in, and its receipt.
  'form.hold': ['public'],
  'form.forget': ['house'],
  'complaint.file': ['public', 'clerk', 'group_office'],
  'complaint.add_evidence': ['public', 'clerk', 'group_office', 'house'],
  'complaint.follow': ['public'],
  'complaint.withdraw': ['public'],
  // A complaint that may be about the court: whom it is about is said by the group office, before any clerk sees it.
  'complaint.resolve': ['group_office'],
  'complaint.accept': ['clerk', 'group_office'],
  'complaint.decline': ['clerk', 'group_office'],
  'complaint.assign': ['clerk', 'group_office'],
  'complaint.investigate': ['clerk', 'group_office', 'liaison', 'unit_system'],
  'complaint.decide': ['clerk', 'group_office'],
  'complaint.answer': ['clerk', 'group_office'],
  'complaint.answer_order': ['clerk', 'liaison', 'unit_system'],
  'complaint.read': [...READERS, 'liaison', 'unit_system'],
  'subscriber.join': ['public'],
  'subscriber.leave': ['public'],
  'liaison.bind': ['public'],
  'liaison.log_in': ['public'],
  'liaison.see_self': ['liaison'],
  'liaison.switch_unit': ['liaison'],
  'liaison.log_out': ['liaison'],
  'handoff.read': READERS,
  'handoff.answer': ['clerk', 'approver', 'group_office'],
  'handoff.claim': ['clerk', 'approver', 'group_office'],
  'handoff.note': ['clerk', 'approver', 'group_office'],
  'handoff.close': ['clerk', 'approver', 'group_office'],
  'bot.answer': ['public'],
  'account.manage': ['admin', 'operator'],
  'bot.settle': ['house'],
  'bot.collect': ['house'],
  'wechaty.hold': ['house'],
  'bot.read': ['public', 'clerk', 'approver', 'group_office'],
  'bot.forget': ['house'],
  'board.read': ['public'],
  'public.enquire': ['public', 'clerk', 'approver', 'group_office', 'admin', 'auditor', 'operator'],
  'sandbox.read': ['public'],
} as const satisfies Record<string, readonly Role[]>

/** The name of a permission, `subject.verb`. */
export type Permission = keyof typeof ROLES_OF
/** All permissions. */
export const PERMISSIONS = Object.keys(ROLES_OF) as Permission[]

/** The roles that have a permission. */
export function rolesOf(permission: Permission): readonly Role[] {
  return ROLES_OF[permission]
}

/** Whether one of the actor's roles has a permission. Scopes are not considered. */
export function isAllowed(actor: Actor, permission: Permission): boolean {
  const allowed: readonly Role[] = ROLES_OF[permission]
  return actor.roles.some((role) => allowed.includes(role))
}

/** The only unit whose affairs an actor may see and handle; null for court staff, who see those of every unit. */
export function ownUnitOf(actor: Actor): string | null {
  const forUnit: readonly Role[] = ['liaison', 'unit_system']
  return actor.roles.every((role) => forUnit.includes(role)) ? (actor.unitId ?? '') : null
}

/** Checks that a liaison or a unit's system handles its own unit only. @throws AppError `unit_other`. */
export function requireOwnUnit(actor: Actor, unitId: string): void {
  const own = ownUnitOf(actor)
  if (own !== null && own !== unitId) throw new AppError('unit_other')
}

/**
 * Checks that two people decide: whoever wrote a part of what would take effect (drafted, edited, uploaded or proposed it) does not put it in force.
 * @param authors account ids, as the audit stores them. @throws AppError `own_draft`.
 */
export function requireAnother(by: string, authors: Iterable<string | undefined>): void {
  for (const author of authors) if (author === by) throw new AppError('own_draft')
}

/**
 * Checks a permission by role and, for a unit's key, by scope.
 * @throws AppError `not_allowed` naming the permission, `scope_missing` naming the scope.
 */
export function authorize(actor: Actor, permission: Permission): void {
  if (!isAllowed(actor, permission)) throw new AppError('not_allowed', { act: permission })
  if (actor.scopes === undefined) return
  const scope = scopeOf(permission)
  if (scope === null || !actor.scopes.includes(scope))
    throw new AppError('scope_missing', { scope: scope ?? permission, given: actor.scopes.join(' ') })
}
