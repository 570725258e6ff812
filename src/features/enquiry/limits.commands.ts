// How often one may ask in vain: misses of one sender and, by name and last digits, of all senders about one name. They are counted in the
// database, so neither a restart nor a second process forgets them. Which limits apply to a surface is its routes.ts, pages.ts or bot/effects.

import { readHolder } from '../../core/documents.ts'
import { nameKey } from '../../core/person-names.ts'
import type { Secrets } from '../../core/secrets.ts'
import { countTry, HOUR, returnTry, triesOf, type Tries } from '../../messaging/conversations.store.ts'
import { systemCommand, type AppContext } from '../../platform/commands/command.ts'
import { PUBLIC } from '../../platform/commands/permissions.ts'
import { countedFor } from '../../core/networks.ts'
import { rememberCallers } from '../../platform/http/limits.ts'
import { finishAsking, newCaller, takeTicket, usedUpSince, type Caller } from './reserved.commands.ts'
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

/** A guess about a name, and who is counted for its sender. */
interface GuessByName {
  about: string
  callers: readonly Caller[]
}

/** Counts a guess about a name, and reads how many misses its sender has. */
const countGuess = systemCommand(
  'public.enquire',
  async ({ tx, now }, { about, callers }: GuessByName): Promise<{ guesses: Tries; ownMisses: number }> => {
    const guesses = await countTry(tx, about, now)
    let ownMisses = 0
    for (const { key, spare } of callers) {
      const { hits, asking } = await triesOf(tx, key, now)
      // Questions of one network at the same time count as misses of each other: only one of them is the first.
      ownMisses = Math.max(ownMisses, hits + asking - spare.length - 1)
    }
    return { guesses, ownMisses }
  },
)

const giveBack = systemCommand('public.enquire', ({ tx }, { about, since }: { about: string; since: Date }): Promise<void> =>
  returnTry(tx, about, since),
)

/** Networks that are remembered; beyond that the database is asked again. */
const MOST_CALLERS = 20_000

interface Question<Answer> {
  isMiss: (answer: Answer) => boolean
  ask: () => Promise<Answer>
}

/** How a question is asked within the limits. */
export interface Asking<Answer> extends Question<Answer> {
  network: string
}

/** Answers a question within the limits. @throws `enquiry_limited` with `retrySeconds`. */
export type WithinLimits = <Answer>(app: AppContext, question: Enquiry, asking: Asking<Answer>) => Promise<Answer>

/**
 * Creates the limits that the API and the page share. A question takes one of the misses that are left before it is asked, of those that all
 * processes have together (reserved.commands.ts); those that wait for the last ones are asked when these are answered.
 * @param missesPerHour misses that one network may have in an hour.
 */
export function createMissLimits(missesPerHour: number): WithinLimits {
  const callers = rememberCallers<Caller>(MOST_CALLERS, HOUR)
  return async (app, question, { network, isMiss, ask }) => {
    const all = countedFor(network, missesPerHour).map((limit) => {
      const caller = callers.get(limit.sender) ?? newCaller(missKey(app.secrets, limit.sender), limit.most)
      callers.set(limit.sender, caller)
      return caller
    })
    const about = aboutName(app.secrets, question)
    return withTickets(app, all, {
      isMiss,
      ask: () => (about === null ? ask() : askAbout(app, { about, callers: all }, missesPerHour, { isMiss, ask })),
    })
  }
}

/** Asks with a ticket of each of the callers, which a miss uses up. */
async function withTickets<Answer>(app: AppContext, [caller, ...others]: readonly Caller[], asking: Question<Answer>): Promise<Answer> {
  if (caller === undefined) return asking.ask()
  const ticket = await takeTicket(app, caller)
  let wasMiss = false
  try {
    const answer = await withTickets(app, others, asking)
    wasMiss = asking.isMiss(answer)
    return answer
  } finally {
    // A miss is in the database before anybody reads the answer.
    await finishAsking(app, caller, ticket, wasMiss)
  }
}

/** Asks a question by name, which is counted before it is asked and given back when it was no miss. */
async function askAbout<Answer>(
  app: AppContext,
  guess: GuessByName,
  missesPerHour: number,
  { isMiss, ask }: Question<Answer>,
): Promise<Answer> {
  const { guesses, ownMisses } = await countGuess(app, PUBLIC, guess)
  let isCounted = false
  try {
    // A refused question is no guess: it must not use up what is left for others.
    if (guesses.hits > mostAboutName(missesPerHour, ownMisses)) throw usedUpSince(app, guesses.since)
    const answer = await ask()
    isCounted = isMiss(answer)
    return answer
  } finally {
    if (!isCounted) await giveBack(app, PUBLIC, { about: guess.about, since: guesses.since })
  }
}
