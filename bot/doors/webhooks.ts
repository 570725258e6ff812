// What providers send to us by webhook: verified first, read after, then handed to the act it is for: a receipt, or the bot for what people write.
// What the bot answers is bot/answer; here it only gets the channel's form.

import { setTimeout as sleep } from 'node:timers/promises'
import { answer, NOBODY, type InboundMessage, type Reply } from '../answer.ts'
import { DIALOGS } from '../dialogs/all.ts'
import { messageReply, readInbound } from '../../src/messaging/channels/twilio-sms/inbound.ts'
import { mediaPath } from '../../src/messaging/channels/twilio-sms/media.ts'
import { receiptOf as twilioReceipt, validSignature } from '../../src/messaging/channels/twilio-sms/channel.ts'
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
import { keepPendingReply, takePendingReplies } from '../../src/messaging/pending-replies.ts'
import { takeReceipt } from '../../src/messaging/receipts.ts'
import { leaveAccount } from '../../src/features/units/subscriptions.commands.ts'

export interface TwilioCallback {
  /** X-Twilio-Signature. */
  signature: string | undefined
  /** Path and query as they came: with the configured public address before them, what Twilio signed. */
  url: string
  form: Readonly<Record<string, string>>
}

/** A status callback of Twilio (docs: "Track the message status of outbound messages"). @throws `route_missing` when Twilio is not configured, `signature_wrong`. */
export async function twilioStatus(app: AppContext, callback: TwilioCallback): Promise<void> {
  mustBeTwilio(app, callback)
  const receipt = twilioReceipt(callback.form, app.log)
  if (receipt !== null) await takeReceipt(app, SYSTEM, receipt)
}

/** An SMS from a phone; the answer is TwiML. @throws `route_missing`, `signature_wrong`, `request_invalid`. */
export async function twilioMessage(app: AppContext, callback: TwilioCallback): Promise<string> {
  mustBeTwilio(app, callback)
  const message = readInbound(callback.form)
  if (message === null) throw new AppError('request_invalid')
  const { id, from, text, mediaUrls } = message
  const wordless = mediaUrls.length > 0 && text.trim() === ''
  const media = mediaUrls.flatMap((url) => {
    const path = mediaPath(url, app.config.twilio?.accountSid ?? '')
    return path === null ? [] : [`twilio:${path}`]
  })
  const reply = await answer(app, { channel: 'sms', from, messageId: id, text, media, ...(wordless ? { kind: 'media' as const } : {}) })
  return messageReply(reply.text)
}

function mustBeTwilio({ config }: AppContext, { signature, url, form }: TwilioCallback): void {
  const { twilio, publicUrl } = config
  if (twilio === undefined) throw new AppError('route_missing')
  if (!validSignature(twilio.authToken, signature, `${publicUrl}${url}`, form)) throw new AppError('signature_wrong')
}

/** The GET by which WeChat verifies our address: answers what to give back. @throws `route_missing`, `signature_wrong`. */
export function wechatAddress(app: AppContext, query: WechatQuery): string {
  return checkAddress(accountOf(app), query, app.clock.now())
}

/** What the platform reads as: taken, and nothing to say. */
const TAKEN = 'success'

/** Milliseconds after which a webhook is answered whatever the bot does, and in which a turn that is being committed must end: at 5 s the platform gives up. */
export interface Patience {
  soft: number
  hard: number
}

export const PATIENCE: Patience = { soft: 3_500, hard: 4_400 }

/**
 * One POST of WeChat, answered with the passive reply in the form the account uses, or `success`. The same message again, which the platform sends when
 * five seconds have passed without an answer, gets the reply that is kept. A reply that takes longer goes out as a customer-service text, never both.
 * @throws `route_missing`, `signature_wrong`, `request_invalid`; `database_busy` when nothing could be kept in time, so that the platform asks again.
 */
export async function wechatPost(app: AppContext, query: WechatQuery, body: string, patience: Patience = PATIENCE): Promise<string> {
  const account = accountOf(app)
  const event = readEvent(account, query, body, app.clock.now())
  const receipt = wechatReceipt(event, app.log)
  if (receipt !== null) await takeReceipt(app, SYSTEM, receipt)
  const inbound = receipt === null ? inboundOf(event) : null
  if (inbound === null) return TAKEN
  if (inbound.left === true) return taken(leaveAccount(app, PUBLIC, { wechat: event.from }))
  const message = {
    channel: 'wechat',
    from: event.from,
    messageId: event.dedupeKey,
    window: windowAfter(event),
    ...meant(inbound),
  } as const
  const reply = await answerInTime(app, message, patience)
  if (reply === null || reply.late || reply.text === '') return TAKEN
  const at = app.clock.now()
  const xml = textReply({ to: event.from, from: event.to, at, text: passiveText(reply.text) })
  return account.aesKey === undefined ? xml : sealReply(account, xml, at)
}

async function taken(work: Promise<unknown>): Promise<string> {
  await work
  return TAKEN
}

/**
 * The reply, or null when the message is kept and its reply will go out by itself. Who gives the reply is settled once: by the turn when it asks whether
 * anybody still waits, or by the end of the patience, whichever comes first.
 */
async function answerInTime(app: AppContext, message: InboundMessage, { soft, hard }: Patience): Promise<Reply | null> {
  const settled: { by: 'nobody' | 'turn' | 'patience' } = { by: 'nobody' }
  const waits = (): boolean => {
    if (settled.by === 'nobody') settled.by = 'turn'
    return settled.by === 'turn'
  }
  const turn = answer(app, message, DIALOGS, { waits })
  // Whatever becomes of a turn that nobody waits for any more: the debt is taken up by the clocks.
  turn.catch(() => undefined)
  const reply = await within(turn, soft)
  if (reply !== null) return reply
  if (isTurns(settled)) {
    const inTime = await within(turn, hard - soft)
    if (inTime === null) throw new AppError('database_busy')
    return inTime
  }
  settled.by = 'patience'
  await keepPendingReply(app, PUBLIC, message)
  app.log.info('chat.late')
  return null
}

/** The compiler does not see what the turn does meanwhile. */
function isTurns({ by }: { by: string }): boolean {
  return by === 'turn'
}

/** What a promise brings, or null after so many milliseconds. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
  const ended = new AbortController()
  try {
    return await Promise.race([promise, sleep(milliseconds, null, { signal: ended.signal })])
  } finally {
    ended.abort()
  }
}

/** Answers messages that were taken and not answered: their process ended. Answers how many there were. */
export async function answerOwed(app: AppContext): Promise<number> {
  let answered = 0
  for (;;) {
    const owed = await takePendingReplies(app, SYSTEM, undefined)
    if (owed.length === 0) return answered
    // The turn settles the debt.
    for (const message of owed) await answer(app, message as InboundMessage, DIALOGS, NOBODY)
    answered += owed.length
  }
}

function meant({ text, kind, button, scene, mediaId }: WechatInbound): Pick<InboundMessage, 'text' | 'kind' | 'meant' | 'media'> {
  if (button !== undefined) return { text: '', meant: BUTTONS[button] ?? 'help' }
  if (scene?.startsWith(BINDING_SCENE) === true) return { text: scene.slice(BINDING_SCENE.length), meant: 'liaison_bind' }
  if (scene !== undefined) return { text: '', kind: 'followed' }
  return { text, ...(kind === undefined ? {} : { kind }), ...(mediaId === undefined ? {} : { media: [`wechat:${mediaId}`] }) }
}

function accountOf(app: AppContext): WechatAccount {
  const { wechat } = app.config
  if (wechat === undefined) throw new AppError('route_missing')
  return { appId: wechat.appId, token: wechat.token, ...(wechat.aesKey === undefined ? {} : { aesKey: wechat.aesKey }) }
}
