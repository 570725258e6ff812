// Where the court's own people are told what they have to do: their phone number or WeChat, if they gave one.
// Their accounts are actions/staff; what they are told of is actions/clock-reports.

import { AppError } from '../../core/errors.ts'
import { findStaff } from './store.ts'
import { findStaffReach, keepStaffReach } from './reach.store.ts'
import { act, view } from '../../platform/commands/command.ts'
import { maskedReach, mediaOf, sealedReach, type Reach } from '../../messaging/addresses.ts'

export interface StaffReachView {
  staffId: string
  /** Masked. */
  phone: string | null
  wechat: string | null
}

/** Keeps a person's addresses in place of the old ones; none given: they are reached no more. @throws `staff_missing`, `address_invalid`. */
export const setStaffReach = act('staff.manage', async ({ tx, house, audit }, input: { id: string } & Reach): Promise<StaffReachView> => {
  if ((await findStaff(tx, input.id)) === null) throw new AppError('staff_missing', { id: input.id })
  const none = { phone: null, phoneIndex: null, wechat: null, wechatIndex: null }
  const given = [input.phone, input.wechat].some((text) => text !== undefined && text.trim() !== '')
  const row = { staffId: input.id, ...(given ? await sealedReach(house, tx, input) : none) }
  await keepStaffReach(tx, row)
  await audit({ subject: `staff:${input.id}`, detail: { media: mediaOf(row) } })
  return { staffId: input.id, ...maskedReach(house, row) }
})

export const getStaffReach = view('staff.read', async ({ db, house }, staffId: string): Promise<StaffReachView> => {
  if ((await findStaff(db, staffId)) === null) throw new AppError('staff_missing', { id: staffId })
  const row = await findStaffReach(db, staffId)
  return { staffId, ...maskedReach(house, row ?? { phone: null, wechat: null }) }
})
