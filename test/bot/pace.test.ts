// One sender who writes without end: how many messages are answered on each channel, what is said then, and who is answered all the same.

import { expect } from 'chai'
import { answer } from '../../bot/answer.ts'
import type { Channel } from '../../bot/message.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { eachDatabase } from '../support/app.ts'
import { say, type Talker } from '../support/talk.ts'

const PHONE: Talker = { channel: 'sms', from: '+8613900000001' }
const FOLLOWER: Talker = { channel: 'wechat', from: 'oFlooder' }

/** Says 帮助 so often, one after another; answers how many got words, and the last words. */
async function flood(app: AppContext, who: Talker, times: number): Promise<{ answered: number; last: string }> {
  const replies: string[] = []
  for (let n = 0; n < times; n++) replies.push((await say(app, who, '帮助')).text)
  const spoken = replies.filter((text) => text !== '')
  return { answered: spoken.length, last: spoken.at(-1) ?? '' }
}

eachDatabase((_db, make) => {
  describe('a sender who writes without end', () => {
    const most: [channel: Channel, from: string, most: number][] = [
      ['wechat', 'oFlooder', 30],
      ['sms', '+8613900000001', 30],
      ['wechaty', 'wxid_flooder', 10],
    ]
    for (const [channel, from, answered] of most)
      it(`gets ${answered} answers a minute by ${channel}, then is told once, then nothing`, async () => {
        const { app } = await make()
        const result = await flood(app, { channel, from }, 40)
        expect(result.answered).to.equal(answered + 1)
        expect(result.last).to.match(/太多/).and.include(app.config.court.phone)
        const kept = await app.store.read((db) => db.query<{ n: number | string }>('select count(*) as n from conversation_message'))
        expect(Number(kept[0]?.n)).to.equal(answered + 1)
        // Somebody else is not held up.
        expect((await say(app, { channel, from: `${from}2` }, '帮助')).text).not.to.match(/太多/)
      })

    it('gets 40 answers a day by SMS, however slowly they come', async () => {
      const { app, clock } = await make()
      let answered = 0
      for (let n = 0; n < 60; n++) {
        clock.advance(5 * 60_000)
        if ((await say(app, PHONE, '帮助')).text !== '') answered += 1
      }
      expect(answered).to.equal(41)
      clock.advance(24 * 3_600_000)
      expect((await say(app, PHONE, '帮助')).text).not.to.match(/^$|太多/)
    })

    it('is told of the day once, and not again each minute', async () => {
      const { app, clock } = await make()
      let answered = 0
      for (let minute = 0; minute < 4; minute++) {
        answered += (await flood(app, PHONE, 35)).answered
        clock.advance(61_000)
      }
      // Thirty and a word about the minute; the rest of forty and a word about the day; nothing.
      expect(answered).to.equal(31 + 6)
    })

    it('is answered after a minute, where the conversation stood', async () => {
      const { app, clock } = await make()
      await say(app, FOLLOWER, '我要举报')
      await flood(app, FOLLOWER, 35)
      clock.advance(61_000)
      expect((await say(app, FOLLOWER, '和志强')).text).not.to.match(/^$|太多/)
    })

    it('is answered in danger all the same, five times an hour', async () => {
      const { app } = await make()
      await flood(app, FOLLOWER, 35)
      const replies: string[] = []
      for (let n = 0; n < 8; n++) replies.push((await say(app, FOLLOWER, '我不想活了，站在楼顶')).text)
      expect(replies.filter((text) => text.includes('120'))).to.have.length(5)
    })

    it('is counted exactly when messages come at once', async () => {
      const { app } = await make()
      const replies = await Promise.all(
        Array.from({ length: 40 }, (_, n) => answer(app, { ...FOLLOWER, text: '帮助', messageId: `m${n}` })),
      )
      expect(replies.filter(({ text }) => text !== '')).to.have.length(31)
    })
  })
})
