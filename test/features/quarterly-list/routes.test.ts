// The quarterly list over a real server: prepared and approved by staff, collected by its receivers from the page of a link.
// What the commands refuse is test/features/quarterly-list/commands.test.ts.

import { expect } from 'chai'
import { tokensSent } from '../../support/assistance.ts'
import { at } from '../../support/deadlines.ts'
import { openServer, type TestServer, type Person } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { docxText, fileBytes, quarterOfThree } from '../../support/pushes.ts'
import { maintainQuarterlyLists } from '../../../src/features/quarterly-list/tasks.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { APPROVER } from '../../support/listed.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'

eachDatabase((_db, make) => {
  let made: TestApp
  let server: TestServer
  let clerk: Person
  let approver: Person
  let person: string

  before(async () => {
    made = await make({ now: at('2026-03-01', 10) })
    person = (await quarterOfThree(made)).person
    server = await openServer(made)
    clerk = await server.person('clerk')
    approver = await server.person('approver')
  })
  after(() => server.close())

  async function expectStatus(
    status: number,
    person: Person,
    method: string,
    path: string,
    json?: unknown,
  ): Promise<Record<string, unknown>> {
    const answer = await person.ask(method, `/api/v1/pushes${path}`, json === undefined ? {} : { json })
    expect(answer.status, answer.text).to.equal(status)
    return answer.body
  }

  it('lets two people prepare and approve a list, and a receiver collect it from a page that previews may open too', async () => {
    expect((await server.ask('GET', '/api/v1/pushes')).status).to.equal(401)
    for (const quarter of ['2026Q9', 'now', '']) await expectStatus(400, clerk, 'POST', '', { quarter })
    const { id } = await expectStatus(201, clerk, 'POST', '', { quarter: '2026Q3' })
    const path = `/${String(id)}`
    expect(await expectStatus(409, clerk, 'POST', '', { quarter: '2026Q3' })).to.include({ code: 'push_standing' })
    expect(await expectStatus(403, clerk, 'POST', `${path}/release`)).to.include({ code: 'not_allowed' })
    expect(await expectStatus(200, clerk, 'GET', path)).to.deep.include({ possible: ['prepare_anew'] })
    expect(await expectStatus(200, approver, 'GET', path)).to.deep.include({ possible: ['release', 'prepare_anew'] })
    const file = await approver.ask('GET', `/api/v1/pushes${path}/docx`)
    expect(file.headers.get('content-disposition')).to.include(encodeURIComponent('2026年第三季度失信被执行人名单公告.docx'))
    await expectStatus(200, approver, 'POST', `${path}/release`)
    const [token = ''] = await tokensSent(made.app, 'push.released')
    const page = `/pushes/${token}`

    for (const method of ['GET', 'HEAD', 'GET']) {
      const seen = await server.ask(method, page)
      expect(seen.status).to.equal(200)
      if (method === 'GET')
        expect(seen.text)
          .to.match(/季度末在名单上的共 3 条；本季度新增 2 条/)
          .and.match(/下载本季度变动公告/)
          .and.match(/下载张贴公告/)
          .and.not.match(/扎西某/)
    }
    expect((await expectStatus(200, clerk, 'GET', path))['receipts']).to.deep.equal([])
    expect((await server.ask('GET', `${page}/docx`)).status).to.equal(405)
    const download = await fetch(`${server.url}${page}/docx`, { method: 'POST' })
    const cookie = download.headers.get('set-cookie') ?? ''
    expect(cookie).to.match(new RegExp(`^zxt_link=[\\w-]{43}; Max-Age=\\d+; Path=${page}; HttpOnly; SameSite=Lax$`))
    const mine = { headers: { cookie: cookie.split(';', 1)[0] ?? '' } }
    for (const what of ['docx', 'published']) {
      expect((await server.ask('POST', `${page}/${what}`)).status, `a forwarded link: ${what}`).to.equal(409)
    }
    expect((await server.ask('GET', page)).text)
      .to.include('只能在当时使用的手机或电脑上打开')
      .and.not.include('下载张贴公告')
    expect(download.headers.get('content-disposition')).to.include(encodeURIComponent('公告.docx'))
    const bytes = Buffer.from(await download.arrayBuffer())
    expect(bytes).to.deep.equal(await fileBytes(made.app, String(id), 'docx'))
    expect(await docxText(bytes)).to.include('扎西某')
    const spoken = await server.ask('POST', `${page}/txt`, mine)
    expect([spoken.headers.get('content-type'), spoken.text.includes('第一条。扎西某')]).to.deep.equal(['text/plain; charset=utf-8', true])
    const changes = await server.ask('POST', `${page}/changes-txt`, mine)
    expect(changes.text).to.include('新增二条。')
    expect((await approver.ask('GET', `/api/v1/pushes${path}/changes-xlsx`)).text.slice(0, 2)).to.equal('PK')
    expect((await approver.ask('GET', `/api/v1/pushes${path}/changes-pdf`)).status).to.equal(404)
    expect((await server.ask('POST', `${page}/published`, mine)).text).to.match(/登记公布/)
    const receipts = (await expectStatus(200, clerk, 'GET', path))['receipts'] as Record<string, unknown>[]
    expect(receipts.map(({ what, byHand, onDay }) => [what, byHand, onDay])).to.deep.equal([
      ['docx', false, null],
      ['txt', false, null],
      ['changes_txt', false, null],
      ['published', false, '2026-10-01'],
    ])
    await expectStatus(200, clerk, 'POST', `${path}/hand-over`, { unitId: 'e_government_center', what: 'xlsx' })
    await expectStatus(400, clerk, 'POST', `${path}/hand-over`, { unitId: 'e_government_center', what: 'pdf' })

    await shieldListings(made.app, APPROVER, { items: [{ id: person }], ground: 'fully_performed', reason: '已履行' })
    await maintainQuarterlyLists(made.app, SYSTEM)
    expect((await server.ask('GET', page)).text)
      .to.match(/已经失效/)
      .and.not.match(/下载张贴公告/)
    const newest = (await tokensSent(made.app, 'push.corrected')).at(0) ?? ''
    expect((await server.ask('GET', `/pushes/${newest}`)).text).to.match(/已退出，请撤下[\s\S]*扎西某/)
    await expectStatus(200, clerk, 'POST', `${path}/link`, { unitId: 'e_government_center' })
    expect((await server.ask('POST', `/pushes/${newest}/txt`)).status).to.equal(403)
    expect((await server.ask('GET', `/pushes/${'x'.repeat(43)}`)).status).to.equal(403)
    expect((await server.ask('GET', `/assistance/${newest}`)).status).to.equal(403)
    expect((await expectStatus(200, clerk, 'GET', '?quarter=2026Q3&state=released'))['total']).to.equal(1)
  })
})
