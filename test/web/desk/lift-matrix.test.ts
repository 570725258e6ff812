// The matrix of units and entries of one bulletin on the desk: reached from order and bulletin, scrolled with heads that stay, printed.

import { expect } from 'chai'
import { addMonths, dayOf } from '../../../src/core/calendar.ts'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { listLiftOrders } from '../../../src/features/lifts/views.ts'
import { replaceMeasures } from '../../../src/features/units/store.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { describeInBrowser, expectCount, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
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
      await expectCount(row.getByText('已解除', { exact: true }), 1)
      await expectCount(row.getByText('继续保留'), 1)
      await expectCount(row.getByText('待回复'), 10)
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
      await expectCount(row.getByText('已解除', { exact: true }), 11)
    })

    it('records what units told about chosen cells of several pages in one act, and names what a unit had answered before', async () => {
      const { app } = made
      for (const id of ['gas', 'power']) await addUnit(app, id)
      const measure = { id: '1.1', position: 1, title: '限制某某', detail: '{}' }
      const holders = ['gas', 'power'].map((unitId) => ({ measureId: '1.1', unitId }))
      await app.store.write((tx) => replaceMeasures(tx, [measure], holders))
      const ids = await listed(app, 13, {}, 60)
      await shieldListings(app, CLERK, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行' })
      const { items: orders } = await listLiftOrders(app, CLERK, { filter: { state: 'open' }, page: PAGE })
      const gas = orders.find(({ unitId }) => unitId === 'gas')
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open(`/desk/lifts/bulletin/${gas?.bulletinId ?? ''}`)
      await page.getByRole('checkbox', { name: /gas局的全部条目/ }).check()
      const bar = page.getByRole('group', { name: '对所选记录的操作' })
      await bar.getByText('已选择12').waitFor()
      await bar.getByRole('button', { name: /全部13个条目/ }).click()
      await bar.getByText('已选择26').waitFor()
      await answerLift(app, CLERK, { orderId: gas?.id ?? '', lifted: [ids[0] ?? ''] })
      await bar.getByRole('button', { name: '批量登记已解除' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('gas局：13个条目').waitFor()
      await dialog.getByRole('button', { name: '登记26格' }).click()
      await dialog.getByRole('link', { name: /由谁告知/ }).waitFor()
      await visitor.expectAccessible()
      await dialog.getByLabel('由谁告知').fill('办公室来函')
      await visitor.picture('lift-report')
      await dialog.getByRole('button', { name: '登记26格' }).dblclick()
      const status = page.getByRole('status').filter({ hasText: '已登记25格' })
      await status.waitFor()
      await status.getByText(/以下1格没有登记/).waitFor()
      expect(await status.getByRole('listitem').allInnerTexts()).to.have.length(1)
      await visitor.expectAccessible()
      await visitor.picture('lift-report-done')
      await expectCount(page.getByText('待回复', { exact: true }), 0)
      await expectCount(page.getByRole('checkbox'), 0)
      await page.getByRole('link', { name: /power/ }).click()
      await page.getByText('办公室来函').first().waitFor()
    })
  })
})
