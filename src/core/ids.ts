// Identifiers and one-time words: the only home of randomness besides secrets.ts.
// What they identify is not known here.

import { randomBytes, randomInt } from 'node:crypto'
import { monotonicFactory } from 'ulid'

/** Randomness by the block: asking for each letter alone costs more than everything else an identifier needs. */
const BLOCK = 4096
let block = randomBytes(BLOCK)
let used = 0

function fraction(): number {
  if (used === BLOCK) {
    block = randomBytes(BLOCK)
    used = 0
  }
  return (block[used++] as number) / 256
}

const next = monotonicFactory(fraction)

/** A new identifier: 26 characters, sortable by the time it was made, unique without asking the database. */
export function newId(): string {
  return next()
}

/** An unguessable word of 256 bits for sessions, links and leases, base64url. */
export function newToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** What is left of capital letters and digits when nobody may confuse two of them, also in handwriting. */
const SPELLABLE = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** A code that a person reads out and types, `7GQK-2MXB-9TDH`: 12 characters, about 59 bits. */
export function newCode(): string {
  const signs = Array.from({ length: 12 }, () => SPELLABLE[randomInt(SPELLABLE.length)])
  return [0, 4, 8].map((at) => signs.slice(at, at + 4).join('')).join('-')
}

/** A code that a phone shows and somebody types back: `count` digits, none of them foreseeable. */
export function newDigits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('')
}

/** Letters and digits that nobody confuses when reading them aloud or from paper. */
const READABLE = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'

/** A password a person can type from paper: 20 characters, about 116 bits. */
export function newPassword(length = 20): string {
  return Array.from({ length }, () => READABLE[randomInt(READABLE.length)]).join('')
}
