// An applicant of a case writes to the bot, on both databases: what is refused, what is asked, one matter of each kind to its end.
// The commands are test/features/creditors/commands.test.ts; how sentences are understood is understand.test.ts.

import { expect } from 'chai'
import { confirmMatter, decideMatter, declineMatter, draftMatter, reviewMatter } from '../../src/features/creditors/commands.ts'
import { listMatters, showMatter } from '../../src/features/creditors/views.ts'
import { shieldListings } from '../../src/features/bulletins/commands.ts'
import { approveListings } from '../../src/features/listings/commands.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { eachDatabase } from '../support/app.ts'
import { at, told } from '../support/deadlines.ts'
import { PERSON } from '../support/drafts.ts'
import { APPROVER, CLERK, listed, submitted } from '../support/listed.ts'
import { talk, wechatUser, type Talker } from '../support/talk.ts'

const TODAY = '2026-03-02'
const WEB: Talker = { channel: 'web', from: 'page-visitor-0000000001' }
const { name: _name, caseNo: _caseNo, ...REST } = PERSON

async function only(app: AppContext): Promise<string> {
  const { items } = await listMatters(app, CLERK, { filter: {}, page: { limit: 20, offset: 0 } })
  expect(items).to.have.length(1)
  return items[0]?.id ?? ''
}

eachDatabase((_db, make) => {
  const openApp = async (): Promise<AppContext> => (await make({ now: at(TODAY, 10) })).app

  it('asks again for what it cannot read, and files nothing before the yes', async () => {
    const app = await openApp()
    const replies = await talk(app, wechatUser(1), [
      '我是申请执行人',
      '随便',
      '2',
      '9号',
      '（2026）云3401执9号',
      '扎西某',
      '有',
      '他在尼西乡有一台挖掘机，登记在弟弟名下',
      '13988120001',
      '央宗卓玛',
      '取消',
    ])
    const expected = [/请回复数字/, /没有看明白.*请回复数字/s, /案号/, /没有看明白.*案号/s, /对方/, /财产在哪里/, /没有看明白.*财产在哪里/s]
    for (const [n, pattern] of expected.entries()) expect(replies[n], String(n)).to.match(pattern)
    expect(replies.slice(7)).to.have.length(4)
    expect(replies[7]).to.match(/姓名.*手机号码/)
    expect(replies[9]).to.match(/请核对：.*提供财产线索.*央宗卓玛.*139\*{4}0001/s)
    expect(replies[10]).to.match(/没有提交任何内容/)
    expect((await listMatters(app, CLERK, { filter: {}, page: { limit: 20, offset: 0 } })).total).to.equal(0)
  })

  it('needs a phone on the web page, and no phone from an account', async () => {
    const app = await openApp()
    const lines = ['我要申请把对方纳入失信名单', '（2026）云3401执9号', '扎西某', '他把房子过户给了亲戚，就是不还钱', '央宗卓玛']
    expect((await talk(app, WEB, lines)).at(-1)).to.match(/^请留下您的手机号码/)
    expect((await talk(app, WEB, ['13988120001'])).at(-1)).to.match(/请核对/)
    expect((await talk(app, wechatUser(2), lines)).at(-1)).to.match(/请核对.*联系电话：无/s)
  })

  it('says the same of a case that exists and of one that does not, now and when it is declined', async () => {
    const app = await openApp()
    await listed(app, 1, { applicantName: '真正的申请人', applicantPhone: '13988120009' })
    const filed: string[] = []
    for (const [n, caseNo] of ['（2026）云3401执1号', '（2026）云3401执77号'].entries()) {
      const replies = await talk(app, wechatUser(10 + n), [
        ...['我是申请执行人', '2', caseNo, '扎西某', '他在尼西乡有一台挖掘机', '骗子某', '是'],
      ])
      filed.push((replies.at(-1) ?? '').replace(/XS[\d-]+|[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}/g, '#'))
    }
    expect(filed[0]).to.equal(filed[1])
    const { items } = await listMatters(app, CLERK, { filter: {}, page: { limit: 20, offset: 0 } })
    for (const { id } of items) await declineMatter(app, CLERK, { id, note: '不是该案的申请执行人' })
    const [known, unknown] = [await talk(app, wechatUser(10), ['查进度']), await talk(app, wechatUser(11), ['查进度'])]
    expect(known[0]).to.match(/财产线索XS20260302-0001：没有受理，请带身份证件到法院办理/)
    expect(unknown[0]?.replace('0002', '0001')).to.equal(known[0])
  })

  it('leads an application from one sentence to the decision, and tells only who wrote', async () => {
    const app = await openApp()
    const who = wechatUser(20)
    const replies = await talk(app, who, [
      '本人系申请执行人，现申请将被执行人扎西次仁纳入失信名单，案号（2026）云3401执9号，他有两套房就是不还',
      '央宗卓玛，13988120001',
      '是',
    ])
    expect(replies[0]).to.match(/姓名.*手机号码/)
    expect(replies[1]).to.match(/请核对：.*申请纳入失信名单.*执9号.*扎西次仁.*央宗卓玛/s)
    expect(replies[2]).to.match(/编号NR20260302-0001.*最迟2026年3月17日/s)
    const id = await only(app)
    expect((await showMatter(app, CLERK, id)).way).to.equal('bot')
    await confirmMatter(app, CLERK, { id })
    const { listingId } = await draftMatter(app, CLERK, { id, content: REST })
    expect((await talk(app, who, ['查进度']))[0]).to.match(/纳入申请NR20260302-0001：正在办理/)
    const items = [{ id: listingId }]
    await submitted(app, CLERK, items)
    await approveListings(app, APPROVER, { items })
    expect((await talk(app, who, ['查进度']))[0]).to.match(/NR20260302-0001：已决定纳入/)
    expect((await talk(app, wechatUser(21), ['查进度']))[0]).to.match(/没有查到/)
    const notices = (await told(app, 'creditor.')).filter(({ recipient }) => recipient.startsWith('creditor:'))
    expect(notices.map(({ media }) => media)).to.deep.equal(['wechat', 'wechat', 'wechat'])
    for (const { text } of notices) expect(text).to.not.match(/扎西|云3401/)
  })

  it('takes an objection to an exit, and answers its number and code from elsewhere', async () => {
    const app = await openApp()
    const [exited = ''] = await listed(app, 1)
    await shieldListings(app, CLERK, { items: [{ id: exited }], ground: 'settlement_performed', reason: '和解已履行' })
    const replies = await talk(app, wechatUser(30), [
      ...['对退出有异议', '（2026）云3401执1号', '扎西某', '和解款还差三万元没有到账', '央宗卓玛 13988120001', '是'],
    ])
    const [, number = '', code = ''] = /编号(YY[\d-]+)，查询码([\dA-Z-]+)/.exec(replies.at(-1) ?? '') ?? []
    expect(number).to.equal('YY20260302-0001')
    const id = await only(app)
    await confirmMatter(app, CLERK, { id, listingId: exited })
    await reviewMatter(app, CLERK, { id, finding: 'refused', reason: '余款已于三月一日到账' })
    await decideMatter(app, APPROVER, { id })
    const wrong = await talk(app, WEB, [`查进度 ${number}`, '7GQK-2MXB-9TDH'])
    expect(wrong[1]).to.match(/编号或查询码不对/)
    const right = await talk(app, WEB, [`查进度 ${number}`, code])
    expect(right[1]).to.match(/对退出的异议YY20260302-0001：不予支持.*余款已于三月一日到账/s)
  })

  it('limits what one person files in an hour', async () => {
    const app = await openApp()
    const who = wechatUser(40)
    const once = ['我是申请执行人', '2', '（2026）云3401执9号', '扎西某', '他在尼西乡有一台挖掘机', '央宗卓玛', '是']
    let last = ''
    for (let n = 0; n < 11; n += 1) last = (await talk(app, who, once)).at(-1) ?? ''
    expect(last).to.not.match(/编号XS/)
  })
})
