// One call as a machine makes it: with a key instead of the session, whatever the answer is.

import { NETWORK, Problem } from './problem.ts'

export interface KeyRequest {
  method: 'GET' | 'POST'
  /** With its query. */
  path: string
  body?: Readonly<Record<string, unknown>>
}
export interface KeyAnswer {
  status: number
  /** JSON with indents, or the text as it came. */
  text: string
}

/** Sends a request with a key. The session takes no part in it. @throws Problem `network`. */
export async function sendWithKey(key: string, { method, path, body }: KeyRequest): Promise<KeyAnswer> {
  const headers = {
    accept: 'application/json',
    authorization: `Bearer ${key}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const sent = body === undefined ? null : JSON.stringify(body)
  const response = await fetch(path, { method, headers, body: sent, credentials: 'omit', cache: 'no-store' }).catch(() => {
    throw new Problem({ code: NETWORK, status: 0, title: '', detail: '' })
  })
  const text = await response.text()
  return { status: response.status, text: indented(text) }
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** The same request for a terminal. The key stands in a variable, so that no history keeps it. */
export function curlOf(origin: string, { method, path, body }: KeyRequest): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quoted(`${origin}${path}`)}`,
    `  -H "Authorization: Bearer $KEY"`,
    ...(body === undefined ? [] : [`  -H 'Content-Type: application/json'`, `  -d ${quoted(JSON.stringify(body))}`]),
  ].join(' \\\n')
}
