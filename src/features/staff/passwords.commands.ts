// Passwords: hashed with argon2id, compared in constant work, refused when they are easy to guess.
// When one is asked for, and what a wrong one costs, is sessions.ts.

import { hash, verify } from '@node-rs/argon2'
import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { AppError, type Problem } from '../../core/errors.ts'

/** OWASP's minimum for argon2id (the library's algorithm unless told otherwise): 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The hash of a random secret that nobody kept: an unknown login must cost what a known one costs. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$A012y4mOCQwIhEZ/opm1+g$ew/03ZaWyGP6qVeGQ7rQ7jx8COMXPK9Qr/93TWNhXDo'

const LEAST = 12
const MOST = 128

/** A login shorter than this stands in too many words to be forbidden in a password. */
const LOGIN_FORBIDDEN_FROM = 4

/** The number of guesses a password must withstand, as a power of ten: what a thief of the hashes could try in years, not in weeks. */
const GUESSES_LOG10 = 10

/** Characters that are judged: what follows them only makes a password stronger, and judging takes longer with every one. */
const JUDGED = 64

/** Words that people of this court would try first, beside the thirty thousand common passwords of the library. */
const LOCAL_WORDS = ['fayuan', 'zhixin', 'zhixintong', 'zhixing', 'shixin', 'court', 'shangrila', 'xianggelila', 'diqing', 'yunnan']
const POPULAR_WORDS = ['woaini', 'iloveyou', 'admin', 'administrator', 'changeme', 'welcome', 'letmein', 'secret', 'passwort']

/** Takes about 30 ms of another thread: never inside a transaction. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST)
}

/** Whether the password is the one. Without a hash the same work is done, and the answer is no. */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  const fits = await verify(passwordHash ?? NOBODY, password.normalize('NFKC'))
  return fits && passwordHash !== null
}

/**
 * Refuses a password that is easily guessed, with every reason.
 * @throws `password_weak`: shorter than 12 characters, the login in it, common words with little else, or a pattern.
 */
export async function mustBeStrong(password: string, login: string): Promise<void> {
  const plain = password.normalize('NFKC')
  const hasLogin = login.length >= LOGIN_FORBIDDEN_FROM && plain.toLowerCase().includes(login.toLowerCase())
  const reasons: string[] = []
  if (plain.length < LEAST || plain.length > MOST) reasons.push('password_length')
  if (hasLogin) reasons.push('password_has_login')
  const weakness = await weaknessOf(plain, hasLogin ? [] : [login])
  if (weakness !== null) reasons.push(weakness)
  if (reasons.length === 0) return
  const problems = reasons.map((code): Problem => ({ code, field: 'next', values: { least: LEAST, most: MOST } }))
  throw new AppError('password_weak', {}, problems)
}

async function weaknessOf(plain: string, ownWords: string[]): Promise<'password_common' | 'password_simple' | null> {
  const { guessesLog10, sequence } = (await estimator()).check(plain, ownWords)
  if (guessesLog10 >= GUESSES_LOG10 && new Set(plain.toLowerCase()).size >= 6) return null
  return sequence.some(({ pattern, token }) => pattern === 'dictionary' && token.length >= 4) ? 'password_common' : 'password_simple'
}

let made: Promise<ZxcvbnFactory> | undefined

/**
 * Made when somebody first chooses a password: reading the dictionary takes a third of a second and 20 MB. English words and names are left
 * out: they cost three times as much and change the verdict on hardly any password of twelve characters.
 */
function estimator(): Promise<ZxcvbnFactory> {
  made ??= makeEstimator()
  return made
}

async function makeEstimator(): Promise<ZxcvbnFactory> {
  const { ZxcvbnFactory } = await import('@zxcvbn-ts/core')
  const { adjacencyGraphs, dictionary } = await import('@zxcvbn-ts/language-common')
  const words = [...POPULAR_WORDS, ...LOCAL_WORDS]
  return new ZxcvbnFactory({ dictionary: { ...dictionary, words }, graphs: adjacencyGraphs, maxLength: JUDGED })
}
