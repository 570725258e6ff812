// Who holds the one session of the house's own WeChat account and how it is doing; and what happens to messages while nobody does.
// Running the session is bot/wechaty.

import { holdWechaty, wechatySession, type WechatyState } from './wechaty-session.store.ts'
import { systemCommand, query, type Command } from '../platform/commands/command.ts'
import { leaveDemoted } from './delivery.ts'

export type { WechatyState }

/** Milliseconds without a sign after which another process may take the session, and it counts as down. */
const SEEN = 90_000
const PORTION = 200

/** Says how the session is doing, and holds it. False: another process holds it. */
export const holdSession = systemCommand(
  'wechaty.hold',
  async ({ tx, now }, { holder, state }: { holder: string; state: WechatyState }): Promise<boolean> =>
    holdWechaty(tx, { holder, state, now, stale: new Date(now.getTime() - SEEN) }),
)

/** How the session is doing, whichever process holds it. */
export const wechatyStanding = query('wechaty.hold', async ({ db, now }, _input: undefined): Promise<WechatyState> => {
  const row = await wechatySession(db)
  if (row === null) return 'stopped'
  return now.getTime() - row.seenAt.getTime() > SEEN ? 'down' : row.state
})

/** While the session is not up, what has waited for it long enough goes on by its next way. Answers how much. */
export const moveOnFromWechaty: Command<undefined, number> = async (app, actor) => {
  if ((await wechatyStanding(app, actor, undefined)) === 'up') return 0
  let moved = 0
  for (let portion = PORTION; portion === PORTION; moved += portion)
    portion = await leaveDemoted(app, actor, { medium: 'wechaty', limit: PORTION })
  return moved
}
