// Entering from inside WeChat is bound to the browser that began it, for ten minutes and once: WeChat sends the person back from another site.
// The pages are wechat.pages.ts; the sessions that are opened are access.ts.

import { AppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import { sameText, sha256, type Secrets } from '../../core/secrets.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { hostCookie, tokenCookie, tokenIn } from '../../platform/http/cookies.ts'
import type { RequestFacts } from '../../platform/http/route.ts'

/** Milliseconds within which somebody comes back from WeChat. */
const ENTRY_LASTS = 10 * 60_000
const TIME_BYTES = 6
const RANDOM_BYTES = 10
const MARK_BYTES = 16

/** A token that says until when it serves, and that this server said so. */
export function newEntry({ secrets, clock }: AppContext): string {
  const facts = Buffer.alloc(TIME_BYTES + RANDOM_BYTES)
  facts.writeUIntBE(clock.now().getTime() + ENTRY_LASTS, 0, TIME_BYTES)
  Buffer.from(newToken(), 'base64url').copy(facts, TIME_BYTES, 0, RANDOM_BYTES)
  return Buffer.concat([facts, ...marksOf(secrets, facts).slice(0, 1)]).toString('base64url')
}

/** `Set-Cookie` that binds the entry to the browser that began it. */
export function entryCookie(app: AppContext, token: string): string {
  const expiresAt = new Date(app.clock.now().getTime() + (token === '' ? 0 : ENTRY_LASTS))
  return tokenCookie(app, { ...cookieAt(app), token, sameSite: 'lax', expiresAt })
}

/** What WeChat is asked to bring back; it does not reveal the cookie. */
export function entryState(token: string): string {
  return sha256(`wechat-entry:${token}`)
}

/** Checks that this browser began the entry, not longer ago than it lasts. @throws `wechat_entry_ended`. */
export function requireEntry(app: AppContext, headers: RequestFacts['headers'], state: string): void {
  const token = tokenIn(headers, cookieAt(app).name)
  if (token === null || !sameText(entryState(token), state) || !isRunning(app, token)) throw new AppError('wechat_entry_ended')
}

function isRunning({ secrets, clock }: AppContext, token: string): boolean {
  const bytes = Buffer.from(token, 'base64url')
  const facts = bytes.subarray(0, TIME_BYTES + RANDOM_BYTES)
  const mark = bytes.subarray(facts.length).toString('hex')
  const isOurs = marksOf(secrets, facts).some((own) => sameText(own.toString('hex'), mark))
  return isOurs && facts.readUIntBE(0, TIME_BYTES) > clock.now().getTime()
}

/** The mark of a token under the active key, then under older ones. */
function marksOf(secrets: Secrets, facts: Buffer): Buffer[] {
  return secrets
    .indexes('code', `wechat-entry:${facts.toString('hex')}`)
    .map((index) => Buffer.from(sha256(index), 'hex').subarray(0, MARK_BYTES))
}

function cookieAt(app: AppContext): { name: string; path: string } {
  return hostCookie(app, 'zxt-wechat', '/unit/wechat')
}
