// Routes of imports: hand a list in, see its report, commit it, fetch its refused rows. What happens is actions/imports and import-commit.
// Reading sheets and judging rows is not the web's.

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { House } from '../../platform/commands/command.ts'
import { commitImport } from './commit.commands.ts'
import { checkImport, getImport, listImports, receiveImport, rejectsOf } from './commands.ts'
import { isAppError, type Problem } from '../../core/errors.ts'
import { ROW_MODES } from '../debtors/row-reader.rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { fileBody, jsonBody } from '../../platform/http/body.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

type ImportRow = Awaited<ReturnType<typeof getImport>>

const problem = z.object({
  code: z.string(),
  /** What is wrong and what to do, in Chinese. */
  message: z.string(),
  severity: z.enum(['error', 'warning']).optional(),
  field: z.string().optional(),
  row: z.int().optional(),
  column: z.string().optional(),
  value: z.string().optional(),
})

const importView = z.object({
  id: z.string(),
  fileName: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  mode: z.enum(ROW_MODES),
  source: z.string(),
  state: z.enum(['checking', 'checked', 'refused', 'committing', 'committed']),
  createdAt: instant,
  finishedAt: instant.nullable(),
  encoding: z.string().nullable(),
  rows: z.int(),
  good: z.int(),
  bad: z.int(),
  warnings: z.int(),
  known: z.int(),
  taken: z.int(),
  removed: z.int(),
  bulletinId: z.string().nullable(),
  hasRejects: z.boolean(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  problems: z.array(problem),
})

function viewOf(house: House, row: ImportRow): z.input<typeof importView> {
  const { problems, failure, actor: _actor, ...facts } = row
  const list = JSON.parse(problems) as Problem[]
  return {
    ...facts,
    bytes: Number(row.bytes),
    hasRejects: Boolean(row.hasRejects),
    failure:
      failure === null ? null : { code: failure, message: house.catalog.problem(failure as Parameters<House['catalog']['problem']>[0]) },
    problems: list.map(({ values: _values, ...each }) => ({ ...each, message: house.catalog.check({ ...each, values: _values ?? {} }) })),
  }
}

/** Longest wait for a step before the answer says that it goes on: clients look again at the import. */
const PATIENCE = 8_000

/** Runs a step; answers when it is done, or how far it is once patience ends. What fails later is on the import, or in the log. */
async function stepped(house: House, actor: Actor, id: string, step: Promise<ImportRow>): Promise<z.input<typeof importView>> {
  let waiting = true
  const settled = step.catch((error: unknown) => {
    if (waiting) throw error
    if (!isAppError(error)) house.log.error('import.step_failed', { import: id }, error)
    return null
  })
  const done = await Promise.race([settled, sleep(PATIENCE, null, { ref: false })])
  waiting = false
  return viewOf(house, done ?? (await getImport(house, actor, id)))
}

const FILE_TYPES = ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']

export const importRoutes: readonly Route[] = [
  route({
    name: 'imports.create',
    method: 'POST',
    path: '/api/v1/imports',
    access: 'session',
    act: 'import.check',
    query: z.object({
      mode: z.enum(ROW_MODES).default('draft'),
      source: z.string().max(40).optional(),
      fileName: z.string().max(200).optional(),
    }),
    body: fileBody(FILE_TYPES, (config) => config.importLimitBytes),
    reply: jsonReply(importView, 201),
    async run({ house, actor, query, body }) {
      const { id } = await receiveImport(house, actor, {
        fileName: body.fileName,
        mode: query.mode,
        source: query.source,
        content: body.content,
      })
      return stepped(house, actor, id, checkImport(house, actor, id))
    },
  }),
  route({
    name: 'imports.list',
    method: 'GET',
    path: '/api/v1/imports',
    access: 'session',
    act: 'import.read',
    query: z.object(page),
    reply: jsonReply(listOf(importView)),
    async run({ house, actor, query }) {
      const { items, total } = await listImports(house, actor, query)
      return { items: items.map((row) => viewOf(house, row)), total, ...query }
    },
  }),
  route({
    name: 'imports.show',
    method: 'GET',
    path: '/api/v1/imports/:id',
    access: 'session',
    act: 'import.read',
    params: idParams,
    reply: jsonReply(importView),
    run: async ({ house, actor, params }) => viewOf(house, await getImport(house, actor, params.id)),
  }),
  route({
    name: 'imports.check',
    method: 'POST',
    path: '/api/v1/imports/:id/check',
    access: 'session',
    act: 'import.check',
    params: idParams,
    reply: jsonReply(importView),
    run: ({ house, actor, params }) => stepped(house, actor, params.id, checkImport(house, actor, params.id)),
  }),
  route({
    name: 'imports.commit',
    method: 'POST',
    path: '/api/v1/imports/:id/commit',
    access: 'session',
    act: 'import.commit',
    params: idParams,
    body: jsonBody(z.object({ removals: z.int().min(0).optional() })),
    reply: jsonReply(importView),
    run: ({ house, actor, params, body }) =>
      stepped(house, actor, params.id, commitImport(house, actor, { id: params.id, removals: body.removals })),
  }),
  route({
    name: 'imports.rejects',
    method: 'GET',
    path: '/api/v1/imports/:id/rejects',
    access: 'session',
    act: 'import.read',
    params: idParams,
    reply: fileReply('text/csv; charset=utf-8'),
    run: ({ house, actor, params }) => rejectsOf(house, actor, params.id),
  }),
]
