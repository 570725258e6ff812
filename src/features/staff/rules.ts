// Rules of accounts: which roles exclude each other, which acts on an account need two administrators, and how many stand behind one. Pure.
// Carrying the acts out is commands.ts and proposals.commands.ts; what a role may do is platform/commands/permissions.ts.

import { STAFF_ROLES, type StaffRole } from '../../platform/commands/permissions.ts'

/** An act that gives somebody the use of an account or of a role. */
export type GuardedAct = 'add' | 'roles' | 'password' | 'enable' | 'factor'

/** Whoever controls such an account puts listings in force, sees complaints about the court, or decides who does. */
const GUARDED_ROLES: readonly StaffRole[] = ['approver', 'group_office', 'admin']

/** Whether disabling an account with these roles takes away somebody who would notice what administrators do. */
export function isWatcher(roles: readonly StaffRole[]): boolean {
  return roles.includes('auditor') || GUARDED_ROLES.some((role) => roles.includes(role))
}

/** Administrators who must stand behind a guarded act, where there are that many. */
const SUPPORT = 2

/** The roles stored in an account, in the order of STAFF_ROLES. */
export function rolesOfRow(row: { roles: string }): StaffRole[] {
  const held = row.roles.split(',')
  return STAFF_ROLES.filter((role) => held.includes(role))
}

/** Whether the roles make somebody an administrator and something else, which no account may be. */
export function mixesAdmin(roles: readonly StaffRole[]): boolean {
  return roles.includes('admin') && roles.length > 1
}

/** The roles that count: an account of an older database that mixes is an administrator and nothing else until its roles are set anew. */
export function activeRoles(row: { roles: string }): StaffRole[] {
  const roles = rolesOfRow(row)
  return mixesAdmin(roles) ? ['admin'] : roles
}

/** Whether the account can act as an administrator. */
export function isActiveAdmin(row: { roles: string; disabledAt: Date | null }): boolean {
  return row.disabledAt === null && activeRoles(row).includes('admin')
}

/** Whether an act needs two administrators. @param before roles that count before the act. @param after roles after it. */
export function isGuarded(act: GuardedAct, before: readonly StaffRole[], after: readonly StaffRole[]): boolean {
  return GUARDED_ROLES.some((role) => after.includes(role) && (act !== 'roles' || !before.includes(role)))
}

/**
 * Whether enough administrators stand behind a guarded act on an account, and how many do. Two must; where fewer are active, all of them.
 * The person concerned never counts, nor does the operator of the server.
 * @param by account ids as the audit stores them, of whoever proposed or confirmed the act.
 */
export function supportOf(
  everybody: readonly { id: string; roles: string; disabledAt: Date | null }[],
  targetId: string,
  by: readonly (string | null)[],
): { count: number; enough: boolean } {
  const admins = everybody.filter((row) => row.id !== targetId && isActiveAdmin(row))
  const count = admins.filter((row) => by.includes(`staff:${row.id}`)).length
  return { count, enough: count >= Math.min(SUPPORT, admins.length) }
}

/** How a second factor is given: a code of an authenticator app, or one sent to the person's phone or WeChat. */
export const FACTOR_WAYS = ['totp', 'sms', 'wechat'] as const
/** A way of the second factor. */
export type FactorWay = (typeof FACTOR_WAYS)[number]

/** Whether an account must have a second factor. @param required the roles that must, by the settings. */
export function needsFactor(row: { roles: string }, required: readonly string[]): boolean {
  return activeRoles(row).some((role) => required.includes(role))
}
