// The screens of complaints in a real browser: filing one for a complainant, handling one to its end, and who sees what of it.

import { expect } from 'chai'
import { acceptComplaint, fileComplaint, type FiledComplaint } from '../../../src/features/complaints/commands.ts'
import { addEvidence } from '../../../src/features/complaints/evidence.commands.ts'
import type { ComplaintForm } from '../../../src/features/complaints/form.rules.ts'
import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { CLERK } from '../../support/deadlines.ts'
import { listed } from '../../support/listed.ts'
import { rightNow } from '../../support/right-now.ts'

/** A picture of one pixel. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const FORM: ComplaintForm = {
  about: 'debtor',
  text: '和志强上周又坐飞机去了昆明，还在承包县里的绿化工程。',
  debtorName: '和志强',
  place: '独克宗古城',
  anonymous: false,
  name: '扎西平措',
  phone: '13887100001',
}

async function* whole(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes)
}

eachDatabase((_db, make) => {
  describeInBrowser('the screens of complaints', () => {
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

    const file = (form: Partial<ComplaintForm> = {}): Promise<FiledComplaint> =>
      fileComplaint(made.app, PUBLIC, { ...FORM, ...form, way: 'web' })

    it('let a clerk file one made by phone, refuse it by field, and show number and code once', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/complaints')
      await page.getByText('还没有投诉举报').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('complaints-empty')
      await page.getByRole('link', { name: '登记投诉举报' }).click()
      await page.getByRole('button', { name: '登记', exact: true }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await page.getByLabel('电话').check()
      await page.getByLabel('被执行人未受惩戒').check()
      await page.getByLabel('反映的内容').fill('他又坐飞机了，还在承包工程。')
      await page.getByLabel('发生日期').fill('2099-01-01')
      await page.getByLabel('不署名').check()
      visitor.expectErrors(/status of 400/)
      await page.getByRole('button', { name: '登记', exact: true }).click()
      await page.getByRole('link', { name: /发生日期：/ }).waitFor()
      expect(await page.getByLabel('被执行人', { exact: true }).getAttribute('aria-invalid')).to.equal('true')
      expect(await page.getByLabel('反映的内容').inputValue()).to.equal('他又坐飞机了，还在承包工程。')
      await visitor.expectAccessible()
      await visitor.picture('complaints-form-refused')
      await page.getByLabel('发生日期').fill('')
      await page.getByLabel('被执行人', { exact: true }).fill('和志强')
      await page.getByRole('button', { name: '登记', exact: true }).dblclick()
      await page.getByRole('heading', { name: '已登记' }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('complaints-filed')
      await page.getByRole('link', { name: '查看这一件' }).click()
      await page.getByText('举报人要求不署名').waitFor()
      await page.goBack()
      await visitor.open('/desk/complaints')
      await page.getByRole('link', { name: /^TS/ }).first().waitFor()
      await expectCount(page.getByRole('link', { name: /^TS/ }), 1)
    })

    it('lead one from acceptance to the answer, with its pictures inside the page, by what the server says is possible', async () => {
      await listed(made.app, 2)
      const filed = await file({ debtorName: '扎西某' })
      await addEvidence(made.app, PUBLIC, { complaint: { number: filed.number, code: filed.code }, content: whole(PICTURE) })
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/complaints?state=received')
      await page.getByRole('link', { name: filed.number }).click()
      await page.getByText('扎西平措').waitFor()
      await page.getByRole('button', { name: /^查看图片/ }).click()
      const picture = page.getByRole('img', { name: `举报编号${filed.number}的材料1（图片）` })
      await picture.waitFor()
      expect(await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).to.equal(1)
      expect(await picture.getAttribute('src')).to.match(/^blob:/)
      await visitor.expectAccessible()
      await visitor.picture('complaint-received')

      const press = async (name: string): Promise<void> => {
        await page.getByRole('button', { name, exact: true }).first().click()
        await page.getByRole('dialog').waitFor()
      }
      const send = (name: string): Promise<void> => page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
      // By keyboard alone: the button, the dialog's field and its button.
      await page.getByRole('button', { name: '受理', exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('dialog').getByRole('button', { name: '受理', exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.getByText('已受理，办结期限开始计算。').waitFor()

      await press('转办')
      await send('转办')
      await page.getByRole('alert').waitFor()
      await page.getByLabel('单位', { exact: true }).selectOption({ index: 3 })
      await page.getByLabel('转办要求').fill('扎西平措反映有人违反规定乘坐飞机，请核查。')
      visitor.expectErrors(/status of 4(00|09)/)
      await send('转办')
      await page
        .getByRole('dialog')
        .getByRole('alert')
        .getByText(/举报人/)
        .waitFor()
      await visitor.expectAccessible()
      await visitor.picture('complaint-assign-refused')
      await page.getByLabel('转办要求').fill('请核查被执行人和志强近一个月有没有违反规定乘坐飞机。')
      await page.getByLabel('材料1（图片）').check()
      await send('转办')
      await page.getByText('已转办。', { exact: true }).waitFor()
      await page.getByText('承办单位可以查看').waitFor()
      await press('登记查办结果')
      await page.getByLabel('查办结果', { exact: true }).fill('查到两次乘机记录，情况属实。')
      await send('登记查办结果')
      await page.getByText('已登记查办结果，等待认定。').waitFor()
      await press('认定是否属实')
      await page.getByLabel('经查属实，已依法处理').check()
      await page.getByLabel('认定意见').fill('已要求单位补惩。')
      await page.getByText(/名单上同名的有2条，可能不是同一人/).waitFor()
      await send('认定是否属实')
      await page.getByRole('link', { name: /应当惩戒的是哪一条/ }).waitFor()
      await visitor.expectAccessible()
      await page.getByLabel('都不是').check()
      await page.getByLabel('核实后的证件号码').waitFor()
      await page
        .getByRole('dialog')
        .getByLabel(/^扎西某，\*+\d{3}[\dX]，/)
        .first()
        .check()
      await visitor.picture('complaint-decide')
      await send('认定是否属实')
      await page.getByText('已认定，请答复举报人。').waitFor()
      await page.getByRole('heading', { name: '补惩通知' }).waitFor()
      await press('代为登记单位的回复')
      await page.getByLabel('已经补惩').check()
      await page.getByLabel('回复的内容').fill('已停止其承包资格。')
      await send('代为登记单位的回复')
      await page.getByText('已登记单位的回复。').waitFor()
      await press('答复并办结')
      await page.getByLabel('答复全文').fill('您反映的情况属实，已经处理。')
      await send('答复并办结')
      await page.getByText('已答复并办结。').waitFor()
      await expectCount(page.getByRole('button', { name: '受理', exact: true }), 0)
      await visitor.expectAccessible()
      await visitor.picture('complaint-answered')
      await page.reload()
      await page.getByText('已停止其承包资格。').waitFor()
      await page.getByRole('link', { name: '返回投诉举报' }).click()
      await page.getByLabel('状态').selectOption('answered')
      await page.getByRole('link', { name: filed.number }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('complaints-list')
      await page.reload()
      expect(await page.getByLabel('状态').inputValue()).to.equal('answered')
    })

    it('say that somebody else was faster, and show what is newest', async () => {
      const filed = await file({ text: '张三的公司还在参加政府采购的投标，一直没有人管。', debtorName: '张三' })
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      visitor.expectErrors(/status of 409/)
      await visitor.open(`/desk/complaints/${filed.id}`)
      await page.getByRole('button', { name: '不予受理' }).click()
      await page.getByLabel('没有说明具体的人和事').check()
      await acceptComplaint(made.app, CLERK, { id: filed.id })
      await page.getByRole('dialog').getByRole('button', { name: '不予受理' }).click()
      await page.getByRole('button', { name: '关闭，查看最新内容' }).click()
      await page.getByRole('button', { name: '转办' }).waitFor()
      await expectCount(page.getByRole('button', { name: '不予受理' }), 0)
    })

    it('keep a complaint about the court for the group office, and the complainant from whoever only watches', async () => {
      const about = await file({ about: 'unit', unitWords: '市法院执行局', text: '执行局拖了两年不办，也不给答复。' })
      const other = await file({ about: 'unit', unitWords: '某某窗口', text: '窗口没有查名单就给他办了手续，也没人过问。' })
      visitor = await visit(server, { as: await server.person('clerk') })
      visitor.expectErrors(/status of 404/)
      await visitor.open(`/desk/complaints/${about.id}`)
      await visitor.page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await visitor.close()
      visitor = await visit(server, { as: await server.person('group_office') })
      const { page } = visitor
      await visitor.open('/desk/complaints?unresolved=yes')
      await page.getByRole('link', { name: other.number }).click()
      await page.getByText('请先认定反映的是谁').waitFor()
      await page.getByRole('button', { name: '认定反映的是谁' }).click()
      await page.getByLabel('单位', { exact: true }).selectOption({ label: '不是法院，也不是名录里的单位' })
      await page.getByRole('dialog').getByRole('button', { name: '认定反映的是谁' }).click()
      await page.getByText('已认定反映的对象。').waitFor()
      await page.getByText('举报原文和举报人只有办理人可以查看。').waitFor()
      await expectCount(page.getByText('扎西平措'), 0)
      await visitor.expectAccessible()
      await visitor.open(`/desk/complaints/${about.id}`)
      await page.getByText('扎西平措').waitFor()
      await page.getByRole('button', { name: '受理', exact: true }).waitFor()
    })
  })
})
