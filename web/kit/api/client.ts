// Calls the server: typed by the routes, with the CSRF header, JSON in and out, and one renewal of the session where it ran out.
// Files go up by upload.ts, because only XMLHttpRequest tells how far it is.

import type { Paths } from './types.gen.ts'
import { NETWORK, Problem } from './problem.ts'
import { noteServerTime } from './server-clock.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
interface Operation {
  params: unknown
  query: unknown
  body: unknown
  reply: unknown
}
/** The paths that have a method. */
export type PathsWith<M extends Method> = { [P in keyof Paths]: Paths[P] extends Record<M, Operation> ? P : never }[keyof Paths]
type OperationOf<P extends keyof Paths, M extends Method> = Paths[P] extends Record<M, infer Op extends Operation> ? Op : never

type Given<Name extends string, Type> = [Type] extends [undefined]
  ? { readonly [K in Name]?: undefined }
  : Record<string, never> extends Type
    ? { readonly [K in Name]?: Type }
    : { readonly [K in Name]: Type }
/** What a call needs: parameters of the path, query and body, as far as its route has them. */
export type Input<Op extends Operation> = Given<'params', Op['params']> & Given<'query', Op['query']> & Given<'body', Op['body']> & Extra
interface Extra {
  /** A refresh by timer: the server does not take it for a sign of life of the person. */
  readonly passive?: boolean
  readonly signal?: AbortSignal
}
/** What a route answers. */
export type Reply<P extends keyof Paths, M extends Method> = OperationOf<P, M>['reply']
type Arguments<Op extends Operation> = Record<string, never> extends Omit<Input<Op>, never> ? [input?: Input<Op>] : [input: Input<Op>]

interface Hooks {
  csrfToken: string
  /** Which session is meant, where a browser may hold several: the value of the header `X-Session`. Empty for the server's own choice. */
  kind: string
  /** Asks the person to log in again. Resolves when there is a session, rejects when the person gives up. Null before the first log-in. */
  renew: (() => Promise<void>) | null
}
const hooks: Hooks = { csrfToken: '', kind: '', renew: null }

/** Sets what the calls take from the session. */
export function connectSession(given: Partial<Hooks>): void {
  Object.assign(hooks, given)
}

/** The headers that name the session; for anything but reading, with its CSRF token. */
export function sessionHeaders(changes: boolean): Record<string, string> {
  return { ...(hooks.kind === '' ? {} : { 'x-session': hooks.kind }), ...(changes ? { 'x-csrf-token': hooks.csrfToken } : {}) }
}

/** Codes that mean: log in (again). */
const SESSION_CODES = ['login_required', 'csrf_wrong']

/** Runs a request and, where the session had run out, once more after the person logged in. */
export async function renewing<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (hooks.renew === null || !(error instanceof Problem) || !SESSION_CODES.includes(error.code)) throw error
    await hooks.renew()
    return send()
  }
}

interface Sent {
  params?: unknown
  query?: unknown
  body?: unknown
  passive?: boolean
  signal?: AbortSignal
}

/** The address of a call, with its parameters and query. */
export function addressOf(path: string, params: unknown, query: unknown): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent((params as Record<string, string>)[name] ?? ''))
  const entries = Object.entries((query ?? {}) as Record<string, string | number | boolean | string[] | null | undefined>).flatMap(
    ([name, value]): [string, string][] => {
      if (value === undefined || value === null || value === '') return []
      return Array.isArray(value) ? value.map((each) => [name, String(each)]) : [[name, String(value)]]
    },
  )
  return entries.length === 0 ? filled : `${filled}?${new URLSearchParams(entries).toString()}`
}

/**
 * The query of a list from its filter and page: every field is text, and the address leaves out what is not asked for (`''`).
 * The server refuses what it does not know.
 */
export function queryOf<P extends PathsWith<'get'>>({
  filter,
  limit,
  offset,
}: {
  filter: Readonly<Record<string, string>>
  limit?: number
  offset?: number
}): OperationOf<P, 'get'>['query'] {
  const asked = Object.entries(filter).map(([name, value]) => [name, value.trim()] as const)
  return { ...Object.fromEntries(asked), limit, offset }
}

async function request(method: Method, path: string, sent: Sent): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...sessionHeaders(method !== 'get') }
  if (sent.passive === true) headers['x-passive'] = '1'
  const isFile = sent.body instanceof Blob
  if (sent.body !== undefined && !isFile) headers['content-type'] = 'application/json'
  const body = sent.body === undefined ? null : isFile ? (sent.body as Blob) : JSON.stringify(sent.body)
  const response = await fetch(addressOf(path, sent.params, sent.query), {
    method: method.toUpperCase(),
    headers,
    body,
    signal: sent.signal ?? null,
    credentials: 'same-origin',
    cache: 'no-store',
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Problem({ code: NETWORK, status: 0, title: '', detail: '' })
  })
  noteServerTime(response.headers.get('date'))
  if (!response.ok) throw await problemIn(response)
  return response
}

/** The problem of an answer; a proxy may answer with something that is no problem document. */
export async function problemIn(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as ConstructorParameters<typeof Problem>[0] | null
  if (body !== null && typeof body.code === 'string') return new Problem({ ...body, status: response.status })
  return new Problem({ code: 'defect', status: response.status, title: '', detail: '' })
}

async function call(method: Method, path: string, sent: Sent = {}): Promise<unknown> {
  const response = await renewing(() => request(method, path, sent))
  if (response.status === 204) return undefined
  return (response.headers.get('content-type') ?? '').startsWith('application/json') ? response.json() : response.blob()
}

type Call<M extends Method> = <P extends PathsWith<M>>(path: P, ...input: Arguments<OperationOf<P, M>>) => Promise<Reply<P, M>>

const calling =
  <M extends Method>(method: M): Call<M> =>
  (path: string, input?: Sent) =>
    call(method, path, input)

export const get = calling('get')
export const post = calling('post')
export const put = calling('put')
export const patch = calling('patch')
export const del = calling('delete')
