// The dialog engine, a pure step function: from a stored position and one message it computes the next position, the reply and one effect.
// What each dialog asks is in dialogs/; loading, storing and sending is answer.ts; carrying out effects is effects/effects.ts.

import { fearsNamesake, isAngry } from './understanding/answers.ts'
import type { Command } from './understanding/commands.ts'
import type { Alarm, Intent, Understanding } from '../src/core/understanding.ts'
import { maskPhone } from '../src/core/phone.ts'
import type { LineValues, Line } from '../src/platform/texts/dialogs.ts'

/** The values a dialog has collected so far, under the dialog's own slot names. */
export type Slots = Readonly<Record<string, string>>
/** Names of the effects a dialog may ask for. The list is closed: effects/effects.ts carries out each of them by a command or a query. */
export type EffectName = PublicEffect | OwnEffect | UnitEffect
type PublicEffect =
  | 'enquire'
  | 'file_complaint'
  | 'file_matter'
  | 'follow_complaint'
  | 'subscribe'
  | 'unsubscribe'
  | 'find_binding'
  | 'bind_liaison'
  | 'hand_off'
type OwnEffect = 'ask_identity' | 'confirm_identity' | 'show_own' | 'choose_own' | 'file_intake'
type UnitEffect = 'find_orders' | 'answer_order' | 'find_return' | 'submit_return' | 'find_businesses' | 'precheck' | 'report_outcome'

/** Something that only a command or query can do for a dialog. */
export interface Effect {
  name: EffectName
  input: Slots
  /** Name of the dialog that gets the outcome. */
  dialog: string
  /** The dialog's slots when it asked for the effect. */
  slots: Slots
  trail: readonly string[]
}

/** The result of an effect. Each effect has its own outcome names. */
export interface Outcome {
  name: string
  values?: LineValues
  items?: readonly LineValues[]
  /** Form fields that have to be asked for again. */
  fields?: readonly string[]
}

/** One message with everything the dialogs may read: its text, what was understood, and what is known about its sender. */
export interface DialogMessage {
  text: string
  understood: Understanding
  command: Command | null
  /** The channel identifies the sender's account (an openid), so that records of that account may be shown. */
  hasAccount: boolean
  /** The sender's identity was confirmed, by a code or by the account that the court has on record. */
  isConfirmed: boolean
  /** The sender is a bound liaison. */
  isLiaison: boolean
}

/** How a step read a message: new slots; `unclear` for an answer that cannot be read; null for a message that is not an answer. */
export type Reading = Slots | 'unclear' | null

/** One question of a dialog. */
export interface Step {
  name: string
  /** The slots that the answer fills. Going back empties them. */
  fills: readonly string[]
  /** Whether the question needs no asking (any more). */
  isKnown(slots: Slots): boolean
  ask(slots: Slots): Line[]
  read(message: DialogMessage, slots: Slots): Reading
}

/** One dialog as data: the steps it asks in order, the effect it ends with, and what it says about the outcome. */
export interface Dialog {
  name: string
  /** Grows whenever steps or slots change their meaning. A conversation in an older version starts again, and the person is told so. */
  version: number
  intent: Intent
  /** Reads the slots that the first message already contains. */
  open(message: DialogMessage): Slots
  /**
   * Asked in this order; steps whose answer is known are left out. A dialog without steps is answered at once, also during another dialog.
   */
  steps: readonly Step[]
  /** What to say, and the effect to carry out, once every step is known. */
  finish(slots: Slots): { say: Line[]; effect?: Pick<Effect, 'name' | 'input'> }
  /** What to say about the outcome of the dialog's effect, and whether the dialog goes on. */
  settle(outcome: Outcome, slots: Slots): Settled
}

/**
 * What a dialog says about an outcome. `drop` names slots to ask for again, `add` gives slots that are known now; with either the dialog
 * goes on.
 */
export interface Settled {
  say: Line[]
  drop?: readonly string[]
  add?: Slots
}

/** The dialog in progress. */
export interface Active {
  dialog: string
  version: number
  step: string
  slots: Slots
  /** Names of the answered steps, oldest first. */
  trail: readonly string[]
  /** Answers to the current step that could not be read. */
  retries: number
}

/** A question of the engine itself: which intent was meant, or whether another dialog may replace the one in progress. */
export type Question =
  { kind: 'choice'; offers: readonly { intent: Intent; slots: Slots }[] } | { kind: 'pause'; intent: Intent; slots: Slots }

/** The state of a conversation, stored as JSON between two messages. */
export interface Position {
  active: Active | null
  question: Question | null
  /** ISO instant; null when nothing is open. */
  expiresAt: string | null
  /** Messages in a row that were not understood outside of a dialog. */
  misses?: number
}

/** The result of one message or one outcome: the next position, what to say, and the effect to carry out, if any. */
export interface Turn {
  position: Position
  say: Line[]
  effect?: Effect
}

/** The position of a conversation in which nothing is open. */
export const EMPTY_POSITION: Position = { active: null, question: null, expiresAt: null }

/** How long an unfinished dialog waits for the next message. Milliseconds. */
export const DIALOG_TIMEOUT = 60 * 60_000
/** From this confidence on, what somebody wants is not doubted. */
const SURE = 0.9
/** Messages one after another that were not understood, after which a clerk takes over. Anger is enough after one. */
const MAX_MISSES = 3

/** Handles one message. Never throws for what a message says. */
export function step(dialogs: readonly Dialog[], position: Position, message: DialogMessage, now: Date): Turn {
  const { position: current, say: notice } = resumePosition(dialogs, position, now)
  const turn = turnFor(dialogs, current, message)
  return withExpiry({ ...turn, say: [...notice, ...turn.say] }, now)
}

/** Handles the outcome of the effect that the previous turn asked for. */
export function settle(dialogs: readonly Dialog[], position: Position, effect: Effect, outcome: Outcome, now: Date): Turn {
  const dialog = dialogs.find((each) => each.name === effect.dialog)
  if (dialog === undefined) return { position, say: [] }
  const { say, drop, add } = dialog.settle(outcome, effect.slots)
  if (drop === undefined && add === undefined) return withExpiry({ position, say: [...say, ...currentQuestion(dialogs, position)] }, now)
  const slots = { ...without(effect.slots, drop ?? []), ...add }
  // A step that is asked again no longer counts as answered.
  const trail = effect.trail.filter((name) => dialog.steps.some((each) => each.name === name && each.isKnown(slots)))
  const turn = continueDialog(dialog, { slots, trail, retries: 0 })
  return withExpiry({ ...turn, say: [...say, ...turn.say] }, now)
}

/** The position to go on from. When it expired, or a release changed its dialog, it is `EMPTY_POSITION` and the person is told why. */
export function resumePosition(dialogs: readonly Dialog[], position: Position, now: Date): Pick<Turn, 'position' | 'say'> {
  const { active, expiresAt } = position
  if (expiresAt !== null && expiresAt <= now.toISOString())
    return { position: EMPTY_POSITION, say: active === null ? [] : [line('expired')] }
  if (active === null) return { position, say: [] }
  const dialog = dialogOf(dialogs, active)
  const isCurrent = dialog?.version === active.version && dialog.steps.some((each) => each.name === active.step)
  return isCurrent ? { position, say: [] } : { position: EMPTY_POSITION, say: [line('renewed')] }
}

/** Order of precedence: alarm, global commands, the engine's own question, the current step, then a new intent. */
function turnFor(dialogs: readonly Dialog[], { misses = 0, ...position }: Position, message: DialogMessage): Turn {
  const { alarm } = message.understood
  if (alarm !== undefined) {
    const slots = { reason: alarm }
    return {
      position: EMPTY_POSITION,
      say: alarmLines(alarm, message),
      effect: { name: 'hand_off', input: slots, dialog: 'human', slots, trail: [] },
    }
  }
  return (
    globalCommand(dialogs, position, message) ??
    answerToQuestion(dialogs, position, message) ??
    answerToStep(dialogs, position, message) ??
    newIntent(dialogs, position, message, misses)
  )
}

/** What is said at once, whatever the conversation was about. */
export function alarmLines(alarm: Alarm, message: DialogMessage): Line[] {
  return [line(`alarm.${alarm}`), reachLine(message) ?? line('alarm.reach')]
}

/** What is said to somebody in danger who left a phone; null without one, because then nobody can call. */
export function reachLine({ understood }: DialogMessage): Line | null {
  const phone = [understood.slots.phone ?? []].flat()[0]
  return phone === undefined ? null : line('alarm.noted', { phone: maskPhone(phone) })
}

/** Commands that work in every position. */
function globalCommand(dialogs: readonly Dialog[], position: Position, message: DialogMessage): Turn | null {
  const { active } = position
  switch (message.command) {
    case 'cancel':
      return { position: EMPTY_POSITION, say: [line(active === null ? 'cancelled.nothing' : 'cancelled.done')] }
    case 'human':
      return startDialog(dialogs, EMPTY_POSITION, 'human', {})
    case 'help':
      return { position, say: [line(active === null ? 'help' : 'help_inside'), ...currentQuestion(dialogs, position)] }
    case 'back':
      return active === null ? { position: EMPTY_POSITION, say: [line('menu')] } : goBack(dialogs, active)
    default:
      return null
  }
}

function goBack(dialogs: readonly Dialog[], active: Active): Turn {
  const dialog = dialogOf(dialogs, active) as Dialog
  const last = dialog.steps.find((each) => each.name === active.trail.at(-1))
  const trail = active.trail.slice(0, -1)
  return continueDialog(dialog, { slots: without(active.slots, last?.fills ?? []), trail, retries: 0 })
}

/** Reads an answer to the engine's own question, if one is open. Any other message closes the question. */
function answerToQuestion(dialogs: readonly Dialog[], position: Position, message: DialogMessage): Turn | null {
  const { question, active } = position
  if (question === null) return null
  const closed = { ...position, question: null }
  if (question.kind === 'choice') {
    const number = /^\s*([1-9])[\s.。、]*$/.exec(message.text.normalize('NFKC'))?.[1]
    const chosen = question.offers[Number(number) - 1]
    return chosen === undefined ? null : startDialog(dialogs, closed, chosen.intent, chosen.slots)
  }
  if (message.command === 'yes') return startDialog(dialogs, EMPTY_POSITION, question.intent, question.slots)
  return message.command === 'no' && active !== null ? { position: closed, say: currentQuestion(dialogs, closed) } : null
}

function answerToStep(dialogs: readonly Dialog[], position: Position, message: DialogMessage): Turn | null {
  const { active } = position
  if (active === null) return null
  const dialog = dialogOf(dialogs, active) as Dialog
  const current = dialog.steps.find((each) => each.name === active.step) as Step
  const reading = current.read(message, active.slots)
  if (reading === 'unclear') return askAgain(dialogs, position, active, message)
  if (reading === null) return null
  return continueDialog(dialog, { slots: { ...active.slots, ...reading }, trail: [...active.trail, active.step], retries: 0 })
}

function askAgain(dialogs: readonly Dialog[], position: Position, active: Active, { text }: DialogMessage): Turn {
  const retries = active.retries + 1
  if (retries >= MAX_MISSES || isAngry(text)) return handOver()
  const next: Position = { ...position, question: null, active: { ...active, retries } }
  return { position: next, say: [line('unclear'), ...currentQuestion(dialogs, next)] }
}

/** Puts somebody through who did not ask for it: three messages were not understood, or one was angry. */
function handOver(): Turn {
  const slots = { reason: 'misses' }
  const effect: Effect = { name: 'hand_off', input: slots, dialog: 'human', slots, trail: [] }
  return { position: EMPTY_POSITION, say: [line('unclear_often')], effect }
}

/** Starts the dialog of an intent while none is in progress, or offers a choice; hands over whoever is not understood too often, or angry. */
function opening(dialogs: readonly Dialog[], position: Position, message: DialogMessage, misses: number): Turn {
  // Whoever is afraid of a namesake is told first that a name is no identity, and then asked for what tells people apart.
  if (fearsNamesake(message.text)) {
    const turn = startDialog(dialogs, EMPTY_POSITION, 'query_list', openingSlots(dialogs, 'query_list', message))
    return { ...turn, say: [line('answer.namesake'), ...turn.say] }
  }
  const { intent, choices, confidence } = message.understood
  const isMissed = choices.length > 1 || (intent === 'other' && confidence < SURE)
  const isAngryNonsense = (isMissed || intent === 'other') && isAngry(message.text)
  if (isAngryNonsense || (isMissed && misses + 1 >= MAX_MISSES)) return handOver()
  const turn =
    choices.length > 1
      ? offerChoice(dialogs, position, message)
      : startDialog(dialogs, EMPTY_POSITION, intent, openingSlots(dialogs, intent, message))
  return isMissed ? { ...turn, position: { ...turn.position, misses: misses + 1 } } : turn
}

/** Starts the dialog of a new intent, offers a choice of intents, or asks first when another dialog is in progress. */
function newIntent(dialogs: readonly Dialog[], position: Position, message: DialogMessage, misses: number): Turn {
  const { active } = position
  const { intent, choices } = message.understood
  if (active === null) return opening(dialogs, position, message, misses)
  if (choices.length > 0 || intent === 'other' || intent === dialogOf(dialogs, active)?.intent)
    return askAgain(dialogs, position, active, message)
  const other = dialogs.find((each) => each.intent === intent)
  // A clerk who takes the conversation over also takes over the dialog in progress, so it ends here.
  if (other?.steps.length === 0)
    return startDialog(dialogs, intent === 'human' ? EMPTY_POSITION : position, intent, openingSlots(dialogs, intent, message))
  const question: Question = { kind: 'pause', intent, slots: openingSlots(dialogs, intent, message) }
  const values = { title: line(`title.${active.dialog}`), next: line(`intent.${intent}`) }
  return { position: { ...position, question }, say: [line('pause', values)] }
}

function offerChoice(dialogs: readonly Dialog[], position: Position, message: DialogMessage): Turn {
  const { choices } = message.understood
  const items = choices.map((intent, at) => line('choice.item', { number: at + 1, label: line(`intent.${intent}`) }))
  // The message is read for every offered intent now, so that the chosen dialog does not ask again for what it already says.
  const offers = choices.map((intent) => ({ intent, slots: openingSlots(dialogs, intent, message) }))
  return { position: { ...position, question: { kind: 'choice', offers } }, say: [line('choice.head'), ...items, line('choice.foot')] }
}

function openingSlots(dialogs: readonly Dialog[], intent: Intent, message: DialogMessage): Slots {
  return dialogs.find((each) => each.intent === intent)?.open(message) ?? {}
}

/** Starts the dialog of an intent. A dialog without steps leaves the dialog in progress as it is. */
function startDialog(dialogs: readonly Dialog[], position: Position, intent: Intent, slots: Slots): Turn {
  const dialog = dialogs.find((each) => each.intent === intent)
  if (dialog === undefined) throw new Error(`no dialog for ${intent}`)
  if (dialog.steps.length > 0) return continueDialog(dialog, { slots, trail: [], retries: 0 })
  const turn = finishDialog(dialog, slots, [])
  const next = { ...position, question: null }
  return { ...turn, position: next, say: [...turn.say, ...(turn.effect === undefined ? currentQuestion(dialogs, next) : [])] }
}

/** Asks the next step that is not known, or finishes the dialog. */
function continueDialog(dialog: Dialog, { slots, trail, retries }: Pick<Active, 'slots' | 'trail' | 'retries'>): Turn {
  const next = dialog.steps.find((each) => !each.isKnown(slots))
  if (next === undefined) return finishDialog(dialog, slots, trail)
  const active: Active = { dialog: dialog.name, version: dialog.version, step: next.name, slots, trail, retries }
  return { position: { active, question: null, expiresAt: null }, say: next.ask(slots) }
}

function finishDialog(dialog: Dialog, slots: Slots, trail: readonly string[]): Turn {
  const { say, effect } = dialog.finish(slots)
  return { position: EMPTY_POSITION, say, ...(effect === undefined ? {} : { effect: { ...effect, dialog: dialog.name, slots, trail } }) }
}

/** The question of the current step, asked again; empty when no dialog is in progress. */
export function currentQuestion(dialogs: readonly Dialog[], { active }: Position): Line[] {
  if (active === null) return []
  return (
    dialogOf(dialogs, active)
      ?.steps.find((each) => each.name === active.step)
      ?.ask(active.slots) ?? []
  )
}

/** The turn with the expiry of its position set: `DIALOG_TIMEOUT` after now while something is open, else null. */
export function withExpiry(turn: Turn, now: Date): Turn {
  const { active, question, misses = 0 } = turn.position
  const expiresAt = active !== null || question !== null || misses > 0 ? new Date(now.getTime() + DIALOG_TIMEOUT).toISOString() : null
  return { ...turn, position: { active, question, expiresAt, ...(misses > 0 ? { misses } : {}) } }
}

function dialogOf(dialogs: readonly Dialog[], active: Active): Dialog | undefined {
  return dialogs.find((each) => each.name === active.dialog)
}

function without(slots: Slots, names: readonly string[]): Slots {
  return Object.fromEntries(Object.entries(slots).filter(([name]) => !names.includes(name)))
}

function line(key: string, values?: LineValues): Line {
  return values === undefined ? { key } : { key, values }
}
