// What a person did in the official account, read from an event: words, a button of the menu, a scanned code, something without words.
// Signatures and encryption are wechat-webhook.ts; what is answered is the bot's.

import type { WechatEvent } from './wechat-webhook.ts'

export interface WechatInbound {
  text: string
  /** What came instead of text. */
  kind?: 'followed' | 'voice' | 'media'
  /** EventKey of a button of the menu. */
  button?: string
  /** The scene of a scanned code, `bind_7GQK2MXB`. */
  scene?: string
}

/** Longest text of a passive reply, in UTF-8 bytes. */
const REPLY_BYTES = 2048

const MEDIA: ReadonlySet<string> = new Set(['image', 'video', 'shortvideo', 'location', 'link', 'file'])

/** Null: nothing that a person waits for an answer to (unfollowing, a link opened, receipts, consents). */
export function inboundOf({ type, event, fields }: WechatEvent): WechatInbound | null {
  switch (type) {
    case 'text':
      return { text: fields['Content'] ?? '' }
    case 'voice': {
      const heard = fields['Recognition'] ?? ''
      return heard === '' ? { text: '', kind: 'voice' } : { text: heard }
    }
    case 'event':
      return ofEvent(event, fields['EventKey'] ?? '')
    default:
      return MEDIA.has(type) ? { text: '', kind: 'media' } : null
  }
}

function ofEvent(event: string | null, key: string): WechatInbound | null {
  switch (event) {
    case 'subscribe':
      // `qrscene_` stands before the scene only here, and only when a code was scanned.
      return key.startsWith('qrscene_') ? { text: '', scene: key.slice('qrscene_'.length) } : { text: '', kind: 'followed' }
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
