// Routes of screening by file: hand in a sheet, watch it being worked through, have the good rows asked, fetch the annotated sheet, delete.
// The work is files.commands.ts; single questions and batches are routes.ts.

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { isAppError } from '../../core/errors.ts'
import { fileBody } from '../../platform/http/body.ts'
import { problemLineSchema } from '../../platform/http/problems.ts'
import { EMPTY_REPLY, fileReply, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, perMinute, route, type Route } from '../../platform/http/route.ts'
import { XLSX_TYPE } from '../../platform/sheets/xlsx-write.ts'
import { receiveScreeningFile, removeFile, startFile, workThrough } from './files.commands.ts'
import { FILE_ACTS, FILE_BYTES, FILE_STATES } from './files.rules.ts'
import { fileResult, listFiles, showFile, type FileView } from './files.views.ts'

const fileView = z.object({
  id: idText,
  fileName: z.string().nullable(),
  state: z.enum(FILE_STATES),
  measureId: z.string().nullable(),
  business: z.string().nullable(),
  bytes: z.int(),
  rows: z.int(),
  good: z.int(),
  bad: z.int(),
  warnings: z.int(),
  answered: z.int(),
  counts: z.object({ hit: z.int(), review: z.int(), none: z.int() }),
  proceedings: z.object({ restrict: z.int(), ask: z.int(), pass: z.int() }),
  problems: z.array(problemLineSchema),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  possible: z.array(z.enum(FILE_ACTS)),
  createdAt: instant,
  finishedAt: instant.nullable(),
  keptUntil: dayText,
})

const limits = z.object({
  rows: z.int(),
  bytes: z.int(),
  atOnce: z.int(),
  keepDays: z.int(),
  columns: z.array(z.object({ field: z.string(), names: z.array(z.string()), required: z.boolean() })),
})

/** Milliseconds that a request waits for a file. After that the reply shows how far it is, and the client asks again. */
const MAX_WAIT = 3_000

/** Works through a file and replies with it as it then is; work that takes longer goes on, and a later failure is stored with the file. */
async function worked(app: AppContext, actor: Actor, id: string): Promise<FileView> {
  const work = workThrough(app, actor, id).catch((error: unknown) => {
    if (!isAppError(error)) app.log.error('screening.file_failed', { file: id }, error)
  })
  await Promise.race([work, sleep(MAX_WAIT, undefined, { ref: false })])
  return showFile(app, actor, id)
}

const base = '/api/v1/screening/files'

export const screeningFileRoutes: readonly Route[] = [
  route({
    name: 'screening_files.create',
    method: 'POST',
    path: base,
    access: 'unit',
    permission: 'screening.ask',
    limit: perMinute(30),
    query: z.strictObject({
      fileName: z.string().max(200).optional(),
      measureId: z.string().min(1).max(10).optional(),
      business: z.string().trim().min(2).max(200).optional(),
      again: z.enum(['yes', 'no']).default('no'),
    }),
    body: fileBody(['text/csv', XLSX_TYPE], () => FILE_BYTES),
    reply: jsonReply(fileView.extend({ repeated: z.boolean() }), 201),
    async run({ app, actor, query: { measureId, business, again }, body }) {
      const input = { fileName: body.fileName, measureId, business, again: again === 'yes', content: body.content }
      const { file, repeated } = await receiveScreeningFile(app, actor, input)
      return { ...(await worked(app, actor, file.id)), repeated }
    },
  }),
  route({
    name: 'screening_files.list',
    method: 'GET',
    path: base,
    access: 'unit',
    permission: 'screening.read',
    query: z.strictObject(page),
    reply: jsonReply(listOf(fileView).extend({ limits })),
    run: async ({ app, actor, query }) => ({ ...(await listFiles(app, actor, query)), ...query }),
  }),
  route({
    name: 'screening_files.show',
    method: 'GET',
    path: `${base}/:id`,
    access: 'unit',
    permission: 'screening.read',
    params: idParams,
    reply: jsonReply(fileView),
    run: ({ app, actor, params }) => showFile(app, actor, params.id),
  }),
  route({
    name: 'screening_files.start',
    method: 'POST',
    path: `${base}/:id/start`,
    access: 'unit',
    permission: 'screening.ask',
    params: idParams,
    reply: jsonReply(fileView),
    async run({ app, actor, params }) {
      await startFile(app, actor, params.id)
      return worked(app, actor, params.id)
    },
  }),
  route({
    name: 'screening_files.result',
    method: 'GET',
    path: `${base}/:id/result`,
    access: 'unit',
    permission: 'screening.read',
    params: idParams,
    reply: fileReply(XLSX_TYPE),
    run: ({ app, actor, params }) => fileResult(app, actor, params.id),
  }),
  route({
    name: 'screening_files.remove',
    method: 'DELETE',
    path: `${base}/:id`,
    access: 'unit',
    permission: 'screening.ask',
    params: idParams,
    reply: EMPTY_REPLY,
    async run({ app, actor, params }) {
      await removeFile(app, actor, params.id)
      return undefined
    },
  }),
]
