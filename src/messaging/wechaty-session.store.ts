// The one session of the house's own WeChat account: which process holds it, and how it is doing.
// Running it is bot/wechaty; the contacts that liaisons bound stand with the liaisons.

import { instant, primary, table, text } from '../platform/database/columns.ts'
import type { Db, Tx } from '../platform/database/database.ts'
import { isDuplicate } from '../platform/database/faults.ts'

/** `login_needed`: a person has to scan the code; `down`: the gateway does not answer. */
export type WechatyState = 'starting' | 'login_needed' | 'up' | 'down' | 'stopped'

export interface WechatySessionRow {
  id: string
  /** A token of the process. */
  holder: string
  state: WechatyState
  /** When it came into this state. */
  since: Date
  /** When the holder last said so. */
  seenAt: Date
}

export const wechatySessionTable = table<WechatySessionRow>('wechaty_session', {
  id: primary(text(10)),
  holder: text(32),
  state: text(14),
  since: instant(),
  seenAt: instant(),
})

const ID = 'session'

export async function wechatySession(db: Db): Promise<WechatySessionRow | null> {
  return db.manager.getRepository(wechatySessionTable.schema).findOneBy({ id: ID })
}

/** Says how the session is doing, and holds it. False: another process holds it and has been seen since `stale`. */
export async function holdWechaty(
  tx: Tx,
  { holder, state, now, stale }: { holder: string; state: WechatyState; now: Date; stale: Date },
): Promise<boolean> {
  const changed = await tx.run(
    `update wechaty_session set since = case when state = ? and holder = ? then since else ? end, holder = ?, state = ?, seen_at = ?
      where id = ? and (holder = ? or state = 'stopped' or seen_at < ?)`,
    [state, holder, now, holder, state, now, ID, holder, stale],
  )
  if (changed > 0) return true
  try {
    await tx.insert(wechatySessionTable, [{ id: ID, holder, state, since: now, seenAt: now }])
    return true
  } catch (error) {
    if (!isDuplicate(error)) throw error
    return false
  }
}
