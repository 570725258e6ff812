// The desk on ROWS listings in MariaDB, through the built server: the search of 20 users at once, a bulk approval, and screens in a slow browser.
// The search is compared, in turn, with a bare page of as many rows by one query. Prints one JSON line. Needs `npm run build`.

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChildProcess } from 'node:child_process'
import mysql from 'mysql2/promise'
import { openApp } from '../src/app.ts'
import { readConfig } from '../src/config/config.ts'
import { newId } from '../src/core/ids.ts'
import { insertListings } from '../src/features/listings/search.store.ts'
import { toRow } from '../src/features/listings/store.ts'
import type { Listing } from '../src/features/listings/rules.ts'
import type { AppContext } from '../src/platform/commands/command.ts'
import { addPerson, percentile, processorTime, production, run, stretch, type Person } from './desk-server.ts'
import { fillListings, listingOf } from './listing-rows.ts'
import { identifierOf, nameOf } from './rows.ts'
import { openScreens } from './screens.ts'

const SERVER = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const DATABASE = process.env['BENCH_DATABASE'] ?? 'zxt_bench_listings'
const [OURS, BARE] = [3933, 3934]
const OURS_URL = `http://127.0.0.1:${OURS}`
const BARE_URL = `http://127.0.0.1:${BARE}`
/** Questions of each user to each side. */
const TURNS = Number(process.argv[4] ?? 8)
/** Listings of the bulk act. */
const BULK = 2000

if (process.argv[2] === 'bare') serveBare()
else await measure(Number(process.argv[2] ?? 200_000), Number(process.argv[3] ?? 20))

async function measure(rows: number, users: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-bench-'))
  const admin = await mysql.createConnection(SERVER)
  await admin.query(`drop database if exists ${DATABASE}`)
  await admin.query(`create database ${DATABASE} character set utf8mb4 collate utf8mb4_bin`)
  const env = { DATA_DIR: folder, DATABASE_URL: `${SERVER}${DATABASE}`, LOG_LEVEL: 'error' }
  const { app, close } = await openApp(readConfig(env))
  const children: ChildProcess[] = []
  try {
    await fillListings(app, rows)
    await admin.query(`analyze table ${DATABASE}.listing, ${DATABASE}.deadline`)
    const person = await addPerson(app)
    const server = await run(
      ['--max-semi-space-size=8', 'dist/src/main.js', 'start'],
      { ...env, ...production(folder, OURS) },
      `${OURS_URL}/healthz`,
    )
    children.push(server)
    children.push(await run(['--import', 'tsx', 'bench/listings.ts', 'bare'], {}, BARE_URL))
    const search: Record<string, object> = {}
    for (const [name, body] of Object.entries(questions())) search[name] = await compare(server, person, body, users)
    const approving: object[] = []
    for (let turn = 0; turn < 3; turn++) approving.push(await approve(app, server, person, rows + turn * BULK))
    const screens = await openScreens(OURS_URL, person, 5)
    console.log(JSON.stringify({ name: 'listings', rows, users, search, approving, screens, stretch: stretch() }))
  } finally {
    for (const child of children) child.kill('SIGTERM')
    await sleep(1000)
    await close()
    await admin.query(`drop database if exists ${DATABASE}`)
    await admin.end()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A page of 50 whole listings by one query, as JSON: the least that a page of the search could cost. */
function serveBare(): void {
  const pool = mysql.createPool({ uri: `${SERVER}${DATABASE}`, connectionLimit: 10 })
  createServer((_request, response) => {
    void pool.query('select * from listing order by id desc limit 50').then(([found]) => {
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify(found))
    })
  }).listen(BARE, '127.0.0.1')
}

/** Milliseconds of a page for `users` who ask at once, ours and bare; processor time of the server for one page; how much the machine stretches. */
async function compare(server: ChildProcess, person: Person, body: object, users: number): Promise<object> {
  const bare = await ask(users, () => fetch(BARE_URL))
  const used = processorTime(server)
  const ours = await ask(users, () => post(person, '/api/v1/listings/search', body))
  const processorMs = Math.round((processorTime(server) - used) / ours.length)
  const [p95, bareP95] = [percentile(ours, 0.95), percentile(bare, 0.95)]
  const ratio = Number((p95 / bareP95).toFixed(2))
  return { median: percentile(ours, 0.5), p95, bareP95, ratio, processorMs, stretch: stretch() }
}

/** How long each answer took, while `users` ask, each with other work in between. */
async function ask(users: number, question: () => Promise<Response>): Promise<number[]> {
  const times: number[] = []
  const user = async (): Promise<void> => {
    for (let turn = 0; turn < TURNS; turn++) {
      await sleep(Math.random() * 1000)
      const begun = performance.now()
      const answer = await question()
      await answer.arrayBuffer()
      times.push(performance.now() - begun)
      if (!answer.ok) throw new Error(`answered ${answer.status}`)
    }
  }
  await Promise.all(Array.from({ length: users }, user))
  return times
}

function post({ cookie, csrfToken }: Person, path: string, body: object): Promise<Response> {
  const headers = { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }
  return fetch(`${OURS_URL}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** An approver's bulk act on 2,000 pending listings: until its end, until its first answer, and how often the person saw another number. */
async function approve(app: AppContext, server: ChildProcess, person: Person, first: number): Promise<object> {
  const at = new Date('2026-01-01T00:00:00Z')
  const pending = Array.from({ length: BULK }, (_, n): Listing => {
    const { decidedOn: _decided, publishedOn: _published, termEndsOn: _ends, ...listing } = listingOf(first + n, nameOf)
    return { ...listing, source: 'court', state: 'pending' }
  })
  await app.store.write((tx) =>
    insertListings(
      tx,
      pending.map((listing) => toRow(app.secrets, listing, { created: at, updated: at }, '')),
    ),
  )
  const [begun, used] = [performance.now(), processorTime(server)]
  const id = newId()
  const choice = { items: pending.map((listing) => ({ id: listing.id, version: 1 })) }
  let view = (await (await post(person, '/api/v1/listing-batches', { id, order: { act: 'approve' }, choice })).json()) as Progress
  const answeredMs = Math.round(performance.now() - begun)
  const seen = new Set([view.done])
  while (view.state === 'running') {
    await sleep(250)
    view = (await (await fetch(`${OURS_URL}/api/v1/listing-batches/${id}`, { headers: { cookie: person.cookie } })).json()) as Progress
    seen.add(view.done)
  }
  if (view.state !== 'done' || view.done !== BULK) throw new Error(`the bulk act ended as ${view.state} at ${view.done}`)
  const ms = Math.round(performance.now() - begun)
  return { ms, answeredMs, looks: seen.size, processorMs: processorTime(server) - used, stretch: stretch() }
}

interface Progress {
  state: string
  done: number
}

/** What people ask for at the desk. */
function questions(): Record<string, object> {
  const newest = { by: 'newest', direction: 'desc' }
  return {
    all: { sort: newest },
    drafts: { states: ['draft'], sort: newest },
    unanswered: { needsExclusions: true, sort: newest },
    pending: { states: ['pending'], sort: { by: 'caseNo', direction: 'asc' } },
    listed: { states: ['listed'], sort: { by: 'listedOn', direction: 'desc' } },
    listedLater: { states: ['listed'], sort: newest, offset: 5000 },
    byName: { sort: { by: 'name', direction: 'asc' } },
    byTermEnd: { states: ['decided', 'served', 'listed'], source: 'court', sort: { by: 'termEndsOn', direction: 'asc' } },
    ground: { grounds: [3], kind: 'person', sort: newest },
    ranges: { listed: { from: '2025-03-01', until: '2025-03-31' }, sort: newest },
    court: { court: '香格里拉市人民法院', states: ['listed'], sort: newest },
    due: { due: { from: '2026-11-01', until: '2026-12-31' }, sort: { by: 'due', direction: 'asc' } },
    name: { text: nameOf(7), sort: newest },
    identifier: { text: identifierOf(1234), sort: newest },
    caseNo: { text: '（2024）云3401执777号', sort: newest },
  }
}
