// Liaisons who enter from inside WeChat, against a stand-in of WeChat: bound to the browser, each code once, and only bound accounts.

import { expect } from 'chai'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { sha256 } from '../../../src/core/secrets.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { addUnit } from '../../support/deadlines.ts'
import { asking, openServer, type Answer, type TestServer } from '../../support/http-server.ts'
import { listen, sendJson, type Loopback } from '../../support/loopback.ts'

const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }
const OPENID = 'oLiaisonAccount0000000000001'

eachDatabase((_db, make) => {
  describe('entering from inside WeChat', () => {
    let made: TestApp
    let server: TestServer
    let wechat: Loopback
    /** Codes that the stand-in has given out, with the account each stands for. */
    const codes = new Map<string, string>()
    let broken = false

    before(async () => {
      wechat = await listen((incoming, response) => {
        const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://x')
        if (broken) response.writeHead(500).end()
        else if (pathname !== '/sns/oauth2/access_token' || searchParams.get('secret') !== 's3cret')
          sendJson(response, 200, { errcode: 40125 })
        else {
          const openid = codes.get(searchParams.get('code') ?? '')
          codes.delete(searchParams.get('code') ?? '')
          sendJson(response, 200, openid === undefined ? { errcode: 40029 } : { access_token: 'T', openid, scope: 'snsapi_base' })
        }
        return Promise.resolve()
      })
    })
    after(() => wechat.close())

    beforeEach(async () => {
      broken = false
      const account = { WECHAT_APP_ID: 'wx1', WECHAT_SECRET: 's3cret', WECHAT_TOKEN: 't', WECHAT_BASE_URL: wechat.url }
      made = await make({ env: { ...account, PUBLIC_URL: 'http://court.example' } })
      server = await openServer(made)
      await addUnit(made.app, 'bank_a')
      await addLiaison(made.app, ADMIN, { unitId: 'bank_a', name: '和联络', phone: '13988880001', wechat: OPENID })
    })
    afterEach(() => server.close())

    const cookieOf = (answer: Answer): string => (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''

    /** Begins in a browser: its cookie, and the state that WeChat brings back. */
    async function begin(): Promise<{ cookie: string; state: string; asked: URL }> {
      const answer = await server.ask('GET', '/unit/wechat')
      expect(answer.status).to.equal(303)
      const asked = new URL(answer.headers.get('location') ?? '')
      return { cookie: cookieOf(answer), state: asked.searchParams.get('state') ?? '', asked }
    }
    const given = (openid: string): string => {
      const code = `code-${codes.size}-${openid}`
      codes.set(code, openid)
      return code
    }
    const enter = (cookie: string, code: string, state: string): Promise<Answer> =>
      server.ask('POST', '/unit/wechat/back', {
        body: String(new URLSearchParams({ code, state })),
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      })

    it('asks WeChat for the account alone, and opens the session by one tap', async () => {
      const { cookie, state, asked } = await begin()
      expect(asked.origin + asked.pathname + asked.hash).to.equal('https://open.weixin.qq.com/connect/oauth2/authorize#wechat_redirect')
      expect([...asked.searchParams.keys()]).to.deep.equal(['appid', 'redirect_uri', 'response_type', 'scope', 'state'])
      expect(Object.fromEntries(asked.searchParams)).to.deep.include({
        appid: 'wx1',
        redirect_uri: 'http://court.example/unit/wechat/back',
        response_type: 'code',
        scope: 'snsapi_base',
      })
      expect(cookie.split('=')[1], 'the state does not reveal the cookie').not.to.equal(state)
      const code = given(OPENID)
      const page = await asking(server.url, { cookie })('GET', `/unit/wechat/back?code=${code}&state=${state}`)
      expect(page.text).to.include(`value="${code}"`)
      expect(codes.has(code), 'looking uses nothing').to.equal(true)
      const entered = await enter(cookie, code, state)
      expect([entered.status, entered.headers.get('location')]).to.deep.equal([303, '/unit'])
      const shown = await asking(server.url, { cookie: cookieOf(entered) })('GET', '/api/v1/unit-session')
      expect(shown.body).to.deep.include({ unit: { id: 'bank_a', name: 'bank_a局' } })
    })

    it('lets in nobody with the code or state of another browser, with a spent code, or without a bound account', async () => {
      const [own, other] = [await begin(), await begin()]
      for (const answer of [
        await enter('', given(OPENID), own.state),
        await enter(other.cookie, given(OPENID), own.state),
        await enter(own.cookie, given(OPENID), ''),
        await enter(own.cookie, 'never-given', own.state),
        await asking(server.url, { cookie: other.cookie })('GET', `/unit/wechat/back?code=x&state=${own.state}`),
        await asking(server.url, { cookie: own.cookie })('GET', `/unit/wechat/back?state=${own.state}`),
      ]) {
        expect([answer.status, answer.headers.get('set-cookie')]).to.deep.equal([200, null])
        expect(answer.text).to.include('已过期').and.include('用手机验证码登录')
      }
      const stranger = await enter(own.cookie, given('oStranger0000000000000000001'), own.state)
      expect(stranger.headers.get('set-cookie')).to.equal(null)
      expect(stranger.text).to.include('还没有绑定联络员')
      const long = await enter(own.cookie, given('o'.repeat(101)), own.state)
      expect([long.headers.get('set-cookie'), long.text.includes('还没有绑定联络员')], 'no openid').to.deep.equal([null, false])
      const code = given(OPENID)
      expect((await enter(own.cookie, code, own.state)).status).to.equal(303)
      expect((await enter(own.cookie, code, own.state)).text, 'a second tap').to.include('已过期')
    })

    it('lets in once by one entry, for ten minutes by the server, and by a cookie that the server made', async () => {
      const { cookie, state } = await begin()
      const entered = await enter(cookie, given(OPENID), state)
      expect(entered.headers.getSetCookie().find((each) => each.startsWith('zxt-wechat='))).to.include('Max-Age=0')
      expect((await enter(cookie, given(OPENID), state)).text, 'another code of the same account').to.include('已过期')
      const late = await begin()
      made.clock.advance(10 * 60_000)
      expect((await enter(late.cookie, given(OPENID), late.state)).text).to.include('已过期')
      const own = Buffer.alloc(32, 255).toString('base64url')
      expect((await enter(`zxt-wechat=${own}`, given(OPENID), sha256(`wechat-entry:${own}`))).text, 'made by the browser').to.include(
        '已过期',
      )
    })

    it('keeps the entry in a cookie of this host alone where there is TLS', async () => {
      const env = { WECHAT_APP_ID: 'wx1', WECHAT_SECRET: 's3cret', WECHAT_TOKEN: 't', WECHAT_BASE_URL: wechat.url }
      const secure = await openServer(await make({ env: { ...env, PUBLIC_URL: 'https://court.example' } }))
      const cookie = (await secure.ask('GET', '/unit/wechat')).headers.get('set-cookie') ?? ''
      expect(cookie).to.match(/^__Host-zxt-wechat=.*; Path=\/;.*Secure/)
      await secure.close()
    })

    it('says so when WeChat is away, and does not exist without an official account', async () => {
      const { cookie, state } = await begin()
      broken = true
      expect((await enter(cookie, given(OPENID), state)).status).to.equal(503)
      const without = await openServer(await make())
      expect((await without.ask('GET', '/unit/wechat')).status).to.equal(404)
      await without.close()
    })
  })
})
