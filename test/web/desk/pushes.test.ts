// The quarterly list on the desk: prepared by one person, looked at, released by another, and who received which file.

import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { preparePush } from '../../../src/features/quarterly-list/commands.ts'
import { describeInBrowser, expectCount, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { at } from '../../support/deadlines.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { CLERK } from '../../support/listed.ts'
import { quarterOfThree } from '../../support/pushes.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describeInBrowser('the quarterly list on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor
    let person: string

    before(async () => {
      made = await make({ now: at('2026-03-01', 10) })
      person = (await quarterOfThree(made)).person
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('is prepared by one person, who may look at its files and not release it', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      await visitor.open('/desk/pushes')
      await page.getByText('还没有准备过季度名单').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '准备季度名单' }).click()
      await dialog.getByRole('button', { name: '准备季度名单' }).press('Enter')
      await page.getByText('已准备，等待另一人批准').waitFor()
      visitor.expectErrors(/409/)
      await page.getByRole('button', { name: '准备季度名单' }).click()
      await dialog.getByRole('button', { name: '准备季度名单' }).click()
      await dialog.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByRole('button', { name: '取消' }).click()
      await page.getByRole('link', { name: '2026年第三季度' }).click()
      await page.getByRole('heading', { name: /2026年第三季度名单/ }).waitFor()
      await expectCount(page.getByRole('button', { name: '批准推送' }), 0)
      const coming = page.waitForEvent('download')
      await page.getByRole('link', { name: '张贴公告' }).click()
      expect((await coming).suggestedFilename()).to.equal('2026年第三季度失信被执行人名单公告.docx')
      await visitor.expectAccessible()
    })

    it('is released by another person once its files are up to date, and shows who received what', async () => {
      visitor = await visit(server, { as: await server.person('approver') })
      const { page } = visitor
      await shieldListings(made.app, CLERK, { items: [{ id: person }], ground: 'fully_performed', reason: '已经付清' })
      await visitor.open('/desk/pushes?state=prepared')
      await page.getByRole('link', { name: '2026年第三季度' }).click()
      await page.getByText('有1条已经退出或者更正，不能推送').waitFor()
      await expectCount(page.getByRole('button', { name: '批准推送' }), 0)
      await visitor.expectAccessible()
      await visitor.picture('push-outdated')
      await preparePush(made.app, CLERK, { quarter: '2026Q3', anew: true })
      await visitor.open('/desk/pushes?state=prepared')
      await page.getByRole('link', { name: '2026年第三季度' }).click()
      await page.getByRole('button', { name: '批准推送' }).click()
      await page.getByRole('dialog').getByText('tv_station局').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('dialog').getByRole('button', { name: '批准推送' }).click()
      await page.getByText('已推送，各单位的联络员会收到链接').waitFor()
      await page.getByText('谁收到了什么').waitFor()
      await expectCount(page.getByRole('button').filter({ hasText: '批准推送' }), 0)
      await visitor.expectAccessible()
      const address = page.url()
      await visitor.close()

      visitor = await visit(server, { as: await server.person('clerk') })
      const other = visitor.page
      const dialog = other.getByRole('dialog')
      await other.goto(address)
      await other.getByRole('button', { name: '登记交付或者公布' }).click()
      await dialog.getByRole('button', { name: '登记交付或者公布' }).click()
      await dialog.getByRole('alert').waitFor()
      await dialog.getByLabel('接收单位').selectOption({ label: 'tv_station局' })
      await dialog.getByLabel('交付的内容').selectOption({ label: '已公布' })
      await dialog.getByLabel('公布日期').fill('2026-10-01')
      await dialog.getByRole('button', { name: '登记交付或者公布' }).click()
      await other.getByText('已登记。').waitFor()
      await other.getByText('人工登记').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('push')
      await other.setViewportSize(PHONE_SIZE)
      await visitor.picture('push-phone')
    })
  })
})
