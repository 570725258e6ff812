// Whether this process can do its work now: database, tables, ways to reach people; and what waits. Asked by machines, so nothing is audited.
// What an operator should do about it is said in templates/words/zh-CN/http.yaml.

import { openMediums } from '../../messaging/channels/mediums.ts'
import type { Values } from '../../core/errors.ts'
import { queueState } from '../../messaging/deliveries.store.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import type { WechatyState } from '../../messaging/wechaty-session.store.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { wechatyStanding } from '../../messaging/wechaty-session.ts'
import type { Medium } from '../../core/mediums.ts'
import { missingCalendarYears } from '../deadlines/commands.ts'

export interface Check {
  /** `database_wrong`: a key of http.yaml, `ready`. */
  code: string
  ok: boolean
  /** Whether the process is of no use without it. A court without SMS still answers enquiries. */
  needed: boolean
  /** What its sentence names. */
  values?: Values
}

const PATIENCE = 3_000

/** Every check, each within three seconds. */
export async function readiness(app: AppContext): Promise<Check[]> {
  const database = await holds(app, () => app.store.ping().then(() => true))
  // Without a database nothing can be said of its tables.
  const migrations = database && (await holds(app, async () => (await app.store.pending()).length === 0))
  return [
    { code: database ? 'database_ok' : 'database_wrong', ok: database, needed: true },
    ...(database ? [{ code: migrations ? 'migrations_ok' : 'migrations_wrong', ok: migrations, needed: true }] : []),
    ...(migrations ? [await calendarCheck(app)] : []),
    mediumCheck(app, 'wechat'),
    mediumCheck(app, 'sms'),
    ...(migrations && app.config.wechaty !== undefined ? [await wechatyCheck(app)] : []),
  ]
}

/** A year without an arrangement leaves the clocks that touch it provisional: from November on the next year is wanted, too. */
async function calendarCheck(app: AppContext): Promise<Check> {
  let years: number[] = []
  const asked = await holds(app, async () => {
    years = await missingCalendarYears(app)
    return years.length === 0
  })
  return { code: asked ? 'calendar_ok' : 'calendar_wrong', ok: asked, needed: false, values: { years: years.join('、') || '—' } }
}

export interface QueueLine {
  medium: Medium
  state: string
  count: number
  /** 0 when nothing is due yet. */
  overdueSeconds: number
}

/** Deliveries that have not ended: what an operator's alerts watch. */
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

/** In production a medium without credentials is closed; elsewhere the sandbox takes its messages. */
function mediumCheck({ config }: AppContext, name: 'wechat' | 'sms'): Check {
  const configured = name === 'wechat' ? config.wechat !== undefined : config.twilio !== undefined
  if (configured) return { code: `${name}_ok`, ok: true, needed: false }
  const sandbox = openMediums(config).has(name)
  return { code: `${name}_${sandbox ? 'sandbox' : 'wrong'}`, ok: sandbox, needed: false }
}

/** Whichever process holds the account: it says every few seconds how it is doing. */
async function wechatyCheck(app: AppContext): Promise<Check> {
  const states: WechatyState[] = []
  await holds(app, async () => {
    states.push(await wechatyStanding(app, SYSTEM, undefined))
    return true
  })
  const code = states.includes('up') ? 'wechaty_ok' : states.includes('login_needed') ? 'wechaty_login' : 'wechaty_wrong'
  return { code, ok: code === 'wechaty_ok', needed: false }
}

async function holds(app: AppContext, look: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE)
  })
  try {
    return await Promise.race([look(), late])
  } catch (error) {
    app.log.debug('ready.failed', { error: error instanceof Error ? error.message.slice(0, 60) : '' })
    return false
  } finally {
    clearTimeout(timer)
  }
}
