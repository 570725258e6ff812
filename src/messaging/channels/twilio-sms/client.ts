// Runs the Twilio library on our own HTTP client, a subclass of its RequestClient: its own client (axios) took half the time of sending.
// What answers mean is in channel.ts.

import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions as HttpOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Twilio } from 'twilio'
import type { RequestOptions } from 'twilio/lib/base/RequestClient.js'
import type { Limits } from '../fetch.ts'

/** What is needed to call the API for an account. */
export interface TwilioAccount {
  accountSid: string
  authToken: string
  /** `https://api.twilio.com`, or a stand-in; without a closing slash. */
  baseUrl: string
  limits: Limits
}

/** An answer with status 400 and above. The library's own exception lacks the Retry-After header and quotes the number in its message. */
export interface Refusal extends Error {
  status: number
  code: number | null
  retryAfter: string | null
}

function refusal(status: number, code: number | null, retryAfter: string | null): Refusal {
  return Object.assign(new Error('refused by Twilio'), { name: 'TwilioRefusal', status, code, retryAfter })
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === 'TwilioRefusal'
}

/** Whether the time ran out while the request still waited for a socket, so that nothing was sent. */
export function stillQueued(error: unknown): boolean {
  const request = (error as { request?: { socket?: unknown } } | null)?.request
  return request?.socket === null
}

/** Loads the library, which takes 0.3 s and 27 MB, and creates its client. */
export async function connectTwilio({ accountSid, authToken, baseUrl, limits }: TwilioAccount): Promise<Twilio> {
  const { default: twilio } = await import('twilio')
  const send = httpSender(baseUrl, limits)

  class AppClient extends twilio.RequestClient {
    override async request<TData>(opts: RequestOptions<TData>) {
      const response = await send(opts as RequestOptions<Form>)
      if (response.statusCode < 400) return { ...response, body: response.body as TData }
      const { body } = response
      const code = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)['code'] : null
      throw refusal(response.statusCode, Number.isInteger(code) ? (code as number) : null, response.headers['retry-after'] ?? null)
    }
  }

  return twilio(accountSid, authToken, { httpClient: new AppClient(), autoRetry: false })
}

type Form = Readonly<Record<string, unknown>>
type Field = string | number | boolean | undefined

interface Answer {
  statusCode: number
  headers: IncomingMessage['headers']
  /** The parsed JSON; the text when it is not JSON. */
  body: unknown
}

/** Sends requests over at most 64 sockets, which are kept alive. Never follows a redirect. */
function httpSender(baseUrl: string, { timeout, maxBytes }: Limits): (opts: RequestOptions<Form>) => Promise<Answer> {
  const base = new URL(baseUrl)
  const sockets = { keepAlive: true, maxSockets: 64, maxFreeSockets: 64, timeout }
  const secure = base.protocol === 'https:'
  const agent = secure ? new HttpsAgent(sockets) : new HttpAgent(sockets)
  const startRequest = secure ? httpsRequest : httpRequest
  const server = { protocol: base.protocol, hostname: base.hostname, port: base.port, agent }
  const watch = timeouts(timeout)

  return ({ method, uri, username = '', password = '', headers, params, data }) => {
    const { pathname, search } = new URL(uri)
    const query = params === undefined ? '' : formOf(params as Form)
    const body = data === undefined ? '' : formOf(data)
    const options: HttpOptions = {
      ...server,
      method,
      path: `${base.pathname.replace(/\/$/, '')}${pathname}${query === '' ? search : `?${query}`}`,
      headers: {
        ...(headers as Readonly<Record<string, string>>),
        Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        ...(body === '' ? {} : { 'Content-Length': Buffer.byteLength(body) }),
      },
    }
    return new Promise((resolve, reject) => {
      const request = startRequest(options)
      const done = watch(request)
      request.on('response', (response) => {
        read(response, maxBytes).then(resolve, reject).finally(done)
      })
      request.on('error', (error) => {
        done()
        reject(Object.assign(error, { request }))
      })
      request.end(body)
    })
  }
}

function read(response: IncomingMessage, maxBytes: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    response.on('data', (part: Buffer) => {
      size += part.length
      parts.push(part)
      if (size > maxBytes) response.destroy(Object.assign(new Error('answer too large'), { code: 'ERR_BAD_RESPONSE' }))
    })
    response.on('error', reject)
    response.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8')
      resolve({ statusCode: response.statusCode ?? 0, headers: response.headers, body: jsonOr(text) })
    })
  })
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** A form in the library's own format: a list repeats its name, and undefined values are left out. */
function formOf(fields: Form): string {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields) as [string, Field | Field[]][])
    for (const item of [value].flat()) if (item !== undefined) form.append(name, String(item))
  return form.toString()
}

/**
 * Aborts requests that are not complete after their time-out and at most a tenth more, even while data still arrives. Requests that start
 * within that tenth share a timer: a timer for each took a tenth of the time of sending. The result of a call ends its watch.
 */
function timeouts(timeout: number): (request: ClientRequest) => () => void {
  const span = timeout / 10
  let current: Set<ClientRequest> | null = null
  return (request) => {
    const pending = (current ??= startTimer())
    pending.add(request)
    return () => pending.delete(request)
  }

  function startTimer(): Set<ClientRequest> {
    const pending = new Set<ClientRequest>()
    setTimeout(() => {
      current = null
    }, span).unref()
    setTimeout(() => {
      for (const request of pending) request.destroy(Object.assign(new Error('no answer in time'), { code: 'ECONNABORTED' }))
    }, timeout + span).unref()
    return pending
  }
}
