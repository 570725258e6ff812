// Rules of log-ins: what somebody must do before anything else, and our own figures (◇) for codes that are sent. Pure.
// Logging in is commands.ts; who is calling is access.ts.

import type { Permission } from '../../platform/commands/permissions.ts'
import { needsFactor, type FactorWay } from '../staff/rules.ts'

/** What the person must do next: give the second factor, choose a password of their own, enrol a factor; or nothing. */
export type Stage = 'factor' | 'password' | 'enrol' | 'open'

const ALWAYS = ['staff.see_self', 'staff.log_out'] as const

/** The permissions before each stage is passed. */
const BEFORE: Readonly<Record<Exclude<Stage, 'open'>, readonly (Permission | 'none')[]>> = {
  factor: [...ALWAYS, 'staff.give_factor'],
  password: [...ALWAYS, 'staff.change_password'],
  // To send the first code of a phone once more is part of enrolling it.
  enrol: [...ALWAYS, 'staff.change_password', 'staff.enrol_factor', 'staff.give_factor'],
}

/**
 * The stage of a session. Whoever has enrolled a factor gives it before anything else, so that a stolen password changes nothing.
 * @param required the roles that must have a factor.
 */
export function stageOf(
  staff: { roles: string; mustChange: boolean; factorWay: FactorWay | null },
  factorGiven: boolean,
  required: readonly string[],
): Stage {
  if (staff.factorWay !== null && !factorGiven) return 'factor'
  if (staff.mustChange) return 'password'
  const mustEnrol = required.includes('all') || needsFactor(staff, required)
  return mustEnrol && staff.factorWay === null ? 'enrol' : 'open'
}

/** Whether a permission can be used in a stage. */
export function usableIn(stage: Stage, permission: Permission | 'none'): boolean {
  return stage === 'open' || BEFORE[stage].includes(permission)
}

/** The failure with this number is the first that locks. ◇ */
export const LOCKING_FAILURES = 5
/** Milliseconds of the first lock; each further failure doubles them, up to the longest lock. ◇ */
const FIRST_LOCK = 15 * 60_000
const LONGEST_LOCK = 24 * 3_600_000

/** Until when the failure with this number locks; null for the first ones. */
export function lockAfter(failures: number, at: Date): Date | null {
  if (failures < LOCKING_FAILURES) return null
  return new Date(at.getTime() + Math.min(FIRST_LOCK * 2 ** Math.min(failures - LOCKING_FAILURES, 20), LONGEST_LOCK))
}

/** Number of digits of a code that is sent. ◇ */
export const CODE_DIGITS = 6
/** Minutes for which it can be used. ◇ */
export const CODE_MINUTES = 10
/** Wrong codes after which the right one is no longer accepted. ◇ */
export const CODE_TRIES = 5
/** Codes an hour for one person. ◇ */
export const CODES_AN_HOUR = 5
/**
 * Codes a day to one liaison's phone: nobody's phone is filled by whoever knows its number. Beside them as many asked for in browsers that the
 * liaison is known in. With `CODE_TRIES` it bounds guesses: 8 × 5 a day, each right with 1 in 1,000,000, are 1 in 25,000. ◇
 */
export const CODES_A_DAY = 8
/** How many of them one network can ask for: one stranger does not use them up. ◇ */
export const NETWORK_CODES_A_DAY = 4
/** Codes an hour that liaisons at one network address ask for: many units share the address of a government network. ◇ */
export const ADDRESS_CODES = 60
/** Wrong codes an hour from one network address. ◇ */
export const ADDRESS_MISSES = 60
/** Codes an hour to all liaisons together. ◇ */
export const ALL_CODES = 500
