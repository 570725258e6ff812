// Notices on the desk: was it served, by which way, and what a person says where no machine could.

import { expect } from 'chai'
import { createSandbox } from '../../../src/messaging/channels/sandbox/sandbox.ts'
import { createDispatcher } from '../../../src/messaging/dispatcher.ts'
import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
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

    it('are exported once however often the button is pressed, and a refusal says how to narrow', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/notices')
      await page.getByText('还没有发出通知').waitFor()
      await expectCount(page.getByRole('button', { name: '导出 XLSX' }), 0)
      await listed(made.app, 1, {}, 900)
      await visitor.open('/desk/notices?audience=debtor')
      const asked: unknown[] = []
      await page.route('**/export.xlsx', async (route) => {
        asked.push(route.request().postDataJSON())
        await route.continue()
      })
      await page.getByText('一次最多5万条').waitFor()
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出 XLSX' }).dblclick()])
      expect(download.suggestedFilename()).to.match(/^通知-\d{4}-\d\d-\d\d\.xlsx$/)
      await page.getByText('已导出。').waitFor()
      expect(asked).to.deep.equal([{ audience: 'debtor' }])
      await visitor.expectAccessible()
      await page.unroute('**/export.xlsx')
      await page.route('**/export.xlsx', (route) =>
        route.fulfill({
          ...{ status: 400, contentType: 'application/problem+json' },
          body: JSON.stringify({
            code: 'export_too_many',
            title: '',
            detail: '符合条件的有 50001 条，一次最多导出 50000 条',
            problems: [],
          }),
        }),
      )
      visitor.expectErrors(/status of 400/)
      await page.getByRole('button', { name: '导出 XLSX' }).press('Enter')
      await page.getByText('一次最多导出 50000 条').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('notices-export')
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

    it('print letters and labels for all duties that match, and settle what was posted at once', async function () {
      this.timeout(240_000)
      await listed(made.app, 55, { address: '香格里拉市建塘镇某某路7号附8号' }, 40)
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/duties?kind=letter')
      const total = page.getByText(/^共\d+条/)
      await total.waitFor()
      const count = Number(/\d+/.exec(await total.innerText())?.[0])
      expect(count).to.be.above(50)
      await page.getByRole('checkbox', { name: '选择本页全部' }).check()
      await page.getByRole('button', { name: `选择符合条件的全部${count}条` }).click()
      await page.getByText(`已选择${count}条`).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-duties-chosen')

      await page.getByRole('button', { name: '打印信件' }).click()
      await visitor.expectAccessible()
      const letters = page.waitForEvent('download', { timeout: 100_000 })
      await page.getByRole('dialog').getByRole('button', { name: '生成信件' }).click()
      expect((await letters).suggestedFilename()).to.match(new RegExp(`^通知信件${count}份-\\d{4}-\\d\\d-\\d\\d\\.docx$`))
      await page.getByText(`已生成${count}封信`).waitFor()
      await page
        .getByText(/信件打印于/)
        .first()
        .waitFor()
      await page.getByRole('button', { name: '打印信封标签' }).click()
      await page.getByLabel('从第几枚开始').fill('15')
      await page.getByRole('dialog').getByRole('button', { name: '生成标签' }).click()
      expect(await page.getByLabel('从第几枚开始').getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await page.getByLabel('从第几枚开始').fill('3')
      const labels = page.waitForEvent('download', { timeout: 100_000 })
      await page.getByRole('dialog').getByRole('button', { name: '生成标签' }).click()
      expect((await labels).suggestedFilename()).to.contain(`信封标签${count}枚`)
      await page.getByText(`已生成${count}枚标签`).waitFor()

      await page.getByRole('button', { name: '批量登记结果' }).click()
      await page
        .getByRole('dialog')
        .getByRole('button', { name: `登记${count}条` })
        .click()
      expect(await page.getByRole('textbox', { name: '经过说明' }).getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await page.getByRole('textbox', { name: '经过说明' }).fill('邮政挂号信寄送，签收。')
      await visitor.picture('desk-duties-together')
      await page
        .getByRole('dialog')
        .getByRole('button', { name: `登记${count}条` })
        .dblclick()
      await page.getByText(`已登记${count}条通知的结果`).waitFor()
      await page.getByText('没有符合条件的记录').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-duties-done')
    })

    it('are sent again with a reason, once, and show who asked for it', async () => {
      await listed(made.app, 1, { phone: '13900002229' }, 200)
      const [notice] = await made.app.store.read((db) =>
        db.query<{ id: string }>(
          "select id from notice where template = 'listing-listed-debtor' and state = 'open' order by id desc limit 1",
        ),
      )
      const id = notice?.id ?? ''
      await made.app.store.write(async (tx) => {
        await tx.run("update notice set state = 'accepted' where id = ?", [id])
        await tx.run("update delivery set state = 'accepted' where notice_id = ? and rung = 0", [id])
      })
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open(`/desk/notices/${id}`)
      await page.getByRole('button', { name: '再次发送' }).click()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '确认再次发送' }).click()
      expect(await page.getByRole('textbox', { name: '再次发送的原因' }).getAttribute('aria-invalid')).to.equal('true')
      await page.getByRole('textbox', { name: '再次发送的原因' }).fill('本人来电说没有收到')
      await visitor.picture('desk-notice-resend')
      await page.getByRole('button', { name: '确认再次发送' }).dblclick()
      await page.getByText('已安排再次发送').waitFor()
      await page.getByText(/^第2次发送：.*原因：本人来电说没有收到$/).waitFor()
      await expectCount(page.getByRole('button', { name: '再次发送' }), 0)
      await visitor.expectAccessible()
      await visitor.picture('desk-notice-resent')
      expect((await made.app.store.read((db) => db.query('select 1 from notice_resend where notice_id = ?', [id]))).length).to.equal(1)
    })
  })
})
