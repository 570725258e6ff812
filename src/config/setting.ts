// The shape of a setting: an environment variable declared once, with its check, default and documentation; and reading declared settings.
// The declarations are in settings.ts and providers.ts; docs/configuration.md is generated from them (`npm run docs`).

import { z } from 'zod'
import { problemOf, type ConfigProblem } from './problems.ts'

/** The sections of docs/configuration.md in order; `remark` stands above the table. */
export const GROUPS = {
  process: { title: 'Process', remark: '' },
  storage: { title: 'Database and files', remark: '' },
  web: { title: 'Web server', remark: '' },
  court: { title: 'The court', remark: '' },
  board: { title: 'Board and embedding', remark: 'What the court shows on a screen of its own, and on the sites of others.' },
  periods: {
    title: 'Periods',
    remark: 'The periods themselves, and which of them a court may change, are listed in [clocks.md](clocks.md).',
  },
  messages: { title: 'Messages', remark: '' },
  retention: { title: 'Retention', remark: '' },
  limits: { title: 'Limits', remark: '' },
  wechat: {
    title: 'WeChat official account',
    remark:
      'Without an account, messages stay in the sandbox; in production the medium is closed. WeChat calls `GET` and `POST {PUBLIC_URL}/webhooks/wechat`.',
  },
  twilio: {
    title: 'SMS through Twilio',
    remark:
      'Without an account, messages stay in the sandbox; in production the medium is closed. ' +
      'Twilio calls `POST {PUBLIC_URL}/webhooks/twilio/status` and `POST {PUBLIC_URL}/webhooks/twilio/message`.',
  },
  wechaty: {
    title: 'A WeChat account of the court’s own (wechaty)',
    remark: 'WeChat may ban an account that a program drives. Leave these unset unless the court accepts that.',
  },
} as const

export type Group = keyof typeof GROUPS

/** One environment variable. */
export interface Setting {
  group: Group
  /** Checks the text of the variable and turns it into the value that the program uses. */
  schema: z.ZodType
  /** The default, as an operator would write it. A setting without a default is optional. */
  default?: string
  /** Whole sentences in English: what the setting changes. */
  doc: string
  /** What a number counts: `days`, `messages a minute`. */
  unit?: string
  /** A valid value, where the check does not show its form. */
  example?: string
  /** ◇ The policy leaves the value open: it is a house rule. */
  houseRule?: true
  /** Must not be shown, logged or kept in a repository. */
  secret?: true
  /** Production does not start without it. The text says how to get a value. */
  requiredInProduction?: string
}

/** Settings by the name of their variable. */
export type Settings = Readonly<Record<string, Setting>>

/** The type of a setting's value; it includes undefined only when there is no default. */
type ValueOf<S extends Setting> = S extends { default: string } ? z.output<S['schema']> : z.output<S['schema']> | undefined

/** The values of a group of declarations, by variable name. */
export type ValuesOf<S extends Settings> = { readonly [Name in keyof S]: ValueOf<S[Name]> }

/** Variables as the process is given them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What is known of a setting without reading a secret. */
export interface GivenSetting {
  name: string
  group: Group
  /** `default`: not set, so its default holds. `unset`: not set, and it has none. */
  state: 'set' | 'default' | 'unset'
  /** The text in force; null for secrets and where nothing is in force. */
  value: string | null
  secret: boolean
}

/** Which settings were given, and their values; secrets only by whether they were. */
export function givenSettings(settings: Settings, environment: Environment): GivenSetting[] {
  return Object.entries(settings).map(([name, { group, default: fallback, secret = false }]) => {
    const variable = environment[name]
    const isSet = variable !== undefined && variable !== ''
    const state = isSet ? 'set' : fallback === undefined ? 'unset' : 'default'
    return { name, group, state, value: secret ? null : ((isSet ? variable : fallback) ?? null), secret }
  })
}

/** Reads every declared setting. `problems` has one for each wrong or missing setting; `values` is complete only when it is empty. */
export function readSettings<S extends Settings>(
  settings: S,
  environment: Environment,
  production: boolean,
): { values: ValuesOf<S>; problems: ConfigProblem[] } {
  const values: Record<string, unknown> = {}
  const problems: ConfigProblem[] = []
  for (const [name, { schema, default: fallback, requiredInProduction }] of Object.entries(settings)) {
    const variable = environment[name]
    // An empty variable counts as not set.
    const text = variable === undefined || variable === '' ? fallback : variable
    if (text === undefined) {
      if (production && requiredInProduction !== undefined) problems.push({ setting: name, code: 'required' })
      continue
    }
    // What a number is coerced from may be blank or `0x10`, which nobody means.
    const isNumber = !(schema instanceof z.ZodNumber) || /^\s*\d+(\.\d+)?\s*$/.test(text)
    const parsed = schema.safeParse(isNumber ? text : Number.NaN)
    if (parsed.success) values[name] = parsed.data
    else problems.push(...parsed.error.issues.map((issue) => problemOf(name, issue)))
  }
  return { values: values as ValuesOf<S>, problems }
}

/** A text of one line with this many characters. */
export function oneLine(min: number, max: number): z.ZodString {
  return z
    .string()
    .trim()
    .regex(/^\P{Cc}*$/u, 'control')
    .min(min)
    .max(max)
}

/** A text that is not empty. */
export const someText = oneLine(1, 10_000)

/** A phone number as people write it, of at least three digits. */
export const phoneNumber = oneLine(3, 30).regex(/(\d\D*){3}/, 'phone')

/** Whether an address names a server and at most a path on it: a name, a query or a fragment would be lost, or stand in what is built of it. */
function isPlain(text: string): boolean {
  const { username, password, search, hash } = new URL(text)
  return `${username}${password}${search}${hash}` === '' && !/[?#]/.test(text)
}

const webAddress = z.url({ protocol: /^https?$/, abort: true }).refine(isPlain, { error: 'address_parts', abort: true })

/** The address of a provider, without a slash at its end. */
export const serviceAddress = webAddress.transform(withoutSlash)

/** The address of a whole site: nothing behind host and port. */
export const siteAddress = webAddress.refine((text) => withoutSlash(new URL(text).pathname) === '', 'address_path').transform(withoutSlash)

/** The hosts that are this machine. */
const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', '[::1]', 'localhost']

/** Whether only this machine answers under the host. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host)
}

/** Whether what is sent to the address can be read on the way. */
export function isOpenAddress(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && !isLoopback(hostname)
}

/** An address without slashes at its end. */
function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '')
}

/** A whole number within these bounds, both inclusive. */
export function wholeNumber(min: number, max: number): z.ZodCoercedNumber {
  return z.coerce.number().int().min(min).max(max)
}

/** A list of at least one name, separated by commas. */
export function listOf<T extends z.ZodType<unknown, string>>(name: T): z.ZodType<readonly z.output<T>[]> {
  return z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(name).min(1))
}

/** JSON of this content; the problem shows `example`. */
export function jsonOf<T extends z.ZodType>(content: T, example: string): z.ZodType<z.output<T>> {
  return z.string().transform((value, context): z.output<T> => {
    try {
      return content.parse(JSON.parse(value))
    } catch {
      context.addIssue({ code: 'custom', message: 'json', params: { example } })
      return z.NEVER
    }
  })
}
