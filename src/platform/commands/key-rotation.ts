// Rotates the data key: everything encrypted, indexed or signed under an older key is written again under the active one, in portions.
// It can be stopped and run again; both keys must be configured until it reports that nothing is left.

import type { Actor } from './permissions.ts'
import type { AnyTable } from '../database/columns.ts'
import { dependsOnKey, resealAfter, type Resealed } from './reseal.ts'
import { keyDigestsAfter, type Relinked } from './bare-digests.ts'
import { command, type AppContext } from './command.ts'
import { deleteOtherKeys } from './key-checks.store.ts'

/** What a rotation has rewritten. */
export interface Rotation {
  listings: number
  /** Rows of other tables. */
  values: number
  files: number
  /** Listings whose signature was wrong before. They are left as they are, and `zxt audit verify` names them. */
  damaged: number
}

/** Rows of one transaction. */
const PORTION = 500

/** Rewrites under the active key every table whose schema declares sealed, indexed or signed columns, and every file. */
export async function rotateKeys(app: AppContext, actor: Actor, progress: (done: Rotation) => void = () => undefined): Promise<Rotation> {
  const done: Rotation = { listings: 0, values: 0, files: 0, damaged: 0 }
  for (const table of app.store.tables.filter(dependsOnKey))
    for (let after: readonly string[] | null = null; ;) {
      const portion: Resealed = await rotateTable(app, actor, { table, after })
      // Only listings are signed.
      done[table.protection.signatures.size > 0 ? 'listings' : 'values'] += portion.changed
      done.damaged += portion.damaged
      if (portion.last === null) break
      after = portion.last
      progress(done)
    }
  for (let after: string | null = ''; after !== null;) {
    const portion: Relinked = await keyDigests(app, actor, after)
    done.values += portion.changed
    done.damaged += portion.damaged
    after = portion.last
    progress(done)
  }
  for (const id of await app.files.list()) if (await app.files.reseal(id)) done.files += 1
  // What is damaged still needs the older key.
  if (done.damaged === 0) await retireOlderKeys(app, actor, null)
  return done
}

/** Lets the next start do without the older keys. */
const retireOlderKeys = command('keys.rotate', async ({ tx, app, audit }, _: null): Promise<void> => {
  const retired = await deleteOtherKeys(tx, app.secrets.activeKey)
  await audit({ subject: 'keys', detail: { key: app.secrets.activeKey, retired } })
})

const keyDigests = command('keys.rotate', async ({ tx, app, audit }, after: string): Promise<Relinked> => {
  const portion = await keyDigestsAfter(tx, app.secrets, app.store.tables, { after, limit: PORTION })
  const { changed, damaged } = portion
  await audit({ subject: 'keys', detail: { key: app.secrets.activeKey, chains: changed, damaged } })
  return portion
})

const rotateTable = command(
  'keys.rotate',
  async ({ tx, app, audit }, { table, after }: { table: AnyTable; after: readonly string[] | null }): Promise<Resealed> => {
    const portion = await resealAfter(tx, app.secrets, table, { after, limit: PORTION })
    await audit({ subject: 'keys', detail: { key: app.secrets.activeKey, changed: portion.changed, damaged: portion.damaged } })
    return portion
  },
)
