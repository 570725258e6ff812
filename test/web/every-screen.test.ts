// Every address of desk and portal, read from their routes: opens by address alone, empty or with what it asks for missing, fits a desk
// and a phone, passes axe, and is the same after a reload.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { describeInBrowser, PHONE_SIZE, visit, type Visitor } from '../support/browser.ts'
import { openServer, type TestServer } from '../support/http-server.ts'
import { loggedInLiaison } from '../support/liaison-visit.ts'
import { unitWithMeasures } from '../support/screening.ts'
import { makeApp, type TestApp } from '../support/app.ts'
import { rightNow } from '../support/right-now.ts'

/** A well-formed id that nothing has. */
const NOTHING = '01JDQ00000000000000000000Z'

/** Screens that only an administrator opens. */
const ADMINISTERED = /^\/desk\/(staff|system|units\/liaisons)/

/** The addresses that a part of the web has, parameters filled with what does not exist. */
function addresses(part: 'desk' | 'unit'): string[] {
  const folder = join('web', part)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('/routes.ts'))
  const paths = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/path: '(\/[^']*)'/g)].map((found) => found[1] ?? ''),
  )
  return paths.map((path) => `/${part}${path.replace(/\/$/, '').replace(/:\w+/g, NOTHING)}`)
}

describeInBrowser('every address of desk and portal', () => {
  let made: TestApp
  let server: TestServer
  let court: Visitor
  let admin: Visitor
  let unit: Visitor

  before(async () => {
    made = await makeApp(rightNow())
    server = await openServer(made)
    const [unitId] = await unitWithMeasures(made.app, ['1.1'])
    // Who administers accounts has no other role in force.
    court = await visit(server, { as: await server.person('clerk', 'approver', 'group_office', 'auditor') })
    admin = await visit(server, { as: await server.person('admin') })
    unit = await visit(server, { as: await loggedInLiaison(made, unitId) })
    // What is missing is answered by 404, and what cannot be an address of it by 400; the browser reports both.
    for (const each of [court, admin, unit]) each.expectErrors(/status of 40[04]/)
  })
  after(async () => {
    for (const each of [court, admin, unit]) await each.close()
    await server.close()
    await made.close()
  })

  it('finds the addresses in the files of routes', () => {
    expect(addresses('desk')).to.include.members(['/desk', '/desk/listings', `/desk/listings/${NOTHING}/correct`])
    expect(addresses('unit')).to.include.members(['/unit', '/unit/screening'])
  })

  for (const address of [...addresses('desk'), ...addresses('unit')]) {
    it(`opens ${address.replaceAll(NOTHING, ':id')} by its address, on a phone too, and again after a reload`, async () => {
      const visitor = !address.startsWith('/desk') ? unit : ADMINISTERED.test(address) ? admin : court
      const { page } = visitor
      const settled = async (): Promise<string> => {
        await page.locator('h1').first().waitFor()
        await page.getByText('正在读取').first().waitFor({ state: 'hidden' })
        return page.locator('h1').innerText()
      }
      await visitor.open(address)
      const heading = await settled()
      const opened = page.url()
      expect(heading).to.not.be.oneOf(['', '没有权限'])
      expect(await page.getByRole('button', { name: '再试一次' }).count(), 'a failure that may pass').to.equal(0)
      await visitor.expectAccessible()
      const name = address.slice(1).replaceAll(NOTHING, 'id').replaceAll('/', '-')
      await visitor.picture(`${name}-empty`)
      await page.reload()
      expect(await settled()).to.equal(heading)
      expect(page.url()).to.equal(opened)
      const before = page.viewportSize()
      await page.setViewportSize(PHONE_SIZE)
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
      await visitor.picture(`${name}-empty-phone`)
      if (before !== null) await page.setViewportSize(before)
      expect(wide, 'pixels that stick out of a phone').to.equal(0)
      visitor.expectNoErrors()
    })
  }
})
