// A world for conversations: a debtor with one listing in force and one that has exited, a bound liaison, an open quarter and a lift order.
// What is said in it is decided by the tests.

import type { AppContext } from '../../src/platform/commands/command.ts'
import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import { openFeedback } from '../../src/features/feedback/rounds.commands.ts'
import { issueBindingCode } from '../../src/features/units/subscriptions.commands.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { ADMIN, at } from './deadlines.ts'
import { born } from './drafts.ts'
import type { MakeApp, TestApp } from './app.ts'
import { APPROVER, listed } from './listed.ts'
import { say, wechatUser, type Talker } from './talk.ts'
import { shieldListings } from '../../src/features/bulletins/commands.ts'

/** Identifier of the debtor, whose phone the court knows. */
export const OWN = '533421198410140222'
/** A valid identifier of nobody in this world. */
export const NOBODY = born('19850307')
/** The unit of the liaison. */
export const UNIT = 'public_security'

export interface World extends TestApp {
  liaison: Talker
  /** Listings of the debtor: in force, and exited. */
  inForce: string
  left: string
}

/** Opens the world on 9 October 2026; the returns of the third quarter are due on the tenth. */
export async function openWorld(make: MakeApp): Promise<World> {
  const made = await make({ now: at('2026-10-09', 10) })
  const { app } = made
  await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
  const liaison = wechatUser(9000)
  await bindLiaisonOf(app, UNIT, liaison)
  const [inForce = '', left = ''] = await listed(app, 2, { name: '扎西次仁', phone: '13900001111' })
  await shieldListings(app, APPROVER, { items: [{ id: left }], ground: 'fully_performed', reason: '已履行完毕' })
  await openFeedback(app, SYSTEM, { quarter: '2026Q3' })
  return { ...made, liaison, inForce, left }
}

/** Adds a liaison and binds the account of `who` to it with a binding code. */
export async function bindLiaisonOf(app: AppContext, unitId: string, who: Talker): Promise<void> {
  const liaison = await addLiaison(app, ADMIN, { unitId, name: '和某', phone: `1390000${who.from.slice(-4)}` })
  const { code } = await issueBindingCode(app, ADMIN, liaison.id)
  await say(app, who, `绑定 ${code}`)
  await say(app, who, '是')
}
