// A unit's ledger on the desk: from the unit's page with this year's figures to the sections, one section, the file and the printed page.

import { expect } from 'chai'
import { circular } from '../../support/accountability.ts'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { addUnit } from '../../support/deadlines.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describeInBrowser('a unit’s ledger on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make()
      server = await openServer(made)
      await addUnit(made.app, 'u1')
      await circular(made.app, 'u1')
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('leads from the figures of the unit to its lines, by days and by section, and into a file and print', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      visitor.expectErrors(/status of 400/)
      await visitor.open('/desk/units/u1')
      await page.getByRole('heading', { name: '今年的台账' }).waitFor()
      await page.getByRole('link', { name: '1', exact: true }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-ledger')
      await page.getByRole('link', { name: '查看台账' }).click()
      await page.getByRole('heading', { name: 'u1局 台账' }).waitFor()
      await page.getByRole('heading', { name: /^通报 1条/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('ledger')
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载表格' }).click()])
      expect(download.suggestedFilename()).to.match(/^台账-u1局.*\.xlsx$/)
      await page.getByLabel('内容').selectOption({ label: '通报' })
      // Until the answer is there, all sections are shown still.
      await page.getByRole('heading', { name: /^前置核查/ }).waitFor({ state: 'hidden' })
      await page.getByRole('region', { name: '通报' }).getByRole('link', { name: '领导小组通报' }).waitFor()
      expect(page.url()).to.include('section=circulars')
      await page.getByLabel('到', { exact: true }).fill('2020-01-01')
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await page.getByLabel('日期从').fill('2019-01-01')
      await page.getByText('这段时间没有').waitFor()
      await visitor.expectAccessible()
      await visitor.open('/desk/units/u1/ledger?section=circulars')
      await page.getByRole('region', { name: '通报' }).getByRole('link', { name: '领导小组通报' }).waitFor()
      await page.emulateMedia({ media: 'print' })
      expect(await page.getByRole('button', { name: '打印' }).isVisible()).to.equal(false)
      await visitor.picture('ledger-printed')
    })
  })
})
