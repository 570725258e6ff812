// The court's own WeChat account: which messages it answers and in which order, and what happens when the account or the gateway fails.
// Over real gRPC it is tested in wechaty-gateway.test.ts; the dialogs are tested in conversation-scripts.test.ts.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { types } from 'wechaty'
import { readiness } from '../../src/features/system/views.ts'
import { issueBindingCode } from '../../src/features/units/subscriptions.commands.ts'
import { addLiaison, showUnit } from '../../src/features/units/commands.ts'
import { loadCatalogue, readCatalogue } from '../../src/features/units/catalogue.tasks.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { moveOnFromWechaty } from '../../src/messaging/wechaty-session.ts'
import { SYSTEM, type Actor } from '../../src/platform/commands/permissions.ts'
import { eachDatabase, type MakeApp, type TestApp } from '../support/app.ts'
import { pause, until } from '../support/until.ts'
import { mockAccount, runAccount, type RunningAccount } from '../support/wechaty.ts'

const ADMIN: Actor = { id: 'staff:admin', roles: ['admin'] }
const ENV = { WECHATY_PUPPET: 'wechaty-puppet-mock' }

eachDatabase((_db, make) => {
  const running: RunningAccount[] = []
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop()
  })

  const openApp = (): ReturnType<MakeApp> => make({ env: ENV })
  const run = (...given: Parameters<typeof runAccount>): RunningAccount => {
    const started = runAccount(...given)
    running.push(started)
    return started
  }
  const waitUntilUp = (account: RunningAccount): Promise<void> => until('the account is up', () => account.door.session.account() !== null)
  const stateOf = async ({ app }: TestApp): Promise<string | undefined> =>
    (await readiness(app)).find(({ code }) => code.startsWith('wechaty_'))?.code

  describe('a message to the court’s own account', () => {
    it('is answered once, in order for each person, while other people are answered too', async () => {
      const { app, logged } = await openApp()
      const account = mockAccount()
      await waitUntilUp(run(app, account.build))
      const lines = ['我要举报', '和志强', '他欠钱不还，还天天坐飞机到处旅游', '跳过', '匿名', '是']
      const people = ['wxid_one', 'wxid_two', 'wxid_three']
      for (const line of lines) for (const person of people) account.writes(person, line)
      await until('all are answered', () => account.sent().length >= lines.length * people.length)
      for (const person of people) {
        const replies = account.sent().filter(({ to }) => to === person)
        expect(replies).to.have.length(lines.length)
        expect(replies.at(-1)?.text).to.match(/编号TS20261122-000\d/)
        expect(replies.at(-2)?.text).to.match(/举报对象：和志强/)
      }
      expect(logged.filter(({ level }) => level === 'error')).to.deep.equal([])
    })

    it('is not answered again when the gateway repeats it', async () => {
      const { app } = await openApp()
      const account = mockAccount()
      await waitUntilUp(run(app, account.build))
      const messageId = account.writes('wxid_one', '你好')
      for (let n = 0; n < 3; n += 1) account.puppet().emit('message', { messageId })
      account.writes('wxid_two', '你好')
      await until('both are answered', () => account.sent().length >= 2)
      await pause(100)
      expect(
        account
          .sent()
          .map(({ to }) => to)
          .toSorted(),
      ).to.deep.equal(['wxid_one', 'wxid_two'])
    })

    it('is never answered in a room, from the account itself, or from a public or system account', async () => {
      const { app } = await openApp()
      const account = mockAccount()
      await waitUntilUp(run(app, account.build))
      const mocker = account.mocker()
      const person = mocker.createContact({ id: 'wxid_one' })
      const court = mocker.ContactMock.load('court')
      const room = mocker.createRoom({ memberIdList: [person.id, court.id] })
      person.say('@court 查一下和志强 身份证后四位1234', [court]).to(room)
      court.say('您好').to(person)
      mocker.createContact({ id: 'gh_paper', type: types.Contact.Official }).say('今日头条').to(court)
      mocker.createContact({ id: 'weixin' }).say('你好').to(court)
      account.writes('wxid_two', '你好')
      await until('the one person is answered', () => account.sent().length > 0)
      await pause(100)
      expect(account.sent().map(({ to }) => to)).to.deep.equal(['wxid_two'])
    })

    it('is answered with words when it is a picture', async () => {
      const { app } = await openApp()
      const account = mockAccount()
      await waitUntilUp(run(app, account.build))
      account.shows('wxid_one')
      await until('it is answered', () => account.sent().length > 0)
      expect(account.sent()[0]?.text).to.match(/图片|照片/)
    })
  })

  describe('a liaison', () => {
    it('binds the contact with a code, and the contact is shown masked', async () => {
      const { app } = await openApp()
      const { unitId, code } = await liaisonWithCode(app)
      const account = mockAccount()
      await waitUntilUp(run(app, account.build))
      account.writes('wxid_liaison0001', `绑定 ${code}`)
      await until('it is answered', () => account.sent().length > 0)
      expect(account.sent()[0]?.text).to.match(/绑定为.*吗/)
      account.writes('wxid_liaison0001', '是')
      await until('it is bound', () => account.sent().length > 1)
      const { liaisons } = await showUnit(app, ADMIN, unitId)
      expect(liaisons[0]?.wechaty).to.match(/\*/).and.not.contain('liaison0001')
    })
  })

  describe('a reply in the outbox', () => {
    it('does not keep later replies from being sent when the account fails and is started anew', async () => {
      const test = await openApp()
      const account = mockAccount()
      const first = run(test.app, account.build)
      await waitUntilUp(first)
      account.puppet().mishaps.push(() => new Promise(() => undefined))
      account.writes('wxid_one', '你好')
      account.puppet().well = false
      await until('it is started anew', () => account.lives() > 1)
      await waitUntilUp(first)
      account.writes('wxid_two', '你好')
      await until('the next person is answered', () => account.sent().some(({ to }) => to === 'wxid_two'))
      expect(test.logged.map(({ event }) => event)).to.include('wechaty.down')
    })

    it('is sent after the log-in when the account first asks for its code to be scanned', async () => {
      const test = await openApp()
      const account = mockAccount('asks')
      const started = run(test.app, account.build)
      await until('the code is asked for', async () => (await stateOf(test)) === 'wechaty_login')
      const code = join(test.folder, 'wechaty', 'login.png')
      expect((await stat(code)).mode & 0o077).to.equal(0)
      expect(JSON.stringify(test.logged)).not.to.contain('secret-code')
      account.login()
      await waitUntilUp(started)
      account.writes('wxid_one', '你好')
      await until('it is answered', () => account.sent().length > 0)
      expect(await stateOf(test)).to.equal('wechaty_ok')
      await until('the code is gone', () =>
        stat(code).then(
          () => false,
          () => true,
        ),
      )
    })

    it('is refused for a contact that is missing, and other contacts are not affected', async () => {
      const { app } = await openApp()
      const account = mockAccount()
      const { door } = run(app, account.build)
      await until('it is up', () => door.session.account() !== null)
      const body = { text: '您好' }
      expect(await door.channel.send({ id: 'd1', to: 'wxid_gone', body })).to.include({ kind: 'refused', code: 'contact_missing' })
      account.mocker().createContact({ id: 'wxid_left', friend: false })
      expect(await door.channel.send({ id: 'd2', to: 'wxid_left', body })).to.include({ kind: 'closed', code: 'not_a_friend' })
      account.mocker().createContact({ id: 'wxid_here' })
      account.puppet().mishaps.push(() => Promise.reject(Object.assign(new Error('busy'), { code: 8 })))
      expect(await door.channel.send({ id: 'd3', to: 'wxid_here', body })).to.include({ kind: 'busy', code: 'grpc_8' })
      account.puppet().mishaps.push(() => new Promise(() => undefined))
      expect(await door.channel.send({ id: 'd4', to: 'wxid_here', body })).to.include({ kind: 'unknown', code: 'Late' })
      expect(await door.channel.send({ id: 'd5', to: 'wxid_here', body: { ...body, url: 'https://court.example/b/1' } })).to.include({
        kind: 'accepted',
      })
      expect(account.sent()).to.deep.equal([{ to: 'wxid_here', text: '您好\nhttps://court.example/b/1' }])
    })
  })

  describe('the session', () => {
    it('is held by one process, and taken over by another when that one stops', async () => {
      const test = await openApp()
      const [one, two] = [mockAccount(), mockAccount()]
      const first = run(test.app, one.build)
      await waitUntilUp(first)
      run(test.app, two.build)
      await pause(200)
      expect(two.lives()).to.equal(0)
      running.splice(running.indexOf(first), 1)
      await first.stop()
      await until('the other has it', () => two.lives() > 0)
    })

    it('counts as wrong until an account is waitUntilUp, and says again that it is waitUntilUp after a pause', async () => {
      const test = await openApp()
      expect(await stateOf(test)).to.equal('wechaty_wrong')
      expect(await moveOnFromWechaty(test.app, SYSTEM, undefined)).to.equal(0)
      const account = mockAccount()
      await waitUntilUp(run(test.app, account.build))
      test.clock.set(new Date(test.clock.now().getTime() + 120_000))
      await until('it says so again', async () => (await stateOf(test)) === 'wechaty_ok')
    })
  })
})

async function liaisonWithCode(app: AppContext): Promise<{ unitId: string; code: string }> {
  await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
  const unitId = 'tv_station'
  const liaison = await addLiaison(app, ADMIN, { unitId, name: '和丽', phone: '13800000000' })
  const { code } = await issueBindingCode(app, ADMIN, liaison.id)
  return { unitId, code }
}
