// The desk's home: what waits, in the menu too, and nothing for who has nothing to do.

import { expect } from 'chai'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { PERSON, WRITTEN } from '../../support/drafts.ts'
import { draftListing, rejectListings } from '../../../src/features/listings/commands.ts'
import { APPROVER, CLERK, submitted } from '../../support/listed.ts'
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
      expect((await clerk.ask('POST', '/api/v1/listings', { json: { content: WRITTEN } })).status).to.equal(201)
      await page.reload()
      await page.getByRole('link', { name: /待提交的名单草稿/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-home')
      expect(await page.title()).to.contain('待办')
    })

    it('leads from a draft that the approver sent back to the list of those, as many as it says', async () => {
      const { app } = made
      const items = [{ id: (await draftListing(app, CLERK, { content: { ...PERSON, caseNo: '（2026）云3401执941号' } })).id }]
      await submitted(app, CLERK, items)
      await rejectListings(app, APPROVER, { items, reason: '请补充送达地址' })
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk')
      const card = page.getByRole('link', { name: /审批人退回、待修改重提的草稿/ })
      expect(await card.innerText()).to.match(/1$/)
      await card.press('Enter')
      await page.getByText('共1条').waitFor()
      expect(await page.locator('#field-only').inputValue()).to.equal('returned')
      await visitor.expectAccessible()
      await page.getByRole('rowheader').getByRole('link').first().click()
      await page.getByText('审批人退回了这个条目，理由：请补充送达地址').waitFor()
    })
  })
})
