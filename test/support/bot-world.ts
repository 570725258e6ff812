// A world to talk in: a debtor with an entry in force and one that has left, a liaison who bound their account, a quarter to hand in, an order to answer.
// What is said there is the tests'.

import type { House } from '../../src/platform/commands/command.ts'
import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import { openFeedback } from '../../src/features/feedback/rounds.commands.ts'
import { issueBindingCode } from '../../src/features/units/subscriptions.commands.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import { HOUSE } from '../../src/platform/commands/permissions.ts'
import { ADMIN, at } from './clock-desk.ts'
import { born } from './drafts.ts'
import type { MakeHouse, TestHouse } from './app.ts'
import { APPROVER, listed } from './listed.ts'
import { say, wechatUser, type Talker } from './talk.ts'
import { shieldListings } from '../../src/features/bulletins/commands.ts'

/** The debtor's number; the court has a phone for it. */
export const OWN = '533421198410140222'
/** Well formed, and nobody's here. */
export const NOBODY = born('19850307')
/** Of the unit that the liaison answers for. */
export const UNIT = 'public_security'

export interface World extends TestHouse {
  liaison: Talker
  /** Entries of the debtor: in force, and left. */
  inForce: string
  left: string
}

/** On the ninth of October 2026: the third quarter is to be handed in by the tenth. */
export async function openWorld(make: MakeHouse): Promise<World> {
  const made = await make({ now: at('2026-10-09', 10) })
  const { house } = made
  await loadCatalogue(house, await readCatalogue(house.config.templatesFolder))
  const liaison = wechatUser(9000)
  await bindLiaisonOf(house, UNIT, liaison)
  const [inForce = '', left = ''] = await listed(house, 2, { name: '扎西次仁', phone: '13900001111' })
  await shieldListings(house, APPROVER, { items: [{ id: left }], ground: 'fully_performed', reason: '已履行完毕' })
  await openFeedback(house, HOUSE, { quarter: '2026Q3' })
  return { ...made, liaison, inForce, left }
}

/** A liaison of a unit whose WeChat account is bound with the code of the console. */
export async function bindLiaisonOf(house: House, unitId: string, who: Talker): Promise<void> {
  const liaison = await addLiaison(house, ADMIN, { unitId, name: '和某', phone: `1390000${who.from.slice(-4)}` })
  const { code } = await issueBindingCode(house, ADMIN, liaison.id)
  await say(house, who, `绑定 ${code}`)
}
