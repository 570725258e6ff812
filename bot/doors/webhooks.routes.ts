// Routes that WeChat and Twilio call. The handlers in webhooks.ts verify the signature before they read the body.
// Signatures are checked against the configured public address, never against a header of the request.

import { z } from 'zod'
import { twilioMessage, twilioStatus, wechatAddress, wechatPost, type TwilioCallback } from './webhooks.ts'
import { rawBody, type Raw } from '../../src/platform/http/body.ts'
import { textReply } from '../../src/platform/http/reply.ts'
import { route, type RequestFacts, type Route } from '../../src/platform/http/route.ts'

const anyQuery = z.record(z.string(), z.string().max(1000))

export const webhookRoutes: readonly Route[] = [
  route({
    name: 'webhooks.twilio_status',
    method: 'POST',
    path: '/webhooks/twilio/status',
    access: 'webhook',
    permission: 'none',
    body: rawBody(['application/x-www-form-urlencoded']),
    reply: textReply('text/xml; charset=utf-8'),
    async run({ app, body, request }) {
      await twilioStatus(app, twilioCallback(body, request))
      return '<?xml version="1.0" encoding="UTF-8"?><Response/>'
    },
  }),
  route({
    name: 'webhooks.twilio_message',
    method: 'POST',
    path: '/webhooks/twilio/message',
    access: 'webhook',
    permission: 'none',
    body: rawBody(['application/x-www-form-urlencoded']),
    reply: textReply('text/xml; charset=utf-8'),
    run: ({ app, body, request }) => twilioMessage(app, twilioCallback(body, request)),
  }),
  route({
    name: 'webhooks.wechat_verify',
    method: 'GET',
    path: '/webhooks/wechat',
    access: 'webhook',
    permission: 'none',
    query: anyQuery,
    reply: textReply(),
    run: ({ app, query }) => wechatAddress(app, query),
  }),
  route({
    name: 'webhooks.wechat',
    method: 'POST',
    path: '/webhooks/wechat',
    access: 'webhook',
    permission: 'none',
    query: anyQuery,
    body: rawBody(['text/xml', 'application/xml']),
    // The platform reads the body, XML or the word `success`, and ignores its content type.
    reply: textReply(),
    run: ({ app, query, body }) => wechatPost(app, query, body.bytes.toString('utf8')),
  }),
]

function twilioCallback(body: Raw, request: RequestFacts): TwilioCallback {
  const signature = request.headers['x-twilio-signature']
  const form = Object.fromEntries(new URLSearchParams(body.bytes.toString('utf8')))
  return { signature: typeof signature === 'string' ? signature : undefined, url: request.url, form }
}
