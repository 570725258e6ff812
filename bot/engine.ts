// The dialog engine: where somebody is in a conversation, what they said, and so where they are next and what is answered. Pure.
// What is asked in which order are the tables in dialogs/; doing what is wanted, storing and sending is answer.ts.

import type { Command } from './understanding/commands.ts'
import type { Intent, Understanding } from '../src/core/understanding.ts'
import type { LineValues, Line } from '../src/platform/texts/dialogs.ts'

/** What is known so far, by the dialog's own names. */
export type Slots = Readonly<Record<string, string>>
/** What only an act can do. Closed: answer.ts has one way of doing each. */
export type EffectName = PublicEffect | OwnEffect | UnitEffect
type PublicEffect = 'enquire' | 'file_complaint' | 'follow_complaint' | 'subscribe' | 'unsubscribe' | 'bind_liaison' | 'hand_off'
type OwnEffect = 'ask_identity' | 'confirm_identity' | 'show_own' | 'choose_own' | 'file_intake'
type UnitEffect = 'find_orders' | 'answer_order' | 'find_return' | 'submit_return' | 'precheck' | 'report_outcome'

export interface Effect {
  name: EffectName
  input: Slots
  /** The dialog that hears the outcome, and what it knew. */
  dialog: string
  slots: Slots
  trail: readonly string[]
}

/** What became of a want; each act has its own names. */
export interface Outcome {
  name: string
  values?: LineValues
  items?: readonly LineValues[]
  /** Fields that have to be asked again. */
  fields?: readonly string[]
}

export interface Heard {
  text: string
  understood: Understanding
  command: Command | null
  /** The channel itself says who writes (an openid, a phone), so that what belongs to the account may be shown. */
  hasAccount: boolean
  /** Whoever writes from here was shown to be who they say (a code, or the account the court has). */
  isConfirmed: boolean
  /** A bound liaison writes. */
  isLiaison: boolean
}

/** New slots; `unclear` for an attempt at an answer; null for something else altogether. */
export type Reading = Slots | 'unclear' | null

/** One thing to be asked. */
export interface Step {
  name: string
  /** Slots it fills; going back empties them. */
  fills: readonly string[]
  /** Nothing to ask any more. */
  isKnown(slots: Slots): boolean
  ask(slots: Slots): Line[]
  read(heard: Heard, slots: Slots): Reading
}

export interface Dialog {
  name: string
  /** Grows whenever steps or slots change their meaning: older conversations then start again, and are told so. */
  version: number
  intent: Intent
  /** What the first message already says. */
  open(heard: Heard): Slots
  /** Asked in this order, known ones left out. None: answered at once, even in the middle of another dialog. */
  steps: readonly Step[]
  finish(slots: Slots): { say: Line[]; want?: Pick<Effect, 'name' | 'input'> }
  settle(outcome: Outcome, slots: Slots): Settled
}

/** What is said of an outcome. With `drop` or `add` the dialog goes on: those slots are asked again, or are known now. */
export interface Settled {
  say: Line[]
  drop?: readonly string[]
  add?: Slots
}

export interface Active {
  dialog: string
  version: number
  step: string
  slots: Slots
  /** Steps that were answered, oldest first. */
  trail: readonly string[]
  retries: number
}

/** A question of the engine itself. */
export type Question =
  { kind: 'choice'; offers: readonly { intent: Intent; slots: Slots }[] } | { kind: 'pause'; intent: Intent; slots: Slots }

/** Stored between two messages. */
export interface Position {
  active: Active | null
  question: Question | null
  /** Instant, ISO; null with nothing open. */
  expiresAt: string | null
}

export interface Turn {
  position: Position
  say: Line[]
  effect?: Effect
}

export const NOWHERE: Position = { active: null, question: null, expiresAt: null }

/** How long an unfinished dialog waits for the next message. Milliseconds. */
export const PATIENCE = 60 * 60_000
/** Answers that could not be read before a person is offered. */
const RETRIES = 3

/** One message heard. Never throws for what a message says. */
export function step(dialogs: readonly Dialog[], position: Position, heard: Heard, now: Date): Turn {
  const { position: held, say: note } = resumed(dialogs, position, now)
  const turn = heardTurn(dialogs, held, heard)
  return stamped({ ...turn, say: [...note, ...turn.say] }, now)
}

/** What became of the want of the turn before. */
export function settle(dialogs: readonly Dialog[], position: Position, want: Effect, outcome: Outcome, now: Date): Turn {
  const dialog = dialogs.find((each) => each.name === want.dialog)
  if (dialog === undefined) return { position, say: [] }
  const { say, drop, add } = dialog.settle(outcome, want.slots)
  if (drop === undefined && add === undefined) return stamped({ position, say: [...say, ...reminder(dialogs, position)] }, now)
  const slots = { ...without(want.slots, drop ?? []), ...add }
  // What is asked again is not behind the person any more.
  const trail = want.trail.filter((name) => dialog.steps.some((each) => each.name === name && each.isKnown(slots)))
  const turn = onwards(dialog, { slots, trail, retries: 0 })
  return stamped({ ...turn, say: [...say, ...turn.say] }, now)
}

/** Where the person still is: nowhere when too much time or a release has passed, and then they are told. */
export function resumed(dialogs: readonly Dialog[], position: Position, now: Date): Pick<Turn, 'position' | 'say'> {
  const { active, expiresAt } = position
  if (expiresAt !== null && expiresAt <= now.toISOString()) return { position: NOWHERE, say: active === null ? [] : [line('expired')] }
  if (active === null) return { position, say: [] }
  const dialog = dialogOf(dialogs, active)
  const stands = dialog?.version === active.version && dialog.steps.some((each) => each.name === active.step)
  return stands ? { position, say: [] } : { position: NOWHERE, say: [line('renewed')] }
}

function heardTurn(dialogs: readonly Dialog[], position: Position, heard: Heard): Turn {
  const { alarm } = heard.understood
  if (alarm !== undefined) {
    const slots = { reason: alarm }
    return {
      position: NOWHERE,
      say: [line(`alarm.${alarm}`)],
      effect: { name: 'hand_off', input: slots, dialog: 'human', slots, trail: [] },
    }
  }
  return (
    global(dialogs, position, heard) ??
    answered(dialogs, position, heard) ??
    inStep(dialogs, position, heard) ??
    anew(dialogs, position, heard)
  )
}

/** Words that work everywhere. */
function global(dialogs: readonly Dialog[], position: Position, heard: Heard): Turn | null {
  const { active } = position
  switch (heard.command) {
    case 'cancel':
      return { position: NOWHERE, say: [line(active === null ? 'cancelled.nothing' : 'cancelled.done')] }
    case 'human':
      return begin(dialogs, NOWHERE, 'human', {})
    case 'help':
      return { position, say: [line(active === null ? 'help' : 'help_inside'), ...reminder(dialogs, position)] }
    case 'back':
      return active === null ? { position: NOWHERE, say: [line('menu')] } : back(dialogs, active)
    default:
      return null
  }
}

function back(dialogs: readonly Dialog[], active: Active): Turn {
  const dialog = dialogOf(dialogs, active) as Dialog
  const last = dialog.steps.find((each) => each.name === active.trail.at(-1))
  const trail = active.trail.slice(0, -1)
  return onwards(dialog, { slots: without(active.slots, last?.fills ?? []), trail, retries: 0 })
}

/** The engine's own question, if one is open. Anything that is no answer to it closes it. */
function answered(dialogs: readonly Dialog[], position: Position, heard: Heard): Turn | null {
  const { question, active } = position
  if (question === null) return null
  const closed = { ...position, question: null }
  if (question.kind === 'choice') {
    const number = /^\s*([1-9])[\s.。、]*$/.exec(heard.text.normalize('NFKC'))?.[1]
    const chosen = question.offers[Number(number) - 1]
    return chosen === undefined ? null : begin(dialogs, closed, chosen.intent, chosen.slots)
  }
  if (heard.command === 'yes') return begin(dialogs, NOWHERE, question.intent, question.slots)
  return heard.command === 'no' && active !== null ? { position: closed, say: reminder(dialogs, closed) } : null
}

function inStep(dialogs: readonly Dialog[], position: Position, heard: Heard): Turn | null {
  const { active } = position
  if (active === null) return null
  const dialog = dialogOf(dialogs, active) as Dialog
  const asked = dialog.steps.find((each) => each.name === active.step) as Step
  const read = asked.read(heard, active.slots)
  if (read === 'unclear') return again(dialogs, position, active)
  if (read === null) return null
  return onwards(dialog, { slots: { ...active.slots, ...read }, trail: [...active.trail, active.step], retries: 0 })
}

function again(dialogs: readonly Dialog[], position: Position, active: Active): Turn {
  const retries = active.retries + 1
  const held: Position = { ...position, question: null, active: { ...active, retries } }
  return { position: held, say: [line(retries < RETRIES ? 'unclear' : 'unclear_often'), ...reminder(dialogs, held)] }
}

/** Something new: started, offered, or asked about when another dialog is under way. */
function anew(dialogs: readonly Dialog[], position: Position, heard: Heard): Turn {
  const { active } = position
  const { intent, choices } = heard.understood
  if (active === null) {
    if (choices.length > 1) return offer(dialogs, position, heard)
    return begin(dialogs, NOWHERE, intent, opened(dialogs, intent, heard))
  }
  if (choices.length > 0 || intent === 'other' || intent === dialogOf(dialogs, active)?.intent) return again(dialogs, position, active)
  const wanted = dialogs.find((each) => each.intent === intent)
  // A person who takes over takes what was under way too.
  if (wanted?.steps.length === 0) return begin(dialogs, intent === 'human' ? NOWHERE : position, intent, opened(dialogs, intent, heard))
  const question: Question = { kind: 'pause', intent, slots: opened(dialogs, intent, heard) }
  const values = { title: line(`title.${active.dialog}`), next: line(`intent.${intent}`) }
  return { position: { ...position, question }, say: [line('pause', values)] }
}

function offer(dialogs: readonly Dialog[], position: Position, heard: Heard): Turn {
  const { choices } = heard.understood
  const items = choices.map((intent, at) => line('choice.item', { number: at + 1, label: line(`intent.${intent}`) }))
  // What the message already says is read for each of them now: it is not asked for again.
  const offers = choices.map((intent) => ({ intent, slots: opened(dialogs, intent, heard) }))
  return { position: { ...position, question: { kind: 'choice', offers } }, say: [line('choice.head'), ...items, line('choice.foot')] }
}

function opened(dialogs: readonly Dialog[], intent: Intent, heard: Heard): Slots {
  return dialogs.find((each) => each.intent === intent)?.open(heard) ?? {}
}

/** Starts the dialog of an intent. One without steps leaves what is under way as it is. */
function begin(dialogs: readonly Dialog[], position: Position, intent: Intent, slots: Slots): Turn {
  const dialog = dialogs.find((each) => each.intent === intent)
  if (dialog === undefined) throw new Error(`no dialog for ${intent}`)
  if (dialog.steps.length > 0) return onwards(dialog, { slots, trail: [], retries: 0 })
  const turn = finished(dialog, slots, [])
  const held = { ...position, question: null }
  return { ...turn, position: held, say: [...turn.say, ...(turn.effect === undefined ? reminder(dialogs, held) : [])] }
}

function onwards(dialog: Dialog, { slots, trail, retries }: Pick<Active, 'slots' | 'trail' | 'retries'>): Turn {
  const next = dialog.steps.find((each) => !each.isKnown(slots))
  if (next === undefined) return finished(dialog, slots, trail)
  const active: Active = { dialog: dialog.name, version: dialog.version, step: next.name, slots, trail, retries }
  return { position: { active, question: null, expiresAt: null }, say: next.ask(slots) }
}

function finished(dialog: Dialog, slots: Slots, trail: readonly string[]): Turn {
  const { say, want } = dialog.finish(slots)
  return { position: NOWHERE, say, ...(want === undefined ? {} : { effect: { ...want, dialog: dialog.name, slots, trail } }) }
}

/** The open question once more. */
export function reminder(dialogs: readonly Dialog[], { active }: Position): Line[] {
  if (active === null) return []
  return (
    dialogOf(dialogs, active)
      ?.steps.find((each) => each.name === active.step)
      ?.ask(active.slots) ?? []
  )
}

export function stamped(turn: Turn, now: Date): Turn {
  const { active, question } = turn.position
  const open = active !== null || question !== null
  return { ...turn, position: { active, question, expiresAt: open ? new Date(now.getTime() + PATIENCE).toISOString() : null } }
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
