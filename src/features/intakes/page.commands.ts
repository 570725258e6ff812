// What the pages of somebody's own case do beside the commands: hand a form in once, and keep what was written while its person confirms again.
// The command is commands.ts; the pages are pages.ts.

import { isAppError } from '../../core/errors.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { grantReceipt, handInOnce, openReceipt, type Receipt, type Submission } from '../forms/commands.ts'
import { HELD_FOR } from '../forms/rules.ts'
import { fileIntake, type NewIntake } from './commands.ts'

/** Hands the form of a page in, once. @throws as `fileIntake` and `handInOnce`. */
export async function fileIntakeFromPage(
  app: AppContext,
  actor: Actor,
  page: Pick<Submission, 'token' | 'content' | 'origin'>,
  intake: Omit<NewIntake, 'way' | 'files'>,
): Promise<void> {
  await handInOnce(app, actor, {
    ...page,
    purpose: 'intake',
    async run(joined, files) {
      const { number } = await fileIntake(joined, actor, { ...intake, way: 'web', files })
      return { number }
    },
  })
}

const DRAFT = 'own_draft'

/** Keeps what was written in a form whose person is not confirmed any more. @returns the token for the cookie. */
export async function keepDraft(app: AppContext, actor: Actor, record: Receipt): Promise<string> {
  return grantReceipt(app, actor, { purpose: DRAFT, record, lasts: HELD_FOR })
}

/** What was kept; null when there is nothing or its time is over. */
export async function keptDraft(app: AppContext, actor: Actor, pass: string | null): Promise<Record<string, string> | null> {
  try {
    const record = await openReceipt(app, actor, { pass, purpose: DRAFT })
    return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]))
  } catch (error) {
    if (!isAppError(error, 'form_expired')) throw error
    return null
  }
}
