// Where the portal's session comes from: a liaison's log-in by a code to the phone, look, renewal, choice of the unit, and log-out.

import { readonly, ref } from 'vue'
import { connectSession, del, get, post, put, type Reply } from '../../kit/api/client.ts'
import { currentSession, setSession, type Session } from '../../kit/session/session.ts'

type Shown = Reply<'/api/v1/unit-session', 'get'>
/** A unit as the session names it. */
export type Unit = Shown['unit']

// The browser of somebody who also works at the court may hold both sessions.
connectSession({ kind: 'unit' })

const unit = ref<Unit | null>(null)
const units = ref<readonly Unit[]>([])
/** The unit that the liaison acts for, and all that the person may act for. */
export const ownUnit = readonly(unit)
export const ownUnits = readonly(units)
/** The phone that was typed in this page, for a renewal over a form. It stays in the page's memory alone. */
export const typedPhone = ref('')

function take(shown: Shown, pending: string | null): void {
  unit.value = shown.unit
  units.value = shown.units
  setSession(sessionFrom(shown, pending))
}

function sessionFrom(shown: Shown, pending: string | null): Session {
  return {
    name: shown.liaison.name,
    account: shown.liaison.name,
    actor: `liaison:${shown.liaison.id}`,
    csrfToken: shown.csrfToken,
    permissions: shown.permissions,
    idleEndsAt: shown.idleEndsAt,
    expiresAt: shown.expiresAt,
    pending,
    warning: null,
  }
}

/** Looks whether there is a session. `passive`: only to know when it ends, not as a sign of life. @throws Problem `login_required`. */
export async function refreshSession(passive: boolean): Promise<void> {
  take(await get('/api/v1/unit-session', { passive }), null)
}

/** Sends a code to a phone; the answer is the same whether the phone is known or not. @throws Problem `code_limited`, `address_invalid`. */
export function requestCode(phone: string): Promise<Reply<'/api/v1/unit-session/code', 'post'>> {
  return post('/api/v1/unit-session/code', { body: { phone } })
}

/**
 * Logs in. Whoever acts for several units chooses one next; a renewal goes on for the same unit, and only for the same person.
 * @returns whether the session belongs to who had the page before.
 * @throws Problem `unit_code_wrong`, `login_locked`, `code_limited`, `unit_other`.
 */
export async function logIn(phone: string, code: string): Promise<boolean> {
  const before = currentSession.session
  const same = unit.value === null || before === null ? {} : { unitId: unit.value.id }
  const shown = await post('/api/v1/unit-session', { body: { phone, code, ...same } })
  if (before !== null && before.actor !== `liaison:${shown.liaison.id}`) return false
  take(shown, before === null && shown.units.length > 1 ? 'unit' : null)
  return true
}

/** Goes on for this unit. @throws Problem `unit_other`. */
export async function chooseUnit(unitId: string): Promise<void> {
  take(await put('/api/v1/unit-session/unit', { body: { unitId } }), null)
}

/** Ends the session, here and on the server. */
export async function logOut(): Promise<void> {
  await del('/api/v1/unit-session').catch(() => undefined)
  setSession(null)
}
