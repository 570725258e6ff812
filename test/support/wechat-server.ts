// A loopback stand-in for the WeChat official account platform: token, followers, 48-hour windows, quotas, template messages and their
// TEMPLATESENDJOBFINISH events, as the platform documents them. Faults are scripted by the test.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { systemClock, type Clock } from '../../src/core/clock.ts'
import { finishEvent, type EventCallback } from './wechat-events.ts'
import { listen, mishaps, postTo, readBody, sendJson, spoil, type Handle, type Mishap } from './loopback.ts'
import { pause } from './until.ts'

export interface WechatSetup {
  appId: string
  secret: string
  /** Template ids that the account has. */
  templates: readonly string[]
  /** The address for events; `aesKey` makes them encrypted (safe mode). Without it no events are posted. */
  callback?: EventCallback
  /** Of so many events one is lost on the way; 1 loses all. */
  loseEach?: number
  /** Seconds for which a token is valid. */
  tokenLife?: number
  /** Milliseconds before every answer. */
  latency?: number
  port?: number
  clock?: Clock
}

/** A message that was accepted. `id` is its client_msg_id, null for customer-service texts. */
export interface WechatSent {
  msgid: string | null
  id: string | null
  to: string
  templateId: string | null
  fields: Record<string, string>
  text: string | null
  url: string | null
}

export interface WechatStandIn {
  handle: Handle
  /** Accepted messages in order, without repeats within ten minutes. */
  sent: WechatSent[]
  /** The client_msg_id of each repeat within ten minutes. */
  repeats: string[]
  tokenRequests: { force: boolean }[]
  /** Answers of the webhook to the events. */
  callbacks: { msgid: string; status: number }[]
  /** The next `times` messages to this openid (or `next`: to anybody) are answered with this errcode. */
  fail(target: string, errcode: number, times?: number): void
  /** The next `times` requests for a token are answered with this errcode. */
  failToken(errcode: number, times?: number): void
  /** The transport fails; targets as for `fail`, and `stable_token`. */
  spoil(target: string, mishap: Mishap, times?: number): void
  /** Lets every token expire. */
  expireTokens(): void
  /** The platform refuses the token that it still issues, until a new one is forced. */
  poisonToken(): void
  unfollow(openid: string): void
  /** The person blocks messages of the account: accepted, then `failed:user block`. */
  block(openid: string): void
  /** Template messages to this person end in `failed: system failed`. */
  breakDown(openid: string): void
  /** The person writes, which opens a window of 48 hours with five answers. */
  heard(openid: string): void
  /** Resolves when all events have been posted. */
  settled(): Promise<void>
}

interface Reply {
  errcode: number
  errmsg: string
  [name: string]: unknown
}

interface Payload {
  touser?: string
  template_id?: string
  url?: string
  client_msg_id?: string
  data?: Record<string, { value: string }>
  msgtype?: string
  text?: { content: string }
}

/** Milliseconds. */
const WINDOW = 48 * 3_600_000
const REPEAT = 10 * 60_000
const FORCE_EVERY = 30_000
const OLD_TOKEN_LIVES = 5 * 60_000
const RENEWED_EARLY = 5 * 60_000
const FIRST_MSGID = 3_487_542_469_355_618_000n

const WORDS = new Map([
  [0, 'ok'],
  [-1, 'system error'],
  [40001, 'invalid credential, access_token is invalid or not latest'],
  [40003, 'invalid openid'],
  [40013, 'invalid appid'],
  [40037, 'invalid template_id'],
  [40125, 'invalid appsecret'],
  [41001, 'access_token missing'],
  [42001, 'access_token expired'],
  [43004, 'require subscribe'],
  [45009, 'reach max api daily quota limit'],
  [45011, 'api minute-quota reach limit, must slower, retry next minute'],
  [45015, 'response out of time limit or subscription is canceled'],
  [45047, 'out of response count limit'],
  [47001, 'data format error'],
  [47003, 'argument invalid! data.value invalid'],
])

const replyOf = (errcode: number): Reply => ({ errcode, errmsg: `${WORDS.get(errcode) ?? 'error'} rid: 5f3ded7d-22929d02-4ba1f5f6` })

/** The platform as a request handler, for a server of its own or shared with others. */
export function wechatStandIn(setup: WechatSetup): WechatStandIn {
  const clock = setup.clock ?? systemClock
  const now = (): number => clock.now().getTime()
  const state = {
    serial: FIRST_MSGID,
    tokens: 0,
    forcedAt: -Infinity,
    forcedToday: 0,
    current: null as string | null,
    poisoned: null as string | null,
  }
  const tokens = new Map<string, number>()
  const failures = new Map<string, number[]>()
  const trouble = mishaps()
  const unfollowed = new Set<string>()
  const blocked = new Set<string>()
  const broken = new Set<string>()
  const windows = new Map<string, { until: number; left: number }>()
  const recent = new Map<string, { msgid: string; at: number }>()
  const pending = new Set<Promise<void>>()
  const sent: WechatSent[] = []
  const repeats: string[] = []
  const tokenRequests: { force: boolean }[] = []
  const callbacks: { msgid: string; status: number }[] = []
  let events = 0

  const plan = (target: string, errcode: number, times: number): void => {
    failures.set(target, [...(failures.get(target) ?? []), ...Array.from({ length: times }, () => errcode)])
  }
  const planned = (target: string): number | undefined => failures.get(target)?.shift()

  function newToken(): string {
    if (state.current !== null) tokens.set(state.current, Math.min(tokens.get(state.current) ?? 0, now() + OLD_TOKEN_LIVES))
    state.tokens += 1
    state.current = `TOKEN-${state.tokens}-${'x'.repeat(500)}`
    tokens.set(state.current, now() + (setup.tokenLife ?? 7200) * 1000)
    return state.current
  }

  function stableToken(payload: { appid?: string; secret?: string; force_refresh?: boolean }): unknown {
    const force = payload.force_refresh === true
    tokenRequests.push({ force })
    const failure = planned(TOKEN)
    if (failure !== undefined) return replyOf(failure)
    if (payload.appid !== setup.appId) return replyOf(40013)
    if (payload.secret !== setup.secret) return replyOf(40125)
    if (force) {
      if (now() - state.forcedAt < FORCE_EVERY) return replyOf(45011)
      if (state.forcedToday >= 20) return replyOf(45009)
      state.forcedAt = now()
      state.forcedToday += 1
      tokens.clear()
      state.poisoned = null
      state.current = null
    }
    const alive = state.current !== null && (tokens.get(state.current) ?? 0) - RENEWED_EARLY > now()
    const token = alive && state.current !== null ? state.current : newToken()
    return { access_token: token, expires_in: Math.floor(((tokens.get(token) ?? 0) - now()) / 1000) }
  }

  function refusedToken(token: string | null): number {
    if (token === null || token === '') return 41001
    if (token === state.poisoned || !tokens.has(token)) return 40001
    return (tokens.get(token) ?? 0) > now() ? 0 : 42001
  }

  function template(payload: Payload, to: string): Reply {
    if (payload.template_id === undefined || !setup.templates.includes(payload.template_id)) return replyOf(40037)
    if (unfollowed.has(to)) return replyOf(43004)
    const fields = Object.fromEntries(Object.entries(payload.data ?? {}).map(([name, { value }]) => [name, value]))
    if (Object.entries(fields).some(([name, value]) => breaksLimit(name, value))) return replyOf(47003)
    return take(payload.client_msg_id ?? null, { to, templateId: payload.template_id, fields, text: null, url: payload.url ?? null })
  }

  function take(id: string | null, message: Omit<WechatSent, 'msgid' | 'id'>): Reply {
    const { to } = message
    const earlier = id === null ? undefined : recent.get(`${to} ${id}`)
    if (id !== null && earlier !== undefined && now() - earlier.at < REPEAT) {
      repeats.push(id)
      return { ...replyOf(0), msgid: earlier.msgid }
    }
    state.serial += 1n
    const msgid = String(state.serial)
    if (id !== null) recent.set(`${to} ${id}`, { msgid, at: now() })
    sent.push({ msgid, id, ...message })
    postEvent(msgid, to)
    return { ...replyOf(0), msgid }
  }

  function custom(payload: Payload, to: string): Reply {
    if (payload.msgtype !== 'text' || payload.text === undefined) return replyOf(47001)
    const window = windows.get(to)
    if (unfollowed.has(to) || window === undefined || window.until < now()) return replyOf(45015)
    if (window.left === 0) return replyOf(45047)
    window.left -= 1
    sent.push({ msgid: null, id: null, to, templateId: null, fields: {}, text: payload.text.content, url: null })
    return replyOf(0)
  }

  function postEvent(msgid: string, to: string): void {
    if (setup.callback === undefined) return
    events += 1
    if (setup.loseEach !== undefined && events % setup.loseEach === 0) return
    const status = blocked.has(to) ? 'failed:user block' : broken.has(to) ? 'failed: system failed' : 'success'
    const { url, body } = finishEvent(setup.callback, setup.appId, { to, msgid, status, at: Math.floor(now() / 1000) })
    const posting = postTo(url, body, { 'content-type': 'text/xml' }).then((answer) => {
      callbacks.push({ msgid, status: answer })
      pending.delete(posting)
    })
    pending.add(posting)
  }

  function message(path: string, payload: Payload): Reply {
    const to = payload.touser ?? ''
    const failure = planned(to) ?? planned('next')
    if (failure !== undefined) return replyOf(failure)
    if (!/^o[A-Za-z0-9_-]{5,}$/.test(to)) return replyOf(40003)
    return path.endsWith('/template/send') ? template(payload, to) : custom(payload, to)
  }

  function templateList(token: string | null): unknown {
    const refused = refusedToken(token)
    const list = setup.templates.map((id) => ({ template_id: id, title: 'title', content: '{{thing1.DATA}}' }))
    return refused === 0 ? { template_list: list } : replyOf(refused)
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://stand-in')
    const payload = JSON.parse((await readBody(incoming)) || '{}') as Payload
    if (setup.latency !== undefined) await pause(setup.latency)
    if (url.pathname === '/cgi-bin/stable_token') {
      const mishap = trouble.take(TOKEN)
      if (!spoil(mishap, 'before', response)) sendJson(response, 200, stableToken(payload as { appid?: string }))
      return
    }
    if (url.pathname === '/cgi-bin/template/get_all_private_template') {
      sendJson(response, 200, templateList(url.searchParams.get('access_token')))
      return
    }
    if (!PATHS.has(url.pathname)) {
      sendJson(response, 404, {})
      return
    }
    const mishap = trouble.take(payload.touser ?? '', 'next')
    if (spoil(mishap, 'before', response)) return
    const refused = refusedToken(url.searchParams.get('access_token'))
    const reply = refused === 0 ? message(url.pathname, payload) : replyOf(refused)
    if (spoil(mishap, 'after', response)) return
    // The platform writes msgid as a bare number beyond 2^53; JSON.stringify cannot.
    response
      .writeHead(200, { 'content-type': 'application/json; encoding=utf-8' })
      .end(JSON.stringify(reply).replace(/"msgid":"(\d+)"/, '"msgid":$1'))
  }

  return {
    handle,
    sent,
    repeats,
    tokenRequests,
    callbacks,
    fail: (target, errcode, times = 1) => plan(target, errcode, times),
    failToken: (errcode, times = 1) => plan(TOKEN, errcode, times),
    spoil: (target, mishap, times) => trouble.add(target, mishap, times),
    expireTokens: () => {
      for (const token of tokens.keys()) tokens.set(token, now() - 1)
    },
    poisonToken: () => {
      state.poisoned = state.current
    },
    unfollow: (openid) => void unfollowed.add(openid),
    block: (openid) => void blocked.add(openid),
    breakDown: (openid) => void broken.add(openid),
    heard: (openid) => void windows.set(openid, { until: now() + WINDOW, left: 5 }),
    async settled() {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}

export async function startWechatServer(setup: WechatSetup): Promise<WechatStandIn & { url: string; close(): Promise<void> }> {
  const standIn = wechatStandIn(setup)
  return { ...standIn, ...(await listen(standIn.handle, setup.port)) }
}

/** The target of token requests in the script; no openid looks like it. */
const TOKEN = 'stable_token'
const PATHS = new Set(['/cgi-bin/message/template/send', '/cgi-bin/message/custom/send'])

function breaksLimit(name: string, value: string): boolean {
  const length = [...value].length
  if (value === '') return true
  if (name.startsWith('thing')) return length > 20
  if (name.startsWith('character_string')) return length > 32 || /[^\x20-\x7e]/.test(value)
  return name.startsWith('phrase') && (length > 5 || /[^\p{Script=Han}]/u.test(value))
}
