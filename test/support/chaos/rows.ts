// The fault table. Each row in two sizes: `full` for `npm run chaos`, `short` for the tests.

import { FROZEN, LOST } from './cut-off.ts'
import { LIMITED, SLOW_CHANNEL } from './hurried.ts'
import { KILLED } from './killed.ts'
import { MISLED } from './misled.ts'
import { OVERTAKEN } from './overtaken.ts'
import { UNWELL } from './unwell.ts'
import type { Row } from './row.ts'

export const ROWS: readonly Row[] = [KILLED, UNWELL, LOST, FROZEN, MISLED, OVERTAKEN, SLOW_CHANNEL, LIMITED]
