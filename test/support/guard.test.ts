// Tests of the guard in setup.ts: connections to other hosts are refused in every way of connecting; this machine can be reached.

import { expect } from 'chai'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import { takeOutsideRequests } from './setup.ts'

const failure = (start: (fail: (error: Error) => void) => void): Promise<Error> => new Promise((resolve) => start(resolve))

describe('the guard against outside hosts', () => {
  it('refuses fetch, https and net.connect by name, by address and by options, and records each host', async () => {
    const fetched = await fetch('http://api.weixin.example/cgi-bin').then(
      () => null,
      (error: unknown) => error as Error,
    )
    expect((fetched?.cause as Error).message).to.match(/may not reach/)
    await failure((fail) => request('https://api.twilio.example/').on('error', fail).end())
    await failure((fail) => connect(80, '192.0.2.1').on('error', fail))
    await failure((fail) => connect({ port: 80, host: '2001:db8::1' }).on('error', fail))
    await failure((fail) => connect(80, '127.0.0.1.example').on('error', fail))
    expect(takeOutsideRequests()).to.deep.equal([
      'api.weixin.example',
      'api.twilio.example',
      '192.0.2.1',
      '2001:db8::1',
      '127.0.0.1.example',
    ])
  })

  it('permits connections to this machine', async () => {
    const server = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    expect(await (await fetch(`http://localhost:${port}/`)).text()).to.equal('here')
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).to.equal('here')
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(takeOutsideRequests()).to.deep.equal([])
  })
})
