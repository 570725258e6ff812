// Cookie of a browser that confirmed a one-time link: only this browser may open the page again until the link ends.
// Sessions of staff are features/sessions; the page that a link opens belongs to its own feature.

import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import type { PresentedLink } from './commands.ts'
import { tokenCookie, tokenIn } from '../../platform/http/cookies.ts'
import type { RateLimit, RequestFacts } from '../../platform/http/route.ts'

const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** Path parameters of a link: its token, 43 characters of base64url. */
export const linkParams = z.object({ token: z.string().regex(TOKEN) })

/** A token cannot be guessed, but repeated attempts are limited all the same. */
export const LINK_LIMIT: RateLimit = { code: 'rate_limited', perMinute: (config) => config.enquiry.perMinute }

const COOKIE = 'zxt_link'

/** The link token of the path and the holder token of the cookie. */
export function presentedLink(params: z.output<typeof linkParams>, { headers }: RequestFacts): PresentedLink {
  return { token: params.token, holder: tokenIn(headers, COOKIE) }
}

/**
 * The `Set-Cookie` value for one link's page. `Lax`, because a chat opens the link from outside; forms of other sites still send no
 * cookie.
 */
export function holderCookie(app: AppContext, path: string, holder: string, expiresAt: Date): string {
  return tokenCookie(app, { name: COOKIE, token: holder, path, sameSite: 'lax', expiresAt })
}
