// The 46 core procedures of the policy, by the numbers that the court's list of its 80 procedures gives them.
// docs/procedures.md says where each one is implemented.

const from = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, n) => `P${String(first + n).padStart(2, '0')}`)

/** P39–P44 and P53–P80 are left out: they concern the work of single units, or of the court outside this list. */
export const CORE_PROCEDURES: readonly string[] = [...from(1, 38), ...from(45, 52)]
