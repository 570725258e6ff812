// What databases say when something goes wrong, in the house's terms: gone, busy, or a key that is taken.
// What follows from it is database.ts and the subjects' own.

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

function codeOf(error: unknown): string {
  const driver = (error as { driverError?: { code?: unknown } } | null)?.driverError?.code ?? (error as { code?: unknown } | null)?.code
  return typeof driver === 'string' ? driver : ''
}

/** Whether the database chose this transaction as a victim, or another holds what it wants: worth another try. */
export function isContention(error: unknown): boolean {
  return CONTENTION.includes(codeOf(error))
}

/** Whether an error says that a unique key already holds this value. */
export function isDuplicate(error: unknown): boolean {
  return ['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY'].includes(codeOf(error))
}

/** Runs, and says a database that went away as the `database_unavailable` of the house. */
export async function translated<T>(run: () => Promise<T>): Promise<T> {
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
