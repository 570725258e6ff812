// What a unit sees of itself at the portal: its ledger, what it was told, its liaisons and measures, and the keys of its systems.

import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { enqueueNotice } from '../../../src/messaging/outbox.ts'
import { showLedger } from '../../../src/features/ledgers/views.ts'
import { addUnitKey, revokeUnitKey } from '../../../src/features/units/keys.commands.ts'
import { unitRecipients } from '../../../src/features/units/recipients.ts'
import { describeInBrowser, DESK_SIZE, expectCount, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { ADMIN, PAGE } from '../../support/deadlines.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { askingAs, loggedInLiaison, type LiaisonVisit } from '../../support/liaison-visit.ts'
import { CLERK } from '../../support/listed.ts'
import { addKey, unitWithMeasures } from '../../support/screening.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'
import { rightNow } from '../../support/right-now.ts'

eachDatabase((_db, make) => {
  describeInBrowser('a unit’s own matters at the portal', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor
    let unitId: string
    let other: string
    let liaison: LiaisonVisit
    let stranger: LiaisonVisit

    before(async () => {
      made = await make(rightNow())
      server = await openServer(made)
      ;[unitId] = await unitWithMeasures(made.app, ['1.1', '3.1'])
      ;[other] = await unitWithMeasures(made.app, ['1.1'])
      liaison = await loggedInLiaison(made, unitId)
      stranger = await loggedInLiaison(made, other, '外联络')
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    it('the ledger and the notices say what the court told it, with figures, a workbook and print, and nothing to another unit', async () => {
      visitor = await visit(server, { as: liaison, size: DESK_SIZE })
      const { page } = visitor
      await visitor.open('/unit/told')
      await page.getByText('还没有发给本单位的通知').waitFor()
      await visitor.expectAccessible()
      await visitor.open('/unit/ledger')
      await page.getByText('这段时间没有记录').waitFor()
      await visitor.expectAccessible()
      await made.app.store.write(async (tx) => {
        const context = { app: made.app, tx, now: made.app.clock.now(), actor: ADMIN }
        const values = { shielded: 3, revoked: 1, version: 7, replyDays: 1, court: '某某法院', phone: '0887' }
        const notice = { event: 'bulletin.lifted' as const, key: 'bulletin.lifted:1', values, listVersion: 7 }
        await enqueueNotice(context, 'unit', notice, await unitRecipients(context, unitId))
      })
      await page.reload()
      await page.getByRole('heading', { name: '收到的通知' }).waitFor()
      await page.getByRole('cell', { name: '解除惩戒通知' }).first().waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-ledger')
      const saving = page.waitForEvent('download')
      await page.getByRole('button', { name: '导出表格' }).click()
      const file = await saving
      expect(file.suggestedFilename()).to.match(/^台账-.+\.xlsx$/)
      expect((await readFile(await file.path())).subarray(0, 2).toString()).to.equal('PK')
      await page.emulateMedia({ media: 'print' })
      expect(await page.getByRole('button', { name: '打印' }).isVisible()).to.equal(false)
      await page.getByRole('cell', { name: '解除惩戒通知' }).first().waitFor()
      await visitor.picture('unit-ledger-print')
      await page.emulateMedia({ media: 'screen' })
      visitor.expectErrors(/status of 400/)
      await page.getByLabel('从', { exact: true }).fill('2019-01-01')
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await visitor.open('/unit/ledger?section=missed')
      await page.getByText('这段时间没有记录').or(page.getByText('没有符合条件的记录')).waitFor()
      await visitor.open('/unit/told')
      await page
        .getByText(/屏蔽3条/)
        .first()
        .waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-told')
      const ask = await askingAs(server, stranger)
      for (const path of ['ledger', 'ledger.xlsx'])
        expect((await ask('GET', `/api/v1/units/${unitId}/${path}`)).body['code'], path).to.equal('unit_other')
      expect((await ask('GET', '/api/v1/units/me/notices')).body['total']).to.equal(0)
    })

    it('the ledger says how many lines there are and shows all of them, page by page', async () => {
      await made.app.store.write(async (tx) => {
        const context = { app: made.app, tx, now: made.app.clock.now(), actor: ADMIN }
        const values = { shielded: 3, revoked: 1, version: 7, replyDays: 1, court: '某某法院', phone: '0887' }
        const recipients = await unitRecipients(context, unitId)
        for (let n = 0; n < 230; n += 1)
          await enqueueNotice(
            context,
            'unit',
            { event: 'bulletin.lifted', key: `bulletin.lifted:p${n}`, values, listVersion: 7 },
            recipients,
          )
      })
      const ledger = await showLedger(made.app, CLERK, { unitId, section: 'told', page: PAGE })
      const items = ledger.sections[0]?.total ?? 0
      visitor = await visit(server, { as: liaison, size: DESK_SIZE })
      const { page } = visitor
      await visitor.open('/unit/ledger')
      await page.getByText(`共${items}条，列出200条`).waitFor()
      await page.getByText(`共${items}条，第1页，共1页`).waitFor()
      await page.getByRole('button', { name: /查看这一类全部/ }).click()
      await page.getByText(`共${items}条，这里列出第1至200条`).waitFor()
      await page.getByRole('button', { name: '下一页' }).click()
      await page.getByText(`共${items}条，这里列出第201至400条`).waitFor()
      await expectCount(page.getByRole('row'), 201)
      await visitor.expectAccessible()
      await visitor.close()
      visitor = await visit(server, { as: await server.person('clerk') })
      await visitor.open(`/desk/units/${unitId}/ledger`)
      await visitor.page.getByRole('button', { name: new RegExp(`查看全部${items}条`) }).click()
      await visitor.page.getByText('这里列出第1至50条').waitFor()
      await visitor.page.getByRole('button', { name: '下一页' }).click()
      await visitor.page.getByText('这里列出第51至100条').waitFor()
      await visitor.expectAccessible()
    })

    it('the unit’s page names its liaisons, the caller’s own phone masked, and each measure with its clauses', async () => {
      visitor = await visit(server, { as: liaison, size: PHONE_SIZE })
      const { page } = visitor
      await visitor.open('/unit/own')
      await page.getByRole('heading', { name: '我的登记' }).waitFor()
      await page.getByRole('rowheader', { name: /和联络/ }).waitFor()
      await page.getByRole('heading', { name: /^1\.1 .+/ }).waitFor()
      await page
        .getByText(/作为参考/)
        .first()
        .waitFor()
      const content = await page.content()
      expect(content).to.not.include(liaison.phone).and.not.include('外联络')
      await visitor.expectAccessible()
      await visitor.picture('unit-own')
    })

    it('keys are listed and tried: the request for a terminal, the answer as it came, and a key of another unit not sent', async () => {
      const { app } = made
      visitor = await visit(server, { as: liaison, size: DESK_SIZE })
      const { page } = visitor
      await visitor.open('/unit/keys')
      await page.getByText('本单位还没有密钥').waitFor()
      await visitor.expectAccessible()
      const { key } = await addUnitKey(app, ADMIN, { unitId, label: '政务大厅', scopes: ['screening', 'ledger'] })
      const { id: old } = await addUnitKey(app, ADMIN, { unitId, label: '旧系统', scopes: ['feed'] })
      await revokeUnitKey(app, ADMIN, { unitId, id: old })
      const foreign = await addKey(app, other, ['ledger'])
      await page.reload()
      await page.getByText('政务大厅').waitFor()
      await page.getByText('已撤销').waitFor()
      await visitor.expectAccessible()
      await visitor.picture('unit-keys')
      await page.getByRole('link', { name: '试用密钥' }).click()
      await page.getByRole('button', { name: '发送请求' }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await page.getByLabel('密钥', { exact: true }).fill(foreign)
      await page.getByRole('button', { name: '发送请求' }).click()
      await page.getByText('这不是本单位的密钥，没有发送请求').waitFor()
      await page.getByLabel('密钥', { exact: true }).fill(key)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: '答复（状态码200）' }).waitFor()
      await page.getByText('"liaisons"').waitFor()
      // Out of the key's scope: the refusal is an answer like any other.
      visitor.expectErrors(/status of 403/)
      await page.getByLabel('请求的内容').selectOption('feed')
      await page.getByRole('button', { name: '发送请求' }).click()
      await page.getByText('"scope_missing"').waitFor()
      await page.getByLabel('请求的内容').selectOption('screening')
      await page.getByRole('button', { name: '发送请求' }).click()
      await page.getByRole('alert').waitFor()
      await page.getByLabel('惩戒措施').selectOption('1.1')
      await page.getByLabel('所办事项').selectOption('设立融资性担保公司、小额信贷公司、保险公司')
      await page.getByLabel('申请人姓名或名称').fill("云某'某")
      await page.getByRole('button', { name: '发送请求' }).click()
      await page.getByText('"no_record"').waitFor()
      const curl = (await page.getByRole('region', { name: '请求（命令行写法）' }).textContent()) ?? ''
      expect(curl).to.include(`curl -X POST '${server.url}/api/v1/screenings'`).and.include('Bearer $KEY').and.include("云某'\\''某")
      expect(curl).to.not.include(key)
      await visitor.expectAccessible()
      await visitor.picture('unit-key-try')
      const ask = await askingAs(server, liaison)
      const body = { json: { label: '自己发放', scopes: ['feed'] } }
      expect((await ask('POST', `/api/v1/units/${unitId}/keys`, body)).status).to.be.oneOf([401, 403])
      expect((await ask('DELETE', `/api/v1/units/${unitId}/keys/${old}`)).status).to.be.oneOf([401, 403])
      const others = (await (await askingAs(server, stranger))('GET', '/api/v1/units/me/keys')).text
      expect(others).to.not.include('政务大厅')
    })
  })
})
