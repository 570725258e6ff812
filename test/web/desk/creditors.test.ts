// Creditors' matters on the desk: confirmed, drafted from, refused by two people, and answered; an objection to an exit leads to a new draft.

import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { confirmMatter, fileMatter, reviewMatter, type NewMatter } from '../../../src/features/creditors/commands.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { describeInBrowser, expectCount, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { PERSON } from '../../support/drafts.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

const FORM: NewMatter = {
  kind: 'application',
  way: 'web',
  name: '央宗卓玛',
  phone: '13988120001',
  caseNo: '（2026）云3401执9号',
  debtorName: '扎西某',
  ground: '有钱不还',
  text: '他把房子过户给了亲戚。',
}

eachDatabase((_db, make) => {
  describeInBrowser('creditors’ matters on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make()
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('lead an application, once it is confirmed, to a draft with what the creditor said', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/creditors')
      await page.getByText('还没有申请执行人提出的事项').waitFor()
      await visitor.expectAccessible()
      const { id } = await fileMatter(made.app, PUBLIC, FORM)
      await visitor.open('/desk/creditors?state=received')
      await page.getByRole('link', { name: /^NR/ }).click()
      await page.getByText('还没有核对身份').waitFor()
      await expectCount(page.getByRole('link', { name: '起草条目' }), 0)
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '确认是申请执行人' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '确认是申请执行人' }).press('Enter')
      await page.getByText('已受理，对方会收到通知').waitFor()
      await visitor.picture('creditor')
      await page.getByRole('link', { name: '起草条目' }).click()
      const name = page.locator('#field-name')
      await name.waitFor()
      expect(await name.inputValue()).to.equal('扎西某')
      await page.getByRole('button', { name: '保存为草稿' }).click()
      await page.getByRole('alert').first().waitFor()
      await visitor.expectAccessible()
      await visitor.picture('creditor-draft')
      for (const field of ['identifier', 'court', 'filedOn', 'basisNo', 'basisMaker', 'obligation', 'performance'] as const)
        await page.locator(`#field-${field}`).fill(String(PERSON[field]))
      await page.getByRole('checkbox', { name: /^1\. / }).check()
      await page.getByRole('button', { name: '保存为草稿' }).dblclick()
      await page.getByText('已起草条目').first().waitFor()
      expect(page.url()).to.include(`/desk/creditors/${id}`)
      await page.getByRole('link', { name: '打开条目' }).waitFor()
      await visitor.expectAccessible()
    })

    it('are registered at the counter, refused by field, sent once however often it is pressed, and number and code are shown once', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/creditors?kind=clue')
      await page.getByText('没有符合条件的').waitFor()
      await page.getByRole('link', { name: '登记来访' }).press('Enter')
      await page.getByRole('heading', { name: '登记来访' }).waitFor()
      await page.getByRole('button', { name: '登记', exact: true }).press('Enter')
      const summary = page.getByRole('alert').first()
      await summary.waitFor()
      for (const field of ['name', 'phone', 'caseNo', 'debtorName', 'text'])
        expect(await page.locator(`#field-${field}`).getAttribute('aria-invalid'), field).to.equal('true')
      await visitor.expectAccessible()
      await page.getByRole('radio', { name: '财产线索' }).check()
      for (const [field, value] of Object.entries({
        name: '央',
        phone: '0887-8222333',
        caseNo: '9号',
        debtorName: '扎西某',
        text: '他在市场有两间铺面。',
      }))
        await page.locator(`#field-${field}`).fill(value)
      visitor.expectErrors(/status of 400/)
      await page.getByRole('button', { name: '登记', exact: true }).click()
      await summary.getByText('“申请执行人的姓名或者名称”写得太短了').waitFor()
      expect(await page.locator('#field-text').inputValue()).to.equal('他在市场有两间铺面。')
      await visitor.picture('creditor-visit-refused')
      await page.locator('#field-name').fill('央宗卓玛')
      await page.locator('#field-caseNo').fill('(2026)云3401执21号')
      await page.getByRole('button', { name: '登记', exact: true }).dblclick()
      await page.getByRole('heading', { name: '已登记' }).waitFor()
      await page.getByText('留的号码收不了短信').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('creditor-visit')
      const number = await page.locator('code').first().innerText()
      expect(number).to.match(/^XS\d{8}-\d{4}$/)
      expect(await page.locator('code').nth(1).innerText()).to.match(/^[A-Z0-9-]{14}$/)
      await visitor.open('/desk/creditors?kind=clue')
      await page.getByRole('link', { name: number }).waitFor()
      await expectCount(page.getByRole('row'), 2)
      await page.getByRole('link', { name: number }).click()
      await page.getByText('他在市场有两间铺面。').waitFor()
      await page.getByText('已受理').first().waitFor()
    })

    it('are registered as an objection to an entry of the case that left the list, and kept as typed when the entry does not fit', async () => {
      const [exited = ''] = await listed(made.app, 1, { caseNo: '（2026）云3401执31号' })
      await shieldListings(made.app, CLERK, { items: [{ id: exited }], ground: 'settlement_performed', reason: '和解已履行' })
      visitor = await visit(server, { as: await server.person('clerk'), size: PHONE_SIZE })
      const { page } = visitor
      await visitor.open('/desk/creditors/new')
      await page.getByRole('radio', { name: '对退出的异议' }).check()
      await page.getByText('请先填写案号').waitFor()
      await page.locator('#field-caseNo').fill('（2026）云3401执3100号')
      await page.locator('#field-name').fill('央宗卓玛')
      await page.getByText('这个案号没有已经屏蔽、撤销的条目').waitFor()
      await visitor.expectAccessible()
      await page.locator('#field-caseNo').fill('（2026）云3401执31号')
      await page.locator('#field-phone').fill('13988120001')
      await page.getByLabel('已经退出的条目').selectOption({ index: 1 })
      await page.locator('#field-debtorName').fill('扎西某')
      await page.locator('#field-text').fill('余款没有到账，不应当屏蔽。')
      // Typed anew without leaving the field: the entry is of the case that was left, and the server says so.
      const other = page.waitForResponse((response) => response.url().endsWith('/creditor-matters'))
      visitor.expectErrors(/status of 409/)
      await page.locator('#field-caseNo').evaluate((field: { value: string; dispatchEvent: (event: Event) => boolean }) => {
        field.value = '（2026）云3401执32号'
        field.dispatchEvent(new Event('input', { bubbles: true }))
      })
      await page.getByRole('button', { name: '登记', exact: true }).click()
      expect((await other).status()).to.equal(409)
      await page.getByRole('alert').first().waitFor()
      expect(await page.locator('#field-text').inputValue()).to.equal('余款没有到账，不应当屏蔽。')
      await visitor.expectAccessible()
      await page.locator('#field-caseNo').fill('（2026）云3401执31号')
      await page.getByRole('button', { name: '登记', exact: true }).click()
      await page.getByText('已给申请执行人的手机发送收到通知').waitFor()
      await page.getByRole('link', { name: '查看这一件' }).click()
      await page.getByRole('link', { name: '打开条目' }).waitFor()
    })

    it('are not registered by somebody who may only read them', async () => {
      visitor = await visit(server, { as: await server.person('auditor') })
      await visitor.open('/desk/creditors')
      await visitor.page.getByRole('heading', { level: 1 }).waitFor()
      await expectCount(visitor.page.getByRole('link', { name: '登记来访' }), 0)
      await visitor.open('/desk/creditors/new')
      await visitor.page.getByRole('heading', { name: '没有权限' }).waitFor()
    })

    it('are refused by another person than whoever reviewed, who may send them back', async () => {
      const { id } = await fileMatter(made.app, PUBLIC, { ...FORM, caseNo: '（2026）云3401执10号' })
      await confirmMatter(made.app, CLERK, { id })
      await reviewMatter(made.app, CLERK, { id, finding: 'refused', reason: '现有材料不能证明有履行能力' })
      visitor = await visit(server, { as: await server.person('approver'), size: PHONE_SIZE })
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      await visitor.open('/desk/creditors?state=reviewed')
      await page.getByRole('link', { name: /^NR/ }).click()
      await page.getByRole('button', { name: '不予支持' }).waitFor()
      await expectCount(page.getByRole('button', { name: '认定成立' }), 0)
      await visitor.picture('creditor-phone')
      await page.getByRole('button', { name: '退回审查意见' }).click()
      await dialog.getByRole('button', { name: '退回审查意见' }).click()
      await dialog.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByRole('textbox', { name: '退回的理由' }).fill('请再查一次')
      await reviewMatter(made.app, CLERK, { id, finding: 'refused', reason: '再查仍无存款' })
      visitor.expectErrors(/409/)
      await dialog.getByRole('button', { name: '退回审查意见' }).click()
      await dialog.getByRole('button', { name: '关闭，查看最新内容' }).waitFor()
      expect(await dialog.getByRole('textbox', { name: '退回的理由' }).inputValue()).to.equal('请再查一次')
      await dialog.getByRole('button', { name: '关闭，查看最新内容' }).click()
      await page.getByText('再查仍无存款').waitFor()
      await page.getByRole('button', { name: '不予支持' }).click()
      await dialog.getByRole('button', { name: '不予支持' }).click()
      await page.getByText('已决定不予支持').waitFor()
      await expectCount(page.getByRole('button', { name: '不予支持' }), 0)
    })

    it('lead an objection to an exit to the entry of its case, and its decision to a draft anew', async () => {
      const [exited = ''] = await listed(made.app, 1, { applicantName: FORM.name, applicantPhone: FORM.phone ?? '' })
      await shieldListings(made.app, CLERK, { items: [{ id: exited }], ground: 'settlement_performed', reason: '和解已履行' })
      await fileMatter(made.app, PUBLIC, { ...FORM, kind: 'exit_objection', caseNo: '（2026）云3401执1号' })
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      await visitor.open('/desk/creditors?kind=exit_objection&state=received')
      await page.getByRole('link', { name: /^YY/ }).click()
      await page.getByText('同一案件的条目').waitFor()
      await page.getByRole('button', { name: '确认是申请执行人' }).click()
      await dialog.getByRole('button', { name: '确认是申请执行人' }).click()
      await dialog.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByLabel('名单条目').selectOption({ label: '扎西某（已屏蔽）' })
      await dialog.getByRole('button', { name: '确认是申请执行人' }).click()
      await page.getByText('已受理，对方会收到通知').waitFor()
      await page.getByRole('button', { name: '提出审查意见' }).click()
      await dialog.getByRole('radio', { name: '应当支持' }).check()
      await dialog.getByRole('textbox', { name: '理由' }).fill('余款没有到账')
      await dialog.getByRole('button', { name: '提出审查意见' }).click()
      await page.getByText('等待审批人决定').waitFor()
      await expectCount(page.getByRole('button', { name: '认定成立' }), 0)
      const address = page.url()
      await visitor.close()

      visitor = await visit(server, { as: await server.person('approver') })
      await visitor.page.goto(address)
      await visitor.page.getByRole('button', { name: '认定成立' }).click()
      await visitor.page.getByRole('dialog').getByRole('button', { name: '认定成立' }).click()
      await visitor.page.getByText('已认定成立，请书记员重新起草条目').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('creditor-upheld')
    })
  })
})
