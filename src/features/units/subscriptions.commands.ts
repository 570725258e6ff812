// What people do about the address they write from: subscribe to bulletins, unsubscribe, or bind it to a liaison.
// The channel vouches for the address. What an administrator does for them is commands.ts.

import { AppError, isAppError } from '../../core/errors.ts'
import { newCode, newId } from '../../core/ids.ts'
import { sha256, type Secrets } from '../../core/secrets.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { endAccessOfLiaison } from './access.commands.ts'
import {
  endSubscriber,
  findLiaison,
  findUnit,
  insertSubscriber,
  liaisonTable,
  updateLiaison,
  type LiaisonRow,
  type UnitRow,
} from './store.ts'
import type { Db } from '../../platform/database/database.ts'
import { command, query, type AppContext, type CommandContext } from '../../platform/commands/command.ts'
import { cancelConsented } from '../../messaging/overtaking.ts'
import { maskName } from '../../core/person-names.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import { enqueueReply } from '../../messaging/pending-replies.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { mediaOf, sealContact, sealAddresses } from '../../messaging/addresses.ts'
import {
  liaisonAt,
  liaisonCodeKey,
  liaisonOfCode,
  putLiaisonCode,
  subscriptionsAt,
  takeLiaisonCode,
  type AddressColumn,
} from './bindings.store.ts'

/** An address that a channel vouches for. */
export type OwnAddress = { wechat: string } | { phone: string }

/** The writer's address. A contact of the application's own WeChat account (Wechaty) can belong to a liaison only. */
export type WriterAddress = OwnAddress | { wechaty: string }

/** The index column in which an address is looked up, and the values to look for. */
function lookupOf({ secrets }: AppContext, address: WriterAddress): { column: AddressColumn; indexes: string[] } {
  if ('wechat' in address) return { column: 'wechat_index', indexes: secrets.indexes('wechat', address.wechat) }
  if ('wechaty' in address) return { column: 'wechaty_index', indexes: secrets.indexes('wechaty', address.wechaty) }
  return { column: 'phone_index', indexes: secrets.indexes('phone', address.phone) }
}

/** Subscribes the address of the writer to bulletins. @throws `subscriber_exists`, `address_invalid`. */
export const joinBulletins = command('subscriber.join', async ({ tx, app, now, audit }, address: OwnAddress): Promise<{ id: string }> => {
  const { column, indexes } = lookupOf(app, address)
  if ((await subscriptionsAt(tx, column, indexes)).length > 0) throw new AppError('subscriber_exists')
  const own = { id: newId(), kind: 'public' as const }
  const reach = await sealAddresses(app, tx, own, address)
  const row = { ...own, name: '', ...reach, consentedAt: now, endedAt: null }
  await insertSubscriber(tx, row)
  await audit({ subject: `subscriber:${row.id}`, detail: { kind: row.kind, media: mediaOf(row), own: true } })
  return { id: row.id }
})

/** Ends every subscription of the writer's address, and cancels what waits under it. @throws `subscriber_missing` when there is none. */
export const leaveBulletins = command('subscriber.leave', async (context, address: OwnAddress): Promise<{ ended: number }> => {
  const { tx, app, now, audit } = context
  const { column, indexes } = lookupOf(app, address)
  const ids = await subscriptionsAt(tx, column, indexes)
  if (ids.length === 0) throw new AppError('subscriber_missing')
  for (const id of ids) {
    await endSubscriber(tx, id, now)
    await audit({ subject: `subscriber:${id}`, detail: { ended: true, own: true } })
  }
  await cancelConsented(
    context,
    ids.map((id) => `subscriber:${id}`),
  )
  return { ended: ids.length }
})

/** The writer unfollowed the account, which ends their subscriptions. It is no error when there are none. */
export async function leaveAccount(app: AppContext, actor: Actor, address: OwnAddress): Promise<void> {
  try {
    await leaveBulletins(app, actor, address)
  } catch (error) {
    if (!isAppError(error, 'subscriber_missing')) throw error
  }
}

/** Milliseconds for which a binding code can be used. */
const CODE_LIFETIME = 24 * 3_600_000
/** Characters of a binding code: two groups of four and a hyphen. Enough, because a code works once and tries are limited. */
const CODE_LENGTH = 9

export interface BindingCode {
  /** Such as `7GQK-2MXB`. Shown this once; only a hash is stored. */
  code: string
  expiresAt: Date
}

/** Creates the one-time code with which a liaison binds a WeChat account; it replaces an earlier one. @throws `liaison_missing`. */
export const issueBindingCode = command('liaison.manage', async ({ tx, app, now, audit }, liaisonId: string): Promise<BindingCode> => {
  const liaison = await findLiaison(tx, liaisonId)
  if (liaison?.active !== true) throw new AppError('liaison_missing', { id: liaisonId })
  const code = newBindingCode()
  const expiresAt = new Date(now.getTime() + CODE_LIFETIME)
  await putLiaisonCode(tx, { liaisonId, codeHash: hashesOfCode(app.secrets, code)[0], expiresAt })
  await audit({ subject: `liaison:${liaisonId}`, detail: { bindingCode: true } })
  return { code, expiresAt }
})

/** A code and the account that is to be bound by it. */
export type Binding = { code: string } & ({ wechat: string } | { wechaty: string })

/**
 * Whom a code stands for, so that whoever was shown its picture is asked before their account is bound. Changes nothing.
 * @throws `binding_code_wrong` for a code that is wrong, used or expired, `binding_taken` for an account that acts for another unit.
 */
export const showBinding = query('liaison.bind', async ({ app, db, now }, input: Binding): Promise<{ unit: string; name: string }> => {
  const { liaison, unit } = await bindable(app, db, input, now)
  return { unit: unit.name, name: liaison.name }
})

/** The liaison whom a code stands for. An account acts for one unit: in a conversation nothing else says for which. */
async function bindable(app: AppContext, db: Db, input: Binding, now: Date): Promise<{ liaison: LiaisonRow; unit: UnitRow }> {
  const liaisonId = await liaisonOfCode(db, hashesOfCode(app.secrets, input.code), now)
  const liaison = liaisonId === null ? null : await findLiaison(db, liaisonId)
  const unit = liaison === null ? null : await findUnit(db, liaison.unitId)
  if (liaison?.active !== true || unit?.active !== true) throw new AppError('binding_code_wrong')
  const { column, indexes } = lookupOf(app, 'wechaty' in input ? { wechaty: input.wechaty } : { wechat: input.wechat })
  const bound = await liaisonAt(db, column, indexes)
  if (bound !== null && bound !== liaison.id) throw new AppError('binding_taken')
  return { liaison, unit }
}

/**
 * Binds the account of the writer to the liaison of a code. Where another account was bound before, its access ends.
 * @throws those of `showBinding`.
 */
export const bindLiaison = command('liaison.bind', async (context, input: Binding): Promise<{ liaisonId: string; unit: string }> => {
  const { tx, app, now, audit } = context
  const { liaison, unit } = await bindable(app, tx, input, now)
  if (!(await takeLiaisonCode(tx, liaison.id, hashesOfCode(app.secrets, input.code)))) throw new AppError('binding_code_wrong')
  if ('wechaty' in input) await updateLiaison(tx, liaison.id, await sealContact(app, tx, liaison, input.wechaty))
  else {
    const { wechat, wechatIndex } = await sealAddresses(app, tx, liaison, { wechat: input.wechat })
    await updateLiaison(tx, liaison.id, { wechat, wechatIndex })
  }
  const former = formerAccount(app, liaison, input)
  if (former !== null) {
    await endAccessOfLiaison(context, liaison)
    await tellFormer(context, former, { unit: unit.name, name: liaison.name })
  }
  await audit({ subject: `liaison:${liaison.id}`, detail: { bound: 'wechaty' in input ? 'wechaty' : 'wechat' } })
  return { liaisonId: liaison.id, unit: unit.name }
})

/** The other account of the same kind that was bound before; null where there was none. */
function formerAccount({ secrets }: AppContext, before: LiaisonRow, input: Binding): Addresses | null {
  const { id, wechat, wechaty } = before
  const earlier = openRow(liaisonTable, secrets, { id, wechat, wechaty })
  if ('wechaty' in input) return earlier.wechaty === null || earlier.wechaty === input.wechaty ? null : { wechaty: earlier.wechaty }
  return earlier.wechat === null || earlier.wechat === input.wechat ? null : { wechat: earlier.wechat }
}

/** Tells the account that was bound before, so that a person whose code somebody else used learns of it. */
async function tellFormer(
  context: Pick<CommandContext, 'app' | 'tx' | 'now'>,
  addresses: Addresses,
  liaison: { unit: string; name: string },
): Promise<void> {
  const { catalog, config } = context.app
  const { name: court, phone } = config.court
  const words = catalog.words('units', 'rebound', { unit: liaison.unit, name: maskName(liaison.name), court, phone })
  const key = newId()
  await enqueueReply(context, { key: `rebound:${key}`, recipient: `talker:${key}`, addresses, words })
}

/** A new code, such as `7GQK-2MXB`. */
export function newBindingCode(): string {
  return newCode().slice(0, CODE_LENGTH)
}

/** What is stored of a code, however it is typed; then how older keys stored it. */
export function hashesOfCode(secrets: Secrets, code: string): [string, ...string[]] {
  const bare = sha256(code.toUpperCase().replace(/[^0-9A-Z]/g, ''))
  const { indexKind, value } = liaisonCodeKey(bare)
  return secrets.indexes(indexKind, value)
}

/** Whether the address belongs to an active liaison. */
export async function isLiaison(app: AppContext, db: Db, address: WriterAddress): Promise<boolean> {
  const { column, indexes } = lookupOf(app, address)
  return (await liaisonAt(db, column, indexes)) !== null
}

/** The active liaison of an address as an actor; null when there is none. */
export async function liaisonActor(app: AppContext, db: Db, address: WriterAddress): Promise<Actor | null> {
  const { column, indexes } = lookupOf(app, address)
  const id = await liaisonAt(db, column, indexes)
  const liaison = id === null ? null : await findLiaison(db, id)
  return liaison === null ? null : actorOfLiaison(liaison)
}

/** As whom a liaison acts, wherever they come in: in the chat or after a log-in. */
export function actorOfLiaison({ id, unitId }: { id: string; unitId: string }): Actor {
  return { id: `liaison:${id}`, roles: ['liaison'], unitId }
}
