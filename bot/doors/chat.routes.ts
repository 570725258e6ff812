// Routes of the web chat: the API, and a page that works without script.
// The bot's replies come from bot/answer.ts; what staff do with handoffs is src/features/handoffs/routes.ts.

import { z } from 'zod'
import { answer } from '../answer.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { isHandedOver, showConversation } from '../../src/features/handoffs/views.ts'
import { PAGE_SOURCE } from '../../src/features/complaints/chat-media.tasks.ts'
import { largeCookies } from '../../src/features/forms/kept.routes.ts'
import { photoForm, receiveForm } from '../../src/features/forms/receive.routes.ts'
import { newToken } from '../../src/core/ids.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { formBody, jsonBody, LONG_TEXTS } from '../../src/platform/http/body.ts'
import { hostCookie, tokenCookie, tokenIn } from '../../src/platform/http/cookies.ts'
import { FORM_REPLY, HTML_REPLY, jsonReply, type SeeOther } from '../../src/platform/http/reply.ts'
import { instant, route, type RateLimit, type RequestFacts, type Route } from '../../src/platform/http/route.ts'

/** The secret that gives access to a conversation: 256 bits in base64url, made here. */
const token = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const LIMIT: RateLimit = { code: 'rate_limited', perMinute: (config) => config.chat.perMinute }
/** The most messages that the page shows. */
const SHOWN = 30
/** The longest text of one message, in UTF-16 units. */
const LONGEST = 2000

/** The page's form. A browser counts a line's end as one character and sends two; what is longer than LONGEST then is cut. */
const said = z.object({
  messageId: z.string().max(100).default(''),
  text: z
    .string()
    .max(2 * LONGEST)
    .default(''),
  act: z.string().max(20).default(''),
})

export const chatRoutes: readonly Route[] = [
  route({
    name: 'chat.say',
    method: 'POST',
    path: '/api/v1/chat',
    access: 'public',
    permission: 'bot.answer',
    limit: LIMIT,
    body: jsonBody(
      z.object({ conversation: token.optional(), messageId: z.string().min(1).max(100).optional(), text: z.string().max(LONGEST) }),
    ),
    reply: jsonReply(z.object({ conversation: token, reply: z.string(), repeated: z.boolean(), handedOver: z.boolean() })),
    async run({ app, body, request }) {
      const conversation = body.conversation ?? newToken()
      const messageId = body.messageId ?? newToken(12)
      const message = { channel: 'web', from: conversation, messageId, text: body.text, origin: request.ip } as const
      const { text, repeated, handedOver } = await answer(app, message)
      return { conversation, reply: text, repeated, handedOver }
    },
  }),
  route({
    name: 'chat.history',
    method: 'POST',
    path: '/api/v1/chat/history',
    access: 'public',
    permission: 'bot.read',
    limit: LIMIT,
    body: jsonBody(z.object({ conversation: token })),
    reply: jsonReply(
      z.object({
        handedOver: z.boolean(),
        messages: z.array(z.object({ at: instant, said: z.string(), replied: z.string(), byStaff: z.boolean() })),
      }),
    ),
    async run({ app, body }) {
      const person = { channel: 'web', from: body.conversation }
      const messages = await showConversation(app, PUBLIC, { ...person, limit: SHOWN })
      return { handedOver: await isHandedOver(app, PUBLIC, person), messages }
    },
  }),
  route({
    name: 'page.chat',
    method: 'GET',
    path: '/chat',
    access: 'public',
    permission: 'bot.read',
    reply: HTML_REPLY,
    run: ({ app, request }) => chatPage(app, conversationOf(app, request)),
  }),
  route({
    name: 'page.chat_say',
    method: 'POST',
    path: '/chat',
    access: 'public',
    permission: 'bot.answer',
    limit: LIMIT,
    body: formBody(said, LONG_TEXTS),
    reply: FORM_REPLY,
    async run({ app, body, request, setHeader }) {
      const large = largeCookies(app, body.act)
      if (large.length > 0) {
        setHeader('set-cookie', large)
        return chatPage(app, conversationOf(app, request), { typed: body.text.slice(0, LONGEST) })
      }
      const known = conversationOf(app, request)
      const conversation = known ?? newToken()
      const messageId = body.messageId || newToken(12)
      const text = body.text.slice(0, LONGEST)
      setHeader('set-cookie', cookie(app, conversation))
      await answer(app, { channel: 'web', from: conversation, messageId, text, origin: request.ip })
      // The first reply is shown at once, also in a browser that keeps no cookies; from then on Back and reload find a page.
      return known === null ? chatPage(app, conversation) : ({ seeOther: '/chat#say' } satisfies SeeOther)
    },
  }),
  route({
    name: 'page.chat_photo',
    method: 'POST',
    path: '/chat/photo',
    access: 'public',
    permission: 'bot.answer',
    limit: LIMIT,
    body: photoForm,
    reply: FORM_REPLY,
    async run({ app, actor, body, request, setHeader }) {
      const conversation = conversationOf(app, request) ?? newToken()
      const { files, errors, typed } = await receiveForm(app, actor, { parts: body, origin: request.ip, fields: ['messageId'] })
      if (errors.length > 0) return chatPage(app, conversationOf(app, request), { refusal: errors[0]?.message ?? '' })
      if (files.length > 0) {
        setHeader('set-cookie', cookie(app, conversation))
        const messageId = (typed['messageId'] ?? '').slice(0, 100) || newToken(12)
        const media = files.map(({ id }) => `${PAGE_SOURCE}${id}`)
        await answer(app, { channel: 'web', from: conversation, messageId, text: '', kind: 'media', media, origin: request.ip })
      }
      return { seeOther: '/chat#say' } satisfies SeeOther
    },
  }),
]

/**
 * The page with the conversation so far and a form for the next message. The form's message number keeps a reload from sending it twice.
 */
async function chatPage(app: AppContext, conversation: string | null, { refusal = '', typed = '' } = {}): Promise<string> {
  const { court } = app.config
  const person = conversation === null ? null : { channel: 'web', from: conversation }
  const messages = person === null ? [] : await showConversation(app, PUBLIC, { ...person, limit: SHOWN })
  return app.catalog.page('chat', {
    court: court.name,
    phone: court.phone,
    here: '/chat',
    sizeForm: 'form',
    typed,
    refusal,
    messageId: newToken(12),
    photoId: newToken(12),
    form: newToken(),
    maxMegabytes: Math.floor(app.config.evidence.maxBytes / 1_048_576),
    waiting: person !== null && (await isHandedOver(app, PUBLIC, person)),
    offered: messages.length === 0,
    turns: messages.map(({ said: mine, replied, byStaff }) => ({ mine, replied, byStaff })),
  })
}

const COOKIE_NAME = 'zxt_chat'

/** A cookie for this browser session and the chat pages only, because a phone may be shared. */
function cookie(app: AppContext, conversation: string): string {
  return tokenCookie(app, { ...hostCookie(app, COOKIE_NAME, '/chat'), token: conversation, sameSite: 'strict' })
}

function conversationOf(app: AppContext, { headers }: RequestFacts): string | null {
  return tokenIn(headers, hostCookie(app, COOKIE_NAME, '/chat').name)
}
