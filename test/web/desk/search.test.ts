// The search box in the head of the desk: by keyboard, with nothing of what was sought in the address.

import { expect } from 'chai'
import { registerObjection } from '../../../src/features/objections/commands.ts'
import { dayOf } from '../../../src/core/calendar.ts'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { objectionTo } from '../../support/objections.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describeInBrowser('the search box of the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make()
      await addTheUnits(made.app)
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('finds a debtor with all that belongs to them, walks by the arrows, closes on Escape and opens a hit by Enter', async () => {
      const [id = ''] = await listed(made.app, 1)
      const { number } = await registerObjection(made.app, CLERK, objectionTo(id, { receivedOn: dayOf(made.app.clock.now()) }))
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/')
      const field = page.getByRole('searchbox', { name: '全部事项' })
      await field.fill(' 张 ')
      await page.keyboard.press('Enter')
      await page.getByText('请至少输入两个字').waitFor()
      await field.fill(String(PERSON['identifier']))
      await page.keyboard.press('Enter')
      const hits = page.getByRole('region', { name: '查找结果' })
      await hits.getByRole('link', { name: /^名单/ }).waitFor()
      await hits.getByRole('link', { name: new RegExp(`纠正申请 ${number} 已登记`) }).waitFor()
      await hits
        .getByRole('link', { name: /通知 纳入失信被执行人名单决定通知/ })
        .first()
        .waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-search')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Escape')
      await hits.waitFor({ state: 'detached' })
      expect(await page.evaluate(`document.activeElement?.getAttribute('type') === 'search'`), 'the field has the focus again').to.equal(
        true,
      )
      await page.keyboard.press('Enter')
      await hits.getByRole('link', { name: /^名单/ }).waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.waitForURL(`**/desk/listings/${id}`)
      await hits.waitFor({ state: 'detached' })
      expect(await field.inputValue()).to.equal('')
      expect(await page.evaluate('JSON.stringify([location.href, history.state])')).to.not.contain(String(PERSON['identifier']))
    })

    it('says what to do when nothing is found, and shows a refusal with a way to try again', async () => {
      visitor = await visit(server, { as: await server.person('admin') })
      const { page } = visitor
      await visitor.open('/desk/staff')
      const field = page.getByRole('searchbox')
      await field.fill(String(PERSON['name']))
      await page.keyboard.press('Enter')
      await page.getByText('没有找到').waitFor()
      await visitor.expectAccessible()
      visitor.expectErrors(/Failed to load resource/)
      await page.route('**/api/v1/search', (route) => route.abort())
      await field.press('Enter')
      await page.getByText('没有连上服务器').waitFor()
      await visitor.expectAccessible()
      await page.unroute('**/api/v1/search')
      await field.fill('land')
      await field.press('Enter')
      await page.getByRole('region', { name: '查找结果' }).getByRole('link', { name: /^单位/ }).first().waitFor()
    })
  })
})
