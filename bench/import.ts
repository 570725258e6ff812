// Import: `zxt import` and `zxt put-in-force` of a higher court's list of ROWS entries, listed with journal and audit, into MariaDB; compared with plain
// multi-row inserts. Prints one JSON line with both figures and the peak memory of the command. Needs `npm run build`.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import mysql from 'mysql2/promise'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config/config.ts'
import { bearerHash } from '../src/core/secrets.ts'
import { changePassword, logIn } from '../src/features/sessions/commands.ts'
import { TERMINAL } from '../src/features/sessions/places.commands.ts'
import { addStaff } from '../src/features/staff/commands.ts'
import { PUBLIC } from '../src/platform/commands/permissions.ts'
import { writeList } from './rows.ts'

const rows = Number(process.argv[2] ?? 200_000)
const server = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const peers = process.env['PEERS_DIR'] ?? '../shared/peers'
const zxt = 'dist/src/main.js'

const LOGIN = 'li'
const PASSWORD = 'bench only, never a real password 7'

const folder = await mkdtemp(join(tmpdir(), 'zxt-bench-'))
const admin = await mysql.createConnection(server)
await admin.query('drop database if exists zxt_bench')
await admin.query('create database zxt_bench character set utf8mb4 collate utf8mb4_bin')
try {
  const path = join(folder, 'list.csv')
  await writeList(path, rows)
  const base = { ...process.env, DATA_DIR: folder, DATABASE_URL: `${server}zxt_bench`, LOG_LEVEL: 'warn' }
  execFileSync('node', [zxt, 'migrate'], { env: base, stdio: 'ignore' })
  const production = {
    NODE_ENV: 'production',
    DATA_KEY: readFileSync(join(folder, 'data-key'), 'utf8').trim(),
    PUBLIC_URL: 'http://127.0.0.1',
  }
  await addApprover(base)
  const started = performance.now()
  const checked = await run(['import', path, '--mode', 'delta', '--source', 'prefecture_court', '--json'], { ...base, ...production }, '')
  const { id } = JSON.parse(checked.printed) as { id: string }
  // In production the approver would need a second factor.
  const entered = await run(['--as', LOGIN, 'put-in-force', id, '--yes', '--json'], base, `${PASSWORD}\n`)
  const memory = Math.max(checked.memory, entered.memory)
  const seconds = (performance.now() - started) / 1000
  const [counted] = await admin.query<mysql.RowDataPacket[]>("select count(*) as n from zxt_bench.listing where state = 'listed'")
  if (Number(counted[0]?.['n']) !== rows) throw new Error(`took ${String(counted[0]?.['n'])} of ${rows} rows: ${entered.printed}`)
  const ours = Math.round(rows / seconds)
  const peer = JSON.parse(
    execFileSync('node', [join(peers, 'import-raw.mjs'), `${server}zxt_bench`, String(rows)], { encoding: 'utf8' }),
  ) as { perSecond: number }
  console.log(
    JSON.stringify({
      name: 'import',
      rows,
      perSecond: ours,
      seconds: Number(seconds.toFixed(1)),
      peerPerSecond: peer.perSecond,
      ratio: Number((ours / peer.perSecond).toFixed(3)),
      memoryMb: memory,
    }),
  )
} finally {
  await admin.query('drop database if exists zxt_bench')
  await admin.end()
  await rm(folder, { recursive: true, force: true })
}

/** Adds the approver who puts the list in force. */
async function addApprover(env: NodeJS.ProcessEnv): Promise<void> {
  const { app, close } = await openApp(readConfig(env))
  const added = await addStaff(app, { id: 'operator:bench', roles: ['operator'] }, { login: LOGIN, name: '李某', roles: ['approver'] })
  const password = added.password ?? ''
  const { token, staff } = await logIn(app, PUBLIC, { login: LOGIN, password, origin: TERMINAL })
  const actor = { id: `staff:${staff.id}`, roles: staff.roles }
  await changePassword(app, actor, { sessionId: bearerHash(app.secrets, 'session', token), current: password, next: PASSWORD })
  await close()
}

/** Runs `zxt` as a process of its own; answers what it printed and its peak memory in megabytes. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv, input: string): Promise<{ printed: string; memory: number }> {
  const child = spawn('node', [zxt, ...args], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.end(input)
  let printed = ''
  child.stdout.on('data', (part: Buffer) => (printed += part.toString()))
  let memory = 0
  const sampling = setInterval(() => (memory = Math.max(memory, peakOf(child.pid ?? 0))), 100)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(sampling)
  if (code !== 0) throw new Error(`zxt ${args.join(' ')} ended with ${String(code)}: ${printed}`)
  return { printed, memory }
}

/** Peak memory of a running process in megabytes; 0 where the system does not report it, or after its end. */
function peakOf(pid: number): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Math.round(Number(line ?? 0) / 1024)
  } catch {
    return 0
  }
}
