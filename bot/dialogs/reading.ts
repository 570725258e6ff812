// Reading answers the way several dialogs do: the values of a message, a few signs of a number, a plain line.
// What is asked for is each dialog's.

import { squeeze } from '../../src/core/text.ts'
import type { Heard, Slots } from '../engine.ts'
import type { SlotName } from '../../src/core/understanding.ts'
import type { LineValues } from '../../src/platform/texts/dialogs.ts'

/** The first value of the first of these slots that the message holds. */
export function firstOf({ understood }: Heard, ...names: readonly SlotName[]): string | undefined {
  return names.flatMap((name) => understood.slots[name] ?? []).find((value) => value !== '')
}

/** Slots without those that have no value. */
export function known(values: Readonly<Record<string, string | undefined>>): Slots {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''))
}

/** A plain value of an item, to be kept in a slot; empty where there is none. */
export function plainOf(item: LineValues | undefined, name: string): string {
  const value = item?.[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The last four signs of an identifier: typed alone, or at the end of a line and apart from other signs. */
export function tailOf(text: string): string | undefined {
  const line = text.normalize('NFKC').toUpperCase()
  return /^\d{3}[\dX]$/.exec(squeeze(line))?.[0] ?? /[\p{Script=Han}\s,，:：](\d{3}[\dX])[\s。.]*$/u.exec(line)?.[1]
}

/** The code that somebody was given to type, `7GQK-2MXB` or longer, however it is spaced. */
export function codeIn(text: string, groups: number): string | undefined {
  const found = new RegExp(`(?<![0-9A-Z])([2-9A-HJKMNP-Z]{4})(?:[ -]*([2-9A-HJKMNP-Z]{4})){${groups - 1}}(?![0-9A-Z])`).exec(
    text.normalize('NFKC').toUpperCase(),
  )
  return found?.[0].replace(/[ -]/g, '')
}

/** Whether a message is about something else, surely, where an answer is a number or a word: then it may be as long as it likes. */
export function turnsAway({ understood, command }: Heard, own: readonly string[]): boolean {
  if (command !== null) return command === 'back' || command === 'cancel'
  return understood.choices.length === 0 && understood.confidence >= 0.9 && !['other', 'greeting', ...own].includes(understood.intent)
}

/** Whether a message wants something else, surely: free text is an answer unless this says no. */
export function asksForSomethingElse({ text, understood, command }: Heard, own: readonly string[]): boolean {
  if (command === 'back' || command === 'cancel') return true
  const sure = understood.choices.length === 0 && understood.confidence >= 0.9
  return sure && Array.from(text.trim()).length <= 12 && !['other', 'greeting', ...own].includes(understood.intent)
}
