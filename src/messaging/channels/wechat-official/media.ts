// Pictures and films that people sent to the official account, by their MediaId (guide: "get temporary media"; they live three days).
// The platform answers an error with status 200 and JSON, so what came is looked at before anything is believed.

import { errcodeOf, CODES, TOKEN_REFUSED, tokenHolder, type AccountOptions } from './account.ts'
import { getBytes, LIMITS, parseJson, type Download } from '../fetch.ts'
import type { Collected, MediaSource } from '../media-source.ts'

/** MediaId wrong, or its three days are over. */
const GONE: ReadonlySet<number> = new Set([40007, 40004, 41006])

export function createWechatMedia(options: AccountOptions & { maxBytes: number }): MediaSource {
  const { log, baseUrl, limits = LIMITS } = options
  const tokens = tokenHolder(options)
  const within = { timeout: limits.timeout, maxBytes: options.maxBytes }

  const ask = (mediaId: string, token: string): Promise<Download> =>
    getBytes(`${baseUrl}/cgi-bin/media/get?access_token=${encodeURIComponent(token)}&media_id=${encodeURIComponent(mediaId)}`, {}, within)

  /** Films are not sent but pointed to. Only the platform's own servers are asked, and without our token. */
  async function film(url: unknown): Promise<Collected> {
    if (typeof url !== 'string' || !isPlatforms(url, baseUrl)) return { kind: 'gone', code: 'place_strange' }
    const got = await getBytes(url, {}, within)
    return got.kind === 'answered' && got.status === 200 && wordOf(got) === null ? { kind: 'file', bytes: got.bytes } : failed(got)
  }

  async function judged(got: Download): Promise<Collected> {
    if (got.kind !== 'answered' || got.status !== 200) return failed(got)
    const word = wordOf(got)
    if (word === null) return { kind: 'file', bytes: got.bytes }
    if ('video_url' in word) return film(word['video_url'])
    const code = errcode(word)
    if (GONE.has(code)) return { kind: 'gone', code: String(code) }
    const verdict = CODES.get(code)
    if (verdict === undefined || verdict.alert === true) log.error('media_code', { provider: 'wechat', code })
    return { kind: verdict === undefined || verdict.kind === 'later' ? 'later' : 'gone', code: String(code) }
  }

  return {
    async collect(mediaId) {
      const grant = await tokens.obtain(null)
      if ('kind' in grant) return { kind: 'later', code: grant.code }
      const got = await ask(mediaId, grant.token)
      const word = got.kind === 'answered' ? wordOf(got) : null
      if (word === null || !TOKEN_REFUSED.has(errcode(word))) return judged(got)
      const second = await tokens.obtain(grant.token)
      return 'kind' in second ? { kind: 'later', code: second.code } : judged(await ask(mediaId, second.token))
    },
  }
}

function failed(got: Download): Collected {
  if (got.kind === 'too_large') return { kind: 'large' }
  return { kind: 'later', code: got.kind === 'failed' ? got.reason : `http_${got.status}` }
}

/** What the platform says instead of a file; null: it is a file. */
function wordOf({ bytes }: Extract<Download, { kind: 'answered' }>): Readonly<Record<string, unknown>> | null {
  if (bytes.length > 4096 || bytes[0] !== 0x7b) return null
  const word = parseJson(bytes.toString('utf8'))
  return typeof word === 'object' && word !== null ? (word as Readonly<Record<string, unknown>>) : null
}

function errcode(word: Readonly<Record<string, unknown>>): number {
  return errcodeOf({ kind: 'answered', status: 200, json: word }) ?? 0
}

function isPlatforms(url: string, baseUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, origin, username } = new URL(url)
  return username === '' && (origin === new URL(baseUrl).origin || (protocol === 'https:' && /(?:^|\.)qq\.com$/.test(hostname)))
}
