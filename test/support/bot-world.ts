// A world to talk in: a debtor with an entry in force and one that has left, a liaison who bound their account, a quarter to hand in, an order to answer.
// What is said there is the tests'.

import type { AppContext } from '../../src/platform/commands/command.ts'
import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import { openFeedback } from '../../src/features/feedback/rounds.commands.ts'
import { issueBindingCode } from '../../src/features/units/subscriptions.commands.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { ADMIN, at } from './clock-desk.ts'
import { born } from './drafts.ts'
import type { MakeApp, TestApp } from './app.ts'
import { APPROVER, listed } from './listed.ts'
import { say, wechatUser, type Talker } from './talk.ts'
import { shieldListings } from '../../src/features/bulletins/commands.ts'

/** The debtor's number; the court has a phone for it. */
export const OWN = '533421198410140222'
/** Well formed, and nobody's here. */
export const NOBODY = born('19850307')
/** Of the unit that the liaison answers for. */
export const UNIT = 'public_security'

export interface World extends TestApp {
  liaison: Talker
  /** Entries of the debtor: in force, and left. */
  inForce: string
  left: string
}

/** On the ninth of October 2026: the third quarter is to be handed in by the tenth. */
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

/** A liaison of a unit whose WeChat account is bound with the code of the console. */
export async function bindLiaisonOf(app: AppContext, unitId: string, who: Talker): Promise<void> {
  const liaison = await addLiaison(app, ADMIN, { unitId, name: '和某', phone: `1390000${who.from.slice(-4)}` })
  const { code } = await issueBindingCode(app, ADMIN, liaison.id)
  await say(app, who, `绑定 ${code}`)
}
