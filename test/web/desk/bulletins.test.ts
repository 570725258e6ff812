// Bulletins on the desk: who will be told before one is issued, what each announced, and how far it has spread.

import { expect } from 'chai'
import { createBroadcaster } from '../../../src/features/bulletins/tasks.ts'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { addLiaison } from '../../../src/features/units/commands.ts'
import { dutyUnitIds } from '../../../src/features/units/store.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { served } from '../../support/listed.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('bulletins on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('say how one comes about while there is none, and keep the filter over a reload', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/bulletins')
      await page.getByText('还没有名单通报').waitFor()
      await visitor.expectAccessible()
      await visitor.open('/desk/bulletins?unreached=yes')
      await page.getByText('没有符合条件的记录').waitFor()
      await page.getByLabel('种类').selectOption({ label: '屏蔽' })
      await page.waitForURL(/kind=shield/)
      await page.reload()
      await page.getByText('没有符合条件的记录').waitFor()
      expect(await page.getByLabel('传播情况').inputValue()).to.equal('yes')
      await visitor.expectAccessible()
    })

    it('are previewed before publishing, then show their entries, how far they have spread, and their papers', async () => {
      const { app } = made
      await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
      const [unitId = ''] = await app.store.read((db) => dutyUnitIds(db))
      await addLiaison(app, { id: 'staff:admin', roles: ['admin'] }, { unitId, name: '甲', phone: '13800000001' })
      await served(app, 1, { phone: '13900001111' }, 501)
      await served(app, 1, {}, 502)
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/listings?state=served')
      await page.getByRole('checkbox', { name: '选择本页全部' }).check()
      await page.getByRole('button', { name: '公布', exact: true }).click()
      const preview = page.getByRole('dialog').getByRole('region', { name: '将会通知谁' })
      await preview.getByText('被执行人2个：告知已经公布（短信1、人工送达1）').waitFor()
      await preview.getByText('惩戒单位1个：发送名单通报（短信1）').waitFor()
      await preview.getByText(/有\d+个单位没有登记联络员/).waitFor()
      await preview.getByText('有1名被执行人没有联系方式').waitFor()
      await preview.getByText(/短信先发2条/).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('bulletin-preview')
      await page.getByRole('button', { name: '确认公布' }).click()
      await page.getByText(/已公布2个条目/).waitFor()

      await visitor.open('/desk/bulletins')
      await page.getByRole('row', { name: /公布2条/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('bulletins')
      await page
        .getByRole('row', { name: /公布2条/ })
        .getByRole('link')
        .click()
      await page.getByText('正在发送，本页会自动更新。').waitFor()
      await page.getByText('正在通知惩戒单位，已通知0个。').waitFor()
      await visitor.expectAccessible()
      // The page looks again by itself.
      await createBroadcaster(app).processAll()
      await page.getByRole('row', { name: /^惩戒单位/ }).waitFor()
      await page.reload()
      await page.getByRole('row', { name: /执502号/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('bulletin')
      for (const name of ['下载红头通报', '下载张贴公告']) {
        const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
        expect(file.suggestedFilename()).to.match(/^名单通报\d{4}-\d+.*\.docx$/)
      }
      await page.emulateMedia({ media: 'print' })
      expect(await page.getByRole('button', { name: '打印本页' }).isVisible()).to.equal(false)
      expect(await page.getByRole('row', { name: /执501号/ }).isVisible()).to.equal(true)
      await visitor.picture('bulletin-printed')
    })

    it('ask for the ground before they say who is told of a shielding', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/listings?state=listed')
      await page.getByRole('checkbox', { name: /执501号/ }).check()
      await page.getByRole('button', { name: '屏蔽', exact: true }).click()
      await page.getByText('请先选择退出情形。').waitFor()
      await page.getByLabel('退出情形').selectOption('fully_performed')
      await page.getByText(/惩戒单位1个：发送解除惩戒通报/).waitFor()
      await visitor.expectAccessible()
    })
  })
})
