// Table of the single session of the application's own WeChat account: which process holds it, and its state.
// bot/doors/wechaty runs the session; contacts that liaisons bound are stored with the liaisons.

import { instant, primary, table, text } from '../platform/database/columns.ts'
import type { Db, Tx } from '../platform/database/database.ts'
import { isDuplicate } from '../platform/database/faults.ts'

/** `login_needed`: a person has to scan the login code. `down`: the gateway does not answer. */
export type WechatyState = 'starting' | 'login_needed' | 'up' | 'down' | 'stopped'

export interface WechatySessionRow {
  id: string
  /** A token of the process that holds the session. */
  holder: string
  state: WechatyState
  /** When this state began. */
  since: Date
  /** When the holder last reported. */
  seenAt: Date
}

export const wechatySessionTable = table<WechatySessionRow>('wechaty_session', {
  id: primary(text(10)),
  holder: text(32),
  state: text(14),
  since: instant(),
  seenAt: instant(),
})

/** Id of the table's only row. */
const ID = 'session'

/** The session's row; null before it was first started. */
export async function wechatySession(db: Db): Promise<WechatySessionRow | null> {
  return db.manager.getRepository(wechatySessionTable.schema).findOneBy({ id: ID })
}

/** Takes or keeps the session and stores its state. False: another process holds it and has reported since `stale`. */
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
