// Acts on accounts that need two administrators: they wait as a proposal, take effect when another confirms, or at once where one is alone.
// Which acts do, and who counts, is rules.ts; the acts themselves are asked for in commands.ts.

import { AppError } from '../../core/errors.ts'
import { newId, newPassword } from '../../core/ids.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { authorize, type Actor, type StaffRole } from '../../platform/commands/permissions.ts'
import { command, type AppContext, type CommandContext } from '../../platform/commands/command.ts'
import { activeRoles, isActiveAdmin, isGuarded, isWatcher, rolesOfRow, supportOf, type GuardedAct } from './rules.ts'
import { deleteFactor } from './factors.store.ts'
import { forgetBrowsers, forgetFailures } from './logins.store.ts'
import { hashPassword } from './passwords.commands.ts'
import {
  deleteSessionsOf,
  deleteStaffProposal,
  findStaff,
  findStaffReach,
  insertStaffProposal,
  lockAllStaff,
  staffProposals,
  supportStaffProposal,
  updateStaff,
  type StaffProposalRow,
  type StaffRow,
} from './store.ts'
import { staffView, type OneTime, type StaffView } from './views.ts'

/** An act on an account as asked for. */
interface StaffAct {
  staffId: string
  act: GuardedAct
  /** For `roles`. */
  roles?: readonly StaffRole[]
  /** For `add` and `password`. */
  passwordHash?: string
}

/**
 * Carries an act out, or keeps it as a proposal until another administrator confirms it. What one administrator, or the operator, does
 * alone is told to every approver and auditor.
 * @throws `staff_missing`, `staff_proposal_open`, `last_admin`.
 */
export async function actOnStaff(context: CommandContext, asked: StaffAct): Promise<StaffView> {
  const { tx, now, actor, audit } = context
  const everybody = await lockAllStaff(tx)
  const row = rowOf(everybody, asked.staffId)
  if ((await staffProposals(tx)).some((each) => each.staffId === row.id)) throw new AppError('staff_proposal_open')
  const before = activeRoles(row)
  const after = asked.roles ?? before
  if (!isGuarded(asked.act, before, after)) {
    if (isWatcher(before) && !before.every((role) => after.includes(role))) await notifyWatchers(context, everybody, row, asked.act)
    return applyAct(context, asked)
  }
  if (supportOf(everybody, { act: asked.act, targetId: row.id, by: [actor.id] }, now).enough) {
    await notifyWatchers(context, everybody, row, asked.act)
    return applyAct(context, asked)
  }
  const roles = asked.roles?.join(',') ?? null
  const proposal: StaffProposalRow = {
    id: newId(),
    staffId: row.id,
    act: asked.act,
    roles,
    proposedBy: actor.id,
    confirmedBy: null,
    at: now,
  }
  await insertStaffProposal(tx, proposal)
  await audit({ subject: `staff:${row.id}`, detail: { outcome: 'proposed', act: asked.act, roles: roles ?? row.roles } })
  return staffView(row, proposal)
}

async function applyAct(context: CommandContext, { staffId, act, roles, passwordHash }: StaffAct): Promise<StaffView> {
  const fresh = passwordHash === undefined ? {} : { passwordHash, mustChange: true, failures: 0, lockedUntil: null }
  switch (act) {
    case 'add':
      return changeStaff(context, staffId, 'enabled', () => ({ ...fresh, disabledAt: null }))
    case 'enable':
      return changeStaff(context, staffId, 'enabled', () => ({ disabledAt: null }))
    case 'roles':
      return changeStaff(context, staffId, 'roles_set', (row) => ({ roles: roles?.join(',') ?? row.roles }))
    case 'password':
      await endAccess(context, staffId)
      return changeStaff(context, staffId, 'password_reset', () => fresh)
    case 'factor':
      await endAccess(context, staffId)
      await deleteFactor(context.tx, staffId)
      return changeStaff(context, staffId, 'factor_reset', () => ({ factorWay: null, failures: 0, lockedUntil: null }))
  }
}

/** Ends the sessions of an account, and forgets its browsers and the wrong passwords and codes that were given for it. */
export async function endAccess({ tx, app }: CommandContext, staffId: string): Promise<void> {
  await deleteSessionsOf(tx, staffId)
  await forgetBrowsers(tx, staffId)
  const staff = await findStaff(tx, staffId)
  if (staff !== null) await forgetFailures(tx, app.secrets, staff)
}

/** Changes one account. Refuses to leave the court without an administrator who can log in. @throws `staff_missing`, `last_admin`. */
export async function changeStaff(
  { app, tx, now, audit }: CommandContext,
  staffId: string,
  outcome: string,
  changesOf: (row: StaffRow) => Partial<StaffRow>,
): Promise<StaffView> {
  const everybody = await lockAllStaff(tx)
  const row = rowOf(everybody, staffId)
  const asked = changesOf(row)
  const isAdmin = isActiveAdmin({ ...row, ...asked })
  const changes = { ...asked, adminUntil: isAdmin ? null : isActiveAdmin(row) ? now : row.adminUntil }
  const after = { ...row, ...changes }
  if (isActiveAdmin(row) && !everybody.some((each) => isActiveAdmin(each.id === staffId ? after : each))) throw new AppError('last_admin')
  await updateStaff(tx, app, staffId, changes)
  await audit({ subject: `staff:${staffId}`, detail: { outcome, roles: after.roles } })
  return staffView(after, null)
}

/** @throws `staff_missing`. */
function rowOf(everybody: readonly StaffRow[], staffId: string): StaffRow {
  const row = everybody.find(({ id }) => id === staffId)
  if (row === undefined) throw new AppError('staff_missing', { id: staffId })
  return row
}

/** Tells every approver and auditor, and the person, that an account which watches over others is disabled. @throws `staff_missing`. */
export async function notifyOfDisabling(context: CommandContext, staffId: string): Promise<void> {
  const everybody = await lockAllStaff(context.tx)
  const row = rowOf(everybody, staffId)
  if (row.disabledAt === null && isWatcher(activeRoles(row))) await notifyWatchers(context, everybody, row, 'disable')
}

/** Tells the person of an account that watches over others, at the address until now, that it gets another. @throws `staff_missing`. */
export async function notifyOfNewReach(context: CommandContext, staffId: string): Promise<void> {
  const everybody = await lockAllStaff(context.tx)
  const row = rowOf(everybody, staffId)
  const reach = await findStaffReach(context.tx, staffId)
  if (row.disabledAt !== null || !isWatcher(activeRoles(row)) || reach === null || (reach.phone ?? reach.wechat) === null) return
  await notifyOfAct(context, everybody, row, 'reach', [row])
}

/**
 * Tells every approver and auditor what took effect without a second administrator, and the person concerned who loses by it; who has no
 * address is told by a clerk.
 */
async function notifyWatchers(
  context: CommandContext,
  everybody: readonly StaffRow[],
  target: StaffRow,
  act: GuardedAct | 'disable',
): Promise<void> {
  const loses = act === 'disable' || act === 'roles'
  const told = everybody.filter(
    (row) =>
      row.disabledAt === null &&
      (activeRoles(row).some((role) => role === 'approver' || role === 'auditor') || (loses && row.id === target.id)),
  )
  await notifyOfAct(context, everybody, target, act, told)
}

async function notifyOfAct(
  context: CommandContext,
  everybody: readonly StaffRow[],
  target: StaffRow,
  act: GuardedAct | 'disable' | 'reach',
  told: readonly StaffRow[],
): Promise<void> {
  const { tx, app, now, actor } = context
  const recipients = await Promise.all(
    told.map(async (row) => {
      const reach = await findStaffReach(tx, row.id)
      return { id: `staff:${row.id}`, addresses: reach === null ? {} : addressesOf(app, reach), consent: true }
    }),
  )
  const by = everybody.find((row) => `staff:${row.id}` === actor.id)?.login ?? app.catalog.words('states', 'role.operator')
  const values = { act: app.catalog.words('accounts', `act.${act}`), login: target.login, by }
  const key = `staff.changed_alone:${target.id}:${act}:${now.getTime()}`
  await enqueueNotice(context, 'court', { event: 'staff.changed_alone', key, values, listVersion: await listVersion(tx) }, recipients)
}

/** A proposal by its id, or by the login of the account that it is about. */
type ProposalOf = { id: string } | { login: string }

/**
 * Confirms what another administrator, or the operator, proposed. It takes effect when enough people stand behind it (`supportOf`); the
 * password of a new or reset account is in this reply alone.
 * @throws `staff_proposal_missing`, `staff_own_proposal` for whoever proposed or confirmed it and for the person concerned,
 *   `staff_confirm_admin` for the operator where administrators must confirm, `last_admin`.
 */
export async function confirmStaff(app: AppContext, actor: Actor, of: ProposalOf): Promise<OneTime> {
  authorize(actor, 'staff.confirm')
  const password = newPassword()
  const { staff, hasPassword } = await saveConfirmed(app, actor, { of, passwordHash: await hashPassword(password) })
  return { staff, password: hasPassword ? password : null }
}

const saveConfirmed = command(
  'staff.confirm',
  async (context, input: { of: ProposalOf; passwordHash: string }): Promise<{ staff: StaffView; hasPassword: boolean }> => {
    const { tx, actor, audit, now } = context
    const everybody = await lockAllStaff(tx)
    const proposal = await openProposal(context, everybody, input.of)
    const row = rowOf(everybody, proposal.staffId)
    const by = [proposal.proposedBy, proposal.confirmedBy, actor.id]
    if ([proposal.proposedBy, proposal.confirmedBy, `staff:${row.id}`].includes(actor.id)) throw new AppError('staff_own_proposal')
    const support = supportOf(everybody, { act: proposal.act, targetId: row.id, by }, now)
    if (!support.enough && actor.roles.includes('operator')) throw new AppError('staff_confirm_admin')
    if (!support.enough) {
      await supportStaffProposal(tx, proposal.id, actor.id)
      await audit({ subject: `staff:${row.id}`, detail: { outcome: 'supported', act: proposal.act } })
      return { staff: staffView(row, { ...proposal, confirmedBy: actor.id }), hasPassword: false }
    }
    await deleteStaffProposal(tx, row.id)
    await audit({ subject: `staff:${row.id}`, detail: { outcome: 'confirmed', act: proposal.act, proposedBy: proposal.proposedBy } })
    if (support.count < 2) await notifyWatchers(context, everybody, row, proposal.act)
    const hasPassword = proposal.act === 'add' || proposal.act === 'password'
    const roles = proposal.roles === null ? {} : { roles: rolesOfRow({ roles: proposal.roles }) }
    const act = { staffId: row.id, act: proposal.act, ...roles, ...(hasPassword ? { passwordHash: input.passwordHash } : {}) }
    return { staff: await applyAct(context, act), hasPassword }
  },
)

/** Withdraws or refuses a proposal; the account stays as it is. @throws `staff_proposal_missing`. */
export const discardStaffProposal = command('staff.confirm', async (context, of: ProposalOf): Promise<StaffView> => {
  const everybody = await lockAllStaff(context.tx)
  const { staffId, act } = await openProposal(context, everybody, of)
  await deleteStaffProposal(context.tx, staffId)
  await context.audit({ subject: `staff:${staffId}`, detail: { outcome: 'proposal_discarded', act } })
  return staffView(rowOf(everybody, staffId), null)
})

/** @throws `staff_proposal_missing`. */
async function openProposal({ tx }: CommandContext, everybody: readonly StaffRow[], of: ProposalOf): Promise<StaffProposalRow> {
  const isMeant =
    'id' in of
      ? ({ id }: StaffProposalRow): boolean => id === of.id
      : ({ staffId }: StaffProposalRow): boolean => everybody.some(({ id, login }) => id === staffId && login === of.login.toLowerCase())
  const proposal = (await staffProposals(tx)).find(isMeant)
  if (proposal === undefined) throw new AppError('staff_proposal_missing')
  return proposal
}
