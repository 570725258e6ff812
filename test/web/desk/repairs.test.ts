// A credit repair on the desk: applied for from the listing's page, put to a unit, its answer entered, decided by another person.

import { expect } from 'chai'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { addUnit } from '../../support/deadlines.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { listed } from '../../support/listed.ts'
import { revokeByTwo } from '../../support/proposed.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describeInBrowser('credit repairs on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make()
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('go from the delisted entry over a unit’s opinion to the decision of another person, and into the file', async () => {
      await addUnit(made.app, 'u1')
      const [listingId = ''] = await listed(made.app, 1)
      await revokeByTwo(made.app, [listingId], '列入有误')
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      await visitor.open('/desk/repairs')
      await page.getByText('还没有信用修复申请').waitFor()
      await visitor.expectAccessible()
      await visitor.open(`/desk/listings/${listingId}`)
      await page.getByRole('link', { name: '登记信用修复' }).click()
      await page.getByRole('button', { name: '登记', exact: true }).click()
      expect(await page.getByRole('textbox', { name: '申请的内容和理由' }).getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await page.getByRole('textbox', { name: '申请的内容和理由' }).fill('义务已经全部履行。')
      await page.getByRole('button', { name: '登记', exact: true }).dblclick()
      await page.getByRole('heading', { name: /^XF/ }).waitFor()
      await page.getByRole('button', { name: '征求单位意见' }).click()
      await dialog.getByRole('checkbox', { name: 'u1局' }).check()
      await dialog.getByRole('button', { name: '征求单位意见' }).click()
      await page.getByText('已征求意见').waitFor()
      await page.getByRole('button', { name: '登记单位意见' }).click()
      await dialog.getByLabel('单位', { exact: true }).selectOption({ label: 'u1局' })
      await dialog.getByRole('radio', { name: '同意', exact: true }).check()
      await visitor.expectAccessible()
      await dialog.getByRole('button', { name: '登记单位意见' }).click()
      await page.getByText('已登记单位意见').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('repair')
      const address = page.url()
      await visitor.close()

      visitor = await visit(server, { as: await server.person('approver') })
      const other = visitor.page
      await other.goto(address)
      await other.getByRole('button', { name: '准予信用修复' }).click()
      await other.getByRole('textbox', { name: '理由' }).fill('义务已经全部履行，单位同意。')
      await other.getByRole('dialog').getByRole('button', { name: '准予信用修复' }).press('Enter')
      await other.getByText('已准予，申请人和有关单位会收到通知').waitFor()
      await visitor.open('/desk/repairs?state=approved')
      await other.getByRole('link', { name: /^XF/ }).waitFor()
      await visitor.expectAccessible()
      await other.getByRole('button', { name: '导出已准予的' }).click()
      const [download] = await Promise.all([
        other.waitForEvent('download'),
        other.getByRole('dialog').getByRole('button', { name: '导出已准予的' }).click(),
      ])
      expect(download.suggestedFilename()).to.match(/^信用修复信息.*\.csv$/)
    })
  })
})
