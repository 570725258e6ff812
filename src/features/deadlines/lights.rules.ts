// How pressing a deadline is (红、黄、绿): red after its last day, yellow with three working days or less left, green before. Pure.
// The same as SQL is search.store.ts.

import type { Day } from '../../core/calendar.ts'
import { isMissed, provisionalOf } from './rules.ts'
import type { WorkCalendar } from './workdays.rules.ts'

export const LIGHTS = ['red', 'yellow', 'green'] as const
export type Light = (typeof LIGHTS)[number]

/** Working days before a last day in which a deadline is yellow. */
const YELLOW_WORKDAYS = 3

/** The days by which lights are told on a day. */
export interface LightDays {
  today: Day
  /** The last of the last days that are yellow: at most three working days are left. */
  yellowUntil: Day
}

/** The days by which lights are told today. */
export function lightDays(today: Day, calendar: WorkCalendar): LightDays {
  return { today, yellowUntil: calendar.addWorkdays(today, YELLOW_WORKDAYS).day }
}

/**
 * The light of a deadline; null once it is closed or cancelled. A provisional last day is red after the latest day to be expected only.
 */
export function lightOf(
  deadline: { state: string; due: Day; missingYear: number | null; latest: Day | null },
  { today, yellowUntil }: LightDays,
): Light | null {
  if (deadline.state === 'missed') return 'red'
  if (deadline.state !== 'open') return null
  if (isMissed({ due: deadline.due, ...provisionalOf(deadline) }, today)) return 'red'
  return deadline.due <= yellowUntil ? 'yellow' : 'green'
}
