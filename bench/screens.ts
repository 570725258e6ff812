// Opens screens of the desk in Chromium with a processor that is six times slower: bytes over the wire, and the time until a screen can be used.
// The time is the page's own, from its navigation to the frame in which the awaited element is there. Caches are empty each time.

import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'
import { percentile, type Person } from './desk-server.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const SLOWER = 6

/** What opening a screen costs. */
interface Opened {
  /** Kilobytes over the wire. */
  kB: number
  /** Milliseconds until it can be used, median. */
  usableMs: number
  /** Milliseconds of processor time that the page's main thread takes for it on this processor, median: without waits and without other processes. */
  threadMs: number
}

/** Opens the log-in and the list of listings `times` times each; null without a browser. */
export async function openScreens(url: string, person: Person, times: number): Promise<Record<string, Opened> | null> {
  if (!existsSync(CHROMIUM)) return null
  const args = ['--lang=zh-CN', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update']
  const browser = await chromium.launch({ executablePath: CHROMIUM, args })
  try {
    return {
      logIn: await openScreen(browser, `${url}/desk/`, null, 'main input:enabled', times),
      listings: await openScreen(browser, `${url}/desk/listings`, person, 'tbody tr', times),
    }
  } finally {
    await browser.close()
  }
}

async function openScreen(browser: Browser, url: string, person: Person | null, awaited: string, times: number): Promise<Opened> {
  const seen = { kB: [] as number[], usable: [] as number[], thread: [] as number[] }
  for (let time = 0; time < times; time++) {
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'zh-CN' })
    const [name = '', value = ''] = (person?.cookie ?? '').split('=')
    if (person !== null) await context.addCookies([{ name, value, url: new URL(url).origin, httpOnly: true, sameSite: 'Strict' }])
    const page = await context.newPage()
    page.setDefaultTimeout(120_000)
    const devtools = await context.newCDPSession(page)
    let bytes = 0
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
    await devtools.send('Network.enable')
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    // Watched frame by frame inside the page: questions from outside would themselves be slowed down.
    await page.addInitScript({ content: markWhenThere(awaited) })
    await page.goto(url)
    await page.locator(awaited).first().waitFor()
    const { metrics } = await devtools.send('Performance.getMetrics')
    const usable = await page.evaluate<number>("performance.getEntriesByName('usable')[0].startTime")
    seen.kB.push(bytes / 1000)
    seen.usable.push(usable)
    seen.thread.push((metrics.find((metric) => metric.name === 'TaskDuration')?.value ?? 0) * 1000)
    await context.close()
  }
  return { kB: percentile(seen.kB, 0.5), usableMs: percentile(seen.usable, 0.5), threadMs: percentile(seen.thread, 0.5) }
}

/** A script that marks the first frame in which an element is there. */
function markWhenThere(selector: string): string {
  const found = `document.querySelector(${JSON.stringify(selector)})`
  return `(function look() { if (${found}) performance.mark('usable'); else requestAnimationFrame(look) })()`
}
