// The official account's limit of five seconds: a late reply is sent as a customer-service text, once, and is never lost.
// The texts of conversations are tested under test/bot.

import { expect } from 'chai'
import { answerPendingMessages } from '../../bot/doors/pending.ts'
import { wechatPost, type TimeLimits } from '../../bot/doors/webhooks.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { listHandoffs } from '../../src/features/handoffs/inbox.views.ts'
import { keepPendingReply, windowIsOpen } from '../../src/messaging/pending-replies.ts'
import type { ReceivedMessage } from '../../src/messaging/pending-replies.store.ts'
import { AppError } from '../../src/core/errors.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { posted, replyOf, WECHAT_ENV, words, type Post } from '../support/account.ts'
import { closeSetups, makeSetup, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { CLERK } from '../support/listed.ts'
import { refusal } from '../support/refusal.ts'

const OPENID = 'oCourtUser0000000000000000001'
const SHORT_LIMITS: TimeLimits = { soft: 40, hard: 80 }
const DAY = 86_400_000

/** An application whose next database write waits for `go`, and then succeeds or fails. */
function withBlockedWrite(app: AppContext, failure?: Error): { app: AppContext; go(): void } {
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  let first = true
  const write: AppContext['store']['write'] = async (change) => {
    if (!first) return app.store.write(change)
    first = false
    await gate
    if (failure !== undefined) throw failure
    return app.store.write(change)
  }
  return { app: { ...app, store: { ...app.store, write } }, go: () => open() }
}

eachDatabase((_db, make) => {
  let setup: DeliverySetup
  const post = (app: AppContext, { query, body }: Post, patience?: TimeLimits): Promise<string> => wechatPost(app, query, body, patience)
  const sent = (): (string | null)[] => setup.wechat.sent.map(({ text }) => text)

  beforeEach(async () => {
    setup = await makeSetup(make, { env: { ...WECHAT_ENV, DAILY_CAP: '2' } })
    setup.wechat.heard(OPENID)
  })
  afterEach(closeSetups)

  const hello = (id: string): Post => words(OPENID, '你好', id, setup.clock.now())

  describe('a reply that is ready', () => {
    it('is given at once, is given again to a repeat, and is never sent', async () => {
      const first = await post(setup.app, hello('1'))
      expect(replyOf(first)).to.match(/可以查名单/)
      expect(replyOf(await post(setup.app, hello('1')))).to.equal(replyOf(first))
      expect(await setup.dispatcher.processAll()).to.equal(0)
    })

    it('is waited for a little longer while it is being committed', async () => {
      let commit = (): void => undefined
      const committing = new Promise<void>((resolve) => (commit = resolve))
      const write: AppContext['store']['write'] = async (change) => {
        const result = await setup.app.store.write(change)
        await committing
        return result
      }
      const slow = post({ ...setup.app, store: { ...setup.app.store, write } }, hello('2'), { soft: 200, hard: 60_000 })
      setTimeout(commit, 300)
      expect(replyOf(await slow)).to.match(/可以查名单/)
      expect(await setup.dispatcher.processAll()).to.equal(0)
    })
  })

  describe('a reply that takes longer', () => {
    it('is sent as a customer-service text, and repeats get no reply', async () => {
      const { app, go } = withBlockedWrite(setup.app)
      expect(await post(app, hello('3'), SHORT_LIMITS)).to.equal('success')
      const again = post(app, hello('3'), SHORT_LIMITS)
      go()
      expect(await again).to.equal('success')
      expect(await post(setup.app, hello('3'))).to.equal('success')
      await setup.dispatcher.processAll()
      expect(sent()).to.have.length(1)
      expect(sent()[0]).to.match(/您好.*\n可以查名单/)
      setup.clock.advance(60_000)
      await answerPendingMessages(setup.app)
      await setup.dispatcher.processAll()
      expect(sent()).to.have.length(1)
      expect(await setup.app.store.read((db) => db.query('select id from chat_debt'))).to.deep.equal([])
    })

    it('is not lost when its process dies', async () => {
      const { app, go } = withBlockedWrite(setup.app, new Error('killed'))
      expect(await post(app, hello('4'), SHORT_LIMITS)).to.equal('success')
      go()
      await setup.dispatcher.processAll()
      expect(sent()).to.deep.equal([])
      expect(await answerPendingMessages(setup.app), 'the turn in progress has its head start').to.equal(0)
      setup.clock.advance(16_000)
      expect(await answerPendingMessages(setup.app)).to.equal(1)
      await setup.dispatcher.processAll()
      expect(sent()).to.have.length(1)
      expect(await post(setup.app, hello('4'))).to.equal('success')
      expect(await answerPendingMessages(setup.app)).to.equal(0)
    })

    it('is made by another process that gets the repeated message', async () => {
      const { app, go } = withBlockedWrite(setup.app, new Error('killed'))
      expect(await post(app, hello('5'), SHORT_LIMITS)).to.equal('success')
      go()
      expect(await post(setup.app, hello('5'))).to.equal('success')
      await setup.dispatcher.processAll()
      expect(sent()).to.have.length(1)
    })

    it('is sent before the reply to the person’s next message', async () => {
      const { app, go } = withBlockedWrite(setup.app, new Error('killed'))
      const first = words(OPENID, '我要举报', 'a', setup.clock.now())
      expect(await post(app, first, SHORT_LIMITS)).to.equal('success')
      go()
      const second = words(OPENID, '和志强', 'b', setup.clock.now())
      expect(replyOf(await post(setup.app, second))).to.match(/发生了什么/)
      await setup.dispatcher.processAll()
      expect(sent()).to.have.length(1)
      expect(sent()[0]).to.match(/您要举报谁/)
    })

    it('is not confirmed when it cannot be stored, so that the platform repeats the message', async () => {
      const withoutDatabase: AppContext = {
        ...setup.app,
        store: {
          ...setup.app.store,
          write: () => new Promise((_, reject) => setTimeout(() => reject(new AppError('database_unavailable')), 90)),
        },
      }
      await refusal('database_unavailable', () => post(withoutDatabase, hello('6'), SHORT_LIMITS))
      expect(replyOf(await post(setup.app, hello('6')))).to.match(/可以查名单/)
    })

    it('is sent in quiet hours and above the daily cap, because the person waits for it', async () => {
      setup.clock.advance(13 * 3_600_000)
      for (let n = 0; n < 4; n += 1) {
        const { app, go } = withBlockedWrite(setup.app)
        await post(app, hello(`n${n}`), SHORT_LIMITS)
        go()
        await post(setup.app, hello(`n${n}`))
      }
      await setup.dispatcher.processAll()
      expect(sent()).to.have.length(4)
    })
  })

  describe('a message that cannot be answered', () => {
    const person = (n: number): string => `oCourtUser${String(n).padStart(19, '0')}`
    const keep = (from: string, text: string, id = text): Promise<void> =>
      keepPendingReply(setup.app, PUBLIC, { channel: 'wechat', from, messageId: id, text, window: 2 * DAY } as ReceivedMessage)
    /** An application that fails on one word, and counts how often it met it. */
    const failingOn = (word: string): { app: AppContext; tries(): number } => {
      let tries = 0
      const understand: AppContext['understand'] = (text, role) => {
        if (!text.includes(word)) return setup.app.understand(text, role)
        tries += 1
        throw new Error('poison')
      }
      return { app: { ...setup.app, understand }, tries: () => tries }
    }
    const owed = async (): Promise<number> => (await setup.app.store.read((db) => db.query('select id from chat_debt'))).length
    const handoffs = async (): Promise<{ reason: string; urgent: boolean; summary: string | null }[]> =>
      (await listHandoffs(setup.app, CLERK, { limit: 50, offset: 0 })).items

    it('holds up nobody else, and somebody in danger is answered first', async () => {
      for (let n = 0; n < 60; n += 1) await keep(person(n), '毒丸')
      for (let n = 100; n < 103; n += 1) await keep(person(n), '你好')
      await setup.app.store.write((tx) =>
        tx.run(
          'update chat_debt set message = ? where person_index = (select p from (select min(person_index) as p from chat_debt) as x)',
          ['broken'],
        ),
      )
      await keep(person(200), '我不想活了，今晚就去跳楼')
      setup.clock.advance(16_000)
      await answerPendingMessages(failingOn('毒丸').app)
      expect(await owed()).to.be.within(59, 61)
      const said = await setup.app.store.read((db) => db.query<{ intent: string }>('select intent from conversation_message order by id'))
      expect(said.map(({ intent }) => intent).slice(0, 2)).to.deep.equal(['human', 'greeting'])
      expect((await handoffs()).map(({ reason }) => reason)).to.deep.equal(['self_harm'])
    })

    it('is tried ever more seldom; then its sender is told to call and staff have the conversation', async () => {
      setup.wechat.heard(person(1))
      const { app, tries } = failingOn('毒丸')
      await keep(person(1), '毒丸')
      for (let n = 0; n < 360; n += 1) {
        setup.clock.advance(10_000)
        await answerPendingMessages(app)
      }
      expect(await owed()).to.equal(1)
      expect(tries()).to.be.below(40)
      setup.clock.advance(15 * 60_000)
      await answerPendingMessages(app)
      expect(await owed()).to.equal(0)
      expect(await handoffs()).to.have.nested.property('[0].reason', 'unanswered')
      await setup.dispatcher.processAll()
      expect(sent().at(-1)).to.match(/没能处理您发来的话[\s\S]*RG\d{8}-0001[\s\S]*打电话/)
    })

    it('of somebody in danger leads to the words for it and to staff at the first try', async () => {
      setup.wechat.heard(person(1))
      await post(setup.app, words(person(1), '我要举报', 'a', setup.clock.now()))
      await setup.app.store.write((tx) => tx.run("update conversation set position = 'broken'"))
      await keep(person(1), '我不想活了，今晚就去跳楼')
      setup.clock.advance(16_000)
      await answerPendingMessages(setup.app)
      await setup.dispatcher.processAll()
      expect(sent().at(-1)).to.match(/拨打110/)
      expect(await handoffs()).to.have.nested.property('[0].urgent', true)
      await setup.app.store.write((tx) => tx.run("update conversation set position = 'broken', handoff_id = null"))
      const live = await post(setup.app, words(person(1), '真的不想活了', 'b', setup.clock.now()))
      expect(replyOf(live)).to.match(/拨打110/)
    })

    it('does not keep its sender from an answer to the next message', async () => {
      await keep(OPENID, '毒丸')
      const { app } = failingOn('毒丸')
      expect(replyOf(await post(app, hello('x1')))).to.match(/可以查名单/)
      expect(await owed()).to.equal(1)
      setup.clock.advance(16_000)
      expect(await answerPendingMessages(setup.app)).to.equal(1)
    })

    it('stays while the database is busy, however long', async () => {
      await keep(OPENID, '你好')
      setup.clock.advance(2 * DAY)
      const busy = (): never => {
        throw new AppError('database_busy')
      }
      await answerPendingMessages({ ...setup.app, understand: busy })
      expect(await owed()).to.equal(1)
      setup.clock.advance(DAY)
      expect(await answerPendingMessages(setup.app)).to.equal(1)
      expect(await handoffs()).to.deep.equal([])
    })
  })

  it('takes a button whose key is the name of something that every object has for one of an older menu', async () => {
    const press = (EventKey: string): Promise<string> =>
      post(setup.app, posted({ from: OPENID, at: setup.clock.now(), fields: { MsgType: 'event', Event: 'CLICK', EventKey } }))
    const help = replyOf(await press('MENU_OF_LAST_YEAR'))
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', ''])
      expect(replyOf(await press(key)), key).to.equal(help)
  })

  describe('the window for customer-service texts', () => {
    it('is open for two days after a message and for a minute after a button, whichever ends later', async () => {
      const isOpen = (): Promise<boolean> => windowIsOpen(setup.app, PUBLIC, OPENID)
      const click = (): Post =>
        posted({ from: OPENID, at: setup.clock.now(), fields: { MsgType: 'event', Event: 'CLICK', EventKey: 'MENU_HUMAN' } })
      expect(await isOpen()).to.equal(false)
      await post(setup.app, click())
      expect(await isOpen()).to.equal(true)
      setup.clock.advance(61_000)
      expect(await isOpen()).to.equal(false)
      await post(setup.app, hello('7'))
      setup.clock.advance(DAY)
      await post(setup.app, click())
      setup.clock.advance(DAY - 1000)
      expect(await isOpen()).to.equal(true)
      setup.clock.advance(1000)
      expect(await isOpen()).to.equal(false)
    })
  })

  describe('a person who unfollows the account', () => {
    it('loses the subscription to bulletins and gets no reply', async () => {
      await post(setup.app, words(OPENID, '订阅通报', '8', setup.clock.now()))
      const left = posted({ from: OPENID, at: setup.clock.now(), fields: { MsgType: 'event', Event: 'unsubscribe', EventKey: '' } })
      expect(await post(setup.app, left)).to.equal('success')
      expect(await post(setup.app, left)).to.equal('success')
      const rows = await setup.app.store.read((db) =>
        db.query<{ n: string }>('select count(*) as n from subscriber where ended_at is null'),
      )
      expect(Number(rows[0]?.n)).to.equal(0)
    })
  })
})
