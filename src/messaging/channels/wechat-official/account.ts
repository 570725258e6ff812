// The account's own side of the platform: its one access token, and what the codes mean that every interface answers with.
// Sending is wechat-official.ts, fetching what people sent wechat-media.ts, the menu wechat-menu.ts.

import { addDays, dayOf, instantAt } from '../../../core/calendar.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Log } from '../../../core/log.ts'
import type { Outcome } from '../channel.ts'
import { LIMITS, postJson, type Exchange, type Limits } from '../fetch.ts'

/** An access token as it is shared by every process of the house. Up to 512 characters and more. */
export interface ProviderToken {
  token: string
  expiresAt: Date
  /** When a new token was last forced, by any process; null when never. */
  forcedAt: Date | null
}

/** Where the one token of an account is kept. The platform knows one valid token, so one row serves every process. */
export interface TokenStore {
  read(): Promise<ProviderToken | null>
  /** Replaces the row. */
  write(token: ProviderToken): Promise<void>
  /** Runs `work` while no other process runs one for this account: waits for its turn, gives the result back; null when its turn does not come. */
  withLease<T>(work: () => Promise<T>): Promise<T | null>
}

/** What is needed to speak for the account. */
export interface AccountOptions {
  appId: string
  secret: string
  /** `https://api.weixin.qq.com`, or a stand-in; without a closing slash. */
  baseUrl: string
  tokens: TokenStore
  clock: Clock
  log: Log
  limits?: Limits
}

export const WECHAT_OFFICIAL = 'wechat-official'

type Later = Extract<Outcome, { kind: 'later' }>
type Pause = 'minute' | 'quarter' | 'hour' | 'tomorrow'

export interface Verdict {
  kind: 'later' | 'closed' | 'refused'
  reason: string
  /** How long to leave it; absent: the dispatcher's own back-off. */
  pause?: Pause
  /** A person must act: an ERROR in the log. */
  alert?: true
}

const MINUTE = 60_000
/** The platform renews a stable token five minutes before its end; ours is asked for again a minute before. */
const STALE_BEFORE = MINUTE
const FORCE_EVERY = 30_000

export const TOKEN_REFUSED: ReadonlySet<number> = new Set([40001, 40014, 42001])

export const UNLISTED: Verdict = { kind: 'later', reason: 'a code this house does not know' }

/** Every errcode the account's message interfaces are documented to answer, and what it means for one message. */
export const CODES: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [-1, { kind: 'later', reason: 'the platform is busy' }],
  // Seen here only when a renewed token was refused as well.
  [40001, { kind: 'later', reason: 'token refused twice', pause: 'minute' }],
  [40014, { kind: 'later', reason: 'token refused twice', pause: 'minute' }],
  [42001, { kind: 'later', reason: 'token refused twice', pause: 'minute' }],
  [41001, { kind: 'later', reason: 'token missing from the request', pause: 'quarter', alert: true }],
  // Of one person a wrong address; of everybody the sign of a changed app id, hence the alert.
  [40003, { kind: 'refused', reason: 'not an openid of this account', alert: true }],
  [40013, { kind: 'later', reason: 'app id wrong', pause: 'quarter', alert: true }],
  [40125, { kind: 'later', reason: 'app secret wrong', pause: 'quarter', alert: true }],
  [40164, { kind: 'later', reason: 'address of this server not on the white list', pause: 'quarter', alert: true }],
  [43004, { kind: 'closed', reason: 'the person does not follow the account' }],
  [43019, { kind: 'refused', reason: 'the person is on our black list' }],
  [43101, { kind: 'refused', reason: 'no consent left' }],
  [43117, { kind: 'later', reason: 'too many messages to this person', pause: 'hour' }],
  [45009, { kind: 'later', reason: 'daily quota used up', pause: 'tomorrow', alert: true }],
  [45011, { kind: 'later', reason: 'minute quota used up', pause: 'minute' }],
  [45015, { kind: 'closed', reason: '48 hours are over' }],
  [45047, { kind: 'later', reason: 'five answers used up until the person writes again', pause: 'hour' }],
  [50002, { kind: 'refused', reason: 'the account of this person is limited' }],
  // Defects of ours or of the account: repeating cannot help, so the person is told another way while somebody repairs it.
  [40037, { kind: 'closed', reason: 'template id wrong', alert: true }],
  [40200, { kind: 'closed', reason: 'the account may not send this kind', alert: true }],
  [43116, { kind: 'closed', reason: 'template banned', alert: true }],
  [47001, { kind: 'closed', reason: 'request not understood', alert: true }],
  [47003, { kind: 'closed', reason: 'a template field breaks its limit', alert: true }],
  [48001, { kind: 'closed', reason: 'the account lacks the interface', alert: true }],
  [48004, { kind: 'closed', reason: 'interface withdrawn for irregularities', alert: true }],
])

export function outcome(code: number, verdict: Verdict, now: Date): Outcome {
  if (verdict.kind !== 'later') return { kind: verdict.kind, code: String(code), reason: verdict.reason }
  return later(String(code), verdict.reason, verdict.pause, now)
}

function later(code: string, reason: string, pause: Pause | undefined, now: Date): Later {
  return pause === undefined ? { kind: 'later', code, reason } : { kind: 'later', code, reason, notBefore: after(pause, now) }
}

function after(pause: Pause, now: Date): Date {
  // Quotas are counted by the Beijing day; five minutes for the platform's own clock.
  if (pause === 'tomorrow') return instantAt(addDays(dayOf(now), 1), 0, 5)
  const minutes = { minute: 1, quarter: 15, hour: 60 }[pause]
  return new Date(now.getTime() + minutes * MINUTE)
}

function field(answer: Exchange, name: string): unknown {
  if (answer.kind !== 'answered' || typeof answer.json !== 'object' || answer.json === null) return undefined
  return (answer.json as Readonly<Record<string, unknown>>)[name]
}

export function errcodeOf(answer: Exchange): number | null {
  const code = field(answer, 'errcode')
  return typeof code === 'number' ? code : null
}

export function msgidOf(answer: Exchange): string | null {
  const id = field(answer, 'msgid')
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null
}

/** A token, or why there is none now: a message that lacks a token was never sent, so the only answer is `later`. */
export type Grant = { token: string } | Later

export interface TokenHolder {
  /** @param refused the token that was refused just now; null: any will do. */
  obtain(refused: string | null): Promise<Grant>
}

/** Holds the account's token: one renewal at a time in this process, and through the store's lease among processes. */
export function tokenHolder(options: AccountOptions): TokenHolder {
  const { tokens: store, clock, log, limits = LIMITS } = options
  let held: ProviderToken | null = null
  let renewing: Promise<Grant> | null = null

  const usable = (token: ProviderToken, refused: string | null): boolean =>
    token.token !== refused && token.expiresAt.getTime() - STALE_BEFORE > clock.now().getTime()

  async function keep(token: ProviderToken): Promise<Grant> {
    await store.write(token)
    held = token
    return { token: token.token }
  }

  async function ask(force: boolean, forcedAt: Date | null): Promise<ProviderToken | Later> {
    const payload = { grant_type: 'client_credential', appid: options.appId, secret: options.secret, force_refresh: force }
    const answer = await postJson(`${options.baseUrl}/cgi-bin/stable_token`, payload, limits)
    const now = clock.now()
    if (answer.kind !== 'answered') return later('token_unreachable', answer.reason, undefined, now)
    const token = field(answer, 'access_token')
    const seconds = field(answer, 'expires_in')
    if (typeof token === 'string' && token !== '' && typeof seconds === 'number')
      return { token, expiresAt: new Date(now.getTime() + seconds * 1000), forcedAt }
    return denied(errcodeOf(answer) ?? `http_${answer.status}`, now)
  }

  /** Here even 40001 speaks of the app secret, and no code speaks of one person. */
  function denied(code: number | string, now: Date): Later {
    const verdict = typeof code === 'number' && !TOKEN_REFUSED.has(code) ? CODES.get(code) : undefined
    if (verdict?.kind === 'later' && verdict.alert !== true) return later(String(code), verdict.reason, verdict.pause, now)
    log.error('token_refused', { provider: WECHAT_OFFICIAL, code })
    return later(String(code), 'the account gets no token', verdict?.pause ?? 'quarter', now)
  }

  function take(stored: ProviderToken | null, refused: string | null): Grant | null {
    if (stored === null || !usable(stored, refused)) return null
    held = stored
    return { token: stored.token }
  }

  async function renew(refused: string | null): Promise<Grant> {
    const stored = await store.read()
    const renewed = take(stored, refused)
    if (renewed !== null) return renewed
    const forcedAt = stored?.forcedAt ?? null
    const asked = await ask(false, forcedAt)
    if ('kind' in asked) return asked
    if (asked.token !== refused) return keep(asked)
    // The platform refuses a token that it still hands out: only forcing helps, 20 times a day and 30 s apart.
    const now = clock.now()
    if (forcedAt !== null && now.getTime() - forcedAt.getTime() < FORCE_EVERY)
      return {
        kind: 'later',
        code: 'token_forced',
        reason: 'a new token was forced moments ago',
        notBefore: new Date(forcedAt.getTime() + FORCE_EVERY),
      }
    // Written before asking: a crash in between must not allow a second one at once.
    await store.write({ ...asked, forcedAt: now })
    const forced = await ask(true, now)
    return 'kind' in forced ? forced : keep(forced)
  }

  /**
   * Whoever starts while the shared token is good needs no turn. A process that died over a renewal keeps the others from theirs until its
   * lease has run out: a pause, and no defect.
   */
  async function granted(refused: string | null): Promise<Grant> {
    const grant = take(await store.read(), refused) ?? (await store.withLease(() => renew(refused)))
    if (grant !== null) return grant
    log.warn('token_turn_awaited', { provider: WECHAT_OFFICIAL })
    return later('token_turn_awaited', 'another process is renewing the token', undefined, clock.now())
  }

  return {
    async obtain(refused) {
      if (held !== null && usable(held, refused)) return { token: held.token }
      renewing ??= granted(refused).finally(() => {
        renewing = null
      })
      return renewing
    },
  }
}
