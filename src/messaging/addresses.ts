// Addresses of liaisons, subscribers and court staff: read as typed, sealed for storage, masked for display, opened for a notice.
// Marks of refused addresses are in messaging/address-marks.store.

import { AppError } from '../core/errors.ts'
import { toE164, maskPhone } from '../core/phone.ts'
import type { Addresses } from './fallback.rules.ts'
import type { Tx } from '../platform/database/database.ts'
import { placeOf } from '../platform/database/sealing.ts'
import { clearMark } from './address-marks.store.ts'
import type { AppContext } from '../platform/commands/command.ts'
import type { Medium } from '../core/mediums.ts'
import { maskIdentifier } from '../core/identifiers.ts'

/** Addresses as typed: a phone number in any spelling, an openid. */
export interface AddressInput {
  phone?: string | undefined
  wechat?: string | undefined
}

/** Sealed phone number (E.164) and openid, each with its blind index. */
export interface SealedAddresses {
  phone: string | null
  phoneIndex: string | null
  wechat: string | null
  wechatIndex: string | null
}

/** Whose addresses they are: a member of staff, a liaison (who has a unit), or a subscriber. Each is sealed for its own row. */
export type AddressOwner = { staffId: string } | { id: string; unitId: string } | { id: string; kind: string }

function placeFor(owner: AddressOwner, column: 'phone' | 'wechat' | 'wechaty'): string {
  if ('staffId' in owner) return placeOf({ name: 'staff_reach', protection: { primary: ['staffId'] } }, column, owner)
  return placeOf({ name: 'unitId' in owner ? 'liaison' : 'subscriber', protection: { primary: ['id'] } }, column, owner)
}

/**
 * Reads and seals addresses, and deletes earlier marks of theirs.
 * @throws `address_needed` when nothing is given, `address_invalid` for what cannot be a number or an openid.
 */
export async function sealAddresses(app: AppContext, tx: Tx, owner: AddressOwner, reach: AddressInput): Promise<SealedAddresses> {
  const { secrets } = app
  const { phone, wechat } = readReach(reach)
  if (phone !== null) for (const medium of ['sms', 'voice'] satisfies Medium[]) await clearMark(tx, medium, secrets.indexes('phone', phone))
  if (wechat !== null) await clearMark(tx, 'wechat', secrets.indexes('wechat', wechat))
  return {
    phone: phone === null ? null : secrets.seal(phone, placeFor(owner, 'phone')),
    phoneIndex: phone === null ? null : secrets.index('phone', phone),
    wechat: wechat === null ? null : secrets.seal(wechat, placeFor(owner, 'wechat')),
    wechatIndex: wechat === null ? null : secrets.index('wechat', wechat),
  }
}

function readReach(reach: AddressInput): { phone: string | null; wechat: string | null } {
  const typed = reach.phone?.trim() ?? ''
  const wechat = reach.wechat?.trim() || null
  const phone = typed === '' ? null : toE164(typed)
  if (typed !== '' && phone === null) throw new AppError('address_invalid', {}, [{ code: 'phone_invalid', field: 'phone' }])
  if (wechat !== null && !/^[\w-]{10,64}$/.test(wechat))
    throw new AppError('address_invalid', {}, [{ code: 'openid_invalid', field: 'wechat' }])
  if (phone === null && wechat === null) throw new AppError('address_needed')
  return { phone, wechat }
}

/** The media on which somebody can be reached. */
export function mediaOf(row: Pick<SealedAddresses, 'phone' | 'wechat'>): string[] {
  return [...(row.wechat === null ? [] : ['wechat']), ...(row.phone === null ? [] : ['sms'])]
}

/** Phone number and openid with their middle hidden, for display. */
export function maskAddresses(
  app: AppContext,
  row: AddressOwner & Pick<SealedAddresses, 'phone' | 'wechat'>,
): { phone: string | null; wechat: string | null } {
  return {
    phone: row.phone === null ? null : maskPhone(app.secrets.open(row.phone, placeFor(row, 'phone'))),
    wechat: row.wechat === null ? null : maskIdentifier(app.secrets.open(row.wechat, placeFor(row, 'wechat'))),
  }
}

/** Seals a contact of the application's own WeChat account, and deletes an earlier mark of it. */
export async function sealContact(
  { secrets }: AppContext,
  tx: Tx,
  liaison: AddressOwner,
  contact: string,
): Promise<{ wechaty: string; wechatyIndex: string }> {
  await clearMark(tx, 'wechaty', secrets.indexes('wechaty', contact))
  return { wechaty: secrets.seal(contact, placeFor(liaison, 'wechaty')), wechatyIndex: secrets.index('wechaty', contact) }
}

/** All addresses of a liaison, a subscriber or a member of staff, opened to enqueue a notice. Use them for nothing else. */
export function addressesOf(
  app: AppContext,
  row: AddressOwner & Pick<SealedAddresses, 'phone' | 'wechat'> & { wechaty?: string | null },
): Addresses {
  return {
    ...(row.wechaty == null ? {} : { wechaty: app.secrets.open(row.wechaty, placeFor(row, 'wechaty')) }),
    ...(row.wechat === null ? {} : { wechat: app.secrets.open(row.wechat, placeFor(row, 'wechat')) }),
    ...(row.phone === null ? {} : { sms: app.secrets.open(row.phone, placeFor(row, 'phone')) }),
  }
}
