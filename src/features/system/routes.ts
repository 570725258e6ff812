// What machines ask of the process itself: alive, ready, numbers. And the style sheet, and the document of all routes.
// The document is openapi.ts, the numbers metrics.ts.

import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import { readiness } from './views.ts'
import { AppError } from '../../core/errors.ts'
import { sameText } from '../../core/secrets.ts'
import type { Metrics } from '../../platform/http/metrics.ts'
import { openapi } from '../../platform/http/openapi.ts'
import { jsonReply, textReply } from '../../platform/http/reply.ts'
import { route, type RequestFacts, type Route } from '../../platform/http/route.ts'

const CHECKS = z.array(z.object({ code: z.string(), ok: z.boolean(), detail: z.string() }))
const READY = z.object({ status: z.enum(['ready', 'degraded', 'not_ready']), checks: CHECKS })

/** @param documented every route of the server, these included. */
export function systemRoutes(metrics: Metrics, documented: () => readonly Route[]): readonly Route[] {
  return [...health(), numbers(metrics), ...documents(documented)]
}

function health(): Route[] {
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
      async run({ app }) {
        const checks = await readiness(app)
        const wrong = checks.filter(({ ok }) => !ok)
        return {
          status: wrong.some(({ needed }) => needed)
            ? ('not_ready' as const)
            : wrong.length > 0
              ? ('degraded' as const)
              : ('ready' as const),
          checks: checks.map(({ code, ok, values }) => ({ code, ok, detail: app.catalog.words('http', `ready.${code}`, values) })),
        }
      },
    }),
  ]
}

function numbers(metrics: Metrics): Route {
  return route({
    name: 'system.metrics',
    method: 'GET',
    path: '/metrics',
    access: 'public',
    permission: 'none',
    reply: textReply(metrics.type),
    run({ app, request }) {
      mayScrape(app, request)
      return metrics.render()
    },
  })
}

/** With METRICS_TOKEN: whoever shows it. Without: this machine, outside production. To everybody else the address does not exist. */
function mayScrape({ config }: AppContext, { ip, headers }: RequestFacts): void {
  const token = config.metricsToken
  const shown = headers.authorization ?? ''
  const allowed = token === undefined ? !config.production && isLoopback(ip) : sameText(shown, `Bearer ${token}`)
  if (!allowed) throw new AppError('route_missing')
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(::ffff:)?127\./.test(ip)
}

function documents(documented: () => readonly Route[]): Route[] {
  let made: string | undefined
  return [
    route({
      name: 'system.openapi',
      method: 'GET',
      path: '/openapi.json',
      access: 'public',
      permission: 'none',
      reply: textReply('application/json; charset=utf-8'),
      run({ app }) {
        made ??= JSON.stringify(openapi(app, documented()))
        return made
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
