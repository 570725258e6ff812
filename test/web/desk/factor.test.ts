// The second factor on the screen: enrolling an app, giving its code, and a code by message.

import { setStaffReach } from '../../../src/features/staff/commands.ts'
import { fromBase32, totpCode, totpStep } from '../../../src/core/totp.ts'
import type { Actor } from '../../../src/platform/commands/permissions.ts'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { codesSent } from '../../support/codes.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

const OPERATOR: Actor = { id: 'operator:root', roles: ['operator'] }

eachDatabase((_db, make) => {
  describeInBrowser('the second factor on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow({ SECOND_FACTOR: 'approver,admin' }))
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    async function logIn({ login, password }: Person): Promise<void> {
      visitor = await visit(server)
      visitor.expectErrors(/status of 40[01]/)
      const { page } = visitor
      await visitor.open('/desk/listings')
      await page.getByRole('textbox', { name: '账号' }).fill(login)
      await page.getByLabel('密码').fill(password)
      await page.keyboard.press('Enter')
    }

    it('is chosen as an app at the first log-in, shown to work, and asked for at the next', async function () {
      this.timeout(120_000)
      const approver = await server.person('approver')
      await logIn(approver)
      const { page } = visitor
      await page.getByRole('heading', { name: '设置二次验证' }).waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '使用手机上的验证器应用' }).click()
      await page.getByRole('img', { name: '验证器应用的二维码' }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-enrol')
      const secret = fromBase32((await page.locator('.one-time').innerText()).replace(/\s/g, ''))
      await page.getByLabel('验证码').fill('000000')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      await page.getByLabel('验证码').fill(totpCode(secret, totpStep(made.clock.now())))
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: '退出登录' }).click()
      await visitor.close()

      made.clock.advance(60_000)
      await logIn(approver)
      await visitor.page.getByRole('heading', { name: '输入验证码' }).waitFor()
      await visitor.expectAccessible()
      await visitor.page.getByLabel('验证码').fill(totpCode(secret, totpStep(made.clock.now())))
      await visitor.page.keyboard.press('Enter')
      await visitor.page.getByRole('navigation', { name: '功能菜单' }).waitFor()
    })

    it('comes by message to the phone that the administrator entered', async () => {
      const approver = await server.person('approver')
      await setStaffReach(made.app, OPERATOR, { id: approver.id, phone: '13900000001' })
      await logIn(approver)
      await visitor.page.getByRole('button', { name: /短信发送至/ }).click()
      await visitor.page.getByText(/验证码已发送至/).waitFor()
      const code = (await codesSent(made.app)).at(-1)?.code ?? ''
      await visitor.page.getByLabel('验证码').fill(code)
      await visitor.page.keyboard.press('Enter')
      await visitor.page.getByRole('navigation', { name: '功能菜单' }).waitFor()
    })
  })
})
