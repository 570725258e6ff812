// The web server: one middleware line (frame, security headers, routes, what is left), timeouts, and an end that lets running requests finish.
// Which routes there are is routes.ts; what an error looks like is problems.ts.

import { createServer as createHttpServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Router, { type RouterContext } from '@koa/router'
import Koa, { type Context, type Next } from 'koa'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { AppContext } from '../commands/command.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { securityHeaders } from './headers.ts'
import type { Metrics } from './metrics.ts'
import { PROBLEM_TYPE, problemOf, type ProblemAnswer } from './problems.ts'
import type { Written } from './reply.ts'
import type { Caller, RateLimit, Route } from './route.ts'

export interface ServerOptions {
  /** `exact` in tests: a reply with a field beyond its schema is an error. Elsewhere such fields are left out. */
  replies: 'exact' | 'trimmed'
  metrics: Metrics
  /** Finds out who calls, before anything else is read. @throws AppError `login_required` and its like. */
  identify(app: AppContext, route: Pick<Route, 'access' | 'permission' | 'method'>, headers: IncomingHttpHeaders): Promise<Caller>
}

export interface WebServer {
  readonly http: Server
  /** Answers the address that was taken: port 0 takes a free one. */
  listen(host: string, port: number): Promise<{ url: string; port: number }>
  /** Takes no new requests, lets the running ones finish for `graceMilliseconds`, then cuts them. */
  close(graceMilliseconds?: number): Promise<void>
}

interface State {
  requestId: string
  route: string
  /** Whether a person's browser waits for a page. */
  html: boolean
}

const SLOW = 1000

/** The server of these routes. Order matters where two paths fit one address: the first one answers. */
export function createServer(app: AppContext, routes: readonly Route[], options: ServerOptions): WebServer {
  const koa = new Koa<State>({ proxy: app.config.trustedProxies > 0, maxIpsCount: app.config.trustedProxies })
  const router = new Router<State>({ sensitive: true })
  // One count over all routes: a key belongs to one system of a unit.
  const keys = limiterOf(app, { code: 'unit_key_limited', perMinute: (config) => config.unitKeyPerMinute })
  for (const each of routes) router.register(each.path, [each.method], handlerOf(app, each, options, keys))
  let closing = false
  koa.use(frame(app, options.metrics, () => closing))
  koa.use(securityHeaders(app.config))
  koa.use(router.routes())
  koa.use(leftover(router))
  // Streams that break after their first byte, and clients that leave.
  koa.on('error', (error: NodeJS.ErrnoException) => app.log.debug('http.broken', { code: error.code ?? error.name }))

  const handle = koa.callback()
  const http = createHttpServer({ headersTimeout: 15_000, requestTimeout: 300_000, keepAliveTimeout: 30_000 }, (incoming, response) => {
    void handle(incoming, response)
  })
  return {
    http,
    async listen(host, port) {
      await new Promise<void>((resolve, reject) => {
        http.once('error', reject)
        http.listen(port, host, () => {
          http.off('error', reject)
          resolve()
        })
      })
      const taken = (http.address() as AddressInfo).port
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`, port: taken }
    },
    close(graceMilliseconds = 10_000) {
      closing = true
      return new Promise((resolve) => {
        const cut = setTimeout(() => http.closeAllConnections(), graceMilliseconds)
        http.close(() => {
          clearTimeout(cut)
          resolve()
        })
        http.closeIdleConnections()
      })
    },
  }
}

type Line = (ctx: Context & { state: State }, next: Next) => Promise<void>

/** The outermost line: a request's id, its answer when it fails, what is counted and logged of it. */
function frame(app: AppContext, metrics: Metrics, closing: () => boolean): Line {
  return async (ctx, next) => {
    const started = app.clock.now().getTime()
    const state: State = { requestId: newId(), route: 'none', html: false }
    ctx.state = state
    ctx.set('X-Request-Id', state.requestId)
    ctx.set('Cache-Control', 'no-store')
    try {
      await next()
    } catch (error) {
      answerProblem(app, ctx, error)
    }
    if (closing()) ctx.set('Connection', 'close')
    const milliseconds = app.clock.now().getTime() - started
    const { requestId: request, route } = state
    metrics.answered(route, ctx.status, milliseconds)
    app.log.debug('http.request', { request, route, status: ctx.status, milliseconds })
    if (milliseconds > SLOW) app.log.warn('http.slow', { request, route, milliseconds })
  }
}

function answerProblem(app: AppContext, ctx: Context & { state: State }, error: unknown): void {
  const { requestId, route } = ctx.state
  const gone = ctx.res.destroyed || ctx.req.readableAborted
  if (gone) app.log.debug('http.left', { request: requestId, route })
  else if (!isAppError(error) || error.code === 'internal') app.log.error('http.failed', { request: requestId, route }, error)
  else if (error.kind === 'unavailable') app.log.error('http.unavailable', { request: requestId, route, code: error.code }, error.cause)
  const problem = problemOf(app, error, requestId)
  // What a handler had begun to say does not belong to this answer.
  ctx.remove('Set-Cookie')
  ctx.remove('Content-Disposition')
  ctx.set(problem.headers as Record<string, string>)
  ctx.status = problem.status
  const forPeople = ctx.state.html || (route === 'none' && ctx.accepts('json', 'html') === 'html')
  ctx.set('Content-Type', forPeople ? 'text/html; charset=utf-8' : PROBLEM_TYPE)
  ctx.body = forPeople ? problemPage(app, problem) : JSON.stringify(problem.body)
}

function problemPage({ catalog, config }: AppContext, { body: { title, detail, instance } }: ProblemAnswer): string {
  return catalog.page('problem', { court: config.court.name, heading: title, detail, instance })
}

function handlerOf(app: AppContext, route: Route, options: ServerOptions, keys: Limiter): (ctx: RouterContext<State>) => Promise<void> {
  const limited = limiterOf(app, route.limit)
  return async (ctx) => {
    const state = ctx.state
    state.route = route.name
    state.html = route.reply.kind === 'html'
    await limited(ctx.ip)
    const { actor, session, key } = await options.identify(app, route, ctx.headers)
    if (key !== null) await keys(key)
    const written = await route.answer({
      app,
      actor,
      session,
      request: { id: state.requestId, ip: ctx.ip, headers: ctx.headers, url: ctx.originalUrl },
      params: ctx.params,
      query: ctx.query,
      source: { incoming: ctx.req, query: ctx.query, config: app.config },
      setHeader: (name, value) => ctx.set(name, value),
      replies: options.replies,
    })
    write(ctx, written)
  }
}

function write(ctx: RouterContext<State>, { status, type, body, fileName }: Written): void {
  if (fileName !== undefined) ctx.attachment(fileName)
  ctx.status = status
  if (body === null) return void (ctx.body = null)
  ctx.set('Content-Type', type)
  ctx.body = body
  ctx.status = status
}

type Limiter = (who: string) => Promise<void>

/** Counts in this process, by client address or by key. */
function limiterOf(app: AppContext, limit: RateLimit | undefined): Limiter {
  if (limit === undefined) return () => Promise.resolve()
  const limiter = new RateLimiterMemory({ points: limit.perMinute(app.config), duration: 60 })
  return async (who) => {
    try {
      await limiter.consume(who)
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal
      throw new AppError(limit.code, { retrySeconds: Math.ceil(refusal.msBeforeNext / 1000) })
    }
  }
}

/** No route answered: another method may, or the address is unknown. */
function leftover(router: Router<State>): Line {
  return (ctx) => {
    const methods = new Set(router.match(ctx.path, ctx.method).path.flatMap((layer) => layer.methods))
    if (methods.size === 0) throw new AppError('route_missing')
    const allow = [...methods, 'OPTIONS'].sort().join(', ')
    if (ctx.method !== 'OPTIONS') throw new AppError('method_not_allowed', { allow })
    ctx.set('Allow', allow)
    ctx.status = 204
    return Promise.resolve()
  }
}
