// Dispatcher: N SMS through the Twilio library to a loopback provider, every row durable in MariaDB, compared with BullMQ on Redis without
// durability. Each side runs in a process of its own. Prints one JSON line with both figures. Needs Redis, MariaDB and PEERS_DIR.

import { openUnderstanding } from '../src/app.ts'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { migrations } from '../migrations/index.ts'
import type { AppContext } from '../src/platform/commands/command.ts'
import { enqueueNotice } from '../src/messaging/outbox.ts'
import { tokenStore } from '../src/messaging/provider-tokens.ts'
import { openChannels } from '../src/messaging/channels/open.ts'
import { readConfig } from '../src/config/config.ts'
import { systemClock } from '../src/core/clock.ts'
import { createLog } from '../src/core/log.ts'
import { createSecrets } from '../src/core/secrets.ts'
import { createDispatcher } from '../src/messaging/dispatcher.ts'
import { loadCatalog } from '../src/catalog.ts'
import { openStore } from '../src/platform/database/database.ts'
import { createFiles } from '../src/platform/files/files.ts'
import { countNotices } from '../src/messaging/notices.store.ts'
import { tables } from '../src/tables.ts'

const SERVER = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const PEERS = process.env['PEERS_DIR'] ?? '../shared/peers'
const PORT = 3941
const DATABASE = 'zxt_bench_dispatch'

if (process.argv[2] === 'ours') await ours(Number(process.argv[3]))
else await compare(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 3))

async function compare(messages: number, turns: number): Promise<void> {
  const provider = spawn(process.execPath, [join(PEERS, 'provider.mjs'), String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await waitFor('provider up', provider)
    const figures = { ours: [] as number[], theirs: [] as number[] }
    // The sides take turns, so that a machine that slows down slows both.
    for (let turn = 0; turn < turns; turn += 1) {
      const base = `http://127.0.0.1:${PORT}`
      figures.theirs.push(await measureSide([join(PEERS, 'dispatch-bullmq.mjs'), base, String(messages)]))
      figures.ours.push(await measureSide(['--import', 'tsx', 'bench/dispatch.ts', 'ours', String(messages)]))
    }
    // Ratios are taken within a turn, because the load of the machine changes between turns.
    const ratios = figures.ours.map((figure, turn) => Number((figure / (figures.theirs[turn] ?? 1)).toFixed(3)))
    const [perSecond, peerPerSecond] = [median(figures.ours), median(figures.theirs)]
    console.log(JSON.stringify({ name: 'dispatch', messages, perSecond, peerPerSecond, ratio: median(ratios), ratios, figures }))
  } finally {
    provider.kill()
  }
}

/** Enqueues the messages, then measures from the first claim to the last commit. */
async function ours(messages: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-bench-'))
  const admin = await mysql.createConnection(SERVER)
  await admin.query(`drop database if exists ${DATABASE}`)
  await admin.query(`create database ${DATABASE} character set utf8mb4 collate utf8mb4_bin`)
  const { app, close } = await openBenchApp(folder)
  try {
    await enqueueAll(app, messages)
    const channels = await openChannels(app.config, { clock: app.clock, log: app.log, tokens: (name) => tokenStore(app, name) })
    const dispatcher = createDispatcher(app, channels)
    const started = process.hrtime.bigint()
    await dispatcher.processAll()
    const seconds = Number(process.hrtime.bigint() - started) / 1e9
    const accepted = (await app.store.read(countNotices)).get('accepted') ?? 0
    if (accepted !== messages) throw new Error(`${accepted} of ${messages} were accepted`)
    console.log(JSON.stringify({ name: 'dispatch-ours', messages, perSecond: Math.round(messages / seconds) }))
  } finally {
    await close()
    await admin.query(`drop database if exists ${DATABASE}`)
    await admin.end()
    await rm(folder, { recursive: true, force: true })
  }
}

async function openBenchApp(folder: string): Promise<{ app: AppContext; close(): Promise<void> }> {
  const url = `${SERVER}${DATABASE}`
  const account = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'secret', TWILIO_FROM: '+15005550006' }
  const env = { DATA_DIR: folder, DATABASE_URL: url, QUIET_HOURS: '00:00-00:00', TWILIO_BASE_URL: `http://127.0.0.1:${PORT}`, ...account }
  const config = readConfig(env)
  const log = createLog('warn')
  const store = await openStore({ url, sqlitePath: '', log, tables, migrations, poolSize: config.poolSize, guarded: false })
  await store.migrate()
  const secrets = createSecrets([{ id: 'b1', bytes: Buffer.alloc(32, 1) }])
  const files = await createFiles(folder, secrets)
  const catalog = loadCatalog(config.templatesFolder)
  const understand = openUnderstanding(config)
  const app = { config, store, files, clock: systemClock, catalog, log, secrets, understand }
  return { app, close: () => store.close() }
}

async function enqueueAll(app: AppContext, messages: number): Promise<void> {
  const { values } = app.catalog.template('listing-listed-debtor')
  for (let start = 0; start < messages; start += 500) {
    const recipients = Array.from({ length: Math.min(500, messages - start) }, (_, n) => ({
      id: `person:${start + n}`,
      addresses: { sms: `+8613900${String(start + n).padStart(6, '0')}` },
      consent: true,
    }))
    const notice = { event: 'listing.listed', key: 'listing.listed:bench', values, listVersion: 1 } as const
    await app.store.write((tx) => enqueueNotice({ app, tx, now: app.clock.now() }, 'debtor', notice, recipients))
  }
}

/** Runs one side and reads `perSecond` from its last line. */
async function measureSide(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (part: Buffer) => (output += part.toString()))
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`${args[0] ?? ''} ended with ${String(code)}`)
  return (JSON.parse(output.trim().split('\n').at(-1) ?? '') as { perSecond: number }).perSecond
}

async function waitFor(word: string, child: ChildProcess): Promise<void> {
  let output = ''
  child.stdout?.on('data', (part: Buffer) => (output += part.toString()))
  for (let n = 0; n < 100 && !output.includes(word); n += 1) await sleep(50)
  if (!output.includes(word)) throw new Error(`never printed: ${word}`)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
