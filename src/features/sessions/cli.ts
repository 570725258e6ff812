// `zxt --as <login>`: a command of the CLI done by a member of staff, under the rules and the lock-outs of the log-in page.
// The log-in itself is commands.ts.

import { AppError } from '../../core/errors.ts'
import { sha256 } from '../../core/secrets.ts'
import type { CliSession } from '../../platform/cli/session.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { PUBLIC } from '../../platform/commands/permissions.ts'
import { logIn, logOut } from './commands.ts'

/**
 * Asks for the password of an account, logs it in for one piece of work, and logs it out again.
 * @throws as `logIn`; `password_needed` without one, `password_change_required` before the first change.
 */
export async function asStaff<T>(session: CliSession, app: AppContext, login: string, work: () => Promise<T>): Promise<T> {
  const password = await session.askPassword(session.terminal.words('password', { login }))
  if (password === null) throw new AppError('password_needed')
  const { token, staff } = await logIn(app, PUBLIC, { login, password })
  Object.assign(session.actor, { id: `staff:${staff.id}`, roles: staff.roles })
  try {
    if (staff.mustChange) throw new AppError('password_change_required')
    return await work()
  } finally {
    await logOut(app, session.actor, { sessionId: sha256(token) })
  }
}
