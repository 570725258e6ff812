// What a setting is: an environment variable declared once, with its check, its default and its documentation.
// The declarations are config-settings.ts and config-providers.ts; docs/configuration.md is generated from them (`npm run docs`).

import { z } from 'zod'

/** The sections of docs/configuration.md, in order, each with a remark above its table. */
export const GROUPS = {
  process: { title: 'Process', remark: '' },
  storage: { title: 'Database and files', remark: '' },
  web: { title: 'Web server', remark: '' },
  court: { title: 'The court', remark: '' },
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

export interface Setting {
  group: Group
  /** Checks the text of the variable and turns it into the value that the program uses. */
  schema: z.ZodType
  /** As an operator would write it. A setting without a default may be left out. */
  default?: string
  /** Whole sentences in English: what the setting changes. */
  doc: string
  /** What a number counts: `days`, `messages a minute`. */
  unit?: string
  /** A valid value, where the check does not show its form. */
  example?: string
  /** ◇ The policy is silent: the value is a rule of the house. */
  houseRule?: true
  /** Must not be shown, logged or kept in a repository. */
  secret?: true
  /** Production does not start without it; says how to get a value. */
  requiredInProduction?: string
}

/** Settings by the name of their variable. */
export type Settings = Readonly<Record<string, Setting>>

/** What is read for a declaration: undefined is possible only without a default. */
type ValueOf<S extends Setting> = S extends { default: string } ? z.output<S['schema']> : z.output<S['schema']> | undefined

export type ValuesOf<S extends Settings> = { readonly [Name in keyof S]: ValueOf<S[Name]> }

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads every declared setting. `values` are complete only when `problems` is empty: one line for each setting that is wrong or missing. */
export function readSettings<S extends Settings>(
  settings: S,
  environment: Environment,
  production: boolean,
): { values: ValuesOf<S>; problems: string[] } {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, { schema, default: fallback, requiredInProduction }] of Object.entries(settings)) {
    const given = environment[name]
    // A variable that is set to nothing counts as not set.
    const text = given === undefined || given === '' ? fallback : given
    if (text === undefined) {
      if (production && requiredInProduction !== undefined) problems.push(`${name}: required in production (${requiredInProduction})`)
      continue
    }
    const parsed = schema.safeParse(text)
    if (parsed.success) values[name] = parsed.data
    else problems.push(...parsed.error.issues.map((issue) => `${[name, ...issue.path].join('.')}: ${issue.message}`))
  }
  return { values: values as ValuesOf<S>, problems }
}

export const someText = z.string().trim().min(1)

export const serviceAddress = z.url().transform(withoutSlash)

export function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '')
}

export function wholeNumber(min: number, max: number): z.ZodCoercedNumber {
  return z.coerce.number().int().min(min).max(max)
}

/** Names separated by commas. */
export function listOf<T extends z.ZodType<unknown, string>>(name: T): z.ZodType<readonly z.output<T>[]> {
  return z
    .string()
    .transform((value) => value.split(',').map((each) => each.trim()))
    .pipe(z.array(name).min(1))
}

export function jsonOf<T extends z.ZodType>(content: T, example: string): z.ZodType<z.output<T>> {
  return z.string().transform((value, context): z.output<T> => {
    try {
      return content.parse(JSON.parse(value))
    } catch {
      context.addIssue({ code: 'custom', message: `must be JSON such as ${example}` })
      return z.NEVER
    }
  })
}
