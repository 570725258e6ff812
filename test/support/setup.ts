// Root hooks of every test run: a connection to any other host than this machine is refused, and fails the test that tried it.
// Loaded by mocha before the tests. Stand-ins of providers are in their own files.

import { Socket, isIP } from 'node:net'
import type { RootHookObject } from 'mocha'
import { dropDatabases } from './mariadb.ts'

const refusedHosts: string[] = []

/** The other hosts that were tried since the last call. The call empties the list, so that the guard's own test can pass. */
export function takeOutsideRequests(): string[] {
  return refusedHosts.splice(0)
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1') return true
  return isIP(bare) === 4 ? bare.startsWith('127.') : /^::ffff:127\./.test(bare)
}

interface Target {
  host?: unknown
  path?: unknown
}

/** connect() takes (options), (port, host) or (path); Node's own callers pass [options, callback] as one array. */
function hostOf(args: readonly unknown[]): string | null {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]
  if (typeof first === 'object' && first !== null) {
    const { host, path } = first as Target
    if (typeof path === 'string') return null
    return typeof host === 'string' && host !== '' ? host : 'localhost'
  }
  if (typeof first === 'string' && Number.isNaN(Number(first))) return null
  return typeof args[1] === 'string' ? args[1] : 'localhost'
}

// Node's fetch, http, https, tls and net.connect, and every database driver, call this method.
const connect = Socket.prototype.connect as (this: Socket, ...args: unknown[]) => Socket

function guarded(this: Socket, ...args: unknown[]): Socket {
  const host = hostOf(args)
  if (host === null || isLoopback(host)) return connect.apply(this, args)
  refusedHosts.push(host)
  const refusal = Object.assign(new Error(`tests may not reach ${host}`), { code: 'EOUTSIDE', syscall: 'connect' })
  process.nextTick(() => this.destroy(refusal))
  return this
}

Socket.prototype.connect = guarded

export const mochaHooks: RootHookObject = {
  afterEach() {
    const hosts = takeOutsideRequests()
    if (hosts.length > 0) throw new Error(`the test asked for an outside host: ${hosts.join(', ')}`)
  },
  afterAll() {
    const hosts = takeOutsideRequests()
    if (hosts.length > 0) throw new Error(`something asked for an outside host after its test: ${hosts.join(', ')}`)
  },
}

/** Mocha calls it once, in the process that was started, after the last test of every worker. */
export async function mochaGlobalTeardown(): Promise<void> {
  await dropDatabases()
}
