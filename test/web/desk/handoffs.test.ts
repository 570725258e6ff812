// A clerk answers from the desk while a citizen writes on the chat page of a phone: both in real browsers, neither reloads by hand.

import { expect } from 'chai'
import { describeInBrowser, expectCount, PHONE_SIZE, visit, type VisitOptions, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { say } from '../../support/talk.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('the hand-over inbox', () => {
    let made: TestApp
    let server: TestServer
    const visitors: Visitor[] = []

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(async () => {
      for (const visitor of visitors.splice(0)) await visitor.close()
    })

    const come = async (options: VisitOptions): Promise<Visitor> => {
      const visitor = await visit(server, options)
      visitors.push(visitor)
      return visitor
    }

    it('shows a message of the citizen by itself, and sends the answer to the citizen’s page once', async () => {
      const citizen = await come({ size: PHONE_SIZE })
      await citizen.open('/chat')
      const write = async (text: string): Promise<void> => {
        await citizen.page.getByRole('textbox').fill(text)
        await citizen.page.keyboard.press('Tab')
        await citizen.page.keyboard.press('Enter')
      }
      await write('人工')
      const clerk = await come({ as: await server.person('clerk') })
      const { page } = clerk
      await clerk.open('/desk/handoffs')
      await clerk.expectAccessible()
      await clerk.picture('desk-handoffs')
      await page.getByRole('link', { name: /^RG/ }).click()
      await page.getByRole('button', { name: '由我接手' }).click()
      await page.getByText('已由您接手').waitFor()
      await citizen.page.getByRole('textbox').waitFor()
      await write('我的执行款什么时候到账？')
      await page.getByText('我的执行款什么时候到账？').waitFor()
      await clerk.expectAccessible()
      await page.getByLabel('常用答复').selectOption({ label: '已经接手' })
      const answer = page.getByRole('textbox', { name: '答复内容' })
      expect(await answer.inputValue()).to.contain('您好')
      await answer.fill('款项已于昨天划出，请留意银行短信。')
      await page.getByRole('button', { name: '发送答复' }).dblclick()
      await page.getByText('答复已发出。').waitFor()
      expect(await answer.inputValue()).to.equal('')
      await clerk.picture('desk-handoff')
      await citizen.open('/chat')
      await expectCount(citizen.page.getByText('款项已于昨天划出'), 1)
      await citizen.picture('phone-chat')
    })

    it('keeps an empty answer back, lets a colleague only look, and leads back to where the list was', async () => {
      await say(made.app, { channel: 'web', from: '9'.repeat(43) }, '人工')
      const clerk = await come({ as: await server.person('clerk') })
      await clerk.open('/desk/handoffs')
      await clerk.page.getByRole('link', { name: /^RG/ }).first().click()
      await clerk.page.getByRole('button', { name: '发送答复' }).click()
      expect(await clerk.page.getByRole('textbox', { name: '答复内容' }).getAttribute('aria-invalid')).to.equal('true')
      await clerk.expectAccessible()
      await clerk.page.getByRole('button', { name: '由我接手' }).click()
      const colleague = await come({ as: await server.person('clerk') })
      await colleague.open('/desk/handoffs?state=others')
      await colleague.page.getByRole('link', { name: /^RG/ }).first().click()
      await colleague.page.getByText(/您只能查看和写备注/).waitFor()
      await colleague.expectAccessible()
      await colleague.page.goBack()
      expect(colleague.page.url()).to.contain('state=others')
      await colleague.page.getByRole('link', { name: '等待接手' }).click()
      await colleague.page.getByText('现在没有人等待人工服务').waitFor()
    })
  })
})
