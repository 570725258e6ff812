// Effects that anybody may ask for: enquire, file and follow a complaint, subscribe, bind a liaison's account, be put through to a clerk.
// Effects for debtors are own.ts; effects for units are lift.ts and returns.ts.

import { attachMedia } from '../../src/features/complaints/chat-media.tasks.ts'
import { fileComplaint } from '../../src/features/complaints/commands.ts'
import { complaintsOfAccount, statusOfComplaint } from '../../src/features/complaints/views.ts'
import { FILED_AN_HOUR } from '../../src/features/forms/rules.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { workCalendar } from '../../src/features/deadlines/commands.ts'
import { openHandoff } from '../../src/features/handoffs/commands.ts'
import { HANDOFFS_AN_HOUR, type HandoffReason } from '../../src/features/handoffs/rules.ts'
import { isAlarm } from '../../src/core/understanding.ts'
import { aboutName, missKey, mostAboutName } from '../../src/features/enquiry/limits.commands.ts'
import { enquire, type EnquiryAnswer, type PublicEntry } from '../../src/features/enquiry/views.ts'
import { maskName } from '../../src/core/person-names.ts'
import { bindLiaison, joinBulletins, leaveBulletins, showBinding } from '../../src/features/units/subscriptions.commands.ts'
import { dayOf, timeOf, wallTime, writtenDay } from '../../src/core/calendar.ts'
import { AppError, isAppError } from '../../src/core/errors.ts'
import { countedFor } from '../../src/core/networks.ts'
import type { PublicComplaintView } from '../../src/features/complaints/views.rules.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { countTry, lockTries, updateConversation, type Tries } from '../../src/messaging/conversations.store.ts'
import { countUse, lockUse } from '../../src/messaging/sender-limits.ts'
import type { Outcome, Slots } from '../engine.ts'
import { ownMatters, progressOfMatter } from './creditors.ts'
import { withGuessLimit, minutesLeft, type TurnContext } from './turn.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'

/** Attempts beyond the limit after which the conversation is handed to a clerk. */
const INSISTING = 5
/** The most entries in one reply, because of the size of a passive reply of WeChat. */
const SHOWN = 3

/** Looks somebody up on the list. Outcome `found`, `none`, `identifier_needed`, `number_wrong`, `limited`, or `handed` after too many misses. */
export async function enquireList(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { app, tx, now } = turn
  const limit = app.config.enquiry.missesPerHour
  const senders = countedFor(turn.sender, limit).map(({ sender, most }) => ({ key: missKey(app.secrets, sender), most }))
  const { name } = input
  const about = aboutName(app.secrets, { name, identifier: input['identifier'] })
  // Locked until the answer is counted: messages of one network that come at once are counted one after another.
  const counters: { tries: Tries; most: number }[] = []
  for (const { key, most } of senders) counters.push({ tries: await lockTries(tx, key, now), most })
  const mine = Math.max(...counters.map(({ tries }) => tries.hits))
  const asking = Math.max(...counters.map(({ tries }) => tries.asking))
  if (about !== null) counters.push({ tries: await lockTries(tx, about, now), most: mostAboutName(limit, mine + asking) })
  const miss = async (): Promise<void> => {
    for (const { key } of senders) await countTry(tx, key, now)
  }
  const full = counters.find(({ tries, most }) => tries.hits + tries.asking >= most)
  if (full !== undefined) {
    await miss()
    return limited(turn, mine, minutesLeft(full.tries, now))
  }
  try {
    const answer = await enquire(app, PUBLIC, { name, identifier: input['identifier'], caseNo: input['caseNo'] })
    if (answer.entries.length > 0) return found(answer)
    await miss()
    if (about !== null) await countTry(tx, about, now)
    return { name: 'none', values: { asOf: wallTime(new Date(answer.asOf)) } }
  } catch (error) {
    if (isAppError(error, 'enquiry_number_wrong')) return { name: 'number_wrong', values: { fault: error.values['fault'] ?? '' } }
    if (!isAppError(error, 'enquiry_identifier_needed')) throw error
    return { name: 'identifier_needed' }
  }
}

/** Too many misses: when to ask again, or a clerk for whoever goes on asking. */
async function limited(turn: TurnContext, hits: number, minutes: number): Promise<Outcome> {
  if (hits < turn.app.config.enquiry.missesPerHour + INSISTING) return { name: 'limited', values: { minutes } }
  const { values = {} } = await handOff(turn, { reason: 'misses' })
  return { name: 'handed', values: { number: values['number'] ?? '' } }
}

function found({ entries, asOf, nameDiffers }: EnquiryAnswer): Outcome {
  return {
    name: nameDiffers ? 'found_otherwise' : 'found',
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

/**
 * Files a complaint. Outcome `filed`, or `incomplete` with the fields to ask for again.
 * @throws `rate_limited` after too many in an hour.
 */
export async function submitComplaint(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { app, tx, now, address, conversation } = turn
  const filings = { what: 'file', sender: turn.sender, most: FILED_AN_HOUR }
  const full = await lockUse(app, tx, filings, now)
  if (full !== null) throw new AppError('rate_limited', { retrySeconds: minutesLeft(full, now) * 60 })
  try {
    const { id, number, code } = await fileComplaint(app, PUBLIC, {
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
    await countUse(app, tx, filings, now)
    const files = await attachMedia({ app, tx, now }, { conversationId: conversation.id, complaintId: id })
    return { name: 'filed', values: { number, code, files } }
  } catch (error) {
    if (!isAppError(error, 'complaint_incomplete')) throw error
    const problems = error.problems.map((problem) => app.catalog.check(problem)).join('；')
    return { name: 'incomplete', values: { problems }, fields: error.problems.flatMap((problem) => problem.field ?? []) }
  }
}

/** Progress of a complaint or a creditor's matter by number and code, or of all that came from the sender's WeChat account. */
export async function followComplaint(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { app, address } = turn
  if (input['account'] !== undefined) {
    const own = address !== null && 'wechat' in address ? await complaintsOfAccount(app, PUBLIC, { wechat: address.wechat }) : []
    const items = [...own.map((each) => progressOf(app, each)), ...(await ownMatters(turn))]
    return items.length === 0 ? { name: 'none' } : { name: 'found', items }
  }
  const { number = '', code = '' } = input
  if (!number.startsWith('TS')) return progressOfMatter(turn, { number, code })
  return withGuessLimit(turn, 'complaint_missing', 'missing', async () => ({
    name: 'found',
    items: [progressOf(app, await statusOfComplaint(app, PUBLIC, { number, code }))],
  }))
}

function progressOf({ catalog }: AppContext, { number, state, receivedAt, answer, declineNote }: PublicComplaintView): LineValues {
  const day = writtenDay(dayOf(receivedAt))
  const kind = catalog.words('complaints', 'kind')
  return { kind, number, state: catalog.words('complaints', `state.${state}`), receivedAt: day, answer: answer ?? declineNote ?? '' }
}

/** Subscribes the sender to bulletins. Outcome `done`, `already`, or `elsewhere` on a channel without subscriptions. */
export async function subscribe({ app, address }: TurnContext): Promise<Outcome> {
  if (address === null || 'wechaty' in address) return { name: 'elsewhere' }
  try {
    await joinBulletins(app, PUBLIC, address)
    return { name: 'done' }
  } catch (error) {
    if (!isAppError(error, 'subscriber_exists')) throw error
    return { name: 'already' }
  }
}

/** Ends the sender's subscription. Outcome `done`, `nothing`, or `elsewhere`. */
export async function unsubscribe({ app, address }: TurnContext): Promise<Outcome> {
  if (address === null || 'wechaty' in address) return { name: 'elsewhere' }
  try {
    await leaveBulletins(app, PUBLIC, address)
    return { name: 'done' }
  } catch (error) {
    if (!isAppError(error, 'subscriber_missing')) throw error
    return { name: 'nothing' }
  }
}

/** Looks up whom a binding code stands for. Outcome `one`, `wrong`, `limited`, or `elsewhere`. @throws `binding_taken`. */
export async function findBinding(turn: TurnContext, { code = '' }: Slots): Promise<Outcome> {
  const { app, address } = turn
  if (address === null || 'phone' in address) return { name: 'elsewhere' }
  return withGuessLimit(turn, 'binding_code_wrong', 'wrong', async () => {
    const { unit, name } = await showBinding(app, PUBLIC, { code, ...address })
    return { name: 'one', values: { unit, name: maskName(name) } }
  })
}

/** Binds the sender's WeChat account to a liaison by a one-time code. Outcome `done`, `wrong`, `limited`, or `elsewhere`. */
export async function bindAccount(turn: TurnContext, { code = '' }: Slots): Promise<Outcome> {
  const { app, address } = turn
  if (address === null || 'phone' in address) return { name: 'elsewhere' }
  return withGuessLimit(turn, 'binding_code_wrong', 'wrong', async () => {
    const { unit } = await bindLiaison(app, PUBLIC, { code, ...address })
    return { name: 'done', values: { unit } }
  })
}

/**
 * Opens a handoff: a clerk takes the conversation over. Outcome `opened` with the ticket number.
 * @throws `rate_limited` after too many in an hour, unless it is an alarm.
 */
export async function handOff(turn: TurnContext, input: Slots): Promise<Outcome> {
  const { app, tx, now, conversation, words } = turn
  const reason = input['reason'] as HandoffReason
  const full = await countUse(app, tx, { what: 'hand', sender: turn.sender, most: HANDOFFS_AN_HOUR }, now)
  const isOverLimit = full !== null
  if (isOverLimit && !isAlarm(reason)) throw new AppError('rate_limited', { retrySeconds: minutesLeft(full, now) * 60 })
  const { id, number } = await openHandoff({ app, tx, now }, conversation, { reason, words, isOverLimit })
  await updateConversation(tx, conversation.id, { handoffId: id })
  return { name: 'opened', values: { number, when: await whenAnswered(turn) } }
}

/** Hours between which somebody surely sits at the desk, where a working day has any. ◇ */
const DESK_HOURS = { from: 9, to: 17 }

/** When a person answers: soon while the court works, else from the next working day on. */
async function whenAnswered({ app, tx, now }: TurnContext): Promise<Line> {
  const { calendar } = await workCalendar(tx)
  const { hour } = timeOf(now)
  const isOpen = calendar.kind(dayOf(now)) === 'work' && hour >= DESK_HOURS.from && hour < DESK_HOURS.to
  if (isOpen) return { key: 'human.open' }
  const { hours } = app.config.court
  return { key: 'human.closed', values: { hours: hours === '' ? { key: 'human.workdays' } : hours } }
}
