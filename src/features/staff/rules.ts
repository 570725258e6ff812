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

/** People who must stand behind a guarded act, where there are that many administrators. */
const SUPPORT = 2

/** Days for which an administrator who was removed still counts: nobody removes the second one in order to act alone. */
export const REMOVED_COUNTS = 14

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

/** What the rule of two administrators goes by in an account. */
export interface Account {
  id: string
  roles: string
  disabledAt: Date | null
  /** When it ceased to be an administrator's; null while it is one, or never was. */
  adminUntil: Date | null
}

/** A guarded act, and who stands behind it. */
export interface Supported {
  act: GuardedAct
  targetId: string
  /** Account ids as the audit stores them, of whoever proposed or confirmed the act. */
  by: readonly (string | null)[]
}

/**
 * Whether enough people stand behind a guarded act on an account, and how many do. Two administrators must; one where there is one alone,
 * and was for `REMOVED_COUNTS` days. The person concerned never counts. Who gives away an administrator's account is no second one with it.
 * The operator of the server counts as the second person where one administrator alone is left to be the first.
 */
export function supportOf(everybody: readonly Account[], { act, targetId, by }: Supported, now: Date): { count: number; enough: boolean } {
  const target = everybody.find(({ id }) => id === targetId)
  const others = everybody.filter(({ id }) => id !== targetId)
  const active = others.filter(isActiveAdmin)
  const removedSince = now.getTime() - REMOVED_COUNTS * 86_400_000
  const removed = others.filter(({ adminUntil }) => adminUntil !== null && adminUntil.getTime() > removedSince)
  const given = target !== undefined && GIVES_ACCESS.has(act) && activeRoles(target).includes('admin') ? 1 : 0
  const needed = active.length === 0 ? 0 : Math.min(SUPPORT, active.length + removed.length + given)
  const admins = active.filter(({ id }) => by.includes(`staff:${id}`)).length
  const operator = active.length < needed && admins > 0 && by.some((id) => id?.startsWith(OPERATOR) === true) ? 1 : 0
  return { count: admins + operator, enough: admins + operator >= needed }
}

/** Whoever carries such an act out gets the account into their hands. */
const GIVES_ACCESS: ReadonlySet<GuardedAct> = new Set(['password', 'factor'])
const OPERATOR = 'operator:'

/** How a second factor is given: a code of an authenticator app, or one sent to the person's phone or WeChat. */
export const FACTOR_WAYS = ['totp', 'sms', 'wechat'] as const
/** A way of the second factor. */
export type FactorWay = (typeof FACTOR_WAYS)[number]

/** Whether an account must have a second factor. @param required the roles that must, by the settings. */
export function needsFactor(row: { roles: string }, required: readonly string[]): boolean {
  return activeRoles(row).some((role) => required.includes(role))
}
