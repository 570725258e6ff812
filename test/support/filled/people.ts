// The people of the filled court: units of the catalogue with liaisons, subscribers, staff, a unit's key, and a provider's token.

import { logIn } from '../../../src/features/sessions/commands.ts'
import { TERMINAL } from '../../../src/features/sessions/places.commands.ts'
import { enrolFactor } from '../../../src/features/sessions/factor.commands.ts'
import { addStaff, setStaffReach } from '../../../src/features/staff/commands.ts'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { addLiaison, addSubscriber } from '../../../src/features/units/commands.ts'
import { addUnitKey } from '../../../src/features/units/keys.commands.ts'
import { bindLiaison, issueBindingCode } from '../../../src/features/units/subscriptions.commands.ts'
import { tokenStore } from '../../../src/messaging/provider-tokens.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { PUBLIC, type Actor } from '../../../src/platform/commands/permissions.ts'
import { ADMIN } from '../deadlines.ts'
import { ACCOUNTS, PHONES, SAID, STATED } from './words.ts'

/** The unit that is asked, answers and falls short. */
export const UNIT = 'public_security'
export const OF_UNIT: Actor = { id: 'liaison:unit', roles: ['liaison'], unitId: UNIT }
/** Receives the quarter's list by a link. */
export const STATION = 'tv_station'
export const OFFICE: Actor = { id: 'staff:office', roles: ['group_office'] }

export async function addPeople(app: AppContext): Promise<void> {
  await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
  const liaison = await addLiaison(app, ADMIN, { unitId: UNIT, name: STATED.liaisonName, phone: PHONES.liaison, wechat: ACCOUNTS.liaison })
  const { code } = await issueBindingCode(app, ADMIN, liaison.id)
  await bindLiaison(app, PUBLIC, { code, wechaty: ACCOUNTS.contact })
  await issueBindingCode(app, ADMIN, liaison.id)
  await addLiaison(app, ADMIN, { unitId: STATION, name: '和某', wechat: ACCOUNTS.station })
  const reach = { phone: PHONES.subscriber, wechat: ACCOUNTS.subscriber }
  await addSubscriber(app, ADMIN, { kind: 'public', name: STATED.subscriberName, ...reach })
  await addSubscriber(app, ADMIN, { kind: 'public', name: '', phone: PHONES.refused })
  const { staff, password } = await addStaff(app, ADMIN, {
    login: 'yang',
    name: STATED.staffName,
    roles: ['group_office', 'approver', 'clerk'],
  })
  await setStaffReach(app, ADMIN, { id: staff.id, phone: PHONES.staff, wechat: ACCOUNTS.staff })
  const { actor } = await logIn(app, PUBLIC, { login: staff.login, password: password ?? '', origin: TERMINAL })
  await enrolFactor(app, actor, { way: 'sms' })
  await addUnitKey(app, ADMIN, { unitId: UNIT, label: STATED.keyLabel, scopes: ['screening'] })
  const tokens = tokenStore(app, 'wechat')
  await tokens.withLease(() => tokens.write({ token: SAID.token, expiresAt: app.clock.now(), forcedAt: null }))
}
