// Conversations: response times of the bot on MariaDB at 50 messages a second from 500 people, and of the webhook while providers take 3 s;
// also the cost of training and the memory of a built process (npm run build first). Prints one JSON line. `npm run bench:turns`.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { answer } from '../bot/answer.ts'
import { openApp, openUnderstanding, type OpenApp } from '../src/app.ts'
import { tokenStore } from '../src/messaging/provider-tokens.ts'
import { openChannels, openMedia } from '../src/messaging/channels/open.ts'
import { readConfig, type Config } from '../src/config/config.ts'
import { createLog } from '../src/core/log.ts'
import { callerOf } from '../src/features/sessions/access.ts'
import { createMetrics } from '../src/platform/http/metrics.ts'
import { allRoutes } from '../src/routes.ts'
import { createServer } from '../src/platform/http/server.ts'
import { createDispatcher } from '../src/messaging/dispatcher.ts'
import { posted, WECHAT_ENV } from '../test/support/account.ts'
import { STAND_IN } from '../test/support/providers.ts'
import { startWechatServer } from '../test/support/wechat-server.ts'
import { createMediaFetcher } from '../src/features/complaints/chat-media.tasks.ts'

const SERVER = process.env['BENCH_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const DATABASE = 'zxt_bench_turns'
const SECONDS = Number(process.argv[2] ?? 20)
const PER_SECOND = Number(process.argv[3] ?? 50)
const PEOPLE = 500
const SLOW_PROVIDER = 3_000

/** A conversation that repeats: a complaint, an enquiry, questions, a request for a person and its end. */
const LINES = [
  '我要举报',
  '和志强',
  '他欠钱不还，还天天坐飞机到处旅游',
  '跳过',
  '匿名',
  '是',
  '查一下扎西次仁',
  '0222',
  '怎么退出名单',
  '会受哪些限制',
  '人工',
  '取消',
]

const openid = (n: number): string => `oBench${String(n).padStart(22, '0')}`

function figures(times: readonly number[]): Record<string, number> {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): number => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1))
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

/** Sends at a steady rate, however long replies take. Each time is measured from the moment at which the message was due. */
async function atSteadyRate(send: (n: number) => Promise<unknown>): Promise<Record<string, number>> {
  const times: number[] = []
  const inFlight: Promise<void>[] = []
  const start = performance.now()
  for (let n = 0; n < SECONDS * PER_SECOND; n += 1) {
    const due = start + (n * 1000) / PER_SECOND
    await sleep(Math.max(0, due - performance.now()))
    inFlight.push(send(n).then(() => void times.push(performance.now() - due)))
  }
  await Promise.all(inFlight)
  return figures(times)
}

async function turns({ app }: OpenApp): Promise<Record<string, number>> {
  const linesSent = new Map<number, number>()
  return atSteadyRate((n) => {
    const who = n % PEOPLE
    const at = linesSent.get(who) ?? who % LINES.length
    linesSent.set(who, at + 1)
    return answer(app, { channel: 'wechat', from: openid(who), messageId: `t${n}`, text: LINES[at % LINES.length] ?? '' })
  })
}

/** Response times of the webhook in the real server, with dispatcher and media collector in the same process. */
async function webhook({ app }: OpenApp, config: Config): Promise<Record<string, number>> {
  const deps = { clock: app.clock, log: app.log, tokens: (name: string) => tokenStore(app, name), windowOpen: () => true }
  const dispatcher = createDispatcher(app, await openChannels(config, deps))
  const collector = createMediaFetcher(app, openMedia(config, deps, config.evidence.maxBytes))
  const metrics = createMetrics([])
  const server = createServer(app, allRoutes(config, metrics), { replies: 'trimmed', metrics, identify: callerOf })
  const { url } = await server.listen('127.0.0.1', 0)
  dispatcher.start()
  collector.start()
  try {
    return await atSteadyRate(async (n) => {
      const picture = n % 10 === 0
      const fields = picture
        ? { MsgType: 'image', PicUrl: 'http://x', MediaId: `m${n}` }
        : { MsgType: 'text', Content: LINES[n % LINES.length] ?? '' }
      const { query, body } = posted({ from: openid(n % PEOPLE), id: `w${n}`, at: app.clock.now(), fields })
      const address = `${url}/webhooks/wechat?${new URLSearchParams(query).toString()}`
      const reply = await fetch(address, { method: 'POST', headers: { 'content-type': 'text/xml' }, body })
      if (reply.status !== 200) throw new Error(`webhook answered ${reply.status}`)
      await reply.text()
    })
  } finally {
    await server.close()
    await dispatcher.stop()
    await collector.stop()
  }
}

/** Resident megabytes of a built process after 300 messages; null when nothing is built. */
async function residentMegabytes(env: Readonly<Record<string, string>>): Promise<number | null> {
  if (!existsSync('dist/src/main.js')) return null
  // The same option as in `npm start`.
  const child = spawn(process.execPath, ['--max-semi-space-size=8', 'dist/src/main.js', 'start'], {
    env: { ...process.env, ...env, PORT: '3947', LOG_LEVEL: 'error' },
    stdio: 'ignore',
  })
  const exited = once(child, 'exit')
  try {
    const url = 'http://127.0.0.1:3947'
    for (let tries = 0; tries < 200; tries += 1) {
      if (child.exitCode !== null) throw new Error('the built process ended by itself: is dist/ of this source? (npm run build)')
      if (
        await fetch(`${url}/healthz`).then(
          (reply) => reply.ok,
          () => false,
        )
      )
        break
      await sleep(100)
    }
    for (let n = 0; n < 300; n += 1) {
      const fields = { MsgType: 'text', Content: LINES[n % LINES.length] ?? '' }
      const { query, body } = posted({
        from: openid(n % 50),
        id: `r${n}`,
        at: new Date(Math.round(performance.timeOrigin + performance.now())),
        fields,
      })
      await fetch(`${url}/webhooks/wechat?${new URLSearchParams(query).toString()}`, {
        method: 'POST',
        headers: { 'content-type': 'text/xml' },
        body,
      })
    }
    const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1]
    return Math.round(Number(pages) / 1024)
  } finally {
    child.kill('SIGTERM')
    await exited
  }
}

const folder = await mkdtemp(join(tmpdir(), 'zxt-bench-'))
const admin = await mysql.createConnection(SERVER)
await admin.query(`drop database if exists ${DATABASE}`)
await admin.query(`create database ${DATABASE} character set utf8mb4 collate utf8mb4_bin`)
const { token: _token, aesKey: _aesKey, ...account } = STAND_IN.wechat
const platform = await startWechatServer({ ...account, latency: SLOW_PROVIDER })
const env = { ...WECHAT_ENV, DATA_DIR: folder, DATABASE_URL: `${SERVER.replace(/\/+$/, '')}/${DATABASE}`, WECHAT_BASE_URL: platform.url }
const config = readConfig({ ...env, NODE_ENV: 'test' })
const opened = await openApp(config, { log: createLog('error') })
try {
  const began = performance.now()
  const understand = openUnderstanding(config)
  understand('你好')
  const understandingMs = Math.round(performance.now() - began)
  // Warm-up: the first messages train, prepare statements and open connections.
  for (let n = 0; n < 50; n += 1) await answer(opened.app, { channel: 'wechat', from: openid(9000 + n), messageId: `x${n}`, text: '你好' })
  const turn = await turns(opened)
  const hook = await webhook(opened, config)
  const residentMb = await residentMegabytes(env)
  console.log(
    JSON.stringify({
      name: 'turns',
      perSecond: PER_SECOND,
      people: PEOPLE,
      turn,
      webhook: hook,
      providerMs: SLOW_PROVIDER,
      understandingMs,
      residentMb,
    }),
  )
} finally {
  await opened.close()
  await platform.close()
  await admin.query(`drop database if exists ${DATABASE}`)
  await admin.end()
  await rm(folder, { recursive: true, force: true })
}
