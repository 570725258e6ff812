// Technical routes of the process: healthRoutes, readiness, metrics, the OpenAPI document and the style sheet.
// The document is built in platform/http/openapi.ts, metrics in platform/http/metrics.ts, readiness in views.ts.

import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import { readiness } from './views.ts'
import { AppError } from '../../core/errors.ts'
import { networkOf } from '../../core/networks.ts'
import { sameText } from '../../core/secrets.ts'
import type { Metrics } from '../../platform/http/metrics.ts'
import { openapi } from '../../platform/http/openapi.ts'
import { jsonReply, textReply } from '../../platform/http/reply.ts'
import { route, type RequestFacts, type Route } from '../../platform/http/route.ts'

const CHECKS = z.array(z.object({ code: z.string(), ok: z.boolean(), detail: z.string() }))
const READY = z.object({ status: z.enum(['ready', 'degraded', 'not_ready']), checks: CHECKS })

/** @param allRoutes every route of the server, these included. */
export function systemRoutes(metrics: Metrics, allRoutes: () => readonly Route[]): readonly Route[] {
  return [...healthRoutes(), metricsRoute(metrics), ...documentRoutes(allRoutes)]
}

function healthRoutes(): Route[] {
  return [
    route({
      name: 'system.healthz',
      method: 'GET',
      path: '/healthz',
      access: 'public',
      permission: 'none',
      reply: jsonReply(z.object({ status: z.literal('ok') })),
      run: () => ({ status: 'ok' as const }),
    }),
    route({
      name: 'system.readyz',
      method: 'GET',
      path: '/readyz',
      access: 'public',
      permission: 'none',
      reply: jsonReply(READY, ({ status }) => (status === 'not_ready' ? 503 : 200)),
      // Which part is weak helps an attacker: in production only this machine and the scraper are told, everybody else the status.
      async run({ app, request }) {
        const checks = await readiness(app)
        const isTold = !app.config.production || isLoopback(request.ip) || showsToken(app, request)
        const wrong = checks.filter(({ ok }) => !ok)
        return {
          status: wrong.some(({ needed }) => needed)
            ? ('not_ready' as const)
            : wrong.length > 0
              ? ('degraded' as const)
              : ('ready' as const),
          checks: (isTold ? checks : []).map(({ code, ok, values }) => ({
            code,
            ok,
            detail: app.catalog.words('http', `ready.${code}`, values),
          })),
        }
      },
    }),
  ]
}

function metricsRoute(metrics: Metrics): Route {
  return route({
    name: 'system.metrics',
    method: 'GET',
    path: '/metrics',
    access: 'public',
    permission: 'none',
    reply: textReply(metrics.type),
    run({ app, request }) {
      requireScraper(app, request)
      return metrics.render()
    },
  })
}

/**
 * With METRICS_TOKEN, only callers that show it; without it, only this machine, and never in production. For everybody else the route does
 * not exist.
 */
function requireScraper(app: AppContext, request: RequestFacts): void {
  const { metricsToken, production } = app.config
  const allowed = metricsToken === undefined ? !production && isLoopback(request.ip) : showsToken(app, request)
  if (!allowed) throw new AppError('route_missing')
}

function showsToken({ config }: AppContext, { headers }: RequestFacts): boolean {
  return config.metricsToken !== undefined && sameText(headers.authorization ?? '', `Bearer ${config.metricsToken}`)
}

/** Whether a request comes from this machine. @param network as `networkOf` gives it. */
function isLoopback(network: string): boolean {
  return network === networkOf('::1') || network.startsWith('127.')
}

function documentRoutes(allRoutes: () => readonly Route[]): Route[] {
  let document: string | undefined
  return [
    route({
      name: 'system.openapi',
      method: 'GET',
      path: '/openapi.json',
      access: 'public',
      permission: 'none',
      reply: textReply('application/json; charset=utf-8'),
      run({ app }) {
        document ??= JSON.stringify(openapi(app, allRoutes()))
        return document
      },
    }),
    route({
      name: 'system.style',
      method: 'GET',
      path: '/site.css',
      access: 'public',
      permission: 'none',
      reply: textReply('text/css; charset=utf-8'),
      run({ app, setHeader }) {
        setHeader('Cache-Control', 'public, max-age=300')
        return app.catalog.style
      },
    }),
  ]
}
