// A house that sends: real dispatcher and channels against the loopback WeChat and Twilio, on a clock that the test moves.
// Promises are made with each template's own samples, so that a test says only whom it tells of what.

import type { Channel } from '../../src/messaging/channels/channel.ts'
import { createSandbox } from '../../src/messaging/channels/sandbox/sandbox.ts'
import { createTwilioSms } from '../../src/messaging/channels/twilio-sms/channel.ts'
import { createWechatOfficial } from '../../src/messaging/channels/wechat-official/channel.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { enqueueNotice, type Recipient } from '../../src/messaging/outbox.ts'
import { windowIsOpen } from '../../src/messaging/pending-replies.ts'
import { tokenStore } from '../../src/messaging/provider-tokens.ts'
import type { Addresses } from '../../src/messaging/fallback.rules.ts'
import { NOTICES, type Audience, type NoticeEvent } from '../../src/messaging/notices.rules.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { createDispatcher, type Dispatcher, type DispatcherOptions } from '../../src/messaging/dispatcher.ts'
import { deliveriesOf, type DeliveryRow } from '../../src/messaging/deliveries.store.ts'
import { noticeTable, type NoticeRow } from '../../src/messaging/notices.store.ts'
import type { TestAppOptions, MakeApp, TestApp } from './app.ts'
import type { Loopback } from './loopback.ts'
import { STAND_IN } from './providers.ts'
import { startTwilioServer, type TwilioSetup, type TwilioStandIn } from './twilio-server.ts'
import { startWechatServer, type WechatStandIn } from './wechat-server.ts'
import type { Medium } from '../../src/core/mediums.ts'

/** Template keys of the house as the stand-in's account knows them. */
export const TEMPLATES = { case_notice: 'TPL1', list_bulletin: 'TPL2', lift_order: 'TPL3' } as const

export interface Desk extends TestApp {
  twilio: TwilioStandIn & Loopback
  wechat: WechatStandIn & Loopback
  channels: Map<Medium, Channel>
  dispatcher: Dispatcher
  /** Another dispatcher of the same house, as a second process would run it. */
  another(options?: Partial<DispatcherOptions>, channels?: ReadonlyMap<Medium, Channel>): Dispatcher
  notices(): Promise<NoticeRow[]>
  /** Every rung of every notice, in order of promise and rung. */
  rungs(): Promise<DeliveryRow[]>
  /** `medium state` of every rung. */
  states(): Promise<string[]>
}

export interface DeskOptions extends Omit<TestAppOptions, 'db'> {
  twilio?: Partial<TwilioSetup>
  dispatcher?: Partial<DispatcherOptions>
  /** Milliseconds a provider may take. */
  timeout?: number
  statusCallbackUrl?: string
}

const running: (() => Promise<void>)[] = []

/** Stops dispatchers and stand-ins of all desks: belongs into `afterEach`. */
export async function closeDesks(): Promise<void> {
  for (const stop of running.splice(0).reverse()) await stop()
}

export async function makeDesk(make: MakeApp, options: DeskOptions = {}): Promise<Desk> {
  const made = await make(options)
  const { app, clock } = made
  const twilio = await startTwilioServer({ ...STAND_IN.twilio, script: [], clock, ...options.twilio })
  const { token: _token, aesKey: _aesKey, ...account } = STAND_IN.wechat
  const wechat = await startWechatServer({ ...account, clock })
  running.push(
    () => twilio.close(),
    () => wechat.close(),
  )
  const channels = await openStandIns(app, { twilio: twilio.url, wechat: wechat.url }, options)
  const another: Desk['another'] = (given = {}, through = channels) => {
    const dispatcher = createDispatcher(app, through, { poll: 20, ...options.dispatcher, ...given })
    running.push(() => dispatcher.stop())
    return dispatcher
  }
  const notices = (): Promise<NoticeRow[]> =>
    app.store.read((db) => db.manager.getRepository(noticeTable.schema).find({ order: { id: 'ASC' } }))
  const rungs = async (): Promise<DeliveryRow[]> => {
    const ids = (await notices()).map((notice) => notice.id)
    return app.store.read((db) => deliveriesOf(db, ids))
  }
  return {
    ...made,
    twilio,
    wechat,
    channels,
    dispatcher: another(),
    another,
    notices,
    rungs,
    states: async () => (await rungs()).map((row) => `${row.medium} ${row.state}`),
  }
}

/** The real adapters pointed at stand-ins; voice stays a sandbox. */
export async function openStandIns(
  app: AppContext,
  urls: { twilio: string; wechat: string },
  options: { timeout?: number; statusCallbackUrl?: string; settleAfter?: number } = {},
): Promise<Map<Medium, Channel>> {
  const { clock, log } = app
  const limits = { timeout: options.timeout ?? 5_000, maxBytes: 1_000_000 }
  const { appId, secret } = STAND_IN.wechat
  const wechat = createWechatOfficial({
    appId,
    secret,
    baseUrl: urls.wechat,
    templates: TEMPLATES,
    tokens: tokenStore(app, `wechat:${appId}`),
    clock,
    log,
    limits,
    windowOpen: (openid) => windowIsOpen(app, PUBLIC, openid),
  })
  const sms = await createTwilioSms({
    ...STAND_IN.twilio,
    sender: { from: '+15005550006' },
    baseUrl: urls.twilio,
    clock,
    log,
    limits,
    ...(options.statusCallbackUrl === undefined ? {} : { statusCallbackUrl: options.statusCallbackUrl }),
    ...(options.settleAfter === undefined ? {} : { settleAfter: options.settleAfter }),
  })
  return new Map([wechat, sms, createSandbox('voice')].map((channel) => [channel.medium, channel]))
}

let serial = 0

/** Promises an event to somebody, or to several. The key is new each time unless given. */
export async function tell(
  app: AppContext,
  event: NoticeEvent,
  audience: Audience,
  people: readonly Addresses[],
  given: { key?: string; consent?: boolean } = {},
): Promise<number> {
  const rule = NOTICES.find((each) => each.event === event && each.audience === audience)
  if (rule === undefined) throw new Error(`no notice of ${event} to ${audience}`)
  serial += 1
  const key = given.key ?? `${event}:test-${serial}`
  const { values } = app.catalog.template(rule.template)
  const recipients = people.map((addresses, n): Recipient => ({ id: `person:${n}`, addresses, consent: given.consent ?? true }))
  const now = app.clock.now()
  return app.store.write((tx) => enqueueNotice({ app, tx, now }, audience, { event, key, values, listVersion: 1 }, recipients))
}

/** A synthetic mobile number that no rule of the sandbox speaks of. */
export function phone(n: number): string {
  return `+8613900${String(n).padStart(6, '0')}`
}

export function openid(n: number): string {
  return `oSynthetic${String(n).padStart(6, '0')}`
}

export const LISTED = ['listing.listed', 'debtor'] as const
