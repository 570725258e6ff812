// Both stand-ins as a process of its own, for tests that kill the application and for benchmarks:
//   node --import tsx test/support/providers.ts --port 4020 [--latency 5] [--wechat-callback URL] [--silent]
// Prints one JSON line with its address when it listens; GET /__counts counts what was accepted. Ends on SIGTERM or with its parent.

import { parseArgs } from 'node:util'
import { listen, sendJson, type Handle } from './loopback.ts'
import { twilioStandIn } from './twilio-server.ts'
import { wechatStandIn } from './wechat-server.ts'

/** The credentials with which an application must be configured. */
export const STAND_IN = {
  twilio: { accountSid: 'AC00000000000000000000000000000001', authToken: 'twilio-token' },
  wechat: {
    appId: 'wxcourt00000000001',
    secret: 'wechat-secret',
    token: 'courttoken',
    aesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
    templates: ['TPL1', 'TPL2', 'TPL3'],
  },
} as const

export interface Counts {
  /** `taken`: messages accepted; `different`: distinct ones by body (Twilio) or client_msg_id (WeChat); `twice`: the rest's keys. */
  twilio: Tally & { callbacks: number }
  wechat: Tally & { callbacks: number; repeats: number; tokens: number }
}

interface Tally {
  taken: number
  different: number
  twice: string[]
}

function tally(keys: readonly string[]): Tally {
  const seen = new Map<string, number>()
  for (const key of keys) seen.set(key, (seen.get(key) ?? 0) + 1)
  return { taken: keys.length, different: seen.size, twice: [...seen].filter(([, times]) => times > 1).map(([key]) => key) }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, latency: { type: 'string' }, 'wechat-callback': { type: 'string' }, silent: { type: 'boolean' } },
  })
  const latency = values.latency === undefined ? {} : { latency: Number(values.latency) }
  const { token, aesKey, ...wechatAccount } = STAND_IN.wechat
  const callback = values['wechat-callback'] === undefined ? {} : { callback: { url: values['wechat-callback'], token, aesKey } }
  const twilio = twilioStandIn({ ...STAND_IN.twilio, ...latency, ...(values.silent === true ? { script: [] } : {}) })
  const wechat = wechatStandIn({ ...wechatAccount, ...latency, ...callback })

  const counts = (): Counts => ({
    twilio: { ...tally(twilio.sent.map(({ to, body }) => `${to} ${body}`)), callbacks: twilio.callbacks.length },
    wechat: {
      ...tally(wechat.sent.map(({ id, to, text }) => id ?? `${to} ${text}`)),
      callbacks: wechat.callbacks.length,
      repeats: wechat.repeats.length,
      tokens: wechat.tokenRequests.length,
    },
  })
  const handle: Handle = async (incoming, response) => {
    const path = incoming.url ?? '/'
    if (path === '/__counts') {
      sendJson(response, 200, counts())
      return
    }
    if (path === '/__sent') {
      sendJson(response, 200, { twilio: twilio.sent, wechat: wechat.sent })
      return
    }
    return path.startsWith('/cgi-bin/') ? wechat.handle(incoming, response) : twilio.handle(incoming, response)
  }
  const { url, close } = await listen(handle, Number(values.port ?? 0))
  process.stdout.write(`${JSON.stringify({ url })}\n`)
  const stop = (): void => void close().then(() => process.exit(0))
  process.once('SIGTERM', stop).once('SIGINT', stop).once('disconnect', stop)
}

if (process.argv[1]?.endsWith('providers.ts') === true) await main()
