// How many messages of one sender are answered. The counters are in the database, for all processes and across restarts.
// The web chat is counted by network address (doors/chat.routes.ts), because a conversation there costs nothing.

import { countTry, DAY, HOUR } from '../src/messaging/conversations.store.ts'
import type { SystemCommandContext } from '../src/platform/commands/command.ts'
import { alarmOf } from './giving-up.ts'
import type { Channel, InboundMessage } from './message.ts'

const MINUTE = 60_000
/** The sender of an SMS is easily forged, and every answer goes to whoever owns the number, and is paid for. */
const SMS_A_DAY = 40
/** The court's own account sends some twenty messages a minute to everybody together, so that one person must not take them all. */
const WECHATY_SHARE = 1 / 3
/** Messages of somebody in danger that are answered in an hour beyond every other limit. */
const ALARMS_AN_HOUR = 5

/** `much`: this message is told that it is one too many. `silent`: that was said before, and this one gets no answer. */
export type Pace = 'fine' | 'much' | 'silent'

/** Counts a message that has no answer yet. */
export async function countMessage({ tx, app, now }: SystemCommandContext, message: InboundMessage): Promise<Pace> {
  const sender = app.secrets.index('limit', `${message.channel}:${message.from}`)
  let pace: Pace = 'fine'
  for (const { span, most } of limitsOf(message.channel, app.config.chat.perMinute)) {
    const { hits } = await countTry(tx, `chat:${span}:${sender}`, now, span)
    if (hits > most + 1) pace = 'silent'
    // Whoever was told about the day is not told again each minute.
    else if (hits > most && pace === 'fine') pace = 'much'
  }
  if (pace === 'fine' || alarmOf(app, message) === undefined) return pace
  const { hits } = await countTry(tx, `chat:alarm:${sender}`, now, HOUR)
  return hits > ALARMS_AN_HOUR ? pace : 'fine'
}

function limitsOf(channel: Channel, perMinute: number): { span: number; most: number }[] {
  const aMinute = { span: MINUTE, most: perMinute }
  if (channel === 'wechat') return [aMinute]
  if (channel === 'wechaty') return [{ span: MINUTE, most: Math.max(1, Math.floor(perMinute * WECHATY_SHARE)) }]
  return channel === 'sms' ? [aMinute, { span: DAY, most: SMS_A_DAY }] : []
}
