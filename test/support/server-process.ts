// The server as a process of its own, on the database and the stand-ins of a setup: for tests that stop, kill, cut off and mislead it.
// What runs in it is server-child.ts.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServeTimes } from '../../src/serve.ts'
import { WECHAT_ENV } from './account.ts'
import { TEST_KEY } from './app.ts'
import { TEMPLATES, type DeliverySetup } from './delivery-setup.ts'
import { STAND_IN } from './providers.ts'

/** Times of the server, and by how many milliseconds its clock is ahead of the machine's. */
export interface ServerTimes extends ServeTimes {
  ahead?: number
}

export interface ServerOrder {
  /** Roles of the process, with commas; all unless given. */
  roles?: string
  /** Where the web server is, for the process that serves it and for those that tell providers where to call back. */
  port: number
  /** URL of the database, where it is not that of the setup. */
  database?: string
  /** Settings that differ. */
  env?: Readonly<Record<string, string>>
  times: ServerTimes
}

export interface ServerProcess {
  /** Ends it by SIGTERM. Returns how many milliseconds that took. */
  stop(): Promise<number>
  /** Ends it by SIGKILL. */
  kill(): Promise<void>
  /** Whether it runs. */
  lives(): boolean
}

/** Settings with which an application sends through the stand-ins and is called back by them, without the stand-ins' addresses. */
export const STAND_IN_ENV = {
  QUIET_HOURS: '00:00-00:00',
  TWILIO_ACCOUNT_SID: STAND_IN.twilio.accountSid,
  TWILIO_AUTH_TOKEN: STAND_IN.twilio.authToken,
  TWILIO_FROM: '+15005550006',
  ...WECHAT_ENV,
  WECHAT_TEMPLATES: JSON.stringify(TEMPLATES),
}

/** Starts a server, and resolves when it says that it has started. */
export async function startServer(
  setup: Pick<DeliverySetup, 'folder' | 'url' | 'twilio' | 'wechat'>,
  order: ServerOrder,
): Promise<ServerProcess> {
  const { PATH, HOME, LANG } = process.env
  const database = order.database ?? setup.url
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/server-child.ts', JSON.stringify(order.times)], {
    env: {
      PATH,
      HOME,
      LANG,
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      PORT: String(order.port),
      PUBLIC_URL: `http://127.0.0.1:${order.port}`,
      DATA_DIR: setup.folder,
      ...(database === undefined ? {} : { DATABASE_URL: database }),
      DATA_KEY: `${TEST_KEY.id}:${TEST_KEY.bytes.toString('base64url')}`,
      ...STAND_IN_ENV,
      TWILIO_BASE_URL: setup.twilio.url,
      WECHAT_BASE_URL: setup.wechat.url,
      ...(order.roles === undefined ? {} : { ROLES: order.roles }),
      ...order.env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let lives = true
  const ended = once(child, 'exit').then(() => void (lives = false))
  const started = once(child.stdout, 'data')
  // Nobody reads on; a full pipe would hold the process up.
  child.stdout.resume()
  await Promise.race([started, ended.then(() => Promise.reject(new Error('the server ended at its start')))])
  return {
    async stop() {
      const at = Date.now()
      child.kill('SIGTERM')
      await ended
      return Date.now() - at
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    lives: () => lives,
  }
}
