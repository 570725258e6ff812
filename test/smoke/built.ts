// The built house as a stranger meets it: it starts on an empty folder, says it is ready, answers, stops when asked; and the demo ends well.
// Run after `npm run build`, so it is no part of `npm test`. No rules are tested here: those are mocha's, on the sources.

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const READY_MS = 30_000
const STOP_MS = 15_000
const DEMO_MS = 120_000
const PAGES = ['/healthz', '/readyz', '/openapi.json', '/docs', '/metrics']

/** One command of the built house, running. */
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
  const begun = performance.now()
  const app = run('start', { PORT: String(port), DATA_DIR: join(folder, 'start') })
  try {
    await untilReady(`http://127.0.0.1:${port}/readyz`, app)
    say(`ready after ${Math.round(performance.now() - begun)} ms`)
    for (const page of PAGES) {
      const { status } = await fetch(`http://127.0.0.1:${port}${page}`)
      if (status !== 200) throw new Error(`${page} answers ${status}`)
    }
  } finally {
    app.child.kill('SIGTERM')
  }
  await endsWell(app, 'start', STOP_MS)
  say(`${PAGES.length} pages answer, and it stops when asked`)
}

async function demo(): Promise<void> {
  const told = run('demo', { DATA_DIR: join(folder, 'demo') })
  await endsWell(told, 'demo', DEMO_MS)
  const lines = told.output().split('\n').length
  if (lines < 10) throw new Error(`the demo told its story in ${lines} lines:\n${told.output()}`)
  say(`the demo tells its story in ${lines} lines`)
}

/** Runs without the settings of whoever runs this: the embedded default is what is tried. */
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

async function endsWell({ child, ended, output }: Running, name: string, limit: number): Promise<void> {
  const waiting = new AbortController()
  const code = await Promise.race([ended, sleep(limit, 'too late', { signal: waiting.signal })])
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
