// Queries of the court's accounts: as administrators see them, with what waits for a second administrator, and those that mix roles.
// Changing accounts is commands.ts and proposals.commands.ts.

import type { StaffRole } from '../../platform/commands/permissions.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { mixesAdmin, rolesOfRow, type FactorWay, type GuardedAct } from './rules.ts'
import { allStaff, staffProposals, type StaffProposalRow, type StaffRow } from './store.ts'

/** An act on an account that waits until another administrator confirms it. */
export interface StaffProposal {
  id: string
  act: GuardedAct
  /** The roles that the account is to have; null where the act leaves them. */
  roles: StaffRole[] | null
  proposedBy: string
  confirmedBy: string | null
  at: Date
}

/** An account as administrators see it. */
export interface StaffView {
  id: string
  login: string
  name: string
  roles: StaffRole[]
  mustChange: boolean
  /** A disabled person cannot log in; what they did stays on record. */
  disabledAt: Date | null
  lockedUntil: Date | null
  createdAt: Date
  lastLoginAt: Date | null
  /** The way of the second factor; null when the person has confirmed none. */
  factor: FactorWay | null
  proposal: StaffProposal | null
}

/** A password that is shown once and that its owner must replace after logging in; null while another administrator must confirm. */
export interface OneTime {
  staff: StaffView
  password: string | null
}

/** A row without its password hash. */
export function staffView(row: StaffRow, proposal: StaffProposalRow | null): StaffView {
  const { id, login, name, mustChange, disabledAt, lockedUntil, createdAt, lastLoginAt, factorWay: factor } = row
  const account = { id, login, name, roles: rolesOfRow(row), mustChange, disabledAt, lockedUntil, createdAt, lastLoginAt, factor }
  return { ...account, proposal: proposal === null ? null : proposalView(proposal) }
}

function proposalView({ id, act, roles, proposedBy, confirmedBy, at }: StaffProposalRow): StaffProposal {
  return { id, act, roles: roles === null ? null : rolesOfRow({ roles }), proposedBy, confirmedBy, at }
}

/** All accounts, in the order in which they were added. */
export const listStaff = query(
  'staff.read',
  async (
    { db },
    { waiting, ...page }: { limit: number; offset: number; waiting?: boolean },
  ): Promise<{ items: StaffView[]; total: number }> => {
    const proposals = new Map((await staffProposals(db)).map((each) => [each.staffId, each]))
    const rows = (await allStaff(db)).filter(({ id }) => waiting !== true || proposals.has(id))
    const items = rows.slice(page.offset, page.offset + page.limit)
    return { items: items.map((row) => staffView(row, proposals.get(row.id) ?? null)), total: rows.length }
  },
)

/** Ids of the active accounts that are administrator and something else, which only a database of an older version holds. */
export async function mixedAccounts(app: AppContext): Promise<string[]> {
  const rows = await app.store.read((db) => allStaff(db))
  return rows.filter((row) => row.disabledAt === null && mixesAdmin(rolesOfRow(row))).map((row) => row.id)
}
