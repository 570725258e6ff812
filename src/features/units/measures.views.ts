// The measures of the policy for anybody to read: number, category, title and citation, in the order of the policy.
// Rows are store.ts; the catalogue that fills them is catalogue.tasks.ts.

import { query } from '../../platform/commands/command.ts'
import type { Measure } from './measures.rules.ts'
import { measuresInOrder } from './store.ts'

/** A measure as the public reads it. */
export interface PublicMeasure {
  id: string
  category: string
  title: string
  citation: string
}

/** All measures in the order of the policy. */
export const showMeasures = query('measure.read', async ({ db }, _input: undefined): Promise<PublicMeasure[]> =>
  (await measuresInOrder(db)).map(({ detail }) => {
    const { id, categoryTitle, title, citation } = JSON.parse(detail) as Measure
    return { id, category: categoryTitle, title, citation }
  }),
)
