// Where a recipient of a notice can be reached today: parties by their listing, liaisons by the register. Others keep the addresses they had.
// The commands that use it are resend.commands.ts.

import { addressesOf } from '../../messaging/addresses.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import type { NoticeRow } from '../../messaging/notices.store.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import { findListing } from '../listings/search.store.ts'
import { partyAddresses } from '../listings/notices.ts'
import { toListing } from '../listings/store.ts'
import { liaisonsById } from '../units/store.ts'

/** The addresses of today; `{}` where there are none any more, null where only those of the notice are known. */
export async function addressesToday(
  { app, tx }: Pick<CommandContext, 'app' | 'tx'>,
  { recipient, listingId }: NoticeRow,
): Promise<Addresses | null> {
  const [kind, key = ''] = recipient.split(':')
  if (kind === 'liaison') {
    const liaison = (await liaisonsById(tx, [key]))[0]
    return liaison?.active === true ? addressesOf(app, liaison) : {}
  }
  if ((kind !== 'debtor' && kind !== 'applicant') || listingId === null || key !== listingId) return null
  const row = await findListing(tx, listingId)
  return row === null ? {} : partyAddresses(toListing(app.secrets, row), kind)
}
