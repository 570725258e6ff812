// An application that sends: real dispatcher and channels against loopback WeChat and Twilio, on a clock that the test sets.
// Notices are enqueued with the sample values of each template, so that a test names only event and recipients.

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
import { PUBLIC, SYSTEM } from '../../src/platform/commands/permissions.ts'
import { claimDue, type Lease, type SendableDelivery } from '../../src/messaging/delivery.ts'
import { createDispatcher, type Dispatcher, type DispatcherOptions } from '../../src/messaging/dispatcher.ts'
import { deliveriesOf, RANKS, type DeliveryRow } from '../../src/messaging/deliveries.store.ts'
import { noticeTable, type NoticeRow } from '../../src/messaging/notices.store.ts'
import type { TestAppOptions, MakeApp, TestApp } from './app.ts'
import type { Loopback } from './loopback.ts'
import { STAND_IN } from './providers.ts'
import { startTwilioServer, type TwilioSetup, type TwilioStandIn } from './twilio-server.ts'
import { startWechatServer, type WechatSetup, type WechatStandIn } from './wechat-server.ts'
import type { Medium } from '../../src/core/mediums.ts'

/** Ids of our templates in the stand-in's account. */
export const TEMPLATES = { case_notice: 'TPL1', list_bulletin: 'TPL2', lift_order: 'TPL3' } as const

/** The application with its channels, stand-ins and dispatcher. */
export interface DeliverySetup extends TestApp {
  twilio: TwilioStandIn & Loopback
  wechat: WechatStandIn & Loopback
  channels: Map<Medium, Channel>
  dispatcher: Dispatcher
  /** Another dispatcher on the same database, as a second process would run it. */
  another(options?: Partial<DispatcherOptions>, channels?: ReadonlyMap<Medium, Channel>): Dispatcher
  notices(): Promise<NoticeRow[]>
  /** All deliveries, in order of notice and step. */
  deliveries(): Promise<DeliveryRow[]>
  /** `medium state` of every delivery. */
  states(): Promise<string[]>
}

export interface SetupOptions extends Omit<TestAppOptions, 'db'> {
  twilio?: Partial<TwilioSetup>
  wechat?: Partial<WechatSetup>
  dispatcher?: Partial<DispatcherOptions>
  /** Milliseconds after which a call to a provider is given up. */
  timeout?: number
  statusCallbackUrl?: string
}

const running: (() => Promise<void>)[] = []

/** Stops the dispatchers and stand-ins of all applications made here; call it in `afterEach`. */
export async function closeSetups(): Promise<void> {
  for (const stop of running.splice(0).reverse()) await stop()
}

/** Makes an application that sends to stand-ins. */
export async function makeSetup(make: MakeApp, options: SetupOptions = {}): Promise<DeliverySetup> {
  const made = await make(options)
  const { app, clock } = made
  const twilio = await startTwilioServer({ ...STAND_IN.twilio, script: [], clock, ...options.twilio })
  const { token: _token, aesKey: _aesKey, ...account } = STAND_IN.wechat
  const wechat = await startWechatServer({ ...account, clock, ...options.wechat })
  running.push(
    () => twilio.close(),
    () => wechat.close(),
  )
  const channels = await openStandIns(app, { twilio: twilio.url, wechat: wechat.url }, options)
  const another: DeliverySetup['another'] = (given = {}, through = channels) => {
    const dispatcher = createDispatcher(app, through, { poll: 20, ...options.dispatcher, ...given })
    running.push(() => dispatcher.stop())
    return dispatcher
  }
  const notices = (): Promise<NoticeRow[]> =>
    app.store.read((db) => db.manager.getRepository(noticeTable.schema).find({ order: { id: 'ASC' } }))
  const deliveries = async (): Promise<DeliveryRow[]> => {
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
    deliveries,
    states: async () => (await deliveries()).map((row) => `${row.medium} ${row.state}`),
  }
}

/** The real channels connected to stand-ins; voice is the sandbox. */
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

/** Claims SMS of every rank, as a dispatcher's lines do; at most `limit` of each. */
export async function claimSms(app: AppContext, lease: Lease, limit = 10): Promise<SendableDelivery[]> {
  const due: SendableDelivery[] = []
  for (const rank of RANKS) due.push(...(await claimDue(app, SYSTEM, { medium: 'sms', provider: 'twilio-sms', rank, limit, lease })).due)
  return due
}

let serial = 0

/** Enqueues the notice of an event for these addresses. The key is new each time unless given. Answers how many were written. */
export async function enqueue(
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

/** An invented mobile number without a special meaning in the sandbox. */
export function phone(n: number): string {
  return `+8613900${String(n).padStart(6, '0')}`
}

/** An invented openid. */
export function openid(n: number): string {
  return `oSynthetic${String(n).padStart(6, '0')}`
}

/** Event and audience of the notice that a debtor is listed. */
export const LISTED = ['listing.listed', 'debtor'] as const
