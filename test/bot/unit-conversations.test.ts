// Conversations of a liaison: answering lift orders, submitting the quarterly return, screening somebody and reporting the decision.
// The dialogs step by step are conversation-walks.test.ts; reading answers is answer-words.test.ts.

import { expect } from 'chai'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { listLiftOrders, showLiftOrder } from '../../src/features/lifts/views.ts'
import { openFeedback } from '../../src/features/feedback/rounds.commands.ts'
import { ownReturn } from '../../src/features/feedback/commands.ts'
import { reviewObjection, registerObjection } from '../../src/features/objections/commands.ts'
import { listScreenings } from '../../src/features/screening/views.ts'
import { SYSTEM, type Actor } from '../../src/platform/commands/permissions.ts'
import { bindLiaisonOf, NOBODY, openWorld, OWN, UNIT } from '../support/bot-world.ts'
import { ADMIN, told } from '../support/deadlines.ts'
import { addLiaison } from '../../src/features/units/commands.ts'
import { eachDatabase } from '../support/app.ts'
import { APPROVER, CLERK, listed } from '../support/listed.ts'
import { say, talk, wechatUser, type Talker } from '../support/talk.ts'
import { shieldListings } from '../../src/features/bulletins/commands.ts'

const OF_UNIT: Actor = { id: 'liaison:x', roles: ['liaison'], unitId: UNIT }
const PAGE = { limit: 50, offset: 0 }

eachDatabase((_db, make) => {
  const countScreenings = async (app: AppContext): Promise<number> => (await listScreenings(app, OF_UNIT, { filter: {}, page: PAGE })).total

  it('refuses the dialogs of units to everybody but a bound account: other people, a liaison’s phone, the web', async () => {
    const { app } = await openWorld(make)
    const phone: Talker = { channel: 'sms', from: '+8613900002222' }
    await addLiaison(app, ADMIN, { unitId: UNIT, name: '某人', phone: '13900002222' })
    for (const who of [wechatUser(1), phone, { channel: 'web' as const, from: 't' }]) {
      expect((await say(app, who, '季度反馈')).text, who.channel).to.match(/由已绑定的单位联络员办理/)
      expect((await say(app, who, '解除通知已解除')).text, who.channel).to.match(/由已绑定的单位联络员回复|您是想/)
      expect((await say(app, who, `帮我核查扎西次仁 ${OWN} 能不能贷款`)).text, who.channel).not.to.match(/执1号/)
    }
    expect(await countScreenings(app)).to.equal(0)
  })

  describe('a lift order', () => {
    it('is chosen by number when several are open, and answered entry by entry', async () => {
      const { app, liaison } = await openWorld(make)
      const ids = await listed(app, 3, { name: '和志强', identifier: NOBODY }, 10)
      await shieldListings(app, APPROVER, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行完毕' })
      const [which, order, summary, done] = await talk(app, liaison, [
        '解除通知怎么回复',
        '2',
        '2继续保留 依据《某某法》第十条 至2027年6月30日；其余解除',
        '是',
      ])
      expect(which).to.match(/1\. 通报.*1条.*\n2\. 通报.*3条/s)
      expect(order)
        .to.match(/共3条.*1\. 和志强.*3\. 和志强/s)
        .and.not.include(NOBODY)
      expect(summary).to.match(/解除2条.*继续保留：和志强，依据《某某法》第十条，至2027年6月30日/s)
      expect(done).to.match(/解除2条，继续保留1条.*全部回复/s)
      const { items } = await listLiftOrders(app, CLERK, { filter: { unitId: UNIT, state: 'answered' }, page: PAGE })
      const { entries } = await showLiftOrder(app, CLERK, { id: items[0]?.id ?? '', page: PAGE })
      expect(entries.map(({ state }) => state).sort()).to.deep.equal(['lifted', 'lifted', 'retained'])
      // Only one order is left: it is shown at once, and the answer in the first message counts.
      expect((await talk(app, liaison, ['已解除', '是']))[1]).to.match(/解除1条.*全部回复/s)
      expect((await say(app, liaison, '解除通知已解除')).text).to.match(/没有待回复/)
    })

    it('stays open for the rest when it is answered in part, and refuses to keep a measure until a past day', async () => {
      const { app, liaison } = await openWorld(make)
      const ids = await listed(app, 2, { name: '和志强', identifier: NOBODY }, 10)
      await shieldListings(app, APPROVER, { items: ids.map((id) => ({ id })), ground: 'fully_performed', reason: '已履行完毕' })
      const replies = await talk(app, liaison, [
        '解除通知怎么回复',
        '2',
        '1解除；2继续保留 依据《某某法》第十条 至2020年6月30日',
        '是',
        '1解除',
        '是',
      ])
      expect(replies[3]).to.match(/还不能记录.*\n.*共2条/s)
      expect(replies[5]).to.match(/解除1条.*其余各条还没有回复/s)
      const [, again] = await talk(app, liaison, ['解除通知怎么回复', '2'])
      expect(again).to.match(/共1条/)
    })
  })

  describe('the quarterly return', () => {
    it('is shown with the counted figures, corrected in words, and never submitted with figures that contradict each other', async () => {
      const { app, liaison } = await openWorld(make)
      await talk(app, liaison, [`核查扎西次仁 ${OWN}`, '7.2', '1', '不予办理'])
      const shown = (await say(app, liaison, '季度反馈 核查 5 限制 9')).text
      expect(shown).to.match(/核查0件|数字对不上：核查5件，限制9件/)
      const replies = await talk(app, liaison, ['核查 5 限制 6', '取消', '季度反馈', '核查 40 限制 3', '核查 41 限制 3', '是'])
      expect(replies[0]).to.match(/数字对不上/)
      expect(replies[4]).to.match(/请核对.*核查41件，限制3件/s)
      expect(replies[5]).to.match(/已提交.*核查41件，限制3件/)
      expect(await ownReturn(app, OF_UNIT, {})).to.include({ state: 'submitted', checked: 41, restricted: 3, version: 2 })
      const corrected = await talk(app, liaison, ['季度反馈', '限制 4', '是'])
      expect(corrected[2]).to.match(/限制4件/)
    })

    it('is submitted by one word when nothing needs correction, and is recorded as late after its due day', async () => {
      const { app, clock, liaison } = await openWorld(make)
      expect((await talk(app, liaison, ['季度反馈', '是']))[1]).to.match(/已提交.*核查0件/)
      const other = wechatUser(9001)
      await bindLiaisonOf(app, 'civil_affairs', other)
      clock.advance(5 * 86_400_000)
      expect((await talk(app, other, ['季度反馈', '零报告', '是']))[2]).to.match(/已经超过期限，已如实记录/)
    })

    it('is the oldest one when two are open', async () => {
      const { app, clock, liaison } = await openWorld(make)
      clock.advance(90 * 86_400_000)
      await openFeedback(app, SYSTEM, { quarter: '2026Q4' })
      expect((await say(app, liaison, '季度反馈')).text).to.match(/2026年第三季度/)
    })
  })

  describe('a screening', () => {
    it('needs a whole identifier, is logged for the unit, and takes the report of the decision', async () => {
      const { app, liaison } = await openWorld(make)
      const replies = await talk(app, liaison, ['核查一下扎西次仁能不能贷款', '0222', OWN, '7.2', '1', '批了', '申请人提供了足额担保'])
      expect(replies[0]).to.match(/只凭姓名或后四位不能核查/)
      expect(replies[2]).to.match(/哪项惩戒措施.*\n1\. 1\.3 .*\n3\. 7\.2 住宿宾馆饭店限制/s)
      expect(replies[3]).to.match(/“贷款”对不上业务清单.*\n1\. 住宿星级宾馆饭店.*\n\d+\. 其他/s)
      expect(await countScreenings(app)).to.equal(1)
      expect(replies[4])
        .to.match(/执1号.*申请人本身列入名单；依照实施意见 二\(二\)7\(2\)“.*”，对“住宿星级.*”依法限制.*办了吗/s)
        .and.not.include(OWN)
      expect(replies[5]).to.match(/写明理由/)
      expect(replies[6]).to.match(/已登记：已经办理/)
      expect(await told(app, 'screening.approved_despite_hit')).to.have.length(1)
      const { items } = await listScreenings(app, OF_UNIT, { filter: {}, page: PAGE })
      expect(items[0]).to.include({ outcome: 'approved', reason: '申请人提供了足额担保' })
    })

    it('takes a name of any script that is asked for alone, as the enquiry does', async () => {
      const { app, liaison } = await openWorld(make)
      for (const name of ['བཀྲ་ཤིས་ཚེ་རིང་', 'Tenzin-Norbu O’Brien', '阿卜杜拉·买买提·艾力', '𠮷野某', '买合木提・艾力。']) {
        const [asks, next] = await talk(app, liaison, [`核查 ${NOBODY}`, name])
        expect(asks, name).to.match(/姓名|名称/)
        expect(next, name).to.match(/哪项惩戒措施/)
        await say(app, liaison, '取消')
      }
      const [, unclear] = await talk(app, liaison, [`核查 ${NOBODY}`, '？？'])
      expect(unclear).to.not.match(/哪项惩戒措施/)
    })

    it('says so and ends when it finds nobody, and never finds a namesake', async () => {
      const { app, liaison } = await openWorld(make)
      expect((await talk(app, liaison, [`核查和志强 ${NOBODY}`, '3', '1']))[2]).to.match(/没有查到.*没有查到不代表/s)
      expect((await talk(app, liaison, [`核查扎西次仁 ${NOBODY}`, '7.2', '其他']))[2]).to.match(/没有查到/)
      // Somebody on the list whose business no clause covers.
      expect((await talk(app, liaison, [`核查扎西次仁 ${OWN}`, '7.2', '住普通招待所']))[2]).to.match(/没有条款限制这种业务，请照常办理/)
      expect((await say(app, liaison, '你好')).text).to.match(/可以查名单/)
    })

    it('tells the unit to go on as usual while measures are suspended, and takes no refusal then', async () => {
      const { app, liaison, inForce } = await openWorld(make)
      const { id } = await registerObjection(app, CLERK, {
        listingId: inForce,
        about: 'measure',
        unitId: UNIT,
        way: 'counter',
        receivedOn: '2026-10-09',
        claim: '不应当限制',
      })
      await reviewObjection(app, CLERK, { id })
      const replies = await talk(app, liaison, [`核查扎西次仁 ${OWN}`, '7.2', '1', '不予办理'])
      expect(replies[2]).to.match(/暂不执行这项措施，请照常办理/)
      expect(replies[3]).to.match(/不能报送为不予同意/)
    })
  })
})
