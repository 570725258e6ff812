// What a browser keeps once it confirmed a link that was sent to one person: it alone may open the page again until the link ends.
// Sessions of staff are access.ts; what the link opens is the subject's own page.

import { z } from 'zod'
import type { House } from '../actions/context.ts'
import type { Shown } from '../actions/links.ts'
import type { RateLimit, RequestFacts } from './route.ts'

const TOKEN = /^[A-Za-z0-9_-]{43}$/

export const linkParams = z.object({ token: z.string().regex(TOKEN) })

/** Guessing a token is hopeless; asking again and again is still held back. */
export const LINK_LIMIT: RateLimit = { code: 'rate_limited', perMinute: (config) => config.enquiry.perMinute }

const NAME = 'zxt_link'

export function shownLink(params: z.output<typeof linkParams>, { headers }: RequestFacts): Shown {
  const found = new RegExp(`(?:^|;\\s*)${NAME}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(headers.cookie ?? '')
  return { token: params.token, holder: found?.[1] ?? null }
}

/** For this link's page alone. `Lax`, because a chat opens the link from outside; forms of other sites still bring no cookie along. */
export function holderCookie({ config, clock }: House, path: string, holder: string, expiresAt: Date): string {
  const seconds = Math.max(0, Math.floor((expiresAt.getTime() - clock.now().getTime()) / 1000))
  const secure = config.publicUrl.startsWith('https://') ? '; Secure' : ''
  return `${NAME}=${holder}; Max-Age=${seconds}; Path=${path}; HttpOnly; SameSite=Lax${secure}`
}
