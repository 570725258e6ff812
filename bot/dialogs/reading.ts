// Helpers by which several dialogs read answers: values found in a message, the tail of an identifier, a code, a change of subject.
// Words of short answers are bot/understanding/answers.ts.

import { readHolder } from '../../src/core/documents.ts'
import { squeeze } from '../../src/core/text.ts'
import type { DialogMessage, Slots } from '../engine.ts'
import type { SlotName } from '../../src/core/understanding.ts'
import type { LineValues } from '../../src/platform/texts/dialogs.ts'

/** The values with these names; empty text for what is missing. */
export function pick<Value>(values: Readonly<Record<string, Value>>, ...names: readonly string[]): Record<string, Value | ''> {
  return Object.fromEntries(names.map((name) => [name, values[name] ?? '']))
}

/** What was offered to choose from, as an effect stored it in the slot `options`. */
export function optionsOf({ options = '[]' }: Slots): LineValues[] {
  return JSON.parse(options) as LineValues[]
}

/** The first value of the first of these slots that the message contains. */
export function firstOf({ understood }: DialogMessage, ...names: readonly SlotName[]): string | undefined {
  return names.flatMap((name) => understood.slots[name] ?? []).find((value) => value !== '')
}

/** The values as slots, without those that are undefined or empty. */
export function definedSlots(values: Readonly<Record<string, string | undefined>>): Slots {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''))
}

/** A value of an item as text, to be stored in a slot; empty where there is none or it is no text and no number. */
export function plainOf(item: LineValues | undefined, name: string): string {
  const value = item?.[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** A name of any script, of person or organisation, as src/core/person-names.ts spells it. */
const NAME = /^[\p{L}\p{M}\u3007·•・．.。‧'’\u0f0b（）() -]{2,60}$/u

/** The name that a whole message is, where a name was asked for; without the full stop that ends a sentence. */
export function nameIn({ text }: DialogMessage): string | undefined {
  const name = text.trim().replace(/[。．]+$/u, '')
  return NAME.test(name) ? name : undefined
}

/** A message that is the number of a passport or another document, with its word where it has one: asked for, it is not sought in sentences. */
export function documentIn(text: string): string | undefined {
  return readHolder(text).kind === 'none' ? undefined : squeeze(text)
}

/** The last four characters of an identifier: typed alone, or at the end of a line and apart from other letters and digits. */
export function tailOf(text: string): string | undefined {
  const line = text.normalize('NFKC').toUpperCase()
  return /^\d{3}[\dX]$/.exec(squeeze(line))?.[0] ?? /[\p{Script=Han}\s,，:：](\d{3}[\dX])[\s。.]*$/u.exec(line)?.[1]
}

/**
 * Characters that stand where a whole number would and are none: too few, too many, or impossible. No value is found in them, and they are
 * called wrong, not passed over.
 */
export function mistypedIn(text: string): string | undefined {
  const line = text.normalize('NFKC').toUpperCase()
  return /(?<![0-9A-Z])\d[0-9A-Z]{11,23}(?![0-9A-Z])/.exec(line.replace(/(?<=\d)[ -](?=\d)/g, ''))?.[0]
}

/** A code of so many groups of four characters, such as `7GQK-2MXB`, however it is spaced; returned without separators. */
export function codeIn(text: string, groups: number): string | undefined {
  const found = new RegExp(`(?<![0-9A-Z])([2-9A-HJKMNP-Z]{4})(?:[ -]*([2-9A-HJKMNP-Z]{4})){${groups - 1}}(?![0-9A-Z])`).exec(
    text.normalize('NFKC').toUpperCase(),
  )
  return found?.[0].replace(/[ -]/g, '')
}

/**
 * Whether a message surely changes the subject, where the expected answer is a number or a word. Such a message may be of any length.
 * @param own intents that do not lead away from the dialog.
 */
export function changesSubject({ understood, command }: DialogMessage, own: readonly string[]): boolean {
  if (command !== null) return command === 'back' || command === 'cancel'
  return understood.choices.length === 0 && understood.confidence >= 0.9 && !['other', 'greeting', ...own].includes(understood.intent)
}

/**
 * Whether a message surely changes the subject, where the expected answer is free text. Only a short message does; a longer one is an
 * answer.
 * @param own intents that do not lead away from the dialog.
 */
export function asksForSomethingElse({ text, understood, command }: DialogMessage, own: readonly string[]): boolean {
  if (command === 'back' || command === 'cancel') return true
  const isSure = understood.choices.length === 0 && understood.confidence >= 0.9
  return isSure && Array.from(text.trim()).length <= 12 && !['other', 'greeting', ...own].includes(understood.intent)
}
