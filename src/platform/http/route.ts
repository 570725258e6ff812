// A route is data: what comes in, who may, which act it stands on, what goes out. The server mounts it, openapi() reads it, tests walk it.
// Reading bodies is body.ts, writing replies reply.ts, sessions access.ts; what a route does is an act.

import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import type { AppContext } from '../commands/command.ts'
import type { Config } from '../../config/config.ts'
import type { Code } from '../../core/errors.ts'
import type { Permission, Actor } from '../commands/permissions.ts'
import { NO_BODY, type BodyShape, type BodySource, type BodySpec } from './body.ts'
import { checkedInput } from './problems.ts'
import type { ReplyShape, ReplySpec, Written } from './reply.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * `public`: anyone. `session`: a logged-in person, with the CSRF header on every method but GET. `unit`: a unit's system with its API key, or a
 * logged-in person; roles decide. `webhook`: a provider, proven by its signature.
 */
export type Access = 'public' | 'session' | 'unit' | 'webhook'

/** How often one client address may ask; beyond it the answer is `code`, a limited one. */
export interface RateLimit {
  code: Code
  perMinute(config: Config): number
}

/** Who is logged in, as access.ts found it. */
export interface Session {
  /** SHA-256 of the cookie's token. */
  id: string
  mustChange: boolean
  /** What the X-CSRF-Token header must say. */
  csrfToken: string
  expiresAt: Date
}

export interface Caller {
  actor: Actor
  session: Session | null
  /** The id of the unit's key that was shown. */
  key: string | null
}

export interface RequestFacts {
  /** The answer's X-Request-Id, and `instance` of a problem. */
  id: string
  /** The client's address, as far as trusted proxies say it. */
  ip: string
  headers: IncomingHttpHeaders
  /** Path and query as they came; with `config.publicUrl` before it, what a provider signed. */
  url: string
}

/** What a handler is given. */
export interface Call<Params, Query, Body> {
  app: AppContext
  actor: Actor
  params: Params
  query: Query
  body: Body
  /** Null on public routes and webhooks, and for a unit's key. */
  session: Session | null
  request: RequestFacts
  setHeader(name: string, value: string): void
}

export interface RouteSpec<Params, Query, Body, Reply> {
  /** `subject.verb`; its Chinese title and description are in templates/words/zh-CN/api.yaml. */
  name: string
  method: Method
  /** `/api/v1/staff/:id`: a colon names a parameter. */
  path: `/${string}`
  access: Access
  /** The act it stands on, whose roles may come in; `none` for what is no act: health, pages, documents. */
  permission: Permission | 'none'
  params?: z.ZodType<Params>
  query?: z.ZodType<Query>
  body?: BodySpec<Body>
  reply: ReplySpec<Reply>
  limit?: RateLimit
  run(call: Call<Params, Query, Body>): Promise<NoInfer<Reply>> | NoInfer<Reply>
}

/** What comes from the wire before anything was checked. */
export interface RawCall {
  app: AppContext
  actor: Actor
  session: Session | null
  request: RequestFacts
  params: unknown
  query: Readonly<Record<string, unknown>>
  source: BodySource
  setHeader(name: string, value: string): void
  /** `exact`: a reply with a field beyond its schema is a defect. `trimmed`: the field is left out. */
  replies: 'exact' | 'trimmed'
}

/** A route whose types are settled: what the server, the document and the tests see. */
export interface Route {
  name: string
  method: Method
  path: `/${string}`
  access: Access
  permission: Permission | 'none'
  params: z.ZodType | undefined
  query: z.ZodType | undefined
  body: BodyShape
  reply: ReplyShape
  limit: RateLimit | undefined
  answer(raw: RawCall): Promise<Written>
}

/** Makes a route. Parameters and query are checked before the body is read. */
export function route<Params = undefined, Query = undefined, Body = undefined, Reply = undefined>(
  spec: RouteSpec<Params, Query, Body, Reply>,
): Route {
  const body = spec.body ?? (NO_BODY as BodySpec<Body>)
  return {
    name: spec.name,
    method: spec.method,
    path: spec.path,
    access: spec.access,
    permission: spec.permission,
    params: spec.params,
    query: spec.query,
    body,
    reply: spec.reply,
    limit: spec.limit,
    async answer({ source, replies, ...raw }) {
      const params = checkedInput(spec.params, raw.params)
      const query = checkedInput(spec.query, raw.query)
      const value = await spec.run({ ...raw, params, query, body: await body.read(source) })
      return spec.reply.write(value, replies)
    },
  }
}

/** Query of every list. */
export const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
}

/** What every list answers: a part, and how many there are in all. */
export function listOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; total: z.ZodInt; limit: z.ZodInt; offset: z.ZodInt }> {
  return z.object({ items: z.array(item), total: z.int(), limit: z.int(), offset: z.int() })
}

/** An identifier the house made. */
export const idText = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/)

export const idParams = z.object({ id: idText })

/** A legal day in a request or reply, `YYYY-MM-DD`. */
export const dayText = z.iso.date()

/** An instant in a reply: handlers may give a Date, the wire carries UTC to the millisecond. */
export const instant = z
  .union([z.iso.datetime(), z.date()])
  .transform((value) => (typeof value === 'string' ? value : value.toISOString()))
  .pipe(z.iso.datetime())
