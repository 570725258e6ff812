// Reads request bodies: JSON, a form, a form with files (multipart.ts), a file as a stream, raw bytes under a signature. Each has a size limit.
// The schema of the content belongs to each route.

import type { IncomingMessage } from 'node:http'
import { basename } from 'node:path'
import { decodeExtended, parse } from 'content-disposition'
import type { z } from 'zod'
import type { Config } from '../../config/config.ts'
import { AppError } from '../../core/errors.ts'
import { boundaryOf, partsOf, type Part } from './multipart.ts'
import { checkedInput } from './problems.ts'

/** A route's declaration of its body, read by the OpenAPI document, the tests and the server. */
export interface BodyShape {
  kind: 'none' | 'json' | 'form' | 'files' | 'file' | 'raw'
  /** Accepted media types. */
  types: readonly string[]
  schema: z.ZodType | undefined
  /** Bytes that the route itself allows; otherwise its access decides (`mostBytes`). */
  most: number | undefined
}

/** A body that can be read. */
export interface BodySpec<Body> extends BodyShape {
  read(source: BodySource): Promise<Body>
}

/** What a body is read from. */
export interface BodySource {
  incoming: IncomingMessage
  query: Readonly<Record<string, unknown>>
  config: Config
  /** Bytes that JSON or a form may have. */
  most: number
}

/** A file in a request. */
export interface Upload {
  /** From `?fileName=` or Content-Disposition, without folders; empty when neither is given. */
  fileName: string
  type: string
  /** Can be read once. Fails with `body_too_large` beyond the limit. */
  content: AsyncIterable<Uint8Array>
}

/** A body as it came. */
export interface Raw {
  bytes: Buffer
  type: string
}

/** Bytes of JSON or of a form: from whoever showed who they are, and from anybody. */
const [MOST_KNOWN, MOST_PUBLIC] = [1_048_576, 32_768]
/**
 * Bytes of JSON or of a form with texts as long as the rules take them, two of 10,000 characters at most. A character has up to six bytes in
 * JSON (escaped) and nine in a form (three of UTF-8, each percent-encoded).
 */
export const LONG_TEXTS = 196_608
/** Fields of one object or form, and items of one list: more than any schema has. Beyond it nothing is checked, because each could be a problem. */
const [MOST_FIELDS, MOST_ITEMS] = [500, 20_000]
const RAW_LIMIT = 65_536

/** No body. What a client sends all the same is ignored. */
export const NO_BODY: BodySpec<undefined> = {
  kind: 'none',
  types: [],
  schema: undefined,
  most: undefined,
  read: () => Promise.resolve(undefined),
}

/** Bytes of JSON or a form that a route takes: what it says itself, else 32 kB from anybody and 1 MiB from whoever showed who they are. */
export function mostBytes(access: string, { most }: Pick<BodyShape, 'most'>): number {
  return most ?? (access === 'public' ? MOST_PUBLIC : MOST_KNOWN)
}

/**
 * A JSON body, of at most `most` bytes where the route says so.
 * @throws AppError `media_type_wrong`, `body_too_large`, `body_not_json`, `request_invalid` with the first problems.
 */
export function jsonBody<Body>(schema: z.ZodType<Body>, most?: number): BodySpec<Body> {
  const types = ['application/json']
  return {
    kind: 'json',
    types,
    schema,
    most,
    async read({ incoming, most: max }) {
      mustBe(types, incoming)
      const bytes = await readAll(incoming, max)
      refuseTooDeep(bytes)
      const value = parseJson(bytes)
      refuseTooMany(value)
      return checkedInput(schema, value)
    },
  }
}

/**
 * The form of a page, of at most `most` bytes where the route says so; of a repeated field the last value counts.
 * @throws AppError `media_type_wrong`, `body_too_large`, `request_invalid` with the first problems.
 */
export function formBody<Body>(schema: z.ZodType<Body>, most?: number): BodySpec<Body> {
  const types = ['application/x-www-form-urlencoded']
  return {
    kind: 'form',
    types,
    schema,
    most,
    async read({ incoming, most: max }) {
      mustBe(types, incoming)
      const written = (await readAll(incoming, max)).toString('utf8')
      if (written.split('&', MOST_FIELDS + 1).length > MOST_FIELDS) throw tooManyFields()
      return checkedInput(schema, Object.fromEntries(new URLSearchParams(written)))
    },
  }
}

/**
 * The form of a page with files, part by part as it arrives; of all parts together at most `limit` bytes.
 * @throws AppError `media_type_wrong`, `body_too_large`; reading the parts also `form_broken`.
 */
export function partsBody(limit: (config: Config) => number): BodySpec<AsyncIterable<Part>> {
  const types = ['multipart/form-data']
  return {
    kind: 'files',
    types,
    schema: undefined,
    most: undefined,
    read({ incoming, config }) {
      mustBe(types, incoming)
      const boundary = boundaryOf(incoming.headers['content-type'] ?? '')
      if (boundary === null) throw new AppError('form_broken')
      const max = limit(config)
      refuseTooLong(incoming, max)
      return Promise.resolve(partsOf(bounded(incoming, max, tooLarge, PACE), boundary))
    },
  }
}

/** Media types of bodies that are no file: somebody calls the wrong address. */
const NO_FILE = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

/**
 * A file; the types are those that are documented. Whatever a browser calls it (Windows says application/vnd.ms-excel of a CSV) its content
 * decides. `limit` in bytes; `refusal` says that a file has more. @throws AppError `media_type_wrong` for what is no file, `body_too_large`
 * or what `refusal` makes.
 */
export function fileBody(
  types: readonly string[],
  limit: (config: Config) => number,
  refusal: (max: number, bytes: number) => AppError = tooLarge,
): BodySpec<Upload> {
  const accepted = [...types, 'application/octet-stream']
  return {
    kind: 'file',
    types: accepted,
    schema: undefined,
    most: undefined,
    read({ incoming, query, config }) {
      const type = typeOf(incoming)
      if (!isUncompressed(incoming) || NO_FILE.includes(type)) throw wrongType(accepted, incoming)
      const max = limit(config)
      refuseTooLong(incoming, max, refusal)
      const name =
        typeof query['fileName'] === 'string' ? query['fileName'] : dispositionName(incoming.headers['content-disposition'] ?? '')
      return Promise.resolve({ fileName: plainFileName(name), type, content: bounded(incoming, max, refusal, PACE) })
    },
  }
}

/**
 * The unparsed bytes, over which a signature is checked; at most 64 kB, more than any provider sends, and within five seconds, after which
 * providers send anew: a slower connection is closed. @throws AppError `media_type_wrong`, `body_too_large`.
 */
export function rawBody(types: readonly string[]): BodySpec<Raw> {
  return {
    kind: 'raw',
    types,
    schema: undefined,
    most: undefined,
    async read({ incoming }) {
      const type = mustBe(types, incoming)
      return { bytes: await readAll(incoming, RAW_LIMIT, SIGNED_PACE), type }
    },
  }
}

/** The media type of the request, if it is accepted and not compressed. */
function mustBe(types: readonly string[], incoming: IncomingMessage): string {
  const type = typeOf(incoming)
  if (!isUncompressed(incoming) || !types.includes(type)) throw wrongType(types, incoming)
  return type
}

/** Says what came and what is accepted; of a header of any length its beginning. */
function wrongType(types: readonly string[], incoming: IncomingMessage): AppError {
  const encoding = isUncompressed(incoming) ? [] : [incoming.headers['content-encoding'] ?? '']
  const given = [typeOf(incoming), ...encoding].filter(Boolean).join(' ').slice(0, 60)
  return new AppError('media_type_wrong', { types: types.join('、'), ...(given === '' ? {} : { given }) })
}

function typeOf(incoming: IncomingMessage): string {
  return (incoming.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function isUncompressed(incoming: IncomingMessage): boolean {
  return (incoming.headers['content-encoding'] ?? 'identity') === 'identity'
}

function refuseTooLong(incoming: IncomingMessage, max: number, refusal: typeof tooLarge = tooLarge): void {
  const declared = Number(incoming.headers['content-length'] ?? 0)
  if (declared > max) throw refusal(max, declared)
}

function tooLarge(max: number, bytes: number): AppError {
  return new AppError('body_too_large', { max, bytes })
}

async function readAll(incoming: IncomingMessage, max: number, pace = SHORT_PACE): Promise<Buffer> {
  refuseTooLong(incoming, max)
  const parts: Uint8Array[] = []
  for await (const part of bounded(incoming, max, tooLarge, pace)) parts.push(part)
  return Buffer.concat(parts)
}

/** How fast a body must come; a slower connection is closed. Only time counts in which the server waits for the client. */
interface Pace {
  /** Seconds without a byte. */
  silent: number
  /** Seconds before the speed counts, and bytes a second from then on: less than any phone network gives. */
  grace: number
  speed: number
}
/** Of files and forms with files. */
const PACE: Pace = { silent: 15, grace: 30, speed: 8_192 }
/** Of JSON and forms, which come in one piece nearly always: 32 kB have 14 seconds. */
const SHORT_PACE: Pace = { silent: 10, grace: 10, speed: 8_192 }
/** Of what a provider signs: five seconds, after which it sends anew. */
const SIGNED_PACE: Pace = { silent: 5, grace: 4, speed: Number.POSITIVE_INFINITY }

async function* bounded(incoming: IncomingMessage, max: number, refusal: typeof tooLarge, pace: Pace): AsyncGenerator<Uint8Array> {
  let [bytes, isWaiting] = [0, true]
  // It counts seconds in which the client is waited for, not time in which the server does something else.
  const kept = keepPace(incoming, pace, () => isWaiting)
  try {
    // The socket must outlive a reader that stops early, because the refusal is still to be sent on it.
    for await (const part of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      isWaiting = false
      kept.came(part)
      bytes += part.length
      if (bytes > max) throw refusal(max, bytes)
      yield part
      isWaiting = true
    }
  } finally {
    kept.stop()
  }
}

/**
 * Reads and drops what is left of a body when the answer is out. Node does so only where nobody has begun to read. Otherwise the next request
 * on the connection, which behind a proxy is anybody's, would wait behind bytes that nobody reads. A slow rest holds no place any more, so
 * it must come as fast as a short body.
 */
export function dropRest(incoming: IncomingMessage): void {
  if (incoming.complete) return
  incoming.unpipe()
  const kept = keepPace(incoming, SHORT_PACE)
  incoming.on('data', kept.came)
  for (const ended of ['end', 'close']) incoming.once(ended, kept.stop)
}

/** Closes the connection of a body that comes too slowly. @param isWaiting whether the client is waited for now: only such seconds count. */
function keepPace(
  incoming: IncomingMessage,
  pace: Pace,
  isWaiting = (): boolean => true,
): { came: (part: Buffer) => void; stop: () => void } {
  let [bytes, silent, waited] = [0, 0, 0]
  const ticking = setInterval(() => {
    if (!isWaiting()) return
    ;[silent, waited] = [silent + 1, waited + 1]
    if (silent >= pace.silent || waited > pace.grace + bytes / pace.speed) incoming.destroy()
  }, 1_000)
  return {
    came(part) {
      ;[silent, bytes] = [0, bytes + part.length]
    },
    stop: () => clearInterval(ticking),
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new AppError('body_not_json')
  }
}

/** Objects and lists inside each other that JSON may have; no schema has half as many. */
const MOST_DEPTH = 20
const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Looks at JSON before it is parsed: four million lists inside each other take a second each to parse, to count and to check.
 * @throws AppError `request_invalid`.
 */
function refuseTooDeep(bytes: Buffer): void {
  let [depth, isText] = [0, false]
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) isText = !isText
    else if (isText) at += byte === BACKSLASH ? 1 : 0
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1
    if (depth > MOST_DEPTH) throw new AppError('request_invalid', {}, [{ code: 'most_depth', values: { most: MOST_DEPTH } }])
  }
}

/** @throws AppError `request_invalid` for an object or a list with more than any schema takes, however deep. */
function refuseTooMany(value: unknown): void {
  const found = [value]
  for (let each = found.pop(); each !== undefined; each = found.pop()) {
    if (typeof each !== 'object' || each === null) continue
    const isList = Array.isArray(each)
    const inside: unknown[] = isList ? (each as unknown[]) : Object.values(each)
    if (!isList && inside.length > MOST_FIELDS) throw tooManyFields()
    if (inside.length > MOST_ITEMS) throw new AppError('request_invalid', {}, [{ code: 'most_count', values: { most: MOST_ITEMS } }])
    for (const one of inside) if (typeof one === 'object' && one !== null) found.push(one)
  }
}

function tooManyFields(): AppError {
  return new AppError('request_invalid', {}, [{ code: 'most_fields', values: { most: MOST_FIELDS } }])
}

/** The file name of a Content-Disposition header: `filename*=UTF-8''…` (RFC 6266) if given, else `filename`, else empty. */
function dispositionName(header: string): string {
  const { parameters } = parse(header, { extended: false })
  const extended = decodeExtended(parameters['filename*'] ?? '')
  // Node decodes headers as Latin-1, but clients that write a plain Chinese name send UTF-8.
  return extended ?? Buffer.from(parameters['filename'] ?? '', 'latin1').toString('utf8')
}

/** A file name without folders, control and invisible characters; at most 200 characters from its end. */
function plainFileName(name: string): string {
  const fileName = basename(name.replaceAll('\\', '/')).replace(/[\p{Cc}\p{Cf}]/gu, '')
  return fileName === '.' || fileName === '..' ? '' : fileName.slice(-200)
}
