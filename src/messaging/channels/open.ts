// Opens the channel of each medium: the real one if it is configured, otherwise the sandbox, in production none.
// Also opens the sources from which media that people sent are fetched.

import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Channel } from './channel.ts'
import type { ReceiptTerms } from '../deliveries.rules.ts'
import type { Limits } from './fetch.ts'
import { createSandbox } from './sandbox/sandbox.ts'
import type { FetchedMedia, MediaSource } from './media-source.ts'
import { createTwilioMedia } from './twilio-sms/media.ts'
import { createTwilioSms } from './twilio-sms/channel.ts'
import type { TokenStore } from './wechat-official/account.ts'
import { createWechatMedia } from './wechat-official/media.ts'
import { createWechatOfficial } from './wechat-official/channel.ts'
import type { Medium } from '../../core/mediums.ts'

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
  /** The store of an account's token, by the account's name. */
  tokens: (name: string) => TokenStore
  /** Public URL of the webhook for Twilio's status callbacks; absent: Twilio sends none. */
  twilioCallbackUrl?: string
  /** Whether the official account may write to a person now; the argument is the openid. */
  windowOpen?: (openid: string) => boolean | Promise<boolean>
  limits?: Limits
  /** Milliseconds after which a message that Twilio does not list counts as never received. */
  settleAfter?: number
  /** How long receipts are waited for, other than each channel says. */
  receipts?: ReceiptTerms
}

/** Opens the channels. A medium without a channel is missing from the result; its deliveries wait. */
export async function openChannels(config: ChannelConfig, deps: ChannelDeps): Promise<Map<Medium, Channel>> {
  const { wechat, twilio, production } = config
  const channels: (Channel | null)[] = [
    wechat === undefined ? sandbox('wechat', production) : openWechat(wechat, deps),
    twilio === undefined ? sandbox('sms', production) : await openTwilio(twilio, deps),
    twilio === undefined ? sandbox('voice', production) : null,
  ]
  return new Map(channels.flatMap((channel) => (channel === null ? [] : [[channel.medium, channel] as const])))
}

/** Opens the media sources. The result fetches a file of at most `maxBytes`, named `wechat:<MediaId>` or `twilio:<path>`. */
export function openMedia(
  { wechat, twilio }: Pick<ChannelConfig, 'wechat' | 'twilio'>,
  { clock, log, tokens, limits }: Pick<ChannelDeps, 'clock' | 'log' | 'tokens' | 'limits'>,
  maxBytes: number,
): (source: string) => Promise<FetchedMedia> {
  const own = { clock, log, maxBytes, ...(limits === undefined ? {} : { limits }) }
  const sources = new Map<string, MediaSource>()
  if (wechat !== undefined) sources.set('wechat', createWechatMedia({ ...wechat, ...own, tokens: tokens(`wechat:${wechat.appId}`) }))
  if (twilio !== undefined) sources.set('twilio', createTwilioMedia({ ...twilio, ...own }))
  return (source) => {
    const at = source.indexOf(':')
    return sources.get(source.slice(0, at))?.collect(source.slice(at + 1)) ?? Promise.resolve({ kind: 'gone', code: 'no_source' })
  }
}

/** Production has no sandbox, because it would record notices as served that nobody got. */
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
    ...(deps.receipts === undefined ? {} : { receipts: { deadline: deps.receipts.deadline } }),
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
    ...(deps.receipts === undefined ? {} : { receipts: deps.receipts }),
  })
}
