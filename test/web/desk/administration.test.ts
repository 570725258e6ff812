// Audit, notice templates, and the installation on the desk.

import { expect } from 'chai'
import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { listed } from '../../support/listed.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('the record, the templates and the state of the installation on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('finds what was done by act and account without the account in the address, and verifies the whole record', async () => {
      const [id = ''] = await listed(made.app, 1)
      const auditor = await server.person('auditor')
      visitor = await visit(server, { as: auditor })
      const { page } = visitor
      await visitor.open('/desk/audit')
      await page.getByRole('cell', { name: '公布名单' }).first().waitFor()
      await page.getByRole('group').or(page.locator('summary')).first().waitFor()
      await page.locator('summary').first().click()
      await visitor.expectAccessible()
      await visitor.picture('desk-audit')
      await page.getByLabel('做了什么').selectOption({ label: '批准名单条目' })
      await page.getByRole('textbox', { name: '事项' }).fill(`listing:${id}`)
      await page.getByRole('button', { name: '查询', exact: true }).click()
      await page.getByText('已显示1条').waitFor()
      await page.reload()
      await page.getByText('已显示1条').waitFor()
      await page.getByRole('textbox', { name: '账号' }).fill(auditor.login)
      await page.keyboard.press('Enter')
      await page.getByText('没有符合条件的记录').waitFor()
      expect(page.url()).to.not.contain(auditor.login)
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '开始核验' }).click()
      await page.getByText('没有发现改动或者缺失').waitFor()
      await page.getByText(/核验完毕：操作记录\d+条、名单条目1条/).waitFor()
      await visitor.expectAccessible()
    })

    it('says where the record was changed', async () => {
      await made.app.store.write((tx) => tx.run("update audit set detail = '{}' where subject like 'listing:%' and n = 2"))
      visitor = await visit(server, { as: await server.person('auditor') })
      const { page } = visitor
      await visitor.open('/desk/audit')
      await page.getByRole('button', { name: '开始核验' }).click()
      await page.getByText('这一条被改动').waitFor()
      await visitor.expectAccessible()
    })

    it('shows each template in its version as it reads by each way, with what an SMS costs', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/templates')
      await page.getByRole('searchbox', { name: '通知名称' }).fill('纳入失信被执行人名单决定')
      await page.keyboard.press('Enter')
      const link = page.getByRole('rowheader').getByRole('link').first()
      await link.waitFor()
      await page.reload()
      await link.waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-templates')
      await link.click()
      await page.getByText(/按\d+条短信计费/).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-template')
      visitor.expectErrors(/status of 404/)
      await visitor.open('/desk/templates/no-such-one')
      await page.getByRole('alert').waitFor()
    })

    it('shows health and settings without secrets, and sends a test message once an address is known', async () => {
      visitor = await visit(server, { as: await server.person('admin') })
      const { page } = visitor
      visitor.expectErrors(/status of 400/)
      await visitor.open('/desk/system')
      await page.getByRole('heading', { name: '检查项目' }).waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '发送测试消息' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('textbox', { name: /手机号码或者微信标识/ }).fill('13900004321')
      await page.getByRole('button', { name: '发送测试消息' }).click()
      await page.getByText('测试消息：发送中').waitFor()
      await visitor.picture('desk-system')
      await page.getByRole('link', { name: '系统设置' }).click()
      await page.getByRole('heading', { name: '消息发送' }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-settings')
    })

    it('leads from the to-do list to accounts that wait, and keeps how a person is reached', async () => {
      const admin = await server.person('admin')
      await admin.ask('POST', '/api/v1/staff', { json: { login: 'approver.new', name: '阿茸', roles: ['approver'] } })
      visitor = await visit(server, { as: await server.person('admin') })
      const { page } = visitor
      visitor.expectErrors(/status of 400/)
      await visitor.open('/desk/')
      await page.getByRole('link', { name: /待确认的账号事项/ }).click()
      await page.getByText('仅显示有变更等待确认的账号').waitFor()
      await page.getByRole('rowheader', { name: '阿茸' }).waitFor()
      await expectCount(page.getByRole('rowheader'), 1)
      await page.getByRole('button', { name: /^联系方式\s?阿茸/ }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('手机 —').waitFor()
      await dialog.getByRole('textbox', { name: '手机号码' }).fill('12')
      await dialog.getByRole('button', { name: '保存联系方式' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByRole('textbox', { name: '手机号码' }).fill('13900008765')
      await dialog.getByRole('button', { name: '保存联系方式' }).click()
      await page.getByText('已保存“阿茸”的联系方式').waitFor()
      await page.getByRole('button', { name: '查看全部账号' }).click()
      await page.getByRole('rowheader').nth(1).waitFor()
      await visitor.expectAccessible()
    })
  })
})
