// The server as it is installed: built, started as a process of its own, on a fresh folder or database; its output is read for the first password.

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseName } from './app.ts'
import { lendDatabase } from './mariadb.ts'
import { hoursThatAreNotNow } from './right-now.ts'

export interface BuiltServer {
  url: string
  /** What the first administrator logs in with, as the start prints it. */
  firstAdmin: { login: string; password: string }
  close(): Promise<void>
}

const READY_TIMES = 600
const PAUSE = 50

/** Starts `dist/` (made by `npm run build`) on an empty database. Messages that are not urgent wait at a time that is not now. */
export async function startBuilt(db: DatabaseName, settings: Readonly<Record<string, string>> = {}): Promise<BuiltServer> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-built-'))
  const lent = db === 'mariadb' ? await lendDatabase('empty') : undefined
  const port = await freePort()
  const { PATH, HOME, LANG } = process.env
  const child = spawn(process.execPath, ['dist/src/main.js', 'start'], {
    env: {
      PATH,
      HOME,
      LANG,
      PORT: String(port),
      DATA_DIR: folder,
      LOG_LEVEL: 'error',
      QUIET_HOURS: hoursThatAreNotNow(),
      ...(lent === undefined ? {} : { DATABASE_URL: lent.url }),
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  const close = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await lent?.giveBack()
    await rm(folder, { recursive: true, force: true })
  }
  for (let times = 0; times < READY_TIMES; times += 1) {
    const [, login = '', password = ''] = /用户名 (\S+?)，一次性密码 (\S+?)（/.exec(output) ?? []
    if (password !== '' && (await isReady(url))) return { url, firstAdmin: { login, password }, close }
    if (child.exitCode !== null) break
    await sleep(PAUSE)
  }
  await close()
  throw new Error(`the built server did not become ready:\n${output}`)
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
