// Send limits: quiet hours and the daily number of notices for one person. Pure.
// The limits are applied in messaging/delivery; which notices are urgent or statutory is in messaging/notices.rules.

import { addDays, dayOf, instantAt, timeOf } from '../core/calendar.ts'
import type { NoticeRule } from './notices.rules.ts'

/** Beijing wall-clock times, `HH:MM`. `from` after `to` spans midnight; both equal: no quiet hours. */
export interface QuietHours {
  from: string
  to: string
}

/** The first instant at which a notice may be sent: now, or the end of the current quiet hours. @throws Error for times other than `HH:MM`. */
export function earliestSendTime(rule: Pick<NoticeRule, 'urgent'>, now: Date, quiet: QuietHours): Date {
  if (rule.urgent) return now
  const { hour, minute } = timeOf(now)
  const time = hour * 60 + minute
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)]
  const today = dayOf(now)
  if (from <= to) return time >= from && time < to ? atMinutes(today, to) : now
  if (time >= from) return atMinutes(addDays(today, 1), to)
  return time < to ? atMinutes(today, to) : now
}

/** When a notice that waits for `tomorrow` may be sent: at the end of the quiet hours on the next Beijing day. */
export function nextOpening(now: Date, quiet: QuietHours): Date {
  return atMinutes(addDays(dayOf(now), 1), minutesOf(quiet.to))
}

/** `send_recorded_override`: send, and record that the cap was exceeded because a provision demands the notice. */
export type CapDecision = 'send' | 'send_recorded_override' | 'tomorrow'

/**
 * What the daily cap means for one notice.
 * @param sentToday notices that were sent to this person on this Beijing day.
 * @param cap the most notices for one person on one day.
 */
export function capDecision(rule: Pick<NoticeRule, 'statutory'>, sentToday: number, cap: number): CapDecision {
  if (sentToday < cap) return 'send'
  return rule.statutory === null ? 'tomorrow' : 'send_recorded_override'
}

/** Minutes since midnight. */
function minutesOf(time: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time)
  if (match === null) throw new Error(`quiet hours: not a time of day: ${time}`)
  return Number(match[1]) * 60 + Number(match[2])
}

function atMinutes(day: string, minutes: number): Date {
  return instantAt(day, Math.floor(minutes / 60), minutes % 60)
}
