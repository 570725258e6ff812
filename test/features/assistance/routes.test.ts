// Assistance notices over the real server: the routes of staff, and the page that a liaison's link opens, as a phone and a chat's preview ask for it.
// What the acts themselves refuse is test/features/assistance/commands.test.ts.

import { expect } from 'chai'
import { addWechatUnit, assistanceTo, issued, TODAY, tokensSent } from '../../support/assistance.ts'
import { at } from '../../support/clock-desk.ts'
import { openDoor, type Answer, type Door, type Person } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { listed } from '../../support/listed.ts'
import { addKey } from '../../support/screening.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

eachDatabase((_db, make) => {
  let made: TestApp
  let door: Door
  let clerk: Person
  let approver: Person

  before(async () => {
    made = await make({ now: at(TODAY, 10) })
    door = await openDoor(made)
    clerk = await door.person('clerk')
    approver = await door.person('approver')
    await addWechatUnit(made.app, 'water')
  })
  after(() => door.close())

  const code = (answer: Answer): unknown => answer.body['code']
  const post = (person: Person, path: string, json: unknown): Promise<Answer> => person.ask('POST', `/api/v1/assistance${path}`, { json })

  async function done(status: number, asked: Promise<Answer>): Promise<Readonly<Record<string, unknown>>> {
    const answer = await asked
    expect(answer.status, answer.text).to.equal(status)
    return answer.body
  }

  /** A fresh notice and the token of its link. */
  async function linked(change: Parameters<typeof assistanceTo>[1] = {}): Promise<{ id: string; page: string }> {
    const id = await issued(made.app, 'water', change)
    const [token = ''] = await tokensSent(made.app, `assistance.issued:${id}`)
    return { id, page: `/assistance/${token}` }
  }

  it('asks who is there, and refuses what does not fit before any act is asked', async () => {
    expect((await door.ask('GET', '/api/v1/assistance')).status).to.equal(401)
    expect(code(await post(approver, '', assistanceTo('water')))).to.equal('not_allowed')
    for (const wrong of [{ kind: 'order' }, { answerBy: '2026-02-30' }, { facts: '' }, { unitId: '' }, { listingId: '1' }])
      expect(code(await post(clerk, '', { ...assistanceTo('water'), ...wrong })), JSON.stringify(wrong)).to.equal('request_invalid')
    expect((await clerk.ask('GET', '/api/v1/assistance/01M81ZJK12XTFTYW6TKHXAKXPJ')).status).to.equal(404)
    for (const path of ['/assistance/short', `/assistance/${'x'.repeat(44)}`]) expect((await door.ask('GET', path)).status).to.equal(400)
    const unknown = await door.ask('GET', `/assistance/${'x'.repeat(43)}`)
    expect([unknown.status, unknown.headers.get('content-type')]).to.deep.equal([403, 'text/html; charset=utf-8'])
  })

  it('leads one from its draft to the answer, the clerk reading what was said', async () => {
    const [listingId] = await listed(made.app, 1)
    const { id } = await done(201, post(clerk, '', { ...assistanceTo('water'), kind: 'assistance', listingId }))
    const path = `/${String(id)}`
    const { kind: _kind, unitId: _unitId, ...texts } = assistanceTo('water')
    await done(200, clerk.ask('PUT', `/api/v1/assistance${path}`, { json: { ...texts, version: 1 } }))
    expect(code(await post(approver, `${path}/issue`, { version: 1 }))).to.equal('assistance_version_stale')
    await done(200, post(approver, `${path}/issue`, { version: 2 }))
    await done(200, post(clerk, `${path}/link`, {}))
    await done(200, post(clerk, `${path}/service`, { servedOn: TODAY, manner: '直接送达' }))
    await done(200, post(clerk, `${path}/acknowledge`, {}))
    await done(200, post(clerk, `${path}/review`, { text: '对象是否有误' }))
    await done(200, post(approver, `${path}/reply-review`, { reply: '无误，请继续办理' }))
    await done(200, post(clerk, `${path}/answer`, { outcome: 'could_not', text: '没有该登记' }))
    expect(await done(200, clerk.ask('GET', `/api/v1/assistance${path}`))).to.deep.include({ state: 'answered', outcome: 'could_not' })
    expect((await done(200, clerk.ask('GET', '/api/v1/assistance?state=answered&unitId=water')))['total']).to.equal(1)
    await done(200, post(clerk, `${path}/request-lift`, { ground: 'performed', note: '已付清' }))
    await done(200, post(approver, `${path}/decide-lift`, { granted: true, reason: '已付清' }))
    const refused = await post(approver, `${path}/withdraw`, { reason: '不再需要' })
    expect([refused.status, refused.body['detail']]).to.deep.equal([409, '这份文书现为“已解除”，不能“撤回”。现在可以做的操作：—。'])
  })

  it('shows a preview nothing of what it says, takes one confirmation, and then only that browser', async () => {
    const [listingId] = await listed(made.app, 1, {}, 50)
    const { id, page } = await linked({ kind: 'assistance', listingId })
    for (const method of ['GET', 'HEAD', 'GET']) {
      const preview = await door.ask(method, page, { headers: { 'user-agent': 'Mozilla/5.0 MicroMessenger' } })
      expect([preview.status, preview.headers.get('set-cookie')]).to.deep.equal([200, null])
      expect(preview.text).to.not.match(/扎西某|533421|停止办理有关企业/)
      if (method === 'GET')
        expect(preview.text)
          .to.match(/确认收到并打开/)
          .and.match(/（2026）云3401执协\d+号/)
    }
    expect((await clerk.ask('GET', `/api/v1/assistance/${id}`)).body['state']).to.equal('issued')

    const opened = await door.ask('POST', page)
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
    expect((await door.ask('GET', page, { headers: mine })).text).to.match(/提交答复/)
    expect((await door.ask('POST', page, { headers: mine })).text).to.match(/提交答复/)
    for (const method of ['GET', 'POST']) {
      const replay = await door.ask(method, page)
      expect([replay.status, replay.headers.get('set-cookie')]).to.deep.equal([200, null])
      expect(replay.text)
        .to.match(/已于2026-03-02 10:05确认/)
        .and.match(/重新发送/)
        .and.not.match(/533421/)
    }
    const stranger = await door.ask('POST', `${page}/answer`, { headers: FORM, body: 'outcome=carried_out&text=%E5%B7%B2%E5%8A%9E' })
    expect(stranger.text)
      .to.match(/已经用过/)
      .and.not.match(/533421/)

    const headers = { ...FORM, ...mine }
    expect((await door.ask('POST', `${page}/answer`, { headers, body: 'outcome=perhaps&text=ab' })).status).to.equal(400)
    expect((await door.ask('POST', `${page}/answer`, { headers, body: 'outcome=carried_out&text=+' })).text).to.match(
      /role="alert">[^<]*理由/,
    )
    const evil = new URLSearchParams({ text: '<script>alert(1)</script>' }).toString()
    expect((await door.ask('POST', `${page}/review`, { headers, body: evil })).text).to.include('&lt;script&gt;')
    const text = new URLSearchParams({ outcome: 'carried_out', text: '已于当日停止办理' }).toString()
    const answered = await door.ask('POST', `${page}/answer`, { headers, body: text })
    expect(answered.text)
      .to.match(/已经办理：已于当日停止办理/)
      .and.not.match(/提交答复/)
    expect((await clerk.ask('GET', `/api/v1/assistance/${id}`)).body['outcome']).to.equal('carried_out')
  })

  it('says of a withdrawn one that nothing is to be done, and of a link whose days are over how to get another', async () => {
    const { id, page } = await linked()
    await done(200, post(approver, `/${id}/withdraw`, { reason: '对象有误' }))
    expect((await door.ask('POST', page)).text)
      .to.match(/已撤回，不再办理/)
      .and.not.match(/提交答复/)
    const other = await linked()
    made.clock.set(at('2026-03-18', 10))
    expect((await door.ask('GET', other.page)).text)
      .to.match(/已经失效/)
      .and.match(/重新发送/)
    expect((await door.ask('POST', other.page)).text).to.match(/已经失效/)
    made.clock.set(at(TODAY, 10))
  })

  it('lets a unit’s system acknowledge and answer its own with a key, and see no other’s', async () => {
    await addWechatUnit(made.app, 'power')
    const { id } = await linked()
    const bearer = async (unitId: string, scope: 'assistance' | 'feed'): Promise<Record<string, string>> => ({
      authorization: `Bearer ${await addKey(made.app, unitId, [scope])}`,
    })
    const asked = async (headers: Record<string, string>, method: string, path: string, json?: unknown): Promise<Answer> =>
      door.ask(method, `/api/v1/assistance${path}`, { headers, ...(json === undefined ? {} : { json }) })
    const [own, other, narrow] = [await bearer('water', 'assistance'), await bearer('power', 'assistance'), await bearer('water', 'feed')]
    expect(code(await asked(narrow, 'GET', ''))).to.equal('scope_missing')
    expect(code(await asked(other, 'GET', `/${id}`))).to.equal('unit_other')
    expect((await asked(other, 'GET', '')).body['total']).to.equal(0)
    expect((await asked(own, 'GET', `/${id}`)).body).to.deep.include({ links: [], audit: [] })
    expect((await asked(own, 'POST', `/${id}/acknowledge`, {})).body['state']).to.equal('acknowledged')
    expect(code(await asked(own, 'POST', `/${id}/acknowledge`, {}))).to.equal('assistance_act_impossible')
    expect((await asked(own, 'POST', `/${id}/answer`, { outcome: 'carried_out', text: '已办理' })).body['state']).to.equal('answered')
    expect((await asked(own, 'POST', `/${id}/withdraw`, { reason: '不办' })).status).to.equal(403)
  })
})
