// A list of 240 from the file to the bulletin, one entry corrected by two people and one shielded, with what each bulletin announced.
// The server is the built one, in a process of its own.

import { describeInBrowser, expectCount, type Visitor } from '../../support/browser.ts'
import { startBuilt, type BuiltServer } from '../../support/built-server.ts'
import { addAccount, answerExclusions, chooseAll, importSample, logIn, logInFirst } from '../../support/first-walk.ts'
import { eachDatabase } from '../../support/app.ts'

const PASSWORDS = { admin: 'kumquat-lantern-93', clerk: 'walnut-harbour-58', approver: 'saffron-meadow-27' }
const TOTAL = 240

eachDatabase((db) => {
  describeInBrowser('a list on the built server', () => {
    let server: BuiltServer
    let visitor: Visitor

    before(async function () {
      this.timeout(120_000)
      server = await startBuilt(db)
    })
    after(() => server.close())

    /** Does an act with all 240 in a state; `fill` completes its form. */
    async function actOnAll(state: string, act: string, confirm: string, done: RegExp, fill?: () => Promise<void>): Promise<void> {
      const { page } = visitor
      await visitor.open(`/desk/listings?state=${state}`)
      await page.getByText(`共${TOTAL}条`).waitFor()
      await chooseAll(visitor)
      await page.getByRole('button', { name: act, exact: true }).click()
      await fill?.()
      await page.getByRole('dialog').getByRole('button', { name: confirm }).click()
      await page.getByText(done).waitFor({ timeout: 120_000 })
    }

    /** Opens one of what is in force under ground 1 alone, which has no fixed term; answers its name. */
    async function openListing(position: number): Promise<string> {
      const { page } = visitor
      await visitor.open('/desk/listings?state=listed&sort=caseNo')
      const plain = page.getByRole('row').filter({ has: page.getByRole('cell', { name: '第一条第1项', exact: true }) })
      const link = plain.nth(position).getByRole('rowheader').getByRole('link')
      const name = await link.innerText()
      await link.click()
      await page.getByRole('heading', { name: '通知和送达' }).waitFor()
      return name
    }

    it('goes from the file to the bulletin, and one entry is corrected and one shielded', async function () {
      this.timeout(600_000)
      visitor = await logInFirst(server, server.firstAdmin.login, server.firstAdmin.password, PASSWORDS.admin)
      await visitor.page.getByRole('link', { name: '工作人员' }).click()
      const ofClerk = await addAccount(visitor, 'yang.li', '杨丽', '书记员')
      const ofApprover = await addAccount(visitor, 'he.jun', '和军', '审批人')
      await visitor.close()

      visitor = await logInFirst(server, 'yang.li', ofClerk, PASSWORDS.clerk)
      await importSample(visitor)
      await answerExclusions(visitor)
      await actOnAll('draft', '提交审批', '确认提交', /已提交240个条目/)
      await visitor.close()

      visitor = await logInFirst(server, 'he.jun', ofApprover, PASSWORDS.approver)
      await actOnAll('pending', '批准', '确认批准', /已批准240个条目/)
      await visitor.close()

      visitor = await logIn(server, 'yang.li', PASSWORDS.clerk)
      await actOnAll('decided', '登记送达', '保存送达情况', /已登记240个条目的送达/, () =>
        visitor.page.getByRole('textbox', { name: '送达方式' }).fill('邮寄送达，均已签收'),
      )
      await actOnAll('served', '公布', '确认公布', /已公布240个条目，编入第\d{4}-\d{4}号/, () =>
        visitor.page
          .getByRole('dialog')
          .getByRole('listitem')
          .filter({ hasText: /^被执行人\d+个/ })
          .first()
          .waitFor({ timeout: 60_000 }),
      )
      await visitor.picture('journey-published')

      const { page } = visitor
      const corrected = await openListing(0)
      const address = page.url()
      await page.getByRole('link', { name: '建议更正' }).click()
      await page.getByRole('textbox', { name: '被执行人的履行情况' }).fill('部分未履行，已履行一千元')
      await page.getByRole('textbox', { name: '更正理由' }).fill('履行情况登记有误')
      await page.getByRole('button', { name: '提出更正建议' }).click()
      await page.getByRole('heading', { name: '更正建议' }).waitFor()
      await expectCount(page.getByRole('button', { name: '批准建议' }), 0)

      const shielded = await openListing(1)
      await page.getByRole('button', { name: '屏蔽', exact: true }).click()
      await page.getByLabel('退出情形').selectOption({ label: '已全部履行义务' })
      await page.getByRole('textbox', { name: '屏蔽理由' }).fill('已全部履行完毕')
      await page.getByRole('dialog').getByRole('button', { name: '确认屏蔽' }).click()
      await page.getByText(/已屏蔽1个条目/).waitFor()
      await page.getByRole('heading', { name: new RegExp(`^${shielded} 已屏蔽`) }).waitFor()
      await page.getByRole('row', { name: /^屏蔽 被执行人/ }).waitFor()
      await visitor.close()

      visitor = await logIn(server, 'he.jun', PASSWORDS.approver)
      await visitor.page
        .getByRole('main')
        .getByRole('link', { name: /待审批的更正、撤销和屏蔽提议/ })
        .first()
        .click()
      await visitor.page.getByRole('link', { name: corrected }).click()
      await visitor.page.waitForURL(address)
      await visitor.page.getByRole('button', { name: '批准建议' }).click()
      await visitor.page.getByRole('dialog').getByRole('cell', { name: '部分未履行，已履行一千元' }).waitFor()
      await visitor.page.getByRole('dialog').getByRole('button', { name: '确认批准并生效' }).click()
      await visitor.page.getByText('已批准，1个条目随即变更').waitFor()
      await visitor.picture('journey-corrected')

      await visitor.open('/desk/bulletins')
      for (const row of [/公布\d{2,}条/, /屏蔽1条/, /更正1条/]) await visitor.page.getByRole('row', { name: row }).first().waitFor()
      await visitor.expectAccessible()
      await visitor.picture('journey-bulletins')
      await visitor.close()
    })
  })
})
