// The pages of somebody's own case over the real server, on both databases: the code, what is shown, what is handed in once, and the hour's end.
// Codes and confirmations in a conversation are test/features/own-case/commands.test.ts.

import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { declineIntake, listIntakes, openIntakeFile, registerIntake, showIntake } from '../../../src/features/intakes/commands.ts'
import { newToken } from '../../../src/core/ids.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { told } from '../../support/deadlines.ts'
import { born } from '../../support/drafts.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { codesSent, lastCode } from '../../support/identity.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { clocksOf } from '../../support/objections.ts'
import { jpeg, png } from '../../support/media.ts'
import { refusal } from '../../support/refusal.ts'
import { tokenOf, visitor, type Visitor } from '../../support/visitor.ts'

const OWN = '533421198410140222'
const OTHER = '532301199002028883'
const NOBODY = born('19850307')
const MINUTE = 60_000

eachDatabase((_db, make) => {
  describe('the pages of somebody’s own case', () => {
    let made: TestApp
    let server: TestServer
    let listingId: string
    beforeEach(async () => {
      made = await make({ env: { TRUSTED_PROXIES: '1' } })
      listingId = (await listed(made.app, 1, { name: '扎西次仁', phone: '13900001111' }))[0] ?? ''
      server = await openServer(made)
    })
    afterEach(() => server.close())

    async function confirmed(browser: Visitor = visitor(server)): Promise<Visitor> {
      await browser.post('/own', { identifier: OWN })
      await browser.post('/own/code', { code: await lastCode(made.app) })
      return browser
    }
    const intakes = async (): Promise<Awaited<ReturnType<typeof listIntakes>>['items']> =>
      (await listIntakes(made.app, CLERK, { filter: {}, page: { limit: 10, offset: 0 } })).items

    it('know the browser that confirmed by a new token: whoever knew or planted the earlier one sees nothing', async () => {
      const browser = visitor(server)
      const planted = newToken()
      browser.cookies.set('zxt_own', planted)
      await browser.post('/own', { identifier: OWN })
      expect(browser.cookies.get('zxt_own')).to.equal(planted)
      await browser.post('/own/code', { code: await lastCode(made.app) })
      expect(browser.text()).to.include('扎西次仁')
      expect(browser.cookies.get('zxt_own'))
        .to.match(/^[\w-]{43}$/)
        .and.not.equal(planted)
      const stranger = visitor(server)
      stranger.cookies.set('zxt_own', planted)
      expect((await stranger.get('/own')).text)
        .to.include('要验证码')
        .and.not.include('扎西次仁')
      expect((await stranger.post('/own/code', { code: await lastCode(made.app) })).text).to.include('已经失效')
      expect((await browser.get('/own')).text).to.include('扎西次仁')
    })

    it('take, with TLS, cookies of this host alone, as the chat does', async () => {
      const secure = await make({ env: { PUBLIC_URL: 'https://court.example' } })
      const other = await openServer(secure)
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const cookieOf = async (path: string, fields: Record<string, string>): Promise<string> => {
        const body = new TextEncoder().encode(new URLSearchParams(fields).toString())
        return (await other.ask('POST', path, { body, headers: type })).headers.getSetCookie().join('\n')
      }
      const attributes = /=[\w-]{43};( Max-Age=\d+;)? Path=\/; HttpOnly; Secure; SameSite=Strict$/
      expect(await cookieOf('/own', { identifier: NOBODY }))
        .to.match(/^__Host-zxt_own/)
        .and.match(attributes)
      expect(await cookieOf('/chat', { text: '你好' }))
        .to.match(/^__Host-zxt_chat/)
        .and.match(attributes)
      await other.close()
    })

    it('answer alike whoever asks about whom, send a code to the known phone alone, and confirm with that code only', async () => {
      await listed(made.app, 1, { name: '和某', identifier: OTHER }, 2)
      const pages = await Promise.all(
        [OWN, OTHER, NOBODY].map(async (identifier) => {
          const begun = performance.now()
          const { text } = await visitor(server).post('/own', { identifier })
          // The time is that of a pause, longer than what the answers differ in.
          expect(performance.now() - begun).to.be.at.least(399)
          return text
        }),
      )
      expect(new Set(pages).size).to.equal(1)
      expect(pages[0]).to.include('填验证码')
      expect(await codesSent(made.app)).to.have.length(1)
      const stranger = visitor(server, '192.0.2.9')
      await stranger.post('/own', { identifier: NOBODY })
      await stranger.post('/own/code', { code: await lastCode(made.app) })
      expect(stranger.text()).to.include('验证码不对').and.include('href="#code"')
      expect((await visitor(server).post('/own/code', { code: '123456' })).text).to.include('已经失效')
      const unreadable = await visitor(server).post('/own', { identifier: '<script>1' })
      expect(unreadable.text).to.include('这个号码不对').and.include('aria-invalid="true"').and.not.include('<script')
    })

    it('send one person eight codes a day at most, whoever asks and from wherever', async () => {
      const before = (await codesSent(made.app)).length
      const ask = async (n: number): Promise<string> => (await visitor(server, `192.0.2.${100 + n}`).post('/own', { identifier: OWN })).text
      for (let hour = 0; hour < 3; hour += 1) {
        for (let n = 0; n < 3; n += 1) await ask(hour * 3 + n)
        made.clock.advance(3_600_000)
      }
      expect((await codesSent(made.app)).length - before).to.equal(8)
      expect(await ask(9)).to.include('次数已经满了，请明天再来')
      made.clock.advance(21 * 3_600_000)
      expect(await ask(10)).to.include('填验证码')
      made.clock.advance(24 * 3_600_000)
    })

    it('limit codes by address and by identifier, as in a conversation', async () => {
      for (let count = 0; count < 3; count += 1) await visitor(server, '192.0.2.1').post('/own', { identifier: OWN })
      expect((await visitor(server, '192.0.2.2').post('/own', { identifier: OWN })).text)
        .to.include('次数太多')
        .and.include('60分钟后')
      expect(await codesSent(made.app)).to.have.length(3)
      // Others behind the same address are not locked out with them.
      for (let count = 0; count < 7; count += 1)
        expect((await visitor(server, '192.0.2.1').post('/own', { identifier: born(`198503${10 + count}`) })).text).to.include('填验证码')
      expect((await visitor(server, '192.0.2.1').post('/own', { identifier: NOBODY })).text).to.include('次数太多')
    })

    it('let somebody who proved who they are ask for the next code within the hour', async () => {
      for (let count = 0; count < 4; count += 1) expect((await confirmed()).text()).to.include('扎西次仁')
    })

    it('show the listing in plain words to the confirmed browser alone, until it leaves or the hour is over', async () => {
      const browser = await confirmed()
      expect(browser.text()).to.include('扎西次仁').and.include('已公布').and.include('最迟').and.not.include(OWN)
      expect(browser.text()).to.include(`/own/${listingId}/payment`).and.not.include(`/own/${listingId}/repair`)
      expect(browser.text()).to.include('怎么退出名单').and.include('href="/measures#now"').and.not.include('单位还没解除')
      expect((await visitor(server).get(`/own/${listingId}/payment`)).text)
        .to.include('要验证码')
        .and.not.include('扎西')
      await browser.post('/own/end', {})
      expect((await browser.get('/own')).text).to.include('要验证码')
      const again = await confirmed()
      made.clock.advance(61 * MINUTE)
      expect((await again.get('/own')).text)
        .to.include('要验证码')
        .and.not.include('扎西')
    })

    it('take receipts of a payment once, show how far it is, and let the clerk open the photos and start the period to leave the list', async () => {
      const browser = await confirmed()
      await browser.get(`/own/${listingId}/payment`)
      const form = tokenOf(browser.text())
      await browser.send(`/own/${listingId}/payment`, { form, text: '' }, [jpeg()])
      expect(browser.text()).to.include('href="#text"').and.include('第1份，照片')
      const fields = { form, text: '11月20日付清了全部款项。' }
      await Promise.all([1, 2].map(() => browser.send(`/own/${listingId}/payment`, fields)))
      expect(browser.text()).to.include('书记员正在核对').and.include('已履行的说明 SQ')
      const [intake] = await intakes()
      expect(await intakes()).to.have.length(1)
      const { id } = intake ?? { id: '' }
      expect((await clocksOf(made.app, `intake:${id}`))[0]).to.match(/^payment\.verify open/)
      const { files } = await showIntake(made.app, CLERK, id)
      const file = await openIntakeFile(made.app, CLERK, { id, fileId: files[0]?.id ?? '' })
      expect(file.fileName).to.match(/^SQ\d{8}-0001-1\.jpg$/)
      await refusal('intake_day_needed', () => registerIntake(made.app, CLERK, { id }))
      await registerIntake(made.app, CLERK, { id, metOn: '2026-11-20' })
      expect((await clocksOf(made.app, `listing:${listingId}`)).some((clock) => clock.startsWith('listing.exit open'))).to.equal(true)
      expect((await clocksOf(made.app, `intake:${id}`))[0]).to.match(/^payment\.verify closed/)
      expect((await browser.get('/own')).text).to.include('已核实')
      expect(await told(made.app, 'intake.received')).to.have.length(1)
    })

    it('take an objection with photos, say why it was declined, and refuse a second one that waits', async () => {
      const browser = await confirmed()
      await browser.get(`/own/${listingId}/objection`)
      const path = `/own/${listingId}/objection`
      await browser.send(path, { about: 'content', text: '履行情况写错了，我付过两万元。' }, [png()])
      expect(browser.text()).to.include('今天算收到的日子')
      await browser.get(path)
      await browser.send(path, { about: 'content', text: '再说一遍，写错了。' })
      expect(browser.text()).to.include('role="alert"').and.include('再说一遍，写错了')
      const [intake] = await intakes()
      expect(intake).to.include({ kind: 'objection', about: 'content', way: 'web' })
      await declineIntake(made.app, CLERK, { id: intake?.id ?? '', reason: '没有附付款凭证。' })
      expect((await browser.get('/own')).text).to.include('没有附付款凭证')
    })

    it('offer credit repair after the listing left, and nothing for listings of other people', async () => {
      const [other] = await listed(made.app, 1, { name: '和某', identifier: OTHER }, 2)
      const browser = await confirmed()
      expect((await browser.get(`/own/${other ?? ''}/objection`)).status).to.equal(404)
      expect((await browser.send(`/own/${other ?? ''}/objection`, { form: 'A'.repeat(43), text: '这是别人的。' })).status).to.equal(404)
      await shieldListings(made.app, CLERK, {
        items: [{ id: listingId }],
        ground: 'fully_performed',
        reason: '已全部履行。',
      })
      await browser.get(`/own/${listingId}/payment`)
      await browser.send(`/own/${listingId}/payment`, { text: '我付清了。' })
      expect(browser.text()).to.include('已经撤下')
      await browser.get(`/own/${listingId}/repair`)
      await browser.send(`/own/${listingId}/repair`, { text: '我已经全部履行，请修复。' })
      expect(browser.text()).to.include('信用修复申请 SQ').and.include('退出登录')
      expect(browser.text()).to.include('已从名单撤下（屏蔽）').and.include('已经履行完毕（列入时：').and.not.include('已屏蔽')
      expect(browser.text()).to.match(/3日内通知各惩戒单位[^]*1个工作日内/)
      expect(browser.text()).to.include('单位还没解除').and.include(`/own/${listingId}/objection`)
      expect((await intakes()).map(({ kind }) => kind)).to.deep.equal(['repair'])
    })

    it('keep what was written and its photos when the hour ends, and go on after the code', async () => {
      const browser = await confirmed()
      await browser.get(`/own/${listingId}/payment`)
      made.clock.advance(61 * MINUTE)
      await browser.send(`/own/${listingId}/payment`, { text: '写了很久的说明。' }, [jpeg()])
      expect(browser.text()).to.include('都还在').and.include('要验证码').and.not.include('写了很久')
      expect(await intakes()).to.deep.equal([])
      made.clock.advance(50 * MINUTE)
      await confirmed(browser)
      expect(browser.text()).to.include('写了很久的说明').and.include('第1份，照片')
      await browser.send(`/own/${listingId}/payment`, { text: '写了很久的说明。' })
      expect(await intakes()).to.have.length(1)
    })
  })
})
