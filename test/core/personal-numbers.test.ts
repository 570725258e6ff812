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
