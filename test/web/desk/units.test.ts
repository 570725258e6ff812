// Units on the desk: who has no liaison, liaisons one by one and from a sheet, codes that are shown once, and keys of units' systems.

import { expect } from 'chai'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { bindLiaison } from '../../../src/features/units/subscriptions.commands.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('units on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      await loadCatalogue(made.app, await readCatalogue(made.app.config.templatesFolder))
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('finds units without a liaison, adds one, shows the binding code once, changes and removes the liaison', async () => {
      visitor = await visit(server, { as: await server.person('admin') })
      const { page } = visitor
      visitor.expectErrors(/status of 400/)
      await visitor.open('/desk/units')
      await page.getByLabel('需要办理').selectOption({ label: '没有联络员的单位' })
      await page.getByRole('searchbox', { name: '单位名称' }).fill('交通运输局')
      await page.keyboard.press('Enter')
      await page.getByText('共1条').waitFor()
      expect(page.url()).to.contain('need=no_liaison')
      await page.reload()
      await page.getByText('共1条').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-units')
      await page.getByRole('rowheader').getByRole('link').click()
      await page.getByText('没有在任的联络员').waitFor()
      await page.locator('summary').filter({ hasText: '1.' }).first().click()
      await visitor.expectAccessible()
      await visitor.picture('desk-unit')
      await page.getByRole('button', { name: '新增联络员' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: '姓名' }).fill('和建国')
      await dialog.getByRole('textbox', { name: '手机号码' }).fill('12345')
      await dialog.getByRole('button', { name: '保存' }).click()
      await page.getByRole('alert').waitFor()
      expect(await dialog.getByRole('textbox', { name: '手机号码' }).getAttribute('aria-invalid')).to.equal('true')
      await visitor.expectAccessible()
      await dialog.getByRole('textbox', { name: '手机号码' }).fill('13900001234')
      await dialog.getByRole('button', { name: '保存' }).dblclick()
      await page.getByRole('rowheader', { name: '和建国' }).waitFor()
      await expectCount(page.getByRole('rowheader', { name: '和建国' }), 1)
      await page.getByRole('button', { name: /^生成绑定码\s?和建国/ }).click()
      await dialog.getByRole('button', { name: '生成绑定码' }).click()
      await page.getByRole('heading', { name: '微信绑定码' }).waitFor()
      const code = await page.locator('.one-time').innerText()
      expect(code).to.match(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '已办好，关闭' }).click()
      await bindLiaison(made.app, PUBLIC, { code, wechat: 'oLiaisonOnTheDesk00000001' })
      await page.reload()
      await page.getByRole('button', { name: /^修改\s?和建国/ }).click()
      await dialog.getByRole('button', { name: '解除微信绑定' }).click()
      await dialog.getByRole('button', { name: '解除微信绑定' }).click()
      await page.getByText('已解除“和建国”的微信绑定').waitFor()
      await page.getByRole('cell', { name: '未绑定' }).waitFor()
      await page.getByRole('button', { name: /^卸任\s?和建国/ }).click()
      await dialog.getByRole('button', { name: '卸任' }).click()
      await page.getByText('“和建国”已卸任').waitFor()
      await page.getByText('没有在任的联络员').waitFor()
      await page.getByRole('button', { name: '停用单位' }).click()
      await dialog.getByRole('button', { name: '停用单位' }).click()
      await page.getByRole('button', { name: '恢复单位' }).waitFor()
      await visitor.expectAccessible()
    })

    it('issues a key that is shown once, and revokes it', async () => {
      visitor = await visit(server, { as: await server.person('admin') })
      const { page } = visitor
      visitor.expectErrors(/status of 400/)
      await visitor.open('/desk/units/market_supervision')
      await page.getByRole('button', { name: '发放密钥' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: '发放密钥' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByRole('textbox', { name: '使用密钥的系统' }).fill('登记系统')
      await dialog.getByLabel('前置审查').check()
      await dialog.getByLabel('最后有效日').fill('2020-01-01')
      await dialog.getByRole('button', { name: '发放密钥' }).click()
      await page.getByRole('alert').waitFor()
      expect(await dialog.getByLabel('最后有效日').getAttribute('aria-invalid')).to.equal('true')
      await dialog.getByLabel('最后有效日').fill('')
      await dialog.getByRole('button', { name: '发放密钥' }).click()
      await page.getByRole('heading', { name: '新密钥' }).waitFor()
      const key = await page.locator('.one-time').innerText()
      expect(key).to.match(/^zxt_/)
      await visitor.expectAccessible()
      await visitor.picture('desk-unit-key')
      await page.getByRole('button', { name: '已保存，关闭' }).click()
      await page.getByRole('rowheader', { name: '登记系统' }).waitFor()
      expect(await page.content()).to.not.contain(key)
      await page.getByRole('button', { name: /^作废\s?登记系统/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: '作废' }).click()
      await page.getByText('“登记系统”的密钥已作废').waitFor()
      await page.getByRole('cell', { name: '已作废' }).waitFor()
      await visitor.expectAccessible()
    })

    it('checks a sheet row by row, enters it once it is confirmed, and saves codes for all on paper', async () => {
      visitor = await visit(server, { as: await server.person('admin') })
      const { page } = visitor
      await visitor.open('/desk/units/liaisons')
      await visitor.expectAccessible()
      const name = '联络员.csv'
      const buffer = Buffer.from('单位编号,姓名,手机号码\npboc,扎西某,13900005678\nnowhere,某某,13900005679\nfinance,央金某,123\n')
      await page.getByLabel('填好的联络员登记表').setInputFiles({ name, mimeType: 'text/csv', buffer })
      await page.getByRole('heading', { name: `检查结果：${name}` }).waitFor()
      await page.getByText(/^第3行：/).waitFor()
      await page.getByText(/^第4行：/).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-liaison-sheet')
      await page.getByRole('button', { name: '确认登记1人' }).dblclick()
      await page.getByText('已登记：新增1人').waitFor()
      await page.getByRole('button', { name: '打印全部绑定码' }).click()
      const dialog = page.getByRole('dialog')
      await visitor.expectAccessible()
      const download = page.waitForEvent('download')
      await dialog.getByRole('button', { name: '生成并下载' }).click()
      expect((await download).suggestedFilename()).to.equal('联络员微信绑定码.docx')
      await page.getByText('文件已下载').waitFor()
      await page.getByRole('button', { name: '已办好，关闭' }).click()
      await visitor.open('/desk/units/pboc')
      await page.getByRole('rowheader', { name: '扎西某' }).waitFor()
    })

    it('shows a clerk units and liaisons without anything to do, and keeps the sheet to who may use it', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      visitor.expectErrors(/status of 404/)
      await visitor.open('/desk/units/no_such_unit')
      await page.getByText('没有找到这个单位').waitFor()
      await visitor.open('/desk/units/market_supervision')
      await page.getByRole('heading', { name: '联络员' }).waitFor()
      await expectCount(page.getByRole('button', { name: /新增联络员|发放密钥|停用单位/ }), 0)
      await visitor.open('/desk/units/liaisons')
      await page.getByRole('heading', { name: '没有权限' }).waitFor()
    })
  })
})
