// A liaison without WeChat, with a phone and a browser: logs in by code, asks about one applicant and about a sheet of them, answers an
// order to lift, and hands in the quarter's figures.

import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { openFeedback } from '../../../src/features/feedback/rounds.commands.ts'
import { showReturn } from '../../../src/features/feedback/views.ts'
import { listLiftOrders } from '../../../src/features/lifts/views.ts'
import { OFFICE } from '../../support/feedback.ts'
import { describeInBrowser, DESK_SIZE, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { PAGE } from '../../support/deadlines.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { lastCode, loggedInLiaison, portalLiaison } from '../../support/liaison-visit.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { systemOf, unitWithMeasures } from '../../support/screening.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

const NAME = String(PERSON['name'])
const ID = String(PERSON['identifier'])
const SHEET = `姓名或名称,身份证号码或统一社会信用代码,惩戒措施,办理事项\n${NAME},${ID},1.1,设立小额信贷公司\n,,1.1,设立小额信贷公司\n`

eachDatabase((_db, make) => {
  describeInBrowser('a liaison at the portal', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor
    let unitId: string
    let listings: string[]

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
      ;[unitId] = await unitWithMeasures(made.app, ['1.1', '3.1'])
      listings = await listed(made.app, 2)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('asks about one applicant, is told what to do and by which clause, and reports the outcome', async () => {
      visitor = await visit(server, { as: await loggedInLiaison(made, unitId), size: PHONE_SIZE })
      const { page } = visitor
      await visitor.open('/unit/screening')
      await page.getByRole('button', { name: '开始核查' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await page.getByLabel('惩戒措施').selectOption('1.1')
      await page.getByLabel('所办事项').selectOption('设立融资性担保公司、小额信贷公司、保险公司')
      await page.getByRole('textbox', { name: '申请人姓名或名称' }).fill(NAME)
      await page.getByRole('textbox', { name: '身份证号码或统一社会信用代码' }).fill(ID)
      await visitor.picture('unit-screening-form')
      await page.getByRole('button', { name: '开始核查' }).dblclick()
      await page.getByText('可以依法限制').waitFor()
      await page.getByText('这项措施的条款').waitFor()
      expect(
        await page
          .locator('dd')
          .filter({ hasText: /^1\.1 .+/ })
          .count(),
      ).to.equal(1)
      expect(page.url()).to.match(/\/unit\/screenings\/[0-9A-Z]{26}$/)
      await visitor.expectAccessible()
      await visitor.picture('unit-screening-answer')
      await page.getByLabel('仍予同意').check()
      await page.getByRole('button', { name: '报送办理结果' }).click()
      await page.getByRole('alert').waitFor()
      await page.getByRole('textbox', { name: '理由' }).fill('已提供足额担保')
      await page.getByRole('button', { name: '报送办理结果' }).click()
      await page.getByText('已报送1件办理结果。').waitFor()
      await page.reload()
      await page.getByText('已提供足额担保').waitFor()
      await visitor.open('/unit/screenings?outcome=approved')
      await page.getByRole('link', { name: NAME }).first().waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-screenings')
    })

    it('logs in by code, screens a sheet, answers an order to lift, and hands in and corrects the figures of the quarter', async () => {
      const { phone } = await portalLiaison(made, unitId, '卓联络')
      const ground = { ground: 'fully_performed', reason: '已履行完毕' } as const
      await shieldListings(made.app, CLERK, { items: listings.map((id) => ({ id })), ...ground })
      const { id: roundId } = await openFeedback(made.app, OFFICE, { quarter: '2026Q3' })
      visitor = await visit(server, { size: DESK_SIZE })
      const { page } = visitor
      visitor.expectErrors(/status of 401/)
      await visitor.open('/unit')
      await page.getByLabel('手机号码').fill(phone)
      await page.keyboard.press('Enter')
      await page.getByLabel('验证码').waitFor()
      await page.getByLabel('验证码').fill(await lastCode(made))
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: /待答复的解除惩戒通知/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-home')

      await page.getByRole('link', { name: '批量核查' }).click()
      await page.getByText('最多10000行').waitFor()
      await page.getByText('这些行按本单位的全部2项措施逐项核查').waitFor()
      const measure = page.getByLabel('表格中没有写明的，按哪项惩戒措施核查')
      expect(await measure.locator('option:checked').innerText()).to.equal('全部2项措施')
      await visitor.expectAccessible()
      await page.getByLabel('选择表格').setInputFiles({ name: '申请.csv', mimeType: 'text/csv', buffer: Buffer.from(SHEET) })
      await page.getByRole('button', { name: '核查没有问题的1行' }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-file-checked')
      await page.getByRole('button', { name: '核查没有问题的1行' }).click()
      await page.getByText('已全部核查完毕').waitFor()
      const saving = page.waitForEvent('download')
      await page.getByRole('button', { name: '下载核查结果' }).click()
      expect((await saving).suggestedFilename()).to.match(/核查结果.*\.xlsx$/)
      await visitor.expectAccessible()
      await visitor.picture('unit-file-done')
      await page.getByRole('link', { name: '批量核查' }).first().click()
      await measure.selectOption('1.1')
      await page
        .getByLabel('选择表格')
        .setInputFiles({ name: '全表.csv', mimeType: 'text/csv', buffer: Buffer.from(SHEET.split('\n').slice(0, 2).join('\n')) })
      await page.getByText('已全部核查完毕').waitFor()
      await page
        .getByText(/^1\.1 /)
        .first()
        .waitFor()

      await page.getByRole('link', { name: /解除惩戒/ }).click()
      await page.getByRole('link', { name: /解除惩戒通知/ }).click()
      await page.getByRole('button', { name: '继续保留' }).first().click()
      await page.getByRole('button', { name: '答复继续保留' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-lift-refused')
      await page.getByLabel('法律依据').selectOption('procurement')
      await page.getByLabel('保留至').fill(`${new Date().getFullYear() + 1}-03-01`)
      await page.getByRole('button', { name: '答复继续保留' }).click()
      await page.getByText('已答复继续保留，等待法院审查。').waitFor()
      await page.getByRole('button', { name: '全部已解除' }).click()
      await page.getByRole('button', { name: '确认已解除' }).click()
      await page.getByText('已答复解除1条，这份通知已全部答复。').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-lift')
      const [order] = (await listLiftOrders(made.app, CLERK, { filter: { unitId }, page: PAGE })).items
      expect([order?.state, order?.retained]).to.deep.equal(['answered', 1])

      await page.getByRole('link', { name: /季度反馈/ }).click()
      await page.getByRole('link', { name: '2026年第三季度' }).click()
      await page.getByLabel('限制件数').first().fill('3')
      await page.getByRole('button', { name: '提交反馈' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await page.getByLabel('核查件数').first().fill('5')
      await page.getByRole('button', { name: '提交反馈' }).click()
      await page.getByText('已提交反馈。').waitFor()
      await page.getByLabel('核查件数').first().fill('6')
      await page.getByRole('button', { name: '更正反馈' }).click()
      await page.getByText('已更正反馈，以更正后的数字为准。').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-feedback')
      const handed = await showReturn(made.app, systemOf(unitId), { roundId, unitId })
      expect([handed.state, handed.checked, handed.restricted]).to.deep.equal(['corrected', 6, 3])
    })
  })
})
