// Readiness of this process (database, tables, channels, calendar) and the length of the send queues. Monitoring reads it; no audit.
// What an operator should do about a failed check is in templates/words/zh-CN/http.yaml.

import { TWILIO_SMS } from '../../messaging/channels/twilio-sms/channel.ts'
import { WECHAT_OFFICIAL } from '../../messaging/channels/wechat-official/account.ts'
import { hasToken, providerOutcomes } from './health.store.ts'
import type { Db } from '../../platform/database/database.ts'
import { databaseTime } from '../../platform/database/database-clock.ts'
import { openMediums } from '../../messaging/channels/mediums.ts'
import type { Values } from '../../core/errors.ts'
import { queueState } from '../../messaging/deliveries.store.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import type { WechatyState } from '../../messaging/wechaty-session.store.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { wechatyStanding } from '../../messaging/wechaty-session.ts'
import type { Medium } from '../../core/mediums.ts'
import { missingCalendarYears } from '../deadlines/commands.ts'
import { mixedAccounts } from '../staff/views.ts'

/** The result of one check. */
export interface Check {
  /** A key under `ready` in http.yaml, such as `database_wrong`. */
  code: string
  ok: boolean
  /** Whether the process is useless without it. A court without SMS, for example, still answers enquiries. */
  needed: boolean
  /** Values for the sentence in http.yaml. */
  values?: Values
}

/** Milliseconds after which a check counts as failed. */
const CHECK_TIMEOUT = 3_000

/** All checks, each ended after CHECK_TIMEOUT. */
export async function readiness(app: AppContext): Promise<Check[]> {
  const database = await passes(app, () => app.store.ping().then(() => true))
  // Without a database its tables cannot be checked.
  const migrations = database && (await passes(app, async () => (await app.store.pending()).length === 0))
  return [
    { code: database ? 'database_ok' : 'database_wrong', ok: database, needed: true },
    ...(database ? [{ code: migrations ? 'migrations_ok' : 'migrations_wrong', ok: migrations, needed: true }] : []),
    ...(database && !app.store.sqlite ? [await timeCheck(app)] : []),
    ...(migrations ? [await calendarCheck(app), await accountsCheck(app)] : []),
    await mediumCheck(app, 'wechat', migrations),
    await mediumCheck(app, 'sms', migrations),
    ...(migrations && app.config.wechaty !== undefined ? [await wechatyCheck(app)] : []),
  ]
}

/** Seconds by which the clocks of this machine and of the database may differ before somebody should look; `zxt doctor` has the same. */
export const DRIFT_SECONDS = 2

/** All processes have the database's time, so that one of the two clocks is wrong for somebody. SQLite has no clock of its own. */
async function timeCheck(app: AppContext): Promise<Check> {
  const machine = app.clock.machine ?? app.clock
  let seconds = 0
  const close = await passes(app, async () => {
    const before = machine.now().getTime()
    const theirs = await app.store.read(databaseTime)
    const middle = (before + machine.now().getTime()) / 2
    seconds = Math.round(Math.abs((theirs?.getTime() ?? middle) - middle) / 1000)
    return seconds <= DRIFT_SECONDS
  })
  return { code: close ? 'time_ok' : 'time_wrong', ok: close, needed: false, values: { seconds } }
}

/** Deadlines that touch a year without a calendar are provisional. From November on the next year is expected, too. */
async function calendarCheck(app: AppContext): Promise<Check> {
  let years: number[] = []
  const complete = await passes(app, async () => {
    years = await missingCalendarYears(app)
    return years.length === 0
  })
  return { code: complete ? 'calendar_ok' : 'calendar_wrong', ok: complete, needed: false, values: { years: years.join('、') || '—' } }
}

/** An administrator with another role, of an older database, acts as administrator alone until the roles are set anew. */
async function accountsCheck(app: AppContext): Promise<Check> {
  let count = 0
  const clean = await passes(app, async () => {
    count = (await mixedAccounts(app)).length
    return count === 0
  })
  return { code: clean ? 'accounts_ok' : 'accounts_wrong', ok: clean, needed: false, values: { count } }
}

/** Waiting deliveries of one medium in one state. */
export interface QueueLine {
  medium: Medium
  state: string
  count: number
  /** 0 when nothing is due yet. */
  overdueSeconds: number
}

/** Deliveries that have not ended, for monitoring. */
export async function queueLines(app: AppContext): Promise<QueueLine[]> {
  const now = app.clock.now().getTime()
  const lines = await app.store.read((db) => queueState(db))
  return lines.map(({ medium, state, count, oldest }) => ({
    medium,
    state,
    count,
    overdueSeconds: oldest === null ? 0 : Math.max(0, Math.round((now - oldest.getTime()) / 1000)),
  }))
}

/** Without credentials a medium is closed in production; elsewhere the sandbox takes its messages. Credentials alone prove nothing. */
async function mediumCheck(app: AppContext, name: 'wechat' | 'sms', hasTables: boolean): Promise<Check> {
  const { config } = app
  const configured = name === 'wechat' ? config.wechat !== undefined : config.twilio !== undefined
  if (configured) {
    const answered = hasTables && (await passes(app, () => app.store.read((db) => hasAnswered(db, name))))
    return { code: `${name}_${answered ? 'ok' : 'unproven'}`, ok: answered, needed: false }
  }
  const sandbox = openMediums(config).has(name)
  return { code: `${name}_${sandbox ? 'sandbox' : 'wrong'}`, ok: sandbox, needed: false }
}

/** Outcomes that only an answer of the provider can have. */
const ANSWERS = ['accepted', 'refused']
/** Attempts that are looked at, the latest first. */
const LATEST = 2_000

/** Whether a provider has answered this installation: a message was accepted or refused, or WeChat gave a token. */
async function hasAnswered(db: Db, name: 'wechat' | 'sms'): Promise<boolean> {
  const provider = name === 'wechat' ? WECHAT_OFFICIAL : TWILIO_SMS
  const outcomes = await providerOutcomes(db, LATEST)
  if (outcomes.some((each) => each.provider === provider && ANSWERS.includes(each.outcome))) return true
  return name === 'wechat' && hasToken(db, 'wechat:')
}

/** The state of the Wechaty account, which the process that runs it reports every few seconds. */
async function wechatyCheck(app: AppContext): Promise<Check> {
  const states: WechatyState[] = []
  await passes(app, async () => {
    states.push(await wechatyStanding(app, SYSTEM, undefined))
    return true
  })
  const code = states.includes('up') ? 'wechaty_ok' : states.includes('login_needed') ? 'wechaty_login' : 'wechaty_wrong'
  return { code, ok: code === 'wechaty_ok', needed: false }
}

/** Whether a check succeeds in time; an error counts as a failure. */
async function passes(app: AppContext, check: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT)
  })
  try {
    return await Promise.race([check(), timeout])
  } catch (error) {
    app.log.debug('ready.failed', { error: error instanceof Error ? error.message.slice(0, 60) : '' })
    return false
  } finally {
    clearTimeout(timer)
  }
}
