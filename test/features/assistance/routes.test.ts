// Assistance notices over the real server: routes of staff and unit systems, and the page of a liaison’s link, also for link previews.
// What the commands themselves refuse is commands.test.ts.

import { expect } from 'chai'
import { addWechatUnit, assistanceTo, issued, TODAY, tokensSent } from '../../support/assistance.ts'
import { at } from '../../support/deadlines.ts'
import { openServer, type Answer, type TestServer, type Person } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'
import { addKey } from '../../support/screening.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

describe('the routes of assistance notices', () => {
  eachDatabase((_db, make) => {
    let made: TestApp
    let server: TestServer
    let clerk: Person
    let approver: Person

    before(async () => {
      made = await make({ now: at(TODAY, 10) })
      server = await openServer(made)
      clerk = await server.person('clerk')
      approver = await server.person('approver')
      await addWechatUnit(made.app, 'water')
    })
    after(() => server.close())

    const code = (answer: Answer): unknown => answer.body['code']
    const post = (person: Person, path: string, json: unknown): Promise<Answer> => person.ask('POST', `/api/v1/assistance${path}`, { json })

    async function bodyOf(status: number, request: Promise<Answer>): Promise<Readonly<Record<string, unknown>>> {
      const answer = await request
      expect(answer.status, answer.text).to.equal(status)
      return answer.body
    }

    /** A fresh notice and the token of its link. */
    async function issuedWithLink(change: Parameters<typeof assistanceTo>[1] = {}): Promise<{ id: string; page: string }> {
      const id = await issued(made.app, 'water', change)
      const [token = ''] = await tokensSent(made.app, `assistance.issued:${id}`)
      return { id, page: `/assistance/${token}` }
    }

    it('refuse callers without a session or role, malformed requests and unknown links', async () => {
      expect((await server.ask('GET', '/api/v1/assistance')).status).to.equal(401)
      expect(code(await post(approver, '', assistanceTo('water')))).to.equal('not_allowed')
      for (const wrong of [{ kind: 'order' }, { answerBy: '2026-02-30' }, { facts: '' }, { unitId: '' }, { listingId: '1' }])
        expect(code(await post(clerk, '', { ...assistanceTo('water'), ...wrong })), JSON.stringify(wrong)).to.equal('request_invalid')
      expect((await clerk.ask('GET', '/api/v1/assistance/01M81ZJK12XTFTYW6TKHXAKXPJ')).status).to.equal(404)
      for (const path of ['/assistance/short', `/assistance/${'x'.repeat(44)}`])
        expect((await server.ask('GET', path)).status).to.equal(400)
      const unknown = await server.ask('GET', `/assistance/${'x'.repeat(43)}`)
      expect([unknown.status, unknown.headers.get('content-type')]).to.deep.equal([403, 'text/html; charset=utf-8'])
    })

    it('lead a notice from its draft to the answer and the lift', async () => {
      const [listingId] = await listed(made.app, 1)
      const { id } = await bodyOf(201, post(clerk, '', { ...assistanceTo('water'), kind: 'assistance', listingId }))
      const path = `/${String(id)}`
      const { kind: _kind, unitId: _unitId, ...texts } = assistanceTo('water')
      await bodyOf(200, clerk.ask('PUT', `/api/v1/assistance${path}`, { json: { ...texts, version: 1 } }))
      expect(code(await post(approver, `${path}/issue`, { version: 1 }))).to.equal('assistance_version_stale')
      await bodyOf(200, post(approver, `${path}/issue`, { version: 2 }))
      await bodyOf(200, post(clerk, `${path}/link`, {}))
      await bodyOf(200, post(clerk, `${path}/service`, { servedOn: TODAY, manner: '直接送达' }))
      await bodyOf(200, post(clerk, `${path}/acknowledge`, {}))
      await bodyOf(200, post(clerk, `${path}/review`, { text: '对象是否有误' }))
      await bodyOf(200, post(approver, `${path}/reply-review`, { reply: '无误，请继续办理' }))
      await bodyOf(200, post(clerk, `${path}/answer`, { outcome: 'could_not', text: '没有该登记' }))
      expect(await bodyOf(200, clerk.ask('GET', `/api/v1/assistance${path}`))).to.deep.include({ state: 'answered', outcome: 'could_not' })
      expect((await bodyOf(200, clerk.ask('GET', '/api/v1/assistance?state=answered&unitId=water')))['total']).to.equal(1)
      await bodyOf(200, post(clerk, `${path}/request-lift`, { ground: 'performed', note: '已付清' }))
      await bodyOf(200, post(approver, `${path}/decide-lift`, { granted: true, reason: '已付清' }))
      const refused = await post(approver, `${path}/withdraw`, { reason: '不再需要' })
      expect([refused.status, refused.body['detail']]).to.deep.equal([409, '这份文书现为“已解除”，不能“撤回”。现在可以做的操作：—。'])
    })

    it('show a preview nothing of the document, take one confirmation, and then serve only that browser', async () => {
      const [listingId] = await listed(made.app, 1, {}, 50)
      const { id, page } = await issuedWithLink({ kind: 'assistance', listingId })
      for (const method of ['GET', 'HEAD', 'GET']) {
        const preview = await server.ask(method, page, { headers: { 'user-agent': 'Mozilla/5.0 MicroMessenger' } })
        expect([preview.status, preview.headers.get('set-cookie')]).to.deep.equal([200, null])
        expect(preview.text).to.not.match(/扎西某|533421|停止办理有关企业/)
        if (method === 'GET')
          expect(preview.text)
            .to.match(/确认收到并打开/)
            .and.match(/（2026）云3401执协\d+号/)
      }
      expect((await clerk.ask('GET', `/api/v1/assistance/${id}`)).body['state']).to.equal('issued')

      const opened = await server.ask('POST', page)
      const cookie = opened.headers.get('set-cookie') ?? ''
      expect(cookie).to.match(new RegExp(`^zxt_link=[\\w-]{43}; Max-Age=\\d+; Path=${page}; HttpOnly; SameSite=Lax$`))
      expect(opened.text)
        .to.match(/533421198410140222/)
        .and.match(/停止办理有关企业/)
      expect(opened.headers.get('content-security-policy'))
        .to.match(/default-src 'none'/)
        .and.match(/form-action 'self'/)
      expect(opened.headers.get('cache-control')).to.equal('no-store')
      expect((await clerk.ask('GET', `/api/v1/assistance/${id}`)).body['state']).to.equal('acknowledged')

      const mine = { cookie: cookie.split(';', 1)[0] ?? '' }
      expect((await server.ask('GET', page, { headers: mine })).text).to.match(/提交答复/)
      expect((await server.ask('POST', page, { headers: mine })).text).to.match(/提交答复/)
      for (const method of ['GET', 'POST']) {
        const replay = await server.ask(method, page)
        expect([replay.status, replay.headers.get('set-cookie')]).to.deep.equal([200, null])
        expect(replay.text)
          .to.match(/已于2026-03-02 10:05确认/)
          .and.match(/重新发送/)
          .and.not.match(/533421/)
      }
      const stranger = await server.ask('POST', `${page}/answer`, { headers: FORM, body: 'outcome=carried_out&text=%E5%B7%B2%E5%8A%9E' })
      expect(stranger.text)
        .to.match(/已经用过/)
        .and.not.match(/533421/)

      const headers = { ...FORM, ...mine }
      expect((await server.ask('POST', `${page}/answer`, { headers, body: 'outcome=perhaps&text=ab' })).status).to.equal(400)
      expect((await server.ask('POST', `${page}/answer`, { headers, body: 'outcome=carried_out&text=+' })).text).to.match(
        /role="alert">[^<]*理由/,
      )
      const evil = new URLSearchParams({ text: '<script>alert(1)</script>' }).toString()
      expect((await server.ask('POST', `${page}/review`, { headers, body: evil })).text).to.include('&lt;script&gt;')
      const text = new URLSearchParams({ outcome: 'carried_out', text: '已于当日停止办理' }).toString()
      const answered = await server.ask('POST', `${page}/answer`, { headers, body: text })
      expect(answered.text)
        .to.match(/已经办理：已于当日停止办理/)
        .and.not.match(/提交答复/)
      expect((await clerk.ask('GET', `/api/v1/assistance/${id}`)).body['outcome']).to.equal('carried_out')
    })

    it('are closed to whoever is not the unit’s liaison any more, and of a unit that was closed, also in the browser that confirmed', async () => {
      const { id, page } = await issuedWithLink()
      const cookie = ((await server.ask('POST', page)).headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
      const body = new URLSearchParams({ outcome: 'carried_out', text: '已于当日停止办理' }).toString()
      const tried = async (): Promise<number[]> => [
        (await server.ask('GET', page, { headers: { cookie } })).status,
        (await server.ask('POST', page)).status,
        (await server.ask('POST', `${page}/answer`, { headers: { ...FORM, cookie }, body })).status,
      ]
      const set = (sql: string, active: boolean): Promise<number> => made.app.store.write((tx) => tx.run(sql, [active]))
      for (const sql of ["update liaison set active = ? where unit_id = 'water'", "update unit set active = ? where id = 'water'"]) {
        await set(sql, false)
        expect(await tried(), sql).to.deep.equal([403, 403, 403])
        await set(sql, true)
      }
      expect((await clerk.ask('GET', `/api/v1/assistance/${id}`)).body['state']).to.equal('acknowledged')
      expect((await server.ask('GET', page, { headers: { cookie } })).status).to.equal(200)
    })

    it('say of a withdrawn notice that nothing is to be done, and of an ended link how to get another', async () => {
      const { id, page } = await issuedWithLink()
      await bodyOf(200, post(approver, `/${id}/withdraw`, { reason: '对象有误' }))
      expect((await server.ask('POST', page)).text)
        .to.match(/已撤回，不再办理/)
        .and.not.match(/提交答复/)
      const other = await issuedWithLink()
      made.clock.set(at('2026-03-18', 10))
      expect((await server.ask('GET', other.page)).text)
        .to.match(/已经失效/)
        .and.match(/重新发送/)
      expect((await server.ask('POST', other.page)).text).to.match(/已经失效/)
      made.clock.set(at(TODAY, 10))
    })

    it('let a unit’s system acknowledge and answer its own notice with a key, and see no other unit’s', async () => {
      await addWechatUnit(made.app, 'power')
      const { id } = await issuedWithLink()
      const bearer = async (unitId: string, scope: 'assistance' | 'feed'): Promise<Record<string, string>> => ({
        authorization: `Bearer ${await addKey(made.app, unitId, [scope])}`,
      })
      const askAs = async (headers: Record<string, string>, method: string, path: string, json?: unknown): Promise<Answer> =>
        server.ask(method, `/api/v1/assistance${path}`, { headers, ...(json === undefined ? {} : { json }) })
      const [own, other, narrow] = [await bearer('water', 'assistance'), await bearer('power', 'assistance'), await bearer('water', 'feed')]
      expect(code(await askAs(narrow, 'GET', ''))).to.equal('scope_missing')
      expect(code(await askAs(other, 'GET', `/${id}`))).to.equal('unit_other')
      expect((await askAs(other, 'GET', '')).body['total']).to.equal(0)
      expect((await askAs(own, 'GET', `/${id}`)).body).to.deep.include({ links: [], audit: [] })
      expect((await askAs(own, 'POST', `/${id}/acknowledge`, {})).body['state']).to.equal('acknowledged')
      expect(code(await askAs(own, 'POST', `/${id}/acknowledge`, {}))).to.equal('assistance_act_impossible')
      expect((await askAs(own, 'POST', `/${id}/answer`, { outcome: 'carried_out', text: '已办理' })).body['state']).to.equal('answered')
      expect((await askAs(own, 'POST', `/${id}/withdraw`, { reason: '不办' })).status).to.equal(403)
    })
  })
})
