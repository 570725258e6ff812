// Where the court's own people are reached, sealed: beside their accounts, because most never need it.
// The accounts are store/staff.

import { blindIndex, id, optional, primary, references, sealed, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

export interface StaffReachRow {
  staffId: string
  /** Sealed E.164 and openid, each with its blind index. */
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

/** Keeps a person's addresses in place of the old ones. */
export async function keepStaffReach(tx: Tx, row: StaffReachRow): Promise<void> {
  await tx.run('delete from staff_reach where staff_id = ?', [row.staffId])
  await tx.insert(staffReachTable, [row])
}

export async function findStaffReach(db: Db, staffId: string): Promise<StaffReachRow | null> {
  return db.manager.getRepository(staffReachTable.schema).findOneBy({ staffId })
}

/** People who may still log in and can be reached, with their roles, in order. */
export async function reachableStaff(db: Db): Promise<(StaffReachRow & { roles: string[] })[]> {
  const rows = await db.query<StaffReachRow & { roles: string }>(
    `select r.staff_id as staffId, r.phone, r.phone_index as phoneIndex, r.wechat, r.wechat_index as wechatIndex, s.roles
      from staff_reach r join staff s on s.id = r.staff_id where s.disabled_at is null and (r.phone is not null or r.wechat is not null) order by s.id`,
  )
  return rows.map((row) => ({ ...row, roles: row.roles.split(',') }))
}
