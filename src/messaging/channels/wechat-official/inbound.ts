// Reads what a person did in the official account from an event: a text, a menu button, a scanned code, or media without text.
// Signatures and encryption are in webhook.ts; what is replied is decided in bot/answer.

import type { WechatEvent } from './webhook.ts'

/** What a person did, for the bot. */
export interface WechatInbound {
  text: string
  /** What came instead of text. */
  kind?: 'followed' | 'voice' | 'media'
  /** EventKey of a menu button. */
  button?: string
  /** The scene of a scanned code, `bind_7GQK2MXB`. */
  scene?: string
  /** MediaId of a picture or film. */
  mediaId?: string
  /** The person no longer follows the account: no reply is sent. */
  left?: true
}

/** Milliseconds for which the platform takes customer-service texts after a person's message, and after a button, a scan or a follow. */
const AFTER_MESSAGE = 48 * 3_600_000
const AFTER_EVENT = 60_000

/** Milliseconds for which the account may write to the person after this event. */
export function windowAfter({ type }: WechatEvent): number {
  return type === 'event' ? AFTER_EVENT : AFTER_MESSAGE
}

/** Longest text of a passive reply, in UTF-8 bytes. */
const REPLY_BYTES = 2048

const MEDIA: ReadonlySet<string> = new Set(['image', 'video', 'shortvideo', 'link', 'file'])

/** Null for an event that needs no reply (an opened link, a receipt, a consent, a phone's position). */
export function inboundOf({ type, event, fields }: WechatEvent): WechatInbound | null {
  switch (type) {
    case 'text':
      return { text: fields['Content'] ?? '' }
    case 'voice':
      return textOr(fields['Recognition'], 'voice')
    case 'location':
      // A place that a person has sent is the answer to where something happened.
      return textOr(fields['Label'], 'media')
    case 'event':
      return ofEvent(event, fields['EventKey'] ?? '')
    default:
      return MEDIA.has(type) ? { text: '', kind: 'media', ...mediaOf(fields) } : null
  }
}

/** The text; when there is none, the kind of what came instead. */
function textOr(text = '', kind: 'voice' | 'media'): WechatInbound {
  return text === '' ? { text, kind } : { text }
}

function mediaOf({ MediaId: mediaId = '' }: WechatEvent['fields']): Pick<WechatInbound, 'mediaId'> {
  return /^[\w-]{1,200}$/.test(mediaId) ? { mediaId } : {}
}

function ofEvent(event: string | null, key: string): WechatInbound | null {
  switch (event) {
    case 'subscribe':
      // Only this event has the prefix `qrscene_`, and only when a code was scanned.
      return key.startsWith('qrscene_') ? { text: '', scene: key.slice('qrscene_'.length) } : { text: '', kind: 'followed' }
    case 'unsubscribe':
      return { text: '', left: true }
    case 'SCAN':
      return { text: '', scene: key }
    case 'CLICK':
      return { text: '', button: key }
    default:
      return null
  }
}

/** A text that fits into a passive reply: cut at the platform's limit, never inside a character. */
export function passiveText(text: string): string {
  if (Buffer.byteLength(text) <= REPLY_BYTES) return text
  let beginning = ''
  let bytes = Buffer.byteLength('…')
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > REPLY_BYTES) break
    beginning += character
  }
  return `${beginning}…`
}
