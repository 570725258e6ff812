// Routes that list deadlines, by day of a month too, and that show and change the work calendar they are counted over.
// The views are views.ts, the calendar's commands commands.ts; the table of periods is clocks.rules.ts.

import { z } from 'zod'
import { daysOfNotice, getCalendar } from './commands.ts'
import { CLOCK_CODES, CLOCK_OWNERS } from './clocks.rules.ts'
import { LIGHTS } from './lights.rules.ts'
import { changeAndRecount } from './recount.tasks.ts'
import { deadlineMonth, listDeadlines, listLaggards, listMoves } from './views.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const STATES = ['open', 'closed', 'missed', 'closed_late', 'cancelled'] as const

const clockView = z.object({
  id: idText,
  code: z.enum(CLOCK_CODES),
  name: z.string(),
  title: z.string().nullable(),
  unitName: z.string().nullable(),
  profile: z.enum(['seed', 'statute']),
  subject: z.string(),
  owner: z.enum(CLOCK_OWNERS),
  unitId: z.string().nullable(),
  openedOn: dayText,
  start: dayText,
  due: dayText,
  missingYear: z.int().nullable(),
  latest: dayText.nullable(),
  amount: z.int(),
  unit: z.enum(['calendar_day', 'working_day', 'month', 'stated_day']),
  citation: z.string(),
  state: z.enum(STATES),
  late: z.boolean(),
  light: z.enum(LIGHTS).nullable(),
  left: z.int(),
  closedAt: instant.nullable(),
  remindedOn: dayText.nullable(),
})

const laggard = z.object({ owner: z.enum(CLOCK_OWNERS), unitId: z.string().nullable(), unitName: z.string().nullable(), count: z.int() })

const calendarView = z.object({
  version: z.int(),
  years: z.array(z.int()),
  missing: z.array(z.int()),
  rest: z.array(dayText),
  work: z.array(dayText),
})

const moveCounts = { total: z.int(), settled: z.int(), takenBack: z.int() }

const moveView = z.object({
  id: idText,
  code: z.enum(CLOCK_CODES),
  name: z.string(),
  subject: z.string(),
  title: z.string().nullable(),
  owner: z.enum(CLOCK_OWNERS),
  unitId: z.string().nullable(),
  unitName: z.string().nullable(),
  fromDue: dayText,
  fromLatest: dayText.nullable(),
  fromState: z.enum(STATES),
  toDue: dayText,
  toLatest: dayText.nullable(),
  toState: z.enum(STATES),
  at: instant,
})

/** The command checks the days, so that all problems are reported at once. */
const days = z.array(z.string().max(10)).max(400).optional()

/** The routes under `/api/v1/clocks` and `/api/v1/calendar`. */
export const clockRoutes: readonly Route[] = [
  route({
    name: 'clocks.list',
    method: 'GET',
    path: '/api/v1/clocks',
    access: 'unit',
    permission: 'clock.read',
    query: z.strictObject({
      state: z.enum(STATES).optional(),
      code: z.enum(CLOCK_CODES).optional(),
      owner: z.enum(CLOCK_OWNERS).optional(),
      unitId: z.string().max(40).optional(),
      subject: z.string().max(60).optional(),
      dueFrom: dayText.optional(),
      dueTo: dayText.optional(),
      light: z.enum(LIGHTS).optional(),
      unfinished: z.literal('yes').optional(),
      watched: z.literal('yes').optional(),
      ...page,
    }),
    reply: jsonReply(listOf(clockView)),
    async run({ app, actor, query: { limit, offset, unfinished, watched, ...rest } }) {
      const filter = { ...given(rest), unfinished: unfinished !== undefined, watched: watched !== undefined }
      return { ...(await listDeadlines(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'clocks.late',
    method: 'GET',
    path: '/api/v1/clocks/late',
    access: 'unit',
    permission: 'clock.read',
    query: z.strictObject({
      code: z.enum(CLOCK_CODES).optional(),
      owner: z.enum(CLOCK_OWNERS).optional(),
      unitId: z.string().max(40).optional(),
      dueFrom: dayText.optional(),
      dueTo: dayText.optional(),
      watched: z.literal('yes').optional(),
    }),
    reply: jsonReply(z.object({ items: z.array(laggard.extend({ oldest: dayText })) })),
    run: async ({ app, actor, query: { watched, ...rest } }) => ({
      items: await listLaggards(app, actor, { filter: { ...given(rest), watched: watched !== undefined } }),
    }),
  }),
  route({
    name: 'clocks.month',
    method: 'GET',
    path: '/api/v1/clocks/months/:month',
    access: 'unit',
    permission: 'clock.read',
    params: z.object({ month: z.string().regex(/^\d{4}-\d{2}$/) }),
    query: z.strictObject({
      code: z.enum(CLOCK_CODES).optional(),
      owner: z.enum(CLOCK_OWNERS).optional(),
      unitId: z.string().max(40).optional(),
    }),
    reply: jsonReply(
      z.object({
        month: z.string(),
        days: z.array(
          z.object({
            ...{ day: dayText, kind: z.enum(['work', 'rest', 'unknown']), red: z.int(), yellow: z.int(), green: z.int() },
            late: z.array(laggard),
          }),
        ),
        earlier: z.int(),
      }),
    ),
    run: ({ app, actor, params, query }) => deadlineMonth(app, actor, { month: params.month, filter: given(query) }),
  }),
  route({
    name: 'calendar.show',
    method: 'GET',
    path: '/api/v1/calendar',
    access: 'session',
    permission: 'calendar.read',
    reply: jsonReply(calendarView),
    run: async ({ app, actor }) => calendarReply(await getCalendar(app, actor, undefined)),
  }),
  route({
    name: 'calendar.change',
    method: 'POST',
    path: '/api/v1/calendar',
    access: 'session',
    permission: 'calendar.manage',
    body: jsonBody(
      z.strictObject({ rest: days, work: days, remove: days, years: z.array(z.int().min(2000).max(2200)).max(20).optional() }),
    ),
    reply: jsonReply(calendarView.extend({ moved: z.object({ ...moveCounts, waiting: z.int() }) })),
    async run({ app, actor, body }) {
      const { moved, ...view } = await changeAndRecount(app, actor, body)
      return { ...calendarReply(view), moved }
    },
  }),
  route({
    name: 'calendar.read_notice',
    method: 'POST',
    path: '/api/v1/calendar/notice',
    access: 'session',
    permission: 'calendar.manage',
    body: jsonBody(z.strictObject({ year: z.int().min(2000).max(2200), text: z.string().max(10_000) })),
    reply: jsonReply(z.object({ rest: z.array(dayText), work: z.array(dayText) })),
    run: ({ app, actor, body }) => daysOfNotice(app, actor, body),
  }),
  route({
    name: 'calendar.moves',
    method: 'GET',
    path: '/api/v1/calendar/moves',
    access: 'session',
    permission: 'recount.read',
    query: z.strictObject({ version: z.coerce.number().int().min(0).optional(), ...page }),
    reply: jsonReply(listOf(moveView).extend({ version: z.int(), settled: z.int(), takenBack: z.int() })),
    run: async ({ app, actor, query: { version, limit, offset } }) => ({
      ...(await listMoves(app, actor, { version, page: { limit, offset } })),
      limit,
      offset,
    }),
  }),
]

function calendarReply({ rest, work, ...view }: Awaited<ReturnType<typeof getCalendar>>): z.input<typeof calendarView> {
  return { ...view, rest: [...rest], work: [...work] }
}

/** The conditions that were given. */
function given<Filter extends object>(filter: Filter): { [Key in keyof Filter]?: Exclude<Filter[Key], undefined> } {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as never
}
