// `zxt --as <login>`: a command of the CLI done by a member of staff, under the rules and the lock-outs of the log-in page.
// The log-in itself is commands.ts.

import { AppError } from '../../core/errors.ts'
import { bearerHash } from '../../core/secrets.ts'
import type { CliSession } from '../../platform/cli/session.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { PUBLIC } from '../../platform/commands/permissions.ts'
import { logIn, logOut } from './commands.ts'
import { TERMINAL } from './places.commands.ts'
import { giveFactor, requestFactorCode } from './factor.commands.ts'
import type { FactorWay } from '../staff/rules.ts'

/**
 * Asks for the password of an account and for its second factor, logs it in for one piece of work, and logs it out again.
 * @throws as `logIn`; `password_needed` without one, `password_change_required` before the first change, `factor_enrol_required` before a
 * factor that the role needs is enrolled.
 */
export async function asStaff<T>(session: CliSession, app: AppContext, login: string, work: () => Promise<T>): Promise<T> {
  const password = await session.askPassword(session.terminal.words('password', { login }))
  if (password === null) throw new AppError('password_needed')
  const { token, staff, stage } = await logIn(app, PUBLIC, { login, password, origin: TERMINAL })
  const sessionId = bearerHash(app.secrets, 'session', token)
  Object.assign(session.actor, { id: `staff:${staff.id}`, roles: staff.roles })
  try {
    if (stage === 'factor') await askFactor(session, app, { login, sessionId, way: staff.factor })
    if (staff.mustChange) throw new AppError('password_change_required')
    if (stage === 'enrol') throw new AppError('factor_enrol_required')
    return await work()
  } finally {
    await logOut(app, session.actor, { sessionId })
  }
}

/** Asks for the second factor; one that is sent is sent first. @throws as `giveFactor`; `factor_code_needed` without a code. */
async function askFactor(
  session: CliSession,
  app: AppContext,
  { login, sessionId, way }: { login: string; sessionId: string; way: FactorWay | null },
): Promise<void> {
  if (way !== 'totp') await requestFactorCode(app, session.actor, { origin: TERMINAL })
  const code = await session.askPassword(session.terminal.words('factor_code', { login }))
  if (code === null) throw new AppError('factor_code_needed')
  await giveFactor(app, session.actor, { sessionId, code: code.trim(), origin: TERMINAL })
}
