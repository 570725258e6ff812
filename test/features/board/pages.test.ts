// The board: only what is public now, masked, within the court's window; switched off it does not exist. How it turns is screen.test.ts.

import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { enter } from '../../support/entered.ts'
import { CLERK, listed, served } from '../../support/listed.ts'
import { openServer, type Answer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, makeApp, type TestApp } from '../../support/app.ts'
import { PERSON } from '../../support/drafts.ts'

const DAY = 86_400_000

async function shown(server: TestServer): Promise<Answer> {
  return server.ask('GET', '/board')
}

eachDatabase((_db, make) => {
  describe('the board', () => {
    let made: TestApp
    let server: TestServer

    afterEach(() => server.close())

    async function open(env: Record<string, string> = {}): Promise<void> {
      made = await make({ env })
      server = await openServer(made)
    }

    it('shows the published entries of the latest bulletins, masked, and drops one that leaves the list', async () => {
      await open()
      const [first = '', second = ''] = await listed(made.app, 2)
      await served(made.app, 1, { caseNo: '（2026）云3401执77号' })
      await listed(made.app, 1, { caseNo: '（2026）云3401执88号', disclosure: 'undisclosed', employer: '某单位' })
      const { status, text } = await shown(server)
      expect(status).to.equal(200)
      expect(text).to.include('执1号').and.include('执2号').and.include('2026-0001').and.include('新增 2 条')
      expect(text).not.to.include('执77号').and.not.to.include('执88号').and.not.to.include(String(PERSON.identifier))
      expect(text).not.to.match(/\d{17}[\dXx]/)
      await shieldListings(made.app, CLERK, { items: [{ id: first }], ground: 'fully_performed', reason: '已全部履行' })
      const later = await shown(server)
      expect(later.text).to.include('执2号').and.include('屏蔽 1 条').and.not.to.include('执1号')
      await shieldListings(made.app, CLERK, { items: [{ id: second }], ground: 'fully_performed', reason: '已全部履行' })
      expect((await shown(server)).text).not.to.include('云3401执')
    })

    it('shows no more entries than the court set, of no bulletin older than it set, and takes no paging', async () => {
      await open({ BOARD_ENTRIES: '2', BOARD_DAYS: '7' })
      await listed(made.app, 3)
      await listed(made.app, 1, {}, 9)
      const { text } = await shown(server)
      expect(text.match(/<article/g)).to.have.length(2)
      expect(text).to.include('执9号').and.include('执1号').and.not.to.include('执2号')
      expect((await server.ask('GET', '/board?offset=2&limit=200&days=300')).text.match(/<article/g)).to.have.length(2)
      made.clock.advance(7 * DAY + 1)
      expect((await shown(server)).text)
        .to.include('近7日没有新的通报')
        .and.not.to.include('<article')
    })

    it('does not show a list that was taken over, because it was published before, and says so', async () => {
      await open()
      await enter(made.app, 'list.xlsx', 'takeover')
      expect((await shown(server)).text)
        .to.include('没有新的通报')
        .and.match(/以前公布的\d+条，没有退出的也还在名单上/)
        .and.not.to.include('<article')
      expect((await server.ask('GET', '/published')).text).to.match(/以前公布的\d+条.*<a href="\/enquiry">名单查询/)
    })
  })
})

describe('the page of the board', () => {
  it('runs its own script alone, is in no search engine, in no cache and in no frame', async () => {
    const made = await makeApp()
    const server = await openServer(made)
    try {
      const { headers } = await shown(server)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy.split(';')).to.include.members([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ])
      expect(headers.get('x-frame-options')).to.equal('DENY')
      expect(headers.get('x-robots-tag')).to.include('noindex')
      expect(headers.get('cache-control')).to.equal('no-store')
      expect((await server.ask('GET', '/')).headers.get('content-security-policy')).not.to.include('script-src')
      const script = await server.ask('GET', '/board.js')
      expect([script.status, script.headers.get('content-type')]).to.deep.equal([200, 'text/javascript; charset=utf-8'])
      expect((await server.ask('GET', '/board.css')).headers.get('content-type')).to.equal('text/css; charset=utf-8')
    } finally {
      await server.close()
      await made.close()
    }
  })

  it('does not exist where the court has switched it off', async () => {
    const made = await makeApp({ env: { BOARD: 'off' } })
    const server = await openServer(made)
    expect((await shown(server)).status).to.equal(404)
    await server.close()
    await made.close()
  })

  it('is limited for each address', async () => {
    const made = await makeApp({ env: { ENQUIRY_PER_MINUTE: '3' } })
    const server = await openServer(made)
    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await shown(server)).status))
    expect(statuses.filter((status) => status === 429)).to.have.length(2)
    await server.close()
    await made.close()
  })
})
