// What gives a liaison access, and how it ends: sessions, known browsers, codes, links, and messages that wait. Whoever changes, removes or
// binds a liaison anew, or closes a unit, calls the one function here, so that nobody goes on as the person after them.

import { addressesOf } from '../../messaging/addresses.ts'
import { withdrawNotices, readdressNotices } from '../../messaging/readdressing.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { lookUpLink, renewLink, type FoundLink, type LookUp, type PresentedLink } from '../links/commands.ts'
import type { LinkSubject } from '../links/rules.ts'
import { endLinksTo } from '../links/store.ts'
import { deleteLiaisonCode } from './bindings.store.ts'
import { deleteCodeRequests, forgetUnitBrowsers } from './codes.store.ts'
import { deleteUnitSessionsOf } from './sessions.store.ts'
import { findLiaison, findUnit, liaisonsOf, liaisonTable, type LiaisonRow } from './store.ts'

type Context = Pick<CommandContext, 'app' | 'tx' | 'now'>

/**
 * Ends everything by which somebody has acted as this liaison: sessions, known browsers, requests for codes, the binding code, one-time
 * links. What waits to be sent goes to the liaison's present addresses; of a liaison who was removed it is cancelled, except what the law
 * demands and nobody else of the unit was told, which becomes a clerk's task; of a closed unit all of it is cancelled.
 * Call it after the change, in the same transaction. @param before the liaison as they were.
 */
export async function endAccessOfLiaison(context: Context, before: LiaisonRow): Promise<void> {
  const { app, tx, now } = context
  const { id } = before
  const { phone } = openRow(liaisonTable, app.secrets, { id, phone: before.phone })
  // Codes first: a log-in by one at this moment is waited for, and its session ends with the others.
  if (phone !== null) await deleteCodeRequests(tx, app.secrets.indexes('code', `phone:${phone}`))
  await deleteLiaisonCode(tx, id)
  await deleteUnitSessionsOf(tx, id)
  await forgetUnitBrowsers(tx, id)
  await endLinksTo(tx, `liaison:${id}`, now)
  await sendOn(context, before)
}

async function sendOn(context: Context, { id, unitId }: LiaisonRow): Promise<void> {
  const { app, tx } = context
  const recipient = `liaison:${id}`
  const present = await findLiaison(tx, id)
  const unit = await findUnit(tx, unitId)
  if (unit?.active !== true) return withdrawNotices(context, recipient, 'all')
  if (present?.active === true)
    return readdressNotices(context, recipient, { addresses: addressesOf(app, present), renew: (url) => renewLink(context, url) })
  const others = (await liaisonsOf(tx, unitId)).filter((other) => other.active && other.id !== id)
  return withdrawNotices(
    context,
    recipient,
    others.map((other) => `liaison:${other.id}`),
  )
}

/** Looks up a link that was sent to a unit, as `lookUpLink` does. @throws `link_wrong`, also where its recipient no longer acts for the unit. */
export function lookUpUnitLink(at: LookUp, subject: LinkSubject, shown: PresentedLink): Promise<FoundLink> {
  return lookUpLink(at, subject, shown, async ({ unitId, recipient }) => {
    if ((await findUnit(at.db, unitId))?.active !== true) return false
    const [kind, recipientId = ''] = recipient.split(':')
    if (kind !== 'liaison') return true
    const liaison = await findLiaison(at.db, recipientId)
    return liaison?.active === true && liaison.unitId === unitId
  })
}
