// Messages of many people, each delivered three times at once to two web processes that are killed again and again: none is lost, none is
// answered twice, and each person gets replies in order. Real processes and a server database; TEST_MESSAGES=10000 runs it in full.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { answerPendingMessages } from '../../bot/doors/pending.ts'
import { showConversation } from '../../src/features/handoffs/views.ts'
import { systemClock } from '../../src/core/clock.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { replyOf, words } from '../support/account.ts'
import { eachDatabase, type TestApp } from '../support/app.ts'
import { wechatUser } from '../support/talk.ts'

/** What each person writes, and the reply expected. Out of order or twice, some replies would be different. */
const SCRIPT: readonly (readonly [text: string, reply: RegExp])[] = [
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
  // Many enquiries about one name are limited after a while, so either reply is right.
  ['0222', /没有查到|没查到的次数太多/],
  ['怎么退出名单', /纳入期限/],
  ['会受哪些限制', /限制/],
  ['我要举报', /您要举报谁/],
  ['取消', /已取消/],
  ['帮助', /直接说您要办的事/],
  ['人工', /咨询编号RG/],
  ['在吗', /^$/],
  ['取消', /人工服务已结束/],
]
const MESSAGES = Number(process.env['TEST_MESSAGES'] ?? 600)
const PEOPLE = Math.ceil(MESSAGES / SCRIPT.length)
const KILLS = Math.max(3, Math.floor(MESSAGES / 700))
const DELIVERIES = 3
/** People who write at the same time. */
const AT_ONCE = 24

interface Process {
  child: ChildProcess
  url: string
}

async function startProcess({ url, folder }: TestApp): Promise<Process> {
  const order = JSON.stringify({ database: url, folder })
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/talk-child.ts', order], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, url: line }
}

describe('conversations while processes are killed', () => {
  const running = new Set<Process>()

  async function kill(process: Process): Promise<void> {
    running.delete(process)
    const exited = once(process.child, 'exit')
    process.child.kill('SIGKILL')
    await exited
  }
  afterEach(async () => {
    for (const process of running) await kill(process)
  })

  eachDatabase((db, make) => {
    // SQLite serves one process only; the configuration refuses a second one on its file.
    if (db === 'sqlite') return

    it(`are answered once and in order: ${PEOPLE * SCRIPT.length} messages, ${DELIVERIES} deliveries each, ${KILLS} kills`, async function () {
      this.timeout(Math.max(600_000, MESSAGES * 200))
      const made = await make({ now: systemClock.now() })
      for (let n = 0; n < 2; n += 1) running.add(await startProcess(made))
      const done = { messages: 0, broken: 0, repeats: 0 }

      /** One delivery; null when the process was killed before it answered. */
      const deliverOnce = async (from: string, text: string, id: string): Promise<string | null> => {
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

      /** Delivers a message as the platform does, repeatedly until it is accepted. Answers the first reply. */
      const deliver = async (from: string, text: string, id: string): Promise<string> => {
        for (;;) {
          const deliveries = Array.from({ length: DELIVERIES }, () => deliverOnce(from, text, id))
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
        const replies: string[] = []
        for (const [at, [text]] of SCRIPT.entries()) {
          replies.push(replyOf(await deliver(from, text, `${n}-${at}`)))
          done.messages += 1
        }
        return replies
      }

      const killing = (async () => {
        for (let n = 1; n <= KILLS; n += 1) {
          // Kill a process at a random moment of each part of the work.
          const target = ((n - Math.random() * 0.8) / (KILLS + 1)) * PEOPLE * SCRIPT.length
          while (done.messages < target) await sleep(5)
          const victim = [...running][n % 2]
          if (victim !== undefined) await kill(victim)
          running.add(await startProcess(made))
        }
      })()
      const repliesOf = new Map<number, string[]>()
      const waiting = Array.from({ length: PEOPLE }, (_, n) => n)
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) repliesOf.set(n, await person(n))
        }),
      )
      await killing
      await Promise.all(stragglers)
      made.clock.advance(3_600_000)
      await answerPendingMessages(made.app)

      const wrong: string[] = []
      for (const [n, replies] of repliesOf) {
        const stored = await showConversation(made.app, PUBLIC, { ...wechatUser(n), limit: 100 })
        if (stored.map((each) => each.said).join('|') !== SCRIPT.map(([text]) => text).join('|')) wrong.push(`${n}: other messages`)
        for (const [at, [text, expected]] of SCRIPT.entries()) {
          const replied = stored[at]?.replied ?? ''
          if (!expected.test(replied)) wrong.push(`${n}: ${text} -> ${replied}`)
          // An empty reply means that it came too late and was sent as a message of its own.
          if (replies[at] !== '' && replies[at] !== replied) wrong.push(`${n}: ${text} got another reply`)
        }
      }
      expect(wrong.slice(0, 5)).to.deep.equal([])
      const counted = async (table: string): Promise<number> =>
        Number((await made.app.store.read((each) => each.query<{ n: string }>(`select count(*) as n from ${table}`)))[0]?.n)
      expect(await counted('complaint'), 'complaints').to.equal(PEOPLE)
      expect(await counted('handoff'), 'handoffs').to.equal(PEOPLE)
      expect(await counted('conversation_message'), 'messages').to.equal(PEOPLE * SCRIPT.length)
      expect(await counted('chat_debt'), 'pending replies').to.equal(0)
      // The test proves something only if kills interrupted requests.
      expect(done.broken).to.be.above(0)
    })
  })
})
