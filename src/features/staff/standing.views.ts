// Whether people who began something may still do so: what one person proposed counts for the rule of two people only as long as they may.
// Which roles count is rules.ts; who decides is asked by the features, such as bulletins/proposals.commands.ts.

import { isAllowed, type Permission } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import { activeRoles } from './rules.ts'
import { accountsOf } from './store.ts'

/**
 * Those whose account is disabled, or whose roles no longer have a permission. Accounts are never deleted, so whoever has none is no member
 * of staff, such as the operator, and does not cease.
 * @param actors account ids, as the audit stores them.
 */
export async function ceasedAmong(db: Db, actors: readonly string[], permission: Permission): Promise<Set<string>> {
  const accounts = await accountsOf(db, actors)
  const ceased = [...accounts].filter(([id, row]) => row.disabledAt !== null || !isAllowed({ id, roles: activeRoles(row) }, permission))
  return new Set(ceased.map(([id]) => id))
}
