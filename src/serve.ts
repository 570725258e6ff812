// Runs the roles a process was asked for until a signal stops them: web, dispatcher, clock. In order up, in reverse order down.
// What each does is its own door; opening the house is app.ts.

import { answerOwed } from '../bot/doors/webhooks.ts'
import { runClocks } from './daily.ts'
import { resumeImports } from './features/imports/tasks.ts'
import { windowIsOpen } from './messaging/pending-replies.ts'
import { tokenStore } from './messaging/provider-tokens.ts'
import { moveOnFromWechaty } from './messaging/wechaty-session.ts'
import { firstAdmin } from './features/staff/commands.ts'
import { openHouse } from './app.ts'
import { openChannels, openMedia } from './messaging/channels/open.ts'
import { createTerminal } from './platform/cli/terminal.ts'
import type { House } from './platform/commands/command.ts'
import { ConfigError, type Config } from './config/config.ts'
import { callerOf } from './features/sessions/access.routes.ts'
import { createMetrics, type MetricSource } from './platform/http/metrics.ts'
import { allRoutes } from './routes.ts'
import { createServer } from './platform/http/server.ts'
import { HOUSE, PUBLIC } from './platform/commands/permissions.ts'
import { createDispatcher } from './messaging/dispatcher.ts'
import { dispatchCounts } from './messaging/metrics.ts'
import { createSchedule } from './platform/scheduler/schedule.ts'
import { nightlyTasks } from './nightly.ts'
import { startWechaty } from './serve-wechaty.ts'
import { queueMetrics } from './features/system/metrics.views.ts'
import { createBroadcaster } from './features/bulletins/tasks.ts'
import { createCollector } from './features/complaints/chat-media.tasks.ts'

/** A part that runs: it stops by finishing what it has begun. */
interface Part {
  name: string
  stop(): Promise<void>
}

/** Starts everything, says where it is, and resolves when a signal has stopped it all. */
export async function serve(config: Config): Promise<void> {
  const opened = await openHouse(config)
  const { house } = opened
  const parts: Part[] = [{ name: 'store', stop: opened.close }]
  try {
    const sources: MetricSource[] = queueMetrics(house)
    if (config.roles.some((role) => role !== 'web')) sources.push(...(await startJobs(house, parts)))
    const url = config.roles.includes('web') ? await startWeb(house, parts, sources) : null
    await greet(house, opened.madeKey, url)
    await stopSignal()
  } finally {
    for (const part of parts.reverse())
      await part.stop().catch((error: unknown) => house.log.error('stop.failed', { part: part.name }, error))
  }
}

async function startJobs(house: House, parts: Part[]): Promise<MetricSource[]> {
  const { config } = house
  const deps = { clock: house.clock, log: house.log, tokens: (name: string) => tokenStore(house, name) }
  const channels = config.roles.includes('dispatcher')
    ? await openChannels(config, {
        ...deps,
        twilioCallbackUrl: `${config.publicUrl}/webhooks/twilio/status`,
        windowOpen: (openid) => windowIsOpen(house, PUBLIC, openid),
      })
    : new Map()
  const counts = dispatchCounts()
  const dispatcher = createDispatcher(house, channels, {}, counts.meter)
  const broadcaster = createBroadcaster(house, () => dispatcher.poke())
  if (config.roles.includes('dispatcher')) {
    dispatcher.start()
    broadcaster.start()
    const collector = createCollector(house, openMedia(config, deps, config.evidence.maxBytes))
    collector.start()
    parts.push({ name: 'dispatcher', stop: () => dispatcher.stop() }, { name: 'broadcaster', stop: () => broadcaster.stop() })
    parts.push({ name: 'collector', stop: () => collector.stop() })
  }
  const doubts = { name: 'doubts', cron: '*/15 * * * * *', work: () => dispatcher.settleDoubts() }
  const imports = { name: 'imports', cron: '5,25,45 * * * * *', work: () => resumeImports(house, HOUSE) }
  // Every five minutes: once a day is done it finds nothing to do, and what units answered is told to debtors soon.
  const clocks = { name: 'clocks', cron: '40 */5 * * * *', work: () => runClocks(house, HOUSE) }
  const owed = { name: 'owed', cron: '*/5 * * * * *', work: () => answerOwed(house) }
  const beats = [
    imports,
    owed,
    ...(config.roles.includes('dispatcher') ? [doubts] : []),
    ...(config.roles.includes('clock') ? [clocks] : []),
  ]
  const wechaty = config.roles.includes('wechaty') ? startWechaty(house, parts, counts.meter) : null
  const watch = { name: 'wechaty_watch', cron: '50 * * * * *', work: () => moveOnFromWechaty(house, HOUSE, undefined) }
  const watched = config.wechaty !== undefined && config.roles.includes('dispatcher')
  const schedule = createSchedule(
    house,
    [...beats, ...(wechaty === null ? [] : [wechaty.beat]), ...(watched ? [watch] : [])],
    nightlyTasks(house),
  )
  schedule.start()
  parts.push({ name: 'schedule', stop: () => schedule.stop() })
  return counts.numbers({ standings: () => [...dispatcher.standings(), ...(wechaty?.standings() ?? [])] })
}

async function startWeb(house: House, parts: Part[], sources: readonly MetricSource[]): Promise<string> {
  const metrics = createMetrics(sources)
  const server = createServer(house, allRoutes(house.config, metrics), { replies: 'trimmed', metrics, identify: callerOf })
  const { host, port } = house.config
  const { url } = await server.listen(host, port).catch((error: unknown) => {
    // Nothing is broken: the operator chose an address that this machine cannot give.
    const { syscall, code = '' } = error as NodeJS.ErrnoException
    if (syscall !== 'listen') throw error
    throw new ConfigError([`HOST, PORT: cannot listen on ${host}:${port} (${code}); is another one running?`])
  })
  parts.push({ name: 'web', stop: () => server.close() })
  return url
}

/** What the person at the terminal needs to begin: the address, the first password, what to try. */
async function greet(house: House, madeKey: string | null, url: string | null): Promise<void> {
  const { say } = createTerminal(house.catalog)
  const admin = await firstAdmin(house)
  if (madeKey !== null) say('start.key', { path: madeKey })
  if (url === null) return say('start.roles', { roles: house.config.roles.join(', ') })
  say('start.address', { url })
  say(house.config.databaseUrl === undefined ? 'start.sqlite' : 'start.mysql', { folder: house.config.dataFolder })
  if (admin !== null) say('start.admin', { login: admin.staff.login, password: admin.password })
  if (!house.config.production) say('start.try', { url })
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
