// The settings of providers, each declared once: the official account, Twilio, and wechaty (a personal WeChat account of the court).
// Which of them must be set together is checked here; process.env is read in config.ts.

import { z } from 'zod'
import type { ConfigProblem } from './problems.ts'
import { jsonOf, serviceAddress, someText, wholeNumber, type Settings, type ValuesOf } from './setting.ts'

/** The declarations by variable name. */
export const PROVIDER_SETTINGS = {
  WECHAT_APP_ID: { group: 'wechat', schema: someText, doc: 'The AppID of the official account.' },
  WECHAT_SECRET: { group: 'wechat', schema: someText, doc: 'The AppSecret of the official account.', secret: true },
  WECHAT_TOKEN: {
    group: 'wechat',
    schema: someText,
    doc: 'The token that signs the calls of WeChat, as entered in the settings of the official account.',
    secret: true,
  },
  WECHAT_AES_KEY: {
    group: 'wechat',
    schema: z.string().regex(/^[A-Za-z0-9+/]{43}$/, 'aes_key_shape'),
    doc: 'The EncodingAESKey of the official account, 43 characters. Required in production; elsewhere left out when the account sends plain messages.',
    secret: true,
  },
  WECHAT_TEMPLATES: {
    group: 'wechat',
    schema: jsonOf(z.record(z.string(), z.string()), '{"lift_order":"template id"}'),
    default: '{}',
    example: '{"case_notice": "template id"}',
    doc: 'Which template of the account stands for which of ours (`case_notice`, `list_bulletin`), as JSON.',
  },
  WECHAT_BASE_URL: {
    group: 'wechat',
    schema: serviceAddress,
    default: 'https://api.weixin.qq.com',
    doc: 'Where the API of WeChat is. Change it for a stand-in only.',
  },
  WECHAT_OPEN_URL: {
    group: 'wechat',
    schema: serviceAddress,
    default: 'https://open.weixin.qq.com',
    doc: 'Where WeChat asks a person who enters the pages of units from inside WeChat. Change it for a stand-in only.',
  },
  TWILIO_ACCOUNT_SID: {
    group: 'twilio',
    schema: z.string().regex(/^AC[0-9a-f]{32}$/, 'twilio_sid'),
    doc: 'The account at Twilio: `AC` and 32 hexadecimal digits.',
  },
  TWILIO_AUTH_TOKEN: { group: 'twilio', schema: someText, doc: 'The auth token of the account.', secret: true },
  TWILIO_FROM: {
    group: 'twilio',
    schema: z.string().regex(/^(\+[1-9]\d{6,14}|\d{3,6}|(?=.*[A-Za-z])[A-Za-z0-9 +&_-]{1,11})$/, 'sender'),
    example: '+15005550006',
    doc: 'The number that SMS come from, with `+` and country; or a short number, or a sender of up to 11 letters and digits. Either this or `TWILIO_MESSAGING_SERVICE_SID` is needed.',
  },
  TWILIO_MESSAGING_SERVICE_SID: {
    group: 'twilio',
    schema: z.string().regex(/^MG[0-9a-f]{32}$/, 'twilio_service'),
    doc: 'The messaging service that chooses the number. Either this or `TWILIO_FROM` is needed.',
  },
  TWILIO_BASE_URL: {
    group: 'twilio',
    schema: serviceAddress,
    default: 'https://api.twilio.com',
    doc: 'Where the API of Twilio is. Change it for a stand-in only.',
  },
  WECHATY_PUPPET: {
    group: 'wechaty',
    schema: z.string().regex(/^(@[\w-]+\/)?wechaty-puppet-[\w-]+$/, 'puppet'),
    example: 'wechaty-puppet-service',
    doc: 'The npm package that drives the account. Set it for every process, and `wechaty` in the `ROLES` of one.',
  },
  WECHATY_TOKEN: { group: 'wechaty', schema: someText, doc: 'The token of the gateway of `wechaty-puppet-service`.', secret: true },
  WECHATY_ENDPOINT: {
    group: 'wechaty',
    schema: z.string().regex(/^[^\s/]+:\d{1,5}$/, 'host_port'),
    example: 'gateway.example:8788',
    doc: 'Host and port of the gateway of `wechaty-puppet-service`.',
  },
  WECHATY_PER_MINUTE: {
    group: 'wechaty',
    schema: wholeNumber(1, 60),
    default: '20',
    unit: 'messages a minute',
    doc: 'How many messages this account sends, answers included. An account that hurries is banned.',
  },
} as const satisfies Settings

type Env = ValuesOf<typeof PROVIDER_SETTINGS> & { readonly ROLES: readonly string[] }

interface WechatConfig {
  appId: string
  secret: string
  token: string
  aesKey: string | undefined
  baseUrl: string
  openUrl: string
  templates: Readonly<Record<string, string>>
}

interface TwilioConfig {
  accountSid: string
  authToken: string
  from: string | undefined
  messagingServiceSid: string | undefined
  baseUrl: string
}

interface WechatyConfig {
  puppet: string
  token: string | undefined
  endpoint: string | undefined
  perMinute: number
}

/** Problems between settings of one provider. */
export function providerProblems(env: Env, production: boolean): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const allOrNone = (names: readonly (keyof Env)[]): boolean =>
    names.every((name) => env[name] !== undefined) || names.every((name) => env[name] === undefined)
  if (!allOrNone(['WECHAT_APP_ID', 'WECHAT_SECRET', 'WECHAT_TOKEN']))
    problems.push({ setting: 'WECHAT_APP_ID, WECHAT_SECRET, WECHAT_TOKEN', code: 'all_or_none' })
  if (!allOrNone(['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN']))
    problems.push({ setting: 'TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN', code: 'all_or_none' })
  if (env.TWILIO_ACCOUNT_SID !== undefined && env.TWILIO_FROM === undefined && env.TWILIO_MESSAGING_SERVICE_SID === undefined)
    problems.push({ setting: 'TWILIO_FROM, TWILIO_MESSAGING_SERVICE_SID', code: 'twilio_from' })
  if (production && env.WECHAT_TOKEN !== undefined && env.WECHAT_AES_KEY === undefined)
    problems.push({ setting: 'WECHAT_AES_KEY', code: 'aes_key' })
  return [...problems, ...wechatyProblems(env, production)]
}

const SERVICE = 'wechaty-puppet-service'
/** What wechaty would load by default; package.json leaves it out (ADR 0045). */
const LEFT_OUT = 'wechaty-puppet-wechat4u'
/** Tokens for a gateway whose certificate has a publicly known private key. */
const INSECURE = /^insecure_/
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\]):\d+$/

function wechatyProblems(env: Env, production: boolean): ConfigProblem[] {
  const { WECHATY_PUPPET: puppet, WECHATY_TOKEN: token, WECHATY_ENDPOINT: endpoint } = env
  if (puppet === undefined) return env.ROLES.includes('wechaty') ? [{ setting: 'ROLES', code: 'roles_wechaty' }] : []
  if (puppet === LEFT_OUT) return [{ setting: 'WECHATY_PUPPET', code: 'puppet_left_out' }]
  // Without an endpoint the library asks a third party for it, which would learn the token.
  if (puppet === SERVICE && (token === undefined || endpoint === undefined))
    return [{ setting: 'WECHATY_TOKEN, WECHATY_ENDPOINT', code: 'gateway' }]
  if (production && INSECURE.test(token ?? '') && !LOOPBACK.test(endpoint ?? ''))
    return [{ setting: 'WECHATY_TOKEN', code: 'insecure_token' }]
  return []
}

/** The settings of each provider, or undefined for one that is not configured. */
export function providersOf(env: Env): {
  wechat: WechatConfig | undefined
  twilio: TwilioConfig | undefined
  wechaty: WechatyConfig | undefined
} {
  return { wechat: wechatOf(env), twilio: twilioOf(env), wechaty: wechatyOf(env) }
}

function wechatOf(env: Env): WechatConfig | undefined {
  if (env.WECHAT_APP_ID === undefined || env.WECHAT_SECRET === undefined || env.WECHAT_TOKEN === undefined) return undefined
  return {
    appId: env.WECHAT_APP_ID,
    secret: env.WECHAT_SECRET,
    token: env.WECHAT_TOKEN,
    aesKey: env.WECHAT_AES_KEY,
    baseUrl: env.WECHAT_BASE_URL,
    openUrl: env.WECHAT_OPEN_URL,
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
    baseUrl: env.TWILIO_BASE_URL,
  }
}

function wechatyOf(env: Env): WechatyConfig | undefined {
  const { WECHATY_PUPPET: puppet, WECHATY_TOKEN: token, WECHATY_ENDPOINT: endpoint, WECHATY_PER_MINUTE: perMinute } = env
  return puppet === undefined ? undefined : { puppet, token, endpoint, perMinute }
}
