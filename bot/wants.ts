// What a dialog wants done, done: each want is the act that the web uses, asked inside the turn's own transaction; tries are counted.
// When something is wanted is dialogs/; how an outcome is worded too.

import { fileComplaint } from '../src/actions/complaints.ts'
import { complaintsOfAccount, statusOfComplaint } from '../src/actions/complaint-views.ts'
import type { House } from '../src/actions/context.ts'
import { openHandoff, type HandoffReason } from '../src/actions/handoffs.ts'
import { enquire, type EnquiryAnswer, type PublicEntry } from '../src/actions/public.ts'
import { bindLiaison, joinBulletins, leaveBulletins, type OwnAddress } from '../src/actions/subscriptions.ts'
import { dayOf, wallTime, writtenDay } from '../src/core/calendar.ts'
import { AppError, isAppError } from '../src/core/errors.ts'
import type { PublicComplaintView } from '../src/domain/complaint-views.ts'
import { ruleOf, type ClockCode } from '../src/domain/clocks.ts'
import { amountOf } from '../src/domain/deadlines.ts'
import { PUBLIC } from '../src/domain/roles.ts'
import type { Facts } from '../src/messages/dialogs.ts'
import { countHit, hitsOf, updateConversation, type ConversationRow } from '../src/store/conversations.ts'
import type { Tx } from '../src/store/database.ts'
import type { Line, LineValues, Outcome, Slots, Want, WantName } from './dialog.ts'

/** The turn a want belongs to. `house` joins the turn's transaction. */
export interface TurnContext {
  house: House
  tx: Tx
  now: Date
  conversation: ConversationRow
  /** Who writes, where the channel vouches for it. */
  address: OwnAddress | null
  /** Blind index of whose tries are counted together. */
  counted: string
  /** The message. */
  words: string
}

/** Does what is wanted. @throws AppError for a refusal that the dialog has no words of its own for. */
export function fulfil(turn: TurnContext, want: Want): Promise<Outcome> {
  return WANTS[want.name](turn, want.input)
}

const WANTS: Readonly<Record<WantName, (turn: TurnContext, input: Slots) => Promise<Outcome>>> = {
  enquire: ask,
  file_complaint: complain,
  follow_complaint: follow,
  subscribe: join,
  unsubscribe: leave,
  bind_liaison: bind,
  hand_off: handOff,
}

/** Misses about one name by anybody in an hour, as a multiple of one person's: guessing a person's number from many accounts. */
const PER_NAME = 3
/** Tries beyond the limit before a person is asked to look. */
const INSISTING = 5
/** Entries in one reply: what a passive reply of WeChat holds. */
const SHOWN = 3

async function ask(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { house, tx, now } = turn
  const limit = house.config.enquiry.missesPerHour
  const own = `miss:${turn.counted}`
  const { name } = input
  const about = name === undefined ? null : `name:${house.secrets.index('name', name)}`
  const mine = await hitsOf(tx, own, now)
  const theirs = about === null ? mine : await hitsOf(tx, about, now)
  if (mine.hits >= limit || theirs.hits >= limit * PER_NAME) {
    await countHit(tx, own, now)
    if (mine.hits < limit + INSISTING) return { name: 'limited', values: { minutes: minutesLeft(mine.hits >= limit ? mine : theirs, now) } }
    return { ...(await handOff(turn, { reason: 'misses' })), name: 'handed' }
  }
  try {
    const answer = await enquire(house, PUBLIC, { name, identifier: input['identifier'], caseNo: input['caseNo'] })
    if (answer.entries.length > 0) return found(answer)
    await countHit(tx, own, now)
    if (about !== null) await countHit(tx, about, now)
    return { name: 'none', values: { asOf: wallTime(new Date(answer.asOf)) } }
  } catch (error) {
    if (!isAppError(error, 'enquiry_identifier_needed')) throw error
    return { name: 'identifier_needed' }
  }
}

function found({ entries, asOf }: EnquiryAnswer): Outcome {
  return {
    name: 'found',
    values: { count: entries.length, asOf: wallTime(new Date(asOf)) },
    items: entries.slice(0, SHOWN).map(entryValues),
  }
}

function entryValues({ name, identifier, court, caseNo, grounds, performance, publishedOn }: PublicEntry): LineValues {
  return {
    name,
    identifier,
    court,
    caseNo,
    grounds: grounds.join('；'),
    performance,
    publishedOn: publishedOn ?? { key: 'none' },
  }
}

/** Complaints one person can file in an hour. */
const FILED = 10

async function complain(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { house, tx, now, address } = turn
  const tries = `file:${turn.counted}`
  const { hits, since } = await hitsOf(tx, tries, now)
  if (hits >= FILED) throw new AppError('rate_limited', { retrySeconds: minutesLeft({ since }, now) * 60 })
  try {
    const { number, code } = await fileComplaint(house, PUBLIC, {
      way: 'bot',
      about: input['unitWords'] === undefined ? 'debtor' : 'unit',
      text: [input['text'] ?? '', input['when'] ?? ''].filter((part) => part !== '').join('\n'),
      debtorName: input['debtorName'],
      debtorIdentifier: input['debtorIdentifier'],
      unitWords: input['unitWords'],
      anonymous: input['anonymous'] !== undefined,
      name: input['name'],
      phone: input['phone'] ?? (address !== null && 'phone' in address ? address.phone : undefined),
      wechat: address !== null && 'wechat' in address ? address.wechat : undefined,
    })
    await countHit(tx, tries, now)
    return { name: 'filed', values: { number, code } }
  } catch (error) {
    if (!isAppError(error, 'complaint_incomplete')) throw error
    const problems = error.problems.map((problem) => house.catalog.check(problem)).join('；')
    return { name: 'incomplete', values: { problems }, fields: error.problems.flatMap((problem) => problem.field ?? []) }
  }
}

async function follow(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { house, address } = turn
  if (input['account'] !== undefined) {
    const own = address !== null && 'wechat' in address ? await complaintsOfAccount(house, PUBLIC, { wechat: address.wechat }) : []
    return own.length === 0 ? { name: 'none' } : { name: 'found', items: own.map((each) => progressOf(house, each)) }
  }
  const { number = '', code = '' } = input
  return guessed(turn, 'complaint_missing', 'missing', async () => ({
    name: 'found',
    items: [progressOf(house, await statusOfComplaint(house, PUBLIC, { number, code }))],
  }))
}

function progressOf({ catalog }: House, { number, state, receivedAt, answer, declineNote }: PublicComplaintView): LineValues {
  const day = writtenDay(dayOf(receivedAt))
  return { number, state: catalog.words('complaints', `state.${state}`), receivedAt: day, answer: answer ?? declineNote ?? '' }
}

async function join({ house, address }: TurnContext): Promise<Outcome> {
  if (address === null) return { name: 'elsewhere' }
  try {
    await joinBulletins(house, PUBLIC, address)
    return { name: 'done' }
  } catch (error) {
    if (!isAppError(error, 'subscriber_exists')) throw error
    return { name: 'already' }
  }
}

async function leave({ house, address }: TurnContext): Promise<Outcome> {
  if (address === null) return { name: 'elsewhere' }
  try {
    await leaveBulletins(house, PUBLIC, address)
    return { name: 'done' }
  } catch (error) {
    if (!isAppError(error, 'subscriber_missing')) throw error
    return { name: 'nothing' }
  }
}

async function bind(turn: TurnContext, { code = '' }: Slots): Promise<Outcome> {
  const { house, address } = turn
  if (address === null || !('wechat' in address)) return { name: 'elsewhere' }
  return guessed(turn, 'binding_code_wrong', 'wrong', async () => {
    const { unit } = await bindLiaison(house, PUBLIC, { code, wechat: address.wechat })
    return { name: 'done', values: { unit } }
  })
}

/** Something that a code opens: wrong codes are counted, and after too many none is tried. */
async function guessed(
  { house, tx, now, counted }: TurnContext,
  refusal: 'complaint_missing' | 'binding_code_wrong',
  name: string,
  open: () => Promise<Outcome>,
): Promise<Outcome> {
  const tries = `code:${counted}`
  const seen = await hitsOf(tx, tries, now)
  if (seen.hits >= house.config.enquiry.missesPerHour) return { name: 'limited', values: { minutes: minutesLeft(seen, now) } }
  try {
    return await open()
  } catch (error) {
    if (!isAppError(error, refusal)) throw error
    await countHit(tx, tries, now)
    return { name }
  }
}

async function handOff(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { house, tx, now, conversation, words } = turn
  const { id, number } = await openHandoff({ house, tx, now }, conversation, { reason: input['reason'] as HandoffReason, words })
  await updateConversation(tx, conversation.id, { handoffId: id })
  return { name: 'opened', values: { number } }
}

function minutesLeft({ since }: { since: Date }, now: Date): number {
  return Math.max(1, Math.ceil((since.getTime() + 3_600_000 - now.getTime()) / 60_000))
}

/** What every text may name: the court as it is configured, periods as the table of clocks has them. */
export function factsOf({ config }: House): Facts {
  const period = (code: ClockCode): Line => {
    const rule = ruleOf(code, config.profile)
    if ('none' in rule || rule.unit === 'stated_day') return { key: 'period.none' }
    return { key: `period.${rule.unit}`, values: { amount: amountOf(code, config.profile, config.clockDays) } }
  }
  return {
    court: config.court.name,
    phone: config.court.phone,
    address: config.court.address,
    objectionPeriod: period('objection.file'),
    reviewPeriod: period('objection.review'),
    reconsiderPeriod: period('reconsideration.file'),
    exitPeriod: period('listing.exit'),
    acceptPeriod: period('complaint.accept'),
  }
}
