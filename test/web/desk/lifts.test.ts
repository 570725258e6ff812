// Lift orders on the desk: who was reached, telling by hand, answering for a unit, and the review of what a unit keeps.

import { expect } from 'chai'
import { addMonths, dayOf } from '../../../src/core/calendar.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { listLiftOrders } from '../../../src/features/lifts/views.ts'
import { replaceMeasures } from '../../../src/features/units/store.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { addUnit, PAGE } from '../../support/deadlines.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('lift orders on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('say that there are none, then take that a unit was told and what it answered', async () => {
      const { app } = made
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/lifts')
      await page.getByText('还没有需要解除惩戒的条目').waitFor()
      await visitor.expectAccessible()

      await addUnit(app, 'water')
      const measure = { id: '1.1', position: 1, title: '限制某某', detail: '{}' }
      await app.store.write((tx) => replaceMeasures(tx, [measure], [{ measureId: '1.1', unitId: 'water' }]))
      const ids = await listed(app, 3)
      await shieldListings(app, CLERK, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行' })
      await visitor.open('/desk/lifts?reached=no')
      await page.getByRole('row', { name: /还没有通知到/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('lifts')
      await page.reload()
      await page
        .getByRole('row', { name: /还没有通知到/ })
        .getByRole('link')
        .first()
        .click()
      await page.getByRole('row', { name: /执1号.*待回复/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('lift-order')

      await page.getByRole('button', { name: '登记人工告知' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '登记', exact: true }).click()
      expect(await page.getByRole('textbox', { name: '告知方式' }).getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await page.getByRole('textbox', { name: '告知方式' }).fill('电话告知联络员')
      await page.getByRole('dialog').getByRole('button', { name: '登记', exact: true }).click()
      await page.getByText('已登记人工告知').waitFor()

      await page.getByRole('button', { name: /继续保留.*执1号/ }).click()
      await page.getByLabel('法律依据').selectOption('procurement')
      visitor.expectErrors(/400/)
      await page.getByLabel('保留至').fill(dayOf(made.clock.now()))
      await page.getByRole('button', { name: '登记继续保留' }).click()
      await page.getByRole('dialog').getByRole('alert').waitFor()
      expect(await page.getByLabel('保留至').getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await visitor.picture('lift-keep-refused')
      await page.getByLabel('保留至').fill(addMonths(dayOf(made.clock.now()), 3))
      await page.getByRole('button', { name: '登记继续保留' }).click()
      await page.getByText('已登记继续保留').waitFor()
      await page.getByRole('button', { name: /解除.*执2号/ }).click()
      await page.getByRole('button', { name: '登记已解除' }).dblclick()
      await page.getByText('已登记解除惩戒').waitFor()
      await page.getByRole('row', { name: /执2号.*已解除/ }).waitFor()
      await page.getByRole('button', { name: '代为登记全部解除' }).press('Enter')
      await page.getByRole('button', { name: '登记已解除' }).press('Enter')
      await page.getByRole('row', { name: /执3号.*已解除/ }).waitFor()
    })

    it('are reviewed where a unit keeps a measure: proposed by one, decided by another', async () => {
      const { app } = made
      const ids = await listed(app, 2, {}, 50)
      await shieldListings(app, CLERK, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行' })
      const [order] = (await listLiftOrders(app, CLERK, { filter: { state: 'open' }, page: PAGE })).items
      const until = addMonths(dayOf(app.clock.now()), 3)
      const retained = ids.map((listingId) => ({ listingId, basis: '《某某条例》第十二条', until }))
      await answerLift(app, { id: 'liaison:water', roles: ['liaison'], unitId: 'water' }, { orderId: order?.id ?? '', retained })
      visitor = await visit(server, { as: await server.person('clerk') })
      await visitor.open('/desk/retentions?review=pending')
      await visitor.page.getByRole('button', { name: /^同意保留.*执50号/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('retentions')
      await visitor.page.getByRole('button', { name: /^同意保留.*执50号/ }).click()
      await visitor.page.getByRole('button', { name: '确认', exact: true }).click()
      await visitor.page.getByText('已同意保留。').waitFor()
      await visitor.page.getByRole('button', { name: /^提出不同意保留.*执51号/ }).click()
      await visitor.page.getByRole('textbox', { name: '不同意保留的理由' }).fill('该条没有规定限制的期限')
      await visitor.page.getByRole('button', { name: '确认', exact: true }).click()
      await visitor.page.getByText('等待审批人决定').first().waitFor()
      await visitor.close()

      visitor = await visit(server, { as: await server.person('approver') })
      await visitor.open('/desk/retentions?review=proposed')
      await visitor.page.getByText('拟不同意的理由：该条没有规定限制的期限').waitFor()
      await visitor.page.getByRole('button', { name: /^决定不同意保留/ }).click()
      await visitor.expectAccessible()
      await visitor.page.getByRole('button', { name: '确认', exact: true }).click()
      await visitor.page.getByText('已决定不同意保留').waitFor()
      await visitor.page.getByText('没有符合条件的记录').waitFor()
      await visitor.expectAccessible()
    })
  })
})
