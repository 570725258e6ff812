// Writing what a handler answered: JSON through its schema, a page, a text, a file as a stream. A view is a whitelist.
// Errors are problems.ts.

import type { Readable } from 'node:stream'
import type { z } from 'zod'

/** What a route says of its answer. */
export interface ReplyShape {
  kind: 'json' | 'html' | 'text' | 'file' | 'none'
  /** The status of success; a reply that has several says so in its description. */
  status: number
  type: string
  schema: z.ZodType | undefined
}

export interface ReplySpec<Reply> extends ReplyShape {
  write(value: Reply, replies: 'exact' | 'trimmed'): Promise<Written>
}

export interface Written {
  status: number
  type: string
  /** Null: an answer without content. */
  body: string | Readable | null
  /** The file's name, when it is one to be saved. */
  fileName?: string
}

export interface Download {
  fileName: string
  content: Readable
}

/** JSON by a schema. Whatever the schema does not name stays inside; `status` may depend on the value. */
export function jsonReply<Schema extends z.ZodType>(
  schema: Schema,
  status: number | ((value: z.output<Schema>) => number) = 200,
): ReplySpec<z.input<Schema>> {
  const shape: ReplyShape = {
    kind: 'json',
    status: typeof status === 'number' ? status : 200,
    type: 'application/json; charset=utf-8',
    schema,
  }
  return {
    ...shape,
    write(value, replies) {
      const parsed = schema.safeParse(value)
      if (!parsed.success) {
        // Paths and codes only: the values are somebody's.
        const where = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`)
        throw new Error(`a reply does not fit its schema: ${where.join(', ')}`)
      }
      if (replies === 'exact') refuseExtra(value, parsed.data)
      const body = JSON.stringify(parsed.data)
      return Promise.resolve({ status: typeof status === 'number' ? status : status(parsed.data), type: shape.type, body })
    },
  }
}

export const EMPTY_REPLY: ReplySpec<undefined> = {
  kind: 'none',
  status: 204,
  type: '',
  schema: undefined,
  write: () => Promise.resolve({ status: 204, type: '', body: null }),
}

export const HTML_REPLY: ReplySpec<string> = textual('html', 'text/html; charset=utf-8')

export function textReply(type = 'text/plain; charset=utf-8'): ReplySpec<string> {
  return textual('text', type)
}

function textual(kind: 'html' | 'text', type: string): ReplySpec<string> {
  return { kind, status: 200, type, schema: undefined, write: (body) => Promise.resolve({ status: 200, type, body }) }
}

/** A file to be saved. It begins only once its first bytes are there, so that a missing or broken one is an error and not half a file. */
export function fileReply(type: string): ReplySpec<Download> {
  return {
    kind: 'file',
    status: 200,
    type,
    schema: undefined,
    async write({ fileName, content }) {
      await begun(content)
      return { status: 200, type, body: content, fileName }
    },
  }
}

function begun(content: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    content.once('readable', resolve).once('end', resolve).once('error', reject)
  })
}

function refuseExtra(value: unknown, parsed: unknown): void {
  const extra = extraPaths(JSON.parse(JSON.stringify(value)) as unknown, JSON.parse(JSON.stringify(parsed)) as unknown, '')
  if (extra.length > 0) throw new Error(`a reply has fields beyond its schema: ${extra.join(', ')}`)
}

function extraPaths(value: unknown, parsed: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  if (typeof parsed !== 'object' || parsed === null) return [path]
  const known = parsed as Record<string, unknown>
  return Object.entries(value).flatMap(([key, inner]) =>
    Object.hasOwn(known, key) ? extraPaths(inner, known[key], `${path}.${key}`) : [`${path}.${key}`.slice(1)],
  )
}
