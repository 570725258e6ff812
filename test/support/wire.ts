// A TCP proxy between the application and its database that a test can cut and restore.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface Wire {
  /** URL of the database through the proxy. */
  url: string
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>
  mend(): Promise<void>
  /** Ends every connection and accepts new ones. */
  shake(): void
}

/** Starts the proxy. @param target URL of the database. */
export async function startProxy(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target)
  const live = new Set<Socket>()
  let server: Server
  const serve = async (at: number): Promise<number> => {
    server = createServer((near) => {
      const far = connect(Number(port || 3306), hostname)
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        live.add(from)
        from.pipe(to)
        from.on('error', () => to.destroy()).on('close', () => live.delete(from) && to.destroy())
      }
    }).listen(at, '127.0.0.1')
    await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
    return (server.address() as AddressInfo).port
  }
  const proxyPort = await serve(0)
  const url = new URL(target)
  url.host = `127.0.0.1:${proxyPort}`
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
      await serve(proxyPort)
    },
  }
}
