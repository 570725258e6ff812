// One message of a person as every channel hands it to the bot, and the reply that it gets back.
// Answering is answer.ts; each channel's own message format is in doors/.

import type { Intent } from '../src/core/understanding.ts'

/** Where a message comes from. `wechat` is the official account, `wechaty` the court's own WeChat account. */
export type Channel = 'wechat' | 'wechaty' | 'sms' | 'web' | 'terminal'

/** One message of a person. */
export interface InboundMessage {
  channel: Channel
  /** The channel's identifier of the person: openid, E.164 number, or a secret token of the web chat. */
  from: string
  /** The same for every repeat of one message. */
  messageId: string
  text: string
  /** What came instead of text. `followed`: the person has just begun to follow the account. */
  kind?: 'followed' | 'voice' | 'media'
  /** The intent of a pressed button or a scanned code; such a message needs no understanding. */
  meant?: Intent
  /** Key under which attempts are counted where a new `from` costs nothing: the client's address on the web. */
  origin?: string
  /** Pictures and files that came with it: `wechat:` and a MediaId, or `twilio:` and a path. */
  media?: readonly string[]
  /** Milliseconds for which the channel lets us write to the person after this message, where the channel limits that. */
  window?: number
}

/** The caller that delivered a message and may be waiting for the reply. */
export interface Listener {
  /** Asked as the turn commits: whether the caller still waits for the reply. If not, the reply is sent through the outbox. */
  waits(): boolean
}

/** A caller that waits as long as it takes. */
export const WAITING_CALLER: Listener = { waits: () => true }
/** A caller that has already acknowledged the message and does not wait for the reply. */
export const NO_LISTENER: Listener = { waits: () => false }

/** The reply to one message. */
export interface Reply {
  /** Empty: there is nothing to say. */
  text: string
  /** The message had been answered before; this is the stored reply. */
  repeated: boolean
  /** A clerk has taken the conversation over, and the bot does not answer. */
  handedOver: boolean
  /** The reply goes, or went, through the outbox; the caller must not send it as well. */
  late: boolean
  /** A code was asked for, which is sent to whom the court knows: `answer` lets all such replies wait alike. */
  asksCode?: true
}

/** UTF-16 units of a message that are read and stored. */
export const LONGEST = 2000
