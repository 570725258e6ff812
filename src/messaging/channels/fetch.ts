// HTTP requests to providers; the only caller of fetch. Reports what is known about a failed request; the channel decides what to do.
// URLs and bodies contain tokens and addresses, so nothing of them is put into a reason or the log.

/** What is known after one request. */
export type Exchange =
  /** Status below 500. `json` is undefined when the body was not JSON; integers beyond 2^53 arrive as strings. */
  | { kind: 'answered'; status: number; json: unknown }
  /** No byte of the request left this machine: it is safe to send again. */
  | { kind: 'not_sent'; reason: string }
  /** A time-out, a broken connection, a status of 500 and above, an unreadable body: the provider may have done it. */
  | { kind: 'in_doubt'; reason: string }

export interface Limits {
  /** Milliseconds for the whole exchange, answer included. */
  timeout: number
  /** Bytes of answer that are read before giving up. */
  maxBytes: number
}

export const LIMITS: Limits = { timeout: 10_000, maxBytes: 1_048_576 }

/** POSTs a body as JSON in raw UTF-8. Never throws, never follows a redirect. */
export function postJson(url: string, body: unknown, limits: Limits = LIMITS): Promise<Exchange> {
  return exchange(
    url,
    { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) },
    limits,
  )
}

/** GETs JSON. Never throws, never follows a redirect. */
export function getJson(url: string, limits: Limits = LIMITS): Promise<Exchange> {
  return exchange(url, { method: 'GET' }, limits)
}

/** The result of a download. `type` is the answer's content-type; `location` its Location header. */
export type Download =
  | { kind: 'answered'; status: number; type: string; bytes: Buffer; location: string | null }
  | { kind: 'too_large' }
  | { kind: 'failed'; reason: string }

/** GETs bytes, at most `limits.maxBytes`. Never throws, never follows a redirect. */
export async function getBytes(url: string, headers: Readonly<Record<string, string>> = {}, limits: Limits = LIMITS): Promise<Download> {
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(limits.timeout) })
    const bytes = await readAll(response, limits.maxBytes)
    if (bytes === null) return { kind: 'too_large' }
    const { status } = response
    return { kind: 'answered', status, type: response.headers.get('content-type') ?? '', bytes, location: response.headers.get('location') }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { kind: 'failed', reason: codeOf(cause) }
  }
}

/** Whether an error proves that nothing was sent: name resolution, the connection or the certificate failed. */
export function neverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  if (NEVER_SENT.has(code) || /CERT|^ERR_TLS_|SIGNATURE/.test(code)) return true
  const syscall = (error as { syscall?: unknown }).syscall
  // HTTP clients put the network error into `cause`.
  return syscall === 'connect' || syscall === 'getaddrinfo' || neverSent(error.cause)
}

/** A code for an error of a request: `ECONNREFUSED`, `timeout` … Never its message, which may quote the address. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error'
  if (error instanceof SyntaxError) return 'unreadable'
  const code = (error as { code?: unknown }).code
  // fetch reports TimeoutError; the other two come from the Twilio client.
  if (error.name === 'TimeoutError' || code === 'ERR_CANCELED' || code === 'ECONNABORTED') return 'timeout'
  return typeof code === 'string' ? code : error.name
}

const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
])

async function exchange(url: string, request: RequestInit, limits: Limits): Promise<Exchange> {
  try {
    const response = await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(limits.timeout) })
    const text = await readText(response, limits.maxBytes)
    if (response.status >= 500) return { kind: 'in_doubt', reason: `http_${response.status}` }
    if (text === null) return { kind: 'in_doubt', reason: 'answer_too_large' }
    return { kind: 'answered', status: response.status, json: parseJson(text) }
  } catch (error) {
    // fetch wraps a network error: TypeError('fetch failed', { cause }).
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { kind: neverSent(cause) ? 'not_sent' : 'in_doubt', reason: codeOf(cause) }
  }
}

async function readText(response: Response, maxBytes: number): Promise<string | null> {
  return (await readAll(response, maxBytes))?.toString('utf8') ?? null
}

/** The whole answer; null when it is longer than allowed. */
async function readAll(response: Response, maxBytes: number): Promise<Buffer | null> {
  if (response.body === null) return Buffer.alloc(0)
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.byteLength
    // Leaving the loop cancels the stream and closes the connection.
    if (size > maxBytes) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * Parses JSON; undefined when it is not JSON. WeChat writes 64-bit message ids as bare numbers, which JSON.parse would round, so integers
 * of 16 digits and more become strings first.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(TOKENS, (token) => (/^-?\d{16,}$/.test(token) ? `"${token}"` : token))) as unknown
  } catch {
    return undefined
  }
}
