// Adds Chinese field names to the problems of a form: rules name the field, people read the name that they know.
// The names are `field.<name>` in templates/words/zh-CN.

import type { AppContext } from './command.ts'
import { isAppError, AppError } from '../../core/errors.ts'

/**
 * Runs a rule. An AppError's problems get the Chinese name of their field (`field.<name>` of the words file `file`) as column; a
 * field that the file does not name keeps the general name of words/columns.
 */
export function withFieldNames<T>(app: AppContext, file: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!isAppError(error) || error.problems.length === 0) throw error
    const { keys, words } = app.catalog
    const problems = error.problems.map((problem) => {
      const key = `field.${problem.field ?? ''}`
      return keys(file).includes(key) ? { ...problem, column: words(file, key) } : problem
    })
    throw new AppError(error.code, error.values, problems)
  }
}
