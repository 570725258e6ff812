// Reads the environment once, checks all of it and freezes the result; the only file that reads process.env. The variables are declared in
// settings.ts and providers.ts and described in docs/configuration.md. A wrong value stops the start with all problems at once.

import { dirname, join, resolve } from 'node:path'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigError, type ConfigProblem } from './problems.ts'
import { PROVIDER_SETTINGS, providerProblems, providersOf } from './providers.ts'
import { BOARD_SETTINGS, boardOf } from './board.ts'
import { givenSettings, isLoopback, isOpenAddress, readSettings, type Environment, type GivenSetting, type ValuesOf } from './setting.ts'
import { APP_SETTINGS, FACTOR_IN_PRODUCTION, NEEDED_ROLES, type OperatorLanguage } from './settings.ts'

/** The declarations of every variable that is read from the environment. */
export const SETTINGS = { ...APP_SETTINGS, ...BOARD_SETTINGS, ...PROVIDER_SETTINGS }

type Env = ValuesOf<typeof SETTINGS>

/** The checked configuration. What each value means is the `doc` of the variable that it is read from. */
export type Config = Readonly<ReturnType<typeof configOf>> & {
  /** Which settings were given, for whoever looks after the installation. No secret is in it. */
  readonly given: readonly GivenSetting[]
}

/** The folder of package.json, which also holds templates/: beside src in development, beside dist when built. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** The version of package.json. */
export function programVersion(): string {
  return (JSON.parse(readFileSync(join(projectFolder(), 'package.json'), 'utf8')) as { version: string }).version
}

/** Reads, checks and freezes the configuration. @throws ConfigError with every problem. */
export function readConfig(environment: Environment = process.env): Config {
  const production = environment['NODE_ENV'] === 'production'
  const { values: env, problems } = readSettings(SETTINGS, environment, production)
  // Settings can be compared with one another only when each of them is valid.
  if (problems.length === 0) problems.push(...crossChecks(env, production))
  if (problems.length > 0) throw new ConfigError(problems)
  return frozen({ ...configOf(env, production), given: givenSettings(SETTINGS, environment) })
}

/** The language of whoever looks after the installation, readable before the settings are right. */
export function operatorLanguage(environment: Environment = process.env): OperatorLanguage {
  return environment['LOG_LANGUAGE'] === 'en' ? 'en' : 'zh'
}

/** Settings with which people's data would pass open, or one client be taken for another. */
function openProblems(env: Env): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  if (env.PUBLIC_URL !== undefined && isOpenAddress(env.PUBLIC_URL)) problems.push({ setting: 'PUBLIC_URL', code: 'public_url_open' })
  for (const name of ['WECHAT_BASE_URL', 'WECHAT_OPEN_URL', 'TWILIO_BASE_URL'] as const)
    if (isOpenAddress(env[name])) problems.push({ setting: name, code: 'service_open' })
  if (env.EMBED_ORIGINS?.some(isOpenAddress) === true) problems.push({ setting: 'EMBED_ORIGINS', code: 'origin_open' })
  if (!isLoopback(env.HOST) && env.TRUSTED_PROXIES === 0) problems.push({ setting: 'TRUSTED_PROXIES', code: 'proxies_unsaid' })
  return problems
}

function crossChecks(env: Env, production: boolean): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  if (env.DATABASE_URL === undefined && !NEEDED_ROLES.every((role) => env.ROLES.includes(role)))
    problems.push({ setting: 'ROLES', code: 'roles_sqlite' })
  const factor: readonly string[] = env.SECOND_FACTOR ?? []
  if (factor.length > 1 && factor.some((word) => word === 'all' || word === 'none'))
    problems.push({ setting: 'SECOND_FACTOR', code: 'factor_alone' })
  const lacking = FACTOR_IN_PRODUCTION.filter((role) => !factor.includes(role) && !factor.includes('all'))
  if (production && env.SECOND_FACTOR !== undefined && lacking.length > 0)
    problems.push({ setting: 'SECOND_FACTOR', code: 'factor_lacking', values: { roles: lacking.join(', ') } })
  return [...problems, ...(production ? openProblems(env) : []), ...providerProblems(env, production)]
}

function configOf(env: Env, production: boolean) {
  const [from, to] = env.QUIET_HOURS.split('-') as [string, string]
  return {
    production,
    logLevel: env.LOG_LEVEL,
    logLanguage: env.LOG_LANGUAGE,
    roles: env.ROLES,
    dataFolder: resolve(env.DATA_DIR),
    templatesFolder: join(projectFolder(), 'templates'),
    /** What `npm run build` made of web/. */
    webFolder: join(projectFolder(), 'dist', 'web'),
    databaseUrl: env.DATABASE_URL,
    poolSize: env.DATABASE_POOL,
    dataKey: env.DATA_KEY,
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? `http://${env.HOST}:${env.PORT}`,
    trustedProxies: env.TRUSTED_PROXIES,
    court: {
      name: env.COURT_NAME,
      phone: env.COURT_PHONE,
      address: env.COURT_ADDRESS,
      hours: env.COURT_HOURS,
      crisisPhone: env.CRISIS_PHONE,
    },
    groupOfficePhone: env.GROUP_OFFICE_PHONE ?? env.COURT_PHONE,
    circularCount: env.CIRCULAR_COUNT,
    retentionMaxMonths: env.RETENTION_MAX_MONTHS,
    profile: env.CLOCK_PROFILE,
    clockDays: env.CLOCK_DAYS,
    quietHours: { from, to },
    feedbackGraceDays: env.FEEDBACK_GRACE_DAYS,
    dailyCap: env.DAILY_CAP,
    smsSegmentFen: env.SMS_SEGMENT_FEN,
    archiveDays: env.ARCHIVE_DAYS,
    screeningReportDays: env.SCREENING_REPORT_DAYS,
    importLimitBytes: env.IMPORT_MAX_MB * 1_048_576,
    sheetReading: { seconds: env.SHEET_SECONDS, megabytes: env.SHEET_MEMORY_MB },
    evidence: { maxBytes: env.EVIDENCE_MAX_MB * 1_048_576, maxFiles: env.EVIDENCE_MAX_FILES },
    formFilesBytes: env.FORM_FILES_MAX_MB * 1_048_576,
    linkDays: env.LINK_DAYS,
    courtCode: env.COURT_CODE,
    pushUnits: env.PUSH_UNITS,
    enquiry: { perMinute: env.ENQUIRY_PER_MINUTE, missesPerHour: env.ENQUIRY_MISSES_PER_HOUR },
    chat: { perMinute: env.CHAT_PER_MINUTE, keepDays: env.CHAT_KEEP_DAYS },
    session: { hours: env.SESSION_HOURS, idleMinutes: env.SESSION_IDLE_MINUTES },
    secondFactor: env.SECOND_FACTOR ?? (production ? FACTOR_IN_PRODUCTION : (['none'] as const)),
    unitKeyPerMinute: env.UNIT_KEY_PER_MINUTE,
    screeningKeepDays: env.SCREENING_KEEP_DAYS,
    screeningFileDays: env.SCREENING_FILE_DAYS,
    metricsToken: env.METRICS_TOKEN,
    ...boardOf(env),
    ...providersOf(env),
  }
}

/** Freezes a value and all its parts. */
function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value) as unknown[]) if (typeof part === 'object' && part !== null) frozen(part)
  return Object.freeze(value)
}

/** Sets HOME of the whole process, for libraries that keep files under it and take it from the environment only. */
export function setHomeFolder(folder: string): void {
  process.env['HOME'] = folder
}
