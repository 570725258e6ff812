// The single session of the application's own WeChat account: its holder, its state, and what happens to messages while it is down.
// bot/doors/wechaty runs the session.

import { holdWechaty, wechatySession, type WechatyState } from './wechaty-session.store.ts'
import { systemCommand, query, type Command } from '../platform/commands/command.ts'
import { moveOnFromDemoted } from './delivery.ts'

export type { WechatyState }

/** Milliseconds without a report after which the session counts as down, and another process may take it. */
const STALE_AFTER = 90_000
/** Deliveries that are moved on in one transaction. */
const PORTION = 200

/** Takes or keeps the session for one process and stores its state. False: another process holds it. */
export const keepSession = systemCommand(
  'wechaty.hold',
  async ({ tx, now }, { holder, state }: { holder: string; state: WechatyState }): Promise<boolean> =>
    holdWechaty(tx, { holder, state, now, stale: new Date(now.getTime() - STALE_AFTER) }),
)

/** The state of the session, whichever process holds it. */
export const wechatyStanding = query('wechaty.hold', async ({ db, now }, _input: undefined): Promise<WechatyState> => {
  const row = await wechatySession(db)
  if (row === null) return 'stopped'
  return now.getTime() - row.seenAt.getTime() > STALE_AFTER ? 'down' : row.state
})

/** While the session is not up, moves deliveries that have waited for it long enough to their next step. Returns how many. */
export const moveOnFromWechaty: Command<undefined, number> = async (app, actor) => {
  if ((await wechatyStanding(app, actor, undefined)) === 'up') return 0
  let moved = 0
  for (let portion = PORTION; portion === PORTION; moved += portion)
    portion = await moveOnFromDemoted(app, actor, { medium: 'wechaty', limit: PORTION })
  return moved
}
