// What a notice under way waits for, in words: its time, a person, or the provider. Needs the words `words.states`.

import { clockText, dayOf, momentText, today } from '../../kit/dates.ts'
import { t } from '../../kit/words.ts'

type Waits = { for: 'time' | 'person' | 'provider'; until: string | null } | null

/** Null for a notice that waits for nothing. */
export function waitsText(waits: Waits): string | null {
  if (waits === null) return null
  return waits.until === null ? t(`words.states.waits.${waits.for}`) : t('words.states.waits.time', { when: whenText(waits.until) })
}

function whenText(until: string): string {
  const days = (Date.parse(dayOf(until)) - Date.parse(today())) / 86_400_000
  const time = clockText(until)
  return days === 0 ? t('words.states.waits.today', { time }) : days === 1 ? t('words.states.waits.tomorrow', { time }) : momentText(until)
}
