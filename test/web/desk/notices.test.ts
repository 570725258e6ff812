// Notices on the desk: was it served, by which way, and what a person says where no machine could.

import { expect } from 'chai'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { createDispatcher } from '../../../src/messaging/dispatcher.ts'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { listed } from '../../support/listed.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describeInBrowser('notices on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      // At ten in the morning, because statutory notices are not sent at night.
      made = await make()
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('say that nothing was sent yet and nothing waits, and keep the filter over a reload', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/duties')
      await page.getByText('目前没有需要人工送达的通知').waitFor()
      await visitor.expectAccessible()
      await visitor.open('/desk/notices')
      await page.getByText('还没有发出通知').waitFor()
      await page.getByLabel('状态').selectOption({ label: '无法送达' })
      await page.getByText('没有符合条件的记录').waitFor()
      expect(page.url()).to.contain('state=undeliverable')
      await page.reload()
      await page.getByText('没有符合条件的记录').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '清除筛选条件' }).click()
      await page.getByText('还没有发出通知').waitFor()
    })

    it('show each way with its outcome, and take a clerk’s word once the reason is given', async () => {
      await listed(made.app, 1, { phone: '13900001119' })
      const channels = (['wechat', 'wechaty', 'sms', 'voice'] as const).map((medium) => [medium, createSandbox(medium)] as const)
      const dispatcher = createDispatcher(made.app, new Map(channels), { poll: 20 })
      await dispatcher.processAll()
      await dispatcher.stop()
      await listed(made.app, 1, {}, 2)
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/notices')
      await page
        .getByRole('row', { name: /纳入失信被执行人名单决定通知/ })
        .first()
        .waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-notices')
      await page
        .getByRole('row', { name: /已送达|已交运营方/ })
        .getByRole('link')
        .first()
        .click()
      await page.getByText('是否送达：').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-notice')

      await visitor.open('/desk/duties')
      const first = page.getByRole('row').nth(1)
      await first.waitFor()
      const before = await page.getByRole('row').count()
      await visitor.expectAccessible()
      await visitor.picture('desk-duties')
      await first.getByRole('button', { name: '登记结果' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '登记结果' }).click()
      expect(await page.getByRole('textbox', { name: '经过说明' }).getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await page.getByRole('textbox', { name: '经过说明' }).fill('电话告知，本人接听。')
      await page.getByRole('dialog').getByRole('button', { name: '登记结果' }).click()
      await page.getByText(/的结果已登记/).waitFor()
      await page.waitForFunction(`document.querySelectorAll('tr').length < ${before}`)
    })
  })
})
