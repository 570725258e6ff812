// The settings of the application itself, each declared once: variable, check, default, meaning.
// Settings of providers are in providers.ts; after a change run `npm run docs`.

import { z } from 'zod'
import { jsonOf, listOf, oneLine, phoneNumber, siteAddress, someText, wholeNumber, type Settings } from './setting.ts'
import { CLOCK_PROFILES } from '../core/profile.ts'

/** What a process can do: answer requests, send messages, run scheduled tasks, drive the court's own WeChat account. */
const PROCESS_ROLES = ['web', 'dispatcher', 'clock', 'wechaty'] as const
/** Roles that some process of every installation must have. */
export const NEEDED_ROLES = ['web', 'dispatcher', 'clock'] as const
export type ProcessRole = (typeof PROCESS_ROLES)[number]

/** Roles of staff, and the two words that stand for every role and for no role. */
const FACTOR_SWITCHES = ['clerk', 'approver', 'group_office', 'admin', 'auditor', 'all', 'none'] as const
/** Roles whose accounts need a second factor in production. */
export const FACTOR_IN_PRODUCTION = ['approver', 'admin'] as const

/** Languages of the log, and of what is said about settings. */
const OPERATOR_LANGUAGES = ['zh', 'en'] as const
export type OperatorLanguage = (typeof OPERATOR_LANGUAGES)[number]

/** Whether every part of a database's address can be read: `#` and `?` in a password end it early, and `%ZZ` is no character. */
function isReadable(text: string): boolean {
  try {
    const { hostname, hash, search, username, password, pathname } = new URL(text)
    for (const part of [username, password, pathname]) decodeURIComponent(part)
    return hostname !== '' && hash === '' && search === ''
  } catch {
    return false
  }
}

/** The declarations by variable name. `houseRule` marks a value that the policy leaves to the court (◇). */
export const APP_SETTINGS = {
  NODE_ENV: {
    group: 'process',
    // A misspelt `production` would start with sandboxes and a generated key.
    schema: z.enum(['development', 'test', 'production']),
    default: 'development',
    doc: 'With `production` there is no sandbox, and the data key and the public address are required.',
  },
  ROLES: {
    group: 'process',
    schema: listOf(z.enum(PROCESS_ROLES)),
    default: NEEDED_ROLES.join(','),
    doc: 'What this process does. With SQLite one process has `web`, `dispatcher` and `clock`. One process may have `wechaty` besides.',
  },
  LOG_LEVEL: {
    group: 'process',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    doc: 'The least important events that are logged. The log is one JSON line an event on standard error and holds no personal data.',
  },
  LOG_LANGUAGE: {
    group: 'process',
    schema: z.enum(OPERATOR_LANGUAGES),
    default: 'zh',
    doc:
      'The language of the `text` of a log line and of what is said about wrong settings: `zh` Chinese, `en` English. ' +
      'Event codes and names of fields are English in both.',
  },
  DATABASE_URL: {
    group: 'storage',
    schema: z
      .string()
      .regex(/^(mysql|mariadb):\/\/[^/]+\/[^/?]+$/, { error: 'database_url', abort: true })
      .refine(isReadable, 'database_url_parts'),
    example: 'mysql://user:password@host:3306/database',
    doc: 'The MySQL or MariaDB database (`mysql://…` or `mariadb://…`). Without it everything is kept in a SQLite file under `DATA_DIR`.',
    secret: true,
  },
  DATABASE_POOL: {
    group: 'storage',
    schema: wholeNumber(2, 200),
    default: '10',
    unit: 'connections',
    doc: 'Database connections that one process holds at most.',
  },
  DATA_DIR: {
    group: 'storage',
    schema: oneLine(1, 1_000),
    default: 'data',
    doc: 'The folder of the SQLite file, the generated data key, and the encrypted files of imports and evidence.',
  },
  DATA_KEY: {
    group: 'storage',
    schema: someText,
    example: 'k1:<32 bytes in base64>',
    doc:
      'The key that personal data is encrypted with. Several keys are separated by commas, the active one first. ' +
      'Outside production a key is generated once under `DATA_DIR`, and only where nothing is encrypted yet. ' +
      'The database keeps the fingerprints of its keys: with other keys nothing starts.',
    secret: true,
    requiredInProduction: '32 random bytes: `zxt keys new` prints one',
  },
  HOST: {
    group: 'web',
    schema: z.string().regex(/^[A-Za-z0-9.:_-]+(%\w+)?$/, 'host'),
    default: '127.0.0.1',
    doc: 'The address on which the web server listens.',
  },
  PORT: { group: 'web', schema: wholeNumber(0, 65_535), default: '3000', doc: 'The port on which the web server listens.' },
  PUBLIC_URL: {
    group: 'web',
    schema: siteAddress,
    doc:
      'The address under which the outside reaches the web server: providers call it back, and signatures are checked against it. ' +
      'Outside production it is made of `HOST` and `PORT`.',
    requiredInProduction: 'such as https://court.example',
  },
  TRUSTED_PROXIES: {
    group: 'web',
    schema: wholeNumber(0, 5),
    default: '0',
    unit: 'proxies',
    doc: 'Proxies in front of the web server whose forwarded client address is believed.',
  },
  METRICS_TOKEN: {
    group: 'web',
    schema: z
      .string()
      .min(16)
      .regex(/^[\x21-\x7e]*$/, 'token'),
    doc:
      'Whoever sends it as `Authorization: Bearer …` may read `/metrics`; at least 16 characters. ' +
      'Without it only this machine may, and in production nobody.',
    secret: true,
  },
  COURT_NAME: {
    group: 'court',
    schema: oneLine(2, 40),
    default: '香格里拉市人民法院',
    doc: 'The name of the court, as messages and documents say it.',
  },
  COURT_PHONE: {
    group: 'court',
    schema: phoneNumber,
    default: '0887-12368',
    doc: 'The phone number that messages tell people to call.',
  },
  COURT_ADDRESS: {
    group: 'court',
    schema: oneLine(2, 100),
    default: '香格里拉市建塘镇',
    doc: 'The address that messages tell people to come to.',
  },
  COURT_HOURS: {
    group: 'court',
    schema: oneLine(0, 100),
    default: '',
    example: '工作日 9:00—12:00、13:30—17:00',
    doc: 'When people can come and call, as the public pages say it. Without it they ask people to call first.',
  },
  CRISIS_PHONE: {
    group: 'court',
    schema: phoneNumber,
    default: '12356',
    doc: 'The number of the psychological help line that the conversation names to somebody in despair, day and night.',
  },
  COURT_CODE: {
    group: 'court',
    schema: oneLine(2, 12),
    default: '云3401',
    doc: 'How the numbers of the assistance notices and judicial suggestions of the court begin.',
  },
  GROUP_OFFICE_PHONE: {
    group: 'court',
    schema: phoneNumber,
    example: '0887-8222444',
    doc: 'The phone number of the office of the leading group, as circulars say it. Without it they say the number of the court.',
  },
  PUSH_UNITS: {
    group: 'court',
    schema: listOf(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'unit_name')),
    default: 'tv_station,e_government_center',
    doc: 'The units that get the list of each quarter.',
  },
  CLOCK_PROFILE: {
    group: 'periods',
    schema: z.enum(CLOCK_PROFILES),
    default: 'seed',
    doc:
      'Whose periods apply. With `seed` a decision is served before it is published, as the policy of Shangri-La says; ' +
      'with `statute` it takes effect when it is made, and the periods are those of the statute.',
  },
  CLOCK_DAYS: {
    group: 'periods',
    schema: jsonOf(z.record(z.string(), z.number()), '{"lift.carry_out":2}'),
    default: '{}',
    example: '{"complaint.resolve": 20}',
    doc: 'Lengths of periods that the policy leaves to the court, as JSON from the name of a clock to a number from 1 to 366.',
    houseRule: true,
  },
  FEEDBACK_GRACE_DAYS: {
    group: 'periods',
    schema: wholeNumber(0, 60),
    default: '10',
    unit: 'days',
    doc: 'How long the round of a quarter stays open after the last day for returns. Then it closes by itself.',
    houseRule: true,
  },
  // 应及时反馈 (实施意见 五1)
  SCREENING_REPORT_DAYS: {
    group: 'periods',
    schema: wholeNumber(1, 35),
    default: '10',
    unit: 'days',
    doc: 'After how long a hit of which a unit reported nothing is put before the group office.',
    houseRule: true,
  },
  // 通报2次（含本数）以上 (实施意见 四(四)1、2) without a span
  CIRCULAR_COUNT: {
    group: 'periods',
    schema: z.enum(['rolling', 'calendar']),
    default: 'rolling',
    doc:
      'How circulars against a unit are counted: `rolling` counts those of the twelve months up to the latest, ' +
      '`calendar` those of its calendar year. From two, the loss of awards and points is put before the office of the leading group.',
    houseRule: true,
  },
  // 明确继续保留的期限 (实施意见 四(二)5) without a longest
  RETENTION_MAX_MONTHS: {
    group: 'periods',
    schema: wholeNumber(1, 120),
    default: '24',
    unit: 'months',
    doc: 'The longest time for which a unit may keep a measure after an entry left the list, counted from its answer.',
    houseRule: true,
  },
  QUIET_HOURS: {
    group: 'messages',
    schema: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'quiet_hours'),
    default: '22:00-08:00',
    doc: 'When messages that are not urgent wait, in Beijing time.',
    houseRule: true,
  },
  DAILY_CAP: {
    group: 'messages',
    schema: wholeNumber(1, 1000),
    default: '5',
    unit: 'messages a day',
    doc: 'How many messages one person gets a day before the rest waits. Statutory messages are sent all the same, and that is recorded.',
    houseRule: true,
  },
  SMS_SEGMENT_FEN: {
    group: 'messages',
    schema: z.coerce.number().min(0).max(1000),
    default: '5',
    unit: 'fen',
    doc: 'What one segment of an SMS costs; the preview of a bulletin counts with it. Decimals are possible.',
    houseRule: true,
  },
  LINK_DAYS: {
    group: 'messages',
    schema: wholeNumber(1, 90),
    default: '15',
    unit: 'days',
    doc: 'How long a link that was sent to one person opens, such as a document for a unit or the files of a quarter.',
    houseRule: true,
  },
  ARCHIVE_DAYS: {
    group: 'retention',
    schema: wholeNumber(30, 36_500),
    default: '1095',
    unit: 'days',
    doc: 'After how long the bodies and addresses of closed notices are blanked.',
  },
  CHAT_KEEP_DAYS: {
    group: 'retention',
    schema: wholeNumber(1, 36_500),
    default: '180',
    unit: 'days',
    doc: 'How long the words of a conversation with the bot are kept.',
    houseRule: true,
  },
  SCREENING_KEEP_DAYS: {
    group: 'retention',
    schema: wholeNumber(100, 36_500),
    default: '365',
    unit: 'days',
    doc: 'How long it is kept whom a unit asked about and what was found. Counts are kept for good.',
    houseRule: true,
  },
  SCREENING_FILE_DAYS: {
    group: 'retention',
    schema: wholeNumber(1, 365),
    default: '30',
    unit: 'days',
    doc: 'How long a file that a unit handed in for screening and its annotated copy are kept. The questions are kept as all others.',
    houseRule: true,
  },
  IMPORT_MAX_MB: { group: 'limits', schema: wholeNumber(1, 2_000), default: '200', unit: 'MB', doc: 'The largest file of a list.' },
  SHEET_SECONDS: {
    group: 'limits',
    schema: wholeNumber(1, 3_600),
    default: '20',
    unit: 'seconds',
    doc: 'How long reading an uploaded table may take, and one second more for each MB of the file. Then it is refused.',
  },
  SHEET_MEMORY_MB: {
    group: 'limits',
    schema: wholeNumber(32, 4_096),
    default: '256',
    unit: 'MB',
    doc: 'How much memory reading an uploaded table may take; up to four are read at once. A table that needs more is refused.',
  },
  EVIDENCE_MAX_MB: {
    group: 'limits',
    schema: wholeNumber(1, 100),
    default: '20',
    unit: 'MB',
    doc: 'The largest file that is taken as evidence of a complaint.',
  },
  EVIDENCE_MAX_FILES: {
    group: 'limits',
    schema: wholeNumber(1, 100),
    default: '10',
    unit: 'files',
    doc: 'How many files one complaint may have.',
  },
  FORM_FILES_MAX_MB: {
    group: 'limits',
    schema: wholeNumber(10, 1_000_000),
    default: '2000',
    unit: 'MB',
    doc: 'How much all photos together may take that wait for the rest of a form of the public pages. They wait two hours at most.',
    houseRule: true,
  },
  ENQUIRY_PER_MINUTE: {
    group: 'limits',
    schema: wholeNumber(1, 1_000_000),
    default: '60',
    unit: 'enquiries a minute',
    doc: 'How often one network address may ask the public enquiry.',
  },
  ENQUIRY_MISSES_PER_HOUR: {
    group: 'limits',
    schema: wholeNumber(1, 1_000_000),
    default: '10',
    unit: 'misses an hour',
    doc: 'How many enquiries of one network address, or of one person in the bot, may find nothing.',
  },
  CHAT_PER_MINUTE: {
    group: 'limits',
    schema: wholeNumber(1, 1_000_000),
    default: '30',
    unit: 'messages a minute',
    doc: 'How often one person or network address may write to the bot.',
  },
  UNIT_KEY_PER_MINUTE: {
    group: 'limits',
    schema: wholeNumber(1, 1_000_000),
    default: '10000',
    unit: 'requests a minute',
    doc: 'How many requests one API key of a unit may make; each item of a batch counts as one, so a batch may have no more items than this.',
    houseRule: true,
  },
  SECOND_FACTOR: {
    group: 'limits',
    schema: listOf(z.enum(FACTOR_SWITCHES)),
    example: 'approver,admin,group_office',
    doc:
      'Which roles of staff must give a code beside the password: names of roles separated by commas, `all`, or `none`. ' +
      'Without it `approver,admin` in production, where these two cannot be left out, and otherwise `none`. Whoever has enrolled is always asked.',
  },
  SESSION_HOURS: { group: 'limits', schema: wholeNumber(1, 72), default: '10', unit: 'hours', doc: 'How long a log-in lasts at most.' },
  SESSION_IDLE_MINUTES: {
    group: 'limits',
    schema: wholeNumber(5, 1440),
    default: '60',
    unit: 'minutes',
    doc: 'How long a log-in lasts when nothing is done with it.',
  },
} as const satisfies Settings
