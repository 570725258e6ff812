// What comes behind a request that was refused before its body was read, on the same connection: behind a proxy it is somebody else's.
// What is refused is tested in server.test.ts.

import { connect } from 'node:net'
import { expect } from 'chai'
import { createMetrics } from '../../../src/platform/http/metrics.ts'
import { allRoutes } from '../../../src/routes.ts'
import { makeApp, type TestApp } from '../../support/app.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'

describe('a body that nobody reads to its end', () => {
  let made: TestApp
  let server: TestServer

  before(async () => {
    made = await makeApp()
    server = await openServer(made, allRoutes(made.app.config, createMetrics([])))
  })
  after(async () => {
    await server.close()
    await made.close()
  })

  /** Posts a body and then asks for a page on the same connection; the status of both answers, or null where none came in three seconds. */
  function twoRequests(path: string, type: string, body: string): Promise<(number | null)[]> {
    return new Promise((resolve) => {
      let received = ''
      const statuses = (): number[] => [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      const done = (): void => {
        socket.destroy()
        const [first = null, second = null] = statuses()
        resolve([first, second])
      }
      const limit = setTimeout(done, 3_000)
      let asked = false
      socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
      socket.setEncoding('latin1').on('data', (part: string) => {
        received += part
        if (!asked && statuses().length === 1) {
          asked = true
          socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
        }
      })
      socket
        .on('error', () => undefined)
        .on('close', () => {
          clearTimeout(limit)
          done()
        })
    })
  }

  it('is dropped no longer than a short body may take, so that a slow one does not stay open', async function () {
    this.timeout(60_000)
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write('POST /enquiry HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 30000000\r\n\r\n')
    const sending = setInterval(() => socket.write('a'.repeat(300)), 100)
    const answered = await new Promise<string>((resolve) => {
      let received = ''
      socket.on('data', (part: Buffer) => (received += part.toString()))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(received))
    })
    clearInterval(sending)
    expect(answered)
      .to.match(/^HTTP\/1\.1 415/)
      .and.not.include('408')
  })

  const parts = (count: number): string => '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'.repeat(count) + '--B--\r\n'
  const long = 'a'.repeat(600_000)
  const requests: [title: string, path: string, type: string, body: string][] = [
    ['a form of three thousand parts', '/complaints', 'multipart/form-data; boundary=B', parts(3_000)],
    [
      'a part with an endless header',
      '/complaints',
      'multipart/form-data; boundary=B',
      `--B\r\nContent-Disposition: form-data; name="${long}"`,
    ],
    ['a photo of a conversation', '/chat/photo', 'multipart/form-data; boundary=B', parts(3_000)],
    ['JSON that is too long', '/api/v1/chat', 'application/json', `"${long}"`],
    ['another type', '/api/v1/chat', 'text/plain', long],
    ['a webhook', '/webhooks/wechat?signature=a&timestamp=1&nonce=1', 'text/xml', long],
    ['an import without a session', '/api/v1/imports', 'text/csv', long],
    ['a page that does not exist', '/nope', 'text/csv', long],
  ]
  for (const [title, path, type, body] of requests)
    it(`does not hold up the next request of the connection: ${title}`, async () => {
      const [first, second] = await twoRequests(path, type, body)
      expect(first).to.be.within(400, 499)
      expect(second).to.equal(200)
    })
})
