// A copy of a signed request, sent again while its signature holds: from the same process and another, one after the other and at once.

import { expect } from 'chai'
import { migrations } from '../../migrations/index.ts'
import { wechatPost } from '../../bot/doors/webhooks.ts'
import { joinBulletins } from '../../src/features/units/subscriptions.commands.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { openStore } from '../../src/platform/database/database.ts'
import { PUBLIC } from '../../src/platform/commands/permissions.ts'
import { tables } from '../../src/tables.ts'
import { posted, replyOf, WECHAT_ENV, words, type Post } from '../support/account.ts'
import { eachDatabase, type TestApp } from '../support/app.ts'

const OPENID = 'oCourtUser0000000000000000001'

eachDatabase((_db, make) => {
  let made: TestApp
  let close = (): Promise<void> => Promise.resolve()
  /** Two processes on one database; one alone has a SQLite database open. */
  let apps: AppContext[]

  beforeEach(async () => {
    made = await make({ env: WECHAT_ENV })
    apps = [made.app, made.app]
    if (made.url === undefined) return
    const store = await openStore({ url: made.url, sqlitePath: '', log: made.app.log, tables, migrations, poolSize: 4 })
    close = () => store.close()
    apps = [made.app, { ...made.app, store }]
  })
  afterEach(async () => {
    await close()
    close = () => Promise.resolve()
  })

  const postTo = (n: number, { query, body }: Post): Promise<string> => wechatPost(apps[n] as AppContext, query, body)
  const join = (): Promise<unknown> => joinBulletins(made.app, PUBLIC, { wechat: OPENID })
  const subscribers = async (): Promise<number> =>
    (await made.app.store.read((db) => db.query('select id from subscriber where ended_at is null'))).length
  const left = (): Post => posted({ from: OPENID, at: made.clock.now(), fields: { MsgType: 'event', Event: 'unsubscribe' } })
  const remembered = async (): Promise<number> => (await made.app.store.read((db) => db.query('select id from seen_event'))).length

  describe('a request that comes again', () => {
    it('gets the stored reply when it is a message, also from another process at the same time', async () => {
      const post = words(OPENID, '你好', '1', made.clock.now())
      const replies = await Promise.all([postTo(0, post), postTo(1, post), postTo(0, post)])
      expect(new Set(replies.map(replyOf)).size).to.equal(1)
      expect(replyOf(await postTo(1, post)))
        .to.equal(replyOf(replies[0]))
        .and.match(/可以查名单/)
      const stored = await made.app.store.read((db) => db.query('select id from conversation_message'))
      expect(stored).to.have.length(1)
    })

    it('changes nothing when it is an event: who came back after leaving stays subscribed', async () => {
      await join()
      const leaving = left()
      expect(await Promise.all([postTo(0, leaving), postTo(1, leaving)])).to.deep.equal(['success', 'success'])
      expect(await subscribers()).to.equal(0)
      await join()
      made.clock.advance(60_000)
      for (const n of [0, 1]) expect(await postTo(n, leaving)).to.equal('success')
      expect(await subscribers()).to.equal(1)
      expect(await postTo(0, left()), 'a minute later it is another event').to.equal('success')
      expect(await subscribers()).to.equal(0)
    })

    it('is carried out when the first time failed', async () => {
      await join()
      const leaving = left()
      const broken = { ...made.app, store: { ...made.app.store, write: () => Promise.reject(new Error('killed')) } }
      expect(await wechatPost(broken, leaving.query, leaving.body).catch(String)).to.include('killed')
      await postTo(1, leaving)
      expect(await subscribers()).to.equal(0)
    })

    it('is refused after five minutes, and what is remembered ends with that', async () => {
      const leaving = left()
      await postTo(0, leaving)
      made.clock.advance(5 * 60_000 + 1_000)
      expect(await postTo(1, leaving).catch(String)).to.include('signature_wrong')
      for (let n = 0; n < 5; n += 1) {
        made.clock.advance(10 * 60_000)
        await postTo(0, left())
      }
      expect(await remembered()).to.equal(2)
    })
  })
})
