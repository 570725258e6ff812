// Conversations line by line, through `answer`, which all channels use, on both databases.
// What holds in every conversation is tested in conversations.test.ts.

import { expect } from 'chai'
import { eachDatabase, type TestApp } from '../support/app.ts'
import { born } from '../support/drafts.ts'
import { listed } from '../support/listed.ts'
import { reopened, say, talk, wechatUser } from '../support/talk.ts'

const ANOTHER = born('19800101')

type Script = readonly (readonly [line: string, reply: RegExp])[]

/** Messages with the pattern that each reply must match. Every script is also run with the database reopened between any two messages. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  'an enquiry that needs an identifier': [
    ['你好', /香格里拉市人民法院/],
    ['帮我查一下扎西次仁是不是失信人', /请补充.*后四位/s],
    ['0222', /查到2条.*（\*{18}）.*云3401执1号/s],
  ],
  'an enquiry with the last four digits after the name': [['查扎西次仁 0222', /查到2条/]],
  'an enquiry with everything in one line': [['查 扎西次仁 533421198410140222', /查到2条/]],
  'an enquiry that finds nothing, and says that this proves nothing': [
    ['查 扎西次仁 533421198410140223', /号码不对。号码位数够了，但是有一位不对/],
    ['0231', /没有查到.*不代表/s],
  ],
  'an enquiry with numbers that cannot be, each of which is called wrong and why': [
    ['查 扎西次仁 533421198413140222', /号码不对。.*出生日期.*第7至14位/],
    ['993421198410140222', /号码不对。.*第1至6位/],
    ['533421198410140222', /查到2条/],
  ],
  'an enquiry about a company, which is not asked for an identity number': [
    ['帮我查一下香格里拉市某某商贸有限公司是不是失信人', /^(?!.*身份证).*统一社会信用代码/s],
    ['取消', /./],
  ],
  'an enquiry that finds more than a reply holds, and says how to see the rest': [
    [`查 和多案 ${ANOTHER}`, /查到5条.*这里列出3条.*发案号查其中一条.*（\*{18}）/s],
  ],
  'an enquiry by the number of another document, which is not sought in sentences': [
    ['帮我查一下陈嘉文是不是失信人', /请补充.*后四位/s],
    ['回乡证号 H0123456701', /查到1条.*（\*{9}）/s],
    ['帮我查一下陈嘉文是不是失信人', /请补充.*后四位/s],
    ['01234567', /没有看明白/],
    ['台胞证01234567', /没有查到.*不代表/s],
  ],
  'a complaint that is corrected on the way, and then its progress': [
    ['我要举报', /举报谁/],
    ['和志强', /发生了什么/],
    ['他欠钱不还，还天天坐飞机到处旅游', /什么时候/],
    ['上个月在丽江机场', /姓名和手机号/],
    ['我叫李小明 13988812345', /举报对象：和志强.*举报人：李小明.*139\*{4}2345/s],
    ['返回', /姓名和手机号/],
    ['匿名', /举报人：匿名/],
    ['是', /编号TS20261122-\d{4}，查询码[0-9A-Z]{4}-/],
    ['查举报进度', /TS20261122-\d{4}：已收到/],
  ],
  'a sentence instead of a name is not taken for a name': [
    ['我要举报和志强欠我十万块钱不还还坐飞机住五星级酒店', /什么时候/],
    ['跳过', /姓名和手机号/],
    ['他去年还买了车', /没有看明白.*姓名和手机号/s],
    ['鲁茸此称', /举报人：鲁茸此称/],
  ],
  'a complaint in one message, cancelled before it is filed': [
    ['我要举报和志强欠我十万块钱不还还坐飞机住五星级酒店', /什么时候/],
    ['跳过', /姓名和手机号/],
    ['匿名', /请核对/],
    ['取消', /没有提交任何内容/],
    ['返回', /可以帮您/],
  ],
  'a complaint whose first message contains everything, also the complainant’s own name': [
    ['我叫李小明，电话13988812345，举报和志强上个月在丽江机场坐飞机，欠我十万块不还', /举报对象：和志强.*举报人：李小明.*139\*{4}2345/s],
    ['是', /编号TS20261122-\d{4}/],
  ],
  'a handoff to a clerk in the middle of a dialog ends the dialog': [
    ['我要举报', /举报谁/],
    ['你们电话多少', /咨询编号RG20261122-\d{4}(?!.*举报谁)/s],
    ['取消', /人工服务已结束/],
    ['你好', /可以查名单/],
  ],
  'a name is not enough to confirm identity': [
    ['查我的案件', /核对身份/],
    ['扎西次仁', /没有看明白.*完整身份证号码/s],
    ['533421198410140222', /验证码/],
    ['查名单', /先暂停查自己的案件/],
    ['否', /请回复验证码/],
    ['取消', /已取消/],
  ],
  'a general question and another intent in the middle of a dialog': [
    ['我要举报', /举报谁/],
    ['怎么退出名单', /3日内屏蔽.*举报谁/s],
    ['帮助', /请回答下面的问题.*举报谁/s],
    ['查名单', /先暂停举报，改为查名单吗/],
    ['否', /^您要举报谁/],
    ['查名单', /先暂停举报/],
    ['是', /请发要查的姓名/],
    ['取消', /已取消/],
  ],
  'subscribing to bulletins and unsubscribing': [
    ['我想订阅名单通报', /订阅成功/],
    ['订阅', /已经订阅过/],
    ['TD', /已退订.*依法必须送达的通知不受影响/s],
    ['退订', /没有订阅/],
  ],
  'a handoff to a clerk, silence, and the bot again': [
    ['转人工', /咨询编号RG20261122-\d{4}/],
    ['在吗', /^$/],
    ['人工', /已经在等候/],
    ['取消', /人工服务已结束/],
    ['你好', /可以查名单/],
  ],
  'somebody in danger': [['我不想活了', /12356/]],
  'questions about one’s own listing without a confirmed identity: the general rules and the court’s phone': [
    ['为什么把我列入失信', /核对身份.*决定书上写明.*0887-12368.*人工/s],
    ['我要申请信用修复', /先暂停查自己的案件，改为信用修复吗/],
    ['是', /会同有关单位办理.*核对身份/s],
    ['取消', /已取消/],
    ['我要提异议，不该把我列进去', /10日内提出.*15日内审查.*0887-12368/s],
    ['取消', /已取消/],
    ['怎么退出名单', /3日内屏蔽.*查我的案件/s],
  ],
}

eachDatabase((_db, make) => {
  describe('a conversation', () => {
    let test: TestApp
    before(async () => {
      test = await make()
      await listed(test.app, 2, { name: '扎西次仁' })
      const permit = { name: '陈嘉文', identifier: 'H0123456701', documentType: '港澳居民来往内地通行证', sex: '', age: '' }
      await listed(test.app, 1, permit, 3)
      await listed(test.app, 5, { name: '和多案', identifier: ANOTHER, sex: '', age: '' }, 4)
    })

    for (const [at, [name, script]] of Object.entries(SCRIPTS).entries()) {
      it(`goes as its script says: ${name}`, async () => {
        const replies = await talk(
          test.app,
          wechatUser(at),
          script.map(([line]) => line),
        )
        for (const [n, [line, expected]] of script.entries()) expect(replies[n], line).to.match(expected)
      })

      it(`goes on after a restart between any two messages: ${name}`, async () => {
        const who = wechatUser(100 + at)
        for (const [line, expected] of script) {
          const again = await reopened(test)
          try {
            expect((await say(again.app, who, line)).text, line).to.match(expected)
          } finally {
            await again.close()
          }
        }
      })
    }
  })
})
