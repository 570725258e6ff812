// A higher court's list of ROWS entries, straight to listed with journal and audit, into MariaDB, beside plain multi-row inserts of as many rows.
// Prints one JSON line: both figures and their ratio, and the most memory our process held.

import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import mysql from 'mysql2/promise'
import { commitImport } from '../src/actions/import-commit.ts'
import { checkImport, receiveImport } from '../src/actions/imports.ts'
import { openHouse } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import type { Actor } from '../src/domain/roles.ts'
import { writeList } from './rows.ts'

const rows = Number(process.argv[2] ?? 200_000)
const server = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const peers = process.env['PEERS_DIR'] ?? '../shared/peers'
const actor: Actor = { id: 'operator:bench', roles: ['operator'] }

const folder = await mkdtemp(join(tmpdir(), 'zxt-bench-'))
const admin = await mysql.createConnection(server)
await admin.query('drop database if exists zxt_bench')
await admin.query('create database zxt_bench character set utf8mb4 collate utf8mb4_bin')
try {
  const path = join(folder, 'list.csv')
  await writeList(path, rows)
  const { house, close } = await openHouse(readConfig({ DATA_DIR: folder, DATABASE_URL: `${server}zxt_bench`, LOG_LEVEL: 'warn' }))
  const started = performance.now()
  const cpuBefore = process.cpuUsage()
  const { id } = await receiveImport(house, actor, {
    fileName: 'list.csv',
    mode: 'delta',
    source: 'prefecture_court',
    content: createReadStream(path),
  })
  const checked = await checkImport(house, actor, id)
  const betweenSteps = performance.now()
  const done = await commitImport(house, actor, { id })
  const seconds = (performance.now() - started) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  if (done.taken !== rows) throw new Error(`took ${done.taken} of ${rows} rows (${checked.bad} bad)`)
  await close()
  const ours = Math.round(rows / seconds)
  const memory = Math.round(process.resourceUsage().maxRSS / 1024)
  const peer = JSON.parse(
    execFileSync('node', [join(peers, 'import-raw.mjs'), `${server}zxt_bench`, String(rows)], { encoding: 'utf8' }),
  ) as { perSecond: number }
  console.log(
    JSON.stringify({
      name: 'import',
      rows,
      perSecond: ours,
      checkSeconds: Number(((betweenSteps - started) / 1000).toFixed(1)),
      seconds: Number(seconds.toFixed(1)),
      peerPerSecond: peer.perSecond,
      ratio: Number((ours / peer.perSecond).toFixed(3)),
      cpuSeconds: Number(((cpu.user + cpu.system) / 1e6).toFixed(1)),
      memoryMb: memory,
    }),
  )
} finally {
  await admin.query('drop database if exists zxt_bench')
  await admin.end()
  await rm(folder, { recursive: true, force: true })
}
