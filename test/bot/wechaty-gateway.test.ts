// The court's own WeChat account over real gRPC: a gateway in a process of its own, and the library's own client and TLS, on loopback.
// How messages are handled is tested in wechaty.test.ts.

import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { accountOf } from '../../bot/doors/wechaty/load.ts'
import { makeApp, type TestApp } from '../support/app.ts'
import { until } from '../support/until.ts'
import { runAccount, type RunningAccount, type Sent } from '../support/wechaty.ts'

const CHILD = new URL('../support/wechaty-gateway-child.ts', import.meta.url)

describe('a gateway over gRPC', () => {
  const token = `insecure_${randomUUID()}`
  const home = process.env['HOME']
  let endpoint = ''
  let test: TestApp
  let account: RunningAccount
  let gateway: ChildProcess
  let sent: Sent[] = []

  async function startGateway(): Promise<void> {
    gateway = fork(CHILD, [JSON.stringify({ endpoint, token })], { execArgv: ['--import', 'tsx'] })
    const up = new Promise<void>((resolve) => {
      gateway.on('message', (message: { up?: true; sent?: Sent }) => {
        if (message.up === true) resolve()
        if (message.sent !== undefined) sent.push(message.sent)
      })
    })
    await up
  }

  async function killGateway(): Promise<void> {
    const ended = once(gateway, 'exit')
    gateway.kill('SIGKILL')
    await ended
  }

  before(async () => {
    endpoint = `127.0.0.1:${await freePort()}`
    test = await makeApp({ env: { WECHATY_PUPPET: 'wechaty-puppet-service', WECHATY_TOKEN: token, WECHATY_ENDPOINT: endpoint } })
    await startGateway()
    account = runAccount(test.app, accountOf(test.app), {
      timing: { probe: 200, patience: 6_000, start: 10_000, login: 5_000 },
      pace: { patience: 6_000 },
    })
    await until('the account is up', () => account.door.session.account() !== null)
  })

  after(async () => {
    await account.stop()
    await killGateway()
    await test.close()
    process.env['HOME'] = home
  })

  const write = (person: string, text: string): boolean => gateway.send({ person, text })
  const answers = (person: string): string[] => sent.filter(({ to }) => to === person).map(({ text }) => text)

  it('carries people’s messages, and the replies in order', async () => {
    for (const line of ['我要举报', '和志强', '他欠钱不还，还天天坐飞机到处旅游', '跳过', '匿名', '是']) write('wxid_one', line)
    await until('all are answered', () => answers('wxid_one').length === 6)
    expect(answers('wxid_one').at(-1)).to.match(/编号TS20261122-0001/)
  })

  it('has its files under the data folder, readable by this user only', async () => {
    const folder = join(test.folder, 'wechaty')
    expect((await stat(folder)).mode & 0o077).to.equal(0)
    expect((await stat(join(folder, 'session.memory-card.json'))).mode & 0o077).to.equal(0)
    expect(await readdir(folder)).to.include('.wechaty')
    expect((await readdir('.')).filter((name) => name.includes('memory-card'))).to.deep.equal([])
  })

  it('is reported as away when it dies, and messages are answered again when it is back', async () => {
    await killGateway()
    await until('the account is away', () => account.door.session.account() === null)
    sent = []
    await startGateway()
    await until('the account is up', () => account.door.session.account() !== null)
    write('wxid_two', '你好')
    await until('it is answered', () => answers('wxid_two').length === 1)
    expect(test.logged.filter(({ level }) => level === 'error')).to.deep.equal([])
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
