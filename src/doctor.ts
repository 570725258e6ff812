// `zxt doctor`: looks at everything that an installation needs, with the database or without it, and says what to do. It changes nothing.
// Texts are in templates/words/zh-CN/cli.yaml under `doctor`. What a running process reports of itself is /readyz.

import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { dashForMissing, logOf, openApp, placeOf, probeStore } from './app.ts'
import { loadCatalog } from './catalog.ts'
import type { Config } from './config/config.ts'
import { dayOf } from './core/calendar.ts'
import { systemClock, type Clock } from './core/clock.ts'
import { isAppError, type Values } from './core/errors.ts'
import { getCalendar } from './features/deadlines/commands.ts'
import { DRIFT_SECONDS, readiness } from './features/system/views.ts'
import type { ProviderCheck } from './messaging/channels/check.ts'
import { getJson, LIMITS } from './messaging/channels/fetch.ts'
import { checkTwilio } from './messaging/channels/twilio-sms/check.ts'
import { checkWechatOfficial } from './messaging/channels/wechat-official/check.ts'
import type { AppContext } from './platform/commands/command.ts'
import { SYSTEM } from './platform/commands/permissions.ts'
import type { Catalog } from './platform/texts/catalog.ts'

/** One thing that was looked at. */
export interface Finding {
  /** `ok`, `watch` for what may be meant so, `broken` for what does not work. */
  level: 'ok' | 'watch' | 'broken'
  /** A key under `doctor` in cli.yaml, or the code of an error. */
  code: string
  /** What was found, and what to do. */
  text: string
}

/** Seconds by which the clocks of this machine and of the database may differ. */
const DRIFT = { watch: DRIFT_SECONDS, broken: 30 }
/** Free space under DATA_DIR in MB. */
const SPACE = { watch: 5_000, broken: 500 }
const MEGABYTE = 1_048_576
const WAIT = { ...LIMITS, timeout: 5_000 }

type Say = (level: Finding['level'], code: string, values?: Values) => Finding

/** Looks at everything, one thing after the other; what needs the database is left out where it is away. */
export async function examine(config: Config, clock: Clock = systemClock): Promise<Finding[]> {
  const catalog = loadCatalog(config.templatesFolder, dashForMissing(config, logOf(config)))
  const say: Say = (level, code, values) => ({ level, code, text: catalog.words('cli', `doctor.${code}`, values) })
  return [
    ...(await databaseFindings(config, clock, { say, catalog })),
    ...(await diskFindings(config, say)),
    ...(await wechatFindings(config, catalog, say)),
    ...(await smsFindings(config, say)),
    ...(await addressFindings(config, say)),
  ]
}

async function databaseFindings(config: Config, clock: Clock, { say, catalog }: { say: Say; catalog: Catalog }): Promise<Finding[]> {
  try {
    const before = clock.now().getTime()
    const { pending, now } = await probeStore(config)
    const drift = now === null ? null : Math.abs(now.getTime() - (before + clock.now().getTime()) / 2) / 1000
    const findings = [say('ok', 'database_ok', { place: placeOf(config) }), timeFinding(drift, say)]
    // Opening the application would bring the tables up to date, which is not for a look to do.
    if (pending > 0) return [...findings, say('watch', 'tables_pending', { count: pending })]
    const { app, close } = await openApp(config, { clock, create: false })
    try {
      return [...findings, say('ok', 'key_ok'), ...(await calendarFindings(app, say)), ...(await processFindings(app))]
    } finally {
      await close()
    }
  } catch (error) {
    if (!isAppError(error)) throw error
    return [{ level: 'broken', code: error.code, text: catalog.problem(error.code, error.values) }]
  }
}

function timeFinding(drift: number | null, say: Say): Finding {
  if (drift === null) return say('ok', 'time_same')
  const seconds = Math.round(drift)
  return drift > DRIFT.broken
    ? say('broken', 'time_off', { seconds })
    : drift > DRIFT.watch
      ? say('watch', 'time_off', { seconds })
      : say('ok', 'time_ok')
}

async function calendarFindings(app: AppContext, say: Say): Promise<Finding[]> {
  const { years } = await getCalendar(app, SYSTEM, undefined)
  const year = Number(dayOf(app.clock.now()).slice(0, 4))
  if (!years.includes(year)) return [say('broken', 'calendar_missing', { year })]
  return [years.includes(year + 1) ? say('ok', 'calendar_ok', { year, next: year + 1 }) : say('watch', 'calendar_next', { next: year + 1 })]
}

/** What `/readyz` also knows: accounts with mixed roles, and the account that a process drives. */
async function processFindings(app: AppContext): Promise<Finding[]> {
  const checks = (await readiness(app)).filter(({ code }) => /^(accounts|wechaty)_/.test(code))
  return checks.map(({ code, ok, values }) => ({
    level: ok ? 'ok' : 'watch',
    code,
    text: app.catalog.words('http', `ready.${code}`, values),
  }))
}

async function diskFindings({ dataFolder }: Config, say: Say): Promise<Finding[]> {
  try {
    await access(dataFolder, constants.W_OK)
    const { bavail, bsize } = await statfs(dataFolder)
    const free = Math.floor((bavail * bsize) / MEGABYTE)
    const level = free < SPACE.broken ? 'broken' : free < SPACE.watch ? 'watch' : 'ok'
    return [say(level, level === 'ok' ? 'disk_ok' : 'disk_low', { folder: dataFolder, megabytes: free })]
  } catch (error) {
    return [say('broken', 'disk_closed', { folder: dataFolder, code: (error as NodeJS.ErrnoException).code ?? 'error' })]
  }
}

async function wechatFindings({ wechat, production }: Config, catalog: Catalog, say: Say): Promise<Finding[]> {
  if (wechat === undefined) return [say('watch', production ? 'wechat_closed' : 'wechat_sandbox')]
  const check = await checkWechatOfficial(wechat, WAIT)
  if (check.kind !== 'up') return [providerFinding('wechat', check, say)]
  const wanted = new Set(catalog.templates().flatMap((template) => (template.wechat === undefined ? [] : [template.wechat.template])))
  const unmapped = [...wanted].filter((key) => (wechat.templates[key] ?? '') === '')
  const unknown = Object.entries(wechat.templates).filter(([, id]) => !check.templates.includes(id))
  return [
    say('ok', 'wechat_ok'),
    ...(unknown.length > 0 ? [say('broken', 'templates_unknown', { keys: unknown.map(([key]) => key).join('、') })] : []),
    ...(unmapped.length > 0 ? [say('watch', 'templates_unmapped', { keys: unmapped.join('、') })] : []),
    ...(unknown.length + unmapped.length === 0 ? [say('ok', 'templates_ok', { count: wanted.size })] : []),
  ]
}

async function smsFindings({ twilio, production }: Config, say: Say): Promise<Finding[]> {
  if (twilio === undefined) return [say('watch', production ? 'sms_closed' : 'sms_sandbox')]
  const check = await checkTwilio(twilio, WAIT)
  return [check.kind === 'up' ? say('ok', 'sms_ok') : providerFinding('sms', check, say)]
}

function providerFinding(name: 'wechat' | 'sms', check: Exclude<ProviderCheck, { kind: 'up' }>, say: Say): Finding {
  return check.kind === 'refused'
    ? say('broken', `${name}_refused`, { code: check.code })
    : say('broken', `${name}_silent`, { reason: check.reason })
}

/** The public address, as providers and people reach it. */
async function addressFindings({ publicUrl, production, trustedProxies }: Config, say: Say): Promise<Finding[]> {
  const { hostname, protocol } = new URL(publicUrl)
  const isLocal = /^(127\.|localhost$|\[::1\]$|0\.0\.0\.0$)/.test(hostname)
  const findings: Finding[] = []
  if (production && isLocal) findings.push(say('broken', 'address_local', { url: publicUrl }))
  else if (production && protocol !== 'https:') findings.push(say('broken', 'address_open', { url: publicUrl }))
  // TLS ends at a proxy, since this program speaks HTTP.
  if (protocol === 'https:' && trustedProxies === 0) findings.push(say('watch', 'proxies_none'))
  const answer = await getJson(`${publicUrl}/healthz`, WAIT)
  const isOurs = answer.kind === 'answered' && (answer.json as { status?: unknown } | null | undefined)?.status === 'ok'
  const reason = answer.kind === 'answered' ? `http_${answer.status}` : answer.reason
  findings.push(isOurs ? say('ok', 'address_ok', { url: publicUrl }) : say('watch', 'address_silent', { url: publicUrl, reason }))
  return findings
}
