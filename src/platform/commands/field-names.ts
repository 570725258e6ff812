// Adds Chinese field names to the problems of a form: rules name the field, people read the name that they know.
// The names are `field.<name>` in templates/words/zh-CN.

import type { AppContext } from './command.ts'
import { isAppError, AppError } from '../../core/errors.ts'

/** Runs a rule. An AppError's problems get the Chinese name of their field (`field.<name>` of the words file `file`) as column. */
export function withFieldNames<T>(app: AppContext, file: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!isAppError(error) || error.problems.length === 0) throw error
    const problems = error.problems.map((problem) =>
      problem.field === undefined ? problem : { ...problem, column: app.catalog.words(file, `field.${problem.field}`) },
    )
    throw new AppError(error.code, error.values, problems)
  }
}
