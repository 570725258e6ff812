// The pages people open without an account: what they must not show, must not run, and what they show.

import { createReadStream } from 'node:fs'
import { expect } from 'chai'
import { bulletinLink } from '../../../src/features/bulletins/links.commands.ts'
import { commitImport } from '../../../src/features/imports/commit.commands.ts'
import { checkImport, receiveImport } from '../../../src/features/imports/commands.ts'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { createDispatcher, DISPATCHER } from '../../../src/messaging/dispatcher.ts'
import { LISTED, openid, phone, tell } from '../../support/delivery-setup.ts'
import { openDoor, type Door } from '../../support/http-server.ts'
import { eachDatabase, makeApp, type TestApp } from '../../support/app.ts'

const EVIL = `"><script>alert(1)</script>{{phone}}'`

eachDatabase((_db, make) => {
  describe('the bulletin page of a message', () => {
    it('opens with its link alone: not for another bulletin, not altered, not after its days', async () => {
      const made = await make()
      const { app, clock } = made
      const approver = { id: 'staff:approver', roles: ['approver'] } as const
      const { id } = await receiveImport(app, approver, {
        fileName: 'l.xlsx',
        mode: 'takeover',
        content: createReadStream('test/support/lists/list.xlsx'),
      })
      await checkImport(app, approver, id)
      const { bulletinId } = await commitImport(app, approver, { id })
      const door = await openDoor(made)
      try {
        const link = bulletinLink(app, bulletinId ?? '', clock.now()).slice(app.config.publicUrl.length)
        const { status, text } = await door.ask('GET', link)
        expect(status).to.equal(200)
        expect(text).to.include('次仁取次').and.include('下一页')
        // Whole identity numbers and undisclosed entries stay inside.
        expect(text).not.to.match(/\d{17}[\dX]/)
        expect(text).not.to.include('木丽梅')
        for (const wrong of [
          link.replace(/key=..../, 'key=aaaa'),
          link.replace(/until=\d{4}/, 'until=2099'),
          link.replace(bulletinId ?? '', id),
        ])
          expect((await door.ask('GET', wrong)).status).to.equal(403)
        clock.advance(31 * 86_400_000)
        expect((await door.ask('GET', link)).status).to.equal(403)
      } finally {
        await door.close()
      }
    })
  })

  describe('the enquiry page', () => {
    let made: TestApp
    let door: Door

    before(async () => {
      made = await make({ env: { ENQUIRY_MISSES_PER_HOUR: '3', ENQUIRY_PER_MINUTE: '20' } })
    })
    beforeEach(async () => {
      door = await openDoor(made)
    })
    afterEach(() => door.close())

    const page = (query: Record<string, string>): ReturnType<Door['ask']> =>
      door.ask('POST', '/enquiry', {
        body: new TextEncoder().encode(new URLSearchParams(query).toString()),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })

    it('shows what was typed as text, and an identifier not at all', async () => {
      const { status, text } = await page({ name: EVIL, caseNo: EVIL, identifier: '533421198410140222' })
      expect(status).to.equal(200)
      expect(text).not.to.include('<script').and.not.to.include('533421198410140222')
      expect(text).to.include('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{phone}}&#39;')
    })

    it('says in words what is missing, with the form to try again', async () => {
      const { status, text } = await page({ name: '张三' })
      expect(status).to.equal(200)
      expect(text).to.include('仅凭姓名无法确认身份').and.include('<form').and.include('value="张三"')
    })

    it('never says of a miss that somebody is clean, and ends guessing on the page and the interface together', async () => {
      const miss = await page({ identifier: '533421198410140222' })
      expect(miss.text).to.include('截至2026-11-22 10:00').and.include('未查到不代表')
      await door.ask('GET', '/api/v1/public/enquiries?identifier=533421198410140222')
      await page({ identifier: '533421198410140222' })
      const limited = await page({ identifier: '533421198410140222' })
      expect([limited.status, limited.headers.get('content-type')]).to.deep.equal([429, 'text/html; charset=utf-8'])
      expect(limited.text).to.include('查询过于频繁')
      expect(Number(limited.headers.get('retry-after'))).to.be.within(3500, 3600)
      expect((await door.ask('GET', '/api/v1/public/enquiries?identifier=533421198410140222')).body['code']).to.equal('enquiry_limited')
    })

    it('is not kept by browsers, not sent on, and not run', async () => {
      const { headers } = await page({ name: '张三' })
      expect(headers.get('cache-control')).to.equal('no-store')
      expect(headers.get('referrer-policy')).to.equal('no-referrer')
      expect(headers.get('content-security-policy')).to.include("default-src 'none'")
    })
  })
})

describe('the sandbox page', () => {
  it('shows what each phone would have got, newest first, a card for WeChat and a bubble for SMS, and no address', async () => {
    const made = await makeApp({ now: new Date('2026-11-23T02:00:00.000Z') })
    const door = await openDoor(made)
    expect((await door.ask('GET', '/sandbox')).text).to.include('还没有消息')
    const channels = (['wechat', 'sms'] as const).map((medium) => [medium, createSandbox(medium)] as const)
    const dispatcher = createDispatcher(made.app, new Map(channels), DISPATCHER)
    await tell(made.app, ...LISTED, [{ sms: phone(17) }, { wechat: openid(17) }])
    await dispatcher.processAll()
    made.clock.advance(60_000)
    await tell(made.app, 'listing.shielded', 'debtor', [{ sms: phone(17) }])
    await dispatcher.processAll()
    const { status, text } = await door.ask('GET', '/sandbox')
    expect(status).to.equal(200)
    expect(text.match(/class="phone"/g)).to.have.length(2)
    expect(text.match(/class="bubble"/g)).to.have.length(2)
    expect(text.match(/class="card"/g)).to.have.length(1)
    expect(text).not.to.include(phone(17)).and.not.to.include(openid(17))
    expect(text).to.include('139****0017').and.include('微信').and.include('已送达').and.include('<h3>失信名单公布通知</h3>')
    expect(text.indexOf('2026-11-23 10:01')).to.be.within(0, text.indexOf('2026-11-23 10:00'))
    await dispatcher.stop()
    await door.close()
    await made.close()
  })
})

describe('the start page', () => {
  it('leads to the rest, and to the sandbox outside production only', async () => {
    for (const production of [false, true]) {
      const env = { NODE_ENV: 'production', DATA_KEY: `k1:${Buffer.alloc(32, 1).toString('base64')}`, PUBLIC_URL: 'https://court.example' }
      const made = await makeApp(production ? { env } : {})
      const door = await openDoor(made)
      const { text } = await door.ask('GET', '/')
      expect(text).to.include('href="/docs"').and.include('action="/enquiry"').and.include('香格里拉市人民法院')
      expect(text.includes('/sandbox')).to.equal(!production)
      expect((await door.ask('GET', '/sandbox')).status).to.equal(production ? 404 : 200)
      expect((await door.ask('GET', '/openapi.json')).text.includes('/sandbox')).to.equal(!production)
      await door.close()
      await made.close()
    }
  })

  it('asks for nothing from elsewhere', async () => {
    const made = await makeApp()
    const door = await openDoor(made)
    for (const path of ['/', '/enquiry', '/sandbox', '/docs']) {
      const { text } = await door.ask('GET', path)
      const links = [...text.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, link]) => link ?? '')
      expect(
        links.filter((link) => !/^[/#]/.test(link)),
        path,
      ).to.deep.equal([])
      for (const link of new Set(links.filter((each) => each.startsWith('/')).map((each) => each.split('#')[0] ?? '')))
        expect((await door.ask('GET', link)).status, link).to.equal(200)
    }
    await door.close()
    await made.close()
  })
})
