// A real browser over a test's server: pages that fail the test on a console error or a refused policy, and axe for what they show.
// Without a browser the suites are left out, and the reporter says so in one line.

import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'chai'
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core'
import { CHROMIUM, leavesScreensOut } from './chromium.ts'
import type { Person, TestServer } from './http-server.ts'

/** Where screenshots go, by environment: `SCREENSHOTS=/tmp/shots`. Without it none are taken. */
const SCREENSHOTS = process.env['SCREENSHOTS']

export const DESK_SIZE = { width: 1366, height: 768 }
export const PHONE_SIZE = { width: 390, height: 844 }

/** One person's browser: cookies of its own. */
export interface Visitor {
  page: Page
  context: BrowserContext
  /** Opens an address of the server. */
  open(path: string): Promise<void>
  /** Fails for every violation that axe finds, and for what axe misses: one h1, a title, unique names of boxes. */
  expectAccessible(): Promise<void>
  /** Takes a picture of the whole page, where pictures are asked for. */
  picture(name: string): Promise<void>
  /** Fails if the page reported an error since the last call; `close` calls it too. */
  expectNoErrors(): void
  /** Errors that the test provokes (a refused request is reported by the browser as well). */
  expectErrors(pattern: RegExp): void
  close(): Promise<void>
}

let browser: Browser | undefined

async function launched(): Promise<Browser> {
  browser ??= await chromium.launch({
    executablePath: CHROMIUM,
    env: { ...process.env, LANGUAGE: 'zh_CN' },
    args: [
      '--lang=zh-CN',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return browser
}

/** Closes the browser of this process; suites call it in `after`. */
export async function closeBrowser(): Promise<void> {
  const closing = browser
  browser = undefined
  await closing?.close()
}

/** A suite of pages in a real browser; without a browser there is no such suite, and with `TEST_BROWSER=required` it fails. */
export function describeInBrowser(title: string, suite: () => void): void {
  if (leavesScreensOut) return
  describe(title, () => {
    after(closeBrowser)
    suite()
  })
}

/** Whose browser it is, how large, and whether it runs scripts. */
export interface VisitOptions {
  as?: Pick<Person, 'cookie'>
  size?: { width: number; height: number }
  scripts?: boolean
}

/** Opens a browser at the server, as nobody or, with a person, already logged in. */
export async function visit(server: Pick<TestServer, 'url'>, options: VisitOptions = {}): Promise<Visitor> {
  const context = await (
    await launched()
  ).newContext({
    baseURL: server.url,
    viewport: options.size ?? DESK_SIZE,
    javaScriptEnabled: options.scripts ?? true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  if (options.as !== undefined) {
    const [name = '', value = ''] = options.as.cookie.split('=')
    await context.addCookies([{ name, value, url: server.url, httpOnly: true, sameSite: 'Strict' }])
  }
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const errors: string[] = []
  let expected: RegExp | null = null
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(error.message))
  const expectNoErrors = (): void => {
    const left = errors.splice(0).filter((text) => expected?.test(text) !== true)
    expect(left, 'errors in the console of the page').to.deep.equal([])
  }
  return {
    page,
    context,
    async open(path) {
      await page.goto(path)
    },
    expectAccessible: () => expectAccessible(page),
    picture: (name) => picture(page, name),
    expectNoErrors,
    expectErrors: (pattern) => (expected = pattern),
    async close() {
      expectNoErrors()
      await context.close()
    },
  }
}

/** Fails unless the page comes to show just so many of these within five seconds: a table is still the old one just after a click. */
export async function expectCount(shown: Locator, wanted: number): Promise<void> {
  const latest = Date.now() + 5000
  let seen = await shown.count()
  while (seen !== wanted && Date.now() < latest) {
    await shown.page().waitForTimeout(50)
    seen = await shown.count()
  }
  expect(seen, `count of ${shown.toString()}`).to.equal(wanted)
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface Violation {
  id: string
  nodes: { target: string[]; failureSummary: string }[]
}

async function expectAccessible(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  // By the browser's own channel, because the page's policy refuses scripts from anywhere else.
  await page.evaluate(await readFile(AXE, 'utf8'))
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }
    return (await axe.run()).violations
  })
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`))
  expect(found, `axe at ${page.url()}`).to.deep.equal([])
  expect(await page.locator('h1').count(), `headings of the first level at ${page.url()}`).to.equal(1)
  expect(await page.title(), `title at ${page.url()}`).to.not.equal('')
  const boxes: string[] = []
  for (const box of await page.getByRole('checkbox').all()) boxes.push((await box.getAttribute('aria-label')) ?? '')
  const named = boxes.filter((name) => name !== '')
  expect(new Set(named).size, `names of boxes at ${page.url()}`).to.equal(named.length)
}

async function picture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return
  mkdirSync(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })
}
