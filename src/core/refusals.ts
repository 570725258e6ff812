// A refusal as it is stored with what was refused: its own values stand before its problems, so that it can be worded later with its numbers.
// The codes are errors.ts.

import type { AppError, Problem, Values } from './errors.ts'

/** What is stored of a refusal beside its code. */
export function storedProblems(error: AppError): Problem[] {
  return Object.keys(error.values).length === 0 ? [...error.problems] : [{ code: error.code, values: error.values }, ...error.problems]
}

/** The values of a stored refusal and its problems, also of one that was stored without values. */
export function refusalOf(failure: string | null, stored: readonly Problem[]): { values: Values; problems: readonly Problem[] } {
  const [first, ...others] = stored
  return failure !== null && first?.code === failure ? { values: first.values ?? {}, problems: others } : { values: {}, problems: stored }
}
