// Pictures that came with a message through Twilio (docs: "Media resource"): fetched from the account's own paths with its credentials, and from nowhere else.
// A webhook's address of a picture is never asked as it stands: it could name any server.

import { getBytes, LIMITS, type Download, type Limits } from '../fetch.ts'
import type { Collected, MediaSource } from '../media-source.ts'

export interface TwilioMediaOptions {
  accountSid: string
  authToken: string
  /** `https://api.twilio.com`, or a stand-in; without a closing slash. */
  baseUrl: string
  maxBytes: number
  limits?: Limits
}

/** The path of a picture in an address that a webhook gave; null: it is not one of this account's. */
export function mediaPath(url: string, accountSid: string): string | null {
  const path = URL.canParse(url) ? new URL(url).pathname : ''
  const parts = /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})\/Messages\/(?:MM|SM)[0-9a-f]{32}\/Media\/ME[0-9a-f]{32}$/.exec(path)
  return parts?.[1] === accountSid ? path : null
}

export function createTwilioMedia({ accountSid, authToken, baseUrl, maxBytes, limits = LIMITS }: TwilioMediaOptions): MediaSource {
  const within = { timeout: limits.timeout, maxBytes }
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`

  return {
    async collect(path) {
      const got = await getBytes(`${baseUrl}${path}`, { authorization }, within)
      const moved = got.kind === 'answered' && got.status >= 300 && got.status < 400 ? got.location : null
      if (moved === null) return judged(got)
      // The file itself lies with Twilio's own carrier, which must not see our credentials.
      const place = URL.canParse(moved, baseUrl) ? new URL(moved, baseUrl) : null
      const isTheirs = place !== null && (place.origin === new URL(baseUrl).origin || isCarrier(place))
      return isTheirs ? judged(await getBytes(place.href, {}, within)) : { kind: 'gone', code: 'place_strange' }
    },
  }
}

function isCarrier({ protocol, hostname, username }: URL): boolean {
  return protocol === 'https:' && username === '' && /(?:^|\.)twiliocdn\.com$/.test(hostname)
}

function judged(got: Download): Collected {
  if (got.kind === 'too_large') return { kind: 'large' }
  if (got.kind === 'failed') return { kind: 'later', code: got.reason }
  if (got.status === 200) return { kind: 'file', bytes: got.bytes }
  return { kind: got.status === 404 || got.status === 410 ? 'gone' : 'later', code: `http_${got.status}` }
}
