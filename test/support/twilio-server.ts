// A loopback stand-in for Twilio's message interface: authentication, creating and listing messages, and signed status callbacks.
// Orders of callbacks, refusals and faults are scripted by the test.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { systemClock, type Clock } from '../../src/core/clock.ts'
import { listen, mishaps, postTo, readBody, sendJson, spoil, type Handle, type Mishap } from './loopback.ts'
import { pause } from './until.ts'

export interface TwilioSetup {
  accountSid: string
  authToken: string
  /** Statuses called back after a message was accepted, in order. Default `['queued', 'sent', 'delivered']`; `[]` for none. */
  script?: readonly string[]
  /** Milliseconds before every answer; a function where they change. */
  latency?: number | (() => number)
  /** Milliseconds before each callback. */
  callbackAfter?: number
  /** Of so many callbacks one is lost on the way; 1 loses all. */
  loseEach?: number
  /** Messages that are taken in any second; the rest gets 429 with `Retry-After: 1`. */
  limitPerSecond?: number
  port?: number
  clock?: Clock
}

/** A message that was accepted. */
export interface TwilioSent {
  sid: string
  to: string
  from: string
  body: string
  status: string
  errorCode: number | null
  at: Date
}

export interface Refused {
  status: number
  /** Twilio's code in the body; null for a body that is not JSON. */
  code: number | null
  /** The Retry-After header. */
  retryAfter?: string
}

export interface TwilioStandIn {
  handle: Handle
  /** Accepted messages in order; one that was sent twice is in it twice. */
  sent: TwilioSent[]
  /** How many messages were refused for the limit a second. */
  limited(): number
  /** Answers of the webhook to the callbacks; null for one that was lost. */
  callbacks: { sid: string; status: string; answer: number | null }[]
  /** SIDs of which was asked, in order. */
  asked: string[]
  /** How often the messages to a number were listed: what is asked about a doubt. */
  listings(): number
  /** The next `times` messages to this number (or `next`: to anybody; `list`: the next listings; `ask`: the next questions by SID) are refused. */
  fail(target: string, refused: Refused, times?: number): void
  /** The transport fails; targets as for `fail`. */
  spoil(target: string, mishap: Mishap, times?: number): void
  /** Statuses called back for messages to this number, and the error code with `undelivered` and `failed`. */
  script(number: string, statuses: readonly string[], errorCode?: number): void
  /** Resolves when all callbacks have been made. */
  settled(): Promise<void>
}

const WORDS = new Map([
  [20003, 'Authenticate'],
  [21211, "Invalid 'To' Phone Number"],
  [21602, 'Message body is required'],
  [21603, "A 'From' phone number is required"],
  [21617, 'The concatenated message body exceeds the 1600 character limit'],
])

const FINAL = new Set(['delivered', 'undelivered', 'failed', 'canceled'])

export function twilioStandIn(setup: TwilioSetup): TwilioStandIn {
  const clock = setup.clock ?? systemClock
  const root = `/2010-04-01/Accounts/${setup.accountSid}/Messages.json`
  const credentials = `Basic ${Buffer.from(`${setup.accountSid}:${setup.authToken}`).toString('base64')}`
  const refusals = new Map<string, Refused[]>()
  const scripts = new Map<string, { statuses: readonly string[]; errorCode: number | null }>()
  const trouble = mishaps()
  const pending = new Set<Promise<void>>()
  const sent: TwilioSent[] = []
  const callbacks: TwilioStandIn['callbacks'] = []
  const asked: string[] = []

  /** When the messages of the last second were taken. */
  let lately: number[] = []
  let tooMany = 0
  let listings = 0

  async function beSlow(): Promise<void> {
    const { latency } = setup
    if (latency !== undefined) await pause(typeof latency === 'number' ? latency : latency())
  }

  function overLimit(): boolean {
    if (setup.limitPerSecond === undefined) return false
    lately = lately.filter((at) => at > performance.now() - 1_000)
    if (lately.length < setup.limitPerSecond) {
      lately.push(performance.now())
      return false
    }
    tooMany += 1
    return true
  }

  const planned = (target: string): Refused | undefined => refusals.get(target)?.shift()

  function refuse(response: ServerResponse, { status, code, retryAfter }: Refused): void {
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter }
    if (code === null) return void response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html>error</html>')
    // Twilio's message quotes the number. So does this one, to prove that it is not repeated anywhere.
    const message = `${WORDS.get(code) ?? 'error'}: +8613900001111`
    sendJson(response, status, { status, code, message, more_info: `https://www.twilio.com/docs/errors/${code}` }, headers)
  }

  function create(form: URLSearchParams): TwilioSent | Refused {
    if (overLimit()) return { status: 429, code: 20429, retryAfter: '1' }
    const to = form.get('To') ?? ''
    const body = form.get('Body') ?? ''
    const from = form.get('From') ?? form.get('MessagingServiceSid') ?? ''
    const failure = planned(to) ?? planned('next')
    if (failure !== undefined) return failure
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return { status: 400, code: 21211 }
    if (from === '') return { status: 400, code: 21603 }
    if (body === '') return { status: 400, code: 21602 }
    if (body.length > 1600) return { status: 400, code: 21617 }
    const message = {
      sid: `SM${String(sent.length + 1).padStart(32, '0')}`,
      to,
      from,
      body,
      status: 'queued',
      errorCode: null,
      at: clock.now(),
    }
    sent.push(message)
    return message
  }

  /** Whether this callback is lost on the way; `callbackAfter` passes first. */
  async function isLost(): Promise<boolean> {
    if (setup.callbackAfter !== undefined) await pause(setup.callbackAfter)
    return setup.loseEach !== undefined && callbacks.length % setup.loseEach === 0
  }

  /** Makes the scripted callbacks one after another; a message in a final status stays in it. */
  async function callBack(message: TwilioSent, url: string | null): Promise<void> {
    const { statuses, errorCode } = scripts.get(message.to) ?? {
      statuses: setup.script ?? ['queued', 'sent', 'delivered'],
      errorCode: null,
    }
    for (const status of statuses) {
      if (!FINAL.has(message.status)) message.status = status
      const failed = status === 'undelivered' || status === 'failed'
      if (failed) message.errorCode = errorCode
      if (url === null) continue
      if (await isLost()) {
        callbacks.push({ sid: message.sid, status, answer: null })
        continue
      }
      const form = {
        MessageSid: message.sid,
        SmsSid: message.sid,
        MessageStatus: status,
        SmsStatus: status,
        AccountSid: setup.accountSid,
        From: message.from,
        To: message.to,
        ApiVersion: '2010-04-01',
        ...(failed && errorCode !== null ? { ErrorCode: String(errorCode) } : {}),
      }
      const answer = await postTo(url, new URLSearchParams(form).toString(), {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'x-twilio-signature': getExpectedTwilioSignature(setup.authToken, url, form),
      })
      callbacks.push({ sid: message.sid, status, answer })
    }
  }

  function list(query: URLSearchParams): unknown {
    const to = query.get('To')
    const [after, before] = [query.get('DateSent>'), query.get('DateSent<')].map((day) => (day === null ? null : Date.parse(day)))
    const size = Number(query.get('PageSize') ?? 50)
    const page = Number(query.get('Page') ?? 0)
    const filtered = after !== null || before !== null
    const found = sent
      .filter((message) => to === null || message.to === to)
      // A message that is still queued has no date of sending.
      .filter((message) => !filtered || message.status !== 'queued')
      .filter(({ at }) => (after == null || at.getTime() >= after) && (before == null || at.getTime() <= before))
      .reverse()
    const rest = new URLSearchParams(query)
    rest.set('Page', String(page + 1))
    const more = (page + 1) * size < found.length
    return {
      messages: found.slice(page * size, (page + 1) * size).map(shown),
      next_page_uri: more ? `${root}?${rest.toString()}` : null,
      page,
      page_size: size,
    }
  }

  function shown(message: TwilioSent): unknown {
    return {
      sid: message.sid,
      account_sid: setup.accountSid,
      to: message.to,
      from: message.from,
      body: message.body,
      status: message.status,
      error_code: message.errorCode,
      error_message: null,
      date_created: message.at.toUTCString(),
      date_sent: message.status === 'queued' ? null : message.at.toUTCString(),
      direction: 'outbound-api',
      num_segments: '1',
      num_media: '0',
      uri: root.replace('.json', `/${message.sid}.json`),
    }
  }

  function begin(message: TwilioSent, callback: string | null): void {
    const callbacksOfMessage = callBack(message, callback).finally(() => pending.delete(callbacksOfMessage))
    pending.add(callbacksOfMessage)
  }

  function showAccount(incoming: IncomingMessage, response: ServerResponse): void {
    if (incoming.headers.authorization === credentials) sendJson(response, 200, { sid: setup.accountSid, status: 'active', type: 'Full' })
    else refuse(response, { status: 401, code: 20003 })
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const isAccount = incoming.method === 'GET' && incoming.url === `/2010-04-01/Accounts/${setup.accountSid}.json`
    const [, sid] = /\/Messages\/(SM\w+)\.json$/.exec(incoming.url ?? '') ?? []
    if (sid !== undefined && incoming.method === 'GET') {
      await beSlow()
      return showOne(incoming, sid, response)
    }
    return isAccount ? showAccount(incoming, response) : handleMessages(incoming, response)
  }

  /** One message by its SID. */
  function showOne(incoming: IncomingMessage, sid: string, response: ServerResponse): void {
    asked.push(sid)
    const failure = planned('ask')
    const message = sent.find((each) => each.sid === sid)
    if (incoming.headers.authorization !== credentials) refuse(response, { status: 401, code: 20003 })
    else if (failure !== undefined) refuse(response, failure)
    else if (message === undefined) refuse(response, { status: 404, code: 20404 })
    else sendJson(response, 200, shown(message))
  }

  async function handleMessages(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://stand-in')
    const form = new URLSearchParams(await readBody(incoming))
    await beSlow()
    if (url.pathname !== root) {
      refuse(response, { status: 404, code: 20404 })
      return
    }
    if (incoming.headers.authorization !== credentials) {
      refuse(response, { status: 401, code: 20003 })
      return
    }
    const listing = incoming.method === 'GET'
    const mishap = listing ? trouble.take('list') : trouble.take(form.get('To') ?? '', 'next')
    if (spoil(mishap, 'before', response)) return
    if (listing) {
      listings += 1
      const failure = planned('list')
      if (failure === undefined) sendJson(response, 200, list(url.searchParams))
      else refuse(response, failure)
      return
    }
    const message = create(form)
    if ('code' in message) {
      refuse(response, message)
      return
    }
    const spoiled = spoil(mishap, 'after', response)
    if (!spoiled) sendJson(response, 201, shown(message))
    begin(message, form.get('StatusCallback'))
  }

  return {
    handle,
    sent,
    limited: () => tooMany,
    callbacks,
    asked,
    listings: () => listings,
    fail: (target, refused, times = 1) =>
      void refusals.set(target, [...(refusals.get(target) ?? []), ...Array.from({ length: times }, () => refused)]),
    spoil: (target, mishap, times) => trouble.add(target, mishap, times),
    script: (number, statuses, errorCode) => void scripts.set(number, { statuses, errorCode: errorCode ?? null }),
    async settled() {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}

export async function startTwilioServer(setup: TwilioSetup): Promise<TwilioStandIn & { url: string; close(): Promise<void> }> {
  const standIn = twilioStandIn(setup)
  return { ...standIn, ...(await listen(standIn.handle, setup.port)) }
}
