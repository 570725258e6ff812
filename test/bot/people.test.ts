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
})
