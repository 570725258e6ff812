// Parts that the loopback stand-ins of providers share: a server on 127.0.0.1, reading bodies, scripted faults, and callbacks.
// What each provider answers is wechat-server.ts and twilio-server.ts.

import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handle = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>

export interface Loopback {
  url: string
  /** Stops at once, open connections included. */
  close(): Promise<void>
}

export async function listen(handle: Handle, port = 0): Promise<Loopback> {
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  server.listen(port, '127.0.0.1')
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export async function readBody(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(body))
}

/** POSTs a callback to this machine. Answers its status, or 0 when nobody listens. */
export function postTo(url: string, body: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(url, { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    outgoing.on('error', () => resolve(0))
    outgoing.end(body)
  })
}

/** A fault of the transport for one request: before the provider has done anything, or (`-after`) when it has done everything. */
export type Mishap =
  | { kind: 'hang' }
  | { kind: 'hang-after' }
  | { kind: 'reset' }
  | { kind: 'reset-after' }
  | { kind: 'status'; status: number }
  | { kind: 'status-after'; status: number }
  | { kind: 'garbage-after' }

/** Faults planned for targets; `take` removes the first one of the given targets, in order. */
export function mishaps(): { add(target: string, mishap: Mishap, times?: number): void; take(...targets: string[]): Mishap | undefined } {
  const waiting = new Map<string, Mishap[]>()
  return {
    add(target, mishap, times = 1) {
      const list = waiting.get(target) ?? []
      for (let count = 0; count < times; count += 1) list.push(mishap)
      waiting.set(target, list)
    },
    take(...targets) {
      for (const target of targets) {
        const mishap = waiting.get(target)?.shift()
        if (mishap !== undefined) return mishap
      }
      return undefined
    },
  }
}

/** Carries out a fault planned for this moment; answers true when no other answer may be sent. */
export function spoil(mishap: Mishap | undefined, moment: 'before' | 'after', response: ServerResponse): boolean {
  if (mishap === undefined || (moment === 'after') !== /-after$/.test(mishap.kind)) return false
  // A hanging answer stays open until the server is closed.
  if (mishap.kind.startsWith('reset')) response.socket?.destroy()
  if (mishap.kind === 'garbage-after') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>gateway</html>')
  if ('status' in mishap) response.writeHead(mishap.status).end('upstream error')
  return true
}
