// An SMS that somebody sent to us through Twilio, and the TwiML that answers it in the same breath (docs: "Twilio's request to your webhook").
// Signatures are twilio-sms.ts; what is answered is the bot's.

export interface TwilioInbound {
  /** MessageSid: the same for every repeat. */
  id: string
  /** E.164. */
  from: string
  text: string
  /** Where the pictures are that came with it, as the form says. */
  mediaUrls: readonly string[]
}

/** The most pictures a message has. */
const PICTURES = 10

/** Twilio refuses a longer body (21617). UTF-16 units. */
const LONGEST = 1600

/** Null for a form that is no message of a phone. */
export function readInbound(form: Readonly<Record<string, string>>): TwilioInbound | null {
  const { MessageSid: id, From: from, Body: text = '', NumMedia: media = '0' } = form
  if (id === undefined || from === undefined || !/^\+[1-9]\d{5,14}$/.test(from)) return null
  const count = Math.min(Number(media) || 0, PICTURES)
  const mediaUrls = Array.from({ length: count }, (_, n) => form[`MediaUrl${n}`] ?? '')
  return { id, from, text, mediaUrls }
}

/** TwiML with one message, or with none. */
export function messageReply(text: string): string {
  const head = '<?xml version="1.0" encoding="UTF-8"?>'
  if (text === '') return `${head}<Response/>`
  const body = text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
  return `${head}<Response><Message>${body.replace(/[&<>]/g, (sign) => SIGNS[sign] ?? '')}</Message></Response>`
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
