// Types of what the bot understands: names of intents and slots, which are a contract (stored and sent), and the result of understanding.
// How a message is understood is bot/understanding.

/** What a person may want. The names are a contract. */
export const INTENTS = [
  'query_list',
  'query_case',
  'complaint_new',
  'complaint_status',
  'objection',
  'credit_repair',
  'creditor',
  'removal_info',
  'sanction_info',
  'liaison_bind',
  'liaison_feedback',
  'liaison_ack',
  'precheck',
  'subscribe',
  'unsubscribe',
  'human',
  'greeting',
  'help',
  'cancel',
  'other',
] as const
export type Intent = (typeof INTENTS)[number]

/** Values that may be found in a message. The names are a contract. */
export const SLOTS = [
  'name',
  'company',
  'id_number',
  'uscc',
  'phone',
  'case_no',
  'ticket_no',
  'bind_code',
  'quarter',
  'checked',
  'restricted',
  'business',
  'unit',
  'location',
  'date',
  'amount',
  'anonymous',
] as const
export type SlotName = (typeof SLOTS)[number]

/**
 * Values as written, except that identifiers, phone, case and ticket numbers are half-width without blanks. Several values of one slot are
 * a list.
 */
export type Slots = Partial<Record<SlotName, string | string[]>>

/** What marks a message that a clerk must see at once, before any dialog. */
export const ALARMS = ['self_harm', 'threat'] as const
export type Alarm = (typeof ALARMS)[number]

/** What one message was understood as. */
export interface Understanding {
  intent: Intent
  /** Confidence in `intent`, 0 to 1. */
  confidence: number
  /** Empty when the intent is certain; otherwise two or three intents to offer, the likeliest first. */
  choices: Intent[]
  slots: Slots
  alarm?: Alarm
}

/** Training sentences of each intent; `{name}` and the other slot names in braces stand for values. */
export type Utterances = Readonly<Record<Intent, readonly string[]>>

export function isAlarm(word: string | undefined): word is Alarm {
  return (ALARMS as readonly (string | undefined)[]).includes(word)
}

export function isIntent(word: string): word is Intent {
  return (INTENTS as readonly string[]).includes(word)
}

/** Understands one message. `role` is `liaison` when the channel knows the sender as a bound liaison, otherwise absent. */
export type Understand = (text: string, role?: string) => Understanding
