// Schemas of the requests and replies of feedback, and the shapes of figures that they share.
// The routes are routes.ts; what the figures mean is rules.ts.

import { z } from 'zod'
import { RETURN_ACTS, RETURN_STATES, RETURN_WAYS, ROUND_STATES } from './rules.ts'
import { dayText, idText, instant } from '../../platform/http/route.ts'

const figures = { checked: z.int(), restricted: z.int(), approved: z.int() }
const line = z.object({ measureId: z.string(), ...figures })
const counts = z.object({ ...figures, hits: z.int(), lifted: z.int(), retained: z.int(), complaints: z.int() })
const known = counts.extend({ lines: z.array(line).readonly() })

export const roundView = z.object({
  id: idText,
  quarter: z.string(),
  firstDay: dayText,
  lastDay: dayText,
  dueOn: dayText,
  state: z.enum(ROUND_STATES),
  units: z.int(),
  returned: z.int(),
  late: z.int(),
  awaited: z.int(),
  overdue: z.boolean(),
  openedAt: instant,
  openedBy: z.string(),
  closedAt: instant.nullable(),
  closedBy: z.string().nullable(),
})

export const returnView = z.object({
  roundId: idText,
  unitId: z.string(),
  unitName: z.string(),
  state: z.enum(RETURN_STATES),
  version: z.int(),
  late: z.boolean(),
  afterClose: z.boolean(),
  overdue: z.boolean(),
  submittedAt: instant.nullable(),
  submittedBy: z.string().nullable(),
  ...figures,
  possible: z.array(z.enum(RETURN_ACTS)),
})

export const detailView = returnView.extend({
  lines: z.array(line).readonly(),
  note: z.string(),
  known,
  entries: z.array(
    z.object({
      version: z.int(),
      handedAt: instant,
      handedBy: z.string(),
      way: z.enum(RETURN_WAYS),
      late: z.boolean(),
      ...figures,
    }),
  ),
})

export const ownView = z.object({
  roundId: idText,
  quarter: z.string(),
  dueOn: dayText,
  overdue: z.boolean(),
  roundState: z.enum(ROUND_STATES),
  unitId: z.string(),
  unitName: z.string(),
  state: z.enum(RETURN_STATES),
  version: z.int(),
  ...figures,
  lines: z.array(line).readonly(),
  note: z.string(),
  known,
  measures: z.array(z.object({ id: z.string(), title: z.string() })),
})

/** The command checks the figures, so that all problems are reported at once; here only what nobody types by mistake is refused. */
const typedFigure = z.number().min(-1e12).max(1e12)
const typedFigures = { checked: typedFigure, restricted: typedFigure, approved: typedFigure }

export const returnBody = z.strictObject({
  version: z.int().min(1).optional(),
  ...typedFigures,
  lines: z
    .array(z.strictObject({ measureId: z.string().min(1).max(10), ...typedFigures }))
    .max(100)
    .optional(),
  note: z.string().max(5000).optional(),
})

export const handedIn = z.object({
  roundId: idText,
  unitId: z.string(),
  quarter: z.string(),
  state: z.enum(RETURN_STATES),
  version: z.int(),
  late: z.boolean(),
  afterClose: z.boolean(),
  ...figures,
})

export const formQuery = z.strictObject({ roundId: idText.optional(), unitId: z.string().min(1).max(40).optional() })

export const reportView = z.object({
  id: idText,
  quarter: z.string(),
  from: dayText,
  until: dayText,
  dueOn: dayText,
  state: z.enum(ROUND_STATES),
  asOf: instant,
  totals: z.object({
    units: z.int(),
    returned: z.int(),
    late: z.int(),
    notReturned: z.int(),
    zero: z.int(),
    ...figures,
    lifted: z.int(),
    retained: z.int(),
    complaints: z.int(),
  }),
  units: z.array(
    z.object({
      unitId: z.string(),
      unitName: z.string(),
      state: z.enum(RETURN_STATES),
      late: z.boolean(),
      submittedAt: instant.nullable(),
      ...figures,
      note: z.string(),
      known: counts,
    }),
  ),
  measures: z.array(z.object({ measureId: z.string().nullable(), title: z.string().nullable(), ...figures })),
  approvals: z.array(
    z.object({
      unitId: z.string(),
      unitName: z.string(),
      measureId: z.string().nullable(),
      approvedAt: instant,
      reason: z.string(),
    }),
  ),
  notReturned: z.array(z.object({ unitId: z.string(), unitName: z.string() })),
})

export const publicView = z.object({
  quarter: z.string(),
  from: dayText,
  until: dayText,
  closedAt: instant,
  units: z.int(),
  returned: z.int(),
  ...figures,
  lifted: z.int(),
  retained: z.int(),
})
