// What holds in every conversation, on both databases: messages are answered once and in order, attempts are limited, texts are sealed.
// Conversations line by line are conversation-scripts.test.ts.

import { expect } from 'chai'
import { answer } from '../../bot/answer.ts'
import { DIALOGS } from '../../bot/dialogs/all.ts'
import { forgetMessages, showConversation } from '../../src/features/handoffs/views.ts'
import { listComplaints } from '../../src/features/complaints/views.ts'
import { withinTransaction, type AppContext } from '../../src/platform/commands/command.ts'
import { releaseHandoff } from '../../src/features/handoffs/commands.ts'
import { listHandoffs } from '../../src/features/handoffs/inbox.views.ts'
import { rotateKeys } from '../../src/platform/commands/key-rotation.ts'
import { issueBindingCode } from '../../src/features/units/subscriptions.commands.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import { AppError } from '../../src/core/errors.ts'
import { createSecrets } from '../../src/core/secrets.ts'
import { SYSTEM, PUBLIC, type Actor } from '../../src/platform/commands/permissions.ts'
import { countTry } from '../../src/messaging/conversations.store.ts'
import { eachDatabase, TEST_KEY } from '../support/app.ts'
import { CLERK, listed } from '../support/listed.ts'
import { refusal } from '../support/refusal.ts'
import { reopened, say, talk, wechatUser, type Talker } from '../support/talk.ts'

const OPERATOR: Actor = { id: 'operator:test', roles: ['operator'] }
const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }
const PAGE = { limit: 50, offset: 0 }

eachDatabase((_db, make) => {
  describe('a message', () => {
    it('that arrives three times at the same moment is answered once, with the same reply', async () => {
      const { app } = await make()
      const who = wechatUser(1)
      const lines = ['我要举报', '和志强', '他欠钱不还，还天天坐飞机到处旅游', '跳过', '匿名', '是']
      let last = ''
      for (const [n, line] of lines.entries()) {
        const replies = await Promise.all([1, 2, 3].map(() => say(app, who, line, `m${n}`)))
        expect(new Set(replies.map((reply) => reply.text)).size, line).to.equal(1)
        expect(replies.filter((reply) => !reply.repeated)).to.have.length(1)
        last = replies[0]?.text ?? ''
      }
      expect(last).to.match(/编号TS20261122-0001/)
      const { total } = await listComplaints(app, { id: 'staff:c', roles: ['clerk'] }, { filter: {}, page: PAGE })
      expect(total).to.equal(1)
      const shown = await showConversation(app, PUBLIC, { ...who, limit: 20 })
      expect(shown.map((each) => each.said)).to.deep.equal(lines)
    })

    it('that two processes receive at the same moment is answered once', async () => {
      const test = await make()
      const other = await reopened(test)
      const who = wechatUser(2)
      const replies = await Promise.all([say(test.app, who, '转人工', 'm'), say(other.app, who, '转人工', 'm')])
      await other.close()
      expect(replies[0].text).to.equal(replies[1].text)
      expect((await listHandoffs(test.app, CLERK, PAGE)).total).to.equal(1)
    })

    it('is answered after the person’s earlier messages, while other people are answered too', async () => {
      const { app } = await make()
      const lines = ['我要举报', '和志强', '他欠钱不还，还天天坐飞机到处旅游', '跳过', '匿名']
      const people = [1, 2, 3, 4, 5, 6].map(wechatUser)
      const replies = await Promise.all(
        people.map((who) => Promise.all(lines.map((line, n) => say(app, who, line, `m${n}`).then((reply) => reply.text)))),
      )
      for (const mine of replies) expect(mine[4]).to.match(/举报对象：和志强.*举报人：匿名/s)
    })

    it('never gets the reply to another person’s message with the same id', async () => {
      const { app } = await make()
      const first = await say(app, wechatUser(3), '我要举报', 'same')
      const second = await say(app, wechatUser(4), '你好', 'same')
      expect(second).to.include({ repeated: false })
      expect(second.text).not.to.equal(first.text)
    })
  })

  describe('an unfinished dialog', () => {
    it('ends after an hour without a message, and the person is told so', async () => {
      const { app, clock } = await make()
      const who = wechatUser(5)
      await talk(app, who, ['我要举报', '和志强'])
      clock.advance(61 * 60_000)
      expect((await say(app, who, '他欠钱不还，还天天坐飞机')).text).to.match(/^刚才的办理隔得太久/)
    })

    it('starts again when a release changed its version, and the person is told so; other dialogs go on', async () => {
      const { app } = await make()
      const newer = DIALOGS.map((each) => (each.name === 'complaint' ? { ...each, version: each.version + 1 } : each))
      const [one, other] = [wechatUser(6), wechatUser(7)]
      await talk(app, one, ['我要举报', '和志强'])
      await talk(app, other, ['查一下扎西次仁'])
      expect((await say(app, one, '跳过', 'x', newer)).text).to.match(/^系统刚刚更新过/)
      expect((await say(app, other, '0222', 'y', newer)).text).to.match(/没有查到/)
    })
  })

  describe('guessing an identifier', () => {
    it('is slowed after ten misses, then handed to a clerk, and possible again later', async () => {
      const { app, clock } = await make()
      await listed(app, 1, { name: '扎西次仁' })
      const who = wechatUser(8)
      const tries = Array.from({ length: 10 }, (_, n) => `查 扎西次仁 后四位 ${1000 + n}`)
      for (const reply of await talk(app, who, tries)) expect(reply).to.match(/没有查到/)
      expect((await say(app, who, '查 扎西次仁 后四位 0222')).text).to.match(/60分钟后再查/)
      const [, , , , last] = await talk(
        app,
        who,
        ['2000', '2001', '2002', '2003', '2004'].map((tail) => `查 扎西次仁 后四位 ${tail}`),
      )
      expect(last).to.match(/已转给工作人员（咨询编号RG20261122-0001）/)
      const { items } = await listHandoffs(app, CLERK, PAGE)
      expect(items.map((each) => each.reason)).to.deep.equal(['misses'])
      clock.advance(25 * 3_600_000)
      expect((await say(app, who, '查 扎西次仁 后四位 0222')).text).to.match(/查到1条/)
    })

    it('is slowed for one name also when it comes from many accounts', async () => {
      const { app } = await make()
      const miss = (n: number): Promise<unknown> => say(app, wechatUser(200 + n), `查 扎西次仁 后四位 ${1000 + n}`)
      const ask = async (account: number): Promise<string> => (await say(app, wechatUser(account), '查 扎西次仁 后四位 0222')).text
      for (let n = 0; n < 30; n += 1) await miss(n)
      expect(await ask(200), 'an account that has missed').to.match(/分钟后再查/)
      expect(await ask(400), 'an account that has not').not.to.match(/分钟后再查/)
      for (let n = 30; n < 100; n += 1) await miss(n)
      expect(await ask(401), 'nobody any more').to.match(/分钟后再查/)
    })

    it('is counted by the client’s address on the web, where a new token costs nothing', async () => {
      const { app } = await make()
      const ask = (n: number): Promise<string> =>
        answer(app, {
          channel: 'web',
          from: `token${n}`,
          origin: '10.0.0.1',
          messageId: 'm',
          text: `查 扎西次仁 后四位 ${1000 + n}`,
        }).then((reply) => reply.text)
      for (let n = 0; n < 10; n += 1) expect(await ask(n)).to.match(/没有查到/)
      expect(await ask(11)).to.match(/分钟后再查/)
    })
  })

  describe('a text without one of its values', () => {
    it('is said with a dash in production and logged as an error; elsewhere it throws', async () => {
      const { app, logged } = await make()
      const broken = DIALOGS.map((each) =>
        each.intent === 'greeting' ? { ...each, finish: () => ({ say: [{ key: 'enquiry.limited' }] }) } : each,
      )
      const thrown = await say(app, wechatUser(30), '你好', 'a', broken).catch((error: unknown) => String(error))
      expect(thrown).to.match(/no value for \{minutes\}/)
      const production = { ...app, config: { ...app.config, production: true } }
      expect((await say(production, wechatUser(30), '你好', 'a', broken)).text).to.match(/请—分钟后再查/)
      expect(logged.find(({ event }) => event === 'chat.text_missing')).to.deep.include({
        level: 'error',
        facts: { key: 'enquiry.limited.minutes' },
      })
    })
  })

  describe('guessing a query code', () => {
    it('is answered with the minutes to wait, of a sender and on the web of a network, and a right code then too', async () => {
      const { app } = await make()
      const filed = await talk(app, wechatUser(20), ['我要举报', '和志强', '他欠钱不还，还天天坐飞机到处旅游', '跳过', '匿名', '是'])
      const [, number = '', code = ''] = /编号(TS\d{8}-\d{4})[\s\S]*?([2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4})/.exec(filed.at(-1) ?? '') ?? []
      expect(code).not.to.equal('')
      const guesses = Array.from('23456789AB', (last) => `查举报进度 ${number} ABCD-EFGH-K33${last}`)
      for (const [who, other] of [
        [wechatUser(21), wechatUser(21)],
        [
          { channel: 'web', from: 'token1', origin: '10.0.0.1' },
          { channel: 'web', from: 'token2', origin: '10.0.0.1' },
        ],
      ] as const) {
        for (const reply of await talk(app, who, guesses)) expect(reply).to.match(/查询码不对/)
        for (const wanted of ['ABCD-EFGH-K33C', code])
          expect((await say(app, other, `查举报进度 ${number} ${wanted}`)).text).to.match(/请60分钟后再试/)
      }
    })
  })

  describe('a liaison', () => {
    it('binds one account with a one-time code that works once', async () => {
      const { app } = await make()
      await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
      const liaison = await addLiaison(app, ADMIN, { unitId: 'public_security', name: '和某', phone: '13900001111' })
      const { code } = await issueBindingCode(app, ADMIN, liaison.id)
      const who = wechatUser(9)
      expect((await say(app, who, '绑定 7GQK-2MXB')).text).to.match(/绑定码不对/)
      expect((await say(app, { channel: 'web', from: 'token' }, `绑定 ${code}`)).text).to.match(/公众号里绑定/)
      expect((await say(app, who, `我要绑定联络员 ${code.toLowerCase()}`)).text).to.match(/绑定为.*公安.*联络员和\*吗/)
      expect((await say(app, who, '是')).text).to.match(/绑定成功/)
      expect((await say(app, wechatUser(10), `绑定 ${code}`)).text).to.match(/绑定码不对/)
    })

    it('is asked before binding, binds nothing by 否, and does not become the liaison of a second unit by a scan', async () => {
      const { app } = await make()
      await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
      const codeFor = async (unitId: string, phone: string): Promise<string> => {
        const { id } = await addLiaison(app, ADMIN, { unitId, name: '和某某', phone })
        return (await issueBindingCode(app, ADMIN, id)).code
      }
      const first = await codeFor('public_security', '13900001111')
      const who = wechatUser(12)
      const scan = (code: string) => say(app, Object.assign({}, who, { meant: 'liaison_bind' as const }), code.replace('-', ''))
      expect((await scan(first)).text).to.match(/和\*\*吗/)
      expect((await say(app, who, '否')).text).to.match(/没有绑定/)
      await scan(first)
      expect((await say(app, who, '是')).text).to.match(/绑定成功/)
      const second = await codeFor('market_supervision', '13900001112')
      expect((await scan(second)).text).to.match(/已经绑定为另一名联络员/)
      expect((await scan(second)).text, 'the code was not used up').to.match(/已经绑定为另一名联络员/)
    })

    it('cannot be impersonated by trying codes', async () => {
      const { app } = await make()
      const replies = await talk(
        app,
        wechatUser(11),
        Array.from({ length: 11 }, (_, n) => `绑定 7GQK-2MX${'23456789ABC'.charAt(n)}`),
      )
      expect(replies[9]).to.match(/绑定码不对/)
      expect(replies[10]).to.match(/试错的次数太多/)
    })

    it('gets no code when the liaison does not exist', async () => {
      const { app } = await make()
      await refusal('liaison_missing', () => issueBindingCode(app, ADMIN, '01ARZ3NDEKTSV4RRFFQ69G5FAV'))
    })
  })

  describe('a handoff', () => {
    const summaryOf = async (app: AppContext): Promise<string> => (await listHandoffs(app, CLERK, PAGE)).items[0]?.summary ?? ''

    it('shows the clerk the conversation, and ends when the clerk releases it or after a day', async () => {
      const { app, clock } = await make()
      const who = wechatUser(12)
      await talk(app, who, ['为什么把我列入失信', '人工'])
      expect(await summaryOf(app)).to.equal('为什么把我列入失信\n人工')
      const [first] = (await listHandoffs(app, CLERK, PAGE)).items
      await refusal('not_allowed', () => listHandoffs(app, PUBLIC, PAGE))
      await releaseHandoff(app, CLERK, first?.id ?? '')
      await refusal('handoff_missing', () => releaseHandoff(app, CLERK, first?.id ?? ''))
      expect((await say(app, who, '你好')).text).to.match(/可以查名单/)
      await say(app, who, '人工')
      clock.advance(25 * 3_600_000)
      expect((await say(app, who, '你好')).text).to.match(/可以查名单/)
      expect((await listHandoffs(app, CLERK, PAGE)).total).to.equal(0)
    })

    it('comes first in the queue when somebody is in danger, also when they say so later', async () => {
      const { app } = await make()
      await say(app, wechatUser(13), '人工')
      const who: Talker = wechatUser(14)
      await say(app, who, '人工')
      expect((await say(app, who, '我不想活了')).text).to.match(/12356/)
      const { items } = await listHandoffs(app, CLERK, PAGE)
      expect(items.map((each) => each.urgent)).to.deep.equal([true, false])
    })
  })

  describe('a command inside a turn', () => {
    it('takes back its own changes and nothing else when it refuses', async () => {
      const { app } = await make()
      const now = app.clock.now()
      await app.store.write(async (tx) => {
        await countTry(tx, 'before', now)
        const joined = withinTransaction(app, tx)
        await refusal('handoff_missing', () =>
          joined.store.write(async (part) => {
            await countTry(part, 'refused', now)
            throw new AppError('handoff_missing')
          }),
        )
        await joined.store.write((part) => countTry(part, 'after', now))
      })
      const rows = await app.store.read((db) => db.query<{ subject: string }>('select subject from chat_limit order by subject'))
      expect(rows.map((row) => row.subject)).to.deep.equal(['after', 'before'])
    })
  })

  describe('a stored conversation', () => {
    it('goes on under a new data key and no longer needs the old one', async () => {
      const { app } = await make()
      const who = wechatUser(16)
      await talk(app, who, ['我要举报', '和志强'])
      const newer = { id: 't2', bytes: Buffer.alloc(32, 9) }
      await rotateKeys({ ...app, secrets: createSecrets([newer, TEST_KEY]) }, OPERATOR)
      const after: AppContext = { ...app, secrets: createSecrets([newer]) }
      expect((await say(after, who, '他欠钱不还，还天天坐飞机')).text).to.match(/什么时候/)
    })

    it('is sealed, and is blanked after half a year', async () => {
      const { app, clock } = await make()
      const who = wechatUser(15)
      await talk(app, who, ['查 扎西次仁 533421198410140222', '人工'])
      for (const table of ['conversation', 'conversation_message', 'handoff']) {
        const rows = await app.store.read((db) => db.query(`select * from ${table}`))
        expect(rows.length, table).to.be.greaterThan(0)
        expect(JSON.stringify(rows), table).not.to.match(/扎西|0222|oCourtUser/)
      }
      clock.advance(181 * 86_400_000)
      const before = new Date(clock.now().getTime() - 180 * 86_400_000)
      expect(await forgetMessages(app, SYSTEM, { before, limit: 100 })).to.equal(2)
      expect(await forgetMessages(app, SYSTEM, { before, limit: 100 })).to.equal(0)
      expect(await showConversation(app, PUBLIC, { ...who, limit: 9 })).to.satisfy((said: { said: string; replied: string }[]) =>
        said.every((each) => each.said === '' && each.replied === ''),
      )
      expect(await summaryOfAll(app)).to.deep.equal([null])
    })
  })
})

async function summaryOfAll(app: AppContext): Promise<(string | null)[]> {
  return (await listHandoffs(app, CLERK, PAGE)).items.map((each) => each.summary)
}
