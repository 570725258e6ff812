// Somebody with a browser on the public pages: keeps cookies, sends forms with what is in their hidden fields, and follows redirects.
// The server is http-server.ts.

import type { Answer, TestServer } from './http-server.ts'

export type Fields = Readonly<Record<string, string>>

/** A browser. */
export interface Visitor {
  /** The page that is open. */
  text(): string
  status(): number
  get(path: string): Promise<Answer>
  /** Sends a form as browsers send forms without files. */
  post(path: string, fields: Fields): Promise<Answer>
  /** Sends a form with files, with the token of the page that is open before everything else. */
  send(path: string, fields: Fields, files?: readonly Buffer[]): Promise<Answer>
  cookies: Map<string, string>
}

/** Opens a browser. @param address what a proxy says the client's address is; the server must trust one. */
export function visitor(server: TestServer, address?: string): Visitor {
  const cookies = new Map<string, string>()
  let page: Answer | null = null

  async function ask(method: string, path: string, body?: Uint8Array<ArrayBuffer>, type?: string): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await server.ask(method, path, {
      ...(body === undefined ? {} : { body }),
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(type === undefined ? {} : { 'content-type': type }),
        ...(address === undefined ? {} : { 'x-forwarded-for': address }),
      },
    })
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (/max-age=0/i.test(set)) cookies.delete(name)
      else cookies.set(name, value)
    }
    const next = answer.status === 303 ? answer.headers.get('location') : null
    if (next !== null) return ask('GET', next)
    page = answer
    return answer
  }

  return {
    cookies,
    text: () => page?.text ?? '',
    status: () => page?.status ?? 0,
    get: (path) => ask('GET', path),
    post: (path, fields) =>
      ask('POST', path, new TextEncoder().encode(new URLSearchParams(fields).toString()), 'application/x-www-form-urlencoded'),
    async send(path, fields, files = []) {
      const form = new FormData()
      form.set('form', fields['form'] ?? tokenOf(page?.text ?? ''))
      for (const [name, value] of Object.entries(fields)) if (name !== 'form' && name !== 'act') form.set(name, value)
      files.forEach((bytes, index) => form.set(`photo${index + 1}`, new File([bytes], `IMG_${index}.jpg`)))
      if (fields['act'] !== undefined) form.set('act', fields['act'])
      const sent = new Response(form)
      return ask('POST', path, new Uint8Array(await sent.arrayBuffer()), sent.headers.get('content-type') ?? '')
    },
  }
}

/** The token of the form on a page. */
export function tokenOf(text: string): string {
  return /name="form" value="([\w-]{43})"/.exec(text)?.[1] ?? ''
}
