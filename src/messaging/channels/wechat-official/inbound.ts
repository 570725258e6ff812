// What a person did in the official account, read from an event: words, a button of the menu, a scanned code, something without words.
// Signatures and encryption are wechat-webhook.ts; what is answered is the bot's.

import type { WechatEvent } from './webhook.ts'

export interface WechatInbound {
  text: string
  /** What came instead of text. */
  kind?: 'followed' | 'voice' | 'media'
  /** EventKey of a button of the menu. */
  button?: string
  /** The scene of a scanned code, `bind_7GQK2MXB`. */
  scene?: string
  /** MediaId of a picture or film. */
  mediaId?: string
  /** They no longer follow the account: nobody waits for an answer. */
  left?: true
}

/** Milliseconds for which the platform takes customer-service texts after words of a person, and after a button, a scan, a follow. */
const AFTER_WORDS = 48 * 3_600_000
const AFTER_EVENT = 60_000

export function windowAfter({ type }: WechatEvent): number {
  return type === 'event' ? AFTER_EVENT : AFTER_WORDS
}

/** Longest text of a passive reply, in UTF-8 bytes. */
const REPLY_BYTES = 2048

const MEDIA: ReadonlySet<string> = new Set(['image', 'video', 'shortvideo', 'link', 'file'])

/** Null: nothing that a person waits for an answer to (a link opened, receipts, consents, where a phone is). */
export function inboundOf({ type, event, fields }: WechatEvent): WechatInbound | null {
  switch (type) {
    case 'text':
      return { text: fields['Content'] ?? '' }
    case 'voice':
      return inWords(fields['Recognition'], 'voice')
    case 'location':
      // A place that was chosen and sent says where something happened.
      return inWords(fields['Label'], 'media')
    case 'event':
      return ofEvent(event, fields['EventKey'] ?? '')
    default:
      return MEDIA.has(type) ? { text: '', kind: 'media', ...mediaOf(fields) } : null
  }
}

function inWords(text = '', kind: 'voice' | 'media'): WechatInbound {
  return text === '' ? { text, kind } : { text }
}

function mediaOf({ MediaId: mediaId = '' }: WechatEvent['fields']): Pick<WechatInbound, 'mediaId'> {
  return /^[\w-]{1,200}$/.test(mediaId) ? { mediaId } : {}
}

function ofEvent(event: string | null, key: string): WechatInbound | null {
  switch (event) {
    case 'subscribe':
      // `qrscene_` stands before the scene only here, and only when a code was scanned.
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

/** A reply that the platform takes: cut at its limit, never inside a character. */
export function passiveText(text: string): string {
  if (Buffer.byteLength(text) <= REPLY_BYTES) return text
  let kept = ''
  let bytes = Buffer.byteLength('…')
  for (const sign of text) {
    bytes += Buffer.byteLength(sign)
    if (bytes > REPLY_BYTES) break
    kept += sign
  }
  return `${kept}…`
}
