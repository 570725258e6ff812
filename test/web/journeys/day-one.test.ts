// Day one without a terminal: the printed password, a clerk and an approver, a list of 240 from the file to debtors who were told.
// The server is the built one, in a process of its own.

import { expect } from 'chai'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { startBuilt, type BuiltServer } from '../../support/built-server.ts'
import { eachDatabase } from '../../support/app.ts'

const PASSWORDS = { admin: 'kumquat-lantern-93', clerk: 'walnut-harbour-58', approver: 'saffron-meadow-27' }

eachDatabase((db) => {
  describeInBrowser('day one on the built server', () => {
    let server: BuiltServer
    let visitor: Visitor

    before(async function () {
      this.timeout(120_000)
      server = await startBuilt(db)
    })
    after(() => server.close())

    async function logInFirst(login: string, oneTime: string, own: string): Promise<void> {
      visitor = await visit(server)
      visitor.expectErrors(/status of 401/)
      const { page } = visitor
      await visitor.open('/desk')
      await page.getByRole('textbox', { name: '账号' }).fill(login)
      await page.getByLabel('密码').fill(oneTime)
      await page.keyboard.press('Enter')
      await page.getByLabel('现在的密码').fill(oneTime)
      await page.getByLabel('新密码', { exact: true }).fill(own)
      await page.getByLabel('再输入一次新密码').fill(own)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: '待办', level: 1 }).waitFor()
    }

    /** Adds an account by the screen; answers its one-time password. */
    async function add(login: string, name: string, role: string): Promise<string> {
      const { page } = visitor
      await page.getByRole('button', { name: '新增工作人员' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: '账号' }).fill(login)
      await dialog.getByRole('textbox', { name: '姓名' }).fill(name)
      await dialog.getByRole('checkbox', { name: new RegExp(`^${role}`) }).check()
      await dialog.getByRole('button', { name: '新增工作人员' }).click()
      await page.getByRole('heading', { name: '一次性密码' }).waitFor()
      const password = await page.locator('.one-time').innerText()
      await page.getByRole('button', { name: '已记下，关闭' }).click()
      return password.trim()
    }

    /** Chooses all that match, beyond the page. */
    async function chooseAll(): Promise<void> {
      await visitor.page.getByRole('checkbox', { name: '选择本页全部' }).check()
      await visitor.page.getByRole('button', { name: /选择符合条件的全部240条/ }).click()
    }

    it('leads from the printed password to the first debtors who were told', async function () {
      this.timeout(300_000)
      await logInFirst(server.firstAdmin.login, server.firstAdmin.password, PASSWORDS.admin)
      await visitor.page.getByRole('link', { name: '工作人员' }).click()
      const ofClerk = await add('yang.li', '杨丽', '书记员')
      const ofApprover = await add('he.jun', '和军', '审批人')
      await visitor.close()

      await logInFirst('yang.li', ofClerk, PASSWORDS.clerk)
      const { page } = visitor
      await page.getByRole('link', { name: '名单导入' }).click()
      await page.getByLabel('名单文件', { exact: true }).setInputFiles('samples/lists/list.xlsx')
      await page.getByRole('button', { name: '导入为草稿' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '导入为草稿' }).click()
      await page.getByText('已导入240个草稿').waitFor({ timeout: 60_000 })
      await page.getByRole('link', { name: '查看导入的条目' }).click()
      await page.getByText('共240条').waitFor()
      await page.getByLabel('待办事项').selectOption({ label: '待回答不予列入情形' })
      // The cases of art. 3 are answered a page at a time, by whoever has looked at its rows.
      const total = page.getByText(/^共\d+条/)
      const counted = async (): Promise<number> => ((await total.count()) === 0 ? 0 : Number(/\d+/.exec(await total.innerText())?.[0]))
      await page.waitForURL(/only=needsExclusions/)
      await page.getByText('共240条').waitFor({ state: 'detached' })
      for (let left = await counted(); left > 0; left = await counted()) {
        await page.getByRole('checkbox', { name: '选择本页全部' }).check()
        await page.getByRole('button', { name: '回答不予列入情形' }).click()
        for (const group of await page.getByRole('dialog').getByRole('group').all()) await group.getByLabel('否').check()
        await page.getByRole('button', { name: '保存回答' }).click()
        await page.getByText(left > 50 ? `共${left - 50}条` : '没有符合条件的记录').waitFor()
      }
      await page.getByRole('button', { name: '清除筛选条件' }).first().click()
      await chooseAll()
      await page.getByRole('button', { name: '提交审批' }).click()
      await page.getByRole('button', { name: '确认提交' }).click()
      await page.getByText('已提交240个条目').waitFor({ timeout: 60_000 })
      await visitor.close()

      await logInFirst('he.jun', ofApprover, PASSWORDS.approver)
      await visitor.page
        .getByRole('main')
        .getByRole('link', { name: /待审批的名单条目/ })
        .click()
      await chooseAll()
      await visitor.page.getByRole('button', { name: '批准', exact: true }).click()
      await visitor.page.getByRole('button', { name: '确认批准' }).click()
      await visitor.page.getByText(/已批准240个条目/).waitFor({ timeout: 90_000 })
      await visitor.picture('journey-approved')
      await visitor.open('/desk/notices?audience=debtor&state=delivered')
      const told = visitor.page.getByRole('row', { name: /纳入失信被执行人名单决定通知/ })
      for (let tries = 0; tries < 30 && (await told.count()) === 0; tries += 1) {
        await visitor.page.waitForTimeout(1000)
        await visitor.page.reload()
        await visitor.page.getByRole('heading', { name: '通知', level: 1 }).waitFor()
        await visitor.page.waitForTimeout(500)
      }
      expect(await told.count()).to.be.above(0)
      await visitor.picture('journey-told')
      await visitor.close()
    })
  })
})
