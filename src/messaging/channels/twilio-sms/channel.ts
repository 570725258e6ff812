// The channel of SMS through Twilio: sends, settles doubts by listing messages, reads status callbacks and checks their signatures.
// HTTP requests are in client.ts; of the library only its small signature module is loaded at once.

import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import type { Clock } from '../../../core/clock.ts'
import type { Log } from '../../../core/log.ts'
import type { Channel, OutboundMessage, Outcome, Receipt } from '../channel.ts'
import type { ReceiptTerms } from '../../deliveries.rules.ts'
import { codeOf, LIMITS, neverSent, type Limits } from '../fetch.ts'
import { connectTwilio, isRefusal, stillQueued } from './client.ts'

export interface TwilioSmsOptions {
  accountSid: string
  authToken: string
  /** The sender: a number in E.164, or the SID of a messaging service that chooses one. */
  sender: { from: string } | { messagingServiceSid: string }
  /** `https://api.twilio.com`, or a stand-in; without a closing slash. */
  baseUrl: string
  /** Public URL of our status webhook; absent: Twilio sends no callbacks, and only `reconcile` finds out what became of a message. */
  statusCallbackUrl?: string
  clock: Clock
  log: Log
  limits?: Limits
  /** Milliseconds after which a message that Twilio does not list counts as never received. Default 60,000. */
  settleAfter?: number
  receipts?: ReceiptTerms
}

/** Carriers answer within minutes or, for a phone that is switched off, within hours; Twilio itself gives up after ten. */
const RECEIPTS: ReceiptTerms = { askAfter: 60_000, deadline: 12 * 3_600_000 }

/** The provider's name in attempts, receipts and logs. */
export const TWILIO_SMS = 'twilio-sms'

/** The parameter of the status callback's address that holds the delivery's id. */
const DELIVERY_PARAMETER = 'delivery'

/** Creates the channel. Twilio's POST is not idempotent: time-outs and 5xx are `unknown`, and `reconcile` finds the message by its text. */
export async function createTwilioSms(options: TwilioSmsOptions): Promise<Channel> {
  const { clock, log, settleAfter = 60_000 } = options
  const client = await connectTwilio({ ...options, limits: options.limits ?? LIMITS })

  /** The delivery's id rides in the address, so that a callback finds its message before the SID is known. It says nothing about anybody. */
  function callbackOf({ id }: OutboundMessage): { statusCallback?: string } {
    if (options.statusCallbackUrl === undefined) return {}
    const url = new URL(options.statusCallbackUrl)
    url.searchParams.set(DELIVERY_PARAMETER, id)
    return { statusCallback: url.href }
  }

  async function find(message: OutboundMessage, sentAt: Date): Promise<Found | null> {
    const hasSameText = (listed: Found): boolean => listed.body === message.body.text
    const window = { dateSentAfter: new Date(sentAt.getTime() - DAY), dateSentBefore: new Date(sentAt.getTime() + DAY) }
    const inWindow = (await client.messages.list({ to: message.to, ...window, pageSize: 100, limit: 1000 })).find(hasSameText)
    if (inWindow !== undefined) return inWindow
    // A message that is still queued at Twilio has no date of sending, so the filter by date does not find it.
    return (await client.messages.list({ to: message.to, pageSize: 100, limit: 100 })).find(hasSameText) ?? null
  }

  return {
    medium: 'sms',
    provider: TWILIO_SMS,
    receipts: options.receipts ?? RECEIPTS,
    async outcomeOf(ref) {
      try {
        const { status, errorCode } = await client.messages(ref).fetch()
        return receiptOf({ MessageSid: ref, MessageStatus: status, ErrorCode: String(errorCode) }, log)
      } catch (error) {
        log.warn('receipt_ask_failed', { provider: TWILIO_SMS, ref, code: isRefusal(error) ? (error.code ?? error.status) : codeOf(error) })
        return null
      }
    },
    async send(message) {
      try {
        const created = await client.messages.create({ to: message.to, body: message.body.text, ...options.sender, ...callbackOf(message) })
        if (typeof created.sid === 'string' && created.sid !== '') return { kind: 'accepted', ref: created.sid }
        log.error('provider_answer_strange', { provider: TWILIO_SMS, delivery: message.id })
        return { kind: 'unknown', code: 'unreadable', reason: 'an answer without sid' }
      } catch (error) {
        return outcomeOfError(error, message, options)
      }
    },
    async reconcile(message, sentAt) {
      try {
        const found = await find(message, sentAt)
        if (found !== null) return outcomeOfListed(found, log, clock.now())
      } catch (error) {
        log.warn('reconcile_failed', {
          provider: TWILIO_SMS,
          delivery: message.id,
          code: isRefusal(error) ? (error.code ?? error.status) : codeOf(error),
        })
        return null
      }
      if (clock.now().getTime() - sentAt.getTime() < settleAfter) return null
      return { kind: 'closed', code: 'not_found', reason: 'Twilio never received it' }
    },
  }
}

/** The outcome of a message whose sending failed. */
function outcomeOfError(error: unknown, { id }: OutboundMessage, { clock, log }: Pick<TwilioSmsOptions, 'clock' | 'log'>): Outcome {
  if (!isRefusal(error)) {
    const code = codeOf(error)
    return neverSent(error) || stillQueued(error)
      ? { kind: 'later', code: 'not_sent', reason: code, ofProvider: true }
      : { kind: 'unknown', code, reason: 'no answer that can be read' }
  }
  if (error.status >= 500) return { kind: 'unknown', code: `http_${error.status}`, reason: 'no answer that can be read' }
  const again = error.retryAfter === null ? {} : { notBefore: retryAt(error.retryAfter, clock.now()) }
  if (error.status === 429 || BUSY.has(error.code ?? 0))
    return { kind: 'busy', code: String(error.code ?? 20429), reason: 'too many requests', ...again }
  const outcome = outcomeOf(error.code ?? `http_${error.status}`, log, { delivery: id }, clock.now())
  return outcome.kind === 'later' ? { ...outcome, ...again } : outcome
}

/** The delivery that a status callback's address names; null when it names none. @param url path and query as they came. */
export function deliveryOf(url: string): string | null {
  const id = new URL(url, 'http://callback').searchParams.get(DELIVERY_PARAMETER)
  return id !== null && /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id) ? id : null
}

/**
 * The receipt in a status callback's form; null when the form is not about an outbound message. Callbacks overtake each other: `stage` is
 * what this one reports, and messaging/receipts lets a delivery only move forward.
 */
export function receiptOf(form: Readonly<Record<string, string>>, log: Log): Receipt | null {
  const ref = form['MessageSid'] ?? form['SmsSid']
  const status = form['MessageStatus'] ?? form['SmsStatus']
  if (ref === undefined || status === undefined || INBOUND.has(status)) return null
  const stage = STAGES.get(status)
  if (stage === undefined) {
    log.error('provider_status', { provider: TWILIO_SMS, ref })
    return null
  }
  if (stage !== 'failed') return { provider: TWILIO_SMS, ref, status, stage }
  const code = numberOf(form['ErrorCode'])
  const failure = outcomeOf(code ?? 'no_code', log, { ref }, null)
  return { provider: TWILIO_SMS, ref, status, stage, code: String(code ?? 'no_code'), failure }
}

/** Whether Twilio signed this form. @param url the configured public URL with path and query as given to Twilio; never from a header. */
export function validSignature(
  authToken: string,
  signature: string | undefined,
  url: string,
  form: Readonly<Record<string, string>>,
): boolean {
  // With an empty token anybody could sign.
  if (authToken === '' || signature === undefined || !URL.canParse(url)) return false
  return validateRequest(authToken, signature, url, form)
}

type Failure = Extract<Outcome, { kind: 'later' | 'closed' | 'refused' }>

/** What an error code means for one message. */
interface Verdict {
  kind: Failure['kind']
  reason: string
  optedOut?: true
  /** A person must act: an ERROR in the log. `later` with an alert is about our account: a long pause, and it counts against the provider. */
  alert?: true
}

/** Milliseconds. */
const DAY = 86_400_000
/** Milliseconds before the next attempt while somebody has to repair the configuration. */
const REPAIR_PAUSE = 15 * 60_000
/** Seconds. */
const MAX_RETRY_AFTER = 3600

/** Codes of the API that concern the whole account: too many requests, and a full queue of the sender. */
const BUSY: ReadonlySet<number> = new Set([20429, 21611])

/** Codes of the API and of status callbacks, from Twilio's error dictionary. */
const CODES: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [30001, { kind: 'later', reason: 'queue overflow' }],
  [30008, { kind: 'later', reason: 'unknown error of the carrier' }],
  [21211, { kind: 'refused', reason: 'not a valid number' }],
  [21614, { kind: 'refused', reason: 'not a mobile number' }],
  [21610, { kind: 'refused', reason: 'opted out', optedOut: true }],
  [21612, { kind: 'closed', reason: 'no route to this number' }],
  [30003, { kind: 'closed', reason: 'handset unreachable' }],
  [30004, { kind: 'closed', reason: 'message blocked' }],
  [30005, { kind: 'closed', reason: 'unknown handset' }],
  [30006, { kind: 'closed', reason: 'landline or unreachable carrier' }],
  [30007, { kind: 'closed', reason: 'filtered by the carrier', alert: true }],
  // Defects of ours: the same text would fail again, so the next step is tried.
  [21602, { kind: 'closed', reason: 'body missing', alert: true }],
  [21617, { kind: 'closed', reason: 'body too long', alert: true }],
  // Configuration: every message fails until somebody repairs it.
  [20003, { kind: 'later', reason: 'credentials refused', alert: true }],
  [20404, { kind: 'later', reason: 'account unknown', alert: true }],
  [21212, { kind: 'later', reason: 'sender number invalid', alert: true }],
  [21408, { kind: 'later', reason: 'region not enabled', alert: true }],
  [21603, { kind: 'later', reason: 'sender missing', alert: true }],
  [21606, { kind: 'later', reason: 'sender may not send', alert: true }],
  [21608, { kind: 'later', reason: 'trial account', alert: true }],
  [30002, { kind: 'later', reason: 'account suspended', alert: true }],
])

const UNLISTED: Verdict = { kind: 'later', reason: 'a code that this application does not know' }

/** Twilio's message statuses as stages of a receipt. */
const STAGES: ReadonlyMap<string, Receipt['stage']> = new Map<string, Receipt['stage']>([
  ['accepted', 'queued'],
  ['scheduled', 'queued'],
  ['queued', 'queued'],
  ['sending', 'queued'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'delivered'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
])

/** Statuses of messages to us. */
const INBOUND: ReadonlySet<string> = new Set(['receiving', 'received'])

/** The outcome for a code. `now` is null for receipts, for which messaging/receipts computes the pause. */
function outcomeOf(code: number | string, log: Log, facts: Readonly<Record<string, string>>, now: Date | null): Failure {
  const verdict = typeof code === 'number' ? CODES.get(code) : undefined
  if (verdict === undefined || verdict.alert === true)
    log.error('provider_code', { provider: TWILIO_SMS, ...facts, code, listed: verdict !== undefined })
  const { kind, reason, optedOut, alert } = verdict ?? UNLISTED
  const outcome = { code: String(code), reason }
  if (kind === 'refused') return optedOut === true ? { kind, ...outcome, optedOut } : { kind, ...outcome }
  if (kind === 'later' && alert === true)
    return { kind, ...outcome, ofProvider: true, ...(now === null ? {} : { notBefore: new Date(now.getTime() + REPAIR_PAUSE) }) }
  return { kind, ...outcome }
}

/** Retry-After in seconds or as a date (RFC 9110); an hour at most, so that a wrong header does not silence the channel. */
function retryAt(retryAfter: string, now: Date): Date {
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - now.getTime()) / 1000
  return new Date(now.getTime() + Math.min(Math.max(Number.isNaN(seconds) ? 60 : seconds, 1), MAX_RETRY_AFTER) * 1000)
}

/** A message as Twilio lists it. */
interface Found {
  sid: string
  status: string
  body: string
  errorCode: number | null
}

/** What became of a message that Twilio lists. */
function outcomeOfListed(found: Found, log: Log, now: Date): Outcome {
  const stage = STAGES.get(found.status)
  if (stage === 'failed') return { ...outcomeOf(found.errorCode ?? 'no_code', log, { ref: found.sid }, now), ref: found.sid }
  return stage === 'delivered' ? { kind: 'accepted', ref: found.sid, receipt: 'delivered' } : { kind: 'accepted', ref: found.sid }
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) ? number : null
}
