// Day one without a terminal: the printed password, a clerk and an approver, a list of 240 from the file to debtors who were told.
// The server is the built one, in a process of its own.

import { expect } from 'chai'
import { describeInBrowser, type Visitor } from '../../support/browser.ts'
import { startBuilt, type BuiltServer } from '../../support/built-server.ts'
import { addAccount, answerExclusions, chooseAll, importSample, logInFirst } from '../../support/first-walk.ts'
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

    it('leads from the printed password to the first debtors who were told', async function () {
      this.timeout(300_000)
      visitor = await logInFirst(server, server.firstAdmin.login, server.firstAdmin.password, PASSWORDS.admin)
      await visitor.page.getByRole('link', { name: '工作人员' }).click()
      const ofClerk = await addAccount(visitor, 'yang.li', '杨丽', '书记员')
      const ofApprover = await addAccount(visitor, 'he.jun', '和军', '审批人')
      await visitor.close()

      visitor = await logInFirst(server, 'yang.li', ofClerk, PASSWORDS.clerk)
      await importSample(visitor)
      await answerExclusions(visitor)
      await chooseAll(visitor)
      await visitor.page.getByRole('button', { name: '提交审批' }).click()
      await visitor.page.getByRole('button', { name: '确认提交' }).click()
      await visitor.page.getByText('已提交240个条目').waitFor({ timeout: 60_000 })
      await visitor.close()

      visitor = await logInFirst(server, 'he.jun', ofApprover, PASSWORDS.approver)
      await visitor.page
        .getByRole('main')
        .getByRole('link', { name: /待审批的名单条目/ })
        .click()
      await chooseAll(visitor)
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
