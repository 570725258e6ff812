// How many problems of one refusal are named: the first ones, and of the others how many there are. Pure.
// Problems of a request's form are capped before they are made (platform/http/problems.ts); those of commands are capped here.

import type { Problem } from './errors.ts'

/** Problems that are named. */
export const MOST_PROBLEMS = 20

/** The first problems and, as one more, how many others there are. */
export function firstProblems(problems: readonly Problem[]): readonly Problem[] {
  // What was capped already has one more than are named.
  if (problems.length <= MOST_PROBLEMS + 1) return problems
  return [...problems.slice(0, MOST_PROBLEMS), { code: 'problems_more', values: { count: problems.length - MOST_PROBLEMS } }]
}
