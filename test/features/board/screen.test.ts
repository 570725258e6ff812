// The board in a real browser: it turns, drops what left the list, and goes dark by itself when it gets no fresh answer, and comes back.
// What it shows is pages.test.ts. The browser's clock is moved by hand.

import { expect } from 'chai'
import { shieldListings } from '../../../src/features/bulletins/commands.ts'
import { describeInBrowser, visit, type Visitor } from '../../support/browser.ts'
import { openServer, type TestServer } from '../../support/http-server.ts'
import { CLERK, listed } from '../../support/listed.ts'
import { makeApp, type TestApp } from '../../support/app.ts'
import { pause } from '../../support/until.ts'

describeInBrowser('the board on a screen', () => {
  let made: TestApp
  let server: TestServer
  let screen: Visitor
  let ids: string[]

  beforeEach(async () => {
    made = await makeApp()
    ids = await listed(made.app, 5)
    server = await openServer(made)
    screen = await visit(server, { size: { width: 1920, height: 1080 } })
    // No icon is served, and some tests cut the network.
    screen.expectErrors(/Failed to load resource/)
    await screen.page.clock.install()
    await screen.open('/board')
  })
  afterEach(async () => {
    await screen.close()
    await server.close()
    await made.close()
  })

  const visible = (): Promise<string> => screen.page.locator('body').innerText()
  const inDocument = (): Promise<string> => screen.page.locator('body').innerHTML()
  const pass = (seconds: number): Promise<void> => screen.page.clock.runFor(seconds * 1000)

  /** Waits until the page shows something, because an answer of the server takes real time. */
  async function eventually(holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 100 && !(await holds()); tries += 1) await pause(50)
    expect(await holds()).to.equal(true)
  }

  it('is accessible on a landscape and a portrait screen', async () => {
    for (const size of [
      { width: 1920, height: 1080 },
      { width: 1080, height: 1920 },
    ]) {
      const other = await visit(server, { size })
      other.expectErrors(/Failed to load resource/)
      await other.open('/board')
      await other.expectAccessible()
      await other.picture(`board-${size.width}`)
      await other.close()
    }
  })

  it('turns from the bulletins through every entry and begins again, on one screen without scrolling', async () => {
    expect(await visible())
      .to.include('近30日名单通报')
      .and.not.include('执1号')
    await pass(12)
    expect(await visible())
      .to.include('执1号')
      .and.include('执4号')
      .and.not.include('执5号')
    // As a text, because tests are not compiled with the types of a browser.
    const fits = await screen.page.evaluate<boolean>(
      `document.documentElement.scrollHeight <= innerHeight &&
        [...document.querySelectorAll('article')].every((card) => card.scrollHeight <= card.clientHeight)`,
    )
    expect(fits).to.equal(true)
    await pass(12)
    expect(await visible()).to.include('执5号')
    await pass(12)
    expect(await visible()).to.include('近30日名单通报')
  })

  it('drops an entry that left the list at the next refresh', async () => {
    await shieldListings(made.app, CLERK, { items: [{ id: ids[0] ?? '' }], ground: 'fully_performed', reason: '已全部履行' })
    made.clock.advance(1000)
    expect(await inDocument()).to.include('执1号')
    await pass(26)
    await eventually(async () => !(await inDocument()).includes('执1号'))
    expect(await inDocument()).to.include('执2号')
  })

  it('goes dark and forgets what it showed when the server has died, and comes back with it', async () => {
    await screen.context.setOffline(true)
    await pass(4 * 60)
    expect(await inDocument()).to.include('执1号')
    await pass(70)
    expect(await visible())
      .to.include('数据已过期')
      .and.not.include('失信')
    expect(await inDocument())
      .not.to.include('扎西')
      .and.not.to.include('云3401')
    await screen.context.setOffline(false)
    made.clock.advance(1000)
    await pass(26)
    await eventually(async () => (await visible()).includes('失信被执行人名单公示'))
    expect(await visible()).not.to.include('数据已过期')
  })

  it('goes dark when something between repeats an old answer', async () => {
    const old = await (await fetch(`${server.url}/board`)).text()
    await screen.page.route('**/board', (route) => route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: old }))
    for (let minute = 0; minute < 6; minute += 1) {
      made.clock.advance(60_000)
      await pass(60)
      await pause(50)
    }
    expect(await visible()).to.include('数据已过期')
    expect(await inDocument()).not.to.include('扎西')
  })
})
