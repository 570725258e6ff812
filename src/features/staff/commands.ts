// The court's own accounts: adding people, changing roles and addresses, disabling accounts, resetting passwords.
// Logging in is features/sessions/commands.ts; acts that need two administrators are proposals.commands.ts.

import { forgetFailures } from './logins.store.ts'
import { AppError, isAppError, type Problem } from '../../core/errors.ts'
import { newId, newPassword } from '../../core/ids.ts'
import { SYSTEM, authorize, STAFF_ROLES, type Actor, type StaffRole } from '../../platform/commands/permissions.ts'
import { mixesAdmin } from './rules.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import {
  allStaff,
  deleteStaffProposal,
  findStaffByLogin,
  lockAllStaff,
  insertStaff,
  type StaffRow,
  findStaff,
  findStaffReach,
  saveStaffReach,
  updateStaff,
} from './store.ts'
import { command, query, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { hashPassword } from './passwords.commands.ts'
import { actOnStaff, changeStaff, endAccess, notifyOfDisabling, notifyOfNewReach } from './proposals.commands.ts'
import type { OneTime, StaffView } from './views.ts'
import { maskAddresses, mediaOf, sealAddresses, type AddressInput } from '../../messaging/addresses.ts'

/** At which addresses a member of staff receives notices. */
export interface StaffReachView {
  staffId: string
  /** Masked. */
  phone: string | null
  wechat: string | null
}

/**
 * Replaces a person's addresses. Without any address the person is no longer notified. Where the account watches over others, its person is
 * told at the address until now: codes and alarms go to the new one.
 * @throws `staff_missing`, `address_invalid`.
 */
export const setStaffReach = command('staff.manage', async (context, input: { id: string } & AddressInput): Promise<StaffReachView> => {
  const { tx, app, audit } = context
  await notifyOfNewReach(context, input.id)
  const noAddress = { phone: null, phoneIndex: null, wechat: null, wechatIndex: null }
  const hasAddress = [input.phone, input.wechat].some((text) => text !== undefined && text.trim() !== '')
  const row = { staffId: input.id, ...(hasAddress ? await sealAddresses(app, tx, { staffId: input.id }, input) : noAddress) }
  await saveStaffReach(tx, row)
  await audit({ subject: `staff:${input.id}`, detail: { media: mediaOf(row) } })
  return { staffId: input.id, ...maskAddresses(app, row) }
})

/** The addresses of one person, masked. @throws `staff_missing`. */
export const getStaffReach = query('staff.read', async ({ db, app }, staffId: string): Promise<StaffReachView> => {
  if ((await findStaff(db, staffId)) === null) throw new AppError('staff_missing', { id: staffId })
  const row = await findStaffReach(db, staffId)
  return { staffId, ...maskAddresses(app, row ?? { staffId, phone: null, wechat: null }) }
})

export interface NewStaff {
  login: string
  name: string
  roles: readonly string[]
}

/**
 * Adds a person with a one-time password. An approver or administrator who needs a second administrator is added disabled, without a
 * password, until that one confirms. @throws `request_invalid` with a problem for each wrong field, `staff_exists`.
 */
export async function addStaff(app: AppContext, actor: Actor, input: NewStaff): Promise<OneTime> {
  authorize(actor, 'staff.manage')
  const login = input.login.trim().toLowerCase()
  const name = input.name.trim()
  const roles = checkedRoles(input.roles, [...loginProblems(login), ...nameProblems(name)])
  const password = newPassword()
  const staff = await createStaff(app, actor, { login, name, roles, passwordHash: await hashPassword(password) })
  return { staff, password: staff.proposal === null ? password : null }
}

interface CheckedStaff {
  login: string
  name: string
  roles: readonly StaffRole[]
  passwordHash: string
}

const createStaff = command(
  'staff.manage',
  async (context, staff: CheckedStaff): Promise<StaffView> => {
    if ((await findStaffByLogin(context.tx, staff.login)) !== null) throw new AppError('staff_exists', { login: staff.login })
    const row = await insertNew(context, staff)
    return actOnStaff(context, { staffId: row.id, act: 'add', passwordHash: row.passwordHash })
  },
  ({ id }) => ({ staff: id }),
)

/** Inserts the account, disabled until `actOnStaff` or the caller enables it. @throws `staff_exists`. */
async function insertNew({ app, tx, now, audit }: CommandContext, staff: CheckedStaff): Promise<StaffRow> {
  const row: StaffRow = {
    id: newId(),
    login: staff.login,
    name: staff.name,
    roles: staff.roles.join(','),
    passwordHash: staff.passwordHash,
    mustChange: true,
    failures: 0,
    lockedUntil: null,
    disabledAt: now,
    adminUntil: null,
    createdAt: now,
    lastLoginAt: null,
    factorWay: null,
  }
  try {
    await insertStaff(tx, app, row)
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('staff_exists', { login: staff.login }, [], error)
    throw error
  }
  await audit({ subject: `staff:${row.id}`, detail: { outcome: 'added', roles: row.roles } })
  return row
}

/** Creates the first administrator `admin` when there is no account at all; null when there is one. */
export async function firstAdmin(app: AppContext): Promise<(OneTime & { password: string }) | null> {
  const nobody = await app.store.read(async (db) => (await allStaff(db)).length === 0)
  if (!nobody) return null
  const password = newPassword()
  const passwordHash = await hashPassword(password)
  try {
    const name = app.catalog.words('states', 'role.admin')
    return { staff: await createFirst(app, SYSTEM, { login: 'admin', name, roles: ['admin'], passwordHash }), password }
  } catch (error) {
    // Another process has created the account in the meantime.
    if (isAppError(error, 'staff_exists')) return null
    throw error
  }
}

const createFirst = command('staff.manage', async (context, staff: CheckedStaff): Promise<StaffView> => {
  if ((await lockAllStaff(context.tx)).length > 0) throw new AppError('staff_exists', { login: staff.login })
  const { id } = await insertNew(context, staff)
  return changeStaff(context, id, 'enabled', () => ({ disabledAt: null }))
})

/**
 * Disables an account, ends its sessions and drops a proposal about it. It takes effect at once; where the account is one of those that watch
 * over others, every approver and auditor hears of it, the person concerned among them. @throws `staff_missing`, `last_admin`.
 */
export const disableStaff = command('staff.manage', async (context, input: { id: string }): Promise<StaffView> => {
  await notifyOfDisabling(context, input.id)
  await endAccess(context, input.id)
  await deleteStaffProposal(context.tx, input.id)
  return changeStaff(context, input.id, 'disabled', ({ disabledAt }) => ({ disabledAt: disabledAt ?? context.now }))
})

/** Enables a disabled account; its password stays the same. @throws as `actOnStaff`. */
export const enableStaff = command('staff.manage', (context, input: { id: string }): Promise<StaffView> =>
  actOnStaff(context, { staffId: input.id, act: 'enable' }),
)

/**
 * Replaces the roles of a person. Open sessions have the new roles from their next request on.
 * @throws as `actOnStaff`, `last_admin`, `request_invalid`.
 */
export const setRoles = command('staff.manage', (context, input: { id: string; roles: readonly string[] }): Promise<StaffView> =>
  actOnStaff(context, { staffId: input.id, act: 'roles', roles: checkedRoles(input.roles, []) }),
)

/**
 * Gives a person a new one-time password, ends their sessions and removes a lock. The password is null while another administrator must
 * confirm. @throws as `actOnStaff`.
 */
export async function resetPassword(app: AppContext, actor: Actor, input: { id: string }): Promise<OneTime> {
  authorize(actor, 'staff.manage')
  const password = newPassword()
  const staff = await saveReset(app, actor, { id: input.id, passwordHash: await hashPassword(password) })
  return { staff, password: staff.proposal === null ? password : null }
}

const saveReset = command('staff.manage', (context, input: { id: string; passwordHash: string }): Promise<StaffView> =>
  actOnStaff(context, { staffId: input.id, act: 'password', passwordHash: input.passwordHash }),
)

/**
 * Takes away a person's second factor and ends their sessions; they enrol another after their next log-in.
 * @throws `staff_missing`, `factor_missing`, and as `actOnStaff`.
 */
export const resetFactor = command('staff.manage', async (context, input: { id: string } | { login: string }): Promise<StaffView> => {
  const row = 'id' in input ? await findStaff(context.tx, input.id) : await findStaffByLogin(context.tx, input.login.toLowerCase())
  if (row === null) throw new AppError('staff_missing', input)
  if (row.factorWay === null) throw new AppError('factor_missing')
  return actOnStaff(context, { staffId: row.id, act: 'factor' })
})

/**
 * Ends the locks of a login: those of the places from which wrong passwords and codes came, and that of the account after wrong current passwords.
 * @throws `staff_missing`.
 */
export const unlockStaff = command('staff.manage', async (context, input: { login: string }): Promise<{ failures: number }> => {
  const { tx, app, audit } = context
  const login = input.login.trim().toLowerCase()
  const row = await findStaffByLogin(tx, login)
  if (row === null) throw new AppError('staff_missing', { login })
  const failures = (await forgetFailures(tx, app.secrets, row)) + row.failures
  await updateStaff(tx, app, row.id, { failures: 0, lockedUntil: null })
  await audit({ subject: `staff:${row.id}`, detail: { outcome: 'unlocked', failures } })
  return { failures }
})

/** The roles given. @throws `request_invalid` with `problems` and those of the roles. */
function checkedRoles(given: readonly string[], problems: readonly Problem[]): StaffRole[] {
  const roles = STAFF_ROLES.filter((role) => given.includes(role))
  const allKnown = roles.length > 0 && given.every((role) => (STAFF_ROLES as readonly string[]).includes(role))
  const all: Problem[] = [...problems]
  if (!allKnown) all.push({ code: 'one_of', field: 'roles', values: { choices: STAFF_ROLES.join('、') } })
  if (mixesAdmin(roles)) all.push({ code: 'admin_alone', field: 'roles' })
  if (all.length > 0) throw new AppError('request_invalid', {}, all)
  return roles
}

function loginProblems(login: string): Problem[] {
  return /^[a-z][a-z0-9._-]{1,39}$/.test(login) ? [] : [{ code: 'login_form', field: 'login' }]
}

function nameProblems(name: string): Problem[] {
  return name !== '' && name.length <= 60 ? [] : [{ code: 'most_length', field: 'name', values: { most: 60 } }]
}
