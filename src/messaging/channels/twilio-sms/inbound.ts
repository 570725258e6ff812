// Reads an SMS that somebody sent to us through Twilio, and writes the TwiML that answers it (docs: "Twilio's request to your webhook").
// Signatures are in channel.ts; what is replied is decided in bot/answer.

/** One message to us. */
export interface TwilioInbound {
  /** MessageSid: the same for every repeat. */
  id: string
  /** E.164. */
  from: string
  text: string
  /** URLs of the pictures that came with it, as in the form. */
  mediaUrls: readonly string[]
}

/** The most pictures a message has. */
const PICTURES = 10

/** Twilio refuses a longer body (21617). UTF-16 units. */
const LONGEST = 1600

/** Null for a form that is not a message from a phone. */
export function readInbound(form: Readonly<Record<string, string>>): TwilioInbound | null {
  const { MessageSid: id, From: from, Body: text = '', NumMedia: media = '0' } = form
  if (id === undefined || from === undefined || !/^\+[1-9]\d{5,14}$/.test(from)) return null
  const count = Math.min(Number(media) || 0, PICTURES)
  const mediaUrls = Array.from({ length: count }, (_, n) => form[`MediaUrl${n}`] ?? '')
  return { id, from, text, mediaUrls }
}

/** TwiML with one message, or with none for an empty text. A longer text than Twilio allows is cut. */
export function messageReply(text: string): string {
  const head = '<?xml version="1.0" encoding="UTF-8"?>'
  if (text === '') return `${head}<Response/>`
  const body = text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
  return `${head}<Response><Message>${body.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '')}</Message></Response>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
