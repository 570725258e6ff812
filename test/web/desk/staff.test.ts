// The desk's log-in and the screen of accounts, in a real browser.

import { expect } from 'chai'
import { addStaff } from '../../../src/features/staff/commands.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

const OPERATOR: Actor = { id: 'operator:root', roles: ['operator'] }
const OWN_PASSWORD = 'kumquat-lantern-93'

eachDatabase((_db, make) => {
  describeInBrowser('the desk, from the first log-in to a second account', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      // Cookies end by the browser's clock, which is the machine's.
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('leads a new member of staff from the one-time password to the screen whose address they opened', async () => {
      const { password } = await addStaff(made.app, OPERATOR, { login: 'dolma', name: '卓玛', roles: ['auditor'] })
      visitor = await visit(server)
      const { page } = visitor
      visitor.expectErrors(/status of 401/)
      await visitor.open('/desk/staff')
      await visitor.expectAccessible()
      await visitor.picture('desk-log-in')
      await page.getByLabel('账号').fill('dolma')
      await page.getByLabel('密码').fill('wrong')
      await page.getByRole('button', { name: '登录' }).click()
      await page.getByRole('alert').waitFor()
      expect(await page.getByLabel('账号').inputValue()).to.equal('dolma')
      await visitor.expectAccessible()
      await page.getByLabel('密码').fill(password ?? '')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: '设置自己的密码' }).waitFor()
      await visitor.expectAccessible()
      await page.getByLabel('现在的密码').fill(password ?? '')
      await page.getByLabel('新密码', { exact: true }).fill(OWN_PASSWORD)
      await page.getByLabel('再输入一次新密码').fill(OWN_PASSWORD)
      await page.getByRole('button', { name: '保存新密码' }).click()
      await page.getByRole('heading', { name: '工作人员' }).waitFor()
      expect(page.url()).to.match(/\/desk\/staff$/)
      await visitor.expectAccessible()
    })

    it('adds an account, shows its password once, and says that a weighty one waits for a second administrator', async () => {
      const admin = await server.person('admin')
      visitor = await visit(server, { as: admin })
      const { page } = visitor
      await visitor.open('/desk/staff')
      await page.getByRole('button', { name: '新增工作人员' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '新增工作人员' }).click()
      await page.getByRole('alert').waitFor()
      expect(await page.getByLabel('姓名').getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await visitor.picture('desk-staff-refused')
      await page.getByRole('textbox', { name: '账号' }).fill('wang.ping')
      await page.getByLabel('姓名').fill('王平')
      await page.getByLabel('书记员').check()
      await page.getByRole('dialog').getByRole('button', { name: '新增工作人员' }).dblclick()
      await page.getByRole('heading', { name: '一次性密码' }).waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '已记下，关闭' }).click()
      await page.getByRole('rowheader', { name: '王平' }).waitFor()
      await expectCount(page.getByRole('rowheader', { name: '王平' }), 1)
      await visitor.expectAccessible()
      await visitor.picture('desk-staff')
      // There is no other administrator who could confirm it: it takes effect at once, and is said so.
      await page
        .getByRole('row', { name: /王平/ })
        .getByRole('button', { name: /^调整角色/ })
        .click()
      await page.getByRole('dialog').getByLabel('审批人').check()
      await page.getByRole('button', { name: '保存角色' }).click()
      await page.getByText('已调整“王平”的角色。').waitFor()
      await expectCount(page.getByText('等待另一名管理员确认'), 0)
    })

    it('renews a session that ran out over a filled form, and sends what was typed once', async () => {
      const admin = await server.person('admin')
      visitor = await visit(server, { as: admin })
      const { page } = visitor
      visitor.expectErrors(/status of 401/)
      await visitor.open('/desk/staff')
      await page.getByRole('button', { name: '新增工作人员' }).click()
      await page.getByRole('textbox', { name: '账号' }).fill('li.na')
      await page.getByLabel('姓名').fill('李娜')
      await page.getByLabel('书记员').check()
      await visitor.context.clearCookies()
      await page.getByRole('dialog').getByRole('button', { name: '新增工作人员' }).click()
      await page.getByRole('heading', { name: '登录已过期，请重新登录' }).waitFor()
      await page.getByLabel('密码').fill(admin.password)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: '一次性密码' }).waitFor()
      await page.getByRole('button', { name: '已记下，关闭' }).click()
      await expectCount(page.getByRole('rowheader', { name: '李娜' }), 1)
    })

    it('refuses the screen to who has no permission for it, and an address that is no screen', async () => {
      const clerk = await server.person('clerk')
      visitor = await visit(server, { as: clerk })
      await visitor.open('/desk/staff')
      await visitor.page.getByRole('heading', { name: '没有权限' }).waitFor()
      await visitor.expectAccessible()
      await visitor.open('/desk/nowhere/at/all')
      await visitor.page.getByRole('heading', { name: '没有这个页面' }).waitFor()
      await visitor.expectAccessible()
    })
  })
})
