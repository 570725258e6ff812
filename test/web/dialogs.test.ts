// Dialogs of the kit, on the desk: what was typed is not lost by Escape, the cross or 取消 without a question, and nothing is asked for nothing.

import { expect } from 'chai'
import { fileMatter } from '../../src/features/creditors/commands.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { describeInBrowser, visit, type Visitor } from '../support/browser.ts'
import { openServer, type TestServer } from '../support/http-server.ts'
import { eachDatabase, type TestApp } from '../support/app.ts'

eachDatabase((_db, make) => {
  describeInBrowser('a dialog', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor
    /** What was asked, and what is answered next. */
    let asked: string[]
    let answer: boolean

    before(async () => {
      made = await make()
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    async function opened(path: string, ...roles: Parameters<TestServer['person']>): Promise<void> {
      asked = []
      answer = false
      visitor = await visit(server, { as: await server.person(...roles) })
      visitor.page.on('dialog', (dialog) => {
        asked.push(dialog.message())
        void (answer ? dialog.accept() : dialog.dismiss())
      })
      await visitor.open(path)
    }

    const QUESTION = '填写的内容还没有提交，关闭后不保留。确定关闭吗？'

    it('of an act asks before Escape, the cross and 取消 lose what was typed, however often, and keeps it', async () => {
      const { id } = await fileMatter(made.app, PUBLIC, {
        ...{ kind: 'clue', way: 'web', name: '央宗卓玛', phone: '13988120001', caseNo: '（2026）云3401执9号' },
        ...{ debtorName: '扎西某', text: '他把房子过户给了亲戚。' },
      })
      await opened(`/desk/creditors/${id}`, 'clerk')
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      const text = dialog.getByRole('textbox', { name: '情况' })
      await page.getByRole('button', { name: '不予受理' }).click()
      await text.fill('电话打不通，身份没有核实')
      const ways = [
        () => page.keyboard.press('Escape'),
        () => page.keyboard.press('Escape'),
        () => page.keyboard.press('Escape'),
        () => dialog.getByRole('button', { name: '关闭', exact: true }).click(),
        () => dialog.getByRole('button', { name: '取消' }).click(),
      ]
      for (const [at, leave] of ways.entries()) {
        await leave()
        for (let n = 0; asked.length <= at && n < 50; n += 1) await page.waitForTimeout(20)
        expect(asked, `way ${at}`).to.deep.equal(Array.from({ length: at + 1 }, () => QUESTION))
        expect(await text.inputValue()).to.equal('电话打不通，身份没有核实')
      }
      await visitor.expectAccessible()
      answer = true
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      expect(await page.locator(':focus').innerText()).to.equal('不予受理')
    })

    it('in which nothing was typed, or whose words were taken back, closes without a question', async () => {
      await opened('/desk/units', 'admin')
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      const open = page.getByRole('button', { name: '新增单位' })
      await open.click()
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
      await open.click()
      const first = dialog.getByRole('textbox').first()
      await first.fill('某某局')
      await first.fill('')
      await dialog.getByRole('button', { name: '取消' }).click()
      await dialog.waitFor({ state: 'detached' })
      expect(asked).to.deep.equal([])
      await open.click()
      await first.fill('某某局')
      await page.keyboard.press('Escape')
      for (let n = 0; asked.length === 0 && n < 50; n += 1) await page.waitForTimeout(20)
      expect(asked).to.deep.equal([QUESTION])
      expect(await first.inputValue()).to.equal('某某局')
    })
  })
})
