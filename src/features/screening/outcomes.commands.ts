// A unit reports what became of many screenings at once. Each is reported as a single one, so that one that cannot be is named and the
// others are done. The report itself is commands.ts.

import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { itemError, type ItemError } from './batches.commands.ts'
import { reportOutcome, type OutcomeInput } from './commands.ts'
import type { ScreeningView } from './lookup.views.ts'

/** Screenings that can be reported at once. */
export const OUTCOMES_LIMIT = 200

export type OutcomeAnswer = { screeningId: string } & ({ screening: ScreeningView } | { error: ItemError })

/**
 * Reports the outcome of each screening, in their order. Sent again it changes nothing, because the same outcome again changes nothing.
 * @throws only what no single screening is to blame for: a permission, a database that is away.
 */
export async function reportOutcomes(app: AppContext, actor: Actor, items: readonly OutcomeInput[]): Promise<OutcomeAnswer[]> {
  authorize(actor, 'screening.report')
  const answers: OutcomeAnswer[] = []
  for (const item of items) {
    const { screeningId } = item
    try {
      answers.push({ screeningId, screening: await reportOutcome(app, actor, item) })
    } catch (error) {
      answers.push({ screeningId, error: itemError(app, error) })
    }
  }
  return answers
}
