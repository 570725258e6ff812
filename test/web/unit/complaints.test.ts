// Complaints that a unit looks into and orders to punish, at the portal: read, opened, answered, and closed to another unit.

import { expect } from 'chai'
import {
  acceptComplaint,
  assignComplaint,
  decideComplaint,
  fileComplaint,
  type FiledComplaint,
} from '../../../src/features/complaints/commands.ts'
import { addEvidence } from '../../../src/features/complaints/evidence.commands.ts'
import { showComplaint } from '../../../src/features/complaints/views.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { describeInBrowser, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { addTheUnits } from '../../support/complaints.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { askingAs, loggedInLiaison } from '../../support/liaison-visit.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { CLERK } from '../../support/deadlines.ts'
import { rightNow } from '../../support/right-now.ts'

/** A picture of one pixel. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64')
const FORM = {
  about: 'debtor' as const,
  text: '我是隔壁的住户，永宗尼玛上周摆酒三十桌。',
  debtorName: '永宗尼玛',
  debtorIdentifier: '533401198709040343',
  anonymous: false,
  name: '央宗卓玛',
  phone: '13887112233',
}

async function* whole(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes)
}

eachDatabase((_db, make) => {
  describeInBrowser('complaints at the portal', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor
    let filed: FiledComplaint

    before(async () => {
      made = await make(rightNow())
      await addTheUnits(made.app)
      server = await openServer(made)
      filed = await fileComplaint(made.app, PUBLIC, { ...FORM, way: 'web' })
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('are looked into by the unit they were assigned to, with the files released to it and nothing of who complained', async () => {
      const { app } = made
      const liaison = await loggedInLiaison(made, 'forestry')
      visitor = await visit(server, { as: liaison, size: PHONE_SIZE })
      const { page } = visitor
      await visitor.open('/unit/complaints')
      await page.getByText('还没有转交本单位查办的投诉举报').waitFor()
      await visitor.expectAccessible()
      const { number, code, id } = filed
      await acceptComplaint(app, CLERK, { id })
      const { id: evidenceId } = await addEvidence(app, PUBLIC, { complaint: { number, code }, content: whole(PICTURE) })
      await assignComplaint(app, CLERK, { id, unitId: 'forestry', brief: '请核查永宗尼玛近一个月的消费。', evidence: [evidenceId] })
      await visitor.open('/unit')
      await page.getByRole('link', { name: /交本单位查办的投诉举报/ }).click()
      await page.getByRole('link', { name: number }).click()
      await page.getByText('请核查永宗尼玛近一个月的消费。').waitFor()
      for (const secret of ['央宗', '13887112233', '隔壁']) expect(await page.content()).to.not.include(secret)
      await page.getByRole('button', { name: /^查看图片/ }).click()
      await page.getByRole('img', { name: `举报编号${number}的材料1` }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-complaint')
      await page.getByRole('button', { name: '登记查办结果' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: '登记查办结果' }).click()
      await dialog.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByRole('textbox', { name: '查办结果' }).fill('央宗卓玛所说属实。')
      visitor.expectErrors(/status of 4(00|09)/)
      await dialog.getByRole('button', { name: '登记查办结果' }).click()
      await dialog.getByRole('alert').waitFor()
      expect(await dialog.getByRole('textbox', { name: '查办结果' }).inputValue()).to.equal('央宗卓玛所说属实。')
      await dialog.getByRole('textbox', { name: '查办结果' }).fill('确有其事，已经制止。')
      // Somebody changed it meanwhile: said, and nothing overwritten.
      await assignComplaint(app, CLERK, { id, unitId: 'forestry', brief: '请一并核查其名下的许可。', evidence: [evidenceId] })
      await dialog.getByRole('button', { name: '登记查办结果' }).click()
      await dialog.getByRole('button', { name: '关闭，查看最新内容' }).click()
      await page.getByText('请一并核查其名下的许可。').waitFor()
      await page.getByRole('button', { name: '登记查办结果' }).click()
      await dialog.getByRole('textbox', { name: '查办结果' }).fill('确有其事，已经制止。')
      await dialog.getByRole('button', { name: '登记查办结果' }).dblclick()
      await page.getByText('已登记查办结果，由转办的机关认定。').waitFor()
      await page.getByText('确有其事，已经制止。').waitFor()
      expect((await showComplaint(app, CLERK, id)).state).to.equal('investigated')
      await visitor.expectAccessible()
      await visitor.open('/unit/complaints?state=investigated')
      await page.getByRole('link', { name: number }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-complaints')
    })

    it('end in an order that the unit answers, and of which another unit learns nothing', async () => {
      const { app } = made
      await decideComplaint(app, CLERK, { id: filed.id, finding: 'upheld', outcome: '应当限制其高消费。' })
      visitor = await visit(server, { as: await loggedInLiaison(made, 'forestry', '木联络') })
      const { page } = visitor
      await visitor.open('/unit')
      await page.getByRole('link', { name: /待回复的补惩通知/ }).click()
      await page.getByRole('link', { name: /^BC/ }).click()
      await page.getByText('应当限制其高消费。').waitFor()
      await visitor.expectAccessible()
      const address = new URL(page.url()).pathname
      await page.getByRole('button', { name: '回复补惩通知' }).press('Enter')
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: '回复补惩通知' }).click()
      await dialog.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByLabel('已经补惩').check()
      await dialog.getByRole('textbox', { name: '回复的内容' }).fill('已限制其高消费。')
      await dialog.getByRole('button', { name: '回复补惩通知' }).click()
      await page.getByText('已回复。').waitFor()
      await page.getByText('已限制其高消费。').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-complaint-order')
      await visitor.open('/unit/complaint-orders')
      await page.getByRole('listitem').getByText('已经补惩').waitFor()
      await visitor.expectAccessible()
      await visitor.close()

      const other = await loggedInLiaison(made, 'land', '山联络')
      const ask = await askingAs(server, other)
      visitor = await visit(server, { as: other })
      visitor.expectErrors(/status of 404/)
      for (const path of [address, `/unit/complaints/${filed.id}`]) {
        await visitor.open(path)
        await visitor.page.getByRole('alert').waitFor()
        await visitor.expectAccessible()
        const api = path.replace('/unit/', '/api/v1/')
        expect((await ask('GET', api)).status).to.equal(404)
      }
      const findings = await ask('POST', `/api/v1/complaints/${filed.id}/findings`, { json: { findings: '查无此事。' } })
      const reply = await ask('POST', `${address.replace('/unit/', '/api/v1/')}/answer`, {
        json: { result: 'carried_out', text: '已办。' },
      })
      expect([findings.status, findings.body['code'], reply.status]).to.deep.equal([403, 'complaint_not_yours', 404])
      await visitor.open('/unit/complaint-orders')
      await visitor.page.getByText('还没有补惩通知').waitFor()
    })
  })
})
