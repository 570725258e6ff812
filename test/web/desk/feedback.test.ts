// Quarterly feedback on the desk: rounds, who has answered, the sums, reminding and closing.

import { expect } from 'chai'
import { addMonths, dayOf } from '../../../src/core/calendar.ts'
import { openFeedback } from '../../../src/features/feedback/rounds.commands.ts'
import { submitReturn } from '../../../src/features/feedback/commands.ts'
import { quarterOf } from '../../../src/features/deadlines/rules.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { of, OFFICE, unitsWithDuty } from '../../support/feedback.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('quarterly feedback on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('says how a round comes about, opens one, and keeps the filter over a reload', async () => {
      await unitsWithDuty(made.app, ['u1', 'u2', 'u3'])
      visitor = await visit(server, { as: await server.person('group_office') })
      const { page } = visitor
      await visitor.open('/desk/feedback')
      await page.getByText('还没有反馈轮次').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: /^开始.*反馈$/ }).click()
      await page.getByRole('button', { name: '开始并通知各单位' }).dblclick()
      await page.getByText(/已开始.*正在通知各单位/).waitFor()
      await page.getByRole('row', { name: /进行中/ }).waitFor()
      await visitor.picture('feedback-rounds')
      await visitor.expectAccessible()
      await page.getByLabel('状态').selectOption({ label: '已结束' })
      await page.getByText('没有符合条件的记录').waitFor()
      await page.reload()
      await page.getByText('没有符合条件的记录').waitFor()
      expect(page.url()).to.contain('state=closed')
    })

    it('shows who answered and the sums, reminds chosen units, and closes the round once it may', async () => {
      const { app } = made
      const quarter = quarterOf(addMonths(dayOf(app.clock.now()), -6)).name
      const round = await openFeedback(app, OFFICE, { quarter })
      await submitReturn(app, of('u1'), { roundId: round.id, unitId: 'u1', checked: 12, restricted: 5, approved: 0 })
      visitor = await visit(server, { as: await server.person('group_office') })
      const { page } = visitor
      await visitor.open(`/desk/feedback/${round.id}`)
      await page.getByRole('row', { name: /u1局.*已反馈.*12/ }).waitFor()
      await page.getByRole('row', { name: /限制（件） 5/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('feedback-round')
      await page.getByLabel('显示').selectOption({ label: '未反馈的单位' })
      await page.waitForURL(/who=awaited/)
      await page.getByRole('row', { name: /u1局/ }).waitFor({ state: 'detached' })
      await page.reload()
      await page.getByRole('checkbox', { name: '选择u2局' }).check()
      await page.getByRole('button', { name: '催办', exact: true }).click()
      await page.getByText('将向下列单位的联络员再发一次通知：u2局。').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '发送催办通知' }).click()
      await page.getByText(/已通知联络员\d+人/).waitFor()

      await page.getByRole('button', { name: '结束本轮' }).click()
      await page.getByText(/还有2个单位没有反馈/).waitFor()
      visitor.expectErrors(/409|400/)
      await page.getByRole('button', { name: '确认结束' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await page.keyboard.press('Escape')
      for (const unitId of ['u2', 'u3'])
        await submitReturn(app, of(unitId), { roundId: round.id, unitId, checked: 0, restricted: 0, approved: 0 })
      await page.reload()
      await page.getByText('各单位都已反馈。').waitFor()
      await page.getByRole('button', { name: '结束本轮' }).press('Enter')
      await page.getByRole('button', { name: '确认结束' }).press('Enter')
      await page.getByText('本轮反馈已结束，汇总表可以下载。').waitFor()
      await visitor.expectAccessible()
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载汇总表' }).click()])
      expect(file.suggestedFilename()).to.match(/^季度反馈汇总-.*\.xlsx$/)
    })
  })
})
