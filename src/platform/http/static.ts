// Serves the built pages of desk and portal: two shells, which are asked for anew each time, and hashed assets, which never change.
// The build writes each file compressed beside itself (web/vite.config.ts); nothing is compressed or read from disk per request.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from 'koa'
import { AppError } from '../../core/errors.ts'

/** The addresses under which a shell answers, whatever follows: its own router finds the screen. */
const SHELLS = ['desk', 'unit'] as const

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

interface StaticFile {
  type: string
  etag: string
  /** By encoding; the plain content under `identity`. */
  content: Readonly<Record<string, Buffer>>
}

/** What a shell may do, beyond what pages without script may: run its own scripts and call this server, nothing from anywhere else. */
const SHELL_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types vue',
].join('; ')

/**
 * A middleware for what no route matched. Files are read once, so that a build that replaces them does not mix with a running server.
 * @param folder `dist/web`. Without it the shells answer `pages_not_built`.
 */
export function staticFiles(folder: string): (ctx: Context, next: () => Promise<void>) => Promise<void> {
  const files = existsSync(folder) ? filesIn(folder) : new Map<string, StaticFile>()
  return async (ctx, next) => {
    const shell = SHELLS.find((name) => ctx.path === `/${name}` || ctx.path.startsWith(`/${name}/`))
    const file = files.get(shell === undefined ? ctx.path : `/${shell}.html`)
    const isAsset = ctx.path.startsWith('/assets/')
    if ((!isAsset && shell === undefined) || !['GET', 'HEAD'].includes(ctx.method)) return next()
    if (shell !== undefined && file === undefined) throw new AppError('pages_not_built')
    if (file === undefined) return next()
    ctx.set('Cache-Control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache')
    if (!isAsset) ctx.set('Content-Security-Policy', SHELL_POLICY)
    write(ctx, file)
  }
}

function write(ctx: Context, { type, etag, content }: StaticFile): void {
  const encoding = ctx.acceptsEncodings(...Object.keys(content)) || 'identity'
  ctx.set('Vary', 'Accept-Encoding')
  ctx.set('ETag', etag)
  ctx.status = 200
  if (ctx.fresh) {
    ctx.status = 304
    return
  }
  if (encoding !== 'identity') ctx.set('Content-Encoding', encoding)
  ctx.set('Content-Type', type)
  ctx.body = content[encoding] ?? content['identity']
}

function filesIn(folder: string): Map<string, StaticFile> {
  const found = new Map<string, StaticFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[/\.(\w+)$/.exec(entry.name)?.[1] ?? '']
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const identity = readFileSync(path)
    const compressed = (['br', 'gz'] as const).filter((ending) => existsSync(`${path}.${ending}`))
    const encoded = compressed.map((ending) => [ending === 'gz' ? 'gzip' : ending, readFileSync(`${path}.${ending}`)] as const)
    const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`
    // Preferred encodings first: the client's equal wishes are answered in this order.
    found.set(path.slice(folder.length).replaceAll('\\', '/'), { type, etag, content: { ...Object.fromEntries(encoded), identity } })
  }
  return found
}
