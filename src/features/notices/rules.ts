// What a person may say of a delivery that waits for one: told by hand, impossible, arrived after all, or to be sent again.
// Settling is commands.ts; who may settle is platform/commands/permissions.ts.

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
