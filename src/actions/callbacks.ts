// What providers send to us by webhook: verified first, read after, then handed to the act it is for: a receipt, or the bot for what people write.
// What the bot answers is bot/answer; here it only gets the channel's form.

import { answer, type InboundMessage } from '../../bot/answer.ts'
import type { Intent } from '../../bot/understand/intents.ts'
import { messageReply, readInbound } from '../channels/twilio-inbound.ts'
import { receiptOf as twilioReceipt, validSignature } from '../channels/twilio-sms.ts'
import { inboundOf, passiveText, type WechatInbound } from '../channels/wechat-inbound.ts'
import {
  checkAddress,
  readEvent,
  receiptOf as wechatReceipt,
  sealReply,
  textReply,
  type WechatAccount,
  type WechatQuery,
} from '../channels/wechat-webhook.ts'
import { AppError } from '../core/errors.ts'
import { HOUSE } from '../domain/roles.ts'
import type { House } from './context.ts'
import { takeReceipt } from './receipts.ts'

export interface TwilioCallback {
  /** X-Twilio-Signature. */
  signature: string | undefined
  /** Path and query as they came: with the configured public address before them, what Twilio signed. */
  url: string
  form: Readonly<Record<string, string>>
}

/** A status callback of Twilio (docs: "Track the message status of outbound messages"). @throws `route_missing` when Twilio is not configured, `signature_wrong`. */
export async function twilioStatus(house: House, callback: TwilioCallback): Promise<void> {
  mustBeTwilio(house, callback)
  const receipt = twilioReceipt(callback.form, house.log)
  if (receipt !== null) await takeReceipt(house, HOUSE, receipt)
}

/** An SMS from a phone; the answer is TwiML. @throws `route_missing`, `signature_wrong`, `request_invalid`. */
export async function twilioMessage(house: House, callback: TwilioCallback): Promise<string> {
  mustBeTwilio(house, callback)
  const message = readInbound(callback.form)
  if (message === null) throw new AppError('request_invalid')
  const { id, from, text, media } = message
  const wordless = media && text.trim() === ''
  const reply = await answer(house, { channel: 'sms', from, messageId: id, text, ...(wordless ? { kind: 'media' as const } : {}) })
  return messageReply(reply.text)
}

function mustBeTwilio({ config }: House, { signature, url, form }: TwilioCallback): void {
  const { twilio, publicUrl } = config
  if (twilio === undefined) throw new AppError('route_missing')
  if (!validSignature(twilio.authToken, signature, `${publicUrl}${url}`, form)) throw new AppError('signature_wrong')
}

/** The GET by which WeChat verifies our address: answers what to give back. @throws `route_missing`, `signature_wrong`. */
export function wechatAddress(house: House, query: WechatQuery): string {
  return checkAddress(accountOf(house), query, house.clock.now())
}

/** What the platform reads as: taken, and nothing to say. */
const TAKEN = 'success'

/**
 * One POST of WeChat, answered with the passive reply in the form the account uses, or `success`. The same message again, which the platform sends when
 * five seconds have passed without an answer, gets the reply that is kept. @throws `route_missing`, `signature_wrong`, `request_invalid`.
 */
export async function wechatPost(house: House, query: WechatQuery, body: string): Promise<string> {
  const account = accountOf(house)
  const event = readEvent(account, query, body, house.clock.now())
  const receipt = wechatReceipt(event, house.log)
  if (receipt !== null) await takeReceipt(house, HOUSE, receipt)
  const inbound = receipt === null ? inboundOf(event) : null
  if (inbound === null) return TAKEN
  const reply = await answer(house, { channel: 'wechat', from: event.from, messageId: event.dedupeKey, ...meant(inbound) })
  if (reply.text === '') return TAKEN
  const at = house.clock.now()
  const xml = textReply({ to: event.from, from: event.to, at, text: passiveText(reply.text) })
  return account.aesKey === undefined ? xml : sealReply(account, xml, at)
}

/** Buttons of the account's menu. One that is not here gets the help. */
const BUTTONS: Readonly<Record<string, Intent>> = {
  MENU_ENQUIRY: 'query_list',
  MENU_COMPLAINT: 'complaint_new',
  MENU_PROGRESS: 'complaint_status',
  MENU_REMOVAL: 'removal_info',
  MENU_SUBSCRIBE: 'subscribe',
  MENU_BIND: 'liaison_bind',
  MENU_HUMAN: 'human',
}
const BINDING = 'bind_'

function meant({ text, kind, button, scene }: WechatInbound): Pick<InboundMessage, 'text' | 'kind' | 'meant'> {
  if (button !== undefined) return { text: '', meant: BUTTONS[button] ?? 'help' }
  if (scene?.startsWith(BINDING) === true) return { text: scene.slice(BINDING.length), meant: 'liaison_bind' }
  if (scene !== undefined) return { text: '', kind: 'followed' }
  return { text, ...(kind === undefined ? {} : { kind }) }
}

function accountOf(house: House): WechatAccount {
  const { wechat } = house.config
  if (wechat === undefined) throw new AppError('route_missing')
  return { appId: wechat.appId, token: wechat.token, ...(wechat.aesKey === undefined ? {} : { aesKey: wechat.aesKey }) }
}
