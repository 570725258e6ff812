// Reading short answers: to a lift order, figures of a quarter, a decision after a screening, the subject of an objection. Pure.
// The dialogs that ask are tested in conversation-walks.test.ts; whole messages in understand.test.ts.

import { expect } from 'chai'
import { asksAgain, nameAfterNumber, numberIn, subjectIn } from '../../bot/understanding/answers.ts'
import { countOf, figuresIn, outcomeIn, reasonIn } from '../../bot/understanding/figures.ts'
import { isWhole, readLift, termsOf, type Entry } from '../../bot/understanding/lift-words.ts'

const ENTRIES: readonly Entry[] = [
  { id: 'a', name: '和志强', caseNo: '（2026）云3401执1号' },
  { id: 'b', name: '扎西次仁', caseNo: '（2026）云3401执2号' },
  { id: 'c', name: '香格里拉市某某商贸有限公司', caseNo: '（2026）云3401执3号' },
]

describe('an answer to a lift order', () => {
  const reading = (text: string): unknown => readLift(text, ENTRIES)

  it('lifts the whole order, however it is worded', () => {
    for (const text of [
      '解除',
      '已解除',
      '全部已经解除',
      '收到，已解除',
      '都解除了',
      '收到解除通知，已按要求解除',
      '解除令收到，限制都放开了',
    ])
      expect(reading(text), text).to.deep.equal({ lifted: 'rest', kept: [] })
  })

  it('is not recognised in a text that only confirms reading, asks a question, or says that nothing was done', () => {
    for (const text of [
      '解除通知收到了',
      '收到解除惩戒通知书',
      '怎么解除',
      '什么时候解除？',
      '还没解除',
      '尚未解除',
      '解除了吗',
      '好的',
      '',
      '9 解除',
    ])
      expect(reading(text), text).to.equal(null)
  })

  it('keeps a measure on a basis until a day, for an entry named by number, name or case number', () => {
    const kept = [{ id: 'a', basis: '《某某法》第十条', until: '2027-06-30' }]
    for (const text of [
      '1继续保留 依据《某某法》第十条 至2027年6月30日；其余解除',
      '第1条 继续保留，依据：《某某法》第十条，到2027-6-30\n其他都解除',
      '和志强继续保留 根据《某某法》第十条 至2027/6/30；剩下的解除',
      '（2026）云3401执1号继续保留 依据《某某法》第十条 截止2027.6.30；其余解除',
    ])
      expect(reading(text), text).to.deep.equal({ lifted: 'rest', kept })
  })

  it('may be different for each entry', () => {
    expect(reading('1解除，2继续保留 依据《甲法》第三条 至2027年1月1日，3解除')).to.deep.equal({
      lifted: ['a', 'c'],
      kept: [{ id: 'b', basis: '《甲法》第三条', until: '2027-01-01' }],
    })
    expect(reading('1、3 解除；2 暂不解除')).to.deep.equal({ lifted: ['a', 'c'], kept: [{ id: 'b' }] })
  })

  it('is not recognised when it says two different things about one entry', () => {
    expect(reading('1解除；1继续保留')).to.equal(null)
    expect(reading('全部解除；其余继续保留')).to.equal(null)
  })

  it('is not whole when it lacks the basis or the day', () => {
    expect(reading('继续保留')).to.deep.equal({ lifted: [], kept: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] })
    expect(termsOf('依据《某某法》第十条')).to.deep.equal({ basis: '《某某法》第十条' })
    expect(termsOf('到2027年6月30日')).to.deep.equal({ until: '2027-06-30' })
    expect(termsOf('到2027年2月30日')).to.deep.equal({})
    expect(isWhole({ id: 'a', basis: '《某某法》第十条' })).to.equal(false)
  })
})

describe('the figures of a quarter', () => {
  it('are read before or after their words, in digits or Chinese numerals', () => {
    for (const [text, figures] of [
      ['核查 40 限制 3', { checked: 40, restricted: 3 }],
      ['核查40，限制3', { checked: 40, restricted: 3 }],
      ['核查四十 限制三', { checked: 40, restricted: 3 }],
      ['核查了一百二十次，拒绝了五个', { checked: 120, restricted: 5 }],
      ['40次核查3次限制', { checked: 40, restricted: 3 }],
      ['限制应该是 5', { restricted: 5 }],
      ['核查数改为1,200', { checked: 1200 }],
      ['核查 40 限制 3 仍予批准 1', { checked: 40, restricted: 3, approved: 1 }],
      ['零报告', { checked: 0, restricted: 0, approved: 0 }],
      ['都是0', { checked: 0, restricted: 0, approved: 0 }],
    ] as const)
      expect(figuresIn(text), text).to.deep.equal(figures)
  })

  it('are not read when a word has two different numbers or no number', () => {
    for (const text of ['核查40核查50', '40 3', '你好', '2026年10月10日前', '查名单']) expect(figuresIn(text), text).to.deep.equal({})
  })

  it('may be Chinese numerals as people write them', () => {
    for (const [text, value] of [
      ['十', 10],
      ['二十', 20],
      ['一百零五', 105],
      ['两千三百', 2300],
      ['三万', 30_000],
      ['一万二千', 12_000],
      ['一二三', 123],
      ['40', 40],
    ] as const)
      expect(countOf(text), text).to.equal(value)
    expect(countOf('很多')).to.equal(null)
  })
})

describe('a short answer', () => {
  it('tells the decision after a screening, unless it is a question', () => {
    for (const [text, outcome] of [
      ['不予办理', 'refused'],
      ['没给他办', 'refused'],
      ['不同意', 'refused'],
      ['未批准', 'refused'],
      ['已经办理', 'approved'],
      ['批了，有担保', 'approved'],
      ['还没定', 'later'],
      ['再说', 'later'],
      ['他不办了', 'not_needed'],
      ['办了吗？', undefined],
      ['你好', undefined],
    ] as const)
      expect(outcomeIn(text), text).to.equal(outcome)
    expect(reasonIn('已经办理，理由是有足额担保')).to.equal('有足额担保')
    expect(reasonIn('批了，因为是民生项目')).to.equal('民生项目')
    expect(reasonIn('已经办理')).to.equal(undefined)
  })

  it('chooses by a number at its beginning, but not by a figure', () => {
    for (const [text, number] of [
      ['2', 2],
      ['２、', 2],
      ['选3', 3],
      ['第一个', 1],
      ['二', 2],
      ['1 信用社', 1],
      ['12', null],
      ['2026年', null],
      ['3万块', null],
      ['一直没还', null],
      ['', null],
    ] as const)
      expect(numberIn(text), text).to.equal(number)
    expect(nameAfterNumber('3 农村信用社')).to.equal('农村信用社')
  })

  it('tells the subject of an objection when only one subject fits', () => {
    expect(subjectIn('不该列我')).to.equal('listing')
    expect(subjectIn('名字写错了')).to.equal('content')
    expect(subjectIn('信用社不给我办贷款')).to.equal('measure')
    expect(subjectIn('不该列我，金额也写错了')).to.equal(undefined)
    expect(subjectIn('你好')).to.equal(undefined)
  })

  it('may ask for the code again', () => {
    for (const text of ['重发', '再发一次', '没收到', '没有收到验证码', '收不到短信啊']) expect(asksAgain(text), text).to.equal(true)
    for (const text of ['123456', '没收到钱', '你好']) expect(asksAgain(text), text).to.equal(false)
  })
})
