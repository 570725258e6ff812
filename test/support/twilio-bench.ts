// The SMS channel with its Twilio stand-in, a clock and a record of logged errors. Call `stopAll` in `afterEach`.

import type { Channel, OutboundMessage } from '../../src/messaging/channels/channel.ts'
import { createTwilioSms, type TwilioSmsOptions } from '../../src/messaging/channels/twilio-sms/channel.ts'
import { manualClock, type ManualClock } from '../../src/core/clock.ts'
import { createLog, type Facts, type Log } from '../../src/core/log.ts'
import type { Loopback } from './loopback.ts'
import { startTwilioServer, type TwilioSetup, type TwilioStandIn } from './twilio-server.ts'

export const ACCOUNT = { accountSid: 'AC00000000000000000000000000000001', authToken: 'twilio-token' }
export const PHONE = '+8613900001111'
export const START = new Date('2026-11-22T02:00:00Z')
const LIMITS = { timeout: 2_000, maxBytes: 1_000_000 }

export interface TwilioBench {
  server: TwilioStandIn & Loopback
  clock: ManualClock
  errors: { event: string; facts: Facts | undefined }[]
  log: Log
  channel: Channel
  another(options: Partial<TwilioSmsOptions>): Promise<Channel>
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
export async function twilioBench(setup: Partial<TwilioSetup> = {}, options: Partial<TwilioSmsOptions> = {}): Promise<TwilioBench> {
  const clock = manualClock(START)
  const server = await startTwilioServer({ ...ACCOUNT, clock, ...setup })
  running.push(() => server.close())
  const errors: TwilioBench['errors'] = []
  const log: Log = { ...createLog('silent'), error: (event, facts) => void errors.push({ event, facts }) }
  const base = { ...ACCOUNT, sender: { from: '+15005550006' }, baseUrl: server.url, clock, log, limits: LIMITS, ...options }
  const another = (more: Partial<TwilioSmsOptions>) => createTwilioSms({ ...base, ...more })
  return { server, clock, errors, log, channel: await another({}), another }
}

let serial = 0
export function smsMessage(to = PHONE): OutboundMessage {
  serial += 1
  return { id: `delivery-${serial}`, to, body: { text: `【法院】您已被列入名单。编号 ${serial}` } }
}
