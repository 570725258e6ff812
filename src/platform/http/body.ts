// Reading what a request carries: JSON, a form, a file as a stream, raw bytes with a signature over them. Limits before memory.
// What the content must look like is each route's schema.

import type { IncomingMessage } from 'node:http'
import { basename } from 'node:path'
import { decodeExtended, parse } from 'content-disposition'
import type { z } from 'zod'
import type { Config } from '../../config/config.ts'
import { AppError } from '../../core/errors.ts'
import { checkedInput } from './problems.ts'

/** What a route says of its body: read by the document, the tests, and the server. */
export interface BodyShape {
  kind: 'none' | 'json' | 'form' | 'file' | 'raw'
  /** Media types taken. */
  types: readonly string[]
  schema: z.ZodType | undefined
}

export interface BodySpec<Body> extends BodyShape {
  read(source: BodySource): Promise<Body>
}

export interface BodySource {
  incoming: IncomingMessage
  query: Readonly<Record<string, unknown>>
  config: Config
}

export interface Upload {
  /** From `?fileName=` or Content-Disposition, without folders; empty when neither says. */
  fileName: string
  type: string
  /** Fails with `body_too_large` beyond the limit. To be read once. */
  content: AsyncIterable<Uint8Array>
}

export interface Raw {
  bytes: Buffer
  type: string
}

const JSON_LIMIT = 1_048_576

/** Nothing is read; a client that sends something all the same is not heard. */
export const NO_BODY: BodySpec<undefined> = { kind: 'none', types: [], schema: undefined, read: () => Promise.resolve(undefined) }

/** At most `limit` bytes, 1 MiB unless said. @throws `media_type_wrong`, `body_too_large`, `body_not_json`, `request_invalid` with a problem for each field. */
export function jsonBody<Body>(schema: z.ZodType<Body>, limit = JSON_LIMIT): BodySpec<Body> {
  const types = ['application/json']
  return {
    kind: 'json',
    types,
    schema,
    async read({ incoming }) {
      mustBe(types, incoming)
      return checkedInput(schema, parseJson(await readAll(incoming, limit)))
    },
  }
}

/** A page's form: each field once, at most 1 MiB. @throws `media_type_wrong`, `body_too_large`, `request_invalid` with a problem for each field. */
export function formBody<Body>(schema: z.ZodType<Body>): BodySpec<Body> {
  const types = ['application/x-www-form-urlencoded']
  return {
    kind: 'form',
    types,
    schema,
    async read({ incoming }) {
      mustBe(types, incoming)
      const fields = new URLSearchParams((await readAll(incoming, JSON_LIMIT)).toString('utf8'))
      return checkedInput(schema, Object.fromEntries(fields))
    },
  }
}

/** A file of one of these types, or `application/octet-stream`. @throws `media_type_wrong`, `body_too_large`. */
export function fileBody(types: readonly string[], limit: (config: Config) => number): BodySpec<Upload> {
  const taken = [...types, 'application/octet-stream']
  return {
    kind: 'file',
    types: taken,
    schema: undefined,
    read({ incoming, query, config }) {
      const type = mustBe(taken, incoming)
      const max = limit(config)
      refuseTooLong(incoming, max)
      const given =
        typeof query['fileName'] === 'string' ? query['fileName'] : dispositionName(incoming.headers['content-disposition'] ?? '')
      return Promise.resolve({ fileName: plainFileName(given), type, content: bounded(incoming, max) })
    },
  }
}

/** The bytes as they came, for a signature over them: at most 1 MiB. @throws `media_type_wrong`, `body_too_large`. */
export function rawBody(types: readonly string[]): BodySpec<Raw> {
  return {
    kind: 'raw',
    types,
    schema: undefined,
    async read({ incoming }) {
      const type = mustBe(types, incoming)
      return { bytes: await readAll(incoming, JSON_LIMIT), type }
    },
  }
}

function mustBe(types: readonly string[], incoming: IncomingMessage): string {
  const type = (incoming.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const plain = (incoming.headers['content-encoding'] ?? 'identity') === 'identity'
  if (!plain || !types.includes(type)) throw new AppError('media_type_wrong', { types: types.join('、') })
  return type
}

function refuseTooLong(incoming: IncomingMessage, max: number): void {
  if (Number(incoming.headers['content-length'] ?? 0) > max) throw tooLarge(max)
}

function tooLarge(max: number): AppError {
  return new AppError('body_too_large', { max })
}

async function readAll(incoming: IncomingMessage, max: number): Promise<Buffer> {
  refuseTooLong(incoming, max)
  const parts: Uint8Array[] = []
  for await (const part of bounded(incoming, max)) parts.push(part)
  return Buffer.concat(parts)
}

async function* bounded(incoming: IncomingMessage, max: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  // The socket must outlive a reader that stops early: the refusal has still to be sent on it.
  for await (const part of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > max) throw tooLarge(max)
    yield part
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new AppError('body_not_json')
  }
}

/** `filename*=UTF-8''…` (RFC 6266) before the plain `filename`; empty when the header names none. */
function dispositionName(header: string): string {
  const { parameters } = parse(header, { extended: false })
  const extended = decodeExtended(parameters['filename*'] ?? '')
  // Node reads headers as Latin-1; clients that write a plain Chinese name send UTF-8.
  return extended ?? Buffer.from(parameters['filename'] ?? '', 'latin1').toString('utf8')
}

function plainFileName(name: string): string {
  const bare = basename(name.replaceAll('\\', '/')).replace(/[\p{Cc}\p{Cf}]/gu, '')
  return bare === '.' || bare === '..' ? '' : bare.slice(-200)
}
