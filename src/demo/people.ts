// The demo's people outside the court: units with liaisons, a medium, a citizen who subscribed.
// What happens among them is in the scenes beside this file.

import { addLiaison, addSubscriber, addUnit } from '../features/units/commands.ts'
import type { Actor } from '../platform/commands/permissions.ts'
import { OPERATOR, type Stage } from './stage.ts'

export interface Liaison {
  id: string
  unitId: string
  actor: Actor
}

/** Some units with liaisons, a medium, a citizen who subscribed. Endings of addresses make the sandbox answer as a provider would. */
export async function people({ app, terminal }: Stage): Promise<Liaison[]> {
  const { words } = terminal
  const bank = await addUnit(app, OPERATOR, { classId: 'commercial_banks', name: words('demo.bank') })
  const liaisons = [
    { unitId: 'finance', phone: '13900018812', wechat: 'oDemoLiaison0001' },
    { unitId: 'market_supervision', phone: '13900018813' },
    // This one has blocked the official account: the message falls to SMS.
    { unitId: 'real_estate_registry', phone: '13900018814', wechat: 'oDemoLiaison_block' },
    // A number that does not exist: a person must call.
    { unitId: 'railway_station_window', phone: '13900010000' },
    { unitId: bank.id, phone: '13900018815', wechat: 'oDemoLiaison0005' },
  ]
  const station = await addUnit(app, OPERATOR, { classId: 'railway_station', name: words('demo.station') })
  const added: Liaison[] = []
  for (const [position, each] of liaisons.entries()) {
    const unitId = each.unitId === 'railway_station_window' ? station.id : each.unitId
    const { id } = await addLiaison(app, OPERATOR, { ...each, unitId, name: words('demo.liaison', { number: position + 1 }) })
    added.push({ id, unitId, actor: { id: `liaison:${id}`, roles: ['liaison'], unitId } })
  }
  await addSubscriber(app, OPERATOR, { kind: 'media', name: words('demo.medium'), phone: '13900018816' })
  await addSubscriber(app, OPERATOR, { kind: 'public', name: words('demo.citizen'), wechat: 'oDemoCitizen0001' })
  terminal.say('demo.people', { count: liaisons.length })
  return added
}
