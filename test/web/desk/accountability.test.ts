// Calling units to account on the desk: proposals decided, circulars issued by another person, interviews, consequences, joint circulars, meetings.

import { dayOf } from '../../../src/core/calendar.ts'
import { expect } from 'chai'
import { circular, decided, drafted } from '../../support/accountability.ts'
import { describeInBrowser, expectCount, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { addUnit } from '../../support/deadlines.ts'
import { openServer, type Person, type TestServer } from '../../support/http-server.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

eachDatabase((_db, make) => {
  describeInBrowser('calling units to account on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor
    let office: Person
    let second: Person

    before(async () => {
      made = await make()
      server = await openServer(made)
      office = await server.person('group_office')
      second = await server.person('group_office')
      for (const unitId of ['u1', 'u2', 'u3', 'organization_dept']) await addUnit(made.app, unitId)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('drafts a circular from a registered shortfall, shows the message of an interview, and leaves issuing to another person', async () => {
      visitor = await visit(server, { as: office })
      const { page } = visitor
      visitor.expectErrors(/status of 4\d\d/)
      await visitor.open('/desk/accountability')
      await page.getByText('没有问责建议').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '登记问责情形' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: '登记问责情形' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByLabel('单位', { exact: true }).selectOption({ label: 'u1局' })
      await dialog.getByRole('radio', { name: '未按前置程序办理' }).check()
      await dialog.getByRole('textbox', { name: '具体情况' }).fill('没有核查就办理了许可。')
      await dialog.getByRole('button', { name: '登记问责情形' }).dblclick()
      await page.getByText('已登记，等待领导小组办公室决定').waitFor()
      await page.getByRole('rowheader').getByRole('link', { name: /^WZ/ }).click()
      await page.getByText('没有核查就办理了许可').waitFor()
      await page.getByRole('button', { name: '决定问责' }).click()
      await dialog.getByRole('radio', { name: '约谈' }).check()
      await dialog.getByLabel('约谈日期').fill('2026-12-31')
      await dialog.getByText('约谈贵单位负责人').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('proposal-interview')
      await dialog.getByRole('radio', { name: '通报', exact: true }).check()
      await dialog.getByRole('textbox', { name: '理由' }).fill('情况属实，多次提醒没有改正。')
      await dialog.getByLabel('整改期限').fill('2020-01-01')
      await dialog.getByRole('textbox', { name: '单位负责人' }).fill('和某、扎西某')
      await dialog.getByRole('button', { name: '决定问责' }).click()
      await page.getByRole('alert').waitFor()
      expect(await dialog.getByLabel('整改期限').getAttribute('aria-invalid')).to.equal('true')
      expect(await dialog.getByRole('textbox', { name: '理由' }).inputValue()).to.include('情况属实')
      await dialog.getByLabel('整改期限').fill('2026-12-31')
      await dialog.getByRole('button', { name: '决定问责' }).click()
      await page.getByText('已决定，由此产生的办理见下方').waitFor()
      await page.getByRole('link', { name: /^TB/ }).click()
      await page.getByText('须由领导小组办公室的另一人发布').waitFor()
      await page.getByText('单位负责人 扎西某').waitFor()
      await expectCount(page.getByRole('button', { name: '发布通报' }), 0)
      await visitor.expectAccessible()
    })

    it('lets another person find the draft among what waits, read the message, issue it and print it', async () => {
      await drafted(made.app, 'u2')
      visitor = await visit(server, { as: second })
      const other = visitor.page
      await visitor.open('/desk/')
      await other.getByRole('link', { name: /待签发的通报/ }).click()
      await other.getByRole('rowheader').getByRole('link', { name: /^TB/ }).first().waitFor()
      await visitor.expectAccessible()
      await visitor.picture('circulars')
      await other.getByRole('row').filter({ hasText: 'u2局' }).getByRole('link').click()
      await other.getByRole('button', { name: '发布通报' }).click()
      await other.getByRole('dialog').getByText('最近12个月第1次').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('circular-issue')
      await other.getByRole('dialog').getByRole('button', { name: '发布通报' }).press('Enter')
      await other.getByText('已发布，单位会收到通知').waitFor()
      await other.getByRole('heading', { name: /执联通报〔\d{4}〕1号/ }).waitFor()
      await visitor.picture('circular-issued')
      await other.emulateMedia({ media: 'print' })
      expect(await other.getByRole('button', { name: '打印' }).isVisible()).to.equal(false)
      await visitor.picture('circular-printed')
    })

    it('holds an interview, finds no change, and leaves the consequence to another person', async () => {
      await decided(made.app, 'u2', 'interview', dayOf(made.app.clock.now()))
      visitor = await visit(server, { as: office })
      const { page } = visitor
      visitor.expectErrors(/status of 409/)
      const dialog = page.getByRole('dialog')
      await visitor.open('/desk/interviews?state=called')
      await page.getByRole('rowheader').getByRole('link', { name: /^YT/ }).click()
      await page.getByRole('button', { name: '登记约谈' }).click()
      await dialog.getByRole('textbox', { name: '纪要' }).fill('已经说明要求。')
      const id = page.url().split('/').at(-1) ?? ''
      const json = { version: 1, heldOn: dayOf(made.app.clock.now()), minutes: '同时登记的。' }
      await second.ask('POST', `/api/v1/interviews/${id}/hold`, { json })
      await dialog.getByRole('button', { name: '登记约谈' }).click()
      await dialog.getByRole('alert').waitFor()
      expect(await dialog.getByRole('textbox', { name: '纪要' }).inputValue()).to.equal('已经说明要求。')
      await dialog.getByRole('button', { name: '关闭，查看最新内容' }).click()
      await page.getByRole('button', { name: '认定仍未实施' }).click()
      await dialog.getByText('约谈后仍未实施。').waitFor()
      await dialog.getByRole('textbox', { name: '认定的情况' }).fill('仍未实施惩戒。')
      await dialog.getByRole('button', { name: '认定仍未实施' }).click()
      await page.getByText('移送纪检监察等待另一人决定').waitFor()
      await visitor.expectAccessible()
      await visitor.open('/desk/consequences?state=proposed')
      await page.getByRole('rowheader').getByRole('link', { name: /^ZC/ }).click()
      await page.getByText('须由另一人决定并报送').waitFor()
      await expectCount(page.getByRole('button', { name: '决定并报送' }), 0)
      await visitor.expectAccessible()
    })

    it('shows whom the loss of awards is told, with the names, before it is decided', async () => {
      await circular(made.app, 'u3', [{ name: '央金某', post: 'unit_head' }])
      await circular(made.app, 'u3')
      visitor = await visit(server, { as: second })
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      const u3 = '/desk/consequences?state=proposed&unitId=u3'
      await visitor.open(u3)
      await page.getByText('共2条').waitFor()
      await page.getByRole('row').filter({ hasText: '取消评选资格' }).getByRole('link', { name: /^ZC/ }).click()
      await page.getByRole('button', { name: '决定并报送' }).click()
      await dialog.getByText('须人工告知').first().waitFor()
      await expectCount(dialog.locator('details'), 7)
      expect(
        await dialog
          .locator('details')
          .allTextContents()
          .then((all) => all.join()),
      ).to.include('央金某')
      await visitor.expectAccessible()
      await visitor.picture('consequence-confirm')
      await dialog.getByRole('textbox', { name: '理由' }).fill('依据充分。')
      await dialog.getByRole('button', { name: '决定并报送' }).click()
      await page.getByText('已决定，有关单位会收到通知').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('consequence')
    })

    it('drafts a joint circular of chosen units, and calls a meeting of which the members read the message first', async () => {
      visitor = await visit(server, { as: office, size: PHONE_SIZE })
      const { page } = visitor
      const dialog = page.getByRole('dialog')
      await visitor.open('/desk/joint-circulars/new')
      await page.getByRole('checkbox', { name: /u3局/ }).check()
      await page.getByRole('button', { name: '保存拟稿' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('joint-new')
      await page.getByRole('textbox', { name: '前言' }).fill('今年以来的情况。')
      await page.getByRole('button', { name: '保存拟稿' }).dblclick()
      await page.getByRole('heading', { name: /^LT/ }).waitFor()
      await page.getByRole('rowheader', { name: 'u3局' }).waitFor()
      await visitor.expectAccessible()
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载表格' }).click()])
      expect(download.suggestedFilename()).to.match(/^LT.*\.xlsx$/)
      await visitor.open('/desk/meetings')
      await page.getByText('还没有会议').waitFor()
      await page.getByRole('button', { name: '召集会议' }).click()
      await dialog.getByLabel('开会日期').fill('2026-12-31')
      await dialog.getByRole('textbox', { name: '地点' }).fill('市委三楼会议室')
      await dialog.getByRole('textbox', { name: '议程' }).fill('通报今年以来的情况。')
      await visitor.expectAccessible()
      await visitor.picture('meeting-call')
      await dialog.getByRole('button', { name: '召集会议' }).click()
      await page.getByText('已召集，各成员单位会收到通知').waitFor()
      await page.getByRole('rowheader').getByRole('link', { name: /^HY/ }).click()
      await page.getByText('通报今年以来的情况').waitFor()
      await visitor.expectAccessible()
    })

    it('shows a clerk what was decided without names or anything to do', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/circulars?unitId=u3')
      await page.getByText('共2条').waitFor()
      await page.getByRole('rowheader').getByRole('link').last().click()
      await page.getByRole('heading', { name: '办理经过' }).waitFor()
      await expectCount(page.getByRole('button', { name: /发布|退回|撤销/ }), 0)
      expect(await page.content()).to.not.include('央金某')
      await visitor.expectAccessible()
    })
  })
})
