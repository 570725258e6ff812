// Handles webhooks of Twilio and WeChat: verifies the signature, then reads a receipt, or a person's message that the bot answers.
// The reply comes from bot/answer.ts and gets the channel's message format here; the routes are webhooks.routes.ts.

import { setTimeout as sleep } from 'node:timers/promises'
import { answer } from '../answer.ts'
import type { InboundMessage, Reply } from '../message.ts'
import { DIALOGS } from '../dialogs/all.ts'
import { messageReply, readInbound } from '../../src/messaging/channels/twilio-sms/inbound.ts'
import { mediaPath } from '../../src/messaging/channels/twilio-sms/media.ts'
import { deliveryOf, receiptOf as twilioReceipt, validSignature } from '../../src/messaging/channels/twilio-sms/channel.ts'
import { inboundOf, passiveText, windowAfter, type WechatInbound } from '../../src/messaging/channels/wechat-official/inbound.ts'
import {
  checkAddress,
  readEvent,
  receiptOf as wechatReceipt,
  sealReply,
  textReply,
  type WechatAccount,
  type WechatQuery,
} from '../../src/messaging/channels/wechat-official/webhook.ts'
import { AppError } from '../../src/core/errors.ts'
import { SYSTEM, PUBLIC } from '../../src/platform/commands/permissions.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { BINDING_SCENE, BUTTONS } from '../wechat-menu.ts'
import { keepPendingReply } from '../../src/messaging/pending-replies.ts'
import { carryOutOnce } from '../../src/messaging/seen-events.ts'
import { takeReceipt } from '../../src/messaging/receipts.ts'
import { leaveAccount } from '../../src/features/units/subscriptions.commands.ts'

/** A form that Twilio posted. */
export interface TwilioCallback {
  /** The header X-Twilio-Signature. */
  signature: string | undefined
  /** Path and query as they came. Twilio signed them with the configured public address before them. */
  url: string
  form: Readonly<Record<string, string>>
}

/**
 * Takes a status callback of Twilio (docs: "Track the message status of outbound messages").
 * @throws `route_missing` when Twilio is not configured, `signature_wrong`.
 */
export async function twilioStatus(app: AppContext, callback: TwilioCallback): Promise<void> {
  mustBeTwilio(app, callback)
  const receipt = twilioReceipt(callback.form, app.log)
  const delivery = deliveryOf(callback.url)
  if (receipt !== null) await takeReceipt(app, SYSTEM, delivery === null ? receipt : { ...receipt, delivery })
}

/** Answers an SMS with TwiML. @throws `route_missing`, `signature_wrong`, `request_invalid`. */
export async function twilioMessage(app: AppContext, callback: TwilioCallback): Promise<string> {
  mustBeTwilio(app, callback)
  const message = readInbound(callback.form)
  if (message === null) throw new AppError('request_invalid')
  const { id, from, text, mediaUrls } = message
  const mediaOnly = mediaUrls.length > 0 && text.trim() === ''
  const media = mediaUrls.flatMap((url) => {
    const path = mediaPath(url, app.config.twilio?.accountSid ?? '')
    return path === null ? [] : [`twilio:${path}`]
  })
  const reply = await answer(app, { channel: 'sms', from, messageId: id, text, media, ...(mediaOnly ? { kind: 'media' as const } : {}) })
  return messageReply(reply.text)
}

function mustBeTwilio({ config }: AppContext, { signature, url, form }: TwilioCallback): void {
  const { twilio, publicUrl } = config
  if (twilio === undefined) throw new AppError('route_missing')
  if (!validSignature(twilio.authToken, signature, `${publicUrl}${url}`, form)) throw new AppError('signature_wrong')
}

/** Answers the GET by which WeChat verifies our address with the text to send back. @throws `route_missing`, `signature_wrong`. */
export function wechatAddress(app: AppContext, query: WechatQuery): string {
  return checkAddress(accountOf(app), query, app.clock.now())
}

/** The body that acknowledges a message without a reply. */
const ACKNOWLEDGED = 'success'

/** Time limits for one webhook, in milliseconds from its start. The platform gives up after five seconds. */
export interface TimeLimits {
  /** When the webhook is answered even if the turn has not finished. */
  soft: number
  /** When a turn that is already being committed must have finished. */
  hard: number
}

/** The limits that are used outside tests. */
const TIME_LIMITS: TimeLimits = { soft: 3_500, hard: 4_400 }

/**
 * Answers one POST of WeChat with the passive reply, plain or encrypted as the account is configured, or with `success`. The platform
 * repeats a message after five seconds without an answer; the repeat gets the stored reply. A reply that takes longer goes out as a
 * customer-service message, never both.
 * @throws `route_missing`, `signature_wrong`, `request_invalid`; `database_busy` when nothing could be stored in time, so that the platform
 * repeats it.
 */
export async function wechatPost(app: AppContext, query: WechatQuery, body: string, patience: TimeLimits = TIME_LIMITS): Promise<string> {
  const account = accountOf(app)
  const event = readEvent(account, query, body, app.clock.now())
  const receipt = wechatReceipt(event, app.log)
  if (receipt !== null) await takeReceipt(app, SYSTEM, receipt)
  const inbound = receipt === null ? inboundOf(event) : null
  if (inbound === null) return ACKNOWLEDGED
  if (inbound.left === true) {
    // Sent again by a stranger, it would end what the person has begun anew meanwhile.
    const key = `wechat:${event.from}:${event.dedupeKey}`
    await carryOutOnce(app, PUBLIC, { key, work: (within) => leaveAccount(within, PUBLIC, { wechat: event.from }) })
    return ACKNOWLEDGED
  }
  const message = {
    channel: 'wechat',
    from: event.from,
    messageId: event.dedupeKey,
    window: windowAfter(event),
    ...contentOf(inbound),
  } as const
  const reply = await answerInTime(app, message, patience)
  if (reply === null || reply.late || reply.text === '') return ACKNOWLEDGED
  const at = app.clock.now()
  const xml = textReply({ to: event.from, from: event.to, at, text: passiveText(reply.text) })
  return account.aesKey === undefined ? xml : sealReply(account, xml, at)
}

/**
 * The reply, or null when the message is stored and its reply goes out through the outbox. Which of the two it is gets decided once: by the
 * turn, when it asks whether anybody still waits, or by the end of the time limit, whichever comes first.
 */
async function answerInTime(app: AppContext, message: InboundMessage, { soft, hard }: TimeLimits): Promise<Reply | null> {
  const decision: { by: 'nobody' | 'turn' | 'time limit' } = { by: 'nobody' }
  const waits = (): boolean => {
    if (decision.by === 'nobody') decision.by = 'turn'
    return decision.by === 'turn'
  }
  const turn = answer(app, message, DIALOGS, { waits })
  // The pending reply is stored below; when a turn fails that nobody waits for, the scheduled task answers the message again.
  turn.catch(() => undefined)
  const reply = await within(turn, soft)
  if (reply !== null) return reply
  if (isDecidedByTurn(decision)) {
    const inTime = await within(turn, hard - soft)
    if (inTime === null) throw new AppError('database_busy')
    return inTime
  }
  decision.by = 'time limit'
  await keepPendingReply(app, PUBLIC, message)
  app.log.info('chat.late')
  return null
}

/** A function of its own, because the compiler does not see that the turn changes `by` meanwhile. */
function isDecidedByTurn({ by }: { by: string }): boolean {
  return by === 'turn'
}

/** The promise's value, or null after so many milliseconds. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
  const timer = new AbortController()
  try {
    return await Promise.race([promise, sleep(milliseconds, null, { signal: timer.signal })])
  } finally {
    timer.abort()
  }
}

/** The part of an inbound message that says what the person did: wrote, pressed a button, scanned a code, followed the account. */
function contentOf({ text, kind, button, scene, mediaId }: WechatInbound): Pick<InboundMessage, 'text' | 'kind' | 'meant' | 'media'> {
  if (button !== undefined) return { text: '', meant: BUTTONS.get(button) ?? 'help' }
  if (scene?.startsWith(BINDING_SCENE) === true) return { text: scene.slice(BINDING_SCENE.length), meant: 'liaison_bind' }
  if (scene !== undefined) return { text: '', kind: 'followed' }
  return { text, ...(kind === undefined ? {} : { kind }), ...(mediaId === undefined ? {} : { media: [`wechat:${mediaId}`] }) }
}

function accountOf(app: AppContext): WechatAccount {
  const { wechat } = app.config
  if (wechat === undefined) throw new AppError('route_missing')
  return { appId: wechat.appId, token: wechat.token, ...(wechat.aesKey === undefined ? {} : { aesKey: wechat.aesKey }) }
}
