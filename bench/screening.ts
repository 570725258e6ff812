// Screening over the API on ROWS listings in MariaDB through the built server, 50 questions at once, each with its durable log row and audit row.
// Compared, in turn, with a bare route of one query by index and one durable row. Prints one JSON line. Needs `npm run build`.

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import autocannon from 'autocannon'
import mysql from 'mysql2/promise'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config/config.ts'
import { loadCatalogue, readCatalogue } from '../src/features/units/catalogue.tasks.ts'
import { addUnitKey } from '../src/features/units/keys.commands.ts'
import { insertUnits, measureUnitTable } from '../src/features/units/store.ts'
import type { AppContext } from '../src/platform/commands/command.ts'
import { percentile, processorTime, production, run, stretch } from './desk-server.ts'
import { fillListings } from './listing-rows.ts'
import { identifierOf, rareNameOf } from './rows.ts'

const SERVER = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const DATABASE = process.env['BENCH_DATABASE'] ?? 'zxt_bench_screening'
const [OURS, BARE] = [3937, 3938]
const AT_ONCE = 50
const MEASURE = '1.1'
const BUSINESS = '其他'

if (process.argv[2] === 'bare') await serveBare()
else await measure(Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 10))

async function measure(rows: number, seconds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-bench-'))
  const admin = await mysql.createConnection(SERVER)
  await admin.query(`drop database if exists ${DATABASE}`)
  await admin.query(`create database ${DATABASE} character set utf8mb4 collate utf8mb4_bin`)
  const env = { DATA_DIR: folder, DATABASE_URL: `${SERVER}${DATABASE}`, LOG_LEVEL: 'error', UNIT_KEY_PER_MINUTE: '1000000' }
  const children: ChildProcess[] = []
  try {
    const { app, close } = await openApp(readConfig(env))
    const key = await addSystem(app)
    await fillListings(app, rows, rareNameOf)
    await close()
    await admin.query(`create table ${DATABASE}.bare_question (id bigint primary key auto_increment, answer varchar(2000) not null)`)
    await admin.query(`analyze table ${DATABASE}.listing`)
    const program = ['--max-semi-space-size=8', 'dist/src/main.js', 'start']
    const server = await run(program, { ...env, ...production(folder, OURS) }, `http://127.0.0.1:${OURS}/healthz`)
    children.push(server)
    children.push(await run(['--import', 'tsx', 'bench/screening.ts', 'bare'], {}, `http://127.0.0.1:${BARE}/0`))
    const ours = questions(rows, key)
    const bare = questions(rows, key).map((_, n) => ({ path: `/${n}` }))
    const figures = { ours: [] as Figure[], bare: [] as Figure[] }
    // The bot is trained in the pauses after the start.
    await sleep(15_000)
    await load(OURS, ours, 3)
    await load(BARE, bare, 3)
    // The sides take turns, so that a machine that slows down slows both.
    for (let turn = 0; turn < 3; turn++) {
      const used = processorTime(server)
      const figure = await load(OURS, ours, seconds)
      const processor = Number(((processorTime(server) - used) / figure.answered).toFixed(2))
      figures.ours.push({ ...figure, processor })
      figures.bare.push(await load(BARE, bare, seconds))
    }
    const ratio = Number((medianOf(figures.ours) / medianOf(figures.bare)).toFixed(3))
    console.log(JSON.stringify({ name: 'screening', rows, atOnce: AT_ONCE, ratio, ...figures, stretch: stretch() }))
  } finally {
    for (const child of children) child.kill('SIGTERM')
    await sleep(1000)
    await admin.query(`drop database if exists ${DATABASE}`)
    await admin.end()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A unit that applies one measure, and the key of its system. */
async function addSystem(app: AppContext): Promise<string> {
  await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
  const unit = { id: 'bench', kind: 'government', isClass: false, classId: null, leadingGroupMember: false, active: true, seeded: true }
  await app.store.write(async (tx) => {
    await insertUnits(tx, [{ ...unit, name: '某局' }])
    await tx.insert(measureUnitTable, [{ measureId: MEASURE, unitId: unit.id }])
  })
  const operator = { id: 'staff:bench', roles: ['admin' as const] }
  return (await addUnitKey(app, operator, { unitId: unit.id, label: '业务系统', scopes: ['screening'] })).key
}

/** A thousand questions, one in two about somebody who is on the list. */
function questions(rows: number, key: string): autocannon.Request[] {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  return Array.from({ length: 1000 }, (_, n) => {
    const who = n % 2 === 0 ? Math.floor((n * rows) / 1000) : rows * 2 + n
    const body = JSON.stringify({ name: rareNameOf(who), identifier: identifierOf(who), measureId: MEASURE, business: BUSINESS })
    return { method: 'POST', path: '/api/v1/screenings', headers, body }
  })
}

/** The least that a question with a durable row costs: one query by an index, one insert, no keys, no rules, no audit. */
async function serveBare(): Promise<void> {
  const pool = mysql.createPool({ uri: `${SERVER}${DATABASE}`, connectionLimit: 10 })
  const [indexes] = await pool.query<mysql.RowDataPacket[]>('select identifier_index as value from listing limit 1000')
  createServer((request, response) => {
    const value = String(indexes[Number(request.url?.slice(1))]?.['value'])
    void (async () => {
      const [found] = await pool.execute('select * from listing where identifier_index = ? limit 4', [value])
      await pool.execute('insert into bare_question (answer) values (?)', [JSON.stringify(found).slice(0, 2000)])
      response.end(JSON.stringify(found))
    })()
  }).listen(BARE, '127.0.0.1')
}

interface Figure {
  answered: number
  perSecond: number
  /** Milliseconds. */
  p95: number
  /** Milliseconds of the server's processor for one question. */
  processor?: number
}

async function load(port: number, requests: autocannon.Request[], duration: number): Promise<Figure> {
  const times: number[] = []
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url: `http://127.0.0.1:${port}`, connections: AT_ONCE, duration, requests }
    const running = autocannon(options, (error: Error | null, done) => (error === null ? resolve(done) : reject(error)))
    running.on('response', (_client, _status, _bytes, time) => times.push(time))
  })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`port ${port}: ${result.non2xx} refused, ${result.errors} errors`)

  return { answered: times.length, perSecond: Math.round(result.requests.average), p95: percentile(times, 0.95) }
}

function medianOf(figures: readonly Figure[]): number {
  return percentile(
    figures.map(({ perSecond }) => perSecond),
    0.5,
  )
}
