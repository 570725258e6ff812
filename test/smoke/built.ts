// Smoke test of the build: it starts on an empty folder, becomes ready, answers, stops on SIGTERM, and the demo runs to its end.
// Run after `npm run build`; not part of `npm test`, whose mocha tests run on the sources.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const READY_MS = 30_000
const STOP_MS = 15_000
const DEMO_MS = 120_000
const PAGES = ['/healthz', '/readyz', '/openapi.json', '/docs', '/metrics', '/desk', '/unit']

/** A running command of the build. */
interface Running {
  child: ChildProcess
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string | null>
  output(): string
}

const folder = await mkdtemp(join(tmpdir(), 'zxt-smoke-'))
try {
  await startAndStop()
  await demo()
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function startAndStop(): Promise<void> {
  const port = await freePort()
  const startedAt = performance.now()
  const app = run('start', { PORT: String(port), DATA_DIR: join(folder, 'start') })
  try {
    await untilReady(`http://127.0.0.1:${port}/readyz`, app)
    say(`ready after ${Math.round(performance.now() - startedAt)} ms`)
    for (const page of PAGES) {
      const { status } = await fetch(`http://127.0.0.1:${port}${page}`)
      if (status !== 200) throw new Error(`${page} answers ${status}`)
    }
  } finally {
    app.child.kill('SIGTERM')
  }
  await expectSuccess(app, 'start', STOP_MS)
  say(`${PAGES.length} pages answer, and it stops on SIGTERM`)
}

async function demo(): Promise<void> {
  const running = run('demo', { DATA_DIR: join(folder, 'demo') })
  await expectSuccess(running, 'demo', DEMO_MS)
  const lines = running.output().split('\n').length
  if (lines < 10) throw new Error(`the demo printed only ${lines} lines:\n${running.output()}`)
  say(`the demo ends well after ${lines} lines`)
}

/** Runs a command without the settings of the caller, because the defaults are tested. */
function run(command: string, settings: Readonly<Record<string, string>>): Running {
  const { PATH, HOME, LANG } = process.env
  const child = spawn(process.execPath, ['dist/src/main.js', command], {
    env: { PATH, HOME, LANG, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const ended = new Promise<number | string | null>((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)))
  return { child, ended, output: () => output }
}

async function untilReady(url: string, app: Running): Promise<void> {
  const end = performance.now() + READY_MS
  while (performance.now() < end) {
    if (app.child.exitCode !== null) throw new Error(`start ended before it was ready:\n${app.output()}`)
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    )
    if (status === 200) return
    await sleep(50)
  }
  throw new Error(`not ready after ${READY_MS} ms:\n${app.output()}`)
}

async function expectSuccess({ child, ended, output }: Running, name: string, limit: number): Promise<void> {
  const waiting = new AbortController()
  const code = await Promise.race([ended, sleep(limit, 'timeout', { signal: waiting.signal })])
  waiting.abort()
  if (code === 0) return
  child.kill('SIGKILL')
  throw new Error(`${name} ended with ${code ?? 'nothing'}:\n${output()}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function say(line: string): void {
  process.stdout.write(`smoke: ${line}\n`)
}
