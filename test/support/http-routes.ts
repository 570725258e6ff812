// Routes that fail, leak, wait or overflow, for the tests of the web server.
// What must come of it is tested in test/platform/http.

import { Readable } from 'node:stream'
import { z } from 'zod'
import { AppError } from '../../src/core/errors.ts'
import { fileBody, formBody, jsonBody, LONG_TEXTS, rawBody } from '../../src/platform/http/body.ts'
import { EMPTY_REPLY, fileReply, HTML_REPLY, jsonReply, textReply } from '../../src/platform/http/reply.ts'
import { idText, route, type Route } from '../../src/platform/http/route.ts'

/** Text that must never appear outside the log. */
export const SECRET = 'select * from debtor where id = 533421198410140222'
const open = { access: 'public', permission: 'none' } as const

/** Set by the test: what the failing routes throw; calling `release` ends the waiting route. */
export const knobs: { failure: () => unknown; release: () => void } = { failure: () => new Error(SECRET), release: () => undefined }

/** Rows of a table, with more columns than the reply may show. */
const rows = [{ name: '某', hash: SECRET }]

/** All these routes. */
export const testRoutes: readonly Route[] = [
  route({
    ...open,
    name: 't.echo',
    method: 'POST',
    path: '/echo',
    body: jsonBody(z.strictObject({ text: z.string() })),
    reply: jsonReply(z.object({ text: z.string() })),
    run: ({ body }) => body,
  }),
  route({
    ...open,
    name: 't.echo_long',
    method: 'POST',
    path: '/echo/long',
    body: jsonBody(z.strictObject({ text: z.string() }), LONG_TEXTS),
    reply: EMPTY_REPLY,
    run: () => undefined,
  }),
  route({
    name: 't.echo_known',
    access: 'session',
    permission: 'staff.manage',
    method: 'POST',
    path: '/echo/known',
    body: jsonBody(z.strictObject({ text: z.string() })),
    reply: EMPTY_REPLY,
    run: () => undefined,
  }),
  route({
    ...open,
    name: 't.form',
    method: 'POST',
    path: '/form',
    body: formBody(z.object({ text: z.string() })),
    reply: EMPTY_REPLY,
    run: () => undefined,
  }),
  route({
    ...open,
    name: 't.fail',
    method: 'GET',
    path: '/fail',
    reply: jsonReply(z.object({})),
    run({ setHeader }) {
      setHeader('Set-Cookie', 'zxt=begun')
      throw knobs.failure()
    },
  }),
  route({
    ...open,
    name: 't.page',
    method: 'GET',
    path: '/page',
    reply: HTML_REPLY,
    run: () => {
      throw knobs.failure()
    },
  }),
  route({
    ...open,
    name: 't.leak',
    method: 'GET',
    path: '/leak',
    reply: jsonReply(z.object({ items: z.array(z.object({ name: z.string() })) })),
    run: () => ({ items: rows }),
  }),
  route({
    ...open,
    name: 't.misfit',
    method: 'GET',
    path: '/misfit',
    reply: jsonReply(z.object({ n: z.int() })),
    run: () => ({ n: SECRET as unknown as number }),
  }),
  route({
    ...open,
    name: 't.item',
    method: 'GET',
    path: '/items/:id',
    params: z.object({ id: idText }),
    reply: jsonReply(z.object({ id: z.string() })),
    run: ({ params }) => params,
  }),
  route({
    ...open,
    name: 't.file',
    method: 'GET',
    path: '/file',
    query: z.object({ name: z.string(), broken: z.enum(['', 'before', 'after']).default('') }),
    reply: fileReply('text/csv; charset=utf-8'),
    run: ({ query }) => ({ fileName: query.name, content: Readable.from(pieces(query.broken), { objectMode: false }) }),
  }),
  route({
    ...open,
    name: 't.upload',
    method: 'POST',
    path: '/upload',
    body: fileBody(['text/csv'], () => 100_000),
    reply: jsonReply(z.object({ bytes: z.int(), fileName: z.string(), type: z.string() })),
    async run({ body }) {
      let bytes = 0
      for await (const part of body.content) bytes += part.length
      return { bytes, fileName: body.fileName, type: body.type }
    },
  }),
  route({
    ...open,
    name: 't.hook',
    method: 'POST',
    path: '/hook',
    body: rawBody(['text/xml']),
    reply: textReply(),
    run: ({ body, request: { url } }) => `${body.bytes.toString('base64')} ${url}`,
  }),
  route({
    ...open,
    name: 't.ip',
    method: 'GET',
    path: '/ip',
    limit: { code: 'rate_limited', perMinute: () => 3 },
    reply: textReply(),
    run: ({ request: { ip } }) => ip,
  }),
  route({
    ...open,
    name: 't.slow',
    method: 'GET',
    path: '/slow',
    reply: EMPTY_REPLY,
    run: () => new Promise<undefined>((resolve) => (knobs.release = () => resolve(undefined))),
  }),
]

function* pieces(broken: string): Generator<Buffer> {
  if (broken === 'before') throw new AppError('file_missing')
  yield Buffer.from('a,b\n')
  if (broken === 'after') throw new Error(SECRET)
}
