// Answers messages that were acknowledged but not answered, because their process ended or the database was slow: each apart, alarms first.
// Storing and taking them is src/messaging/pending-replies.ts, the reply comes from bot/answer.ts.

import { isDatabaseAway } from '../../src/core/errors.ts'
import { listPendingReplies, takePendingReply, type PendingReply } from '../../src/messaging/pending-replies.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { SYSTEM } from '../../src/platform/commands/permissions.ts'
import { logFailure } from '../../src/platform/scheduler/loop.ts'
import { answer, giveUp } from '../answer.ts'
import { DIALOGS } from '../dialogs/all.ts'
import { alarmOf } from '../giving-up.ts'
import { NO_LISTENER, type InboundMessage } from '../message.ts'

/** Milliseconds for which a message is tried that cannot be answered. Then its sender is told to call, and staff take over. ◇ */
const GIVE_UP_AFTER = 3_600_000
/** Messages after which it is looked again who is the most urgent. */
const PORTION = 20

/** Answers what is due, and returns how many messages. One that fails is put off and holds up no other. */
export async function answerPendingMessages(app: AppContext): Promise<number> {
  const urgent = new Map<string, boolean>()
  let answered = 0
  for (;;) {
    const due = await listPendingReplies(app, SYSTEM, undefined)
    if (due.length === 0) return answered
    for (const { id, message } of due) if (!urgent.has(id)) urgent.set(id, message !== null && isAlarming(app, message as InboundMessage))
    const isUrgent = ({ id }: PendingReply): boolean => urgent.get(id) === true
    const ordered = [...due.filter(isUrgent), ...due.filter((each) => !isUrgent(each))]
    for (const pending of ordered.slice(0, PORTION)) if (await answerOne(app, pending, isUrgent(pending))) answered += 1
  }
}

function isAlarming(app: AppContext, message: InboundMessage): boolean {
  return alarmOf(app, message) !== undefined
}

/** Answers one message. Of somebody in danger no second try is awaited: what must be said at once needs no dialog. */
async function answerOne(app: AppContext, pending: PendingReply, isUrgent: boolean): Promise<boolean> {
  if (!(await takePendingReply(app, SYSTEM, pending))) return false
  const message = pending.message as InboundMessage
  const age = app.clock.now().getTime() - pending.createdAt.getTime()
  try {
    await answer(app, message, DIALOGS, NO_LISTENER)
    return true
  } catch (error) {
    logFailure(app.log, 'chat_reply', error, { seconds: Math.round(age / 1000) })
    // While the database is away nobody can be told anything, and the message is not to blame.
    if (isDatabaseAway(error) || !(isUrgent || age >= GIVE_UP_AFTER)) return false
  }
  try {
    await giveUp(app, message, NO_LISTENER)
    return true
  } catch (error) {
    logFailure(app.log, 'chat_reply', error, { seconds: Math.round(age / 1000) })
    return false
  }
}
