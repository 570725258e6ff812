// Who did something, in words: the name of an account of the court, or what kind of caller it was. Needs the words `words.states`.

import { t } from '../../kit/words.ts'

const KINDS: readonly (readonly [beginning: string, role: string])[] = [
  ['liaison', 'liaison'],
  ['unit_key', 'unit_system'],
  ['operator', 'operator'],
  ['house', 'house'],
]

/** @param actor as the audit stores it, such as `staff:<id>`. @param name of the account, where it is one of the court. */
export function personText(actor: string, name: string | null): string {
  if (name !== null) return name
  const [, role] = KINDS.find(([beginning]) => actor.startsWith(beginning)) ?? []
  return t(`words.states.role.${role ?? 'public'}`)
}
