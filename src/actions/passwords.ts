// Passwords: hashed with argon2id, compared in constant work, refused when they are easy to guess.
// When one is asked for, and what a wrong one costs, is sessions.ts.

import { hash, verify } from '@node-rs/argon2'
import { AppError, type Problem } from '../core/errors.ts'

/** OWASP's minimum for argon2id (the library's algorithm unless told otherwise): 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The hash of a random secret that nobody kept: an unknown login must cost what a known one costs. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$A012y4mOCQwIhEZ/opm1+g$ew/03ZaWyGP6qVeGQ7rQ7jx8COMXPK9Qr/93TWNhXDo'

const LEAST = 12
const MOST = 128

/** Words that guessers try first, however they are padded with digits and signs. */
const COMMON = [
  'password',
  'passwort',
  'passw0rd',
  'qwerty',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'admin',
  'administrator',
  'welcome',
  'letmein',
]
const COMMON_TOO = ['iloveyou', 'woaini', 'fayuan', 'court', 'zhixin', 'zhixintong', 'shangrila', 'xianggelila', 'changeme', 'secret']

/** Takes about 30 ms of another thread: never inside a transaction. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST)
}

/** Whether the password is the one. Without a hash the same work is done, and the answer is no. */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  const fits = await verify(passwordHash ?? NOBODY, password.normalize('NFKC'))
  return fits && passwordHash !== null
}

/** @throws `password_weak` with the reasons: shorter than 12, the login in it, a common word and little more, few different signs. */
export function mustBeStrong(password: string, login: string): void {
  const plain = password.normalize('NFKC').toLowerCase()
  const reasons: string[] = []
  if (plain.length < LEAST || plain.length > MOST) reasons.push('password_length')
  if (plain.includes(login.toLowerCase())) reasons.push('password_has_login')
  if ([...COMMON, ...COMMON_TOO].some((word) => plain.replaceAll(word, '').replace(/[^\p{L}]/gu, '').length < 4 && plain.includes(word)))
    reasons.push('password_common')
  if (new Set(plain).size < 6 || isRun(plain)) reasons.push('password_simple')
  if (reasons.length === 0) return
  const problems = reasons.map((code): Problem => ({ code, field: 'next', values: { least: LEAST, most: MOST } }))
  throw new AppError('password_weak', {}, problems)
}

/** `123456789012`, `abcdefghijkl`, also downwards: nearly every sign follows the one before. */
function isRun(text: string): boolean {
  const signs = [...text].map((sign) => sign.codePointAt(0) ?? 0)
  const steps = signs.slice(1).map((sign, position) => sign - (signs[position] ?? 0))
  return steps.filter((step) => step === 1).length > steps.length * 0.7 || steps.filter((step) => step === -1).length > steps.length * 0.7
}
