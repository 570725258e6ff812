// Changes the row of a liaison, for the desk as for a sheet, and ends the access of whoever the row stood for.
// The commands are commands.ts and liaison-import.commands.ts; what ends is access.commands.ts.

import { AppError } from '../../core/errors.ts'
import { sealAddresses, type AddressInput } from '../../messaging/addresses.ts'
import type { AppContext, CommandContext } from '../../platform/commands/command.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { endAccessOfLiaison } from './access.commands.ts'
import { liaisonTable, updateLiaison, type LiaisonRow } from './store.ts'

/** What is changed of a liaison; what is left out stays, and an empty address is taken away. */
export interface LiaisonChange extends AddressInput {
  name?: string | undefined
  active?: boolean | undefined
  head?: boolean | undefined
  /** The contact of the application's own WeChat account: bound by a code alone. */
  wechaty?: '' | undefined
}

const ADDRESSES = ['phone', 'wechat', 'wechaty'] as const

/** What became of a liaison. */
export interface ChangedLiaison {
  after: LiaisonRow
  /** Columns that were given, without those of addresses. */
  given: string[]
  /** Addresses that are others than before, or gone. */
  readdressed: (typeof ADDRESSES)[number][]
}

/**
 * Changes a liaison. Another name is another person: what WeChat the former had bound is unbound, unless a new one is given. Where the
 * person, an address or the place ends, so does every access of the former.
 * @throws `address_needed` when no address would be left, `address_invalid`.
 */
export async function applyChange(
  context: Pick<CommandContext, 'app' | 'tx' | 'now'>,
  before: LiaisonRow,
  change: LiaisonChange,
): Promise<ChangedLiaison> {
  const { app, tx } = context
  const name = change.name?.trim()
  const isAnother = name !== undefined && name !== before.name
  const stated = isAnother ? { phone: change.phone, wechat: change.wechat ?? '', wechaty: '' as const } : change
  const facts = factsOf(change)
  const columns = { ...facts, ...(await addressColumns(context, before, stated)) }
  const after = { ...before, ...columns }
  if (after.phone === null && after.wechat === null && after.wechaty === null) throw new AppError('address_needed')
  await updateLiaison(tx, before.id, columns)
  const readdressed = changedBetween(app, before, after)
  if (isAnother || readdressed.length > 0 || change.active === false) await endAccessOfLiaison(context, before)
  return { after, given: Object.keys(facts), readdressed }
}

/** The columns that are stated, without those of addresses. */
function factsOf({ name, active, head }: LiaisonChange): Partial<LiaisonRow> {
  return {
    ...(name === undefined ? {} : { name: name.trim() }),
    ...(active === undefined ? {} : { active }),
    ...(head === undefined ? {} : { head }),
  }
}

/** The columns of the addresses that are stated. */
async function addressColumns(
  { app, tx }: Pick<CommandContext, 'app' | 'tx'>,
  before: LiaisonRow,
  stated: Pick<LiaisonChange, 'phone' | 'wechat' | 'wechaty'>,
): Promise<Partial<LiaisonRow>> {
  let columns: Partial<LiaisonRow> = stated.wechaty === '' ? { wechaty: null, wechatyIndex: null } : {}
  for (const address of ['phone', 'wechat'] as const) {
    const given = stated[address]?.trim()
    if (given === undefined) continue
    const sealed = given === '' ? null : await sealAddresses(app, tx, before, { [address]: given })
    columns = { ...columns, [address]: sealed?.[address] ?? null, [`${address}Index`]: sealed?.[`${address}Index`] ?? null }
  }
  return columns
}

function changedBetween({ secrets }: Pick<AppContext, 'secrets'>, before: LiaisonRow, after: LiaisonRow): ChangedLiaison['readdressed'] {
  const plain = ({ id, phone, wechat, wechaty }: LiaisonRow) => openRow(liaisonTable, secrets, { id, phone, wechat, wechaty })
  const [earlier, present] = [plain(before), plain(after)]
  return ADDRESSES.filter((each) => earlier[each] !== present[each])
}
