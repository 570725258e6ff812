// Public enquiry: the whole server on ROWS listings in MariaDB, compared with a bare Koa route with one prepared query on as many rows.
// Both answer hits by identifier under the same load tool. Prints one JSON line with both figures. Needs `npm run build`.

import { spawn, type ChildProcess } from 'node:child_process'
import { createReadStream, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import mysql from 'mysql2/promise'
import { commitImport } from '../src/features/imports/commit.commands.ts'
import { checkImport, getImport, receiveImport } from '../src/features/imports/commands.ts'
import { confirmationOf } from '../src/features/imports/rules.ts'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config/config.ts'
import type { Actor } from '../src/platform/commands/permissions.ts'
import { identifierOf, writeList } from './rows.ts'

const rows = Number(process.argv[2] ?? 200_000)
const seconds = Number(process.argv[3] ?? 8)
const server = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const peers = process.env['PEERS_DIR'] ?? '../shared/peers'
const OPERATOR: Actor = { id: 'operator:bench', roles: ['operator'] }
const APPROVER: Actor = { id: 'staff:bench', roles: ['approver'] }
const [ours, theirs] = [3931, 3932]

const folder = await mkdtemp(join(tmpdir(), 'zxt-bench-'))
const admin = await mysql.createConnection(server)
await admin.query('drop database if exists zxt_bench')
await admin.query('create database zxt_bench character set utf8mb4 collate utf8mb4_bin')
const children: ChildProcess[] = []
try {
  const env = { DATA_DIR: folder, DATABASE_URL: `${server}zxt_bench`, LOG_LEVEL: 'warn' }
  await fill(env)
  const limits = { ENQUIRY_PER_MINUTE: '1000000', ENQUIRY_MISSES_PER_HOUR: '1000000' }
  // In production, as operators run it.
  const production = {
    NODE_ENV: 'production',
    DATA_KEY: readFileSync(join(folder, 'data-key'), 'utf8').trim(),
    PUBLIC_URL: `http://127.0.0.1:${ours}`,
  }
  run('dist/src/main.js', ['start'], { ...env, ...limits, ...production, PORT: String(ours), ROLES: 'web' })
  run(join(peers, 'enquiry-bare.mjs'), [String(theirs), `${server}zxt_bench`, String(rows)], {})
  await until(`http://127.0.0.1:${ours}/healthz`)
  await until(`http://127.0.0.1:${theirs}/enquiry/1`)
  const samples = Array.from({ length: 1000 }, (_, n) => (n * 199) % rows)
  const headers = { 'content-type': 'application/json' }
  const questions = samples.map((n) => ({
    method: 'POST' as const,
    path: '/api/v1/public/enquiries',
    headers,
    body: JSON.stringify({ identifier: identifierOf(n) }),
  }))
  const barePaths = samples.map((n) => ({ path: `/enquiry/${n}` }))
  // The sides take turns, so that a machine that slows down slows both.
  const figures = { ours: [] as number[], theirs: [] as number[] }
  await load(ours, questions, 3)
  await load(theirs, barePaths, 3)
  for (let turn = 0; turn < 3; turn++) {
    figures.ours.push(await load(ours, questions, seconds))
    figures.theirs.push(await load(theirs, barePaths, seconds))
  }
  const [perSecond, peerPerSecond] = [median(figures.ours), median(figures.theirs)]
  console.log(JSON.stringify({ name: 'enquiry', rows, perSecond, peerPerSecond, ratio: Number((perSecond / peerPerSecond).toFixed(3)) }))
} finally {
  for (const child of children) child.kill('SIGTERM')
  await sleep(500)
  await admin.query('drop database if exists zxt_bench')
  await admin.end()
  await rm(folder, { recursive: true, force: true })
}

async function fill(env: Readonly<Record<string, string>>): Promise<void> {
  const path = join(folder, 'list.csv')
  await writeList(path, rows)
  const { app, close } = await openApp(readConfig(env))
  const { id } = await receiveImport(app, OPERATOR, {
    fileName: 'list.csv',
    mode: 'delta',
    source: 'prefecture_court',
    content: createReadStream(path),
  })
  await checkImport(app, OPERATOR, id)
  await commitImport(app, APPROVER, { id, confirmation: confirmationOf(await getImport(app, APPROVER, id)) })
  await close()
}

function run(file: string, args: readonly string[], env: Readonly<Record<string, string>>): void {
  children.push(spawn('node', [file, ...args], { env: { ...process.env, ...env }, stdio: 'ignore' }))
}

async function until(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return
    await sleep(200)
  }
  throw new Error(`${url} does not answer`)
}

async function load(port: number, requests: autocannon.Request[], duration: number): Promise<number> {
  const result = await autocannon({ url: `http://127.0.0.1:${port}`, connections: 20, duration, requests })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`port ${port}: ${result.non2xx} refused, ${result.errors} errors`)
  return Math.round(result.requests.average)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
