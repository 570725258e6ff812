// The portal's log-in by a code to the phone, the choice of a unit, renewal over a screen, and the home, in a real browser.

import { expect } from 'chai'
import { describeInBrowser, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { addUnit } from '../../support/deadlines.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { lastCode, loggedInLiaison, portalLiaison } from '../../support/liaison-visit.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('the log-in of a liaison at the portal', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
      await addUnit(made.app, 'bank_a')
      await addUnit(made.app, 'bank_b')
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('leads by a code to the phone, the same for a stranger, to the unit that is chosen and the address that was opened', async () => {
      const { phone } = await portalLiaison(made, 'bank_a', '和联络')
      await portalLiaison(made, 'bank_b', '和联络', phone)
      visitor = await visit(server, { size: PHONE_SIZE })
      const { page } = visitor
      visitor.expectErrors(/status of 40[01]/)
      await visitor.open('/unit')
      await page.getByRole('heading', { name: '单位联络员登录' }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-log-in')
      await page.getByRole('button', { name: '获取验证码' }).click()
      await page.getByRole('alert').waitFor()
      await page.getByLabel('手机号码').fill('13911112222')
      await page.keyboard.press('Enter')
      await page.getByText('如果 13911112222 是已登记的联络员号码').waitFor()
      await page.getByRole('button', { name: '更换号码或者重新发送' }).click()
      await page.getByLabel('手机号码').fill(phone)
      await page.getByRole('button', { name: '获取验证码' }).click()
      await page.getByText(`如果 ${phone} 是已登记的联络员号码`).waitFor()
      await page.getByLabel('验证码').fill('000000')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-code-refused')
      await page.getByLabel('验证码').fill(await lastCode(made))
      await page.getByRole('button', { name: '登录', exact: true }).click()
      await page.getByRole('heading', { name: '选择单位' }).waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: 'bank_b局' }).click()
      await page.getByText('bank_b局 和联络').waitFor()
      await page.getByText('目前没有等待您办理的事项。').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '菜单', exact: true }).click()
      await page.getByRole('link', { name: '待办' }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-home-empty')
      await page.getByRole('button', { name: '更换单位' }).click()
      await page.getByRole('button', { name: 'bank_a局' }).click()
      await page.getByText('bank_a局 和联络').waitFor()
      await page.getByRole('button', { name: '退出登录' }).click()
      await page.getByRole('heading', { name: '单位联络员登录' }).waitFor()
    })

    it('keeps apart the sessions of the court and of the unit in one browser, and refuses the desk', async () => {
      const liaison = await loggedInLiaison(made, 'bank_a', '李联络')
      const clerk = await server.person('clerk')
      visitor = await visit(server, { as: liaison })
      const { page, context } = visitor
      const [name = '', value = ''] = clerk.cookie.split('=')
      await context.addCookies([{ name, value, url: server.url, httpOnly: true, sameSite: 'Strict' }])
      await visitor.open('/unit')
      await page.getByText('bank_a局 李联络').waitFor()
      await visitor.expectAccessible()
      await visitor.open('/unit/nowhere')
      await page.getByRole('heading', { name: '没有这个页面' }).waitFor()
      expect(await page.title()).to.contain('没有这个页面')
      await visitor.picture('unit-missing')
    })
  })
})
