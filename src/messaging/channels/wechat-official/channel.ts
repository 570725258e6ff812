// The WeChat official account: template messages, customer-service texts and the access token they need.
// What WeChat sends to us lives in wechat-webhook.ts; field limits of templates belong to the renderer.

import type { Channel, OutboundMessage, Outcome } from '../channel.ts'
import { LIMITS, postJson, type Exchange } from '../fetch.ts'
import {
  CODES,
  errcodeOf,
  msgidOf,
  outcome,
  TOKEN_REFUSED,
  tokenHolder,
  UNLISTED,
  WECHAT_OFFICIAL,
  type AccountOptions,
} from './account.ts'

const REPEATABLE_FOR = 9 * 60_000

export interface WechatOfficialOptions extends AccountOptions {
  /** Template key of the house -> template id that the account was given. */
  templates: Readonly<Record<string, string>>
  /** Whether the person wrote to the account within the last 48 hours. Absent: no customer-service texts. */
  windowOpen?: (openid: string) => boolean | Promise<boolean>
}

/**
 * Sends a template message when the account has a template for the message's key; otherwise a customer-service text while the person's
 * 48 hours are open; otherwise answers `closed` (`no_template`). A template message's `ref` is the platform's msgid, and its end arrives as
 * TEMPLATESENDJOBFINISH. A customer-service text's `ref` is the delivery's id, and no receipt ever follows.
 *
 * `client_msg_id` is the delivery's id: the platform sends a repeat within ten minutes once. So `reconcile` repeats a template message
 * for nine minutes after `sentAt` and says null later, and for texts always.
 */
export function createWechatOfficial(options: WechatOfficialOptions): Channel {
  const { clock, log, limits = LIMITS } = options
  const tokens = tokenHolder(options)

  async function requestFor(message: OutboundMessage): Promise<Request | Outcome> {
    const { template, text, url } = message.body
    const templateId = template === undefined ? undefined : options.templates[template.key]
    if (template !== undefined && templateId !== undefined && templateId !== '') {
      const data = Object.fromEntries(Object.entries(template.fields).map(([name, value]) => [name, { value }]))
      const link = url === undefined ? {} : { url }
      return {
        path: '/cgi-bin/message/template/send',
        payload: { touser: message.to, template_id: templateId, ...link, client_msg_id: message.id, data },
      }
    }
    const open = (await options.windowOpen?.(message.to)) ?? false
    if (!open) return { kind: 'closed', code: 'no_template', reason: 'no template for this message and no open 48 hours' }
    return { path: '/cgi-bin/message/custom/send', payload: { touser: message.to, msgtype: 'text', text: { content: text } } }
  }

  const call = (request: Request, token: string): Promise<Exchange> =>
    postJson(`${options.baseUrl}${request.path}?access_token=${encodeURIComponent(token)}`, request.payload, limits)

  async function attempt(message: OutboundMessage): Promise<Outcome> {
    const request = await requestFor(message)
    if ('kind' in request) return request
    const grant = await tokens.obtain(null)
    if ('kind' in grant) return grant
    const answer = await call(request, grant.token)
    if (!TOKEN_REFUSED.has(errcodeOf(answer) ?? 0)) return outcomeOf(answer, message)
    const second = await tokens.obtain(grant.token)
    if ('kind' in second) return second
    return outcomeOf(await call(request, second.token), message)
  }

  function outcomeOf(answer: Exchange, message: OutboundMessage): Outcome {
    if (answer.kind === 'not_sent') return { kind: 'later', code: 'not_sent', reason: answer.reason }
    if (answer.kind === 'in_doubt') return { kind: 'unknown', code: answer.reason, reason: 'no answer that can be read' }
    const facts = { provider: WECHAT_OFFICIAL, delivery: message.id }
    const errcode = errcodeOf(answer)
    if (answer.status !== 200 || errcode === null) return strange(answer.status, facts)
    if (errcode === 0) return { kind: 'accepted', ref: msgidOf(answer) ?? message.id }
    const verdict = CODES.get(errcode)
    if (verdict === undefined || verdict.alert === true)
      log.error('provider_code', { ...facts, code: errcode, listed: verdict !== undefined })
    return outcome(errcode, verdict ?? UNLISTED, clock.now())
  }

  /** An answer that is not WeChat's: a proxy's page. Below 200 and from 300 on nobody took the message; inside, somebody may have. */
  function strange(status: number, facts: Readonly<Record<string, string>>): Outcome {
    log.error('provider_answer_strange', { ...facts, status })
    if (status >= 200 && status < 300) return { kind: 'unknown', code: 'unreadable', reason: 'an answer without errcode' }
    return { kind: 'later', code: `http_${status}`, reason: 'not the answer of this provider' }
  }

  async function send(message: OutboundMessage): Promise<Outcome> {
    try {
      return await attempt(message)
    } catch (error) {
      // Only our own hands throw here (token store, window), and each of them before a message leaves.
      log.error('channel_failed', { provider: WECHAT_OFFICIAL, delivery: message.id }, error)
      return { kind: 'later', code: 'internal', reason: 'the house could not prepare the message' }
    }
  }

  return {
    medium: 'wechat',
    provider: WECHAT_OFFICIAL,
    send,
    async reconcile(message, sentAt) {
      const key = message.body.template?.key
      const repeatable = key !== undefined && (options.templates[key] ?? '') !== ''
      if (!repeatable || clock.now().getTime() - sentAt.getTime() > REPEATABLE_FOR) return null
      const again = await send(message)
      return again.kind === 'later' || again.kind === 'unknown' ? null : again
    },
  }
}

interface Request {
  path: string
  payload: unknown
}
