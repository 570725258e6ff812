// One-time codes that an authenticator app computes from a shared secret and the time (RFC 6238: SHA-1, 6 digits, 30 seconds).
// When a code is asked for and what a wrong one costs is features/sessions/factor.commands.ts.

import { createHmac } from 'node:crypto'

/** Milliseconds for which one code is shown. */
const STEP = 30_000
/** Codes of this many steps before and after the present one are accepted, because clocks of phones differ. */
const TOLERANCE = 1
const DIGITS = 6
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The code of a secret for the time step with this number. */
export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const number = digest.readUInt32BE(digest.readUInt8(digest.length - 1) & 0xf) & 0x7fff_ffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** The number of the time step of an instant. */
export function totpStep(at: Date): number {
  return Math.floor(at.getTime() / STEP)
}

/** The time step whose code was given, later than `after`, so that no code is accepted twice; null when none fits. */
export function totpStepOf(secret: Buffer, code: string, now: Date, after: number): number | null {
  const present = totpStep(now)
  for (let step = present - TOLERANCE; step <= present + TOLERANCE; step++) if (step > after && totpCode(secret, step) === code) return step
  return null
}

/** Bytes as people type them into an app: base32 without padding (RFC 4648). */
export function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((part) => ALPHABET[parseInt(part.padEnd(5, '0'), 2)]).join('')
}

/** The bytes of a base32 text. */
export function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
}

/** The address from which an authenticator app takes a secret, also as a QR code. @param issuer whose account it is. */
export function otpauthUrl({ issuer, login, secret }: { issuer: string; login: string; secret: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(login)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${STEP / 1000}`
}
