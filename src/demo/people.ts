// People of the demo outside the court: units with liaisons, a medium, and a citizen who subscribed.
// What they do is in the scenes list.ts, procedures.ts and talk.ts.

import { addLiaison, addSubscriber, addUnit } from '../features/units/commands.ts'
import { SANDBOX_ENDINGS } from '../messaging/channels/sandbox/sandbox.ts'
import type { Actor } from '../platform/commands/permissions.ts'
import { OPERATOR, type Stage } from './stage.ts'

/** A liaison of the demo, and the actor for its commands. */
export interface Liaison {
  id: string
  unitId: string
  actor: Actor
}

/** Adds the people. The ends of their addresses tell the sandbox how to answer. */
export async function people({ app, terminal }: Stage): Promise<Liaison[]> {
  const { words } = terminal
  const bank = await addUnit(app, OPERATOR, { classId: 'commercial_banks', name: words('demo.bank') })
  const liaisons = [
    { unitId: 'finance', phone: '13900018812', wechat: 'oDemoLiaison0001' },
    { unitId: 'market_supervision', phone: '13900018813' },
    // This one has blocked the official account, so the message goes out by SMS.
    { unitId: 'real_estate_registry', phone: '13900018814', wechat: 'oDemoLiaison_block' },
    // A number that does not exist, so a clerk must call.
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
  terminal.say('demo.endings')
  for (const { medium, ending } of SANDBOX_ENDINGS) {
    if (!liaisons.some(({ phone, wechat = '' }) => (medium === 'sms' ? phone : wechat).endsWith(ending))) continue
    const address = app.catalog.words('http', `sandbox.address.${medium}`, { ending })
    terminal.say('demo.ending', { address, what: app.catalog.words('http', `sandbox.ending.${ending}`) })
  }
  return added
}
