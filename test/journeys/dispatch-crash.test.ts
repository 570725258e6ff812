// A dispatcher that is killed with SIGKILL again and again loses no message and sends none twice without a mark.
// It uses real processes and a server database. What one process survives is tested in test/messaging/dispatcher.test.ts.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { systemClock } from '../../src/core/clock.ts'
import { closeSetups, LISTED, makeSetup, openid, phone, enqueue, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { pause } from '../support/until.ts'

const SMS = 1_000
const WECHAT = 200
const KILLS = 5

const children = new Set<ChildProcess>()

/** Starts a dispatcher process; `printed` resolves when it prints a word. */
function startChild(setup: DeliverySetup): { child: ChildProcess; printed(word: string): Promise<void>; kill(): Promise<void> } {
  const order = { database: setup.url, twilio: setup.twilio.url, wechat: setup.wechat.url, folder: setup.folder }
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/dispatch-child.ts', JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  const words = new Set<string>()
  const waiting = new Map<string, () => void>()
  createInterface({ input: child.stdout }).on('line', (word) => {
    words.add(word)
    waiting.get(word)?.()
  })
  return {
    child,
    printed: (word) =>
      new Promise((resolve, reject) => {
        if (words.has(word)) return resolve()
        waiting.set(word, resolve)
        child.once('exit', (code, signal) => reject(new Error(`the dispatcher ended: ${String(code ?? signal)}`)))
      }),
    async kill() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
      children.delete(child)
    },
  }
}

/** How often each delivery reached its provider; an SMS is identified by the reference at its end. */
function timesTaken(setup: DeliverySetup): Map<string, number> {
  const times = new Map<string, number>()
  const keys = [
    ...setup.twilio.sent.map((sent) => /编号([A-Z0-9]+)\)$/.exec(sent.body)?.[1] ?? '?'),
    ...setup.wechat.sent.map((sent) => sent.id ?? '?'),
  ]
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1)
  return times
}

describe('a dispatcher that is killed', () => {
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    children.clear()
    await closeSetups()
  })

  eachDatabase((db, make) => {
    // SQLite serves one process only; the configuration refuses a second one on its file.
    if (db === 'sqlite') return

    it(`loses none of ${SMS + WECHAT} messages and sends none twice without a mark after ${KILLS} kills`, async function () {
      this.timeout(300_000)
      const setup = await makeSetup(make, { now: systemClock.now(), env: { QUIET_HOURS: '00:00-00:00' }, twilio: { latency: 25 } })
      await enqueue(
        setup.app,
        ...LISTED,
        Array.from({ length: SMS }, (_, n) => ({ sms: phone(n) })),
      )
      await enqueue(
        setup.app,
        'listing.corrected',
        'debtor',
        Array.from({ length: WECHAT }, (_, n) => ({ wechat: openid(n) })),
      )
      const killedAt: number[] = []
      for (let n = 0; n < KILLS; n += 1) {
        const running = startChild(setup)
        await running.printed('up')
        const before = setup.twilio.sent.length + setup.wechat.sent.length
        // Kill it at a random moment after it has begun to send.
        for (let n = 0; n < 2_000 && setup.twilio.sent.length + setup.wechat.sent.length === before; n += 1) await pause(5)
        await pause(Math.random() * 220)
        await running.kill()
        killedAt.push(setup.twilio.sent.length + setup.wechat.sent.length)
      }
      const interrupted = (await setup.states()).filter((state) => state.endsWith('sending')).length
      const last = startChild(setup)
      await last.printed('idle')
      await last.kill()

      const deliveries = (await setup.deliveries()).filter((row) => row.rung === 0)
      const times = timesTaken(setup)
      const taken = (row: (typeof deliveries)[number]): number => times.get(row.medium === 'sms' ? row.id.slice(-8) : row.id) ?? 0
      expect(deliveries).to.have.length(SMS + WECHAT)
      expect(deliveries.filter((row) => !['accepted', 'delivered'].includes(row.state)).map((row) => row.state)).to.deep.equal([])
      expect(deliveries.filter((row) => taken(row) === 0).length, 'lost').to.equal(0)
      expect(deliveries.filter((row) => taken(row) > 1 && !row.repeated).length, 'twice without a mark').to.equal(0)
      expect([...times.keys()].length, 'of unknown origin').to.equal(SMS + WECHAT)
      // The test proves something only if processes were killed before the end and while they were sending.
      expect(killedAt.at(-1)).to.be.below(SMS + WECHAT)
      expect(interrupted + setup.wechat.repeats.length + deliveries.filter((row) => row.attempts > 1 || row.repeated).length).to.be.above(0)
    })
  })
})
