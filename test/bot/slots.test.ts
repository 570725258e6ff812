// The slots that are found in a message. The synthetic identifiers have right check digits, unless the test is about a wrong one.

import { expect } from 'chai'
import fc from 'fast-check'
import type { Intent, Slots } from '../../src/core/understanding.ts'
import { normalise } from '../../bot/understanding/normalise.ts'
import { findSpans, mask, slotsOf } from '../../bot/understanding/slots.ts'
import { idCheckDigit } from '../../src/core/identifiers.ts'

const ID = '533421198410140222'
const USCC = '91350100M000100Y43'

function slots(text: string, intent: Intent = 'query_list'): Slots {
  const message = normalise(text)
  return slotsOf(message, findSpans(message), intent)
}

describe('slots of names in any script', () => {
  it('are found in the form that the help shows', () => {
    const cases: [string, string, string][] = [
      ['查一下艾力·买买提 1084', '艾力·买买提', '1084'],
      ['查一下艾力•买买提 1084', '艾力•买买提', '1084'],
      ['查一下艾力.买买提 1084', '艾力.买买提', '1084'],
      ['查一下艾力．买买提 1084', '艾力．买买提', '1084'],
      ['查一下艾力。买买提 1084', '艾力。买买提', '1084'],
      ['查艾力・买买提・吾甫尔 1084', '艾力・买买提・吾甫尔', '1084'],
      ['查 𠮷田 1332', '𠮷田', '1332'],
      ['查 杨𱍐 1383', '杨𱍐', '1383'],
      ['查 Aisha Mohammed 1447', 'Aisha Mohammed', '1447'],
      ['查 བཀྲ་ཤིས་ 1447', 'བཀྲ་ཤིས་', '1447'],
      ['查一下和志强，身份证号后四位，零四六八。', '和志强', '0468'],
      ['查和志强尾号幺二三叉', '和志强', '123X'],
      ['查 刘\ue863 6117', '刘\ue863', '6117'],
    ]
    for (const [text, name, tail] of cases) expect([text, slots(text)]).to.deep.equal([text, { name, id_number: tail }])
  })
})

describe('slots of numbers with another meaning', () => {
  it('never take an order, card or phone service number for an identifier', () => {
    for (const text of ['订单20261122123456789012', '卡号6217003860012345678', '6217 0038 6000 1234 567', '1008611', '123456789012345678'])
      expect(slots(text), text).to.deep.equal({})
  })

  it('never take a phone number or a query code for a bind code', () => {
    expect(slots('手机13900001234', 'liaison_bind')).to.deep.equal({ phone: '13900001234' })
    expect(slots('TS20261122-0007 查询码 483920')).to.deep.equal({ ticket_no: 'TS20261122-0007' })
  })

  it('include figures only in a liaison’s feedback', () => {
    expect(slots('核查40限制3')).to.deep.equal({})
    expect(slots('核查40限制3', 'liaison_feedback')).to.deep.equal({ checked: '40', restricted: '3' })
  })

  it('include an identifier with one wrong character, so that the dialog can say so', () => {
    const wrong = ID.slice(0, 17) + (ID.endsWith('1') ? '2' : '1')
    expect(slots(`身份证${wrong}`)).to.deep.equal({ id_number: wrong })
    expect(slots(`身份证号${ID.slice(0, 17)}`)).to.deep.equal({ id_number: ID.slice(0, 17) })
  })
})

describe('slots of identifiers', () => {
  const numbers = fc
    .tuple(
      fc.constantFrom('533421', '533423', '110101'),
      fc.integer({ min: 1950, max: 2007 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
      fc.integer({ min: 0, max: 999 }),
    )
    .map(([place, year, month, day, rank]) => {
      const first = `${place}${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}${String(rank).padStart(3, '0')}`
      return first + idCheckDigit(first)
    })

  it('include every right ID number, however it is spaced, in half-width characters without blanks', () => {
    const wide = (text: string): string => text.replace(/[\dX]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0))
    fc.assert(
      fc.property(numbers, fc.constantFrom('', '身份证', '查 ', '和志强'), (number, before) => {
        expect(slots(`${before}${number}是不是老赖`).id_number).to.equal(number)
        expect(slots(`${before}${wide(number)}`).id_number).to.equal(number)
        expect(slots(`${before}${number.slice(0, 6)} ${number.slice(6, 14)} ${number.slice(14)}`).id_number).to.equal(number)
      }),
    )
  })

  it('include an ID number that would also pass as an organisation code', () => {
    expect(slots('533423195211192424是不是老赖')).to.deep.equal({ id_number: '533423195211192424' })
    expect(slots('533423 19521119 2424')).to.deep.equal({ id_number: '533423195211192424' })
  })

  it('include organisation codes, the last four characters, and an X that was read aloud', () => {
    expect(slots(`查${USCC}`)).to.deep.equal({ uscc: USCC })
    expect(slots('名字叫和志强 身份证后四位是222X')).to.deep.equal({ name: '和志强', id_number: '222X' })
    const first = '53342119841014022'
    const long =
      Array.from({ length: 10 }, (_, digit) => `${first.slice(0, 16)}${digit}`).find((seventeen) => idCheckDigit(seventeen) === 'X') ?? ''
    expect(slots(`${long}叉`).id_number).to.equal(`${long}X`)
  })

  it('are a list for several values, and one value for the same value twice', () => {
    expect(slots('核查张伟和李秀英', 'precheck').name).to.deep.equal(['张伟', '李秀英'])
    expect(slots('和志强 和志强').name).to.equal('和志强')
  })
})

describe('slots of case and ticket numbers', () => {
  it('include case numbers with any brackets, without brackets, and with blanks', () => {
    for (const [text, value] of [
      ['（2026）云3401执123号', '（2026）云3401执123号'],
      ['(2025)云3401执恢46号咋个样', '(2025)云3401执恢46号'],
      ['案号2026云3401执88号', '2026云3401执88号'],
      ['（２０２６）云３４０１执保１５号', '（2026）云3401执保15号'],
      ['( 2024 ) 云 3401 执 7 号 进展', '(2024)云3401执7号'],
      ['〔2024〕云3401民初12号', '〔2024〕云3401民初12号'],
    ] as const)
      expect(slots(text).case_no, text).to.equal(value)
  })

  it('include ticket numbers with blanks and in lower case', () => {
    expect(slots('编号 TS 20261122 0018').ticket_no).to.equal('TS202611220018')
    expect(slots('ts20261122-0018结案没').ticket_no).to.equal('ts20261122-0018')
  })
})

describe('slots of names', () => {
  it('are empty for everyday words that begin like a name', () => {
    for (const text of [
      '马上给我处理',
      '这段时间',
      '任何人都能查吗',
      '和解了怎么撤',
      '高消费限制哪些',
      '方便吗',
      '我的钱还清了',
      '公司成立',
      '扎西德勒',
      '麻烦查一下',
      '查老赖',
      '明明有钱',
      '何时能撤',
    ])
      expect(slots(text).name, text).to.equal(undefined)
  })

  it('include the kinds of names that are common in Diqing', () => {
    for (const name of [
      '扎西次仁',
      '七林旺丹',
      '鲁茸此里',
      '斯那定主',
      '和志强',
      '木丽江',
      '欧阳海燕',
      '阿追阿追',
      '吉克木呷',
      '余阿南',
      '艾力·买买提',
      '尼玛',
      '王建国',
      '张伟',
    ])
      for (const text of [`查一下${name}是不是失信`, name, `我要举报${name}欠钱不还`, `${name} ${ID}`])
        expect(slots(text).name, text).to.equal(name)
  })

  it('keep a name in traditional characters as it was written', () => {
    expect(slots('請問扎西頓珠是不是失信被執行人').name).to.equal('扎西頓珠')
  })
})

describe('slots of organisations and other values', () => {
  it('tell companies from units and from companies without a name', () => {
    expect(slots('帮我看看香格里拉市雪岭商贸有限公司有没有上黑名单').company).to.equal('香格里拉市雪岭商贸有限公司')
    expect(slots('云南高原红酒店管理有限公司失信没').company).to.equal('云南高原红酒店管理有限公司')
    expect(slots('这个公司靠谱吗').company).to.equal(undefined)
    expect(slots('住五星级酒店').company).to.equal(undefined)
    expect(slots('投诉香格里拉市市场监督管理局', 'complaint_new')).to.deep.equal({ unit: '香格里拉市市场监督管理局' })
  })

  it('include quarters, dates, amounts and the wish to stay anonymous', () => {
    expect(slots('2026年三季度核查86次,拒绝2次', 'liaison_feedback')).to.deep.equal({
      quarter: '2026年三季度',
      checked: '86',
      restricted: '2',
    })
    expect(slots('继续保留至2026年12月31日', 'liaison_ack')).to.deep.equal({ date: '2026年12月31日' })
    expect(slots('匿名举报他欠我4万6', 'complaint_new')).to.deep.equal({ anonymous: '匿名', amount: '4万6' })
    expect(slots('8次核查两次限制', 'liaison_feedback')).to.deep.equal({ checked: '8', restricted: '两' })
  })

  it('include bind codes beside their word, without blanks', () => {
    expect(slots('绑定码7KQ2MX', 'liaison_bind').bind_code).to.equal('7KQ2MX')
    expect(slots('法院给我的码 902 114', 'liaison_bind').bind_code).to.equal('902114')
  })

  it('are masked in the text, so that the classifier learns no names', () => {
    const message = normalise(`查和志强 ${ID} 第2次`)
    expect(mask(message.plain, findSpans(message))).to.equal('查N I 第#次')
  })
})
