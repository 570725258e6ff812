// Writes what a handler returned: JSON through its schema, a page, a text, a file as a stream. JSON fields outside the schema are not sent.
// Errors are problems.ts.

import type { Readable } from 'node:stream'
import type { z } from 'zod'

/** A route's declaration of its reply, read by the OpenAPI document, the tests and the server. */
export interface ReplyShape {
  kind: 'json' | 'html' | 'text' | 'file' | 'none'
  /** The status of success. A reply with several statuses names them in its description. */
  status: number
  type: string
  schema: z.ZodType | undefined
}

/** A reply that can be written. */
export interface ReplySpec<Reply> extends ReplyShape {
  /** Writes a handler's value. With `exact` a field outside the schema is an error, with `trimmed` it is left out. */
  write(value: Reply, replies: 'exact' | 'trimmed'): Promise<Written>
}

/** A reply as the server sends it. */
export interface Written {
  status: number
  type: string
  /** Null for an answer without content. */
  body: string | Readable | null
  /** Set for a file that the client is to save. */
  fileName?: string
  /** Set where the client is to go on to another address of this server. */
  location?: string
}

/** A form was handed in: the browser goes on to a page that can be reloaded without handing it in again (303). */
export interface SeeOther {
  /** A path of this server, or an address of a provider that the settings name; without personal data. */
  seeOther: `/${string}` | URL
}

/** A file that a handler returns. */
export interface Download {
  fileName: string
  content: Readable
}

/** JSON by a schema; `status` may depend on the value. Fields that the schema does not name are not sent. */
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
        // Paths and codes only, because the values may be personal data.
        const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`)
        throw new Error(`a reply does not fit its schema: ${faults.join(', ')}`)
      }
      if (replies === 'exact') refuseExtra(value, parsed.data)
      const body = JSON.stringify(parsed.data)
      return Promise.resolve({ status: typeof status === 'number' ? status : status(parsed.data), type: shape.type, body })
    },
  }
}

/** 204 without content. */
export const EMPTY_REPLY: ReplySpec<undefined> = {
  kind: 'none',
  status: 204,
  type: '',
  schema: undefined,
  write: () => Promise.resolve({ status: 204, type: '', body: null }),
}

/** A page. */
export const HTML_REPLY: ReplySpec<string> = textual('html', 'text/html; charset=utf-8')

/** A page, or after a form that was handed in the address of the next one. */
export const FORM_REPLY: ReplySpec<string | SeeOther> = {
  ...textual('html', 'text/html; charset=utf-8'),
  write(value) {
    const type = 'text/html; charset=utf-8'
    if (typeof value === 'string') return Promise.resolve({ status: 200, type, body: value })
    return Promise.resolve({ status: 303, type, body: '', location: String(value.seeOther) })
  },
}

/** A text of this media type. */
export function textReply(type = 'text/plain; charset=utf-8'): ReplySpec<string> {
  return textual('text', type)
}

function textual(kind: 'html' | 'text', type: string): ReplySpec<string> {
  return { kind, status: 200, type, schema: undefined, write: (body) => Promise.resolve({ status: 200, type, body }) }
}

/**
 * A file to be saved. The answer starts only when the first bytes can be read, so that a missing or broken file becomes an error, not half
 * a file.
 */
export function fileReply(type: string): ReplySpec<Download> {
  return {
    kind: 'file',
    status: 200,
    type,
    schema: undefined,
    async write({ fileName, content }) {
      await firstBytes(content)
      return { status: 200, type, body: content, fileName }
    },
  }
}

function firstBytes(content: Readable): Promise<void> {
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
  const allowed = parsed as Record<string, unknown>
  return Object.entries(value).flatMap(([key, inner]) =>
    Object.hasOwn(allowed, key) ? extraPaths(inner, allowed[key], `${path}.${key}`) : [`${path}.${key}`.slice(1)],
  )
}
