// Passwords: hashing with argon2id, comparing in constant work, and refusing passwords that are easy to guess.
// Logging in and the cost of a wrong password are features/sessions/commands.ts.

import { hash, verify } from '@node-rs/argon2'
import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { AppError, type Problem } from '../../core/errors.ts'

/** OWASP's minimum for argon2id, which is the library's default algorithm: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Hash of a random secret that nobody knows. It is checked for unknown logins, so that they take as long as known ones. */
const UNKNOWN_HASH = '$argon2id$v=19$m=19456,t=2,p=1$A012y4mOCQwIhEZ/opm1+g$ew/03ZaWyGP6qVeGQ7rQ7jx8COMXPK9Qr/93TWNhXDo'

/** Characters of a password. */
const LEAST = 12
const MOST = 128

/** Logins shorter than this occur in too many words to be forbidden in a password. */
const LOGIN_FORBIDDEN_FROM = 4

/** Guesses a password must withstand, as a power of ten: trying them against stolen hashes takes years, not weeks. */
const GUESSES_LOG10 = 10

/** Characters that are judged. More characters only make a password stronger, and each one makes judging slower. */
const JUDGED = 64

/** Words that somebody would try first at this court, besides the 30,000 common passwords of the library. */
const LOCAL_WORDS = ['fayuan', 'zhixin', 'zhixintong', 'zhixing', 'shixin', 'court', 'shangrila', 'xianggelila', 'diqing', 'yunnan']
const POPULAR_WORDS = ['woaini', 'iloveyou', 'admin', 'administrator', 'changeme', 'welcome', 'letmein', 'secret', 'passwort']

/** The argon2id hash of a password. Takes about 30 ms in another thread, so do not call it inside a transaction. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST)
}

/** Whether the password fits the hash. Without a hash the same work is done and the answer is false. */
export async function passwordFits(passwordHash: string | null, password: string): Promise<boolean> {
  const fits = await verify(passwordHash ?? UNKNOWN_HASH, password.normalize('NFKC'))
  return fits && passwordHash !== null
}

/**
 * Refuses a password that is easy to guess, with every reason.
 * @throws `password_weak`: shorter than 12 characters, the login in it, common words with little else, or a pattern.
 */
export async function requireStrongPassword(password: string, login: string): Promise<void> {
  const plain = password.normalize('NFKC')
  const hasLogin = login.length >= LOGIN_FORBIDDEN_FROM && plain.toLowerCase().includes(login.toLowerCase())
  const weakness = await weaknessOf(plain, hasLogin ? [] : [login])
  const reasons: Problem[] = [
    ...(plain.length < LEAST || plain.length > MOST ? [{ code: 'password_length', values: { least: LEAST, most: MOST } }] : []),
    ...(hasLogin ? [{ code: 'password_has_login', values: { login } }] : []),
    ...(weakness === null ? [] : [weakness]),
  ]
  if (reasons.length > 0)
    throw new AppError(
      'password_weak',
      {},
      reasons.map((each) => ({ ...each, field: 'next' })),
    )
}

/** What makes a password easy to guess: the longest common word in it, or a pattern; null when it is hard to guess. */
async function weaknessOf(plain: string, ownWords: string[]): Promise<Problem | null> {
  const { guessesLog10, sequence } = (await estimator()).check(plain, ownWords)
  if (guessesLog10 >= GUESSES_LOG10 && new Set(plain.toLowerCase()).size >= 6) return null
  const words = sequence.filter(({ pattern, token }) => pattern === 'dictionary' && token.length >= 4).map(({ token }) => token)
  const [word] = words.sort((left, right) => right.length - left.length)
  return word === undefined ? { code: 'password_simple' } : { code: 'password_common', values: { word } }
}

let factory: Promise<ZxcvbnFactory> | undefined

/**
 * The estimator is created when somebody first chooses a password, because reading the dictionary takes 0.3 s and 20 MB. English words and
 * names are left out: they cost three times as much and change the verdict on hardly any password of twelve characters.
 */
function estimator(): Promise<ZxcvbnFactory> {
  factory ??= makeEstimator()
  return factory
}

async function makeEstimator(): Promise<ZxcvbnFactory> {
  const { ZxcvbnFactory } = await import('@zxcvbn-ts/core')
  const { adjacencyGraphs, dictionary } = await import('@zxcvbn-ts/language-common')
  const words = [...POPULAR_WORDS, ...LOCAL_WORDS]
  return new ZxcvbnFactory({ dictionary: { ...dictionary, words }, graphs: adjacencyGraphs, maxLength: JUDGED })
}
