// A route as data: what comes in, who may call it, which permission it needs, what goes out. The server mounts it; openapi() reads it.
// Bodies are body.ts, replies reply.ts, sessions features/sessions; what a route does is a command or a view.

import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import type { AppContext } from '../commands/command.ts'
import type { Config } from '../../config/config.ts'
import { AppError, type Code } from '../../core/errors.ts'
import type { Permission, Actor } from '../commands/permissions.ts'
import { mostBytes, NO_BODY, type BodyShape, type BodySource, type BodySpec } from './body.ts'
import { checkedInput } from './problems.ts'
import type { ReplyShape, ReplySpec, Written } from './reply.ts'

/** The HTTP methods that routes use. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who may call a route. `public`: anyone. `session`: a logged-in person, with the CSRF header on every method but GET. `unit`: a unit's
 * system with its API key, or a logged-in person of staff or of the unit, as roles allow. `liaison`: a liaison who logged in. `people`: a
 * logged-in person of staff or a liaison, never a unit's system. `webhook`: a provider, proven by its signature.
 */
export type Access = 'public' | 'session' | 'unit' | 'liaison' | 'people' | 'webhook'

/** How often one client address may call a route. Beyond it the error is `code`, of the kind `limited`. */
export interface RateLimit {
  code: Code
  perMinute(config: Config): number
}

/** A fixed limit of requests a minute, refused as `rate_limited`. */
export function perMinute(count: number): RateLimit {
  return { code: 'rate_limited', perMinute: () => count }
}

/** The session of a logged-in person. */
export interface Session {
  /** SHA-256 of the cookie's token. */
  id: string
  /** Whether the person must change the password first. */
  mustChange: boolean
  /** What the person must do next before anything else: give the second factor, choose a password, enrol a factor; or nothing. */
  stage: 'factor' | 'password' | 'enrol' | 'open'
  /** The required value of the X-CSRF-Token header. */
  csrfToken: string
  /** When it ends if nothing more is done with it; never after `expiresAt`. */
  idleEndsAt: Date
  expiresAt: Date
}

/**
 * What the pages of a route may do beyond the rest: run this server's scripts, and be framed by these origins. Without it a page runs no
 * script, and no other site may frame it.
 */
export interface PagePolicy {
  scripts?: true
  framedBy?(config: Config): readonly string[]
}

/** Who calls a route. */
export interface Caller {
  actor: Actor
  session: Session | null
  /** Id of the unit's API key, if the request has one. */
  key: string | null
}

/** Data of the request itself. */
export interface RequestFacts {
  /** The X-Request-Id of the answer, and `instance` of a problem. */
  id: string
  /** The client's address, of IPv6 its network (limits.ts); forwarded addresses are believed from trusted proxies only. */
  ip: string
  headers: IncomingHttpHeaders
  /** Path and query as they came. With `config.publicUrl` before it, this is the URL that a provider signed. */
  url: string
}

/** The input of a handler. */
export interface Call<Params, Query, Body> {
  app: AppContext
  actor: Actor
  params: Params
  query: Query
  body: Body
  /** Null on public routes and webhooks, and for a call with a unit's key. */
  session: Session | null
  request: RequestFacts
  setHeader(name: string, value: string | string[]): void
}

/** Headers in which a request brings a secret: the code of a complaint or a creditor's matter. */
export type SecretHeader = 'X-Query-Code'

/** A route as it is declared. */
export interface RouteSpec<Params, Query, Body, Reply> {
  /** `subject.verb`; its Chinese title and description are in templates/words/zh-CN/api.yaml. */
  name: string
  method: Method
  /** Such as `/api/v1/staff/:id`, where a colon marks a parameter. */
  path: `/${string}`
  access: Access
  /** The permission that the caller needs; `none` for routes without a command or query: health, pages, documents. */
  permission: Permission | 'none'
  params?: z.ZodType<Params>
  query?: z.ZodType<Query>
  /** A header with a secret that belongs to the request, because addresses are logged by proxies; null when it is not sent. */
  secret?: SecretHeader
  body?: BodySpec<Body>
  reply: ReplySpec<Reply>
  limit?: RateLimit
  /** How many things one request asks about or reports: for a unit's key it counts as so many requests, before anything is done. */
  items?(body: Body): number
  policy?: PagePolicy
  run(call: Call<Params, Query, Body>): Promise<NoInfer<Reply>> | NoInfer<Reply>
}

/** A request before its parameters, query and body were checked. */
export interface RawCall {
  app: AppContext
  actor: Actor
  session: Session | null
  request: RequestFacts
  params: unknown
  query: Readonly<Record<string, unknown>>
  source: Omit<BodySource, 'most'>
  setHeader(name: string, value: string | string[]): void
  /** With `exact` a reply with a field outside its schema is an error, with `trimmed` the field is left out. */
  replies: 'exact' | 'trimmed'
  /** Counts the items of a request against the limit of the caller's key. @throws AppError when fewer are left. */
  chargeItems(items: number): void
  /** Says that JSON or a form was read: from then on nothing waits for the client. */
  received(): void
}

/** A route without its type parameters, as the server, the OpenAPI document and the tests read it. */
export interface Route {
  name: string
  method: Method
  path: `/${string}`
  access: Access
  permission: Permission | 'none'
  params: z.ZodType | undefined
  query: z.ZodType | undefined
  secret: SecretHeader | undefined
  body: BodyShape
  /** Bytes that its JSON or form may have. */
  mostBytes: number
  reply: ReplyShape
  limit: RateLimit | undefined
  /** Whether a request counts as many requests as it has items. */
  countsItems: boolean
  policy: PagePolicy | undefined
  answer(raw: RawCall): Promise<Written>
}

/** Creates a route. Parameters and query are checked before the body is read. */
export function route<Params = undefined, Query = undefined, Body = undefined, Reply = undefined>(
  spec: RouteSpec<Params, Query, Body, Reply>,
): Route {
  const body = spec.body ?? (NO_BODY as BodySpec<Body>)
  const most = mostBytes(spec.access, body)
  return {
    name: spec.name,
    method: spec.method,
    path: spec.path,
    access: spec.access,
    permission: spec.permission,
    params: spec.params,
    query: spec.query,
    secret: spec.secret,
    body,
    mostBytes: most,
    reply: spec.reply,
    limit: spec.limit,
    countsItems: spec.items !== undefined,
    policy: spec.policy,
    async answer({ source, replies, chargeItems, received, ...raw }) {
      const params = checkedInput(spec.params, raw.params)
      const query = checkedInput(spec.query, raw.query)
      if (spec.secret !== undefined && secretOf(raw.request, spec.secret) === '')
        throw new AppError('request_invalid', { field: spec.secret })
      const content = await body.read({ ...source, most })
      received()
      if (spec.items !== undefined) chargeItems(spec.items(content))
      const value = await spec.run({ ...raw, params, query, body: content })
      return spec.reply.write(value, replies)
    },
  }
}

/** A secret of the request, of at most 60 characters; empty when it was not sent. */
export function secretOf({ headers }: RequestFacts, header: SecretHeader): string {
  const value = headers[header.toLowerCase()]
  return typeof value === 'string' ? value.slice(0, 60) : ''
}

/** The paging fields in the query of every list. */
export const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
}

/** The reply of every list: one page of items, and how many there are in all. */
export function listOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; total: z.ZodInt; limit: z.ZodInt; offset: z.ZodInt }> {
  return z.object({ items: z.array(item), total: z.int(), limit: z.int(), offset: z.int() })
}

/** An identifier of core/ids.ts. */
export const idText = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/)

/** Path parameters with one `id`. */
export const idParams = z.object({ id: idText })

/** A legal day in a request or reply, `YYYY-MM-DD`. */
export const dayText = z.iso.date()

/** An instant in a reply. Handlers may return a Date; the client gets ISO 8601 in UTC to the millisecond. */
export const instant = z
  .union([z.iso.datetime(), z.date()])
  .transform((value) => (typeof value === 'string' ? value : value.toISOString()))
  .pipe(z.iso.datetime())
