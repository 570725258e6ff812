// A wire between the house and its database that a test can cut and mend: a TCP proxy on this machine.
// What the house does meanwhile is the tests'.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface Wire {
  /** The database's address through the wire. */
  url: string
  /** Every connection ends, new ones are refused. */
  cut(): Promise<void>
  mend(): Promise<void>
  /** Every connection ends, new ones are served at once. */
  shake(): void
}

export async function layWire(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target)
  const live = new Set<Socket>()
  let server: Server
  const serve = async (at: number): Promise<number> => {
    server = createServer((near) => {
      const far = connect(Number(port || 3306), hostname)
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        live.add(one)
        one.pipe(other)
        one.on('error', () => other.destroy()).on('close', () => live.delete(one) && other.destroy())
      }
    }).listen(at, '127.0.0.1')
    await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
    return (server.address() as AddressInfo).port
  }
  const taken = await serve(0)
  const url = new URL(target)
  url.host = `127.0.0.1:${taken}`
  const shake = (): void => {
    for (const socket of live) socket.destroy()
  }
  return {
    url: url.href,
    shake,
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve))
      shake()
      await closed
    },
    async mend() {
      await serve(taken)
    },
  }
}
