// The matrix of units and entries of one bulletin on the desk: reached from order and bulletin, scrolled with heads that stay, printed.

import { expect } from 'chai'
import { addMonths, dayOf } from '../../../src/core/calendar.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { listLiftOrders } from '../../../src/features/lifts/views.ts'
import { replaceMeasures } from '../../../src/features/units/store.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { describeInBrowser, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { addUnit, PAGE } from '../../support/deadlines.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'

eachDatabase((_db, make) => {
  describeInBrowser('the matrix of lift orders on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make()
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('shows each unit’s state of each entry, from the order and from the bulletin, with heads that stay', async () => {
      const { app } = made
      await addUnit(app, 'water')
      const measure = { id: '1.1', position: 1, title: '限制某某', detail: '{}' }
      await app.store.write((tx) => replaceMeasures(tx, [measure], [{ measureId: '1.1', unitId: 'water' }]))
      const ids = await listed(app, 12, {}, 20)
      await shieldListings(app, CLERK, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行' })
      const { items: orders } = await listLiftOrders(app, CLERK, { filter: { state: 'open' }, page: PAGE })
      const { id: orderId, bulletinId } = orders[0] ?? { id: '', bulletinId: '' }
      const until = addMonths(dayOf(app.clock.now()), 3)
      const [kept = '', lifted = ''] = ids
      const retained = [{ listingId: kept, basis: '《某某条例》第十二条', until }]
      await answerLift(app, CLERK, { orderId, lifted: [lifted], retained })
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open(`/desk/lifts/${orderId}`)
      await page.getByRole('link', { name: '各单位解除情况' }).click()
      const row = page.getByRole('row', { name: /water/ })
      await row.waitFor()
      expect(await row.getByText('已解除', { exact: true }).count()).to.equal(1)
      expect(await row.getByText('继续保留').count()).to.equal(1)
      expect(await row.getByText('待回复').count()).to.equal(10)
      await visitor.expectAccessible()
      await visitor.picture('lift-matrix')
      const unit = row.getByRole('rowheader')
      const left = (await unit.boundingBox())?.x
      await page.getByRole('region', { name: '各单位解除情况' }).evaluate((wrap: { scrollLeft: number }) => (wrap.scrollLeft = 400))
      expect((await unit.boundingBox())?.x).to.equal(left)
      await page.emulateMedia({ media: 'print' })
      await page.setViewportSize({ width: 1050, height: 740 })
      await visitor.picture('lift-matrix-printed')
      await page.emulateMedia({ media: 'screen' })
      await page.setViewportSize(PHONE_SIZE)
      await visitor.picture('lift-matrix-phone')
      await visitor.open(`/desk/bulletins/${bulletinId}`)
      await page.getByRole('link', { name: '各单位解除情况' }).click()
      await row.waitFor()
      await answerLift(app, CLERK, { orderId, lifted: 'rest' })
      await page.reload()
      await row.waitFor()
      expect(await row.getByText('已解除', { exact: true }).count()).to.equal(11)
    })
  })
})
