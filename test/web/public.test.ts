// The public pages in a real browser without script, 320 px wide: nothing is wider than the screen, also with text twice as large, axe finds
// nothing, and a citizen gets through every form. What the forms refuse is tested over HTTP beside each feature.

import { expect } from 'chai'
import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import { makeApp, type TestApp } from '../support/app.ts'
import { describeInBrowser, expectCount, visit, type Visitor } from '../support/browser.ts'
import { openServer, type TestServer } from '../support/http-server.ts'
import { lastCode } from '../support/identity.ts'
import { listed } from '../support/listed.ts'
import { jpeg } from '../support/media.ts'

const OWN = '533421198410140222'
const PHOTO = { name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer: jpeg() }
const TARGET = 44

/** What is read of a page inside the browser. */
interface Browser {
  document: { documentElement: { style: { fontSize: string }; scrollWidth: number } }
}

describeInBrowser('the public pages without script', () => {
  let made: TestApp
  let server: TestServer
  let citizen: Visitor
  let withScript = false

  before(async () => {
    made = await makeApp({})
    await loadCatalogue(made.app, await readCatalogue(made.app.config.templatesFolder))
    await listed(made.app, 3, { name: '扎西次仁', phone: '13900001111' })
    server = await openServer(made)
  })
  afterEach(() => citizen.close())
  after(async () => {
    await server.close()
    await made.close()
  })

  /** Widths that a person cannot see without scrolling sideways, and controls too small for a thumb. */
  async function expectFits(name: string): Promise<void> {
    const { page } = citizen
    // axe needs script, which the pages do not: each journey runs once without and once with it.
    if (withScript) await citizen.expectAccessible()
    for (const size of ['200%', '']) {
      const width = await page.evaluate((fontSize) => {
        const { documentElement } = (globalThis as unknown as Browser).document
        documentElement.style.fontSize = fontSize
        return documentElement.scrollWidth
      }, size)
      expect(width, `${name} ${size}`).to.be.at.most(320)
    }
    const small: string[] = []
    for (const control of await page
      .locator(
        'main button:not(.default), main a.cell, main a.button, main .ask input:not([type=hidden]):not([type=radio]):not([type=checkbox]), main label.pick',
      )
      .all()) {
      const box = await control.boundingBox()
      if (box !== null && box.height > 0 && box.height < TARGET) small.push(`${name}: ${(await control.textContent()) ?? ''} ${box.height}`)
    }
    expect(small).to.deep.equal([])
    await citizen.picture(`public-${name}`)
  }

  for (const scripts of [false, true])
    describe(scripts ? 'under axe' : 'with script off', () => {
      beforeEach(async () => {
        withScript = scripts
        citizen = await visit(server, { scripts, size: { width: 320, height: 640 } })
      })

      it('fit 320 px, with large text too, and are announced to assistive technology', async () => {
        for (const path of [
          '/',
          '/enquiry',
          '/complaints',
          '/complaints/mine',
          '/own',
          '/own/code',
          '/creditors',
          '/chat',
          '/measures',
          '/published',
        ]) {
          await citizen.open(path)
          await expectFits(path.slice(1).replace('/', '-') || 'home')
        }
        await citizen.page.getByRole('button', { name: '大字版' }).click()
        for (const path of ['/', '/complaints', '/own']) {
          await citizen.open(path)
          await expectFits(`large-${path.slice(1) || 'home'}`)
          const box = await citizen.page.locator('main button:not(.default)').last().boundingBox()
          expect(box?.height, path).to.be.at.least(60)
        }
      })

      it('tell a citizen what is missing, take the complaint with a photo, show it, add to it and withdraw it', async () => {
        const { page } = citizen
        await citizen.open('/')
        await page.getByRole('button', { name: '查询' }).click()
        await page.locator('input[name=name]').fill('扎西次仁')
        await page.getByRole('button', { name: '查询' }).click()
        await expectCount(page.locator('.errors'), 1)
        await expectFits('enquiry-refused')
        await citizen.open('/complaints')
        await page.getByLabel('发生了什么').fill('他名下有三辆车。')
        await page.locator('input[type=file]').first().setInputFiles(PHOTO)
        // Large text in the middle of a form loses nothing.
        await page.getByRole('button', { name: '大字版' }).click()
        expect(await page.getByLabel('发生了什么').inputValue()).to.equal('他名下有三辆车。')
        await expectCount(page.getByText(/第1份，照片/), 1)
        await expectFits('complaint-large')
        await page.getByRole('button', { name: '标准版' }).click()
        await page.getByRole('button', { name: '提交举报' }).click()
        await expectFits('complaint-refused')
        await page.goBack()
        expect(await page.getByLabel('发生了什么').count(), 'the form behind the refused one').to.equal(1)
        await page.goForward()
        await page.locator('.errors a').first().click()
        expect(page.url()).to.match(/#debtorName$/)
        await page.locator('#debtorName').fill('和某某')
        // Enter hands the form in; it takes no photo off it.
        await page.locator('#debtorName').press('Enter')
        await page.getByText('查询码', { exact: true }).waitFor()
        await expectCount(page.getByText('1份'), 1)
        await expectFits('complaint-filed')
        await page.reload()
        await page.getByLabel('想起来的、新发生的').fill('他昨天又买了一辆。')
        await page.getByRole('button', { name: '提交补充' }).click()
        await page.getByText('补充已经收到').waitFor()
        await page.getByLabel('我不再举报这件事').check()
        await page.getByRole('button', { name: '撤回举报' }).click()
        await page.getByText('您已撤回，不再办理').waitFor()
        await expectFits('complaint-withdrawn')
        await page.getByRole('button', { name: '看完了，关掉' }).click()
        await citizen.open('/complaints/mine')
        await expectCount(page.getByLabel('查询码'), 1)
      })

      it('open the own case with the code, take receipts of a payment, and show how far it is', async () => {
        const { page } = citizen
        await citizen.open('/own')
        await page.locator('#identifier').fill(OWN)
        await page.getByRole('button', { name: '要验证码' }).click()
        await page.locator('#code').fill(await lastCode(made.app))
        await page.getByRole('button', { name: '核对' }).click()
        await expectFits('own')
        await page
          .getByRole('link', { name: /我已经履行了/ })
          .nth(scripts ? 1 : 0)
          .click()
        await page.locator('input[type=file]').first().setInputFiles(PHOTO)
        await page.getByRole('button', { name: '提交', exact: true }).last().click()
        await expectFits('own-payment-refused')
        await page.locator('#text').fill('11月20日付清了。')
        await page.getByRole('button', { name: '提交', exact: true }).last().click()
        await page.getByText('今天算收到的日子').waitFor()
        await expectFits('own-filed')
        await page.getByRole('button', { name: '退出' }).click()
        await citizen.open('/own')
        await expectCount(page.locator('#identifier'), 1)
      })
    })
})
