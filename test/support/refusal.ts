// Expecting an act to be refused with one code, and nothing else to go wrong.

import { expect } from 'chai'
import { isAppError, type AppError, type Code } from '../../src/core/errors.ts'

/** Answers the error, for its values and problems. */
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
