// Runs the roles of a process (web, dispatcher, clock, wechaty) until a signal stops it: first the jobs, then the web server, which takes
// the callbacks about their last messages, then the database. Parts of each stop in reverse order of their start.
// Opening the application is app.ts, the nightly tasks are nightly.ts.

import { answerPendingMessages } from '../bot/doors/pending.ts'
import { runDailyTasks } from './daily.ts'
import { resumeBatches } from './features/bulletins/batches.tasks.ts'
import { resumeImports } from './features/imports/tasks.ts'
import { resumeScreeningFiles } from './features/screening/files.tasks.ts'
import { windowIsOpen } from './messaging/pending-replies.ts'
import { tokenStore } from './messaging/provider-tokens.ts'
import { moveOnFromWechaty } from './messaging/wechaty-session.ts'
import { firstAdmin } from './features/staff/commands.ts'
import { mixedAccounts } from './features/staff/views.ts'
import { openApp, type OpenApp } from './app.ts'
import { openChannels, openMedia, type ChannelDeps } from './messaging/channels/open.ts'
import type { Channel } from './messaging/channels/channel.ts'
import { LIMITS } from './messaging/channels/fetch.ts'
import { createTerminal } from './platform/cli/terminal.ts'
import type { AppContext } from './platform/commands/command.ts'
import type { Config } from './config/config.ts'
import type { Medium } from './core/mediums.ts'
import { systemClock } from './core/clock.ts'
import type { Log } from './core/log.ts'
import { listenFault } from './platform/database/start-faults.ts'
import { lockFolder } from './platform/database/database-lock.ts'
import { callerOf } from './features/sessions/access.ts'
import { createMetrics, type MetricSource } from './platform/http/metrics.ts'
import { allRoutes } from './routes.ts'
import { createServer } from './platform/http/server.ts'
import { SYSTEM, PUBLIC } from './platform/commands/permissions.ts'
import type { ReceiptTerms } from './messaging/deliveries.rules.ts'
import { createDispatcher, type DispatcherOptions } from './messaging/dispatcher.ts'
import { dispatchCounts } from './messaging/metrics.ts'
import { createSchedule } from './platform/scheduler/schedule.ts'
import { nightlyTasks } from './nightly.ts'
import { startWechaty } from './serve-wechaty.ts'
import { queueMetrics } from './features/system/metrics.views.ts'
import { createBroadcaster } from './features/bulletins/tasks.ts'
import { createMediaFetcher } from './features/complaints/chat-media.tasks.ts'

/** A running part of the process. `stop` lets it finish what it has begun. */
interface Part {
  name: string
  stop(): Promise<void>
}

/** Times and sizes other than the usual: for tests on real processes. */
export interface ServeTimes {
  dispatcher?: Partial<DispatcherOptions>
  receipts?: ReceiptTerms
  /** Milliseconds after which a message that a provider does not know counts as never received. */
  settleAfter?: number
  /** Milliseconds after which a call to a provider is given up. */
  timeout?: number
  /** Milliseconds without a byte from the database in which a statement fails. */
  silence?: number
}

/** Starts the roles of the configuration, prints the address, and resolves after a signal when all parts have stopped. */
export async function serve(config: Config, times: ServeTimes = {}): Promise<void> {
  const parts: Part[] = []
  const jobs: Part[] = []
  let log: Log | undefined
  try {
    if (config.databaseUrl === undefined) {
      const lock = lockFolder(config.dataFolder, systemClock.now())
      parts.push({ name: 'lock', stop: () => Promise.resolve(lock.release()) })
    }
    const opened = await openApp(config, times.silence === undefined ? {} : { silence: times.silence })
    const { app } = opened
    log = app.log
    parts.push({ name: 'store', stop: opened.close })
    const sources: MetricSource[] = queueMetrics(app)
    if (config.roles.some((role) => role !== 'web')) sources.push(...(await startJobs(app, jobs, times)))
    const url = config.roles.includes('web') ? await startWeb(app, parts, sources) : null
    parts.push(startLearning(opened))
    await printStart(app, opened.madeKey, url)
    await stopSignal()
  } finally {
    for (const part of [...parts, ...jobs].reverse())
      await part.stop().catch((error: unknown) => log?.error('stop.failed', { part: part.name }, error))
  }
}

async function startJobs(app: AppContext, parts: Part[], times: ServeTimes): Promise<MetricSource[]> {
  const { config } = app
  const channels = config.roles.includes('dispatcher') ? await channelsOf(app, times) : new Map<Medium, Channel>()
  const counts = dispatchCounts()
  const dispatcher = createDispatcher(app, channels, times.dispatcher ?? {}, counts.meter)
  const broadcaster = createBroadcaster(app, () => dispatcher.poke())
  if (config.roles.includes('dispatcher')) {
    dispatcher.start()
    broadcaster.start()
    const collector = createMediaFetcher(app, openMedia(config, providerDeps(app), config.evidence.maxBytes))
    collector.start()
    parts.push({ name: 'dispatcher', stop: () => dispatcher.stop() }, { name: 'broadcaster', stop: () => broadcaster.stop() })
    parts.push({ name: 'collector', stop: () => collector.stop() })
  }
  const doubts = { name: 'doubts', cron: '*/15 * * * * *', work: () => dispatcher.settleDoubts() }
  const receipts = { name: 'receipts', cron: '*/5 * * * * *', work: () => dispatcher.askForReceipts() }
  const imports = { name: 'imports', cron: '5,25,45 * * * * *', work: () => resumeImports(app, SYSTEM) }
  const listingBatches = { name: 'listing_batches', cron: '10,40 * * * * *', work: () => resumeBatches(app, SYSTEM) }
  const screeningFiles = { name: 'screening_files', cron: '15,35,55 * * * * *', work: () => resumeScreeningFiles(app, SYSTEM) }
  // Every five minutes, so that debtors soon hear what units answered; once a day's deadlines are handled a run finds nothing.
  const deadlines = { name: 'clocks', cron: '40 */5 * * * *', work: () => runDailyTasks(app, SYSTEM) }
  const pendingReplies = { name: 'owed', cron: '*/5 * * * * *', work: () => answerPendingMessages(app) }
  const tasks = [
    imports,
    listingBatches,
    screeningFiles,
    pendingReplies,
    ...(config.roles.includes('dispatcher') ? [doubts, receipts] : []),
    ...(config.roles.includes('clock') ? [deadlines] : []),
  ]
  const wechaty = config.roles.includes('wechaty') ? startWechaty(app, parts, counts.meter) : null
  const watchdog = { name: 'wechaty_watch', cron: '50 * * * * *', work: () => moveOnFromWechaty(app, SYSTEM, undefined) }
  const needsWatchdog = config.wechaty !== undefined && config.roles.includes('dispatcher')
  const schedule = createSchedule(app, [...tasks, ...(wechaty?.tasks ?? []), ...(needsWatchdog ? [watchdog] : [])], nightlyTasks(app))
  schedule.start()
  // The dispatcher is told at the same time, because the schedule waits for the doubts of which it asks.
  parts.push({ name: 'schedule', stop: () => Promise.all([schedule.stop(), dispatcher.stop()]).then(() => undefined) })
  return counts.numbers({ standings: () => [...dispatcher.standings(), ...(wechaty?.standings() ?? [])] })
}

/** What every channel and media source needs. */
function providerDeps(app: AppContext): Pick<ChannelDeps, 'clock' | 'log' | 'tokens'> {
  return { clock: app.clock, log: app.log, tokens: (name) => tokenStore(app, name) }
}

function channelsOf(app: AppContext, times: ServeTimes): Promise<Map<Medium, Channel>> {
  const { config } = app
  return openChannels(config, {
    ...providerDeps(app),
    twilioCallbackUrl: `${config.publicUrl}/webhooks/twilio/status`,
    windowOpen: (openid) => windowIsOpen(app, PUBLIC, openid),
    ...(times.receipts === undefined ? {} : { receipts: times.receipts }),
    ...(times.settleAfter === undefined ? {} : { settleAfter: times.settleAfter }),
    ...(times.timeout === undefined ? {} : { limits: { ...LIMITS, timeout: times.timeout } }),
  })
}

async function startWeb(app: AppContext, parts: Part[], sources: readonly MetricSource[]): Promise<string> {
  const metrics = createMetrics(sources)
  const server = createServer(app, allRoutes(app.config, metrics), { replies: 'trimmed', metrics, identify: callerOf })
  const { host, port } = app.config
  const { url } = await server.listen(host, port).catch((error: unknown) => {
    throw listenFault({ host, port }, error)
  })
  parts.push({ name: 'web', stop: () => server.close() })
  return url
}

/** Learns to understand messages, so that nobody's first message waits for it and holds up everybody else's request. */
function startLearning({ app, learn }: OpenApp): Part {
  let isStopping = false
  const talks = app.config.roles.some((role) => role === 'web' || role === 'wechaty')
  const learned = talks ? learn(() => isStopping) : Promise.resolve()
  learned.catch((error: unknown) => app.log.error('understanding.failed', {}, error))
  return {
    name: 'understanding',
    stop() {
      isStopping = true
      return learned.catch(() => undefined)
    },
  }
}

/** Prints what the operator needs to begin: the address, the first password, what to try. */
async function printStart(app: AppContext, madeKey: string | null, url: string | null): Promise<void> {
  const { say } = createTerminal(app.catalog)
  const admin = await firstAdmin(app)
  const mixed = await mixedAccounts(app)
  if (mixed.length > 0) app.log.warn('staff.admin_mixed', { accounts: mixed.join(' ') })
  if (madeKey !== null) say('start.key', { path: madeKey })
  if (url === null) return say('start.roles', { roles: app.config.roles.join(', ') })
  say('start.address', { url })
  say(app.config.databaseUrl === undefined ? 'start.sqlite' : 'start.mysql', { folder: app.config.dataFolder })
  if (admin !== null) say('start.admin', { login: admin.staff.login, password: admin.password })
  if (!app.config.production) say('start.try', { url })
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
