// Import: `zxt import` of a higher court's list of ROWS entries, listed at once with journal and audit, into MariaDB; compared with plain
// multi-row inserts. Prints one JSON line with both figures and the peak memory of the command. Needs `npm run build`.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import mysql from 'mysql2/promise'
import { writeList } from './rows.ts'

const rows = Number(process.argv[2] ?? 200_000)
const server = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const peers = process.env['PEERS_DIR'] ?? '../shared/peers'
const zxt = 'dist/src/main.js'

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
  const started = performance.now()
  const args = [zxt, 'import', path, '--mode', 'delta', '--source', 'prefecture_court', '--yes', '--json']
  const child = spawn('node', args, { env: { ...base, ...production }, stdio: ['ignore', 'pipe', 'ignore'] })
  let printed = ''
  child.stdout.on('data', (part: Buffer) => (printed += part.toString()))
  let memory = 0
  const sampling = setInterval(() => (memory = Math.max(memory, peakOf(child.pid ?? 0))), 100)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(sampling)
  const seconds = (performance.now() - started) / 1000
  const [counted] = await admin.query<mysql.RowDataPacket[]>("select count(*) as n from zxt_bench.listing where state = 'listed'")
  if (code !== 0 || Number(counted[0]?.['n']) !== rows) throw new Error(`took ${String(counted[0]?.['n'])} of ${rows} rows: ${printed}`)
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

/** Peak memory of a running process in megabytes; 0 where the system does not report it, or after its end. */
function peakOf(pid: number): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Math.round(Number(line ?? 0) / 1024)
  } catch {
    return 0
  }
}
