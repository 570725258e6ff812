// What browsers are told about every answer: nothing may be loaded, framed or run that the house does not serve itself.
// The session cookie's own attributes are access.ts.

import helmet from 'koa-helmet'
import type { Context, Middleware } from 'koa'
import type { Config } from '../../config/config.ts'

/** Pages have no script at all; style and forms are the house's own. The answers are the same for every request, so they are worked out once. */
export function securityHeaders(config: Config): Middleware {
  const worked = headersOf(config)
  return async (ctx, next) => {
    ctx.set(await worked)
    await next()
  }
}

async function headersOf(config: Config): Promise<Record<string, string>> {
  const headers: Record<string, string> = {}
  const listener = { setHeader: (name: string, value: string) => (headers[name] = value), removeHeader: () => undefined }
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
    // A year, and only where there is TLS to insist on.
    strictTransportSecurity: config.publicUrl.startsWith('https://') ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
  })
  await policy({ req: {}, res: listener } as unknown as Context, () => Promise.resolve())
  return headers
}
