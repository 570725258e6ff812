// HTTP routes of screening: ask, ask in a batch, report the outcome, and look back. The work is done by the commands of this feature.
// The feed for copies of the list is features/feed/routes.ts; API keys are features/units/keys.routes.ts.

import { z } from 'zod'
import { BATCH_LIMIT, screenBatch } from './batches.commands.ts'
import { listScreenings, showBatch, showScreening } from './views.ts'
import { askScreening, reportOutcome } from './commands.ts'
import { OUTCOMES_LIMIT, reportOutcomes } from './outcomes.commands.ts'
import { screeningChoices } from './lookup.views.ts'
import { askSandbox } from './sandbox.views.ts'
import { CLAUSE_ADVICE } from '../units/clauses.rules.ts'
import { OFFICES } from '../debtors/rules.ts'
import { ADVICE, OUTCOMES, PROCEEDINGS, RELATIONS_FOUND, SCREENING_ANSWERS } from './rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const name = z.string().max(100)
const identifier = z.string().max(40).optional()
const holders = z
  .array(z.strictObject({ office: z.enum(OFFICES), name, identifier }))
  .max(50)
  .optional()
const unitId = z.string().min(1).max(40).optional()
const requestId = z.string().regex(/^[\w.:-]{1,100}$/)
const about = { business: z.string().trim().min(2).max(200), measureId: z.string().max(10).optional(), unitId }

const finding = z.object({
  certain: z.boolean(),
  relation: z.enum(RELATIONS_FOUND),
  office: z.enum(OFFICES).nullable(),
  listingId: idText,
  name: z.string(),
  identifier: z.string(),
  nameDiffers: z.boolean(),
  court: z.string(),
  caseNo: z.string(),
  retained: z.object({ basis: z.string(), until: dayText }).nullable(),
  termEndedOn: dayText.nullable(),
  measures: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      citation: z.string(),
      clause: z.string().nullable(),
      words: z.string().nullable(),
      advice: z.enum([...CLAUSE_ADVICE, 'ask']),
      business: z.string().nullable(),
      suspended: z.boolean(),
      sentence: z.string(),
    }),
  ),
})

const screening = z.object({
  id: idText,
  unitId: z.string(),
  subject: z.object({ name: z.string(), identifier: z.string().nullable() }).nullable(),
  business: z.string().nullable(),
  measureId: z.string().nullable(),
  answer: z.enum(SCREENING_ANSWERS),
  advice: z.enum(ADVICE),
  proceeding: z.enum(PROCEEDINGS),
  explanation: z.string().nullable(),
  findings: z.array(finding).nullable(),
  more: z.int(),
  beyond: z.int(),
  listVersion: z.int(),
  asOf: instant,
  outcome: z.enum(OUTCOMES).nullable(),
  reason: z.string().nullable(),
  outcomeAt: instant.nullable(),
  version: z.int(),
  possibleOutcomes: z.array(z.enum(OUTCOMES)),
  reasonFor: z.array(z.enum(OUTCOMES)),
})

const counts = z.object({ hit: z.int(), review: z.int(), none: z.int() })
const itemError = z.object({
  code: z.string(),
  message: z.string(),
  problems: z.array(z.object({ code: z.string(), message: z.string(), field: z.string().optional() })),
})
const batchAnswer = z.object({
  requestId: z.string(),
  items: z.array(z.object({ key: z.string(), screening: screening.optional(), error: itemError.optional() })),
  counts,
  errors: z.int(),
})

const question = z.strictObject({ name, identifier, officers: holders, nominees: holders, ...about, requestId: requestId.optional() })
const report = { outcome: z.enum(OUTCOMES), reason: z.string().max(500).optional(), version: z.int().min(1).optional() }
const outcomeOfOne = z.strictObject({ screeningId: idText, ...report })

/** Bytes: enough for 10,000 applicants with their officers. */
const BATCH_BYTES = 8 * 1_048_576
const base = '/api/v1/screenings'

export const screeningRoutes: readonly Route[] = [
  route({
    name: 'screenings.ask',
    method: 'POST',
    path: base,
    access: 'unit',
    permission: 'screening.ask',
    body: jsonBody(question),
    reply: jsonReply(screening, 201),
    run: ({ app, actor, body }) => askScreening(app, actor, body),
  }),
  route({
    name: 'screenings.sandbox',
    method: 'POST',
    path: `${base}/sandbox`,
    access: 'unit',
    permission: 'screening.read',
    body: jsonBody(question),
    reply: jsonReply(screening, 201),
    run: ({ app, actor, body }) => askSandbox(app, actor, body),
  }),
  route({
    name: 'screenings.batch',
    method: 'POST',
    path: `${base}/batches`,
    access: 'unit',
    permission: 'screening.ask',
    body: jsonBody(
      z.strictObject({
        requestId,
        ...about,
        items: z
          .array(z.strictObject({ key: requestId, name, identifier, officers: holders, nominees: holders }))
          .min(1)
          .max(BATCH_LIMIT),
      }),
      BATCH_BYTES,
    ),
    items: (body) => body.items.length,
    reply: jsonReply(batchAnswer),
    run: ({ app, actor, body }) => screenBatch(app, actor, body),
  }),
  route({
    name: 'screenings.choices',
    method: 'GET',
    path: `${base}/businesses`,
    access: 'unit',
    permission: 'screening.read',
    query: z.strictObject({ unitId }),
    reply: jsonReply(
      z.object({
        items: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            businesses: z.array(z.object({ name: z.string(), clauses: z.array(z.string()).readonly(), forNominees: z.boolean() })),
          }),
        ),
      }),
    ),
    run: async ({ app, actor, query }) => ({ items: await screeningChoices(app, actor, query) }),
  }),
  route({
    name: 'screenings.progress',
    method: 'GET',
    path: `${base}/batches/:requestId`,
    access: 'unit',
    permission: 'screening.read',
    params: z.object({ requestId }),
    query: z.strictObject({ unitId }),
    reply: jsonReply(
      z.object({
        requestId: z.string(),
        unitId: z.string(),
        items: z.int(),
        counts,
        createdAt: instant,
        finishedAt: instant.nullable(),
      }),
    ),
    run: ({ app, actor, params, query }) => showBatch(app, actor, { ...params, ...query }),
  }),
  route({
    name: 'screenings.report_many',
    method: 'POST',
    path: `${base}/outcomes`,
    access: 'unit',
    permission: 'screening.report',
    body: jsonBody(z.strictObject({ items: z.array(outcomeOfOne).min(1).max(OUTCOMES_LIMIT) })),
    items: (body) => body.items.length,
    reply: jsonReply(
      z.object({
        items: z.array(z.object({ screeningId: idText, screening: screening.optional(), error: itemError.optional() })),
        errors: z.int(),
      }),
    ),
    async run({ app, actor, body }) {
      const items = await reportOutcomes(app, actor, body.items)
      return { items, errors: items.filter((each) => 'error' in each).length }
    },
  }),
  route({
    name: 'screenings.list',
    method: 'GET',
    path: base,
    access: 'unit',
    permission: 'screening.read',
    query: z.strictObject({
      unitId,
      answer: z.enum(SCREENING_ANSWERS).optional(),
      outcome: z.enum([...OUTCOMES, 'open']).optional(),
      ...page,
    }),
    reply: jsonReply(listOf(screening)),
    async run({ app, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listScreenings(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'screenings.show',
    method: 'GET',
    path: `${base}/:id`,
    access: 'unit',
    permission: 'screening.read',
    params: idParams,
    reply: jsonReply(screening),
    run: ({ app, actor, params }) => showScreening(app, actor, params.id),
  }),
  route({
    name: 'screenings.report',
    method: 'POST',
    path: `${base}/:id/outcome`,
    access: 'unit',
    permission: 'screening.report',
    params: idParams,
    body: jsonBody(z.strictObject(report)),
    reply: jsonReply(screening),
    run: ({ app, actor, params, body }) => reportOutcome(app, actor, { screeningId: params.id, ...body }),
  }),
]
