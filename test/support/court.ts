// A court at work in one process, as `zxt start` runs it: web server, dispatcher, broadcaster, and loopback WeChat and Twilio calling back.
// People use it over HTTP with cookies; every answer is checked against the schema of its route.

import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import { firstAdmin } from '../../src/features/staff/commands.ts'
import { tokenStore } from '../../src/messaging/provider-tokens.ts'
import { openChannels } from '../../src/messaging/channels/open.ts'
import { LIMITS } from '../../src/messaging/channels/fetch.ts'
import type { StaffRole } from '../../src/platform/commands/permissions.ts'
import { callerOf } from '../../src/features/sessions/access.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'
import { PROBLEM_TYPE, problemSchema } from '../../src/platform/http/problems.ts'
import type { Route } from '../../src/platform/http/route.ts'
import { allRoutes } from '../../src/routes.ts'
import { createServer as createWebServer } from '../../src/platform/http/server.ts'
import { createDispatcher, type Dispatcher, type DispatcherOptions } from '../../src/messaging/dispatcher.ts'
import { queueState } from '../../src/messaging/deliveries.store.ts'
import { TEMPLATES } from './delivery-setup.ts'
import { asking, type Answer, type Ask } from './http-server.ts'
import type { MakeApp, TestApp } from './app.ts'
import type { Loopback } from './loopback.ts'
import { STAND_IN } from './providers.ts'
import { startTwilioServer, type TwilioStandIn } from './twilio-server.ts'
import { startWechatServer, type WechatStandIn } from './wechat-server.ts'
import { pause } from './until.ts'
import { createBroadcaster } from '../../src/features/bulletins/tasks.ts'

/** Somebody with a browser, which keeps the cookie and sends the CSRF token. */
export interface Visitor {
  ask: Ask
  /** Opens a session and keeps it. */
  logIn(login: string, password: string): Promise<Answer>
}

/** The running court. */
export interface RunningCourt extends TestApp {
  address: string
  twilio: TwilioStandIn & Loopback
  wechat: WechatStandIn & Loopback
  dispatcher: Dispatcher
  visitor(): Visitor
  /** The first administrator, with a password of their own. */
  admin(): Promise<Visitor>
  /** Staff added by the administrator, with a password of their own. */
  staff(admin: Visitor, login: string, ...roles: StaffRole[]): Promise<Visitor>
  /** Waits until no delivery, doubt, broadcast or callback is left. */
  quiet(): Promise<void>
  close(): Promise<void>
}

export interface CourtOptions {
  env?: Readonly<Record<string, string>>
  dispatcher?: Partial<DispatcherOptions>
  /** Milliseconds after which a call to a provider is given up. */
  timeout?: number
}

/** The password that everybody chooses. */
export const CHOSEN = 'Chosen-by-the-person-7'

/** Starts a court; the caller closes it. */
export async function startCourt(make: MakeApp, options: CourtOptions = {}): Promise<RunningCourt> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  // The stand-ins start first, because their addresses are configuration. They use the clock of the application.
  const clock = { now: (): Date => made.clock.now() }
  const { token, aesKey, ...account } = STAND_IN.wechat
  const wechat = await startWechatServer({ ...account, clock, callback: { url: `${address}/webhooks/wechat`, token, aesKey } })
  const twilio = await startTwilioServer({ ...STAND_IN.twilio, clock })
  const made: TestApp = await make({ env: { ...environment(port, twilio.url, wechat.url), ...options.env } })
  const { app } = made
  await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
  const channels = await openChannels(app.config, {
    clock: app.clock,
    log: app.log,
    tokens: (name) => tokenStore(app, name),
    twilioCallbackUrl: `${app.config.publicUrl}/webhooks/twilio/status`,
    limits: { ...LIMITS, timeout: options.timeout ?? LIMITS.timeout },
    settleAfter: 0,
  })
  const dispatcher = createDispatcher(app, channels, { poll: 50, ...options.dispatcher })
  const broadcaster = createBroadcaster(app, () => dispatcher.poke(), 50)
  const metrics = createMetrics([])
  const routes = allRoutes(app.config, metrics)
  const server = createWebServer(app, routes, { replies: 'exact', metrics, identify: callerOf })
  await server.listen('127.0.0.1', port)
  dispatcher.start()
  broadcaster.start()

  const visitor = (): Visitor => {
    let sessionHeaders: Record<string, string> = {}
    const ask: Ask = async (method, path, given) => {
      const answer = await asking(address, sessionHeaders)(method, path, given)
      expectSchema(routes, method, path, answer)
      return answer
    }
    return {
      ask,
      async logIn(login, password) {
        const answer = await ask('POST', '/api/v1/session', { json: { login, password } })
        const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
        if (answer.status === 201) sessionHeaders = { cookie, 'x-csrf-token': String(answer.body['csrfToken']) }
        return answer
      },
    }
  }
  const enterWithOwnPassword = async (login: string, password: string): Promise<Visitor> => {
    const person = visitor()
    expect((await person.logIn(login, password)).body['mustChange']).to.equal(true)
    const refused = await person.ask('GET', '/api/v1/units')
    expect([refused.status, refused.body['code']]).to.deep.equal([403, 'password_change_required'])
    const change = { current: password, next: CHOSEN }
    expect((await person.ask('POST', '/api/v1/session/password', { json: change })).status).to.equal(204)
    return person
  }

  return {
    ...made,
    address,
    twilio,
    wechat,
    dispatcher,
    visitor,
    async admin() {
      const first = await firstAdmin(app)
      if (first === null) throw new Error('there is an administrator already')
      return enterWithOwnPassword(first.staff.login, first.password)
    },
    async staff(admin, login, ...roles) {
      const { status, body } = await admin.ask('POST', '/api/v1/staff', { json: { login, name: login, roles } })
      expect(status).to.equal(201)
      return enterWithOwnPassword(login, String(body['password']))
    },
    async quiet() {
      for (let calmRounds = 0; calmRounds < 2;) {
        await twilio.settled()
        await wechat.settled()
        await dispatcher.settleDoubts()
        calmRounds = (await hasPendingWork(made)) ? 0 : calmRounds + 1
        await pause(60)
      }
    },
    async close() {
      await server.close(0)
      await dispatcher.stop()
      await broadcaster.stop()
      await twilio.close()
      await wechat.close()
    },
  }
}

function environment(port: number, twilioUrl: string, wechatUrl: string): Record<string, string> {
  const { appId, secret, token, aesKey } = STAND_IN.wechat
  return {
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    WECHAT_APP_ID: appId,
    WECHAT_SECRET: secret,
    WECHAT_TOKEN: token,
    WECHAT_AES_KEY: aesKey,
    WECHAT_BASE_URL: wechatUrl,
    WECHAT_TEMPLATES: JSON.stringify(TEMPLATES),
    TWILIO_ACCOUNT_SID: STAND_IN.twilio.accountSid,
    TWILIO_AUTH_TOKEN: STAND_IN.twilio.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_BASE_URL: twilioUrl,
  }
}

async function hasPendingWork({ app }: TestApp): Promise<boolean> {
  return app.store.read(async (db) => {
    const open = (await queueState(db)).filter(({ state }) => state === 'queued' || state === 'sending' || state === 'unknown')
    return open.length > 0 || (await db.query('select id from broadcast where done_at is null')).length > 0
  })
}

/** Checks what a client may expect from the OpenAPI document: status, type and shape of an answer. */
function expectSchema(routes: readonly Route[], method: string, path: string, answer: Answer): void {
  const where = `${method} ${path.split('?', 1)[0]} answers ${answer.status}`
  const type = answer.headers.get('content-type') ?? ''
  if (type === PROBLEM_TYPE) {
    expect(answer.status, where).to.be.within(400, 599)
    expect(problemSchema.strict().safeParse(answer.body).error, where).to.equal(undefined)
    return
  }
  const route = routes.find((each) => matchesRoute(each, method, path))
  if (route === undefined) throw new Error(`${where} without a route`)
  expect([answer.status, type], where).to.deep.equal([route.reply.status, route.reply.type])
  if (route.reply.schema !== undefined) expect(route.reply.schema.safeParse(answer.body).error, where).to.equal(undefined)
}

function matchesRoute(route: Route, method: string, path: string): boolean {
  const pattern = new RegExp(`^${route.path.replace(/:[a-zA-Z]+/g, '[^/]+')}$`)
  return route.method === method && pattern.test(path.split('?', 1)[0] ?? '')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
