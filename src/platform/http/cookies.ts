// Writes and reads cookies that hold a token. Scripts cannot read them (HttpOnly); with an https public URL they are sent over TLS only.
// The cookies are set in features/sessions/access.ts (staff), features/links/cookie.routes.ts (one-time links) and bot/doors/chat.routes.ts.

import type { IncomingHttpHeaders } from 'node:http'
import { parseCookie, stringifySetCookie } from 'cookie'
import type { AppContext } from '../commands/command.ts'

const TOKEN = /^[A-Za-z0-9_-]{43}$/

interface TokenCookie {
  name: string
  /** Empty to make the browser forget the cookie. */
  token: string
  path: string
  sameSite: 'strict' | 'lax'
  /** When the browser forgets it. Without it, at the end of the browser's session. */
  expiresAt?: Date
}

/** The value of a `Set-Cookie` header. */
export function tokenCookie({ config, clock }: AppContext, { name, token, path, sameSite, expiresAt }: TokenCookie): string {
  const secondsLeft = expiresAt === undefined ? undefined : Math.max(0, Math.floor((expiresAt.getTime() - clock.now().getTime()) / 1000))
  return stringifySetCookie({
    name,
    value: token,
    ...(secondsLeft === undefined ? {} : { maxAge: secondsLeft }),
    path,
    httpOnly: true,
    secure: isSecure(config),
    sameSite,
  })
}

/**
 * The name and path of a cookie of this host alone. With TLS the name gets the prefix `__Host-`, so that no subdomain and no page over plain
 * HTTP can plant one; browsers then want the path `/`.
 */
export function hostCookie({ config }: Pick<AppContext, 'config'>, name: string, path: string): { name: string; path: string } {
  return isSecure(config) ? { name: `__Host-${name}`, path: '/' } : { name, path }
}

/** The token in the request's cookie of this name; null without the cookie, and for a value that cannot be a token. */
export function tokenIn(headers: IncomingHttpHeaders, name: string): string | null {
  const value = parseCookie(headers.cookie ?? '', { decode: (text) => text })[name] ?? ''
  return TOKEN.test(value) ? value : null
}

/** The cookie of the choice of large text. */
export const LARGE = 'zxt_large'

/** A choice of how pages look, such as large text: it says nothing of the person. */
export function choiceCookie({ config }: AppContext, name: string, value: 'yes' | 'no'): string {
  const seconds = value === 'yes' ? 31_536_000 : 0
  return stringifySetCookie({ name, value, maxAge: seconds, path: '/', httpOnly: true, secure: isSecure(config), sameSite: 'lax' })
}

/** Whether the browser made that choice. */
export function hasChosen(headers: IncomingHttpHeaders, name: string): boolean {
  return parseCookie(headers.cookie ?? '', { decode: (text) => text })[name] === 'yes'
}

/** Whether browsers reach this server over TLS. */
export function isSecure(config: Pick<AppContext['config'], 'publicUrl'>): boolean {
  return config.publicUrl.startsWith('https://')
}
