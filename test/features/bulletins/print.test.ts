// The page of a bulletin in a real browser: cards on a phone, and on paper the document with the red head, like its Word file.

import { expect } from 'chai'
import { bulletinLink } from '../../../src/features/bulletins/links.commands.ts'
import { listBulletins } from '../../../src/features/bulletins/views.ts'
import { describeInBrowser, PHONE_SIZE, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { makeApp, type TestApp } from '../../support/app.ts'

describeInBrowser('the page of a bulletin', () => {
  let made: TestApp
  let server: TestServer
  let phone: Visitor

  before(async () => {
    made = await makeApp()
    server = await openServer(made)
    phone = await visit(server, { size: PHONE_SIZE })
  })
  after(async () => {
    await phone.close()
    await server.close()
    await made.close()
  })

  it('is accessible on a phone, and prints as one table under a red head on A4', async () => {
    await listed(made.app, 3)
    const { items } = await listBulletins(made.app, CLERK, { filter: {}, page: { limit: 1, offset: 0 } })
    phone.expectErrors(/Failed to load resource/)
    await phone.open(bulletinLink(made.app, items[0]?.id ?? '', made.clock.now()).slice(made.app.config.publicUrl.length))
    await phone.expectAccessible()
    await phone.picture('bulletin')
    const { page } = phone
    expect(await page.locator('.mark').isVisible()).to.equal(false)
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.mark').isVisible()).to.equal(true)
    expect(await page.locator('.top').isVisible()).to.equal(false)
    const look = await page.evaluate<string[]>(
      `[['.mark', 'color'], ['.lead', 'fontSize'], ['.lead', 'lineHeight'], ['.roster .entry', 'display']].map(
        ([selector, property]) => getComputedStyle(document.querySelector(selector))[property],
      )`,
    )
    // 16 points and 29 points, in pixels.
    expect(look).to.deep.equal(['rgb(192, 0, 0)', '21.3333px', '38.6667px', 'table-row'])
    const pdf = await page.pdf({ preferCSSPageSize: true })
    expect(pdf.toString('latin1')).to.match(/\/MediaBox \[0 0 59[45]\.\d+ 84[12]\.\d+\]/)
  })
})
