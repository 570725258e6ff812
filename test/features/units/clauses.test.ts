// The clauses of the measures: whom each reaches, which businesses it covers, and how free words of a unit are read for them.
// The cases of test/fixtures/advice were written by hand from the policy, those of colloquial-words.jsonl with near misses of every clause that
// restricts; `also` are readings that a fair lawyer would accept too.

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import {
  adviceOf,
  clauseProblems,
  isKnownBusiness,
  OTHER_BUSINESS,
  readRelation,
  type Clauses,
} from '../../../src/features/units/clauses.rules.ts'
import type { Relation } from '../../../src/features/units/clauses.rules.ts'
import { readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import { OFFICES, type DebtorKind } from '../../../src/features/debtors/rules.ts'

const { measures, measuresById } = await readCatalogue('templates')

interface Case {
  id: number
  measure: string
  business: string
  listed: { kind: DebtorKind }
  relation: string
  advice: string
  certainty?: 'clear' | 'arguable'
  also?: string[]
}

const casesOf = (file: string): Case[] =>
  readFileSync(`test/fixtures/advice/${file}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)

function advised(measureId: string, business: string, kind: DebtorKind, relation: string): ReturnType<typeof adviceOf> {
  return adviceOf(measuresById.get(measureId) as Clauses, business, { kind }, readRelation(relation) as Relation)
}

/** How many cases were answered as written, how many ask a person, and which restrict although the text does not. */
function scored(cases: readonly Case[]): { agreed: number; asked: number; wrongly: string[]; missed: string[] } {
  const given = cases.map((each) => ({ each, advice: advised(each.measure, each.business, each.listed.kind, each.relation).advice }))
  const fits = ({ each, advice }: (typeof given)[number]): boolean => [each.advice, ...(each.also ?? [])].includes(advice)
  return {
    agreed: given.filter(fits).length / cases.length,
    asked: given.filter(({ advice }) => advice === 'ask').length / cases.length,
    wrongly: given.filter((one) => one.advice === 'restrict' && !fits(one)).map(({ each }) => each.business),
    missed: given.filter((one) => !fits(one)).map(({ each, advice }) => `${each.measure} ${each.business}: ${advice}`),
  }
}

describe('the advice for a business in a unit’s own words', () => {
  for (const file of ['cases.jsonl', 'other-words.jsonl', 'lawyer-words.jsonl', 'colloquial-words.jsonl'])
    it(`agrees with at least 95 of 100 cases of ${file}, asks a person for at most 10, and never restricts beyond the text`, () => {
      const clear = casesOf(file).filter(({ certainty = 'clear' }) => certainty === 'clear')
      expect(clear.length).to.be.above(100)
      const { agreed, asked, wrongly, missed } = scored(clear)
      expect(wrongly).to.deep.equal([])
      expect(agreed, missed.join('\n')).to.be.at.least(0.95)
      expect(asked, missed.join('\n')).to.be.at.most(0.1)
    })

  it('never restricts on an arguable case beyond the readings that are accepted', () => {
    expect(scored(casesOf('cases.jsonl').filter(({ certainty }) => certainty === 'arguable')).wrongly).to.deep.equal([])
  })

  it('takes the name of an entry for that entry alone', () => {
    for (const measure of measures)
      for (const { name, when } of measure.businesses.filter((each) => each.when !== 'rest')) {
        expect(isKnownBusiness(measure, name), name).to.equal(true)
        const relation: Relation = when === 'nominee' ? { kind: 'nominee', office: 'director' } : { kind: 'self' }
        expect(adviceOf(measure, name, { kind: 'person' }, relation).business, `${measure.id} ${name}`).to.equal(name)
      }
  })

  it('asks a person for words that name nothing or several things, and knows no such business', () => {
    for (const words of ['业务', '年度复核', '申请办理有关事项', '???']) {
      expect(advised('1.1', words, 'person', 'self').advice, words).to.equal('ask')
      expect(isKnownBusiness(measuresById.get('1.1') as Clauses, words), words).to.equal(false)
    }
    expect(advised('4.2', '药品经营许可和烟草专卖零售许可', 'person', 'self')).to.deep.equal({
      advice: 'ask',
      clause: null,
      business: null,
    })
    expect(advised('1.1', OTHER_BUSINESS, 'person', 'self').advice).to.equal('ask')
  })

  it('takes a court’s question in everyday words for the clause about it', () => {
    for (const [measure, words, clause] of [
      ['5.2', '法院来问他是不是律师', '5.2a'],
      ['6.1', '法院来查名下有几套房', '6.1a'],
      ['9.2', '法院来查结没结过婚', '9.2a'],
    ] as const)
      expect(advised(measure, words, 'person', 'self'), words).to.include({ advice: 'assist', clause })
  })

  it('asks a person, and does not answer none, where the words name the subject of a clause and something unknown', () => {
    for (const [measure, words] of [
      ['2.4', '公积金的那个事情'],
      ['7.6', '宅基地那件事'],
      ['1.1', '看病顺便问村镇银行的事'],
    ] as const)
      expect(advised(measure, words, 'person', 'self').advice, words).to.equal('ask')
  })

  it('tells selling from buying where an officer of a listed organisation asks', () => {
    const office = 'side_of_listed_organisation:legal_representative'
    for (const words of ['国企挂牌转让旧办公楼，参与竞买', '处置国有资产的房屋', '把自己名下的商铺卖掉', '住宅过户给儿子'])
      expect(advised('6.1', words, 'organisation', office).advice, words).to.not.equal('restrict')
    expect(advised('6.1', '买下一间商铺', 'organisation', office).advice).to.equal('restrict')
  })

  it('reads a business the other way round where the words say that it is not meant', () => {
    expect(advised('1.5', '投标办公楼的保洁服务(不是工程建设项目)', 'organisation', 'self').advice).to.equal('none')
    expect(advised('7.2', '入住非星级的普通旅馆', 'person', 'self').advice).to.equal('none')
    expect(advised('7.5', '购买不具有现金价值的定期寿险', 'person', 'self').advice).to.equal('none')
    expect(advised('2.4', '提取住房公积金(不含提前支取)，已退休', 'person', 'self').advice).to.equal('none')
  })
})

describe('the reach of clauses', () => {
  /** By hand from 二(二): measure, an entry or words, kind of the listed party, relation, advice and clause. */
  const rows: [measure: string, business: string, kind: DebtorKind, relation: string, advice: string, clause: string | null][] = [
    ['1.1', '设立村镇银行', 'organisation', 'self', 'reference', '1.1a'],
    ['1.1', '设立小额信贷公司', 'organisation', 'self', 'restrict', '1.1b'],
    ['1.1', '设立小额信贷公司', 'person', 'officer_of_applicant:director', 'none', null],
    ['1.1', '设立小额信贷公司', 'organisation', 'side_of_listed_organisation:legal_representative', 'none', null],
    ['2.2', '申请科技政策支持', 'person', 'officer_of_applicant:director', 'reference', '2.2a'],
    ['2.2', '申请科技政策支持', 'person', 'officer_of_applicant:principal', 'none', null],
    ['2.2', '申请科技政策支持', 'person', 'officer_of_applicant:directly_responsible', 'none', null],
    ['2.2', '申请科技政策支持', 'organisation', 'side_of_listed_organisation:legal_representative', 'none', null],
    ['2.3', '申请公租房', 'person', 'self', 'reference', '2.3a'],
    ['2.3', '申请公租房', 'organisation', 'self', 'reference', '2.3b'],
    ['3.1', '公司董事备案', 'person', 'nominee:director', 'restrict', '3.1a'],
    ['3.1', '公司设立登记', 'person', 'nominee:director', 'restrict', '3.1a'],
    ['3.1', '公司设立登记', 'person', 'self', 'none', null],
    ['3.1', '公司董事备案', 'person', 'nominee:principal', 'none', null],
    ['3.1', '公司董事备案', 'organisation', 'nominee:director', 'none', null],
    ['3.1', '公司董事备案', 'organisation', 'side_of_listed_organisation:principal', 'restrict', '3.1b'],
    ['3.1', '公司董事备案', 'organisation', 'side_of_listed_organisation:director', 'none', null],
    ['3.1', '在任公司董事的免职', 'person', 'self', 'restrict', '3.1c'],
    ['3.2', '事业单位法定代表人登记', 'person', 'nominee:legal_representative', 'restrict', '3.2a'],
    ['3.2', '事业单位法定代表人登记', 'person', 'nominee:director', 'none', null],
    ['3.3', '村镇银行监事任职', 'person', 'nominee:supervisor', 'restrict', '3.3a'],
    ['3.3', '小额信贷公司监事任职', 'person', 'nominee:supervisor', 'none', null],
    ['3.4', '商会秘书长备案', 'person', 'nominee:principal', 'restrict', '3.4a'],
    ['4.1', '出口货物报关', 'organisation', 'self', 'strict_review', '4.1b'],
    ['4.2', '药品经营许可', 'organisation', 'self', 'strict_review', '4.2a'],
    ['4.2', '烟草专卖零售许可', 'person', 'self', 'restrict', '4.2b'],
    ['4.2', '药品批发企业董事任职', 'person', 'nominee:director', 'restrict', '4.2d'],
    ['4.2', '药品批发企业法定代表人任职', 'person', 'nominee:legal_representative', 'none', null],
    ['4.3', '建筑业企业资质升级', 'organisation', 'self', 'restrict', '4.3b'],
    ['4.3', '建筑业企业资质升级', 'person', 'self', 'none', null],
    ['5.1', '申报文明单位', 'person', 'officer_of_applicant:supervisor', 'restrict', '5.1d'],
    ['5.1', '申报文明单位', 'person', 'officer_of_applicant:principal', 'none', null],
    ['5.3', '贷款', 'person', 'officer_of_applicant:principal', 'reference', '5.3a'],
    ['5.3', '贷款', 'organisation', 'self', 'strict_review', '5.3b'],
    ['5.3', '贷款', 'organisation', 'side_of_listed_organisation:legal_representative', 'none', null],
    ['6.1', '购买商品房', 'organisation', 'side_of_listed_organisation:actual_controller', 'restrict', '6.1b'],
    ['6.1', '受让国有产权', 'organisation', 'side_of_listed_organisation:actual_controller', 'none', null],
    ['7.1', 'D字头动车组二等座', 'person', 'self', 'none', null],
    ['7.1', 'G102次二等座', 'person', 'self', 'restrict', '7.1b'],
    ['7.3', '在旅游度假区内消费', 'person', 'self', 'limit', '7.3c'],
    ['7.3', '在旅游度假区内消费', 'organisation', 'side_of_listed_organisation:legal_representative', 'none', null],
    ['8.1', '出境', 'person', 'self', 'restrict', '8.1d'],
    ['8.1', '出境', 'organisation', 'side_of_listed_organisation:legal_representative', 'none', null],
    ['9.4', '法院调取通话信息', 'person', 'self', 'assist', '9.4b'],
    ['9.4', '办理手机卡开户', 'person', 'self', 'none', null],
    ['10.1', '随机抽查', 'person', 'officer_of_applicant:supervisor', 'supervise', '10.1b'],
    ['12.1', '会员入会审查', 'person', 'self', 'reference', '12.1a'],
  ]
  for (const [measure, business, kind, relation, advice, clause] of rows)
    it(`${measure} “${business}”, ${relation} of a listed ${kind}: ${advice}`, () => {
      expect(advised(measure, business, kind, relation)).to.include({ advice, clause })
    })

  it('never lets a namesake be restricted, whatever the business', () => {
    for (const measure of measures)
      for (const { name } of measure.businesses)
        expect(adviceOf(measure, name, { kind: 'person' }, { kind: 'unrelated' }).advice).to.equal('none')
  })

  it('keeps the side of a listed organisation and that of an applicant apart, and names directors only on the side of applicants', () => {
    const clauses = measures.flatMap((measure) => measure.clauses)
    expect(clauses).to.have.length(104)
    for (const { id, side = [], applicant = [] } of clauses) {
      expect(side.length === 0 || applicant.length === 0 || id === '3.1c', id).to.equal(true)
      expect(side.filter((office) => ['director', 'supervisor', 'senior_manager'].includes(office))).to.deep.equal([])
      expect(applicant, id).not.to.include('directly_responsible')
    }
    const ofSide = clauses.filter(({ side }) => side !== undefined)
    expect([...new Set(ofSide.map(({ id }) => id.slice(0, -1)))]).to.deep.equal([
      '1.6',
      '3.1',
      '3.7',
      '6.1',
      '7.1',
      '7.2',
      '7.3',
      '7.4',
      '7.5',
      '7.6',
    ])
    for (const { side = [] } of ofSide) expect(side).to.have.length(4)
  })

  it('reads relations, and nothing else for one', () => {
    for (const office of OFFICES) expect(readRelation(`nominee:${office}`)).to.deep.equal({ kind: 'nominee', office })
    for (const wrong of ['', 'me', 'self:director', 'nominee', 'nominee:shareholder', 'nominee:director:2', 'unrelated:x'])
      expect(readRelation(wrong), wrong).to.equal(null)
  })
})

describe('the lists of words', () => {
  const written = readFileSync('templates/catalogue/zh-CN/businesses.yaml', 'utf8').split('\n')

  it('have no line twice in an entry, and no word twice in a part of a line', () => {
    for (const { id, businesses } of measures)
      for (const { name, words } of businesses) expect(new Set(words).size, `${id} ${name}`).to.equal(words.length)
    for (const line of written.filter((each) => !each.startsWith('#')))
      for (const part of line.trim().split(' ')) {
        const words = part.replace(/^'|'$/g, '').replace(/^!/, '').split('|')
        expect(new Set(words).size, line.slice(0, 60)).to.equal(words.length)
      }
  })
})

describe('the check of clauses and businesses', () => {
  const right: Clauses = {
    clauses: [{ id: '1.1a', advice: 'restrict', words: '限制', self: 'both' }],
    businesses: [{ name: '设立', clauses: ['1.1a'], words: ['设立'] }],
  }
  const [clause, business] = [right.clauses[0], right.businesses[0]] as const
  if (clause === undefined || business === undefined) throw new Error('the example has no rows')
  const cases: [string, Partial<Clauses>, string][] = [
    ['a measure without clauses', { clauses: [], businesses: [] }, 'no clause'],
    ['a gap in the letters', { clauses: [{ ...clause, id: '1.1b' }] }, 'its clauses are 1.1b, not 1.1a'],
    ['a clause that reaches nobody', { clauses: [{ id: '1.1a', advice: 'restrict', words: '限制' }] }, 'clause 1.1a reaches nobody'],
    ['pasted policy', { clauses: [{ ...clause, words: '长'.repeat(51) }] }, 'the words of clause 1.1a are longer'],
    ['a clause without a business', { businesses: [{ ...business, clauses: [] }] }, 'no business for clause 1.1a'],
    ['an unknown clause', { businesses: [business, { name: '乙', clauses: ['9.9z'], words: ['乙'] }] }, '9.9z is unknown'],
    ['two entries of one name', { businesses: [business, business] }, 'business 设立 appears more than once'],
    ['an entry without words', { businesses: [{ ...business, words: [] }] }, 'business 设立 has no words'],
    ['a group that nobody wrote out', { businesses: [{ ...business, words: ['$bank'] }] }, 'business 设立 cannot be read by'],
    ['an empty alternative', { businesses: [{ ...business, words: ['甲||乙'] }] }, 'business 设立 cannot be read by'],
    [
      'a question to a person about nothing',
      { businesses: [business, { name: '乙', clauses: [], words: ['乙'], ask: true }] },
      'asks a person',
    ],
  ]
  for (const [name, change, expected] of cases)
    it(`refuses ${name}`, () => expect(clauseProblems('1.1', { ...right, ...change }).join('\n')).to.include(expected))

  it('accepts what is right', () => expect(clauseProblems('1.1', right)).to.deep.equal([]))
})
