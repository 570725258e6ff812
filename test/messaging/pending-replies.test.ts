// The five seconds of the official account: a reply that is not ready goes out as a customer-service text, never both, never lost, never twice.
// What is said in conversations is conversation-scripts.test.ts; the door's refusals are test/http.

import { expect } from 'chai'
import { answerOwed, wechatPost, type Patience } from '../../bot/doors/webhooks.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { windowIsOpen } from '../../src/messaging/pending-replies.ts'
import { AppError } from '../../src/core/errors.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { posted, replyOf, WECHAT_ENV, words, type Post } from '../support/account.ts'
import { closeDesks, makeDesk, type Desk } from '../support/delivery-setup.ts'
import { eachDatabase } from '../support/app.ts'
import { refusal } from '../support/refusal.ts'

const OPENID = 'oCourtUser0000000000000000001'
const HASTE: Patience = { soft: 40, hard: 80 }
const DAY = 86_400_000

/** A house whose next write waits for `go`, and then does its work or fails. */
function held(app: AppContext, failure?: Error): { app: AppContext; go(): void } {
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
  let desk: Desk
  const post = (app: AppContext, { query, body }: Post, patience?: Patience): Promise<string> => wechatPost(app, query, body, patience)
  const sent = (): (string | null)[] => desk.wechat.sent.map((each) => each.text)

  beforeEach(async () => {
    desk = await makeDesk(make, { env: { ...WECHAT_ENV, DAILY_CAP: '2' } })
    desk.wechat.heard(OPENID)
  })
  afterEach(closeDesks)

  const hello = (id: string): Post => words(OPENID, '你好', id, desk.clock.now())

  describe('a reply that is ready', () => {
    it('is given at once, and again to a repeat, and never sent', async () => {
      const first = await post(desk.app, hello('1'))
      expect(replyOf(first)).to.match(/可以查名单/)
      expect(replyOf(await post(desk.app, hello('1')))).to.equal(replyOf(first))
      expect(await desk.dispatcher.processAll()).to.equal(0)
    })

    it('while it is being committed is waited for a little longer', async () => {
      let commit = (): void => undefined
      const committing = new Promise<void>((resolve) => (commit = resolve))
      const write: AppContext['store']['write'] = async (change) => {
        const result = await desk.app.store.write(change)
        await committing
        return result
      }
      const slow = post({ ...desk.app, store: { ...desk.app.store, write } }, hello('2'), { soft: 200, hard: 60_000 })
      setTimeout(commit, 300)
      expect(replyOf(await slow)).to.match(/可以查名单/)
      expect(await desk.dispatcher.processAll()).to.equal(0)
    })
  })

  describe('a reply that takes longer', () => {
    it('goes out as a customer-service text, and repeats get nothing', async () => {
      const { app, go } = held(desk.app)
      expect(await post(app, hello('3'), HASTE)).to.equal('success')
      const again = post(app, hello('3'), HASTE)
      go()
      expect(await again).to.equal('success')
      expect(await post(desk.app, hello('3'))).to.equal('success')
      await desk.dispatcher.processAll()
      expect(sent()).to.have.length(1)
      expect(sent()[0]).to.match(/您好.*\n可以查名单/)
      desk.clock.advance(60_000)
      await answerOwed(desk.app)
      await desk.dispatcher.processAll()
      expect(sent()).to.have.length(1)
      expect(await desk.app.store.read((db) => db.query('select id from chat_debt'))).to.deep.equal([])
    })

    it('is not lost with the process that was at it', async () => {
      const { app, go } = held(desk.app, new Error('killed'))
      expect(await post(app, hello('4'), HASTE)).to.equal('success')
      go()
      await desk.dispatcher.processAll()
      expect(sent()).to.deep.equal([])
      expect(await answerOwed(desk.app), 'the turn has its head start').to.equal(0)
      desk.clock.advance(16_000)
      expect(await answerOwed(desk.app)).to.equal(1)
      await desk.dispatcher.processAll()
      expect(sent()).to.have.length(1)
      expect(await post(desk.app, hello('4'))).to.equal('success')
      expect(await answerOwed(desk.app)).to.equal(0)
    })

    it('of another process is settled by whoever hears the message next', async () => {
      const { app, go } = held(desk.app, new Error('killed'))
      expect(await post(app, hello('5'), HASTE)).to.equal('success')
      go()
      expect(await post(desk.app, hello('5'))).to.equal('success')
      await desk.dispatcher.processAll()
      expect(sent()).to.have.length(1)
    })

    it('comes before the reply to what the person wrote next', async () => {
      const { app, go } = held(desk.app, new Error('killed'))
      const first = words(OPENID, '我要举报', 'a', desk.clock.now())
      expect(await post(app, first, HASTE)).to.equal('success')
      go()
      const second = words(OPENID, '和志强', 'b', desk.clock.now())
      expect(replyOf(await post(desk.app, second))).to.match(/发生了什么/)
      await desk.dispatcher.processAll()
      expect(sent()).to.have.length(1)
      expect(sent()[0]).to.match(/您要举报谁/)
    })

    it('and cannot be kept is not called taken: the platform asks again', async () => {
      const away: AppContext = {
        ...desk.app,
        store: {
          ...desk.app.store,
          write: () => new Promise((_, reject) => setTimeout(() => reject(new AppError('database_unavailable')), 90)),
        },
      }
      await refusal('database_unavailable', () => post(away, hello('6'), HASTE))
      expect(replyOf(await post(desk.app, hello('6')))).to.match(/可以查名单/)
    })

    it('passes quiet hours and the day’s cap: the person waits for it', async () => {
      desk.clock.advance(13 * 3_600_000)
      for (let n = 0; n < 4; n += 1) {
        const { app, go } = held(desk.app)
        await post(app, hello(`n${n}`), HASTE)
        go()
        await post(desk.app, hello(`n${n}`))
      }
      await desk.dispatcher.processAll()
      expect(sent()).to.have.length(4)
    })
  })

  describe('the open window', () => {
    it('is two days after words and a minute after a button, whichever ends later', async () => {
      const isOpen = (): Promise<boolean> => windowIsOpen(desk.app, PUBLIC, OPENID)
      const click = (): Post =>
        posted({ from: OPENID, at: desk.clock.now(), fields: { MsgType: 'event', Event: 'CLICK', EventKey: 'MENU_HUMAN' } })
      expect(await isOpen()).to.equal(false)
      await post(desk.app, click())
      expect(await isOpen()).to.equal(true)
      desk.clock.advance(61_000)
      expect(await isOpen()).to.equal(false)
      await post(desk.app, hello('7'))
      desk.clock.advance(DAY)
      await post(desk.app, click())
      desk.clock.advance(DAY - 1000)
      expect(await isOpen()).to.equal(true)
      desk.clock.advance(1000)
      expect(await isOpen()).to.equal(false)
    })
  })

  describe('whoever leaves the account', () => {
    it('hears of bulletins no more, and is not answered', async () => {
      await post(desk.app, words(OPENID, '订阅通报', '8', desk.clock.now()))
      const left = posted({ from: OPENID, at: desk.clock.now(), fields: { MsgType: 'event', Event: 'unsubscribe', EventKey: '' } })
      expect(await post(desk.app, left)).to.equal('success')
      expect(await post(desk.app, left)).to.equal('success')
      const rows = await desk.app.store.read((db) => db.query<{ n: string }>('select count(*) as n from subscriber where ended_at is null'))
      expect(Number(rows[0]?.n)).to.equal(0)
    })
  })
})
