// Sets the security headers of every answer: browsers may load, frame and run nothing that this server does not serve itself.
// Attributes of cookies are cookies.ts.

import helmet from 'koa-helmet'
import type { Context, Middleware } from 'koa'
import type { Config } from '../../config/config.ts'
import type { PagePolicy } from './route.ts'

/**
 * Allows no script at all; style, pictures and forms from this server only. The headers are the same for every request, so they are
 * computed once.
 */
export function securityHeaders(config: Config): Middleware {
  const computed = headersOf(config, {})
  return async (ctx, next) => {
    ctx.set(await computed)
    await next()
  }
}

/** Puts the headers of a route with a policy of its own in place of the general ones; its errors get them, too. */
export function policyHeaders(config: Config, policy: PagePolicy | undefined): (ctx: Pick<Context, 'set' | 'remove'>) => Promise<void> {
  if (policy === undefined) return () => Promise.resolve()
  const computed = headersOf(config, policy)
  return async (ctx) => {
    ctx.remove('X-Frame-Options')
    ctx.set(await computed)
  }
}

/** Runs helmet once against a response that only collects headers. */
async function headersOf(config: Config, { scripts, framedBy }: PagePolicy): Promise<Record<string, string>> {
  const headers: Record<string, string> = {}
  const response = { setHeader: (name: string, value: string) => (headers[name] = value), removeHeader: () => undefined }
  const ancestors = framedBy?.(config) ?? []
  const policy = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        ...(scripts === undefined ? {} : { scriptSrc: ["'self'"], connectSrc: ["'self'"] }),
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ancestors.length === 0 ? ["'none'"] : [...ancestors],
      },
    },
    // One year, and only where the server is reached over TLS.
    strictTransportSecurity: config.publicUrl.startsWith('https://') ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    // It cannot name origins; where some may frame the page, the policy above alone decides.
    frameguard: ancestors.length === 0 ? { action: 'deny' } : false,
  })
  await policy({ req: {}, res: response } as unknown as Context, () => Promise.resolve())
  return headers
}
