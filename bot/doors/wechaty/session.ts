// One account's session: started, probed, and started anew after whatever happens to it. `start()` of the library succeeds with a wrong token
// and with a dead gateway, and it notices a crashed one after a minute: what counts is the log-in and an answer to our own call.
// What messages mean is intake.ts, sending channel.ts.

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { holdSession, type WechatyState } from '../../../src/messaging/wechaty-session.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { newToken } from '../../../src/core/ids.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { sleeper } from '../../../src/core/sleeper.ts'
import { openFolder, wechatyFolder, type Account, type BuildAccount, type Message } from './load.ts'
import { within } from './patience.ts'

export interface Timing {
  /** Milliseconds between probes of an account that answers. */
  probe: number
  /** Milliseconds that a probe is waited for. */
  patience: number
  /** Milliseconds for starting and for stopping. */
  start: number
  /** Milliseconds until an account that is neither logged in nor asks for it is started anew. */
  login: number
  /** Milliseconds before the first new start; doubled each time, up to `backoffMost`. */
  backoff: number
  backoffMost: number
}

export const TIMING: Timing = { probe: 15_000, patience: 5_000, start: 20_000, login: 60_000, backoff: 2_000, backoffMost: 300_000 }

export interface Session {
  start(): void
  /** Takes no more messages; sending goes on. */
  deafen(): void
  stop(): Promise<void>
  /** The account while it is logged in and answers; null: not now. */
  account(): Account | null
}

export type TakeMessage = (message: Message) => void

/** The picture of the code to scan. */
const LOGIN = 'login.png'

export function createSession(app: AppContext, build: BuildAccount, take: TakeMessage, timing: Timing): Session {
  const { log } = app
  const holder = newToken(16)
  const login = join(wechatyFolder(app), LOGIN)
  const idle = sleeper()
  const gone = new WeakSet<Account>()
  let up: Account | null = null
  let stopping = false
  const isStopping = (): boolean => stopping
  let deaf = false
  let running: Promise<void> | null = null

  async function run(): Promise<void> {
    let failures = 0
    while (!isStopping()) {
      const held = await hold('starting')
      failures = held && (await live()) ? 0 : failures + 1
      const backoff = Math.min(timing.backoff * 2 ** Math.min(failures, 20), timing.backoffMost)
      if (!isStopping()) await idle.sleep(held ? backoff : timing.probe)
    }
    await hold('stopped')
  }

  /** One life of the account, until it fails or is to end. Answers whether it was ever up. */
  async function live(): Promise<boolean> {
    let wasUp = false
    let account: Account | undefined
    try {
      account = await build()
      const waiting = listen(account)
      await within(timing.start, account.start())
      for (let silent = 0; !isStopping() && silent <= timing.login; silent += timing.probe) {
        const state = await look(account, waiting)
        if (state === 'down' || !(await hold(state))) break
        wasUp ||= state === 'up'
        if (state !== 'starting') silent = 0
        await idle.sleep(timing.probe)
      }
    } catch (error) {
      log.warn('wechaty.failed', { error: nameOf(error) })
    }
    up = null
    if (account !== undefined) await close(account)
    if (!isStopping()) {
      log.warn('wechaty.down', { wasUp })
      await hold('down')
    }
    return wasUp
  }

  async function look(account: Account, waiting: { login: boolean }): Promise<WechatyState> {
    const answers = await probe(account)
    const loggedIn = answers && account.isLoggedIn
    if (loggedIn && up === null) log.info('wechaty.up')
    up = loggedIn ? account : null
    if (!answers) return 'down'
    if (loggedIn) return 'up'
    return waiting.login ? 'login_needed' : 'starting'
  }

  /** Listeners must not reject: one that does ends the process. */
  function listen(account: Account): { login: boolean } {
    const waiting = { login: false }
    account.on('message', (message) => {
      if (!deaf && !gone.has(account)) take(message)
    })
    account.on('scan', (code) => void askToScan(code, waiting))
    account.on('login', () => {
      waiting.login = false
      void rm(login, { force: true }).catch(() => undefined)
      idle.wake()
    })
    account.on('logout', () => {
      log.warn('wechaty.logged_out')
      up = null
      idle.wake()
    })
    // Its words may hold what somebody wrote.
    account.on('error', (error) => log.warn('wechaty.error', { error: error.name }))
    return waiting
  }

  /** Whoever scans the code is logged in as the court: it is a file for the operator, and no line of the log. */
  async function askToScan(code: string, waiting: { login: boolean }): Promise<void> {
    if (code === '') return
    try {
      const { FileBox } = await import('file-box')
      const picture = await FileBox.fromQRCode(code).toBuffer()
      await openFolder(app)
      await writeFile(login, picture, { mode: 0o600 })
      if (!waiting.login) log.warn('wechaty.login_needed', { file: `wechaty/${LOGIN}` })
      waiting.login = true
      idle.wake()
    } catch (error) {
      log.error('wechaty.code_unwritten', {}, error)
    }
  }

  async function probe(account: Account): Promise<boolean> {
    const word = newToken(8)
    let hear = (_data?: string): void => undefined
    const answered = new Promise<boolean>((resolve) => {
      hear = (data) => {
        if (data === word) resolve(true)
      }
    })
    account.on('dong', hear)
    try {
      account.ding(word)
      return await within(timing.patience, answered)
    } catch {
      return false
    } finally {
      account.off('dong', hear)
    }
  }

  /** Says how it is doing. False: another process has the account. Without a database nobody can say; the account goes on. */
  async function hold(state: WechatyState): Promise<boolean> {
    try {
      return await holdSession(app, SYSTEM, { holder, state })
    } catch (error) {
      log.warn('wechaty.state_unsaid', { error: nameOf(error) })
      return up !== null
    }
  }

  async function close(account: Account): Promise<void> {
    // Its listeners stay: a late error of what was stopped must not end the process.
    gone.add(account)
    try {
      await within(timing.start, account.stop())
    } catch {
      log.warn('wechaty.stop_late')
    }
  }

  return {
    start() {
      running ??= run()
    },
    deafen() {
      deaf = true
    },
    async stop() {
      stopping = true
      idle.wake()
      await running
    },
    account: () => up,
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
