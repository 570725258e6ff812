// Fetches pictures and films that people sent to the official account (guide: "get temporary media"; they expire after three days).
// The platform answers an error with status 200 and JSON, so the content is checked before it counts as a file.

import { errcodeOf, ERRCODES, TOKEN_REFUSED, tokenHolder, type AccountOptions } from './account.ts'
import { getBytes, LIMITS, parseJson, type Download } from '../fetch.ts'
import type { FetchedMedia, MediaSource } from '../media-source.ts'

/** Errcodes that mean: the MediaId is wrong, or its three days are over. */
const GONE: ReadonlySet<number> = new Set([40007, 40004, 41006])

/** The official account as a media source. @param options.maxBytes of a file. */
export function createWechatMedia(options: AccountOptions & { maxBytes: number }): MediaSource {
  const { log, baseUrl, limits = LIMITS } = options
  const tokens = tokenHolder(options)
  const within = { timeout: limits.timeout, maxBytes: options.maxBytes }

  const request = (mediaId: string, token: string): Promise<Download> =>
    getBytes(`${baseUrl}/cgi-bin/media/get?access_token=${encodeURIComponent(token)}&media_id=${encodeURIComponent(mediaId)}`, {}, within)

  /** For a film the platform answers its URL. Only the platform's own servers are asked, and without our token. */
  async function fetchFilm(url: unknown): Promise<FetchedMedia> {
    if (typeof url !== 'string' || !isPlatformUrl(url, baseUrl)) return { kind: 'gone', code: 'place_strange' }
    const download = await getBytes(url, {}, within)
    const isFile = download.kind === 'answered' && download.status === 200 && jsonOf(download) === null
    return isFile ? { kind: 'file', bytes: download.bytes } : failed(download)
  }

  async function resultOf(download: Download): Promise<FetchedMedia> {
    if (download.kind !== 'answered' || download.status !== 200) return failed(download)
    const json = jsonOf(download)
    if (json === null) return { kind: 'file', bytes: download.bytes }
    if ('video_url' in json) return fetchFilm(json['video_url'])
    const code = errcode(json)
    if (GONE.has(code)) return { kind: 'gone', code: String(code) }
    const verdict = ERRCODES.get(code)
    if (verdict === undefined || verdict.alert === true) log.error('media_code', { provider: 'wechat', code })
    return { kind: verdict === undefined || verdict.kind === 'later' ? 'later' : 'gone', code: String(code) }
  }

  return {
    async collect(mediaId) {
      const grant = await tokens.obtain(null)
      if ('kind' in grant) return { kind: 'later', code: grant.code }
      const download = await request(mediaId, grant.token)
      const json = download.kind === 'answered' ? jsonOf(download) : null
      if (json === null || !TOKEN_REFUSED.has(errcode(json))) return resultOf(download)
      const second = await tokens.obtain(grant.token)
      return 'kind' in second ? { kind: 'later', code: second.code } : resultOf(await request(mediaId, second.token))
    },
  }
}

function failed(download: Download): FetchedMedia {
  if (download.kind === 'too_large') return { kind: 'large' }
  return { kind: 'later', code: download.kind === 'failed' ? download.reason : `http_${download.status}` }
}

/** The JSON object that the platform answers instead of a file; null: it is a file. */
function jsonOf({ bytes }: Extract<Download, { kind: 'answered' }>): Readonly<Record<string, unknown>> | null {
  if (bytes.length > 4096 || bytes[0] !== 0x7b) return null
  const json = parseJson(bytes.toString('utf8'))
  return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : null
}

function errcode(json: Readonly<Record<string, unknown>>): number {
  return errcodeOf({ kind: 'answered', status: 200, json }) ?? 0
}

function isPlatformUrl(url: string, baseUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, origin, username } = new URL(url)
  return username === '' && (origin === new URL(baseUrl).origin || (protocol === 'https:' && /(?:^|\.)qq\.com$/.test(hostname)))
}
