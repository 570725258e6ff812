// Expects a command to be refused with one code; any other error fails the test.

import { expect } from 'chai'
import { isAppError, type AppError, type Code } from '../../src/core/errors.ts'

/** Runs a command that must be refused. Answers the error, for its values and problems. */
export async function refusal(code: Code, run: () => Promise<unknown>): Promise<AppError> {
  try {
    await run()
  } catch (error) {
    if (!isAppError(error)) throw error
    expect(error.code).to.equal(code)
    return error
  }
  return expect.fail(`expected ${code}`)
}
