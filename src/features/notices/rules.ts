// What a person may say of a delivery that waits for one: told by hand, impossible, arrived after all, or to be sent again.
// Settling is commands.ts; who may settle is platform/commands/permissions.ts.

import { AppError } from '../../core/errors.ts'
import { SECRET_TEMPLATES, type Audience } from '../../messaging/notices.rules.ts'

/**
 * `done`: the recipient was told in another way. `impossible`: nobody could tell them. `arrived` and `again` settle a delivery whose
 * outcome is unknown: it arrived after all, or is to be sent once more, marked as repeated.
 */
export const DUTY_VERDICTS = ['done', 'impossible', 'arrived', 'again'] as const
export type DutyVerdict = (typeof DUTY_VERDICTS)[number]

/**
 * The possible verdicts: for a clerk's task, for a delivery with unknown outcome, and for a notice whose deliveries all failed and that
 * nobody settled.
 */
export function verdictsFor(delivery: { state: string }, notice: { state: string; settledBy: string | null }): readonly DutyVerdict[] {
  if (delivery.state === 'waiting_person') return ['done', 'impossible']
  if (delivery.state === 'in_doubt') return ['arrived', 'again']
  return notice.state === 'undeliverable' && notice.settledBy === null ? ['done', 'impossible'] : []
}

/** What waits for a person: a party who can be told by letter, somebody else to be told by hand, a delivery with unknown outcome. */
export const DUTY_KINDS = ['letter', 'other', 'in_doubt'] as const
export type DutyKind = (typeof DUTY_KINDS)[number]

/** Whom a person may send a notice again. Subscribers hear of the next bulletin, staff see their todo list, who writes to the bot may ask again. */
const RESENT_TO: readonly string[] = ['debtor', 'applicant', 'unit', 'body', 'source', 'complainant'] satisfies Audience[]
/** States of a step that ended, or that a person has to take. */
const AT_REST: readonly string[] = [
  'accepted',
  'unconfirmed',
  'closed',
  'refused',
  'exhausted',
  'waiting_person',
  'done',
  'cancelled',
  'held',
]

/**
 * Whether a notice may be sent again: its recipient was not reached, or no receipt says so. What was served is not sent twice, and what is
 * being sent, or may have been, is waited for.
 */
export function isResendable(
  notice: { state: string; audience: string; template: string; archivedAt: Date | null; overtakenBy: string | null },
  steps: readonly { state: string }[],
): boolean {
  if (
    notice.archivedAt !== null ||
    notice.overtakenBy !== null ||
    SECRET_TEMPLATES.has(notice.template) ||
    !RESENT_TO.includes(notice.audience)
  )
    return false
  if (notice.state === 'open') return steps.some(({ state }) => state === 'waiting_person') && steps.every(isAtRest)
  return (notice.state === 'accepted' || notice.state === 'undeliverable') && steps.length > 0 && steps.every(isAtRest)
}

/** Notices that one workbook holds at most: a year of a court's notices, written in some seconds ◇. */
export const EXPORTED_AT_MOST = 50_000

/** @throws `export_too_many`. */
export function requireExportable(count: number): void {
  if (count > EXPORTED_AT_MOST) throw new AppError('export_too_many', { count, max: EXPORTED_AT_MOST })
}

/** Whether a step of a notice was begun: not one that waits for the step before, or that nobody needs any more. */
export function wasTried({ state }: { state: string }): boolean {
  return state !== 'held' && state !== 'cancelled'
}

const isAtRest = ({ state }: { state: string }): boolean => AT_REST.includes(state)
