// Table of address marks: addresses that a provider refused or whose owner opted out, with its SQL.
// To whom an address belongs is stored with the liaison, subscriber or debtor.

import { indexKind } from './fallback.rules.ts'
import { blindIndex, instant, optional, primary, sealed, table, text } from '../platform/database/columns.ts'
import type { Db, Tx } from '../platform/database/database.ts'
import { isDuplicate } from '../platform/database/faults.ts'
import { namedCondition, type Condition } from '../platform/database/conditions.ts'
import { placeholders, portions } from '../platform/database/placeholders.ts'
import type { Medium } from '../core/mediums.ts'

export interface AddressMarkRow {
  medium: Medium
  addressIndex: string
  /** Sealed address, from which a key rotation computes the blind index again. */
  address: string
  refusedAt: Date | null
  reason: string | null
  optedOutAt: Date | null
}

export const addressMarkTable = table<AddressMarkRow>('address_mark', {
  medium: primary(text(10)),
  addressIndex: primary(blindIndex((row) => indexKind(row.medium), 'address')),
  address: sealed(text(300)),
  refusedAt: optional(instant()),
  reason: optional(text(200)),
  optedOutAt: optional(instant()),
})

/** Marks of the addresses with these blind indexes, on every medium. */
export async function marksOf(db: Db, indexes: readonly string[]): Promise<AddressMarkRow[]> {
  const rows: AddressMarkRow[] = []
  for (const part of portions(indexes))
    rows.push(
      ...(await db.manager
        .getRepository(addressMarkTable.schema)
        .createQueryBuilder('m')
        .where('m.addressIndex in (:...part)', { part })
        .getMany()),
    )
  return rows
}

/** Adds a mark, or updates the one of this address; an earlier refusal or opt-out is kept. */
export async function markAddress(tx: Tx, mark: AddressMarkRow): Promise<void> {
  const update = (): Promise<number> =>
    tx.run(
      'update address_mark set refused_at = coalesce(?, refused_at), reason = ?, opted_out_at = coalesce(?, opted_out_at) where medium = ? and address_index = ?',
      [mark.refusedAt, mark.reason, mark.optedOutAt, mark.medium, mark.addressIndex],
    )
  if ((await update()) > 0) return
  try {
    await tx.insert(addressMarkTable, [mark])
  } catch (error) {
    // Another dispatcher has marked the same address at the same time.
    if (!isDuplicate(error)) throw error
    await update()
  }
}

/** Deletes the marks of an address that a person has given again. */
export async function clearMark(tx: Tx, medium: Medium, indexes: readonly string[]): Promise<void> {
  if (indexes.length > 0)
    await tx.run(`delete from address_mark where medium = ? and address_index in (${placeholders(indexes)})`, [medium, ...indexes])
}

/** A number is marked on every medium, whichever refused it. */
const SENT = 'select 1 from delivery d join notice n on n.id = d.notice_id where d.address_index = m.address_index'

/**
 * Refused addresses, latest refusal first: shown to clerks. An address to which nothing was sent but what the reader may not see is left out.
 * @param seen on notices `n`.
 */
export async function refusedAddresses(db: Db, limit: number, seen: Condition): Promise<AddressMarkRow[]> {
  const [sql, params] = namedCondition('seen', seen)
  return db.manager
    .getRepository(addressMarkTable.schema)
    .createQueryBuilder('m')
    .where('m.refusedAt is not null')
    .andWhere(`(not exists (${SENT}) or exists (${SENT} and ${sql}))`, params)
    .orderBy('m.refusedAt', 'DESC')
    .limit(limit)
    .getMany()
}
