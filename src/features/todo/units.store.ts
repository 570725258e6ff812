// Counts of what waits for a unit's liaison, always of the own unit alone, and of what the liaison began.
// What waits for the court is court.store.ts.

import { clocks, type Asker, type Part } from './counts.store.ts'
import type { StartedByUnit, UnitTodo } from './rules.ts'

const of =
  (statement: string) =>
  (asker: Asker): Part => ({ from: statement, params: [asker.unitId] })

/** For each kind, what is counted for a liaison. */
export const UNIT_COUNTS: Readonly<Record<UnitTodo, (asker: Asker) => Part>> = {
  unit_clocks_red: (asker) => clocks('red', asker, 'own'),
  unit_clocks_yellow: (asker) => clocks('yellow', asker, 'own'),
  unit_lifts: of("from lift_order t where t.unit_id = ? and t.state = 'open'"),
  unit_feedback: of(
    "from feedback_return t join feedback_round r on r.id = t.round_id where t.unit_id = ? and t.state = 'open' and r.state = 'open'",
  ),
  unit_complaints: ({ unitId }) => ({
    from: "from complaint t where t.assigned_to = ? and t.state = 'assigned' and (t.unit_id is null or t.unit_id <> ?)",
    params: [unitId, unitId],
  }),
  unit_complaint_orders: of("from complaint_order t where t.unit_id = ? and t.state = 'open'"),
  unit_assistance_to_acknowledge: of("from assistance t where t.unit_id = ? and t.state in ('issued', 'served')"),
  unit_assistance_to_answer: of("from assistance t where t.unit_id = ? and t.state = 'acknowledged'"),
  unit_circulars: of("from deadline t where t.unit_id = ? and t.state = 'open' and t.code = 'circular.rectify'"),
  unit_repairs: of(
    "from repair_opinion t join repair r on r.id = t.repair_id where t.unit_id = ? and t.answered_at is null and r.state = 'consulting'",
  ),
  unit_outcomes: ({ unitId, screenedSince }) => ({
    from: `from screening t where t.unit_id = ? and t.asked_at >= ? and t.answer = 'hit' and t.advice <> 'do_not_apply'
      and t.outcome is null and t.batch_id is null`,
    params: [unitId, screenedSince],
  }),
}

/** What a liaison began and has not finished. */
export const STARTED_BY_UNIT_COUNTS: Readonly<Record<StartedByUnit, (asker: Asker) => Part>> = {
  my_batches: ({ id, unitId }) => ({
    from: 'from screening_batch t where t.unit_id = ? and t.actor = ? and t.finished_at is null',
    params: [unitId, id],
  }),
}
