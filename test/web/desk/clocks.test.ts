// Legal periods on the desk: by how pressing they are, as a month, and the work calendar that an administrator changes.

import { listDeadlines } from '../../../src/features/deadlines/views.ts'
import { registerObjection } from '../../../src/features/objections/commands.ts'
import { addDays, dayOf } from '../../../src/core/calendar.ts'
import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
import { addUnit, CLERK, openClocks, PAGE } from '../../support/deadlines.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { listed } from '../../support/listed.ts'
import { objectionTo } from '../../support/objections.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('legal periods on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('say that nothing runs, then show what is overdue with a way to the matter, and the same by the day of a month', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/clocks')
      await page.getByText('目前没有正在计算的期限').waitFor()
      await visitor.expectAccessible()
      const today = dayOf(made.app.clock.now())
      const [id = ''] = await listed(made.app, 1)
      const { id: objectionId, number } = await registerObjection(made.app, CLERK, objectionTo(id, { receivedOn: today }))
      await addUnit(made.app, 'water')
      const start = addDays(today, -60)
      await openClocks(made.app, [
        { code: 'objection.review', subject: 'objection:old', start },
        { code: 'lift.carry_out', subject: 'lift_order:old', start, unitId: 'water' },
        { code: 'assistance.answer', subject: 'assistance:old', start: addDays(today, -50), unitId: 'water' },
      ])
      await visitor.open('/desk/clocks?light=red&watched=yes')
      await page.getByRole('row', { name: /审查纠正申请.*已逾期/ }).waitFor()
      await expectCount(page.getByRole('row'), 2)
      await page.getByRole('button', { name: '查看全部' }).click()
      await page.getByRole('heading', { name: '逾期未办的责任人' }).waitFor()
      await page.getByRole('link', { name: '书记员1项' }).waitFor()
      await page.getByRole('link', { name: 'water局2项' }).click()
      await page.waitForURL(/unitId=water/)
      await page.getByText('仅显示这一单位的期限').waitFor()
      await expectCount(page.getByRole('row'), 3)
      await visitor.expectAccessible()
      await visitor.open('/desk/clocks?light=red')
      await page.getByLabel('紧急程度').selectOption('')
      await page.getByRole('link', { name: `纠正申请 ${number}` }).waitFor()
      await page.reload()
      await page.getByRole('link', { name: `纠正申请 ${number}` }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-clocks')
      await page.getByRole('link', { name: '月历' }).click()
      await page.getByRole('heading', { name: /到期日历/ }).waitFor()
      const { items } = await listDeadlines(made.app, CLERK, { filter: { unitId: 'water' }, page: PAGE })
      await visitor.open(`/desk/clocks/months?month=${items[0]?.due.slice(0, 7) ?? ''}`)
      await page
        .getByRole('cell', { name: /water局\d项/ })
        .first()
        .waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-clock-month-late')
      await page.getByRole('button', { name: '本月' }).click()
      await page.getByRole('link', { name: /water局\d项/ }).waitFor()
      await page.getByRole('button', { name: '上一月' }).click()
      await page.getByRole('button', { name: '本月' }).click()
      await page.getByRole('button', { name: '下一月' }).click()
      await page.waitForURL(({ search }) => !search.includes(today.slice(0, 7)))
      // The objection is due in this month or the next: which one depends on the day of the test.
      const soon = await listDeadlines(made.app, CLERK, { filter: { subject: `objection:${objectionId}` }, page: PAGE })
      await visitor.open(`/desk/clocks/months?month=${soon.items[0]?.due.slice(0, 7) ?? ''}`)
      await page
        .getByRole('link', { name: /^(到期|临近)\d+项$/ })
        .first()
        .waitFor()
      await page.reload()
      await page.getByText(/此前到期、仍没有办结的有\d+项/).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-clock-month')
      await page
        .getByRole('link', { name: /^(到期|临近)\d+项$/ })
        .first()
        .click()
      await page.waitForURL(/dueFrom=/)
      await page.getByRole('row').nth(1).waitFor()
    })

    it('are counted over days that an administrator adds, with every wrong day named', async () => {
      visitor = await visit(server, { as: await server.person('admin') })
      const { page } = visitor
      visitor.expectErrors(/status of 400/)
      await visitor.open('/desk/clocks/workdays')
      await page.getByText('已知的年份').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('button', { name: '修改工作日历' }).click()
      await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
      await page.getByRole('alert').waitFor()
      const days = page.getByRole('textbox', { name: '增加休息日' })
      await days.fill('2020-01-02\nnever')
      await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
      await page.getByText('不是有效日期').first().waitFor()
      await visitor.expectAccessible()
      await visitor.picture('desk-calendar-refused')
      const day = addDays(dayOf(made.app.clock.now()), 3)
      await days.fill(day)
      await page.getByRole('dialog').getByRole('button', { name: '保存' }).dblclick()
      await page.getByText('已保存。').waitFor()
      await page
        .getByRole('listitem')
        .filter({ hasText: `${Number(day.slice(8))}日` })
        .first()
        .waitFor()
      await visitor.expectAccessible()
    })
  })
})
