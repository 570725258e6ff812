// Routes of imports: upload a list, see its report, check again, commit, discard, and download the refused rows.
// The commands are commands.ts and commit.commands.ts.

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { AppContext } from '../../platform/commands/command.ts'
import { commitImport } from './commit.commands.ts'
import { checkImport, getImport, leftRows, listImports, previewOf, receiveImport, rejectsOf } from './commands.ts'
import { discardImport } from './discard.commands.ts'
import { factsOfImports, IMPORT_ACTS, type ImportFacts } from './views.ts'
import { isAppError, type Problem } from '../../core/errors.ts'
import { refusalOf } from '../../core/refusals.ts'
import { IMPORT_STATES, LEFT_LIMIT, overLimit } from './rules.ts'
import { EXITED_STATES } from '../listings/rules.ts'
import { ROW_MODES } from '../debtors/row-reader.rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { fileBody, jsonBody } from '../../platform/http/body.ts'
import { problemLineSchema } from '../../platform/http/problems.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

type ImportRow = Awaited<ReturnType<typeof getImport>>

const sampleEntry = z.object({ name: z.string(), identifier: z.string(), caseNo: z.string() })

const leftEntry = sampleEntry.extend({ row: z.int(), state: z.enum(EXITED_STATES), on: dayText })

const importView = z.object({
  id: z.string(),
  fileName: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  mode: z.enum(ROW_MODES),
  source: z.string(),
  state: z.enum(IMPORT_STATES),
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
  problems: z.array(problemLineSchema),
  uploadedBy: z.string().nullable(),
  /** Whether the caller uploaded or checked it; another person puts it in force. */
  own: z.boolean(),
  /** What the caller may do now. */
  possible: z.array(z.enum(IMPORT_ACTS)),
  /** Who discarded it and when; its file and rows are gone. */
  discarded: z.object({ by: z.string().nullable(), at: instant.nullable() }).nullable(),
  /** The same file, committed before for the same source. */
  earlier: z.object({ id: z.string(), finishedAt: instant.nullable() }).nullable(),
  /** Of a checked list that takes effect: what putting it in force changes, for another person than the uploader. */
  preview: z.object({ added: z.array(sampleEntry), removed: z.array(sampleEntry), confirmation: z.string() }).nullable(),
  /** Of a checked draft list: rows about people who left the list in the same case, each drafted only when it is confirmed. */
  left: z.array(leftEntry),
})

type View = z.input<typeof importView>

async function viewsOf(app: AppContext, actor: Actor, rows: readonly ImportRow[]): Promise<View[]> {
  const facts = await factsOfImports(app, actor, rows)
  return rows.map((row) => ({ ...rowView(app, row), ...(facts.get(row.id) as ImportFacts) }))
}

async function viewOf(app: AppContext, actor: Actor, row: ImportRow): Promise<View> {
  const [view] = await viewsOf(app, actor, [row])
  return view as View
}

function rowView(app: AppContext, row: ImportRow): Omit<View, keyof ImportFacts> {
  const { problems, failure, actor: _actor, sample: _sample, listVersion: _version, sha256: _sealed, sha256Index: _index, ...facts } = row
  const { values, problems: list } = refusalOf(failure, JSON.parse(problems) as Problem[])
  return {
    ...facts,
    bytes: Number(row.bytes),
    hasRejects: Boolean(row.hasRejects),
    preview: previewOf(app, row),
    left: leftRows(app, row),
    failure:
      failure === null
        ? null
        : { code: failure, message: app.catalog.problem(failure as Parameters<AppContext['catalog']['problem']>[0], values) },
    problems: list.map(({ values: _values, ...each }) => ({ ...each, message: app.catalog.check({ ...each, values: _values ?? {} }) })),
  }
}

/** Milliseconds that a request waits for a step. After that the reply shows the running import, and the client asks again. */
const MAX_WAIT = 8_000

/**
 * Waits for a step and replies with the import. A step that takes longer goes on; its later failure is stored with the import, or logged.
 */
async function runStep(app: AppContext, actor: Actor, id: string, step: Promise<ImportRow>): Promise<View> {
  let waiting = true
  const settled = step.catch((error: unknown) => {
    if (waiting) throw error
    if (!isAppError(error)) app.log.error('import.step_failed', { import: id }, error)
    return null
  })
  const done = await Promise.race([settled, sleep(MAX_WAIT, null, { ref: false })])
  waiting = false
  return viewOf(app, actor, done ?? (await getImport(app, actor, id)))
}

const FILE_TYPES = ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']

/** The routes under `/api/v1/imports`. */
export const importRoutes: readonly Route[] = [
  route({
    name: 'imports.create',
    method: 'POST',
    path: '/api/v1/imports',
    access: 'session',
    permission: 'import.check',
    query: z.object({
      mode: z.enum(ROW_MODES).default('draft'),
      source: z.string().max(40).optional(),
      fileName: z.string().max(200).optional(),
    }),
    body: fileBody(FILE_TYPES, (config) => config.importLimitBytes, overLimit),
    reply: jsonReply(importView, 201),
    async run({ app, actor, query, body }) {
      const { id } = await receiveImport(app, actor, {
        fileName: body.fileName,
        mode: query.mode,
        source: query.source,
        content: body.content,
      })
      return runStep(app, actor, id, checkImport(app, actor, id))
    },
  }),
  route({
    name: 'imports.list',
    method: 'GET',
    path: '/api/v1/imports',
    access: 'session',
    permission: 'import.read',
    query: z.object({
      state: z.enum(IMPORT_STATES).optional(),
      mode: z.enum(ROW_MODES).optional(),
      source: z.string().max(40).optional(),
      /** What the caller uploaded. */
      mine: z.literal('yes').optional(),
      from: dayText.optional(),
      until: dayText.optional(),
      ...page,
    }),
    reply: jsonReply(listOf(importView).extend({ limitBytes: z.int() })),
    async run({ app, actor, query: { limit, offset, mine, ...rest } }) {
      const filter = mine === undefined ? rest : { ...rest, actor: actor.id }
      const { items, total } = await listImports(app, actor, { filter, page: { limit, offset } })
      return { items: await viewsOf(app, actor, items), total, limit, offset, limitBytes: app.config.importLimitBytes }
    },
  }),
  route({
    name: 'imports.show',
    method: 'GET',
    path: '/api/v1/imports/:id',
    access: 'session',
    permission: 'import.read',
    params: idParams,
    reply: jsonReply(importView),
    run: async ({ app, actor, params }) => viewOf(app, actor, await getImport(app, actor, params.id)),
  }),
  route({
    name: 'imports.check',
    method: 'POST',
    path: '/api/v1/imports/:id/check',
    access: 'session',
    permission: 'import.check',
    params: idParams,
    reply: jsonReply(importView),
    run: ({ app, actor, params }) => runStep(app, actor, params.id, checkImport(app, actor, params.id)),
  }),
  route({
    name: 'imports.commit',
    method: 'POST',
    path: '/api/v1/imports/:id/commit',
    access: 'session',
    permission: 'import.commit',
    params: idParams,
    body: jsonBody(
      z.object({
        confirmation: z.string().max(40).optional(),
        /** Rows of `left` that are drafted all the same. */
        left: z.array(z.int().min(1)).max(LEFT_LIMIT).optional(),
      }),
    ),
    reply: jsonReply(importView),
    run: ({ app, actor, params, body }) =>
      runStep(app, actor, params.id, commitImport(app, actor, { id: params.id, confirmation: body.confirmation, left: body.left })),
  }),
  route({
    name: 'imports.discard',
    method: 'POST',
    path: '/api/v1/imports/:id/discard',
    access: 'session',
    permission: 'import.discard',
    params: idParams,
    reply: jsonReply(importView),
    run: async ({ app, actor, params }) => viewOf(app, actor, await discardImport(app, actor, params.id)),
  }),
  route({
    name: 'imports.rejects',
    method: 'GET',
    path: '/api/v1/imports/:id/rejects',
    access: 'session',
    permission: 'reject.read',
    params: idParams,
    reply: fileReply('text/csv; charset=utf-8'),
    run: ({ app, actor, params }) => rejectsOf(app, actor, params.id),
  }),
]
