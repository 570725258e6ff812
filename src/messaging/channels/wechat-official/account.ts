// The official account's access token, and the table of the platform's error codes for all of its interfaces.
// Sending is in channel.ts, fetching media in media.ts, the menu in menu.ts.

import { addDays, dayOf, instantAt } from '../../../core/calendar.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Log } from '../../../core/log.ts'
import type { Outcome } from '../channel.ts'
import { LIMITS, postJson, type Exchange, type Limits } from '../fetch.ts'

/** An access token as all processes share it. It may be longer than 512 characters. */
export interface ProviderToken {
  token: string
  expiresAt: Date
  /** When any process last forced a new token; null: never. */
  forcedAt: Date | null
}

/** Where the token of an account is stored. The platform has one valid token for each account, so all processes share one row. */
export interface TokenStore {
  read(): Promise<ProviderToken | null>
  /** Replaces the stored token. */
  write(token: ProviderToken): Promise<void>
  /** Runs `work` under the account's lease and returns its result. Waits for the lease; null when it cannot be had. */
  withLease<T>(work: () => Promise<T>): Promise<T | null>
}

/** What every interface of the account needs. */
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

/** The provider's name in attempts, receipts and logs. */
export const WECHAT_OFFICIAL = 'wechat-official'

type Later = Extract<Outcome, { kind: 'later' }>
type Pause = 'minute' | 'quarter' | 'hour' | 'tomorrow'

/** What an error code means for one message. */
export interface Verdict {
  /** `busy`: a quota of the whole account. */
  kind: 'later' | 'busy' | 'closed' | 'refused'
  reason: string
  /** It speaks of the platform or the account, not of one message or person. */
  ofProvider?: true
  /** Time before the next attempt (`quarter`: of an hour); absent: the dispatcher's own back-off. */
  pause?: Pause
  /** A person must act: an ERROR in the log. */
  alert?: true
}

const MINUTE = 60_000
/** The platform renews a stable token five minutes before its end; we request the new one a minute before the end. */
const STALE_BEFORE = MINUTE
/** Milliseconds between two forced renewals; the platform allows 20 a day, 30 s apart. */
const FORCE_EVERY = 30_000

/** Errcodes that mean: the access token is not valid. */
export const TOKEN_REFUSED: ReadonlySet<number> = new Set([40001, 40014, 42001])

/** The verdict on a code that is not in the table. */
export const UNLISTED: Verdict = { kind: 'later', reason: 'a code that this application does not know' }

/** Every errcode that the documentation of the account's message interfaces lists, and what it means for one message. */
export const ERRCODES: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [-1, { kind: 'later', reason: 'the platform is busy', ofProvider: true }],
  // These three get here only when a renewed token was refused as well.
  [40001, { kind: 'later', reason: 'token refused twice', ofProvider: true, pause: 'minute' }],
  [40014, { kind: 'later', reason: 'token refused twice', ofProvider: true, pause: 'minute' }],
  [42001, { kind: 'later', reason: 'token refused twice', ofProvider: true, pause: 'minute' }],
  [41001, { kind: 'later', reason: 'token missing from the request', ofProvider: true, pause: 'quarter', alert: true }],
  // For one person it means a wrong address; for everybody it means a changed app id, hence the alert.
  [40003, { kind: 'refused', reason: 'not an openid of this account', alert: true }],
  [40013, { kind: 'later', reason: 'app id wrong', ofProvider: true, pause: 'quarter', alert: true }],
  [40125, { kind: 'later', reason: 'app secret wrong', ofProvider: true, pause: 'quarter', alert: true }],
  [40164, { kind: 'later', reason: 'address of this server not on the white list', ofProvider: true, pause: 'quarter', alert: true }],
  [43004, { kind: 'closed', reason: 'the person does not follow the account' }],
  [43019, { kind: 'refused', reason: 'the person is on our black list' }],
  [43101, { kind: 'refused', reason: 'no consent left' }],
  [43117, { kind: 'later', reason: 'too many messages to this person', pause: 'hour' }],
  [45009, { kind: 'busy', reason: 'daily quota used up', pause: 'tomorrow', alert: true }],
  [45011, { kind: 'busy', reason: 'minute quota used up', pause: 'minute' }],
  [45015, { kind: 'closed', reason: '48 hours are over' }],
  [45047, { kind: 'later', reason: 'five answers used up until the person writes again', pause: 'hour' }],
  [50002, { kind: 'refused', reason: 'the account of this person is limited' }],
  // Defects of ours or of the account: repeating cannot help, so the next step is tried while somebody repairs it.
  [40037, { kind: 'closed', reason: 'template id wrong', alert: true }],
  [40200, { kind: 'closed', reason: 'the account may not send this kind', alert: true }],
  [43116, { kind: 'closed', reason: 'template banned', alert: true }],
  [47001, { kind: 'closed', reason: 'request not understood', alert: true }],
  [47003, { kind: 'closed', reason: 'a template field breaks its limit', alert: true }],
  [48001, { kind: 'closed', reason: 'the account lacks the interface', alert: true }],
  [48004, { kind: 'closed', reason: 'interface withdrawn for irregularities', alert: true }],
])

/** The outcome for a code. @param now base of the pause. */
export function outcome(code: number, verdict: Verdict, now: Date): Outcome {
  const { kind, reason, pause, ofProvider } = verdict
  const said = { code: String(code), reason, ...(pause === undefined ? {} : { notBefore: after(pause, now) }) }
  if (kind === 'later') return ofProvider === true ? { kind, ...said, ofProvider } : { kind, ...said }
  return kind === 'busy' ? { kind, ...said } : { kind, code: said.code, reason }
}

/** No token: it speaks of the platform or the account. */
function noToken(code: string, reason: string, pause: Pause | undefined, now: Date): Later {
  return { kind: 'later', code, reason, ofProvider: true, ...(pause === undefined ? {} : { notBefore: after(pause, now) }) }
}

function after(pause: Pause, now: Date): Date {
  // Quotas are counted by Beijing day; five minutes allow for a difference of the platform's clock.
  if (pause === 'tomorrow') return instantAt(addDays(dayOf(now), 1), 0, 5)
  const minutes = { minute: 1, quarter: 15, hour: 60 }[pause]
  return new Date(now.getTime() + minutes * MINUTE)
}

function field(answer: Exchange, name: string): unknown {
  if (answer.kind !== 'answered' || typeof answer.json !== 'object' || answer.json === null) return undefined
  return (answer.json as Readonly<Record<string, unknown>>)[name]
}

/** The errcode of an answer; null when it has none. */
export function errcodeOf(answer: Exchange): number | null {
  const code = field(answer, 'errcode')
  return typeof code === 'number' ? code : null
}

/** The msgid of an answer with all its digits; null when it has none. */
export function msgidOf(answer: Exchange): string | null {
  const id = field(answer, 'msgid')
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null
}

/** A token, or why there is none now: a message without a token was never sent, so the only outcome is `later`. */
export type TokenGrant = { token: string } | Later

export interface TokenHolder {
  /** A valid token. @param refused the token that the platform has just refused; null: none. */
  obtain(refused: string | null): Promise<TokenGrant>
}

/** Holds the account's token: one renewal at a time within this process, and under the store's lease among processes. */
export function tokenHolder(options: AccountOptions): TokenHolder {
  const { tokens: store, clock, log } = options
  let current: ProviderToken | null = null
  let renewing: Promise<TokenGrant> | null = null

  const isUsable = (token: ProviderToken, refused: string | null): boolean =>
    token.token !== refused && token.expiresAt.getTime() - STALE_BEFORE > clock.now().getTime()

  async function keep(token: ProviderToken): Promise<TokenGrant> {
    await store.write(token)
    current = token
    return { token: token.token }
  }

  function adoptStored(stored: ProviderToken | null, refused: string | null): TokenGrant | null {
    if (stored === null || !isUsable(stored, refused)) return null
    current = stored
    return { token: stored.token }
  }

  async function renew(refused: string | null): Promise<TokenGrant> {
    const stored = await store.read()
    const renewed = adoptStored(stored, refused)
    if (renewed !== null) return renewed
    const forcedAt = stored?.forcedAt ?? null
    const requested = await requestToken(options, false, forcedAt)
    if ('kind' in requested) return requested
    if (requested.token !== refused) return keep(requested)
    // The platform refuses a token that it still gives out: only a forced renewal helps.
    const now = clock.now()
    if (forcedAt !== null && now.getTime() - forcedAt.getTime() < FORCE_EVERY)
      return {
        kind: 'later',
        code: 'token_forced',
        reason: 'a new token was forced moments ago',
        notBefore: new Date(forcedAt.getTime() + FORCE_EVERY),
      }
    // Written before the request: after a crash in between no second renewal may be forced at once.
    await store.write({ ...requested, forcedAt: now })
    const forced = await requestToken(options, true, now)
    return 'kind' in forced ? forced : keep(forced)
  }

  /**
   * While the stored token is valid no lease is needed. A process that died during a renewal blocks the others until its lease has run out:
   * that delays messages and is not a defect.
   */
  async function storedOrRenewed(refused: string | null): Promise<TokenGrant> {
    const grant = adoptStored(await store.read(), refused) ?? (await store.withLease(() => renew(refused)))
    if (grant !== null) return grant
    log.warn('token_turn_awaited', { provider: WECHAT_OFFICIAL })
    return { kind: 'later', code: 'token_turn_awaited', reason: 'another process is renewing the token' }
  }

  return {
    async obtain(refused) {
      if (current !== null && isUsable(current, refused)) return { token: current.token }
      renewing ??= storedOrRenewed(refused).finally(() => {
        renewing = null
      })
      return renewing
    },
  }
}

/** Requests the token from the platform. @param force makes the platform replace its token. @param forcedAt is kept with the new token. */
async function requestToken(options: AccountOptions, force: boolean, forcedAt: Date | null): Promise<ProviderToken | Later> {
  const { clock, log, limits = LIMITS } = options
  const payload = { grant_type: 'client_credential', appid: options.appId, secret: options.secret, force_refresh: force }
  const answer = await postJson(`${options.baseUrl}/cgi-bin/stable_token`, payload, limits)
  const now = clock.now()
  if (answer.kind !== 'answered') return noToken('token_unreachable', answer.reason, undefined, now)
  const token = field(answer, 'access_token')
  const seconds = field(answer, 'expires_in')
  if (typeof token === 'string' && token !== '' && typeof seconds === 'number')
    return { token, expiresAt: new Date(now.getTime() + seconds * 1000), forcedAt }
  return tokenDenied(errcodeOf(answer) ?? `http_${answer.status}`, log, now)
}

/** At this interface even 40001 concerns the app secret, and no code concerns one person. */
function tokenDenied(code: number | string, log: Log, now: Date): Later {
  const verdict = typeof code === 'number' && !TOKEN_REFUSED.has(code) ? ERRCODES.get(code) : undefined
  if (verdict !== undefined && ['later', 'busy'].includes(verdict.kind) && verdict.alert !== true)
    return noToken(String(code), verdict.reason, verdict.pause, now)
  log.error('token_refused', { provider: WECHAT_OFFICIAL, code })
  return noToken(String(code), 'the account gets no token', verdict?.pause ?? 'quarter', now)
}
