// The environment, read once, checked whole, frozen. The only reader of process.env; every variable is described in the README's table.
// A wrong value stops the start with all problems at once: nothing is checked late.

import { dirname, join, resolve } from 'node:path'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { PROVIDER_ENV, providersOf, providerProblems, type ProviderConfig } from './config-providers.ts'
import { readClockSettings, type ClockSettings } from './domain/deadlines.ts'
import type { Profile } from './domain/listing.ts'
import type { Medium } from './domain/notices.ts'
import type { LogLevel } from './core/log.ts'

/** What one process does: answer requests, send messages, keep the clocks, hold the house's own WeChat account. */
export const PROCESS_ROLES = ['web', 'dispatcher', 'clock', 'wechaty'] as const
/** What every house needs somebody to do. */
const NEEDED_ROLES = ['web', 'dispatcher', 'clock'] as const
export type ProcessRole = (typeof PROCESS_ROLES)[number]

export interface Config extends ProviderConfig {
  production: boolean
  logLevel: LogLevel
  roles: readonly ProcessRole[]
  /** Absolute folder of the SQLite file, the made-up data key and sealed files. */
  dataFolder: string
  templatesFolder: string
  databaseUrl: string | undefined
  poolSize: number
  /** `id:base64` pairs, the active key first; undefined: none was given. */
  dataKey: string | undefined
  host: string
  port: number
  /** Without a trailing slash; what providers call back and signatures are checked against. */
  publicUrl: string
  /** Proxies in front of the house, whose forwarded client address is believed. */
  trustedProxies: number
  court: { name: string; phone: string; address: string }
  profile: Profile
  /** Amounts of the house's own periods (◇ in docs/clocks.md) that this court changed. */
  clockDays: ClockSettings
  quietHours: { from: string; to: string }
  /** Days after the last day of a quarter's returns for which their round stays open. */
  feedbackGraceDays: number
  /** Messages a person gets a day before the rest waits (statutory ones pass, on record). */
  dailyCap: number
  /** Days after which bodies and addresses of closed notices are blanked. */
  archiveDays: number
  /** ◇ Days after which a hit in a pre-check of which nothing was reported is held against the unit: 应及时反馈 (实施意见 五1). */
  screeningReportDays: number
  importLimitBytes: number
  /** Files handed in with a complaint: the largest, and the most. */
  evidence: { maxBytes: number; maxFiles: number }
  /** Days for which a link that was sent to one person opens. */
  linkDays: number
  /** How our documents' numbers begin, and the units that get the quarter's list. */
  courtCode: string
  pushUnits: readonly string[]
  enquiry: { perMinute: number; missesPerHour: number }
  /** Messages a minute from one address of the web; days for which what is said to the bot is kept. */
  chat: { perMinute: number; keepDays: number }
  session: { hours: number; idleMinutes: number }
  /** Requests a minute with one unit's key. */
  unitKeyPerMinute: number
  /** Days for which it is kept whom a unit asked about. */
  screeningKeepDays: number
  /** What a scraper of `/metrics` shows as its bearer token; undefined: this machine alone may read it, and outside production only. */
  metricsToken: string | undefined
}

/** Wrong settings, one line each, in words an operator can act on. */
export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

const optionalText = z.string().trim().min(1).optional()
const count = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(min).max(max).default(fallback)

const schema = z.object({
  NODE_ENV: z.string().default('development'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ROLES: z
    .string()
    .default(NEEDED_ROLES.join(','))
    .transform((value) => value.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(PROCESS_ROLES)).min(1)),
  DATA_DIR: z.string().default('data'),
  DATABASE_URL: z
    .string()
    .regex(/^(mysql|mariadb):\/\/[^/]+\/[^/?]+$/, 'must look like mysql://user:password@host:3306/database')
    .optional(),
  DATABASE_POOL: count(10, 2, 200),
  DATA_KEY: optionalText,
  HOST: z.string().default('127.0.0.1'),
  PORT: count(3000, 0, 65_535),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUSTED_PROXIES: count(0, 0, 5),
  COURT_NAME: z.string().trim().min(2).max(40).default('香格里拉市人民法院'),
  COURT_PHONE: z.string().trim().max(30).default('0887-12368'),
  COURT_ADDRESS: z.string().trim().max(100).default('香格里拉市建塘镇'),
  CLOCK_PROFILE: z.enum(['seed', 'statute']).default('seed'),
  CLOCK_DAYS: z
    .string()
    .default('{}')
    .transform((value, context) => {
      try {
        return readClockSettings(z.record(z.string(), z.number()).parse(JSON.parse(value)))
      } catch (error) {
        const why =
          error instanceof Error && error.message.startsWith('clock ') ? error.message : 'must be JSON such as {"lift.carry_out":2}'
        context.addIssue({ code: 'custom', message: why })
        return z.NEVER
      }
    }),
  QUIET_HOURS: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'must look like 22:00-08:00')
    .default('22:00-08:00'),
  FEEDBACK_GRACE_DAYS: count(10, 0, 60),
  DAILY_CAP: count(5, 1, 1000),
  ARCHIVE_DAYS: count(1095, 30, 36_500),
  SCREENING_REPORT_DAYS: count(10, 1, 35),
  IMPORT_MAX_MB: count(200, 1, 2_000),
  EVIDENCE_MAX_MB: count(20, 1, 100),
  EVIDENCE_MAX_FILES: count(10, 1, 100),
  LINK_DAYS: count(15, 1, 90),
  COURT_CODE: z.string().trim().min(2).max(12).default('云3401'),
  PUSH_UNITS: z
    .string()
    .default('tv_station,e_government_center')
    .transform((value) => value.split(',').map((unit) => unit.trim()))
    .pipe(z.array(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)).min(1)),
  ENQUIRY_PER_MINUTE: count(60, 1, 1_000_000),
  ENQUIRY_MISSES_PER_HOUR: count(10, 1, 1_000_000),
  CHAT_PER_MINUTE: count(30, 1, 1_000_000),
  CHAT_KEEP_DAYS: count(180, 1, 36_500),
  SESSION_HOURS: count(10, 1, 72),
  SESSION_IDLE_MINUTES: count(60, 5, 1440),
  UNIT_KEY_PER_MINUTE: count(600, 1, 1_000_000),
  SCREENING_KEEP_DAYS: count(365, 100, 36_500),
  METRICS_TOKEN: z.string().min(16).optional(),
  ...PROVIDER_ENV,
})

type Env = z.output<typeof schema>

/** The folder that holds package.json: templates lie there, beside src in development and beside dist when built. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** @throws ConfigError with every problem. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  const env = parsed.data
  const production = env.NODE_ENV === 'production'
  const problems = crossChecks(env, production)
  if (problems.length > 0) throw new ConfigError(problems)
  const [from, to] = env.QUIET_HOURS.split('-') as [string, string]
  return Object.freeze({
    production,
    logLevel: env.LOG_LEVEL,
    roles: env.ROLES,
    dataFolder: resolve(env.DATA_DIR),
    templatesFolder: join(projectFolder(), 'templates'),
    databaseUrl: env.DATABASE_URL,
    poolSize: env.DATABASE_POOL,
    dataKey: env.DATA_KEY,
    host: env.HOST,
    port: env.PORT,
    publicUrl: (env.PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`).replace(/\/+$/, ''),
    trustedProxies: env.TRUSTED_PROXIES,
    court: { name: env.COURT_NAME, phone: env.COURT_PHONE, address: env.COURT_ADDRESS },
    profile: env.CLOCK_PROFILE,
    clockDays: env.CLOCK_DAYS,
    quietHours: { from, to },
    feedbackGraceDays: env.FEEDBACK_GRACE_DAYS,
    dailyCap: env.DAILY_CAP,
    archiveDays: env.ARCHIVE_DAYS,
    screeningReportDays: env.SCREENING_REPORT_DAYS,
    importLimitBytes: env.IMPORT_MAX_MB * 1_048_576,
    evidence: { maxBytes: env.EVIDENCE_MAX_MB * 1_048_576, maxFiles: env.EVIDENCE_MAX_FILES },
    linkDays: env.LINK_DAYS,
    courtCode: env.COURT_CODE,
    pushUnits: env.PUSH_UNITS,
    enquiry: { perMinute: env.ENQUIRY_PER_MINUTE, missesPerHour: env.ENQUIRY_MISSES_PER_HOUR },
    chat: { perMinute: env.CHAT_PER_MINUTE, keepDays: env.CHAT_KEEP_DAYS },
    session: { hours: env.SESSION_HOURS, idleMinutes: env.SESSION_IDLE_MINUTES },
    unitKeyPerMinute: env.UNIT_KEY_PER_MINUTE,
    screeningKeepDays: env.SCREENING_KEEP_DAYS,
    metricsToken: env.METRICS_TOKEN,
    ...providersOf(env),
  })
}

function crossChecks(env: Env, production: boolean): string[] {
  const problems: string[] = []
  if (production && env.DATA_KEY === undefined)
    problems.push('DATA_KEY: required in production (32 random bytes: `zxt keys new` prints one)')
  if (production && env.PUBLIC_URL === undefined) problems.push('PUBLIC_URL: required in production, such as https://court.example')
  if (env.DATABASE_URL === undefined && !NEEDED_ROLES.every((role) => env.ROLES.includes(role)))
    problems.push('ROLES: the embedded SQLite serves one process with all roles; set DATABASE_URL to split them')
  return [...problems, ...providerProblems(env, production)]
}

/** Tells libraries what they take from the environment alone: the home folder under which they keep things. For the whole process. */
export function leaveHome(folder: string): void {
  process.env['HOME'] = folder
}

/** The media that can carry a message here. In production a medium without credentials is closed: a sandbox there would be a false "served". */
export function openMediums(config: Config): ReadonlySet<Medium> {
  const mediums: Medium[] = ['clerk']
  if (config.wechat !== undefined || !config.production) mediums.push('wechat')
  if (config.twilio !== undefined || !config.production) mediums.push('sms')
  if (config.twilio === undefined && !config.production) mediums.push('voice')
  if (config.wechaty !== undefined) mediums.push('wechaty')
  return new Set(mediums)
}
