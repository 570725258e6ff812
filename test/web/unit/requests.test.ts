// What the court asks of a unit at the portal: assistance notices, opinions on credit repairs, and its legal periods; closed to another unit.

import { addDays, dayOf } from '../../../src/core/calendar.ts'
import { expect } from 'chai'
import { replyAssistanceReview } from '../../../src/features/assistance/commands.ts'
import { showAssistance } from '../../../src/features/assistance/views.ts'
import { applyForRepair, consultOnRepair } from '../../../src/features/repairs/commands.ts'
import { listRepairs, showRepair } from '../../../src/features/repairs/views.ts'
import { describeInBrowser, expectCount, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { circular } from '../../support/accountability.ts'
import { assistanceTo, issued } from '../../support/assistance.ts'
import { openServer, type Ask, type TestServer } from '../../support/http-server.ts'
import { askingAs, loggedInLiaison } from '../../support/liaison-visit.ts'
import { APPROVER, CLERK, listed } from '../../support/listed.ts'
import { addUnit, PAGE } from '../../support/deadlines.ts'
import { revokeByTwo } from '../../support/proposed.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

/** A day in Beijing, where it may be tomorrow already. */
const inDays = (days: number): string => addDays(dayOf(new Date()), days)

eachDatabase((_db, make) => {
  describeInBrowser('what the court asks of a unit', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor
    let stranger: Ask

    before(async () => {
      made = await make(rightNow())
      await addUnit(made.app, 'water')
      await addUnit(made.app, 'roads')
      server = await openServer(made)
      stranger = await askingAs(server, await loggedInLiaison(made, 'roads', '外联络'))
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    /** What a liaison of another unit is answered. */
    const asStranger = async (method: 'GET' | 'POST', path: string, json?: object): Promise<unknown[]> => {
      const { status, body } = await stranger(method, `/api/v1${path}`, json === undefined ? {} : { json })
      return [status, body['code']]
    }
    const OTHER = [403, 'unit_other']

    it('an assistance notice is acknowledged, doubted in writing, and answered, by its last day', async () => {
      const { app } = made
      visitor = await visit(server, { as: await loggedInLiaison(made, 'water'), size: PHONE_SIZE })
      const { page } = visitor
      await visitor.open('/unit/assistance')
      await page.getByText('还没有协助执行通知书或者司法建议函').waitFor()
      await visitor.expectAccessible()
      const id = await issued(app, 'water', { ...assistanceTo('water'), answerBy: inDays(20) })
      await visitor.open('/unit')
      await page.getByRole('link', { name: /待签收的协助执行文书/ }).click()
      await page.getByRole('listitem').getByRole('link', { name: /司建/ }).click()
      await page
        .getByText(/停止办理有关企业的登记/)
        .first()
        .waitFor()
      await visitor.expectAccessible()
      const dialog = page.getByRole('dialog')
      await page.getByRole('button', { name: '确认收到' }).press('Enter')
      await dialog.getByRole('button', { name: '确认收到' }).press('Enter')
      await page.getByText('已确认收到，请在期限内答复办理结果。').waitFor()
      await page.getByRole('button', { name: '提出审查建议' }).click()
      await dialog.getByRole('textbox', { name: '审查建议' }).fill('对象是否有误')
      await dialog.getByRole('button', { name: '提出审查建议' }).click()
      await page.getByText('法院尚未答复。答复以前请继续办理。').waitFor()
      await page.getByRole('button', { name: '答复办理结果' }).click()
      await dialog.getByRole('button', { name: '答复办理结果' }).click()
      await dialog.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByLabel('已经办理').check()
      await dialog.getByRole('textbox', { name: '办理情况' }).fill('已停止办理。')
      // The court replied meanwhile: said, and what was typed is kept until it is closed.
      await replyAssistanceReview(app, APPROVER, { id, reply: '无误，请继续办理' })
      visitor.expectErrors(/status of 409/)
      await dialog.getByRole('button', { name: '答复办理结果' }).click()
      await dialog.getByRole('button', { name: '关闭，查看最新内容' }).click()
      await page.getByText('无误，请继续办理').waitFor()
      await page.getByRole('button', { name: '答复办理结果' }).click()
      await dialog.getByLabel('已经办理').check()
      await dialog.getByRole('textbox', { name: '办理情况' }).fill('已停止办理。')
      await dialog.getByRole('button', { name: '答复办理结果' }).dblclick()
      await page.getByText('已答复法院。').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-assistance')
      expect(await showAssistance(app, CLERK, id)).to.include({ state: 'answered', outcome: 'carried_out', acknowledgedWay: 'unit' })
      await visitor.open('/unit/assistance?state=answered')
      await page.getByRole('listitem').getByRole('link', { name: /司建/ }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-assistances')
      expect(await asStranger('GET', `/assistance/${id}`)).to.deep.equal(OTHER)
      for (const [act, body] of [
        ['acknowledge', {}],
        ['answer', { outcome: 'carried_out', text: '已办' }],
        ['review', { text: '有误' }],
      ] as const)
        expect(await asStranger('POST', `/assistance/${id}/${act}`, body), act).to.deep.equal(OTHER)
    })

    it('an application for credit repair gets the unit’s opinion, which it may change until the decision', async () => {
      const { app } = made
      const [listingId = ''] = await listed(app, 1)
      await revokeByTwo(app, [listingId], '列入有误')
      const today = inDays(0)
      const { id, number } = await applyForRepair(app, CLERK, { listingId, receivedOn: today, statement: '义务已经全部履行' })
      await consultOnRepair(app, CLERK, { id, unitIds: ['water'] })
      visitor = await visit(server, { as: await loggedInLiaison(made, 'water', '河联络') })
      const { page } = visitor
      await visitor.open('/unit')
      await page.getByRole('link', { name: /待提出意见的信用修复申请/ }).click()
      await page.getByText('尚未提出意见').waitFor()
      await visitor.expectAccessible()
      await page.getByRole('link', { name: number }).click()
      await page.getByText('义务已经全部履行').waitFor()
      const dialog = page.getByRole('dialog')
      await page.getByRole('button', { name: '提出意见' }).click()
      await dialog.getByLabel('不同意').check()
      await dialog.getByRole('button', { name: '提出意见' }).click()
      await dialog.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByRole('textbox', { name: '理由' }).fill('尚欠水费。')
      await dialog.getByRole('button', { name: '提出意见' }).click()
      await page.getByText('已提出意见。').waitFor()
      await page.getByText('尚欠水费。').waitFor()
      await page.getByRole('button', { name: '更改意见' }).click()
      await dialog.getByLabel('同意', { exact: true }).check()
      await dialog.getByRole('button', { name: '更改意见' }).click()
      await page.getByText('尚欠水费。').waitFor({ state: 'detached' })
      await visitor.expectAccessible()
      await visitor.picture('unit-repair')
      expect((await showRepair(app, CLERK, id)).opinions[0]?.opinion).to.equal('agree')
      expect((await listRepairs(app, CLERK, { filter: {}, page: PAGE })).items[0]?.ownOpinion).to.equal(null)
      await visitor.open('/unit/repairs')
      await page.getByText('本单位：同意').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-repairs')
      expect(await asStranger('GET', `/repairs/${id}`)).to.deep.equal([404, 'repair_missing'])
      expect(await asStranger('POST', `/repairs/${id}/answer`, { unitId: 'water', opinion: 'agree' })).to.deep.equal(OTHER)
    })

    it('periods of the unit are listed by their last day, each with the way to where it is done, and without those of others', async () => {
      const { app } = made
      await issued(app, 'water', { ...assistanceTo('water'), answerBy: inDays(1) })
      visitor = await visit(server, { as: await loggedInLiaison(made, 'water', '江联络') })
      const { page } = visitor
      await visitor.open('/unit/clocks')
      await page.getByText('协助通知答复').first().waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-clocks')
      await visitor.open('/unit/clocks?light=yellow')
      await page
        .getByRole('link', { name: /打开文书.*协助通知答复/ })
        .first()
        .click()
      await page.getByRole('button', { name: '确认收到' }).waitFor()
      await circular(app, 'water')
      await visitor.open('/unit')
      await page.getByRole('link', { name: /通报本单位、整改期限未到的通报/ }).click()
      await page.getByText('通报载明的整改').first().waitFor()
      await page.getByText('仅显示一类期限').waitFor()
      await expectCount(page.getByText('协助通知答复'), 0)
      await visitor.expectAccessible()
      await page.getByRole('link', { name: /查看收到的通报/ }).click()
      await page.getByText(/通报/).first().waitFor()
      await visitor.open('/unit/clocks?state=closed')
      await page.getByRole('listitem').getByText('按期办结').first().waitFor()
      await visitor.expectAccessible()
      expect((await stranger('GET', '/api/v1/clocks')).body['total']).to.equal(0)
      expect(await asStranger('GET', '/clocks?unitId=water')).to.deep.equal(OTHER)
    })
  })
})
