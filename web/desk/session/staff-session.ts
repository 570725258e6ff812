// Where the desk's session comes from: a member of staff's log-in, look, renewal and log-out.

import { del, get, post, type Reply } from '../../kit/api/client.ts'
import { setSession, type Session } from '../../kit/session/session.ts'

type Shown = Reply<'/api/v1/session', 'get'>

/** What the server shows of a session, for the screens. */
export function sessionFrom(shown: Shown): Session {
  return {
    name: shown.staff.name,
    account: shown.staff.login,
    actor: `staff:${shown.staff.id}`,
    csrfToken: shown.csrfToken,
    permissions: shown.permissions,
    idleEndsAt: shown.idleEndsAt,
    expiresAt: shown.expiresAt,
    pending: shown.stage === 'open' ? null : shown.stage,
    warning: shown.warning,
  }
}

/** Looks whether there is a session. `passive`: only to know when it ends, not as a sign of life. @throws Problem `login_required`. */
export async function refreshSession(passive: boolean): Promise<void> {
  setSession(sessionFrom(await get('/api/v1/session', { passive })))
}

/** @throws Problem `login_failed`, `login_locked`. */
export async function logIn(login: string, password: string): Promise<void> {
  setSession(sessionFrom(await post('/api/v1/session', { body: { login, password } })))
}

/** Ends the session, here and on the server. */
export async function logOut(): Promise<void> {
  await del('/api/v1/session').catch(() => undefined)
  setSession(null)
}

/** @throws Problem `password_wrong`, `password_weak`. */
export async function changePassword(current: string, next: string): Promise<void> {
  await post('/api/v1/session/password', { body: { current, next } })
  await refreshSession(false)
}
