// A liaison with an open session at the units' portal, by the commands that the log-in by a code uses.

import { addLiaison } from '../../src/features/units/commands.ts'
import { openUnitSession, requestUnitCode } from '../../src/features/sessions/liaisons.commands.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import type { TestApp } from './app.ts'
import { codesSent } from './codes.ts'
import { asking, type Ask, type TestServer } from './http-server.ts'
import { ADMIN } from './deadlines.ts'

let phones = 0

/** A liaison as the tests of the portal need one. */
export interface LiaisonVisit {
  id: string
  phone: string
  cookie: string
}

/** Adds a liaison with a phone of their own to a unit; with `phone` the same person at another unit. */
export async function portalLiaison(
  { app }: TestApp,
  unitId: string,
  name: string,
  phone?: string,
): Promise<{ id: string; phone: string }> {
  phones += 1
  const own = phone ?? `1397000${String(1000 + phones)}`
  const { id } = await addLiaison(app, ADMIN, { unitId, name, phone: own })
  return { id, phone: own }
}

/** The same, logged in. */
export async function loggedInLiaison(made: TestApp, unitId: string, name = '和联络'): Promise<LiaisonVisit> {
  const { id, phone } = await portalLiaison(made, unitId, name)
  const origin = { network: '127.0.0.1', browser: null }
  const { token: request } = await requestUnitCode(made.app, PUBLIC, { phone, origin })
  const { token } = await openUnitSession(made.app, PUBLIC, { phone, code: await lastCode(made), request, origin })
  return { id, phone, cookie: `zxt-unit=${token}` }
}

/** The newest code that was sent. */
export async function lastCode({ app }: TestApp): Promise<string> {
  return (await codesSent(app)).at(-1)?.code ?? ''
}

/** Asks the server as a liaison who is logged in, as the portal's screens do. */
export async function askingAs({ url }: Pick<TestServer, 'url'>, { cookie }: Pick<LiaisonVisit, 'cookie'>): Promise<Ask> {
  const headers = { cookie, 'x-session': 'unit' }
  const { body } = await asking(url, headers)('GET', '/api/v1/unit-session')
  return asking(url, { ...headers, 'x-csrf-token': String(body['csrfToken']) })
}
