// The web server: its middleware in order (request frame, security headers, routes, unmatched requests), timeouts, and a graceful stop.
// Routes are the routes.ts and pages.ts of each feature; error answers are problems.ts.

import { createServer as createHttpServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import Router, { type RouterContext } from '@koa/router'
import Koa, { type Context, type Next } from 'koa'
import compress from 'koa-compress'
import type { AppContext } from '../commands/command.ts'
import { AppError, isAppError, type Problem } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { policyHeaders, securityHeaders } from './headers.ts'
import { networkOf } from '../../core/networks.ts'
import { createLimiter, createNetworkLimiter } from './limits.ts'
import { dropRest } from './body.ts'
import type { Metrics } from './metrics.ts'
import { createPlaces, type PlaceCount, type Places, type Sending } from './places.ts'
import { PROBLEM_TYPE, problemOf, type ProblemAnswer } from './problems.ts'
import type { Written } from './reply.ts'
import type { Caller, RateLimit, Route } from './route.ts'
import { staticFiles } from './static.ts'

/** What the server is built with. */
export interface ServerOptions {
  /** `exact` in tests: a reply with a field outside its schema is an error. With `trimmed` such fields are left out. */
  replies: 'exact' | 'trimmed'
  metrics: Metrics
  /** Finds out who calls, before the rest of the request is read. @throws AppError such as `login_required`. */
  identify(app: AppContext, route: Pick<Route, 'access' | 'permission' | 'method'>, headers: IncomingHttpHeaders): Promise<Caller>
  /** Places for bodies without an account, where they are not `PLACES`. */
  places?: Record<'uploads' | 'bodies', PlaceCount>
}

/** A web server that can be started and stopped. */
export interface WebServer {
  readonly http: Server
  /** Starts listening; port 0 takes a free port. @returns the address that was taken. */
  listen(host: string, port: number): Promise<{ url: string; port: number }>
  /** Takes no new requests, lets running ones finish for `graceMilliseconds` (10,000 by default), then closes their connections. */
  close(graceMilliseconds?: number): Promise<void>
}

interface State {
  requestId: string
  route: string
  /** Whether the route answers with a page. */
  html: boolean
}

/** Milliseconds from which a request is logged as slow. */
const SLOW = 1000

/** Creates the server of these routes. Where two paths fit one address, the first route answers. */
export function createServer(app: AppContext, routes: readonly Route[], options: ServerOptions): WebServer {
  const koa = new Koa<State>({ proxy: app.config.trustedProxies > 0, maxIpsCount: app.config.trustedProxies })
  const router = new Router<State>({ sensitive: true })
  const limitKey = keyLimit(app)
  const { uploads, bodies } = options.places ?? PLACES
  const shared = { uploads: createPlaces(...uploads), bodies: createPlaces(...bodies) }
  for (const route of routes) router.register(route.path, [route.method], handlerOf(app, route, options, { limitKey, ...shared }))
  let closing = false
  koa.use(frame(app, options.metrics, () => closing))
  koa.use(securityHeaders(app.config))
  koa.use(compressed())
  koa.use(router.routes())
  koa.use(staticFiles(app.config.webFolder))
  koa.use(unmatched(router))
  // Reports streams that break after their first byte, and clients that leave.
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
      const { port: actualPort } = http.address() as AddressInfo
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`, port: actualPort }
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

/** Requests of one webhook that one network may have open: a provider sends from few addresses, and each is answered within seconds. */
const MOST_WEBHOOKS = 200

/**
 * What one network, and all together, may be sending at once without an account. `uploads` are files and forms with files, which go to the
 * disk as they come. `bodies` are JSON and forms: nearly all come in one piece, so that many phones behind one address need few. A whole one
 * waits for nobody and takes no place.
 */
const PLACES: NonNullable<ServerOptions['places']> = { uploads: [8, 256], bodies: [16, 1024] }

/** What callers without an account share over all routes. */
interface Shared {
  limitKey: KeyLimit
  uploads: Places
  bodies: Places
}

/** The places of a route, where it has a limit of them. */
function placesFor(route: Route, { uploads, bodies }: Shared): Places | null {
  if (route.access === 'webhook') return createPlaces(MOST_WEBHOOKS)
  if (route.access !== 'public' || route.body.kind === 'none') return null
  return isShort(route) ? bodies : uploads
}

/** Whether the body is read whole before the route does anything. */
function isShort({ body }: Route): boolean {
  return body.kind === 'json' || body.kind === 'form'
}

/** Whether a body is here already, as nearly all of them: what came with its headers is taken in right after the request begins. */
async function isWhole(incoming: IncomingMessage): Promise<boolean> {
  await setImmediate()
  return incoming.complete
}

/** A body as its places see it. Its bytes are those of the connection, on which requests come one after another. */
function sendingOf(incoming: IncomingMessage): Sending {
  const { socket } = incoming
  const before = socket.bytesRead
  return {
    bytes: () => (incoming.complete || incoming.readableLength > 0 ? null : socket.bytesRead - before),
    cut: () => incoming.destroy(),
  }
}

/** Bytes from which an answer is compressed: less fits the first packets of a connection anyway. */
const COMPRESSED_FROM = 4096

/**
 * Compresses lists and records of the API, of which a screen of 50 rows has 30 kB. Not pages: what they hold beside words that a stranger
 * may have chosen, such as the token of a form, would show in the length. Built assets are compressed when they are built.
 */
function compressed(): Koa.Middleware {
  const fast = { level: 4 }
  return compress({
    filter: (type) => type === 'application/json',
    threshold: COMPRESSED_FROM,
    gzip: fast,
    deflate: false,
    br: false,
    zstd: false,
  })
}

type StateMiddleware = (ctx: Context & { state: State }, next: Next) => Promise<void>

/** The outermost middleware: gives a request its id, answers its error, counts and logs it. */
function frame(app: AppContext, metrics: Metrics, closing: () => boolean): StateMiddleware {
  return async (ctx, next) => {
    const startedAt = app.clock.now()
    const started = startedAt.getTime()
    const state: State = { requestId: newId(), route: 'none', html: false }
    ctx.state = state
    ctx.set('X-Request-Id', state.requestId)
    ctx.set('Cache-Control', 'no-store')
    // Pages count a session's end by this clock, which is the one that ends it.
    ctx.set('Date', startedAt.toUTCString())
    try {
      await next()
    } catch (error) {
      answerProblem(app, ctx, error)
    }
    if (closing()) ctx.set('Connection', 'close')
    ctx.res.once('finish', () => dropRest(ctx.req))
    const milliseconds = app.clock.now().getTime() - started
    const { requestId: request, route } = state
    metrics.answered(route, ctx.status, milliseconds)
    app.log.debug('http.request', { request, route, status: ctx.status, milliseconds })
    if (milliseconds > SLOW) app.log.warn('http.slow', { request, route, milliseconds })
  }
}

function answerProblem(app: AppContext, ctx: Context & { state: State }, error: unknown): void {
  const { requestId, route } = ctx.state
  const hasLeft = ctx.res.destroyed || ctx.req.readableAborted
  if (hasLeft) app.log.debug('http.left', { request: requestId, route })
  else if (!isAppError(error) || error.code === 'internal') app.log.error('http.failed', { request: requestId, route }, error)
  else if (error.kind === 'unavailable') app.log.error('http.unavailable', { request: requestId, route, code: error.code }, error.cause)
  const problem = problemOf(app, error, requestId)
  // Headers that the handler has set already do not belong to the error answer.
  ctx.remove('Set-Cookie')
  ctx.remove('Content-Disposition')
  ctx.set(problem.headers as Record<string, string>)
  ctx.status = problem.status
  const forPeople = ctx.state.html || (route === 'none' && ctx.accepts('json', 'html') === 'html')
  ctx.set('Content-Type', forPeople ? 'text/html; charset=utf-8' : PROBLEM_TYPE)
  ctx.body = forPeople ? problemPage(app, problem) : JSON.stringify(problem.body)
}

function problemPage({ catalog, config }: AppContext, { body: { title, detail, instance } }: ProblemAnswer): string {
  return catalog.page('problem', { court: config.court.name, phone: config.court.phone, heading: title, detail, instance })
}

function handlerOf(app: AppContext, route: Route, options: ServerOptions, shared: Shared): (ctx: RouterContext<State>) => Promise<void> {
  const limitClient = limiterOf(app, route.limit)
  const setPolicy = policyHeaders(app.config, route.policy)
  const placesOf = placesFor(route, shared)
  const { limitKey } = shared
  return async (ctx) => {
    const state = ctx.state
    state.route = route.name
    state.html = route.reply.kind === 'html'
    await setPolicy(ctx)
    const network = networkOf(ctx.ip)
    limitClient(network)
    const { actor, session, key } = await options.identify(app, route, ctx.headers)
    if (key !== null) limitKey.request(key)
    const isFree = placesOf === null || (isShort(route) && (await isWhole(ctx.req)))
    let free = isFree ? undefined : placesOf(network, sendingOf(ctx.req))
    if (free === null) throw new AppError('rate_limited', { retrySeconds: 1 })
    const leave = (): void => {
      free?.()
      free = undefined
    }
    try {
      const written = await route.answer({
        app,
        actor,
        session,
        request: { id: state.requestId, ip: network, headers: ctx.headers, url: ctx.originalUrl },
        params: ctx.params,
        query: ctx.query,
        source: { incoming: ctx.req, query: ctx.query, config: app.config },
        setHeader: (name, value) => ctx.set(name, value),
        replies: options.replies,
        chargeItems: (items) => (key === null ? undefined : limitKey.items(key, items)),
        received: () => (isShort(route) ? leave() : undefined),
      })
      write(ctx, written)
    } finally {
      leave()
    }
  }
}

function write(ctx: RouterContext<State>, { status, type, body, fileName, location }: Written): void {
  if (location !== undefined) ctx.set('Location', location)
  if (fileName !== undefined) ctx.attachment(fileName)
  ctx.status = status
  if (body === null) return void (ctx.body = null)
  ctx.set('Content-Type', type)
  ctx.body = body
  ctx.status = status
}

/** Limits requests in this process by client address or key. @throws AppError with the limit's code and `retrySeconds`. */
function limiterOf(app: AppContext, limit: RateLimit | undefined): (caller: string) => void {
  if (limit === undefined) return () => undefined
  const take = createNetworkLimiter(limit.perMinute(app.config), 60)
  return (caller) => {
    const over = take(caller)
    if (over !== null) throw new AppError(limit.code, { retrySeconds: over.retrySeconds })
  }
}

/** What a unit's key may ask, in this process. One limit over all routes, because a key belongs to one system of a unit. */
interface KeyLimit {
  /** Counts a request. @throws AppError `unit_key_limited` with `retrySeconds`. */
  request(key: string): void
  /**
   * Counts the items of a request that was counted as one: all of them, or none. @throws AppError `unit_key_items_limited` with what is `left`
   * and `retrySeconds`, `unit_key_items_many` for more than a minute ever has.
   */
  items(key: string, items: number): void
}

function keyLimit({ config: { unitKeyPerMinute: most } }: AppContext): KeyLimit {
  const take = createLimiter(most, 60)
  return {
    request(key) {
      const over = take(key)
      if (over !== null) throw new AppError('unit_key_limited', { retrySeconds: over.retrySeconds })
    },
    items(key, items) {
      if (items > most) throw new AppError('unit_key_items_many', { items, most }, [tooMany(most)])
      const over = items > 1 ? take(key, items - 1) : null
      if (over === null) return
      // The request that says it as smaller costs one again, which pays for its first item.
      const { left, retrySeconds } = over
      throw new AppError('unit_key_items_limited', { items, left, retrySeconds }, [tooMany(left)])
    },
  }
}

function tooMany(most: number): Problem {
  return { code: 'most_count', field: 'items', values: { most } }
}

/** Answers requests that no route matched: 405 or OPTIONS where other methods exist for the path, otherwise 404. */
function unmatched(router: Router<State>): StateMiddleware {
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
