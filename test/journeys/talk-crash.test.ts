// Ten thousand messages from five hundred people, each delivered three times at one moment to two processes, which are killed again and again:
// no message lost, none answered twice, no second ticket, replies in order for each person. Real processes, a real SIGKILL, a real database.
// CI runs a part of it; TEST_MESSAGES=10000 runs it whole.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { answerOwed } from '../../bot/doors/webhooks.ts'
import { showConversation } from '../../src/features/handoffs/views.ts'
import { systemClock } from '../../src/core/clock.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { replyOf, words } from '../support/account.ts'
import { eachDatabase, type TestApp } from '../support/app.ts'
import { wechatUser } from '../support/talk.ts'

/** What each person says, and what they must hear. Out of order or twice, some of it would be heard differently. */
const SCRIPT: readonly (readonly [said: string, heard: RegExp])[] = [
  ['你好', /可以查名单/],
  ['我要举报', /您要举报谁/],
  ['和志强', /发生了什么/],
  ['他欠钱不还，还天天坐飞机到处旅游', /什么时候/],
  ['跳过', /留下您的姓名/],
  ['返回', /什么时候/],
  ['去年十月在县城', /留下您的姓名/],
  ['匿名', /请核对.*去年十月在县城/s],
  ['是', /已收到您的举报，编号TS/],
  ['查举报进度', /举报TS\d{8}-\d+：/],
  ['查一下扎西次仁', /请补充扎西次仁/],
  // Guessing one name's number from many accounts is slowed after a while: that is counted, and counted right.
  ['0222', /没有查到|没查到的次数太多/],
  ['怎么退出名单', /退出名单/],
  ['会受哪些限制', /限制/],
  ['我要举报', /您要举报谁/],
  ['取消', /已取消/],
  ['帮助', /直接说您要办的事/],
  ['人工', /受理号RG/],
  ['在吗', /^$/],
  ['取消', /人工服务已结束/],
]
const MESSAGES = Number(process.env['TEST_MESSAGES'] ?? 600)
const PEOPLE = Math.ceil(MESSAGES / SCRIPT.length)
const KILLS = Math.max(3, Math.floor(MESSAGES / 700))
const DELIVERIES = 3
/** People who write at one moment. */
const AT_ONCE = 24

interface Process {
  child: ChildProcess
  url: string
}

async function started({ url, folder }: TestApp): Promise<Process> {
  const order = JSON.stringify({ database: url, folder })
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/talk-child.ts', order], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, url: line }
}

describe('talking while processes are killed', () => {
  const running = new Set<Process>()

  async function kill(process: Process): Promise<void> {
    running.delete(process)
    const gone = once(process.child, 'exit')
    process.child.kill('SIGKILL')
    await gone
  }
  afterEach(async () => {
    for (const process of running) await kill(process)
  })

  eachDatabase((db, make) => {
    // SQLite serves one process alone, and a second one on its file is refused by config.
    if (db === 'sqlite') return

    it(`${PEOPLE * SCRIPT.length} messages, ${DELIVERIES} deliveries each, ${KILLS} kills: once, in order, none lost`, async function () {
      this.timeout(Math.max(120_000, MESSAGES * 200))
      const made = await make({ now: systemClock.now() })
      for (let n = 0; n < 2; n += 1) running.add(await started(made))
      const done = { messages: 0, broken: 0, repeats: 0 }

      /** One delivery; null when the process died over it. */
      const delivered = async (from: string, text: string, id: string): Promise<string | null> => {
        const all = [...running]
        const to = all[Math.floor(Math.random() * all.length)]
        if (to === undefined) return null
        const { query, body } = words(from, text, id, systemClock.now())
        try {
          const address = `${to.url}/webhooks/wechat?${new URLSearchParams(query).toString()}`
          const answer = await fetch(address, {
            method: 'POST',
            headers: { 'content-type': 'text/xml' },
            body,
            signal: AbortSignal.timeout(20_000),
          })
          return answer.status === 200 ? await answer.text() : null
        } catch {
          done.broken += 1
          return null
        }
      }

      /** A message as the platform brings it: again and again until it is taken; whoever wrote reads the first answer and writes on. */
      const brought = async (from: string, text: string, id: string): Promise<string> => {
        for (;;) {
          const deliveries = Array.from({ length: DELIVERIES }, () => delivered(from, text, id))
          const first = await Promise.any(deliveries.map(async (each) => (await each) ?? Promise.reject(new Error('broken')))).catch(
            () => null,
          )
          if (first !== null) {
            stragglers.push(...deliveries)
            return first
          }
          done.repeats += 1
          await sleep(50)
        }
      }
      const stragglers: Promise<string | null>[] = []

      const person = async (n: number): Promise<string[]> => {
        const { from } = wechatUser(n)
        const heard: string[] = []
        for (const [at, [text]] of SCRIPT.entries()) {
          heard.push(replyOf(await brought(from, text, `${n}-${at}`)))
          done.messages += 1
        }
        return heard
      }

      const killing = (async () => {
        for (let n = 1; n <= KILLS; n += 1) {
          // At a random moment of each part of the work.
          const target = ((n - Math.random() * 0.8) / (KILLS + 1)) * PEOPLE * SCRIPT.length
          while (done.messages < target) await sleep(5)
          const victim = [...running][n % 2]
          if (victim !== undefined) await kill(victim)
          running.add(await started(made))
        }
      })()
      const heardBy = new Map<number, string[]>()
      const waiting = Array.from({ length: PEOPLE }, (_, n) => n)
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) heardBy.set(n, await person(n))
        }),
      )
      await killing
      await Promise.all(stragglers)
      made.clock.advance(3_600_000)
      await answerOwed(made.app)

      const wrong: string[] = []
      for (const [n, heard] of heardBy) {
        const kept = await showConversation(made.app, PUBLIC, { ...wechatUser(n), limit: 100 })
        if (kept.map((each) => each.said).join('|') !== SCRIPT.map(([said]) => said).join('|')) wrong.push(`${n}: other messages`)
        for (const [at, [said, expected]] of SCRIPT.entries()) {
          const replied = kept[at]?.replied ?? ''
          if (!expected.test(replied)) wrong.push(`${n}: ${said} -> ${replied}`)
          // Nothing heard: taken late, and sent as a message of its own.
          if (heard[at] !== '' && heard[at] !== replied) wrong.push(`${n}: ${said} was told otherwise`)
        }
      }
      expect(wrong.slice(0, 5)).to.deep.equal([])
      const counted = async (table: string): Promise<number> =>
        Number((await made.app.store.read((each) => each.query<{ n: string }>(`select count(*) as n from ${table}`)))[0]?.n)
      expect(await counted('complaint'), 'complaints').to.equal(PEOPLE)
      expect(await counted('handoff'), 'handoffs').to.equal(PEOPLE)
      expect(await counted('conversation_message'), 'messages').to.equal(PEOPLE * SCRIPT.length)
      expect(await counted('chat_debt'), 'owed').to.equal(0)
      // The proof is one only if the kills hit somebody.
      expect(done.broken).to.be.above(0)
    })
  })
})
