// Routes of a unit’s ledger: as JSON and as a workbook.
// The ledger is computed in features/ledgers/views.ts.

import { z } from 'zod'
import { ledgerFile, showLedger } from './views.ts'
import { LEDGER_SECTIONS } from './rules.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { dayText, instant, page, route, type Route } from '../../platform/http/route.ts'

const params = z.object({ id: z.string().regex(/^[a-z0-9_]{2,40}$/) })
const span = { from: dayText.optional(), to: dayText.optional() }

const line = z.object({
  id: z.string(),
  at: z.union([instant, dayText]),
  what: z.string(),
  number: z.string().nullable(),
  state: z.string(),
  note: z.string().nullable(),
})

const FIGURES = [...LEDGER_SECTIONS, 'hits', 'returnedLate', 'liftedLate', 'upheld'] as const

const ledger = z.object({
  unitId: z.string(),
  unit: z.string(),
  from: dayText,
  to: dayText,
  asOf: instant,
  figures: z.record(z.enum(FIGURES), z.int()),
  sections: z.array(z.object({ section: z.enum(LEDGER_SECTIONS), title: z.string(), total: z.int(), items: z.array(line) })),
})

export const ledgerRoutes: readonly Route[] = [
  route({
    name: 'ledgers.show',
    method: 'GET',
    path: '/api/v1/units/:id/ledger',
    access: 'unit',
    permission: 'ledger.read',
    params,
    query: z.object({ ...span, section: z.enum(LEDGER_SECTIONS).optional(), ...page }),
    reply: jsonReply(ledger),
    run({ app, actor, params: { id }, query: { limit, offset, ...rest } }) {
      return showLedger(app, actor, { unitId: id, ...rest, page: { limit, offset } })
    },
  }),
  route({
    name: 'ledgers.file',
    method: 'GET',
    path: '/api/v1/units/:id/ledger.xlsx',
    access: 'unit',
    permission: 'ledger.read',
    params,
    query: z.object(span),
    reply: fileReply('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
    run: ({ app, actor, params: { id }, query }) => ledgerFile(app, actor, { unitId: id, ...query }),
  }),
]
