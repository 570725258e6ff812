// Cookies that hold a token: one way to write them and one way to read them. No script reads them; over TLS they never travel without it.
// Which cookie says what is access.ts (staff), link-cookie.ts (a link sent to one person) and chat.ts.

import type { IncomingHttpHeaders } from 'node:http'
import { parseCookie, stringifySetCookie } from 'cookie'
import type { AppContext } from '../commands/command.ts'

const TOKEN = /^[A-Za-z0-9_-]{43}$/

interface TokenCookie {
  name: string
  /** Empty: the browser is to forget the cookie. */
  token: string
  path: string
  sameSite: 'strict' | 'lax'
  /** When the browser forgets it; left out, at the end of the browser's session. */
  expiresAt?: Date
}

/** The value of a `Set-Cookie` header. */
export function tokenCookie({ config, clock }: AppContext, { name, token, path, sameSite, expiresAt }: TokenCookie): string {
  const left = expiresAt === undefined ? undefined : Math.max(0, Math.floor((expiresAt.getTime() - clock.now().getTime()) / 1000))
  return stringifySetCookie({
    name,
    value: token,
    ...(left === undefined ? {} : { maxAge: left }),
    path,
    httpOnly: true,
    secure: isSecure(config),
    sameSite,
  })
}

/** The token in the request's cookie of this name; null without one, and for a value that cannot be a token. */
export function tokenIn(headers: IncomingHttpHeaders, name: string): string | null {
  const value = parseCookie(headers.cookie ?? '', { decode: (text) => text })[name] ?? ''
  return TOKEN.test(value) ? value : null
}

/** Whether browsers reach this server over TLS. */
export function isSecure(config: Pick<AppContext['config'], 'publicUrl'>): boolean {
  return config.publicUrl.startsWith('https://')
}
