// Technical routes of the process: readiness, health, metrics, the OpenAPI document; and what none of them may reveal.

import { expect } from 'chai'
import { callerOf } from '../../../src/features/sessions/access.ts'
import { newId } from '../../../src/core/ids.ts'
import { insertAttempts } from '../../../src/messaging/deliveries.store.ts'
import { tokenStore } from '../../../src/messaging/provider-tokens.ts'
import { createMetrics } from '../../../src/platform/http/metrics.ts'
import { allRoutes } from '../../../src/routes.ts'
import { createServer } from '../../../src/platform/http/server.ts'
import { asking, openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, makeApp, type TestApp } from '../../support/app.ts'
import { STAND_IN } from '../../support/providers.ts'

const PRODUCTION = { NODE_ENV: 'production', DATA_KEY: `k1:${Buffer.alloc(32, 1).toString('base64')}`, PUBLIC_URL: 'https://court.example' }
const TWILIO = { TWILIO_ACCOUNT_SID: STAND_IN.twilio.accountSid, TWILIO_AUTH_TOKEN: 'x', TWILIO_FROM: '+15005550006' }
const WECHAT = { WECHAT_APP_ID: 'wx1', WECHAT_SECRET: 's', WECHAT_TOKEN: 't' }

interface Check {
  code: string
  ok: boolean
  detail: string
}

eachDatabase((db, make) => {
  describe('readiness', () => {
    const servers: TestServer[] = []
    const opened = async (made: TestApp): Promise<TestServer> => {
      const server = await openServer(made)
      servers.push(server)
      return server
    }
    afterEach(async () => {
      for (const server of servers.splice(0)) await server.close()
    })

    it('fails without tables and without a database, with advice for the operator, while the process is alive', async () => {
      const made = await make({ tables: 'empty' })
      const server = await opened(made)
      const early = await server.ask('GET', '/readyz')
      expect([early.status, early.body['status']]).to.deep.equal([503, 'not_ready'])
      expect((early.body['checks'] as Check[])[1]).to.deep.include({ code: 'migrations_wrong', ok: false })
      await made.app.store.migrate()
      expect((await server.ask('GET', '/readyz')).status).to.equal(200)
      await made.close()
      const gone = await server.ask('GET', '/readyz')
      expect(gone.status).to.equal(503)
      expect((gone.body['checks'] as Check[])[0]).to.deep.include({ code: 'database_wrong', ok: false })
      expect((gone.body['checks'] as Check[])[0]?.detail).to.match(/数据库/)
      expect((await server.ask('GET', '/healthz')).body).to.deep.equal({ status: 'ok' })
      // A route that needs the database says so, and nothing else.
      const enquiry = await server.ask('POST', '/api/v1/public/enquiries', { json: { identifier: '533421198410140222' } })
      expect([enquiry.status, enquiry.body['code']]).to.deep.equal([503, 'database_unavailable'])
    })

    it('names a clock that differs from the clock of the database, and stays ready', async () => {
      const check = async (skew: number): Promise<Check | undefined> => {
        const made = await make({ now: new Date(Date.now() + skew) })
        const { status, body } = await (await opened(made)).ask('GET', '/readyz')
        expect(status).to.equal(200)
        return (body['checks'] as Check[]).find(({ code }) => code.startsWith('time_'))
      }
      const [ahead, behind] = [await check(600_000), await check(-600_000)]
      for (const found of [ahead, behind])
        if (db === 'sqlite') expect(found).to.equal(undefined)
        else
          expect(found)
            .to.deep.include({ code: 'time_wrong', ok: false })
            .and.to.have.property('detail')
            .that.match(/相差\d{3}秒/)
    })

    it('tells in production this machine and the scraper what is wrong, and strangers only whether it is ready', async () => {
      const token = 'the-token-of-the-metrics-0001'
      const server = await opened(await make({ env: { ...PRODUCTION, TRUSTED_PROXIES: '1', METRICS_TOKEN: token } }))
      const counts = async (headers: Record<string, string>): Promise<number> => {
        const { status, body } = await server.ask('GET', '/readyz', { headers })
        expect([status, body['status']]).to.deep.equal([200, 'degraded'])
        return (body['checks'] as Check[]).length
      }
      expect(await counts({ 'x-forwarded-for': '203.0.113.9' })).to.equal(0)
      expect(await counts({ 'x-forwarded-for': '203.0.113.9', authorization: 'Bearer wrong' })).to.equal(0)
      for (const told of [{}, { 'x-forwarded-for': '::1' }, { 'x-forwarded-for': '203.0.113.9', authorization: `Bearer ${token}` }])
        expect(await counts(told)).to.be.above(3)
    })

    it('names missing channels: the sandbox outside production, a failed check in production', async () => {
      const codes = async (env: Record<string, string>): Promise<unknown[]> => {
        // In June the calendar of the next year is not yet expected.
        const made = await make({ env, now: new Date('2026-06-01T02:00:00Z') })
        const { status, body } = await (await opened(made)).ask('GET', '/readyz')
        const channels = (body['checks'] as Check[]).filter((check) => /^(wechat|sms)_/.test(check.code))
        return [status, body['status'], ...channels.map((check) => `${check.code} ${check.ok}`)]
      }
      // The clock of this test is not the clock of a database server, which is a remark of its own.
      expect(await codes({})).to.deep.equal([200, db === 'sqlite' ? 'ready' : 'degraded', 'wechat_sandbox true', 'sms_sandbox true'])
      expect(await codes({ ...TWILIO, ...WECHAT })).to.deep.equal([200, 'degraded', 'wechat_unproven false', 'sms_unproven false'])
      expect(await codes({ ...PRODUCTION, ...TWILIO })).to.deep.equal([200, 'degraded', 'wechat_wrong false', 'sms_unproven false'])
    })
  })

  describe('readiness', () => {
    it('calls a channel well only when its provider has answered: a token of WeChat, an accepted or refused message', async () => {
      const made = await make({ env: { ...TWILIO, ...WECHAT }, now: new Date('2026-06-01T02:00:00Z') })
      const { app } = made
      const server = await openServer(made)
      try {
        const channels = async (): Promise<string[]> => {
          const { body } = await server.ask('GET', '/readyz')
          return (body['checks'] as Check[]).map(({ code }) => code).filter((code) => /^(wechat|sms)_/.test(code))
        }
        const admin = await server.person('admin')
        expect(
          (await admin.ask('POST', '/api/v1/system/test-message', { json: { medium: 'sms', address: '13800000001' } })).status,
        ).to.equal(200)
        const [delivery] = await app.store.read((db) => db.query<{ id: string }>('select id from delivery'))
        const attempt = (n: number, outcome: string): Promise<void> =>
          app.store.write((tx) => {
            const at = app.clock.now()
            const row = {
              id: newId(),
              deliveryId: delivery?.id ?? '',
              n,
              provider: 'twilio-sms',
              startedAt: at,
              endedAt: at,
              outcome,
              code: null,
              reason: null,
            }
            return insertAttempts(tx, [row])
          })
        await attempt(1, 'later')
        expect(await channels()).to.deep.equal(['wechat_unproven', 'sms_unproven'])
        await attempt(2, 'accepted')
        const tokens = tokenStore(app, 'wechat:wx1')
        await tokens.withLease(() => tokens.write({ token: 'granted', expiresAt: app.clock.now(), forcedAt: null }))
        expect(await channels()).to.deep.equal(['wechat_ok', 'sms_ok'])
      } finally {
        await server.close()
      }
    })

    it('names the years without a calendar from November on', async () => {
      const made = await make({ now: new Date('2026-11-01T02:00:00Z') })
      const server = await openServer(made)
      const { body } = await server.ask('GET', '/readyz')
      expect(body['status']).to.equal('degraded')
      const check = (body['checks'] as Check[]).find(({ code }) => code === 'calendar_wrong')
      expect(check?.detail).to.include('2027年的放假安排')
      await server.close()
    })
  })

  describe('the metrics', () => {
    it('need the token however their path is written', async () => {
      const token = 'the-token-of-the-metrics-0001'
      const env = { ...PRODUCTION, TRUSTED_PROXIES: '1', METRICS_TOKEN: token }
      const server = await openServer(await make({ env }))
      const [stranger, wrong] = [{}, { authorization: 'Bearer the-token-of-the-metrics-0002' }]
      for (const path of [
        '/metrics',
        '/metrics/',
        '//metrics',
        '/metrics//',
        '/METRICS',
        '/%6detrics',
        '/metrics%2f',
        '/./metrics',
        '/metrics/?a=b',
      ])
        for (const headers of [stranger, wrong]) {
          const answer = await server.ask('GET', path, { headers })
          expect([path, answer.status]).to.deep.equal([path, 404])
          expect(answer.text).not.to.include('zxt_')
        }
      expect((await server.ask('GET', '/metrics/', { headers: { authorization: `Bearer ${token}` } })).status).to.equal(200)
      await server.close()
    })

    it('count requests by route and status, and never name an unknown path', async () => {
      const made = await make()
      const server = await openServer(made)
      await server.ask('GET', '/healthz')
      await server.ask('GET', '/nowhere')
      const { text, headers } = await server.ask('GET', '/metrics')
      expect(headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/)
      expect(text).to.include('zxt_http_seconds_count{route="system.healthz",status="200"} 1')
      expect(text).to.include('zxt_http_seconds_count{route="none",status="404"} 1')
      expect(text).to.include('zxt_process_cpu_seconds_total')
      expect(text).not.to.include('nowhere')
      await server.close()
    })
  })
})

describe('the icon', () => {
  it('is there for pages and under the name that browsers ask for by themselves', async () => {
    const made = await makeApp()
    const server = await openServer(made)
    try {
      for (const path of ['/icon.svg', '/favicon.ico']) {
        const { status, headers, text } = await server.ask('GET', path)
        expect([status, headers.get('content-type')], path).to.deep.equal([200, 'image/svg+xml'])
        expect(text).to.include('<svg')
      }
    } finally {
      await server.close()
      await made.close()
    }
  })
})

describe('the metrics', () => {
  it('of other sources are read at each scrape, and leave out a source that fails', async () => {
    let sent = 1
    const labels = ['medium']
    const metrics = createMetrics([
      { name: 'zxt_sent_total', help: 'x', kind: 'counter', labels, samples: () => [{ labels: { medium: 'sms' }, value: sent }] },
      { name: 'zxt_broken', help: 'x', kind: 'gauge', labels: [], samples: () => Promise.reject(new Error('no')) },
      {
        name: 'zxt_throwing',
        help: 'x',
        kind: 'gauge',
        labels: [],
        samples: () => {
          throw new Error('no')
        },
      },
    ])
    expect(await metrics.render()).to.include('zxt_sent_total{medium="sms"} 1\n')
    sent = 5
    expect(await metrics.render()).to.include('zxt_sent_total{medium="sms"} 5\n')
  })

  it('are shown to callers with the token; without a token only to this machine, and never in production', async () => {
    const statusOf = async (env: Record<string, string>, headers: Record<string, string> = {}): Promise<number> => {
      const made = await makeApp({ env })
      const server = await openServer(made)
      const { status } = await server.ask('GET', '/metrics', { headers })
      await server.close()
      await made.close()
      return status
    }
    const METRICS_TOKEN = 'a-token-of-some-length'
    expect(await statusOf({})).to.equal(200)
    expect(await statusOf(PRODUCTION)).to.equal(404)
    expect(await statusOf({ TRUSTED_PROXIES: '1' }, { 'x-forwarded-for': '10.0.0.9' }), 'through a proxy on this machine').to.equal(404)
    expect(await statusOf({ METRICS_TOKEN })).to.equal(404)
    expect(await statusOf({ METRICS_TOKEN }, { authorization: 'Bearer wrong' })).to.equal(404)
    expect(await statusOf({ METRICS_TOKEN }, { authorization: METRICS_TOKEN })).to.equal(404)
    expect(await statusOf({ ...PRODUCTION, METRICS_TOKEN }, { authorization: `Bearer ${METRICS_TOKEN}` })).to.equal(200)
  })
})

describe('the OpenAPI document', () => {
  let made: TestApp
  let server: TestServer
  let document: Document

  interface Operation {
    operationId: string
    tags: string[]
    summary: string
    description: string
    security: Record<string, unknown>[]
    parameters?: { name: string; in: string; required: boolean }[]
    requestBody?: { content: Record<string, unknown> }
    responses: Record<string, unknown>
  }
  interface Document {
    openapi: string
    tags: { name: string }[]
    paths: Record<string, Record<string, Operation>>
    components: Record<string, Record<string, unknown>>
  }

  before(async () => {
    made = await makeApp()
    server = await openServer(made)
    document = JSON.parse((await server.ask('GET', '/openapi.json')).text) as Document
  })
  after(async () => {
    await server.close()
    await made.close()
  })

  it('has every route once, with description, parameters, and the problem it may end in', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    const routes = allRoutes(made.app.config, createMetrics([]))
    expect(operations.map(({ operation }) => operation.operationId).sort()).to.deep.equal(routes.map(({ name }) => name).sort())
    for (const { path, method, operation } of operations) {
      expect(operation.summary, path).to.match(/\p{Script=Han}/u)
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const inPath = (operation.parameters ?? []).filter((each) => each.in === 'path')
      expect(inPath.map(({ name }) => name).sort(), `${method} ${path}`).to.deep.equal(named.sort())
      expect(inPath.every(({ required }) => required)).to.equal(true)
      expect(operation.responses['default']).to.deep.equal({ $ref: '#/components/responses/Problem' })
      expect(document.tags.map(({ name }) => name)).to.include(operation.tags[0])
    }
    expect(document.openapi).to.equal('3.1.0')
  })

  it('refers only to parts of itself, and says which requests need the CSRF header', () => {
    const text = JSON.stringify(document)
    for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document)
      expect(target, pointer).to.be.an('object')
    }
    expect(document.paths['/api/v1/staff']?.['post']?.security).to.deep.equal([{ session: [], csrf: [] }])
    expect(document.paths['/api/v1/staff']?.['get']?.security).to.deep.equal([{ session: [] }])
    expect(document.paths['/healthz']?.['get']?.security).to.deep.equal([])
    expect(document.components['securitySchemes']).to.have.keys(['session', 'unitSession', 'csrf', 'unitKey'])
    expect(document.paths['/api/v1/changes']?.['get']?.security).to.deep.equal([
      { unitKey: ['feed'] },
      { session: [] },
      { unitSession: [] },
    ])
  })

  it('exists as a page too, with every route, an example, and no script', async () => {
    const { text, headers } = await server.ask('GET', '/docs')
    expect(headers.get('content-type')).to.equal('text/html; charset=utf-8')
    for (const { name } of allRoutes(made.app.config, createMetrics([]))) expect(text, name).to.include(`id="${name.replaceAll('.', '-')}"`)
    expect(text).to.include('curl').and.include('X-CSRF-Token')
    expect(text).not.to.match(/<script|javascript:|\son\w+=|style=|undefined|\[object/)
    const style = await server.ask('GET', '/site.css')
    expect([style.status, style.headers.get('content-type')]).to.deep.equal([200, 'text/css; charset=utf-8'])
  })
})

describe('two servers of one application', () => {
  it('do not share their metrics', async () => {
    const made = await makeApp()
    const servers = [0, 1].map(() => {
      const metrics = createMetrics([])
      return createServer(made.app, allRoutes(made.app.config, metrics), { replies: 'exact', metrics, identify: callerOf })
    })
    const urls = await Promise.all(servers.map(async (server) => (await server.listen('127.0.0.1', 0)).url))
    await asking(urls[0] ?? '', {})('GET', '/healthz')
    expect((await asking(urls[1] ?? '', {})('GET', '/metrics')).text).not.to.include('system.healthz')
    await Promise.all(servers.map((server) => server.close(0)))
    await made.close()
  })
})
