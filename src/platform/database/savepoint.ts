// A part of a transaction that can be taken back alone, without the rest: an act inside another piece of work.
// Transactions themselves are database.ts.

import { isAppError } from '../../core/errors.ts'
import type { Tx } from './database.ts'

/**
 * Runs `change` in the open transaction. When it refuses (AppError), what it wrote is taken back and the transaction goes on. Any other error is the
 * whole transaction's: after a deadlock there is no savepoint left to go back to.
 */
export async function attempt<T>(tx: Tx, change: (tx: Tx) => Promise<T>): Promise<T> {
  await tx.run('savepoint attempt')
  try {
    const result = await change(tx)
    await tx.run('release savepoint attempt')
    return result
  } catch (error) {
    if (isAppError(error)) {
      await tx.run('rollback to savepoint attempt')
      await tx.run('release savepoint attempt')
    }
    throw error
  }
}
