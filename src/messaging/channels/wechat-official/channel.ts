// The channel of the WeChat official account: sends template messages and customer-service texts.
// What WeChat sends to us is in webhook.ts; the access token and the error codes are in account.ts.

import type { Channel, OutboundMessage, Outcome } from '../channel.ts'
import type { ReceiptTerms } from '../../deliveries.rules.ts'
import { LIMITS, postJson, type Exchange } from '../fetch.ts'
import {
  ERRCODES,
  errcodeOf,
  msgidOf,
  outcome,
  TOKEN_REFUSED,
  tokenHolder,
  UNLISTED,
  WECHAT_OFFICIAL,
  type AccountOptions,
} from './account.ts'

/** Milliseconds after an attempt in which it may be repeated: the platform drops repeats for ten minutes. */
const REPEATABLE_FOR = 9 * 60_000

export interface WechatOfficialOptions extends AccountOptions {
  /** Template id of the account for each template key of the application. */
  templates: Readonly<Record<string, string>>
  /** Whether the account may send a customer-service text to the person now. Absent: none are sent. */
  windowOpen?: (openid: string) => boolean | Promise<boolean>
  receipts?: ReceiptTerms
}

/** TEMPLATESENDJOBFINISH comes within seconds, is repeated twice, and cannot be asked for. A customer-service text has none. */
const RECEIPTS: ReceiptTerms = { deadline: 3_600_000 }

/**
 * Sends a template message if the account has a template for the message's key; otherwise a customer-service text while the person's 48
 * hours are open; otherwise returns `closed` (`no_template`). A template message's `ref` is the platform's msgid, and its receipt comes as
 * TEMPLATESENDJOBFINISH. A customer-service text's `ref` is the delivery's id, and it never gets a receipt.
 *
 * `client_msg_id` is the delivery's id: the platform drops a repeat within ten minutes. So `reconcile` repeats a template message until
 * nine minutes after `sentAt`; afterwards, and for texts always, it returns null.
 */
export function createWechatOfficial(options: WechatOfficialOptions): Channel {
  const { clock, log, limits = LIMITS } = options
  const tokens = tokenHolder(options)

  const call = (request: Request, token: string): Promise<Exchange> =>
    postJson(`${options.baseUrl}${request.path}?access_token=${encodeURIComponent(token)}`, request.payload, limits)

  async function attempt(message: OutboundMessage): Promise<Outcome> {
    const request = await requestFor(message, options)
    if ('kind' in request) return request
    const grant = await tokens.obtain(null)
    if ('kind' in grant) return grant
    const answer = await call(request, grant.token)
    if (!TOKEN_REFUSED.has(errcodeOf(answer) ?? 0)) return outcomeOf(answer, message, options)
    const second = await tokens.obtain(grant.token)
    if ('kind' in second) return second
    return outcomeOf(await call(request, second.token), message, options)
  }

  async function send(message: OutboundMessage): Promise<Outcome> {
    try {
      return await attempt(message)
    } catch (error) {
      // Only our own code throws here (token store, window), and always before a message is sent.
      log.error('channel_failed', { provider: WECHAT_OFFICIAL, delivery: message.id }, error)
      return { kind: 'later', code: 'internal', reason: 'the application could not prepare the message' }
    }
  }

  return {
    medium: 'wechat',
    provider: WECHAT_OFFICIAL,
    receipts: options.receipts ?? RECEIPTS,
    send,
    reconcilesBySending: true,
    async reconcile(message, sentAt) {
      const key = message.body.template?.key
      const repeatable = key !== undefined && (options.templates[key] ?? '') !== ''
      if (!repeatable || clock.now().getTime() - sentAt.getTime() > REPEATABLE_FOR) return null
      const repeated = await send(message)
      return ['later', 'busy', 'unknown'].includes(repeated.kind) ? null : repeated
    },
  }
}

interface Request {
  path: string
  payload: unknown
}

/** The request that sends a message, or why none can be made. */
async function requestFor(message: OutboundMessage, { templates, windowOpen }: WechatOfficialOptions): Promise<Request | Outcome> {
  const { template, text, url } = message.body
  const templateId = template === undefined ? undefined : templates[template.key]
  if (template !== undefined && templateId !== undefined && templateId !== '') {
    const data = Object.fromEntries(Object.entries(template.fields).map(([name, value]) => [name, { value }]))
    const link = url === undefined ? {} : { url }
    return {
      path: '/cgi-bin/message/template/send',
      payload: { touser: message.to, template_id: templateId, ...link, client_msg_id: message.id, data },
    }
  }
  const isOpen = (await windowOpen?.(message.to)) ?? false
  if (!isOpen) return { kind: 'closed', code: 'no_template', reason: 'no template for this message and no open 48 hours' }
  return { path: '/cgi-bin/message/custom/send', payload: { touser: message.to, msgtype: 'text', text: { content: text } } }
}

function outcomeOf(answer: Exchange, message: OutboundMessage, { clock, log }: WechatOfficialOptions): Outcome {
  if (answer.kind === 'not_sent') return { kind: 'later', code: 'not_sent', reason: answer.reason, ofProvider: true }
  if (answer.kind === 'in_doubt') return { kind: 'unknown', code: answer.reason, reason: 'no answer that can be read' }
  const facts = { provider: WECHAT_OFFICIAL, delivery: message.id }
  const errcode = errcodeOf(answer)
  if (answer.status !== 200 || errcode === null) {
    log.error('provider_answer_strange', { ...facts, status: answer.status })
    return foreignAnswer(answer.status)
  }
  if (errcode === 0) return { kind: 'accepted', ref: msgidOf(answer) ?? message.id }
  const verdict = ERRCODES.get(errcode)
  if (verdict === undefined || verdict.alert === true)
    log.error('provider_code', { ...facts, code: errcode, listed: verdict !== undefined })
  return outcome(errcode, verdict ?? UNLISTED, clock.now())
}

/** An answer that is not WeChat's, such as a proxy's page. With a 2xx status somebody may have taken the message, otherwise nobody has. */
function foreignAnswer(status: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'unknown', code: 'unreadable', reason: 'an answer without errcode' }
  return { kind: 'later', code: `http_${status}`, reason: 'not the answer of this provider', ofProvider: true }
}
