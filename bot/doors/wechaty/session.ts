// Runs one account's session: starts it, probes it, restarts it after a failure. The library's `start()` succeeds with a wrong token or
// a dead gateway, and notices a crashed gateway after a minute, so a session is up only when it is logged in and answers our own probe.
// Received messages are intake.ts, sending is channel.ts; which process holds the session is src/messaging/wechaty-session.ts.

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keepSession, type WechatyState } from '../../../src/messaging/wechaty-session.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { newToken } from '../../../src/core/ids.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { createSleeper, type Sleeper } from '../../../src/core/sleeper.ts'
import { openFolder, wechatyFolder, type Account, type BuildAccount, type Message } from './load.ts'
import { within } from './patience.ts'

/** Time limits of a session. All values are milliseconds. */
export interface Timing {
  /** Between probes of an account that answers. */
  probe: number
  /** How long to wait for the answer to a probe. */
  patience: number
  /** How long starting and stopping may take. */
  start: number
  /** How long an account may be neither logged in nor asking for a log-in before it is started anew. */
  login: number
  /** Before the first new start; doubled each time, up to `backoffMost`. */
  backoff: number
  backoffMost: number
}

/** The default time limits. */
export const TIMING: Timing = { probe: 15_000, patience: 5_000, start: 20_000, login: 60_000, backoff: 2_000, backoffMost: 300_000 }

/** A session that runs until it is stopped. */
export interface Session {
  start(): void
  /** Stops taking messages; sending goes on. */
  deafen(): void
  stop(): Promise<void>
  /** The account while it is logged in and answers; null otherwise. */
  account(): Account | null
}

/** Takes one received message. Must not throw. */
export type TakeMessage = (message: Message) => void

/** File name of the picture with the code to scan. */
const LOGIN_FILE = 'login.png'

/** What the functions of one session share. */
interface SessionState {
  readonly app: AppContext
  readonly take: TakeMessage
  readonly timing: Timing
  /** Token by which this process holds the session. */
  readonly holder: string
  readonly idle: Sleeper
  /** Accounts that were stopped; their late messages are ignored. */
  readonly stopped: WeakSet<Account>
  up: Account | null
  stopping: boolean
  deaf: boolean
}

/** Whether an account asks for its code to be scanned. */
interface LoginRequest {
  open: boolean
}

/** Creates the session of one account. Nothing runs before `start`. */
export function createSession(app: AppContext, build: BuildAccount, take: TakeMessage, timing: Timing): Session {
  const session: SessionState = {
    ...{ app, take, timing, holder: newToken(16), idle: createSleeper(), stopped: new WeakSet() },
    ...{ up: null, stopping: false, deaf: false },
  }
  let running: Promise<void> | null = null
  return {
    start() {
      running ??= run(session, build)
    },
    deafen() {
      session.deaf = true
    },
    async stop() {
      session.stopping = true
      session.idle.wake()
      await running
    },
    account: () => session.up,
  }
}

/** A function of its own, because the compiler does not see that `stopping` changes while something is awaited. */
function isStopping({ stopping }: SessionState): boolean {
  return stopping
}

/** Starts the account again and again until the session is stopped. */
async function run(session: SessionState, build: BuildAccount): Promise<void> {
  const { timing, idle } = session
  let failures = 0
  while (!isStopping(session)) {
    const isHolder = await hold(session, 'starting')
    failures = isHolder && (await runOnce(session, build)) ? 0 : failures + 1
    const backoff = Math.min(timing.backoff * 2 ** Math.min(failures, 20), timing.backoffMost)
    if (!isStopping(session)) await idle.sleep(isHolder ? backoff : timing.probe)
  }
  await hold(session, 'stopped')
}

/** Runs one account object until it fails or the session is stopped. Returns whether it was ever up. */
async function runOnce(session: SessionState, build: BuildAccount): Promise<boolean> {
  const { timing, idle } = session
  const { log } = session.app
  let wasUp = false
  let account: Account | undefined
  try {
    account = await build()
    const login = listen(session, account)
    await within(timing.start, account.start())
    for (let silentFor = 0; !isStopping(session) && silentFor <= timing.login; silentFor += timing.probe) {
      const state = await check(session, account, login)
      if (state === 'down' || !(await hold(session, state))) break
      wasUp ||= state === 'up'
      if (state !== 'starting') silentFor = 0
      await idle.sleep(timing.probe)
    }
  } catch (error) {
    log.warn('wechaty.failed', { error: nameOf(error) })
  }
  session.up = null
  if (account !== undefined) await close(session, account)
  if (!isStopping(session)) {
    log.warn('wechaty.down', { wasUp })
    await hold(session, 'down')
  }
  return wasUp
}

/** Probes the account, records whether it is up, and returns the session's state. */
async function check(session: SessionState, account: Account, login: LoginRequest): Promise<WechatyState> {
  const answers = await probe(account, session.timing.patience)
  const isUp = answers && account.isLoggedIn
  if (isUp && session.up === null) session.app.log.info('wechaty.up')
  session.up = isUp ? account : null
  if (!answers) return 'down'
  if (isUp) return 'up'
  return login.open ? 'login_needed' : 'starting'
}

/** Whether the account answers our own call within so many milliseconds. */
async function probe(account: Account, patience: number): Promise<boolean> {
  const word = newToken(8)
  let onAnswer = (_data?: string): void => undefined
  const answered = new Promise<boolean>((resolve) => {
    onAnswer = (data) => {
      if (data === word) resolve(true)
    }
  })
  account.on('dong', onAnswer)
  try {
    account.ding(word)
    return await within(patience, answered)
  } catch {
    return false
  } finally {
    account.off('dong', onAnswer)
  }
}

/** Adds the listeners of an account. They must not reject, because an unhandled rejection ends the process. */
function listen(session: SessionState, account: Account): LoginRequest {
  const { app, idle } = session
  const login: LoginRequest = { open: false }
  account.on('message', (message) => {
    if (!session.deaf && !session.stopped.has(account)) session.take(message)
  })
  account.on('scan', (code) => void requestLogin(session, code, login))
  account.on('login', () => {
    login.open = false
    void rm(loginFile(app), { force: true }).catch(() => undefined)
    idle.wake()
  })
  account.on('logout', () => {
    app.log.warn('wechaty.logged_out')
    session.up = null
    idle.wake()
  })
  // Only the name of an error is logged: its message may contain what somebody wrote.
  account.on('error', (error) => app.log.warn('wechaty.error', { error: error.name }))
  return login
}

/** Whoever scans the code is logged in as the court, so the code is written to a file for the operator and never to the log. */
async function requestLogin({ app, idle }: SessionState, code: string, login: LoginRequest): Promise<void> {
  if (code === '') return
  try {
    const { FileBox } = await import('file-box')
    const picture = await FileBox.fromQRCode(code).toBuffer()
    await openFolder(app)
    await writeFile(loginFile(app), picture, { mode: 0o600 })
    if (!login.open) app.log.warn('wechaty.login_needed', { file: `wechaty/${LOGIN_FILE}` })
    login.open = true
    idle.wake()
  } catch (error) {
    app.log.error('wechaty.code_unwritten', {}, error)
  }
}

function loginFile(app: AppContext): string {
  return join(wechatyFolder(app), LOGIN_FILE)
}

/** Records the session's state and holds it. False: another process holds it. Without a database an account that is up goes on. */
async function hold(session: SessionState, state: WechatyState): Promise<boolean> {
  const { app, holder } = session
  try {
    return await keepSession(app, SYSTEM, { holder, state })
  } catch (error) {
    app.log.warn('wechaty.state_unsaid', { error: nameOf(error) })
    return session.up !== null
  }
}

async function close({ app, timing, stopped }: SessionState, account: Account): Promise<void> {
  // The listeners stay, because a late error of a stopped account must not end the process.
  stopped.add(account)
  try {
    await within(timing.start, account.stop())
  } catch {
    app.log.warn('wechaty.stop_late')
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
