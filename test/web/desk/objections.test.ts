// An objection on the desk: registered from its listing, reviewed by one person, decided by another, with the fields that each act needs.

import { expect } from 'chai'
import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { listed } from '../../support/listed.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describeInBrowser('objections on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make()
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('go from the listing’s page over a review to the decision of another person, each told apart by the screen', async () => {
      const [listingId = ''] = await listed(made.app, 1)
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/objections')
      await page.getByText('还没有纠正申请').waitFor()
      await visitor.expectAccessible()
      await visitor.open('/desk/objections/new')
      await page.getByText('请先打开申请所针对的名单条目').waitFor()
      await visitor.open(`/desk/listings/${listingId}`)
      await page.getByRole('link', { name: '登记纠正申请' }).click()
      await page.getByRole('button', { name: '登记', exact: true }).click()
      expect(await page.getByRole('textbox', { name: '申请的内容和理由' }).getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await page.getByRole('textbox', { name: '申请的内容和理由' }).fill('已经履行完毕，请求撤销。')
      await page.getByRole('button', { name: '登记', exact: true }).dblclick()
      await page.getByRole('heading', { name: /^JZ/ }).waitFor()
      await page.getByText('已经履行完毕，请求撤销。').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('objection')
      const dialog = page.getByRole('dialog')
      await page.getByRole('button', { name: '开始审查' }).click()
      await dialog.getByRole('button', { name: '开始审查' }).press('Enter')
      await page.getByText('已开始审查').waitFor()
      await expectCount(page.getByRole('button', { name: '驳回' }), 0)
      const address = page.url()
      await visitor.open('/desk/objections?state=reviewing')
      await page.getByRole('row').nth(1).waitFor()
      await expectCount(page.getByRole('row'), 2)
      await visitor.expectAccessible()
      await visitor.picture('objections')
      await visitor.close()

      visitor = await visit(server, { as: await server.person('approver') })
      const other = visitor.page
      await other.goto(address)
      await other.getByRole('button', { name: '驳回' }).click()
      await other.getByRole('dialog').getByRole('button', { name: '驳回' }).click()
      expect(await other.getByRole('textbox', { name: '理由' }).getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await other.getByRole('textbox', { name: '理由' }).fill('尚欠利息，没有全部履行。')
      await other.getByRole('dialog').getByRole('button', { name: '驳回' }).click()
      await other.getByText('已驳回，请登记送达日期').waitFor()
      await other.getByText('尚欠利息，没有全部履行。').waitFor()
      await other.reload()
      await other.getByText('尚欠利息，没有全部履行。').waitFor()
      await visitor.expectAccessible()
    })
  })
})
