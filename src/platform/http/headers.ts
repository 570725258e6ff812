// Sets the security headers of every answer: browsers may load, frame and run nothing that this server does not serve itself.
// Attributes of cookies are cookies.ts.

import helmet from 'koa-helmet'
import type { Context, Middleware } from 'koa'
import type { Config } from '../../config/config.ts'

/**
 * Allows no script at all; style, pictures and forms from this server only. The headers are the same for every request, so they are
 * computed once.
 */
export function securityHeaders(config: Config): Middleware {
  const computed = headersOf(config)
  return async (ctx, next) => {
    ctx.set(await computed)
    await next()
  }
}

/** Runs helmet once against a response that only collects headers. */
async function headersOf(config: Config): Promise<Record<string, string>> {
  const headers: Record<string, string> = {}
  const response = { setHeader: (name: string, value: string) => (headers[name] = value), removeHeader: () => undefined }
  const policy = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // One year, and only where the server is reached over TLS.
    strictTransportSecurity: config.publicUrl.startsWith('https://') ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
  })
  await policy({ req: {}, res: response } as unknown as Context, () => Promise.resolve())
  return headers
}
