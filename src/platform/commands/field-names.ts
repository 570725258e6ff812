// Names the fields of a form in Chinese: a rule says which field is wrong, people read the name they know it under.
// The names are in the words files of templates.

import type { AppContext } from './command.ts'
import { isAppError, AppError } from '../../core/errors.ts'

/** Runs a rule; what is wrong with a field is told by the name people know it under (`field.<name>` of a words file). */
export function named<T>(app: AppContext, file: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!isAppError(error) || error.problems.length === 0) throw error
    const problems = error.problems.map((each) =>
      each.field === undefined ? each : { ...each, column: app.catalog.words(file, `field.${each.field}`) },
    )
    throw new AppError(error.code, error.values, problems)
  }
}
