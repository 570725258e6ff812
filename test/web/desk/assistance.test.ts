// Assistance notices on the desk: drafted from an entry by one person, issued by another, answered, lifted by two, printed as a document.

import { expect } from 'chai'
import { draftAssistance, editAssistance } from '../../../src/features/assistance/commands.ts'
import { addWechatUnit, ANSWER_BY, assistanceTo, issued, TODAY } from '../../support/assistance.ts'
import { describeInBrowser, expectCount, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { addUnit, at } from '../../support/deadlines.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describeInBrowser('assistance notices on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make({ now: at(TODAY, 10) })
      server = await openServer(made)
      await addWechatUnit(made.app, 'water')
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('go from the entry’s page to the draft, and over a change by somebody else meanwhile', async () => {
      const [listingId = ''] = await listed(made.app, 1)
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      await visitor.open('/desk/assistance')
      await page.getByText('还没有协助执行文书').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('link', { name: '起草司法建议函' }).click()
      await page.getByText('只能起草司法建议函').waitFor()
      await expectCount(page.getByRole('radio'), 0)
      await visitor.open(`/desk/listings/${listingId}`)
      await page.getByRole('link', { name: '起草协助执行文书' }).click()
      await page.getByText('（2026）').first().waitFor()
      await page.getByRole('textbox', { name: '事实', exact: true }).fill('贵单位仍在办理有关登记')
      await page.getByRole('button', { name: '保存草稿' }).click()
      for (const name of ['请单位做什么', '依据']) {
        const box = page.getByRole('textbox', { name, exact: true })
        expect(await box.getAttribute('aria-invalid'), name).to.equal('true')
        await box.fill(`写明的${name}`)
      }
      await visitor.expectAccessible()
      await visitor.picture('assistance-new')
      await page.getByLabel('受文单位').selectOption({ label: 'water局' })
      await page.getByLabel('答复期限').fill(TODAY)
      visitor.expectErrors(/400|409/)
      await page.getByRole('button', { name: '保存草稿' }).click()
      await page.getByRole('alert').waitFor()
      expect(await page.getByRole('textbox', { name: '事实', exact: true }).inputValue()).to.equal('贵单位仍在办理有关登记')
      await page.getByLabel('答复期限').fill(ANSWER_BY)
      await page.getByRole('button', { name: '保存草稿' }).dblclick()
      await page.getByText('还没有签发，单位看不到').waitFor()
      await visitor.expectAccessible()
      await expectCount(page.getByRole('button', { name: '签发' }), 0)

      await page.getByRole('button', { name: '修改', exact: true }).click()
      const id = page.url().split('/').at(-1) ?? ''
      await editAssistance(made.app, CLERK, { id, ...assistanceTo('water') })
      await dialog.getByRole('textbox', { name: '事实', exact: true }).fill('我写的事实')
      await dialog.getByRole('button', { name: '修改' }).click()
      await dialog.getByRole('button', { name: '关闭，查看最新内容' }).waitFor()
      expect(await dialog.getByRole('textbox', { name: '事实', exact: true }).inputValue()).to.equal('我写的事实')
      await visitor.expectAccessible()
      await dialog.getByRole('button', { name: '关闭，查看最新内容' }).click()
      await page.getByText('贵单位在名单公布后仍为有关企业办理登记').waitFor()
    })

    it('are issued by another person from what waits for them, and printed as the document alone', async () => {
      await draftAssistance(made.app, CLERK, assistanceTo('water'))
      visitor = await visit(server, { as: await server.person('approver') })
      const other = visitor.page
      await visitor.open('/desk')
      await other
        .getByRole('link', { name: /待签发|签发/ })
        .first()
        .click()
      await other.getByRole('row').nth(1).waitFor()
      await other.getByRole('link', { name: '草稿（未编号）' }).first().click()
      await other.getByRole('button', { name: '签发' }).click()
      await visitor.expectAccessible()
      await other.getByRole('dialog').getByRole('button', { name: '签发' }).press('Enter')
      await other.getByText('已签发。').waitFor()
      await other.getByText('建议：停止办理有关企业的登记').waitFor()
      await other.getByText('还没有打开').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('assistance-issued')
      await other.emulateMedia({ media: 'print' })
      expect(await other.getByText('发给联络员的链接').isVisible()).to.equal(false)
      expect(await other.getByText('建议：停止办理有关企业的登记').isVisible()).to.equal(true)
      await visitor.picture('assistance-printed')
    })

    it('are answered for the unit, reviewed, and lifted by another person than the one who asked', async () => {
      const [listingId = ''] = await listed(made.app, 1, {}, 20)
      const id = await issued(made.app, 'water', { kind: 'assistance', listingId })
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      const act = async (name: string): Promise<void> => {
        await page.getByRole('button', { name, exact: true }).click()
        await dialog.waitFor()
      }
      await visitor.open(`/desk/assistance/${id}`)
      await act('提出审查建议')
      await dialog.getByRole('textbox', { name: '审查建议' }).fill('对象是否有误')
      await dialog.getByRole('button', { name: '提出审查建议' }).click()
      await page.getByText('已登记审查建议').waitFor()
      await expectCount(page.getByRole('button', { name: '提出审查建议' }), 0)
      await act('答复办理结果')
      await dialog.getByRole('button', { name: '答复办理结果' }).click()
      await dialog.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByRole('radio', { name: '已经办理' }).check()
      await dialog.getByRole('textbox', { name: '单位的答复' }).fill('已经停止办理')
      await dialog.getByRole('button', { name: '答复办理结果' }).click()
      await page.getByText('已登记答复').waitFor()
      await act('登记解除的理由')
      await dialog.getByRole('radio', { name: '义务已经履行' }).check()
      await dialog.getByRole('textbox', { name: '说明' }).fill('当日付清')
      await dialog.getByRole('button', { name: '登记解除的理由' }).click()
      await page.getByText('等待另一位审批人决定。').last().waitFor()
      await expectCount(page.getByRole('button', { name: '决定解除' }), 0)
      await visitor.expectAccessible()
      await visitor.picture('assistance-lift')
      await visitor.close()

      visitor = await visit(server, { as: await server.person('approver'), size: PHONE_SIZE })
      const other = visitor.page
      await visitor.open('/desk/assistance?lift=pending')
      await other.getByText('解除待决定').last().waitFor()
      await visitor.expectAccessible()
      await visitor.picture('assistance-list-phone')
      await other.getByRole('link', { name: /执协/ }).click()
      await other.getByRole('button', { name: '答复审查建议' }).waitFor()
      await visitor.picture('assistance-phone')
      await other.getByRole('button', { name: '决定解除' }).click()
      await other.getByRole('dialog').getByRole('textbox', { name: '决定的理由' }).fill('已经付清')
      await other.getByRole('dialog').getByRole('button', { name: '决定解除' }).click()
      await other.getByText('已决定解除，单位和被执行人会收到通知').waitFor()
      await expectCount(other.getByRole('button', { name: '撤回' }), 0)
      await visitor.expectAccessible()
    })

    it('say of a unit without a liaison that somebody must serve it, and find what is overdue', async () => {
      await addUnit(made.app, 'far')
      const id = await issued(made.app, 'far')
      made.clock.set(at('2026-03-25', 10))
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/assistance?overdue=yes')
      await page.getByText('far局').last().waitFor()
      await visitor.picture('assistance-list')
      await visitor.open(`/desk/assistance/${id}`)
      await page.getByText('请当面或者邮寄送达').waitFor()
      await page.getByRole('button', { name: '登记送达' }).click()
      await page.getByRole('dialog').getByLabel('送达方式').fill('直接送达')
      await page.getByRole('dialog').getByRole('button', { name: '登记送达' }).click()
      await page.getByText('已登记送达').waitFor()
      await expectCount(page.getByText('请当面或者邮寄送达'), 0)
      made.clock.set(at(TODAY, 10))
    })
  })
})
