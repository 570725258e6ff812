// Recognises database errors: the database is away, a transaction lost a conflict, a key is a duplicate.
// Retries are database.ts.

import { AppError } from '../../core/errors.ts'

const LOST = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_ACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'SQLITE_CANTOPEN',
]
const CONTENTION = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'ER_CHECKREAD']

/** The code of an error of a driver or of the system; empty where it has none. */
export function codeOf(error: unknown): string {
  const driver = (error as { driverError?: { code?: unknown } } | null)?.driverError?.code ?? (error as { code?: unknown } | null)?.code
  return typeof driver === 'string' ? driver : ''
}

/** Whether the transaction lost a deadlock or waited too long for a lock, so that another try may succeed. */
export function isContention(error: unknown): boolean {
  return CONTENTION.includes(codeOf(error))
}

/** Whether a unique or primary key already holds this value. */
export function isDuplicate(error: unknown): boolean {
  return ['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'].includes(codeOf(error))
}

/** Runs a function. @throws AppError `database_unavailable` when the database could not be reached or the connection was lost. */
export async function withDatabaseErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (
      LOST.includes(codeOf(error)) ||
      /closed state|Connection is not established|connection is not open/.test(String((error as Error | null)?.message))
    )
      throw new AppError('database_unavailable', { code: codeOf(error) || 'closed' }, [], error)
    throw error
  }
}
