// Which channel stands behind each medium in this house: the real one where it is configured, the sandbox otherwise, in production none.
// What each does is its own file.

import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Medium } from '../domain/notices.ts'
import type { Channel } from './channel.ts'
import type { Limits } from './fetch.ts'
import { createSandbox } from './sandbox.ts'
import { createTwilioSms } from './twilio-sms.ts'
import { createWechatOfficial, type TokenStore } from './wechat-official.ts'

/** The parts of the configuration that channels need. */
export interface ChannelConfig {
  production: boolean
  wechat: { appId: string; secret: string; baseUrl: string; templates: Readonly<Record<string, string>> } | undefined
  twilio:
    | { accountSid: string; authToken: string; from: string | undefined; messagingServiceSid: string | undefined; baseUrl: string }
    | undefined
}

export interface ChannelDeps {
  clock: Clock
  log: Log
  /** Where an account's token is kept, by the account's name. */
  tokens: (name: string) => TokenStore
  /** Public address of the webhook for Twilio's status callbacks; absent: Twilio tells nothing. */
  twilioCallbackUrl?: string
  /** Whether a person wrote to the official account within 48 hours. */
  windowOpen?: (openid: string) => boolean | Promise<boolean>
  limits?: Limits
  /** Milliseconds after which a message that Twilio does not list counts as never received. */
  settleAfter?: number
}

/** Opens the channels. A medium that is missing from the answer is carried by nobody here; its deliveries wait. */
export async function openChannels(config: ChannelConfig, deps: ChannelDeps): Promise<Map<Medium, Channel>> {
  const { wechat, twilio, production } = config
  const channels: (Channel | null)[] = [
    wechat === undefined ? sandbox('wechat', production) : openWechat(wechat, deps),
    twilio === undefined ? sandbox('sms', production) : await openTwilio(twilio, deps),
    twilio === undefined ? sandbox('voice', production) : null,
  ]
  return new Map(channels.flatMap((channel) => (channel === null ? [] : [[channel.medium, channel] as const])))
}

/** In production a sandbox would be a false "served". */
function sandbox(medium: Medium, production: boolean): Channel | null {
  return production ? null : createSandbox(medium)
}

function openWechat(account: NonNullable<ChannelConfig['wechat']>, deps: ChannelDeps): Channel {
  const { appId, secret, baseUrl, templates } = account
  const { clock, log, limits, windowOpen } = deps
  return createWechatOfficial({
    appId,
    secret,
    baseUrl,
    templates,
    tokens: deps.tokens(`wechat:${appId}`),
    clock,
    log,
    ...(windowOpen === undefined ? {} : { windowOpen }),
    ...(limits === undefined ? {} : { limits }),
  })
}

function openTwilio(account: NonNullable<ChannelConfig['twilio']>, deps: ChannelDeps): Promise<Channel> {
  const { accountSid, authToken, from, messagingServiceSid, baseUrl } = account
  const { clock, log, limits, settleAfter, twilioCallbackUrl } = deps
  return createTwilioSms({
    accountSid,
    authToken,
    sender: messagingServiceSid === undefined ? { from: from ?? '' } : { messagingServiceSid },
    baseUrl,
    clock,
    log,
    ...(twilioCallbackUrl === undefined ? {} : { statusCallbackUrl: twilioCallbackUrl }),
    ...(limits === undefined ? {} : { limits }),
    ...(settleAfter === undefined ? {} : { settleAfter }),
  })
}
