// The promise that matters most: a dispatcher killed at any moment, again and again, loses nothing and sends nothing twice unmarked.
// A real process, a real SIGKILL, a real server database; what one process survives by itself is dispatch.test.ts.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { systemClock } from '../../src/core/clock.ts'
import { closeDesks, LISTED, makeDesk, openid, phone, tell, type Desk } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { pause } from '../support/until.ts'

const SMS = 1_000
const WECHAT = 200
const KILLS = 5

const children = new Set<ChildProcess>()

/** Starts a dispatcher process; `said` ends when it prints a word. */
function startChild(desk: Desk): { child: ChildProcess; said(word: string): Promise<void>; kill(): Promise<void> } {
  const order = { database: desk.url, twilio: desk.twilio.url, wechat: desk.wechat.url, folder: desk.folder }
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
    said: (word) =>
      new Promise((resolve, reject) => {
        if (words.has(word)) return resolve()
        waiting.set(word, resolve)
        child.once('exit', (code, signal) => reject(new Error(`the dispatcher ended: ${String(code ?? signal)}`)))
      }),
    async kill() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      children.delete(child)
    },
  }
}

/** How often each delivery's text reached the provider. The reference at its end is the delivery's own. */
function timesTaken(desk: Desk): Map<string, number> {
  const times = new Map<string, number>()
  const keys = [
    ...desk.twilio.sent.map((sent) => /编号([A-Z0-9]+)\)$/.exec(sent.body)?.[1] ?? '?'),
    ...desk.wechat.sent.map((sent) => sent.id ?? '?'),
  ]
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1)
  return times
}

describe('kill -9', () => {
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    children.clear()
    await closeDesks()
  })

  eachDatabase((db, make) => {
    // SQLite serves one process alone, and a second one on its file is refused by config.
    if (db === 'sqlite') return

    it(`during ${SMS + WECHAT} messages, ${KILLS} times: 0 lost, 0 sent twice without a mark`, async function () {
      this.timeout(90_000)
      const desk = await makeDesk(make, { now: systemClock.now(), env: { QUIET_HOURS: '00:00-00:00' }, twilio: { latency: 25 } })
      await tell(
        desk.app,
        ...LISTED,
        Array.from({ length: SMS }, (_, n) => ({ sms: phone(n) })),
      )
      await tell(
        desk.app,
        'listing.corrected',
        'debtor',
        Array.from({ length: WECHAT }, (_, n) => ({ wechat: openid(n) })),
      )
      const killedAt: number[] = []
      for (let n = 0; n < KILLS; n += 1) {
        const running = startChild(desk)
        await running.said('up')
        const before = desk.twilio.sent.length + desk.wechat.sent.length
        // At a random moment after it has begun to send.
        for (let n = 0; n < 2_000 && desk.twilio.sent.length + desk.wechat.sent.length === before; n += 1) await pause(5)
        await pause(Math.random() * 220)
        await running.kill()
        killedAt.push(desk.twilio.sent.length + desk.wechat.sent.length)
      }
      const cut = (await desk.states()).filter((state) => state.endsWith('sending')).length
      const last = startChild(desk)
      await last.said('idle')
      await last.kill()

      const rungs = (await desk.rungs()).filter((row) => row.rung === 0)
      const times = timesTaken(desk)
      const taken = (row: (typeof rungs)[number]): number => times.get(row.medium === 'sms' ? row.id.slice(-8) : row.id) ?? 0
      expect(rungs).to.have.length(SMS + WECHAT)
      expect(rungs.filter((row) => !['accepted', 'delivered'].includes(row.state)).map((row) => row.state)).to.deep.equal([])
      expect(rungs.filter((row) => taken(row) === 0).length, 'lost').to.equal(0)
      expect(rungs.filter((row) => taken(row) > 1 && !row.repeated).length, 'twice without a mark').to.equal(0)
      expect([...times.keys()].length, 'of unknown origin').to.equal(SMS + WECHAT)
      // The proof is one only if the kills hit: processes died with messages in their hands, before the end.
      expect(killedAt.at(-1)).to.be.below(SMS + WECHAT)
      expect(cut + desk.wechat.repeats.length + rungs.filter((row) => row.attempts > 1 || row.repeated).length).to.be.above(0)
    })
  })
})
