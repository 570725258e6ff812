// The part of the environment that providers need: the official account, Twilio, and wechaty for a WeChat account of the house's own.
// The rest, and the one reading of process.env, is config.ts.

import { z } from 'zod'

export interface ProviderConfig {
  wechat: WechatConfig | undefined
  twilio: TwilioConfig | undefined
  wechaty: WechatyConfig | undefined
}

export interface WechatConfig {
  appId: string
  secret: string
  /** The token of the webhook's signature. */
  token: string
  /** 43 characters; undefined: the account sends plain messages. */
  aesKey: string | undefined
  baseUrl: string
  /** Our template keys to the account's template ids. */
  templates: Readonly<Record<string, string>>
}

export interface TwilioConfig {
  accountSid: string
  authToken: string
  from: string | undefined
  messagingServiceSid: string | undefined
  baseUrl: string
}

export interface WechatyConfig {
  /** The npm package of the puppet: `wechaty-puppet-service` for a gateway, `wechaty-puppet-wechat4u` … where it is installed. */
  puppet: string
  token: string | undefined
  /** `host:port` of the gateway. */
  endpoint: string | undefined
  /** Messages a minute that the account sends, answers included: an account that hurries is banned. */
  perMinute: number
}

const optionalText = z.string().trim().min(1).optional()

export const PROVIDER_ENV = {
  WECHAT_APP_ID: optionalText,
  WECHAT_SECRET: optionalText,
  WECHAT_TOKEN: optionalText,
  WECHAT_AES_KEY: z.string().length(43).optional(),
  WECHAT_BASE_URL: z.url().default('https://api.weixin.qq.com'),
  WECHAT_TEMPLATES: z
    .string()
    .default('{}')
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON such as {"lift_order":"template id"}' })
        return z.NEVER
      }
    })
    .pipe(z.record(z.string(), z.string())),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, 'starts with AC and has 34 characters')
    .optional(),
  TWILIO_AUTH_TOKEN: optionalText,
  TWILIO_FROM: optionalText,
  TWILIO_MESSAGING_SERVICE_SID: optionalText,
  TWILIO_BASE_URL: z.url().default('https://api.twilio.com'),
  WECHATY_PUPPET: z
    .string()
    .regex(/^(@[\w-]+\/)?wechaty-puppet-[\w-]+$/, 'is the name of a package such as wechaty-puppet-service')
    .optional(),
  WECHATY_TOKEN: optionalText,
  WECHATY_ENDPOINT: z
    .string()
    .regex(/^[^\s/]+:\d{1,5}$/, 'must look like host:port')
    .optional(),
  WECHATY_PER_MINUTE: z.coerce.number().int().min(1).max(60).default(20),
}

type Env = z.output<z.ZodObject<typeof PROVIDER_ENV>> & { ROLES: readonly string[] }

/** What is wrong between them, one line each. */
export function providerProblems(env: Env, production: boolean): string[] {
  const problems: string[] = []
  const whole = (names: readonly (keyof Env)[]): boolean =>
    names.every((name) => env[name] !== undefined) || names.every((name) => env[name] === undefined)
  if (!whole(['WECHAT_APP_ID', 'WECHAT_SECRET', 'WECHAT_TOKEN']))
    problems.push('WECHAT_APP_ID, WECHAT_SECRET, WECHAT_TOKEN: set all three or none')
  if (!whole(['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'])) problems.push('TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: set both or none')
  if (env.TWILIO_ACCOUNT_SID !== undefined && env.TWILIO_FROM === undefined && env.TWILIO_MESSAGING_SERVICE_SID === undefined)
    problems.push('TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID: one is needed to send')
  return [...problems, ...wechatyProblems(env, production)]
}

const SERVICE = 'wechaty-puppet-service'
/** Tokens for a gateway that shows the certificate everybody has the key of. */
const INSECURE = /^insecure_/
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\]):\d+$/

function wechatyProblems(env: Env, production: boolean): string[] {
  const { WECHATY_PUPPET: puppet, WECHATY_TOKEN: token, WECHATY_ENDPOINT: endpoint } = env
  if (puppet === undefined) return env.ROLES.includes('wechaty') ? ['ROLES: wechaty needs WECHATY_PUPPET'] : []
  // Without an address the library asks a third party for it, and shows it the token.
  if (puppet === SERVICE && (token === undefined || endpoint === undefined))
    return [`WECHATY_TOKEN, WECHATY_ENDPOINT: ${SERVICE} needs both`]
  if (production && INSECURE.test(token ?? '') && !LOOPBACK.test(endpoint ?? ''))
    return ['WECHATY_TOKEN: insecure_… trusts a certificate that anybody can show; only for a gateway on this machine']
  return []
}

export function providersOf(env: Env): ProviderConfig {
  return { wechat: wechatOf(env), twilio: twilioOf(env), wechaty: wechatyOf(env) }
}

function wechatOf(env: Env): WechatConfig | undefined {
  if (env.WECHAT_APP_ID === undefined || env.WECHAT_SECRET === undefined || env.WECHAT_TOKEN === undefined) return undefined
  return {
    appId: env.WECHAT_APP_ID,
    secret: env.WECHAT_SECRET,
    token: env.WECHAT_TOKEN,
    aesKey: env.WECHAT_AES_KEY,
    baseUrl: env.WECHAT_BASE_URL.replace(/\/+$/, ''),
    templates: env.WECHAT_TEMPLATES,
  }
}

function twilioOf(env: Env): TwilioConfig | undefined {
  if (env.TWILIO_ACCOUNT_SID === undefined || env.TWILIO_AUTH_TOKEN === undefined) return undefined
  return {
    accountSid: env.TWILIO_ACCOUNT_SID,
    authToken: env.TWILIO_AUTH_TOKEN,
    from: env.TWILIO_FROM,
    messagingServiceSid: env.TWILIO_MESSAGING_SERVICE_SID,
    baseUrl: env.TWILIO_BASE_URL.replace(/\/+$/, ''),
  }
}

function wechatyOf(env: Env): WechatyConfig | undefined {
  const { WECHATY_PUPPET: puppet, WECHATY_TOKEN: token, WECHATY_ENDPOINT: endpoint, WECHATY_PER_MINUTE: perMinute } = env
  return puppet === undefined ? undefined : { puppet, token, endpoint, perMinute }
}
