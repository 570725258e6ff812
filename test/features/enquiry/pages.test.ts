// The pages that people open without an account: what they show, what they must not show, and what they must not run.
// The routes of the enquiry are features/enquiry/routes.ts.

import { expect } from 'chai'
import { bulletinLink } from '../../../src/features/bulletins/links.commands.ts'
import { getImport } from '../../../src/features/imports/commands.ts'
import { createSandbox, SANDBOX_ENDINGS } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { SANDBOX_ENTRIES } from '../../../src/features/screening/sandbox.rules.ts'
import { createDispatcher, DISPATCHER } from '../../../src/messaging/dispatcher.ts'
import { enter } from '../../support/entered.ts'
import { APPROVER } from '../../support/listed.ts'
import { LISTED, openid, phone, enqueue } from '../../support/delivery-setup.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, makeApp, type TestApp } from '../../support/app.ts'

const EVIL = `"><script>alert(1)</script>{{phone}}'`

eachDatabase((_db, make) => {
  describe('the bulletin page that a message links to', () => {
    it('opens with its link only, not with a link of another bulletin, an altered one or an expired one', async () => {
      const made = await make()
      const { app, clock } = made
      const id = await enter(app, 'list.xlsx', 'takeover')
      const { bulletinId } = await getImport(app, APPROVER, id)
      const server = await openServer(made)
      try {
        const link = bulletinLink(app, bulletinId ?? '', clock.now()).slice(app.config.publicUrl.length)
        const { status, text } = await server.ask('GET', link)
        expect(status).to.equal(200)
        expect(text).to.include('次仁取次').and.include('下一页')
        // Complete identity numbers and undisclosed entries are not shown; codes of organisations are public.
        expect(text).not.to.match(/(?<!\d)(?!9[123])\d{17}[\dX]/)
        expect(text)
          .to.match(/\*{18}/)
          .and.not.match(/\*\d{2}[\dX]/)
        expect(text).not.to.include('木丽梅')
        for (const wrong of [
          link.replace(/key=..../, 'key=aaaa'),
          link.replace(/until=\d{4}/, 'until=2099'),
          link.replace(bulletinId ?? '', id),
        ])
          expect((await server.ask('GET', wrong)).status).to.equal(403)
        clock.advance(31 * 86_400_000)
        expect((await server.ask('GET', link)).status).to.equal(403)
      } finally {
        await server.close()
      }
    })
  })

  describe('the enquiry page', () => {
    let made: TestApp
    let server: TestServer

    before(async () => {
      made = await make({ env: { ENQUIRY_MISSES_PER_HOUR: '3', ENQUIRY_PER_MINUTE: '20' } })
    })
    beforeEach(async () => {
      server = await openServer(made)
    })
    afterEach(() => server.close())

    const page = (query: Record<string, string>): ReturnType<TestServer['ask']> =>
      server.ask('POST', '/enquiry', {
        body: new TextEncoder().encode(new URLSearchParams(query).toString()),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })

    it('shows typed values as text, and never shows an identifier', async () => {
      const { status, text } = await page({ name: EVIL, caseNo: EVIL, identifier: '533421198410140222' })
      expect(status).to.equal(200)
      // The number stays in its field, in this answer alone.
      expect(text).not.to.include('<script')
      expect(text.replace('value="533421198410140222"', '')).not.to.include('533421198410140222')
      expect(text).to.include('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{phone}}&#39;')
    })

    it('explains what is missing and shows the form again', async () => {
      expect((await page({})).text)
        .to.include('什么都没有填')
        .and.include('role="alert"')
      const { status, text } = await page({ name: '张三' })
      expect(status).to.equal(200)
      expect(text).to.include('aria-invalid="true" aria-describedby="identifier-error"').and.include('href="#identifier"')
      expect(text).to.include('只有姓名查不了').and.include('<form').and.include('value="张三"')
    })

    it('says of each fault what is wrong, and keeps what was typed', async () => {
      const faults: readonly (readonly [Record<string, string>, string, string])[] = [
        [{ caseNo: '（2026）云3401执1号' }, '只有案号查不了，还要姓名', 'name'],
        [{ name: '张三', caseNo: '2026执1号' }, '案号没有写全', 'caseNo'],
        [{ name: '张三', identifier: '53342119841014022' }, '号码少1位', 'identifier'],
        [{ name: '张三', identifier: '5334211984101402222' }, '号码多1位', 'identifier'],
        [{ name: '张三', identifier: '53342119841O140222' }, '字母O或者I', 'identifier'],
        [{ name: '张三', identifier: '533421198410140223' }, '有一位不对', 'identifier'],
        [{ name: '张三', identifier: '533421198413140222' }, '核对第7至14位', 'identifier'],
        [{ name: '张三', identifier: '993421198410140222' }, '核对第1至6位', 'identifier'],
        [{ name: '香格里拉市某某商贸有限公司' }, '还要统一社会信用代码', 'identifier'],
        [{ name: '张三', identifier: '02a' }, '号码太短', 'identifier'],
        [{ identifier: '0222' }, '还要姓名', 'name'],
      ]
      for (const [typed, words, field] of faults) {
        const { text } = await page(typed)
        expect(text, words).to.include(words).and.include(`href="#${field}"`)
        for (const value of Object.values(typed)) expect(text, words).to.include(`value="${value}"`)
      }
    })

    it('states that a miss proves nothing, and counts misses of the page and the API together against the limit', async () => {
      const miss = await page({ identifier: '533421198410140222' })
      expect(miss.text).to.include('截至2026-11-22 10:00').and.include('未查到不代表')
      await server.ask('POST', '/api/v1/public/enquiries', { json: { identifier: '533421198410140222' } })
      await page({ identifier: '533421198410140222' })
      const limited = await page({ identifier: '533421198410140222' })
      expect([limited.status, limited.headers.get('content-type')]).to.deep.equal([429, 'text/html; charset=utf-8'])
      expect(limited.text).to.include('查询过于频繁')
      expect(Number(limited.headers.get('retry-after'))).to.be.within(3500, 3600)
      expect((await server.ask('POST', '/api/v1/public/enquiries', { json: { identifier: '533421198410140222' } })).body['code']).to.equal(
        'enquiry_limited',
      )
    })

    it('is not cached, sends no referrer and runs no scripts', async () => {
      const { headers } = await page({ name: '张三' })
      expect(headers.get('cache-control')).to.equal('no-store')
      expect(headers.get('referrer-policy')).to.equal('no-referrer')
      expect(headers.get('content-security-policy')).to.include("default-src 'none'")
    })
  })
})

describe('the sandbox page', () => {
  it('shows the messages of each phone, newest first, as cards for WeChat and bubbles for SMS, with masked addresses', async () => {
    const made = await makeApp({ now: new Date('2026-11-23T02:00:00.000Z') })
    const server = await openServer(made)
    const { text: empty } = await server.ask('GET', '/sandbox')
    expect(empty).to.include('还没有消息')
    for (const { ending } of SANDBOX_ENDINGS) expect(empty).to.include(`末尾 ${ending}</th>`)
    for (const { name, identifier } of SANDBOX_ENTRIES) expect(empty).to.include(`<th>${name}</th><td>${identifier}`)
    const channels = (['wechat', 'sms'] as const).map((medium) => [medium, createSandbox(medium)] as const)
    const dispatcher = createDispatcher(made.app, new Map(channels), DISPATCHER)
    await enqueue(made.app, ...LISTED, [{ sms: phone(17) }, { wechat: openid(17) }])
    await dispatcher.processAll()
    made.clock.advance(60_000)
    await enqueue(made.app, 'listing.shielded', 'debtor', [{ sms: phone(17) }])
    await dispatcher.processAll()
    const { status, text } = await server.ask('GET', '/sandbox')
    expect(status).to.equal(200)
    expect(text.match(/class="phone"/g)).to.have.length(2)
    expect(text.match(/class="bubble"/g)).to.have.length(2)
    expect(text.match(/class="card"/g)).to.have.length(1)
    expect(text).not.to.include(phone(17)).and.not.to.include(openid(17))
    expect(text).to.include('139****0017').and.include('微信').and.include('已送达').and.include('<h3>失信名单公布通知</h3>')
    expect(text.indexOf('2026-11-23 10:01')).to.be.within(0, text.indexOf('2026-11-23 10:00'))
    await dispatcher.stop()
    await server.close()
    await made.close()
  })
})

describe('large text', () => {
  it('is kept in a cookie without personal data, shows at once, and goes back to pages of this server only', async () => {
    const made = await makeApp()
    const server = await openServer(made)
    const choose = (large: string, back: string): ReturnType<TestServer['ask']> =>
      server.ask('POST', '/large-text', {
        body: new TextEncoder().encode(new URLSearchParams({ large, back }).toString()),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    expect((await server.ask('GET', '/large.css')).text).to.equal('')
    const chosen = await choose('yes', '/enquiry')
    expect([chosen.status, chosen.headers.get('location')]).to.deep.equal([303, '/enquiry'])
    const cookie = chosen.headers.get('set-cookie') ?? ''
    expect(cookie).to.match(/^zxt_large=yes; .*HttpOnly.*SameSite=Lax/)
    expect((await server.ask('GET', '/large.css', { headers: { cookie: 'zxt_large=yes' } })).text)
      .to.include('60px')
      .and.include('22px')
    expect((await choose('no', '/')).headers.get('set-cookie')).to.include('Max-Age=0')
    for (const back of ['//evil.example', 'https://evil.example', '/\\evil.example', '/enquiry?x=1', 'enquiry'])
      expect((await choose('yes', back)).headers.get('location'), back).to.equal('/')
    expect((await choose('huge', '/')).status).to.equal(400)
    await server.close()
    await made.close()
  })
})

describe('the start page', () => {
  it('says how to reach the court, and without opening hours to call first', async () => {
    for (const [env, words] of [
      [{ COURT_HOURS: '工作日 9:00—12:00' }, '工作日 9:00—12:00'],
      [{}, '来之前请先打电话'],
    ] as const) {
      const made = await makeApp({ env })
      const server = await openServer(made)
      expect((await server.ask('GET', '/')).text)
        .to.include(words)
        .and.include('0887-12368')
        .and.include('香格里拉市建塘镇')
      await server.close()
      await made.close()
    }
  })

  it('links to the other pages, and to the sandbox outside production only', async () => {
    for (const production of [false, true]) {
      const env = { NODE_ENV: 'production', DATA_KEY: `k1:${Buffer.alloc(32, 1).toString('base64')}`, PUBLIC_URL: 'https://court.example' }
      const made = await makeApp(production ? { env } : {})
      const server = await openServer(made)
      const { text } = await server.ask('GET', '/')
      expect(text).to.include('action="/enquiry"').and.include('香格里拉市人民法院').and.include('href="tel:0887-12368"')
      for (const link of ['/sandbox', '/docs']) expect(text.includes(link), link).to.equal(!production)
      expect((await server.ask('GET', '/sandbox')).status).to.equal(production ? 404 : 200)
      expect((await server.ask('GET', '/openapi.json')).text.includes('"/sandbox"')).to.equal(!production)
      await server.close()
      await made.close()
    }
  })

  it('links only to pages of this server that exist', async () => {
    const made = await makeApp()
    const server = await openServer(made)
    for (const path of ['/', '/enquiry', '/sandbox', '/docs']) {
      const { text } = await server.ask('GET', path)
      const links = [...text.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, link]) => link ?? '')
      expect(
        links.filter((link) => !/^(?:[/#]|tel:)/.test(link)),
        path,
      ).to.deep.equal([])
      for (const link of new Set(
        links.filter((each) => each.startsWith('/') && each !== '/large-text').map((each) => each.split('#')[0] ?? ''),
      ))
        expect((await server.ask('GET', link)).status, link).to.equal(200)
    }
    await server.close()
    await made.close()
  })
})
