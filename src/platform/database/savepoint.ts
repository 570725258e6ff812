// Savepoints: a part of a transaction that can be rolled back alone, for a command that runs inside another one.
// Transactions themselves are database.ts.

import { isAppError } from '../../core/errors.ts'
import type { Tx } from './database.ts'

/**
 * Runs `change` in the open transaction. When it throws an AppError, its writes are rolled back and the transaction can go on; the error is
 * thrown on. Any other error fails the whole transaction: after a deadlock the savepoint is gone.
 */
export async function withSavepoint<T>(tx: Tx, change: (tx: Tx) => Promise<T>): Promise<T> {
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
