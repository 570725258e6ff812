// How often one may ask in vain: misses of one sender and, by name and last digits, of all senders about one name. They are counted in the
// database, so neither a restart nor a second process forgets them. Which limits apply to a surface is its routes.ts, pages.ts or bot/effects.

import { readHolder } from '../../core/documents.ts'
import { AppError } from '../../core/errors.ts'
import { nameKey } from '../../core/person-names.ts'
import type { Secrets } from '../../core/secrets.ts'
import { countTry, HOUR, returnTry, triesOf } from '../../messaging/conversations.store.ts'
import { query, systemCommand, type AppContext } from '../../platform/commands/command.ts'
import { PUBLIC } from '../../platform/commands/permissions.ts'
import { countedFor, type Counted } from '../../core/networks.ts'
import { rememberCallers } from '../../platform/http/limits.ts'
import type { Enquiry } from './views.ts'

/**
 * Misses about one name by all senders together in an hour, as multiples of one sender's limit: they slow guessing from many addresses.
 * Beyond the first, whoever has not missed in this hour is still answered, so that a few addresses hide nobody from all others; beyond the
 * second nobody is.
 */
const PER_NAME = { anybody: 3, unblemished: 5 }

/** What misses of a sender are counted under. */
export function missKey(secrets: Secrets, sender: string): string {
  return `miss:${secrets.index('limit', sender)}`
}

/** Misses of an hour about one name from which a sender is refused. @param ownMisses those that the sender has had. */
export function mostAboutName(missesPerHour: number, ownMisses: number): number {
  return missesPerHour * (ownMisses === 0 ? PER_NAME.unblemished : PER_NAME.anybody)
}

/**
 * What misses about a name are counted under, all its spellings together: guesses of last digits apart from those of case numbers, so that
 * neither stops the other. Null when a whole number is given, because then nothing can be guessed by the name.
 */
export function aboutName(secrets: Secrets, { name = '', identifier = '' }: Enquiry): string | null {
  const key = nameKey(name)
  if (key === '' || readHolder(identifier).kind !== 'none') return null
  const guessed = identifier.trim() === '' ? 'case' : 'name'
  return `${guessed}:${secrets.index('limit', `${guessed}:${key}`)}`
}

/** Tries of an hour under a key of the counters. */
export interface Tries {
  hits: number
  since: Date
}

const readTries = query('public.enquire', ({ db, now }, subject: string): Promise<Tries> => triesOf(db, subject, now))

const countTries = systemCommand('public.enquire', ({ tx, now }, subject: string): Promise<Tries> => countTry(tx, subject, now))

const giveBack = systemCommand('public.enquire', ({ tx }, subject: string): Promise<void> => returnTry(tx, subject))

/** What one process knows of a sender: where its misses are counted, how many there were, what is being answered, and what waits for that. */
interface Caller extends Counted {
  key: string
  misses: Tries
  running: number
  waiting: (() => void)[]
}

/** Networks that are remembered; beyond that the database is asked again. */
const MOST_CALLERS = 20_000

/** How a question is asked within the limits. */
export interface Asking<Answer> {
  network: string
  isMiss: (answer: Answer) => boolean
  ask: () => Promise<Answer>
}

/** Answers a question within the limits. @throws `enquiry_limited` with `retrySeconds`. */
export type WithinLimits = <Answer>(app: AppContext, question: Enquiry, asking: Asking<Answer>) => Promise<Answer>

/**
 * Creates the limits that the API and the page share. A question takes one of the misses that are left before it is asked, so that many
 * at once find no more than one after the other; those that wait for the last ones are asked when these are answered. What other processes
 * are asking at the same moment is not known here: each may let as many through once.
 * @param missesPerHour misses that one network may have in an hour.
 */
export function createMissLimits(missesPerHour: number): WithinLimits {
  const callers = rememberCallers<Caller>(MOST_CALLERS, HOUR)
  const callerOf = async (app: AppContext, limit: Counted): Promise<Caller> => {
    const known = callers.get(limit.sender)
    if (known !== undefined) return known
    const key = missKey(app.secrets, limit.sender)
    const misses = await readTries(app, PUBLIC, key)
    // Another question of the same network may have come meanwhile.
    const caller = callers.get(limit.sender) ?? { ...limit, key, misses, running: 0, waiting: [] }
    callers.set(limit.sender, caller)
    return caller
  }
  return async (app, question, { network, isMiss, ask }) => {
    const all: Caller[] = []
    for (const limit of countedFor(network, missesPerHour)) all.push(await callerOf(app, limit))
    return inTurn(app, all, async () => {
      // Questions of one network at the same time count as misses of each other: only one of them is the first.
      const ownMisses = Math.max(...all.map(({ misses, running }) => hourOf(app, misses).hits + running - 1))
      const most = mostAboutName(missesPerHour, ownMisses)
      const answer = await askAbout(app, aboutName(app.secrets, question), most, { network, isMiss, ask })
      if (isMiss(answer)) for (const caller of all) caller.misses = later(caller.misses, await countTries(app, PUBLIC, caller.key))
      return answer
    })
  }
}

/** Asks once each of the callers has a miss left for it. */
async function inTurn<Answer>(app: AppContext, [caller, ...others]: readonly Caller[], ask: () => Promise<Answer>): Promise<Answer> {
  if (caller === undefined) return ask()
  await takeTurn(app, caller)
  try {
    return await inTurn(app, others, ask)
  } finally {
    caller.running -= 1
    for (const wake of caller.waiting.splice(0)) wake()
  }
}

/** Waits until a miss is left for one more question, and takes it; or refuses. */
async function takeTurn(app: AppContext, caller: Caller): Promise<void> {
  for (;;) {
    const tries = hourOf(app, caller.misses)
    refuse(app, tries, caller.most)
    if (tries.hits + caller.running < caller.most) {
      caller.running += 1
      return
    }
    await new Promise<void>((resolve) => caller.waiting.push(resolve))
  }
}

/** Asks a question by name, which is counted before it is asked and given back when it was no miss. */
async function askAbout<Answer>(app: AppContext, about: string | null, most: number, { isMiss, ask }: Asking<Answer>): Promise<Answer> {
  if (about === null) return ask()
  let isCounted = false
  try {
    // A refused question is no guess: it must not use up what is left for others.
    refuse(app, await countTries(app, PUBLIC, about), most + 1)
    const answer = await ask()
    isCounted = isMiss(answer)
    return answer
  } finally {
    if (!isCounted) await giveBack(app, PUBLIC, about)
  }
}

/** Of two counts of one caller the one that was made later: counts may arrive in another order than they were made. */
function later(one: Tries, other: Tries): Tries {
  const hours = other.since.getTime() - one.since.getTime()
  return hours > 0 || (hours === 0 && other.hits > one.hits) ? other : one
}

/** Tries of the running hour. */
function hourOf(app: AppContext, tries: Tries): Tries {
  const now = app.clock.now()
  return now.getTime() - tries.since.getTime() >= HOUR ? { hits: 0, since: now } : tries
}

function refuse(app: AppContext, { hits, since }: Tries, most: number): void {
  if (hits < most) return
  const leftMs = since.getTime() + HOUR - app.clock.now().getTime()
  throw new AppError('enquiry_limited', { retrySeconds: Math.max(1, Math.ceil(leftMs / 1000)) })
}
