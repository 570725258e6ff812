// What people who know nothing of the bot write to it, and what they get: despair, anger, short answers, a name that somebody else has too.

import { expect } from 'chai'
import { listHandoffs } from '../../src/features/handoffs/inbox.views.ts'
import { claimHandoff } from '../../src/features/handoffs/claims.commands.ts'
import { eachDatabase } from '../support/app.ts'
import { CLERK } from '../support/listed.ts'
import { say, talk, wechatUser } from '../support/talk.ts'

const PAGE = { limit: 50, offset: 0 }

eachDatabase((_db, make) => {
  describe('somebody in despair', () => {
    it('gets the numbers to call and is asked for a phone and a place, without a promise that nobody could keep', async () => {
      const { app } = await make()
      const [reply = ''] = await talk(app, wechatUser(1), ['我要死了，还不起，站在楼顶想跳楼'])
      for (const number of [app.config.court.crisisPhone, '110', '120']) expect(reply).to.contain(number)
      expect(reply).to.match(/请把您的电话、现在在什么地方写在这里/)
      expect(reply).not.to.match(/马上联系|会有人和您联系/)
      const { items } = await listHandoffs(app, CLERK, PAGE)
      expect(items.map(({ urgent, reason }) => [urgent, reason])).to.deep.equal([[true, 'self_harm']])
    })

    it('is answered after every further message, and told that the phone was noted, until a clerk has taken over', async () => {
      const { app } = await make()
      const who = wechatUser(2)
      const [first = '', second = '', third = ''] = await talk(app, who, [
        '活不下去了',
        '老婆走了，工地也不要我',
        '我电话13900001234，在桥头',
      ])
      expect(first).to.match(/安全最要紧/)
      expect(second).to.match(/您接着写[\s\S]*12356/)
      expect(third).to.match(/139\*+1234记下了/)
      const [handoff] = (await listHandoffs(app, CLERK, PAGE)).items
      await claimHandoff(app, CLERK, { handoffId: handoff?.id ?? '' })
      expect((await say(app, who, '你们在吗')).text).to.equal('')
    })
  })

  describe('somebody who writes little', () => {
    it('files a report told in short pieces, without a name, and corrects a name at the end', async () => {
      const { app } = await make()
      const replies = await talk(app, wechatUser(3), ['我要举报', '和志强', '买车', '新的', '跳过', '不留名', '名字错了，是和志刚', '是'])
      expect(replies[2]).to.match(/记下了：“买车”.*再多写几个字/)
      expect(replies[3]).to.match(/记下了|什么时候/)
      const summary = replies.find((reply) => reply.includes('请核对')) ?? ''
      expect(summary).to.match(/和志强[\s\S]*买车，新的[\s\S]*匿名/)
      expect(replies.join('\n')).to.match(/举报对象：和志刚/)
      expect(replies.join('\n')).not.to.contain('没有看明白')
    })

    it('ends a short story with 没有了', async () => {
      const { app } = await make()
      const replies = await talk(app, wechatUser(4), ['我要举报', '和志强', '他买车', '没有了', '跳过', '匿名', '是'])
      expect(replies.at(-1)).to.match(/编号TS/)
    })
  })

  describe('somebody with a namesake', () => {
    for (const [n, line] of ['我没欠钱，是不是同名的', '名字一样咋办', '网上那个人和我名字一样怎么办'].entries())
      it(`is told first that a name is no identity, then how to check: ${line}`, async () => {
        const { app } = await make()
        const who = wechatUser(10 + n)
        const [reply = ''] = await talk(app, who, [line])
        expect(reply).to.match(/^您先放心[\s\S]*后四位/)
        expect((await talk(app, who, ['扎西次仁', '0222'])).at(-1)).to.match(/没有查到/)
      })
  })

  describe('somebody who is not understood', () => {
    it('is put through after the third message, and told that the office is closed on a Sunday', async () => {
      const { app } = await make()
      const replies = await talk(app, wechatUser(5), ['呜啦呜啦吧啦', '咕叽咕叽', '叽里呱啦咚'])
      expect(replies[0]).to.match(/没有看明白您要办什么|您是想/)
      expect(replies[2]).to.match(/请工作人员来帮您[\s\S]*咨询编号RG[\s\S]*现在不是上班时间/)
      expect((await listHandoffs(app, CLERK, PAGE)).items.map(({ reason }) => reason)).to.deep.equal(['misses'])
    })

    it('is put through at once when angry, also within a dialog', async () => {
      const { app } = await make()
      expect((await talk(app, wechatUser(6), ['什么破东西，说人话']))[0]).to.match(/咨询编号RG/)
      expect((await talk(app, wechatUser(7), ['我要举报', '傻X，1234567']))[1]).to.match(/咨询编号RG/)
    })
  })
})
