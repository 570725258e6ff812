// Identity numbers and mobile numbers of persons in texts that people write: found in every spelling, masked, split from a name. Invented.

import { expect } from 'chai'
import { maskIdentityNumbers, maskPersonalNumbers, personalNumbersIn, splitNameAndNumber } from '../../src/core/personal-numbers.ts'

const ID = '533421198410140222'

describe('numbers of persons in a text', () => {
  it('are found in every spelling', () => {
    for (const written of [
      ID,
      '５３３４２１１９８４１０１４０２２２',
      '533421 19841014 0222',
      '533421-19841014-0222',
      '533421　1984\u200b1014 0222',
      `ID${ID}`,
      `3 ${ID} 2`,
      `200000 ${ID}`,
    ])
      expect(
        personalNumbersIn(`向张三（${written}）支付`).map(({ kind, number }) => `${kind} ${number}`),
        written,
      ).to.deep.equal([`identity ${ID}`])
    for (const written of [
      '13988887777',
      '139 8888 7777',
      '139-8888-7777',
      '1398888 7777',
      '+86 13988887777',
      '8613988887777',
      '１３９８８８８７７７７',
    ])
      expect(
        personalNumbersIn(`电话${written}。`).map(({ kind }) => kind),
        written,
      ).to.deep.equal(['mobile'])
  })

  it('are not seen in case numbers, sums, days, accounts and codes of organisations', () => {
    for (const text of [
      '（2025）云3401民初2530号',
      '支付13800000000元',
      '支付13,800,000,000.00元',
      '支付13800000000.00元及利息',
      '自2025年1月1日起至2026年12月31日止',
      '账号6222021234567890123',
      '统一社会信用代码91533401506614261G',
      '合同编号201513988887777',
      '533421198410140223',
      '支付135元、2024-10-12前付清',
      '2024年10月12日、2025年1月1日、2025年12月31日各付1,000元',
      '本金1,234,567.89元，利息98,765.43元，费用1,200元',
    ])
      expect(personalNumbersIn(text), text).to.deep.equal([])
  })

  it('are masked, and so is what only looks like an identity number', () => {
    expect(maskPersonalNumbers(`向张三（${ID}，电话139 8888 7777）和533421198410140223支付8000元`)).to.equal(
      '向张三（******************，电话*************）和******************支付8000元',
    )
    expect(maskPersonalNumbers('533421 19841014 0222')).to.equal('********************')
    expect(maskIdentityNumbers(`请致电13988887777，号码${ID}`)).to.equal('请致电13988887777，号码******************')
    expect(maskPersonalNumbers('香格里拉市人民法院')).to.equal('香格里拉市人民法院')
  })

  it('are masked where a judgment has masked them in part, or they are written in another way', () => {
    for (const written of [
      '5334211984****0222',
      '533421********0222',
      '533421xxxxxxxx0222',
      '53342119841014XXXX',
      '53342119841014**22',
      '５３３４２１１９８４＊＊＊＊０２２２',
      '533421/19841014/0222',
      '533421，19841014，0222',
      '533421、19841014：0222',
      '533421|19841014~0222',
      '53342119841014(0222)',
      '533421 1984年10月14日 0222',
      '533421 841014 022',
      '五三三四二一一九八四一〇一四〇二二二',
      '⑤③③④②①①⑨⑧④①⓪①④⓪②②②',
      '139****2222',
      '(139)11112222',
      '（139）1111-2222',
    ]) {
      const masked = maskPersonalNumbers(`向张三（证号${written}）支付`)
      expect(masked, written).to.match(/^向张三（证号[*()]+）支付$/)
    }
    for (const tail of ['身份证尾号0222', '身份证后四位0222', '公民身份号码末四位为022X', '证件（尾号：0222）'])
      expect(maskPersonalNumbers(`张三（${tail}）`), tail).not.to.match(/022/)
    for (const text of [
      '银行卡尾号6789',
      '支付一百二十三万四千五百六十七元',
      '面积120x60',
      '第3×4块',
      '3*4',
      '型号AB200**',
      '自一九九〇年至二〇二五年',
    ])
      expect(maskPersonalNumbers(text), text).to.equal(text)
  })

  it('are taken from beside a name in the forms that lists have, and from nothing else', () => {
    for (const written of [
      `张三（${ID}）`,
      `张三(身份证号：${ID})`,
      `张三 ${ID}`,
      `张三，公民身份号码 ${ID}`,
      `张三、身份证号码：533421 19841014 0222`,
      `${ID} 张三`,
    ])
      expect(splitNameAndNumber(written), written).to.deep.equal({ name: '张三', number: ID })
    for (const written of ['张三', '张三（13988887777）', `张三（${ID}）李四（${ID}）`, `张三3号 ${ID}`, ID])
      expect(splitNameAndNumber(written), written).to.deep.equal({ name: written, number: null })
  })
})
