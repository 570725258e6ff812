// What a person can want and what they can tell us: the names of intents and slots, which are a contract.
// Nothing is recognised here.

export const INTENTS = [
  'query_list',
  'query_case',
  'complaint_new',
  'complaint_status',
  'objection',
  'credit_repair',
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

/** Values are the words as written; identifiers, phones, case and ticket numbers half-width without blanks. Several values make a list. */
export type Slots = Partial<Record<SlotName, string | string[]>>

/** A message that a person must see at once, before any dialog. */
export type Alarm = 'self_harm' | 'threat'

export interface Understanding {
  intent: Intent
  /** 0–1, of `intent`. */
  confidence: number
  /** Empty when sure. Otherwise what to offer, likeliest first, two or three intents. */
  choices: Intent[]
  slots: Slots
  alarm?: Alarm
}

/** Training sentences of each intent; `{name}` and the other slot names in braces stand for values. */
export type Utterances = Readonly<Record<Intent, readonly string[]>>

export function isIntent(word: string): word is Intent {
  return (INTENTS as readonly string[]).includes(word)
}

/** Understands one message. `role` is what the channel knows of the sender: `liaison` for a bound liaison, absent for anybody. */
export type Understand = (text: string, role?: string) => Understanding
