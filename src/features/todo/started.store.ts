// Counts of what a member of staff began and nobody has finished (我发起的), by the columns that say who began it.
// What waits for somebody is court.store.ts.

import type { Asker, Part } from './counts.store.ts'
import type { StartedTodo } from './rules.ts'

const begun =
  (table: string, column: string, states: readonly string[]) =>
  ({ id }: Asker): Part => ({
    from: `from ${table} t where t.${column} = ? and t.state in (${states.map((state) => `'${state}'`).join(', ')})`,
    params: [id],
  })

/** For each kind, what is counted of an asker. */
export const STARTED_COUNTS: Readonly<Record<StartedTodo, (asker: Asker) => Part>> = {
  my_listings: begun('listing', 'drafted_by', ['draft', 'pending', 'decided', 'served']),
  my_imports: begun('`import`', 'actor', ['checking', 'checked', 'committing']),
  my_proposals: begun('listing_proposal', 'proposed_by', ['open']),
  my_objections: begun('objection', 'registered_by', ['registered', 'reviewing', 'upheld', 'reconsidering']),
  my_repairs: begun('repair', 'registered_by', ['received', 'consulting']),
  my_creditors: begun('creditor_matter', 'registered_by', ['received', 'confirmed', 'reviewed', 'upheld']),
  my_assistance: begun('assistance', 'drafted_by', ['draft', 'issued', 'served', 'acknowledged']),
  my_refusals: ({ id }) => ({
    from: "from lift_answer t where t.review = 'proposed' and t.outcome = 'retained' and t.proposed_by = ?",
    params: [id],
  }),
  my_pushes: begun('push', 'prepared_by', ['prepared']),
  my_circulars: begun('circular', 'drafted_by', ['draft']),
  my_joints: begun('joint_circular', 'drafted_by', ['draft']),
  my_staff_proposals: ({ id }) => ({ from: 'from staff_proposal t where t.proposed_by = ?', params: [id] }),
}
