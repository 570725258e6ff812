// Writes the blind indexes of complaints anew, for complaints that are older than the kinds of their own.
// New complaints have them from the start (store.ts).

import { systemCommand, type AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { openRow, sealPart } from '../../platform/database/sealing.ts'
import { complaintsAfter, complaintTable, reindexComplaint } from './store.ts'

/** Complaints per transaction. */
const PORTION = 200

/** Writes the indexes of all complaints anew. May be run at any time; a second run changes nothing. */
export async function indexComplaints(app: AppContext, actor: Actor): Promise<void> {
  for (let after: string | null = ''; after !== null;) after = await indexPortion(app, actor, after)
}

const indexPortion = systemCommand('listing.index', async ({ tx, app }, after: string): Promise<string | null> => {
  const rows = await complaintsAfter(tx, after, PORTION)
  for (const { id, complainant, content } of rows) {
    const opened = openRow(complaintTable, app.secrets, { id, complainant, content })
    const sealed = sealPart(complaintTable, app.secrets, { id }, { complainant: opened.complainant, content: opened.content })
    const { phoneIndex = null, wechatIndex = null, debtorIndex = null, debtorNameIndex = null } = sealed
    await reindexComplaint(tx, id, { phoneIndex, wechatIndex, debtorIndex, debtorNameIndex })
  }
  return rows.length < PORTION ? null : (rows.at(-1)?.id ?? null)
})
