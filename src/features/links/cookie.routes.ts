// What a browser keeps once it confirmed a link that was sent to one person: it alone may open the page again until the link ends.
// Sessions of staff are access.ts; what the link opens is the subject's own page.

import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import type { Shown } from './commands.ts'
import { tokenCookie, tokenIn } from '../../platform/http/cookies.ts'
import type { RateLimit, RequestFacts } from '../../platform/http/route.ts'

const TOKEN = /^[A-Za-z0-9_-]{43}$/

export const linkParams = z.object({ token: z.string().regex(TOKEN) })

/** Guessing a token is hopeless; asking again and again is still held back. */
export const LINK_LIMIT: RateLimit = { code: 'rate_limited', perMinute: (config) => config.enquiry.perMinute }

const NAME = 'zxt_link'

export function shownLink(params: z.output<typeof linkParams>, { headers }: RequestFacts): Shown {
  return { token: params.token, holder: tokenIn(headers, NAME) }
}

/** For this link's page alone. `Lax`, because a chat opens the link from outside; forms of other sites still bring no cookie along. */
export function holderCookie(app: AppContext, path: string, holder: string, expiresAt: Date): string {
  return tokenCookie(app, { name: NAME, token: holder, path, sameSite: 'lax', expiresAt })
}
