// Fetches pictures that came with a message through Twilio (docs: "Media resource") from the account's own paths and from nowhere else.
// The URL in a webhook request is never fetched as it is, because it could name any server.

import { getBytes, LIMITS, type Download, type Limits } from '../fetch.ts'
import type { FetchedMedia, MediaSource } from '../media-source.ts'

export interface TwilioMediaOptions {
  accountSid: string
  authToken: string
  /** `https://api.twilio.com`, or a stand-in; without a closing slash. */
  baseUrl: string
  maxBytes: number
  limits?: Limits
}

/** The path of a picture in a URL from a webhook request; null: it does not belong to this account. */
export function mediaPath(url: string, accountSid: string): string | null {
  const path = URL.canParse(url) ? new URL(url).pathname : ''
  const parts = /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})\/Messages\/(?:MM|SM)[0-9a-f]{32}\/Media\/ME[0-9a-f]{32}$/.exec(path)
  return parts?.[1] === accountSid ? path : null
}

/** Twilio as a media source. */
export function createTwilioMedia({ accountSid, authToken, baseUrl, maxBytes, limits = LIMITS }: TwilioMediaOptions): MediaSource {
  const within = { timeout: limits.timeout, maxBytes }
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`

  return {
    async collect(path) {
      const answer = await getBytes(`${baseUrl}${path}`, { authorization }, within)
      const location = answer.kind === 'answered' && answer.status >= 300 && answer.status < 400 ? answer.location : null
      if (location === null) return resultOf(answer)
      // The file itself is on Twilio's content servers, which must not see our credentials.
      const url = URL.canParse(location, baseUrl) ? new URL(location, baseUrl) : null
      const isTwilio = url !== null && (url.origin === new URL(baseUrl).origin || isContentServer(url))
      return isTwilio ? resultOf(await getBytes(url.href, {}, within)) : { kind: 'gone', code: 'place_strange' }
    },
  }
}

function isContentServer({ protocol, hostname, username }: URL): boolean {
  return protocol === 'https:' && username === '' && /(?:^|\.)twiliocdn\.com$/.test(hostname)
}

function resultOf(download: Download): FetchedMedia {
  if (download.kind === 'too_large') return { kind: 'large' }
  if (download.kind === 'failed') return { kind: 'later', code: download.reason }
  if (download.status === 200) return { kind: 'file', bytes: download.bytes }
  return { kind: download.status === 404 || download.status === 410 ? 'gone' : 'later', code: `http_${download.status}` }
}
