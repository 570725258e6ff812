// Tables and SQL of staff accounts, their addresses and sessions. Passwords are argon2id hashes, session tokens keyed hashes.
// What each role may do is platform/commands/permissions.ts; checking a password is passwords.commands.ts.

import { In } from 'typeorm'
import {
  bearer,
  flag,
  id,
  instant,
  int,
  optional,
  primary,
  proof,
  references,
  table,
  text,
  blindIndex,
  sealed,
  type Proven,
} from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import { insertProven, provenOrNull, updateProven, type Prover } from '../../platform/database/proofs.ts'
import { activeRoles, type FactorWay, type GuardedAct } from './rules.ts'

/** Addresses of a member of staff. */
export interface StaffReachRow {
  staffId: string
  /** Phone (E.164) and WeChat openid, sealed, each with its blind index. */
  phone: string | null
  phoneIndex: string | null
  wechat: string | null
  wechatIndex: string | null
}

export const staffReachTable = table<StaffReachRow>(
  'staff_reach',
  {
    staffId: primary(references('staff', id())),
    phone: optional(sealed(text(300))),
    phoneIndex: optional(blindIndex('phone', 'phone')),
    wechat: optional(sealed(text(300))),
    wechatIndex: optional(blindIndex('wechat', 'wechat')),
  },
  [
    { name: 'ix_staff_reach_phone', columns: ['phoneIndex'] },
    { name: 'ix_staff_reach_wechat', columns: ['wechatIndex'] },
  ],
)

/** Replaces a person's addresses. */
export async function saveStaffReach(tx: Tx, row: StaffReachRow): Promise<void> {
  await tx.run('delete from staff_reach where staff_id = ?', [row.staffId])
  await tx.insert(staffReachTable, [row])
}

export async function findStaffReach(db: Db, staffId: string): Promise<StaffReachRow | null> {
  return db.manager.getRepository(staffReachTable.schema).findOneBy({ staffId })
}

/** Active accounts with an address, and the roles that count, in order of id. */
export async function reachableStaff(db: Db): Promise<(StaffReachRow & { roles: string[] })[]> {
  const rows = await db.query<StaffReachRow & { roles: string }>(
    `select r.staff_id as staffId, r.phone, r.phone_index as phoneIndex, r.wechat, r.wechat_index as wechatIndex, s.roles
      from staff_reach r join staff s on s.id = r.staff_id
      where s.disabled_at is null and (r.phone is not null or r.wechat is not null) order by s.id`,
  )
  return rows.map((row) => ({ ...row, roles: activeRoles(row) }))
}

export interface StaffRow {
  id: string
  login: string
  name: string
  /** Comma-separated StaffRole. */
  roles: string
  passwordHash: string
  /** The password is a one-time password. */
  mustChange: boolean
  /** Failed log-ins since the last success. */
  failures: number
  lockedUntil: Date | null
  disabledAt: Date | null
  /** When it ceased to be an administrator's; null while it is one, or never was. */
  adminUntil: Date | null
  createdAt: Date
  lastLoginAt: Date | null
  /** The way of the second factor that the person confirmed; null without one. */
  factorWay: FactorWay | null
}

export const staffTable = table<StaffRow & Proven>(
  'staff',
  {
    id: primary(id()),
    login: text(40),
    name: text(60),
    roles: text(100),
    passwordHash: text(200),
    mustChange: flag(),
    failures: int(),
    lockedUntil: optional(instant()),
    disabledAt: optional(instant()),
    adminUntil: optional(instant()),
    createdAt: instant(),
    lastLoginAt: optional(instant()),
    factorWay: optional(text(10)),
    proof: proof(['name', 'createdAt', 'lastLoginAt']),
  },
  [{ name: 'ux_staff_login', columns: ['login'], unique: true }],
)

/** An act on an account that waits for another administrator. An account has one at a time. */
export interface StaffProposalRow {
  id: string
  staffId: string
  act: GuardedAct
  /** Comma-separated StaffRole that the account is to have; null where the act leaves them. */
  roles: string | null
  /** Who proposed it, and the administrator who confirmed it while one more is needed. */
  proposedBy: string
  confirmedBy: string | null
  at: Date
}

export const staffProposalTable = table<StaffProposalRow>(
  'staff_proposal',
  {
    id: primary(id()),
    staffId: references('staff', id()),
    act: text(10),
    roles: optional(text(100)),
    proposedBy: text(60),
    confirmedBy: optional(text(60)),
    at: instant(),
  },
  [{ name: 'ux_staff_proposal_staff', columns: ['staffId'], unique: true }],
)

export async function insertStaffProposal(tx: Tx, row: StaffProposalRow): Promise<void> {
  await tx.insert(staffProposalTable, [row])
}

export async function staffProposals(db: Db): Promise<StaffProposalRow[]> {
  return db.manager.getRepository(staffProposalTable.schema).find({ order: { id: 'ASC' } })
}

export async function supportStaffProposal(tx: Tx, proposalId: string, confirmedBy: string): Promise<void> {
  await tx.run('update staff_proposal set confirmed_by = ? where id = ?', [confirmedBy, proposalId])
}

/** Deletes the proposal about an account. Returns whether there was one. */
export async function deleteStaffProposal(tx: Tx, staffId: string): Promise<boolean> {
  return (await tx.run('delete from staff_proposal where staff_id = ?', [staffId])) > 0
}

export interface SessionRow {
  /** Keyed hash of the cookie's token. */
  id: string
  staffId: string
  /** Keyed hash of the CSRF token. */
  csrfHash: string
  createdAt: Date
  seenAt: Date
  expiresAt: Date
  /** When the second factor was given in it. */
  factorAt: Date | null
}

export const sessionTable = table<SessionRow & Proven>(
  'session',
  {
    id: primary(bearer('session')),
    staffId: references('staff', id()),
    csrfHash: bearer('session_csrf'),
    createdAt: instant(),
    seenAt: instant(),
    expiresAt: instant(),
    factorAt: optional(instant()),
    proof: proof(['seenAt']),
  },
  [
    { name: 'ix_session_staff', columns: ['staffId'] },
    { name: 'ix_session_expires', columns: ['expiresAt'] },
  ],
)

export async function findStaffByLogin(db: Db, login: string): Promise<(StaffRow & Proven) | null> {
  return db.manager.getRepository(staffTable.schema).findOneBy({ login })
}

export async function findStaff(db: Db, staffId: string): Promise<(StaffRow & Proven) | null> {
  return db.manager.getRepository(staffTable.schema).findOneBy({ id: staffId })
}

/** Names of accounts, by the id under which the audit stores them (`staff:<id>`); others are left out. */
export async function staffNames(db: Db, actors: readonly string[]): Promise<Map<string, string>> {
  const ids = [...new Set(actors)].flatMap((actor) => (actor.startsWith('staff:') ? [actor.slice('staff:'.length)] : []))
  if (ids.length === 0) return new Map()
  const rows = await db.query<{ id: string; name: string }>(`select id, name from staff where id in (${placeholders(ids)})`, ids)
  return new Map(rows.map((row) => [`staff:${row.id}`, row.name]))
}

/** Roles and closing of accounts, by the id under which the audit stores them; who has no account is left out. */
export async function accountsOf(db: Db, actors: readonly string[]): Promise<Map<string, Pick<StaffRow, 'roles' | 'disabledAt'>>> {
  const ids = [...new Set(actors)].flatMap((actor) => (actor.startsWith('staff:') ? [actor.slice('staff:'.length)] : []))
  if (ids.length === 0) return new Map()
  const rows = await db.manager.getRepository(staffTable.schema).findBy({ id: In(ids) })
  return new Map(rows.map((row) => [`staff:${row.id}`, row]))
}

export async function allStaff(db: Db): Promise<StaffRow[]> {
  return db.manager.getRepository(staffTable.schema).find({ order: { id: 'ASC' } })
}

/** The row, locked until the transaction ends. SQLite has one writer anyway. */
export async function lockStaff(tx: Tx, staffId: string): Promise<(StaffRow & Proven) | null> {
  if (!tx.sqlite) await tx.query('select id from staff where id = ? for update', [staffId])
  return findStaff(tx, staffId)
}

/** All rows, locked until the transaction ends, for rules over all accounts. */
export async function lockAllStaff(tx: Tx): Promise<StaffRow[]> {
  if (!tx.sqlite) await tx.query('select id from staff for update')
  return allStaff(tx)
}

export async function insertStaff(tx: Tx, prover: Prover, row: StaffRow): Promise<void> {
  await insertProven(tx, prover, staffTable, row)
}

export async function updateStaff(tx: Tx, prover: Prover, staffId: string, changes: Partial<StaffRow>): Promise<void> {
  await updateProven(tx, prover, staffTable, { key: { id: staffId }, changes })
}

/** The account as this application last wrote it; null for one that somebody changed in the database, which opens nothing. */
export function provenStaff(prover: Prover, row: (StaffRow & Proven) | null): StaffRow | null {
  return provenOrNull(prover, staffTable, row)
}

export async function insertSession(tx: Tx, prover: Prover, row: SessionRow): Promise<void> {
  await insertProven(tx, prover, sessionTable, row)
}

/**
 * A session that has not expired, with its account; null when the account is disabled, or either was changed by somebody else.
 * @param sessionIds its id under every key.
 */
export async function findSession(
  db: Db,
  prover: Prover,
  sessionIds: readonly string[],
  now: Date,
): Promise<{ session: SessionRow; staff: StaffRow } | null> {
  const row = await db.manager.getRepository(sessionTable.schema).findOneBy({ id: In([...sessionIds]) })
  const session = provenOrNull(prover, sessionTable, row)
  if (session === null || session.expiresAt <= now) return null
  const staff = provenStaff(prover, await findStaff(db, session.staffId))
  return staff === null || staff.disabledAt !== null ? null : { session, staff }
}

export async function touchSession(tx: Tx, sessionId: string, seenAt: Date): Promise<void> {
  await tx.run('update session set seen_at = ? where id = ?', [seenAt, sessionId])
}

/** Marks a session as one in which the second factor was given. */
export async function markFactorGiven(tx: Tx, prover: Prover, sessionId: string, at: Date): Promise<void> {
  await updateProven(tx, prover, sessionTable, { key: { id: sessionId }, changes: { factorAt: at } })
}

/** Lets every session of a person be without the second factor. */
export async function unmarkFactor(tx: Tx, prover: Prover, staffId: string): Promise<void> {
  const sessions = await tx.query<{ id: string }>('select id from session where staff_id = ? order by id', [staffId])
  for (const { id: sessionId } of sessions)
    await updateProven(tx, prover, sessionTable, { key: { id: sessionId }, changes: { factorAt: null } })
}

export async function deleteSession(tx: Tx, sessionId: string): Promise<void> {
  await tx.run('delete from session where id = ?', [sessionId])
}

/** Deletes every session of a person except the one given. */
export async function deleteSessionsOf(tx: Tx, staffId: string, except = ''): Promise<void> {
  await tx.run('delete from session where staff_id = ? and id <> ?', [staffId, except])
}

/** Deletes sessions past their expiry, and those not used since `idleSince`. Answers how many. */
export async function deleteExpiredSessions(tx: Tx, now: Date, idleSince: Date): Promise<number> {
  return tx.run('delete from session where expires_at <= ? or seen_at <= ?', [now, idleSince])
}
