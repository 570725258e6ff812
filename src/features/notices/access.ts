// Who sees and who handles a notice: what follows from a complaint only who may see that complaint, and what is for the group office alone only
// the group office. Everything else clerks handle. The rule is units/conflicts.rules.ts.

import { AppError } from '../../core/errors.ts'
import type { NoticeRow } from '../../messaging/notices.store.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import type { Condition } from '../../platform/database/conditions.ts'
import type { Db } from '../../platform/database/database.ts'
import { conflictsOf, OUR_COURT } from '../units/conflicts.rules.ts'
import { keptAmong, seenAbout } from '../units/conflicts.store.ts'

type About = Pick<NoticeRow, 'event'>

/** The condition on notices `n` that an actor may see them. */
export function seenBy(actor: Actor): Condition {
  return seenAbout('n.event', conflictsOf(actor))
}

/** Whether an actor may see a notice. To all others it does not exist. */
export async function isSeen(db: Db, actor: Actor, { event }: About): Promise<boolean> {
  return !(await keptAmong(db, [event], conflictsOf(actor))).has(event)
}

/** Which of these notices, all of which the actor sees, are the actor's to settle and to send again. */
export async function handlingOf(db: Db, actor: Actor, notices: readonly About[]): Promise<(notice: About) => boolean> {
  const forOffice = await keptAmong(
    db,
    notices.map(({ event }) => event),
    [OUR_COURT],
  )
  return ({ event }) => actor.roles.includes(forOffice.has(event) ? 'group_office' : 'clerk')
}

/** Checks that a notice, which the actor sees, is the actor's to handle. @throws `not_allowed` naming the act. */
export async function mustHandle(db: Db, actor: Actor, notice: About, act: 'duty.settle' | 'notice.resend'): Promise<void> {
  if (!(await handlingOf(db, actor, [notice]))(notice)) throw new AppError('not_allowed', { act })
}
