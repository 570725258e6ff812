// Random identifiers, tokens, codes and passwords. Besides secrets.ts this is the only file that uses randomness.
// Hashing passwords and checking their strength is features/staff/passwords.commands.ts.

import { randomBytes, randomInt } from 'node:crypto'
import { monotonicFactory } from 'ulid'

/** Random bytes are fetched in blocks: fetching each character alone costs more than everything else an identifier needs. */
const BLOCK = 4096
let block = randomBytes(BLOCK)
let used = 0

/** A random number from 0 to below 1, for the identifier generator. */
function fraction(): number {
  if (used === BLOCK) {
    block = randomBytes(BLOCK)
    used = 0
  }
  return (block[used++] as number) / 256
}

const next = monotonicFactory(fraction)

/** A new identifier (ULID): 26 characters, sortable by creation time, unique without asking the database. */
export function newId(): string {
  return next()
}

/** A random token for sessions, links and leases, base64url; 256 bits unless `bytes` says otherwise. */
export function newToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** A random secret to share with another device; 160 bits, as HMAC-SHA-1 wants it. */
export function newSecret(): Buffer {
  return randomBytes(20)
}

/** Capital letters and digits that cannot be confused with one another, also in handwriting. */
const SPELLABLE = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** A code that a person reads out and types, `7GQK-2MXB-9TDH`: 12 characters, about 59 bits. */
export function newCode(): string {
  const characters = Array.from({ length: 12 }, () => SPELLABLE[randomInt(SPELLABLE.length)])
  return [0, 4, 8].map((at) => characters.slice(at, at + 4).join('')).join('-')
}

/** A code of `count` random digits that a person reads from a phone and types back. */
export function newDigits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('')
}

/** Letters and digits that cannot be confused when they are read aloud or from paper. */
const READABLE = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'

/** A password that a person can type from paper: 20 characters, about 116 bits. */
export function newPassword(length = 20): string {
  return Array.from({ length }, () => READABLE[randomInt(READABLE.length)]).join('')
}
