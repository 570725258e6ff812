// Who may know of a complaint by whom it is about (ADR 0033): nobody of the unit complained of, and of what is or may be about the court, the
// group office alone. Pure. The same as SQL, for complaints and whatever follows from them, is conflicts.store.ts.

import type { Actor, Role } from '../../platform/commands/permissions.ts'

/** Unit id of the court that runs this application. */
export const OUR_COURT = 'court'
/** Unit ids of the leading group (领导小组) and of its office. */
export const LEADING_GROUP = 'leading_group'
export const LEADING_GROUP_OFFICE = 'leading_group_office'

/** Whom a complaint is about. */
export interface Accused {
  /** The unit complained of, once it is known. */
  unitId: string | null
  /** It may be about the court itself: until the group office has said whom it is about, nobody else sees it. */
  unresolved: boolean
}

/** The units an actor speaks for: a liaison's own; the court's staff speak for the court, the group office for itself. */
export function speaksFor(actor: Pick<Actor, 'roles' | 'unitId'>): string[] {
  const hasRole = (...roles: readonly Role[]): boolean => roles.some((role) => actor.roles.includes(role))
  return [
    ...(hasRole('liaison', 'unit_system') ? [actor.unitId ?? ''] : []),
    ...(hasRole('clerk', 'approver') ? [OUR_COURT] : []),
    ...(hasRole('group_office') ? [LEADING_GROUP_OFFICE] : []),
  ]
}

const COURT_PEOPLE: readonly Role[] = ['auditor', 'admin', 'operator']

/** The units about which an actor may see no complaint: those they speak for; auditors, administrators and operators are the court's people too. */
export function conflictsOf(actor: Pick<Actor, 'roles' | 'unitId'>): string[] {
  const inCourt = actor.roles.some((role) => COURT_PEOPLE.includes(role))
  return [...new Set([...speaksFor(actor), ...(inCourt ? [OUR_COURT] : [])])]
}

/** Whether a complaint is, or may be, about the court: the group office alone handles and sees it, and no notice says what was found. */
export function isForOfficeAlone({ unitId, unresolved }: Accused): boolean {
  return unresolved || unitId === OUR_COURT
}

/** Whether an actor belongs to the unit complained of. Such an actor sees nothing of the complaint and performs no act on it. */
export function isConflicted({ unitId, unresolved }: Accused, actor: Actor): boolean {
  const conflicts = conflictsOf(actor)
  if (unresolved && conflicts.includes(OUR_COURT)) return true
  return unitId !== null && conflicts.includes(unitId)
}
