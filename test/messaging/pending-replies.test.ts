// The official account's limit of five seconds: a late reply is sent as a customer-service text, once, and is never lost.
// The texts of conversations are tested under test/bot.

import { expect } from 'chai'
import { answerPendingMessages, wechatPost, type TimeLimits } from '../../bot/doors/webhooks.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { windowIsOpen } from '../../src/messaging/pending-replies.ts'
import { AppError } from '../../src/core/errors.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { posted, replyOf, WECHAT_ENV, words, type Post } from '../support/account.ts'
import { closeSetups, makeSetup, type DeliverySetup } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
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
