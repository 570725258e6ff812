// The channel of the official account with its stand-in, a clock, a token store and the errors logged. Call `stopAll` in `afterEach`.

import type { Channel, OutboundMessage } from '../../src/messaging/channels/channel.ts'
import type { ProviderToken, TokenStore } from '../../src/messaging/channels/wechat-official/account.ts'
import { createWechatOfficial, type WechatOfficialOptions } from '../../src/messaging/channels/wechat-official/channel.ts'
import { manualClock, type ManualClock } from '../../src/core/clock.ts'
import { createLog, type Facts, type Log } from '../../src/core/log.ts'
import type { Loopback } from './loopback.ts'
import { startWechatServer, type WechatSetup, type WechatStandIn } from './wechat-server.ts'

export const ACCOUNT = { appId: 'wxcourt00000000001', secret: 'wechat-secret' }
export const PERSON = 'oCourtUser0000000000000000001'
export const START = new Date('2026-11-22T02:00:00Z')
const LIMITS = { timeout: 2_000, maxBytes: 100_000 }

export interface WechatBench {
  server: WechatStandIn & Loopback
  clock: ManualClock
  errors: { event: string; facts: Facts | undefined }[]
  store: MemoryStore
  channel: Channel
  another(options?: Partial<WechatOfficialOptions>): Channel
}

export interface MemoryStore extends TokenStore {
  row: ProviderToken | null
}

/** A token store in memory with the behaviour of the database: one row, one lease. */
export function memoryStore(): MemoryStore {
  let turn: Promise<unknown> = Promise.resolve()
  const store: MemoryStore = {
    row: null,
    read: () => Promise.resolve(store.row),
    write(token) {
      store.row = token
      return Promise.resolve()
    },
    withLease(work) {
      const mine = turn.then(work)
      turn = mine.catch(() => undefined)
      return mine
    },
  }
  return store
}

const running: (() => Promise<void>)[] = []

/** Has `stopAll` stop something that a test started itself. */
export function alsoStop(stop: () => Promise<void>): void {
  running.push(stop)
}

export async function stopAll(): Promise<void> {
  for (const stop of running.splice(0)) await stop()
}

/** Starts a stand-in, and makes a channel to it. */
export async function wechatBench(setup: Partial<WechatSetup> = {}, options: Partial<WechatOfficialOptions> = {}): Promise<WechatBench> {
  const clock = manualClock(START)
  const server = await startWechatServer({ ...ACCOUNT, templates: ['TPL1'], clock, ...setup })
  running.push(() => server.close())
  const errors: WechatBench['errors'] = []
  const log: Log = { ...createLog('silent'), error: (event, facts) => void errors.push({ event, facts }) }
  const store = memoryStore()
  const base = { ...ACCOUNT, baseUrl: server.url, templates: { lifted: 'TPL1' }, tokens: store, clock, log, limits: LIMITS }
  const another = (more: Partial<WechatOfficialOptions> = {}) => createWechatOfficial({ ...base, ...options, ...more })
  return { server, clock, errors, store, channel: another(), another }
}

let serial = 0
export function wechatMessage(to = PERSON, key: string | null = 'lifted'): OutboundMessage {
  serial += 1
  const fields = { thing1: '解除联合惩戒通知', character_string2: '2026-031', time3: '2026-11-22 10:00', phrase4: '待确认' }
  const template = key === null ? {} : { template: { key, fields } }
  return {
    id: `01JDELIVERY${String(serial).padStart(15, '0')}`,
    to,
    body: { text: '【法院】您的惩戒措施已解除。', ...template, url: 'https://court.test/t/1' },
  }
}
