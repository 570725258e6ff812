// The procedures of the policy, by the numbers that the court's list of its 80 procedures gives them: 46 at its core, and the others.
// docs/procedures.md says where each one is implemented, or why it is not.

const from = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, n) => `P${String(first + n).padStart(2, '0')}`)

export const CORE_PROCEDURES: readonly string[] = [...from(1, 38), ...from(45, 52)]

/** These concern the work of single units, or of the court outside this list. */
export const OTHER_PROCEDURES: readonly string[] = [...from(39, 44), ...from(53, 80)]
