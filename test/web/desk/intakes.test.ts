// What a debtor handed in on the pages, as the clerk meets it: words, photo, registering a payment, declining an objection with a reason.

import { describeInBrowser, expectCount, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { lastCode } from '../../support/identity.ts'
import { listed } from '../../support/listed.ts'
import { jpeg } from '../../support/media.ts'
import { tokenOf, visitor as citizenOf } from '../../support/visitor.ts'
import { eachDatabase, type TestApp } from '../../support/app.ts'

const OWN = '533421198410140222'

eachDatabase((_db, make) => {
  describeInBrowser('what debtors handed in, on the desk', () => {
    let made: TestApp
    let server: TestServer
    let visitor: Visitor

    before(async () => {
      made = await make({ env: { TRUSTED_PROXIES: '1' } })
      server = await openServer(made)
    })
    after(() => server.close())
    afterEach(() => visitor.close())

    async function handIn(): Promise<void> {
      const [listingId = ''] = await listed(made.app, 1, { name: '扎西次仁', phone: '13900001111' })
      const citizen = citizenOf(server)
      await citizen.post('/own', { identifier: OWN })
      await citizen.post('/own/code', { code: await lastCode(made.app) })
      for (const [what, text] of [
        ['payment', '11月20日付清了全部款项。'],
        ['objection', '我已经还清，不应当列入。'],
      ] as const) {
        await citizen.get(`/own/${listingId}/${what}`)
        const form = tokenOf(citizen.text())
        await citizen.send(`/own/${listingId}/${what}`, { form, text, about: 'listing' }, [jpeg()])
      }
    }

    it('waits for the clerk with its words and photo, and is registered or declined once', async () => {
      visitor = await visit(server, { as: await server.person('clerk') })
      const { page } = visitor
      await visitor.open('/desk/intakes')
      await page.getByText('还没有线上申请').waitFor()
      await visitor.expectAccessible()
      await handIn()
      await page.reload()
      await page.getByRole('row').nth(2).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('intakes')
      await page
        .getByRole('row', { name: /已履行的说明/ })
        .getByRole('link')
        .click()
      await page.getByText('11月20日付清了全部款项。').waitFor()
      await page.getByRole('button', { name: /^打开/ }).click()
      await page.getByRole('img', { name: '照片1' }).waitFor()
      await visitor.expectAccessible()
      await visitor.picture('intake')
      await page.getByRole('button', { name: '登记', exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('履行完毕的日期').fill('')
      await dialog.getByRole('button', { name: '登记', exact: true }).click()
      await page.getByRole('alert').waitFor()
      await visitor.expectAccessible()
      await dialog.getByLabel('履行完毕的日期').fill('2026-11-20')
      await dialog.getByRole('button', { name: '登记', exact: true }).dblclick()
      await page.getByText('已登记全部履行').waitFor()
      await expectCount(page.getByRole('button', { name: '不予登记' }), 0)

      await visitor.open('/desk/intakes?state=waiting')
      await page
        .getByRole('row', { name: /纠正申请/ })
        .getByRole('link')
        .click()
      await page.getByRole('button', { name: '不予登记' }).click()
      await dialog.getByRole('textbox', { name: '不予登记的理由' }).fill('同一理由已经审查过。')
      await dialog.getByRole('button', { name: '不予登记' }).click()
      await page.getByText('理由已告知申请人').waitFor()
      await page.getByText('同一理由已经审查过。').waitFor()
      await page.reload()
      await page.getByText('同一理由已经审查过。').waitFor()
      await visitor.expectAccessible()
    })
  })
})
