// The fault table. Each row in two sizes: `full` for `npm run chaos`, `short` for the tests.

import { KILLED } from './killed.ts'
import { UNWELL } from './unwell.ts'
import type { Row } from './row.ts'

export const ROWS: readonly Row[] = [KILLED, UNWELL]
