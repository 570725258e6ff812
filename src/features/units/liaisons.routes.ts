// Routes for the liaisons of many units at once: the form to fill in, the sheet that comes back, and binding codes to print.
// Single liaisons are routes.ts.

import { z } from 'zod'
import { fileBody, jsonBody } from '../../platform/http/body.ts'
import { problemLineSchema } from '../../platform/http/problems.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { idText, route, type Route } from '../../platform/http/route.ts'
import { DOCX_TYPE } from '../../platform/sheets/docx-page.ts'
import { XLSX_TYPE } from '../../platform/sheets/xlsx-write.ts'
import { bindingSheet, CODES_AT_ONCE, MOST_CODE_DAYS } from './binding-sheets.commands.ts'
import { importLiaisons } from './liaison-import.commands.ts'
import { SHEET_BYTES } from './liaison-sheet.rules.ts'
import { liaisonForm } from './liaison-sheets.views.ts'

const imported = z.object({
  rows: z.int(),
  added: z.int(),
  changed: z.int(),
  known: z.int(),
  bad: z.int(),
  problems: z.array(problemLineSchema),
  preview: z.array(
    z.object({
      row: z.int(),
      act: z.enum(['add', 'change', 'known']),
      unitId: z.string(),
      unitName: z.string(),
      name: z.string(),
      phone: z.string(),
      head: z.boolean(),
    }),
  ),
  missing: z.array(z.object({ id: z.string(), name: z.string() })),
  confirmation: z.string(),
  committed: z.boolean(),
})

const DEFAULT_CODE_DAYS = 7

export const liaisonRoutes: readonly Route[] = [
  route({
    name: 'liaisons.form',
    method: 'GET',
    path: '/api/v1/liaisons/form.xlsx',
    access: 'session',
    permission: 'unit.read',
    reply: fileReply(XLSX_TYPE),
    run: ({ app, actor }) => liaisonForm(app, actor, undefined),
  }),
  route({
    name: 'liaisons.import',
    method: 'POST',
    path: '/api/v1/liaisons/import',
    access: 'session',
    permission: 'liaison.manage',
    query: z.strictObject({ fileName: z.string().max(200).optional(), confirmation: z.string().min(1).max(40).optional() }),
    body: fileBody(['text/csv', XLSX_TYPE], () => SHEET_BYTES),
    reply: jsonReply(imported),
    async run({ app, actor, query, body }) {
      const parts: Uint8Array[] = []
      for await (const part of body.content) parts.push(part)
      return importLiaisons(app, actor, { fileName: body.fileName, bytes: Buffer.concat(parts), confirmation: query.confirmation })
    },
  }),
  route({
    name: 'liaisons.issue_codes',
    method: 'POST',
    path: '/api/v1/liaisons/binding-codes',
    access: 'session',
    permission: 'liaison.manage',
    body: jsonBody(
      z.strictObject({
        liaisonIds: z.array(idText).min(1).max(CODES_AT_ONCE).optional(),
        days: z.int().min(1).max(MOST_CODE_DAYS).default(DEFAULT_CODE_DAYS),
      }),
    ),
    reply: fileReply(DOCX_TYPE),
    run: ({ app, actor, body }) => bindingSheet(app, actor, body),
  }),
]
