// The real web server over the application of a test, and people who use it: anybody, or staff with a session.

import { logIn } from '../../src/features/sessions/commands.ts'
import { TERMINAL } from '../../src/features/sessions/places.commands.ts'
import { PUBLIC, type StaffRole } from '../../src/platform/commands/permissions.ts'
import { callerOf } from '../../src/features/sessions/access.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'
import type { Route } from '../../src/platform/http/route.ts'
import { allRoutes } from '../../src/routes.ts'
import { createServer, type ServerOptions, type WebServer } from '../../src/platform/http/server.ts'
import { insertStaff } from '../../src/features/staff/store.ts'
import { hashPassword } from '../../src/features/staff/passwords.commands.ts'
import { newId, newPassword } from '../../src/core/ids.ts'
import type { TestApp } from './app.ts'

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The body as a JSON object; empty when it is none. */
  body: Readonly<Record<string, unknown>>
}

export type Body = string | Uint8Array<ArrayBuffer>

/** Sends one request. */
export interface Ask {
  (method: string, path: string, options?: { json?: unknown; body?: Body; headers?: Record<string, string> }): Promise<Answer>
}

/** A member of staff with an open session. */
export interface Person {
  id: string
  login: string
  password: string
  cookie: string
  csrf: string
  ask: Ask
}

/** A running server. */
export interface TestServer {
  url: string
  server: WebServer
  ask: Ask
  /** A member of staff with a password of their own and an open session, whatever the rules of adding accounts say. */
  person(...roles: StaffRole[]): Promise<Person>
  close(): Promise<void>
}

let people = 0

/** Starts a server with all routes, or those given. Replies are checked strictly against their schemas. */
export async function openServer(
  { app }: TestApp,
  routes?: readonly Route[],
  options: Pick<ServerOptions, 'places'> = {},
): Promise<TestServer> {
  const metrics = createMetrics([])
  const server = createServer(app, routes ?? allRoutes(app.config, metrics), { replies: 'exact', metrics, identify: callerOf, ...options })
  const { url } = await server.listen('127.0.0.1', 0)
  return {
    url,
    server,
    ask: asking(url, {}),
    async person(...roles) {
      people += 1
      const login = `${roles.join('.') || 'nobody'}${people}`.slice(0, 40)
      const [id, password] = [newId(), newPassword()]
      const blank = {
        mustChange: false,
        failures: 0,
        lockedUntil: null,
        disabledAt: null,
        adminUntil: null,
        lastLoginAt: null,
        factorWay: null,
        createdAt: app.clock.now(),
      }
      const passwordHash = await hashPassword(password)
      await app.store.write((tx) => insertStaff(tx, app, { ...blank, id, login, name: login, roles: roles.join(','), passwordHash }))
      const { token, csrfToken } = await logIn(app, PUBLIC, { login, password, origin: TERMINAL })
      const cookie = `${app.config.publicUrl.startsWith('https') ? '__Host-zxt' : 'zxt'}=${token}`
      return { id, login, password, cookie, csrf: csrfToken, ask: asking(url, { cookie, 'x-csrf-token': csrfToken }) }
    },
    close: () => server.close(0),
  }
}

/** Sends requests to a server with these headers in each. */
export function asking(url: string, ownHeaders: Readonly<Record<string, string>>): Ask {
  return async (method, path, { json, body, headers = {} } = {}) => {
    const contentType = json === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...contentType, ...ownHeaders, ...headers },
      ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parsed(text) }
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
