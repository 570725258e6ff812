// What people do about their own address by writing from it: hear of bulletins, hear no more, bind it to a liaison. The channel has named the address.
// What the admin does for them is features/units/commands.

import { AppError, isAppError } from '../../core/errors.ts'
import { newCode, newId } from '../../core/ids.ts'
import { sha256 } from '../../core/secrets.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { endSubscriber, findLiaison, findUnit, insertSubscriber, updateLiaison } from './store.ts'
import type { Db } from '../../platform/database/database.ts'
import { command, type AppContext } from '../../platform/commands/command.ts'
import { mediaOf, sealedContact, sealedReach } from '../../messaging/addresses.ts'
import { liaisonAt, putLiaisonCode, subscriptionsAt, takeLiaisonCode, type Reached } from './bindings.store.ts'

/** An address that a channel vouches for. */
export type OwnAddress = { wechat: string } | { phone: string }

/** Who writes, as the channel knows them. A contact of the house's own WeChat account can be a liaison's and nothing else. */
export type WriterAddress = OwnAddress | { wechaty: string }

/** The column and the indexes by which an address is found. */
function placeOf({ secrets }: AppContext, address: WriterAddress): { column: Reached; indexes: string[] } {
  if ('wechat' in address) return { column: 'wechat_index', indexes: secrets.indexes('wechat', address.wechat) }
  if ('wechaty' in address) return { column: 'wechaty_index', indexes: secrets.indexes('wechaty', address.wechaty) }
  return { column: 'phone_index', indexes: secrets.indexes('phone', address.phone) }
}

/** Subscribes the writer to bulletins. @throws `subscriber_exists`, `address_invalid`. */
export const joinBulletins = command('subscriber.join', async ({ tx, app, now, audit }, address: OwnAddress): Promise<{ id: string }> => {
  const { column, indexes } = placeOf(app, address)
  if ((await subscriptionsAt(tx, column, indexes)).length > 0) throw new AppError('subscriber_exists')
  const reach = await sealedReach(app, tx, address)
  const row = { id: newId(), kind: 'public' as const, name: '', ...reach, consentedAt: now, endedAt: null }
  await insertSubscriber(tx, row)
  await audit({ subject: `subscriber:${row.id}`, detail: { kind: row.kind, media: mediaOf(row), own: true } })
  return { id: row.id }
})

/** Ends every subscription of the writer's address. @throws `subscriber_missing` when there is none. */
export const leaveBulletins = command(
  'subscriber.leave',
  async ({ tx, app, now, audit }, address: OwnAddress): Promise<{ ended: number }> => {
    const { column, indexes } = placeOf(app, address)
    const ids = await subscriptionsAt(tx, column, indexes)
    if (ids.length === 0) throw new AppError('subscriber_missing')
    for (const id of ids) {
      await endSubscriber(tx, id, now)
      await audit({ subject: `subscriber:${id}`, detail: { ended: true, own: true } })
    }
    return { ended: ids.length }
  },
)

/** The writer no longer follows the account: they hear of bulletins no more. Somebody who never subscribed is no error. */
export async function leaveAccount(app: AppContext, actor: Actor, address: OwnAddress): Promise<void> {
  try {
    await leaveBulletins(app, actor, address)
  } catch (error) {
    if (!isAppError(error, 'subscriber_missing')) throw error
  }
}

/** How long a binding code can be used. */
const CODE_LASTS = 24 * 3_600_000
/** A binding code is two groups of four: it lives a day, works once, and tries are counted. */
const CODE_SIGNS = 9

export interface BindingCode {
  /** Shown this once, and kept as a hash only: `7GQK-2MXB`. */
  code: string
  expiresAt: Date
}

/** Makes the one-time code by which a liaison binds a WeChat account; an earlier one ends. @throws `liaison_missing`. */
export const issueBindingCode = command('liaison.manage', async ({ tx, now, audit }, liaisonId: string): Promise<BindingCode> => {
  const liaison = await findLiaison(tx, liaisonId)
  if (liaison?.active !== true) throw new AppError('liaison_missing', { id: liaisonId })
  const code = newCode().slice(0, CODE_SIGNS)
  const expiresAt = new Date(now.getTime() + CODE_LASTS)
  await putLiaisonCode(tx, { liaisonId, codeHash: hashOf(code), expiresAt })
  await audit({ subject: `liaison:${liaisonId}`, detail: { bindingCode: true } })
  return { code, expiresAt }
})

/** Binds the writer's account to the liaison whose code it is. @throws `binding_code_wrong` for a code that is wrong, used or too old. */
export const bindLiaison = command(
  'liaison.bind',
  async (
    { tx, app, now, audit },
    input: { code: string } & ({ wechat: string } | { wechaty: string }),
  ): Promise<{ liaisonId: string; unit: string }> => {
    const liaisonId = await takeLiaisonCode(tx, hashOf(input.code), now)
    const liaison = liaisonId === null ? null : await findLiaison(tx, liaisonId)
    if (liaison?.active !== true) throw new AppError('binding_code_wrong')
    if ('wechaty' in input) await updateLiaison(tx, liaison.id, await sealedContact(app, tx, input.wechaty))
    else {
      const { wechat, wechatIndex } = await sealedReach(app, tx, { wechat: input.wechat })
      await updateLiaison(tx, liaison.id, { wechat, wechatIndex })
    }
    await audit({ subject: `liaison:${liaison.id}`, detail: { bound: 'wechaty' in input ? 'wechaty' : 'wechat' } })
    const unit = await findUnit(tx, liaison.unitId)
    return { liaisonId: liaison.id, unit: unit?.name ?? '' }
  },
)

function hashOf(code: string): string {
  return sha256(code.toUpperCase().replace(/[^0-9A-Z]/g, ''))
}

/** Whether a liaison who serves writes from this address. */
export async function isLiaison(app: AppContext, db: Db, address: WriterAddress): Promise<boolean> {
  const { column, indexes } = placeOf(app, address)
  return (await liaisonAt(db, column, indexes)) !== null
}

/** The liaison who writes from an address, as acts know them; null when nobody does. */
export async function liaisonWho(app: AppContext, db: Db, address: WriterAddress): Promise<Actor | null> {
  const { column, indexes } = placeOf(app, address)
  const id = await liaisonAt(db, column, indexes)
  const liaison = id === null ? null : await findLiaison(db, id)
  return liaison === null ? null : { id: `liaison:${liaison.id}`, roles: ['liaison'], unitId: liaison.unitId }
}
