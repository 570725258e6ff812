// The desk's home: what waits, in the menu too, and nothing for who has nothing to do.

import { expect } from 'chai'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { PERSON } from '../../support/drafts.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('the home of the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('says that nothing waits, shows what waits once there is something, and leads there', async () => {
      const clerk = await server.person('clerk')
      visitor = await visit(server, { as: clerk })
      const { page } = visitor
      await visitor.open('/desk')
      await page.getByText('目前没有等待您办理的事项。').waitFor()
      await visitor.expectAccessible()
      expect((await clerk.ask('POST', '/api/v1/listings', { json: { content: PERSON } })).status).to.equal(201)
      await page.reload()
      await page.getByRole('link', { name: /待提交的名单草稿/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-home')
      expect(await page.title()).to.contain('待办')
    })
  })
})
