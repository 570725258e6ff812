// Addresses as people type them, sealed for keeping: one reading for liaisons, subscribers and the court's own people.
// Whose they are is the act's that keeps them; showing them masked too.

import { AppError } from '../core/errors.ts'
import { toE164, maskPhone } from '../core/phone.ts'
import type { Addresses } from './fallback.rules.ts'
import type { Tx } from '../platform/database/database.ts'
import { clearMark } from './address-marks.store.ts'
import type { AppContext } from '../platform/commands/command.ts'
import type { Medium } from '../core/mediums.ts'
import { maskIdentifier } from '../core/identifiers.ts'

/** As typed: any spelling of a phone number, an openid. */
export interface Reach {
  phone?: string | undefined
  wechat?: string | undefined
}

export interface SealedReach {
  /** Sealed E.164 and openid, each with its blind index. */
  phone: string | null
  phoneIndex: string | null
  wechat: string | null
  wechatIndex: string | null
}

/**
 * Reads and seals addresses; what was held against an address before is forgotten.
 * @throws `address_needed` when nothing is given, `address_invalid` for what cannot be a number or an openid.
 */
export async function sealedReach(app: AppContext, tx: Tx, reach: Reach): Promise<SealedReach> {
  const { secrets } = app
  const { phone, wechat } = readReach(reach)
  if (phone !== null) for (const medium of ['sms', 'voice'] satisfies Medium[]) await clearMark(tx, medium, secrets.indexes('phone', phone))
  if (wechat !== null) await clearMark(tx, 'wechat', secrets.indexes('wechat', wechat))
  return {
    phone: phone === null ? null : secrets.seal(phone),
    phoneIndex: phone === null ? null : secrets.index('phone', phone),
    wechat: wechat === null ? null : secrets.seal(wechat),
    wechatIndex: wechat === null ? null : secrets.index('wechat', wechat),
  }
}

function readReach(reach: Reach): { phone: string | null; wechat: string | null } {
  const typed = reach.phone?.trim() ?? ''
  const wechat = reach.wechat?.trim() || null
  const phone = typed === '' ? null : toE164(typed)
  if (typed !== '' && phone === null) throw new AppError('address_invalid', {}, [{ code: 'phone_invalid', field: 'phone' }])
  if (wechat !== null && !/^[\w-]{10,64}$/.test(wechat))
    throw new AppError('address_invalid', {}, [{ code: 'openid_invalid', field: 'wechat' }])
  if (phone === null && wechat === null) throw new AppError('address_needed')
  return { phone, wechat }
}

export function mediaOf(row: Pick<SealedReach, 'phone' | 'wechat'>): string[] {
  return [...(row.wechat === null ? [] : ['wechat']), ...(row.phone === null ? [] : ['sms'])]
}

export function maskedReach(app: AppContext, row: Pick<SealedReach, 'phone' | 'wechat'>): { phone: string | null; wechat: string | null } {
  return {
    phone: row.phone === null ? null : maskPhone(app.secrets.open(row.phone)),
    wechat: row.wechat === null ? null : maskIdentifier(app.secrets.open(row.wechat)),
  }
}

/** A contact of the house's own WeChat account, sealed for keeping; what was held against it before is forgotten. */
export async function sealedContact({ secrets }: AppContext, tx: Tx, contact: string): Promise<{ wechaty: string; wechatyIndex: string }> {
  await clearMark(tx, 'wechaty', secrets.indexes('wechaty', contact))
  return { wechaty: secrets.seal(contact), wechatyIndex: secrets.index('wechaty', contact) }
}

/** Every address of a liaison, a subscriber or somebody of the court, opened for promising a message: nothing else may put them together. */
export function addressesOf(app: AppContext, row: Pick<SealedReach, 'phone' | 'wechat'> & { wechaty?: string | null }): Addresses {
  return {
    ...(row.wechaty == null ? {} : { wechaty: app.secrets.open(row.wechaty) }),
    ...(row.wechat === null ? {} : { wechat: app.secrets.open(row.wechat) }),
    ...(row.phone === null ? {} : { sms: app.secrets.open(row.phone) }),
  }
}
