// Misses that a network may still have are reserved in the database before a question is asked: all processes together find no more than one.
// A process keeps what a right question leaves for the next one and gives it back soon, so that most questions write nothing.

import { AppError } from '../../core/errors.ts'
import { pause } from '../../core/sleeper.ts'
import { HOUR } from '../../messaging/conversations.store.ts'
import { countReserved, reserveTries, returnReserved } from '../../messaging/reserved-tries.store.ts'
import { systemCommand, type AppContext } from '../../platform/commands/command.ts'
import { PUBLIC } from '../../platform/commands/permissions.ts'

/** A miss that is reserved: the beginning of its hour. */
export type Ticket = Date

interface Waiter {
  resolve: (ticket: Ticket) => void
  reject: (error: unknown) => void
  /** How often it found that others are asking. */
  rounds: number
}

/** What one process knows of a network. */
export interface Caller {
  readonly key: string
  readonly most: number
  /** Reserved, and no question has it now. */
  readonly spare: Ticket[]
  readonly waiting: Waiter[]
  /** When the hour began whose misses are used up. */
  usedUp: Date | null
  isReserving: boolean
  isReturning: boolean
}

/** Milliseconds after which what is spare is given back, and after which it is asked again whether others have given theirs back. */
const [SPARE_FOR, ASK_AGAIN_AFTER] = [50, 40]
/** How often it is asked again: two seconds in all. */
const ROUNDS = 50

/** @param key under which misses are counted. @param most misses of an hour. */
export function newCaller(key: string, most: number): Caller {
  return { key, most, spare: [], waiting: [], usedUp: null, isReserving: false, isReturning: false }
}

/** The refusal until an hour is over. */
export function usedUpSince(app: AppContext, since: Date): AppError {
  const leftMs = since.getTime() + HOUR - app.clock.now().getTime()
  return new AppError('enquiry_limited', { retrySeconds: Math.max(1, Math.ceil(leftMs / 1000)) })
}

/** A ticket for one question, at once or when another question leaves one. @throws `enquiry_limited` when the misses are used up. */
export async function takeTicket(app: AppContext, caller: Caller): Promise<Ticket> {
  if (caller.usedUp !== null && isRunning(app, caller.usedUp)) throw usedUpSince(app, caller.usedUp)
  return new Promise((resolve, reject) => {
    caller.waiting.push({ resolve, reject, rounds: 0 })
    handOut(app, caller)
  })
}

/** A question is answered: a miss uses its ticket up, and is counted; any other leaves it to the next question. */
export async function finishAsking(app: AppContext, caller: Caller, ticket: Ticket, isMiss: boolean): Promise<void> {
  if (isMiss) return countMiss(app, PUBLIC, { key: caller.key, since: ticket })
  caller.spare.push(ticket)
  handOut(app, caller)
}

interface OfHour {
  key: string
  since: Date
}

const reserve = systemCommand('public.enquire', ({ tx, now }, { key, ...tries }: { key: string; wanted: number; most: number }) =>
  reserveTries(tx, key, tries, now),
)

const countMiss = systemCommand('public.enquire', ({ tx, now }, { key, since }: OfHour): Promise<void> =>
  countReserved(tx, key, since, now),
)

const giveBack = systemCommand('public.enquire', ({ tx }, { key, since, count }: OfHour & { count: number }): Promise<void> =>
  returnReserved(tx, key, since, count),
)

/** An hour that is over has left nothing: its counter may have begun anew. */
function isRunning(app: AppContext, since: Date): boolean {
  return app.clock.now().getTime() - since.getTime() < HOUR
}

/** Gives spare tickets to those who wait, and sees to the others: reserves for who is left, gives back what is. */
function handOut(app: AppContext, caller: Caller): void {
  while (caller.waiting.length > 0) {
    const ticket = caller.spare.pop()
    if (ticket === undefined) return void reserveForAll(app, caller)
    if (isRunning(app, ticket)) caller.waiting.shift()?.resolve(ticket)
  }
  if (caller.spare.length > 0) giveBackLater(app, caller)
}

/** Reserves until nobody waits any more, one time after another. */
async function reserveForAll(app: AppContext, caller: Caller): Promise<void> {
  if (caller.isReserving) return
  caller.isReserving = true
  const { key, most, waiting } = caller
  try {
    while (waiting.length > 0) {
      const { granted, hits, since } = await reserve(app, PUBLIC, { key, most, wanted: waiting.length })
      for (let n = 0; n < granted; n++) caller.spare.push(since)
      handOut(app, caller)
      if (waiting.length === 0) return
      if (hits >= most) {
        caller.usedUp = since
        refuse(caller, () => true, usedUpSince(app, since))
      } else {
        // Others are asking. What they leave is for whoever waits.
        await pause(ASK_AGAIN_AFTER)
        refuse(caller, (waiter) => ++waiter.rounds > ROUNDS, new AppError('enquiry_limited', { retrySeconds: 1 }))
      }
    }
  } catch (error) {
    for (const { reject } of waiting.splice(0)) reject(error)
  } finally {
    caller.isReserving = false
  }
}

function refuse(caller: Caller, isRefused: (waiter: Waiter) => boolean, error: AppError): void {
  for (const waiter of caller.waiting.splice(0))
    if (isRefused(waiter)) waiter.reject(error)
    else caller.waiting.push(waiter)
}

function giveBackLater(app: AppContext, caller: Caller): void {
  if (caller.isReturning) return
  caller.isReturning = true
  setTimeout(() => void giveBackSpare(app, caller), SPARE_FOR).unref()
}

/** What cannot be given back, because the database is away, is there again in the next hour. */
async function giveBackSpare(app: AppContext, caller: Caller): Promise<void> {
  caller.isReturning = false
  const counts = new Map<number, number>()
  for (const ticket of caller.spare.splice(0)) counts.set(ticket.getTime(), (counts.get(ticket.getTime()) ?? 0) + 1)
  for (const [since, count] of counts)
    await giveBack(app, PUBLIC, { key: caller.key, since: new Date(since), count }).catch(() => undefined)
}
