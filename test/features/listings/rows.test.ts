// Checks of a list’s rows and of typed drafts: features/listings/rows.rules.ts. Every person and number is made up.

import { expect } from 'chai'
import fc from 'fast-check'
import type { Field } from '../../../src/features/debtors/columns.rules.ts'
import type { Cell } from '../../../src/features/debtors/headings.rules.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import { checkContent, rowKey } from '../../../src/features/listings/rows.rules.ts'
import { born, check, codes, ORGANISATION, PERSON, TODAY } from '../../support/drafts.ts'

describe('checking rows and drafts: errors', () => {
  it('reports every problem of a row at once', () => {
    const result = check({
      name: '扎',
      identifier: '533421198410140223',
      court: ' ',
      caseNo: '（2026）云3401民初1号',
      filedOn: '2026-02-30',
      ground: '欠钱',
      disclosure: '也许',
    })
    expect(result.content).to.equal(null)
    expect(result.problems.map(({ code }) => code)).to.have.members([
      'name_form',
      'id_check_wrong',
      'field_missing',
      'case_no_form',
      'date_unreadable',
      'ground_unknown',
      'disclosure_unreadable',
    ])
  })

  it('reports every required field that is empty or holds only dashes, also of an empty draft', () => {
    const required = ['name', 'identifier', 'court', 'caseNo', 'filedOn', 'basisNo', 'basisMaker', 'obligation', 'performance', 'ground']
    const dashes = Object.fromEntries(required.map((field) => [field, ' —/ ']))
    for (const raw of [{}, dashes]) {
      const { content, problems } = checkContent(raw, { today: TODAY, mode: 'draft' })
      expect(content).to.equal(null)
      expect(problems.map(({ code, field }) => `${code} ${field ?? ''}`)).to.have.members(required.map((field) => `field_missing ${field}`))
    }
  })

  const refused: [RawContent, string][] = [
    [{ name: '12' }, 'name_form name'],
    [{ name: '\u3164\u3164\u3164' }, 'field_missing name'],
    [{ court: '\u2800\u00ad' }, 'field_missing court'],
    [{ name: '长'.repeat(101) }, 'field_too_long name'],
    [{ identifier: Number('533421198410140222') }, 'identifier_rounded identifier'],
    [{ identifier: '5.33421E+17' }, 'identifier_rounded identifier'],
    [{ identifier: '73541234-5' }, 'identifier_old_code identifier'],
    [{ identifier: '533421198402300013' }, 'id_birth_impossible identifier'],
    [{ identifier: born('20271101') }, 'id_birth_impossible identifier'],
    [{ identifier: '91533401506614261Z' }, 'uscc_letter_wrong identifier'],
    [{ identifier: '91533401506614261H' }, 'uscc_check_wrong identifier'],
    [{ uscc: '91533401506614261G' }, 'field_given_twice uscc'],
    [{ organisation: '另一家公司' }, 'field_given_twice organisation'],
    [{ name: '香格里拉市某某有限公司' }, 'kind_doubtful identifier'],
    [{ legalRepresentative: '卓玛某' }, 'kind_doubtful identifier'],
    [{ identifier: '993421198410140226' }, 'id_region_impossible identifier'],
    [{ identifier: '53342119841014022200' }, 'identifier_tax identifier'],
    [{ sex: '男' }, 'sex_disagrees sex'],
    [{ sex: '不详' }, 'sex_unreadable sex'],
    [{ caseNo: '（2027）云3401执123号' }, 'case_no_year caseNo'],
    ...(['#REF!', '#N/A', ' #DIV/0! ', "=cmd|' /C calc'!A0", '＝1+1', '@SUM(A1)', "+cmd|'/C calc'!A0", "'=1+1"] as const).map(
      (obligation): [RawContent, string] => [{ obligation }, 'cell_formula obligation'],
    ),
    ...(['court', 'basisNo', 'basisMaker', 'performance', 'address', 'employer'] as const).map((field): [RawContent, string] => [
      { [field]: '#REF!' },
      `cell_formula ${field}`,
    ]),
    ...(['name', 'identifier', 'legalRepresentative', 'sex', 'term', 'filedOn', 'caseNo', 'disclosure', 'phone'] as const).map(
      (field): [RawContent, string] => [{ [field]: '=VLOOKUP(A2,B:C,2)' }, `cell_formula ${field}`],
    ),
    [{ name: '#REF!' }, 'cell_formula name'],
    [{ name: '次仁3某' }, 'name_form name'],
    [{ caseNo: '#N/A' }, 'cell_formula caseNo'],
    ...['已履行完毕', '全部履行', '已全部履行。', '本案已履行完毕', '全部已履行', '已执行完毕', '已还清'].map(
      (performance): [RawContent, string] => [{ performance }, 'performance_done performance'],
    ),
    [{ filedOn: '2026-11-23' }, 'date_future filedOn'],
    [{ publishedOn: '2026-01-15' }, 'date_order publishedOn'],
    [{ publishedOn: '2026-11-23' }, 'date_future publishedOn'],
    [{ term: '2年' }, 'term_not_allowed term'],
    [{ term: '长期' }, 'term_unreadable term'],
    [{ ground: '违反限制消费令' }, 'term_missing term'],
    [{ ground: '违反限制消费令', term: '6年' }, 'term_out_of_range term'],
    [{ ground: '违反限制消费令', term: '23个月' }, 'term_out_of_range term'],
  ]
  for (const [change, expected] of refused) {
    it(`reports ${expected} for ${JSON.stringify(change).slice(0, 60)}`, () => {
      expect(check(change).content).to.equal(null)
      expect(codes(change)).to.include(expected)
    })
  }

  it('takes as performance whatever leaves something open, and takes what was paid of lists in force', () => {
    for (const performance of [
      '全部未履行',
      '部分未履行',
      '部分履行',
      '未履行完毕',
      '尚未全部履行',
      '已履行部分',
      '已履行3万元，余款未履行',
      '无',
    ])
      expect(codes({ performance }), performance).to.deep.equal([])
    expect(codes({ performance: '已履行完毕', publishedOn: '2026-10-01' }, 'takeover')).not.to.include('performance_done performance')
  })

  it('says of a formula nothing else, and drops a phone whose look-up failed with a warning', () => {
    expect(codes({ filedOn: '=', caseNo: '=B2', age: '#VALUE!' })).to.have.members([
      'cell_formula filedOn',
      'cell_formula caseNo',
      'cell_formula age',
    ])
    const { content, problems } = check({ phone: '#N/A' })
    expect([content === null, problems.map(({ code }) => code)]).to.deep.equal([false, ['phone_dropped']])
  })

  it('takes signs and numbers that are no formulas', () => {
    for (const obligation of ['-支付借款', '+86 0887 822 0000', '@所有人', '支付=借款', '# 第一项'])
      expect(codes({ obligation }), obligation).to.deep.equal([])
  })

  it('warns of the case number of another court in a new list, and in no other', () => {
    const seen = (caseNo: string, mode: 'draft' | 'delta' = 'draft'): string[] =>
      checkContent({ ...PERSON, caseNo, publishedOn: '2026-10-01' }, { today: TODAY, mode, courtCode: '云3401' }).problems.map(
        ({ code, severity }) => `${severity} ${code}`,
      )
    expect(seen('（2026）云3402执123号')).to.include('warning case_no_other_court')
    for (const own of ['（2026）云3401执123号', '（2013）香执字第12号']) expect(seen(own)).not.to.include('warning case_no_other_court')
    expect(seen('（2026）云3402执123号', 'delta')).not.to.include('warning case_no_other_court')
  })

  it('refuses a minor before the eighteenth birthday, in every mode', () => {
    for (const mode of ['draft', 'takeover', 'snapshot', 'delta'] as const)
      expect(codes({ identifier: born('20081123'), publishedOn: TODAY }, mode)).to.deep.equal(['minor identifier'])
    expect(codes({ identifier: born('20081122') })).to.deep.equal([])
  })

  it('requires a publication date in a list in force, and none in a draft', () => {
    expect(codes({}, 'takeover')).to.deep.equal(['field_missing publishedOn'])
    expect(codes({}, 'snapshot')).to.deep.equal(['field_missing publishedOn'])
    expect(codes({}, 'draft')).to.deep.equal([])
  })

  it('shows no personal value unmasked in its problems', () => {
    const { problems } = check({
      name: '次仁某'.repeat(40),
      identifier: '533421198410140223',
      phone: '1390000',
      filedOn: '533421198410140222',
      address: '某街'.repeat(200),
    })
    const shown = JSON.stringify(problems)
    expect(problems).to.have.length(5)
    for (const secret of ['次仁', '53342119', '10140', '1390', '某街']) expect(shown).to.not.include(secret)
    expect(shown).to.include('0223')
  })

  it('property: never throws, whatever text a field holds, and returns content only without errors', () => {
    const fields = Object.keys({
      ...ORGANISATION,
      sex: '',
      age: '',
      term: '',
      phone: '',
      openid: '',
      publishedOn: '',
      disclosure: '',
      uscc: '',
    }) as Field[]
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.constantFrom<Cell>('2年', '13900005279', '男', '（2026）云3401执1号', 45606),
    )
    fc.assert(
      fc.property(fc.constantFrom(...fields), cell, (field, value) => {
        const { content, problems } = check({ [field]: value })
        expect(content === null).to.equal(problems.some(({ severity }) => severity !== 'warning'))
      }),
      { numRuns: 500 },
    )
  })
})

describe('checking rows and drafts: warnings', () => {
  const warned: [RawContent, RawContent, string][] = [
    [PERSON, { identifier: '533421841014022' }, 'id_upgraded identifier'],
    [PERSON, { age: '39' }, 'age_disagrees age'],
    [PERSON, { age: '不详' }, 'age_disagrees age'],
    [PERSON, { sex: '女', legalRepresentative: '卓玛某' }, 'representative_of_person legalRepresentative'],
    [PERSON, { disclosure: '否' }, 'employer_missing employer'],
    [PERSON, { disclosure: '否', employer: '暂无' }, 'employer_missing employer'],
    [PERSON, { phone: '139000052' }, 'phone_dropped phone'],
    [PERSON, { phone: '13900005279、13900005280' }, 'phone_several phone'],
    [PERSON, { phone: '13900005279/1390' }, 'phone_several phone'],
    [PERSON, { applicantPhone: '不详' }, 'phone_dropped applicantPhone'],
    [PERSON, { openid: '我的微信' }, 'openid_dropped openid'],
    [ORGANISATION, { legalRepresentative: '/' }, 'representative_missing legalRepresentative'],
    [ORGANISATION, { sex: '男' }, 'person_field_of_organisation sex'],
    [ORGANISATION, { age: 42 }, 'person_field_of_organisation age'],
  ]
  for (const [base, change, expected] of warned) {
    it(`reports ${expected} for ${JSON.stringify(change)}`, () => {
      expect(codes(change, 'draft', base)).to.deep.equal([expected])
      expect(check(change, 'draft', base).content).to.not.equal(null)
    })
  }

  it('accepts a higher court’s entry without a term, and warns that it will not end by itself', () => {
    const change = { ground: '违反限制消费令', publishedOn: '2026-06-14' }
    for (const mode of ['snapshot', 'delta'] as const) expect(codes(change, mode)).to.deep.equal(['term_unstated term'])
    expect(check(change, 'delta').content?.termMonths).to.equal(null)
    expect(codes(change, 'takeover')).to.deep.equal(['term_missing term'])
  })

  it('accepts the age on any day from publication to today, one year more or less', () => {
    for (const age of [38, 39, 42, 43, '42岁'])
      expect(codes({ age, filedOn: '2024-01-01', publishedOn: '2024-03-01' }), String(age)).to.deep.equal([])
    for (const age of [37, 44])
      expect(codes({ age, filedOn: '2024-01-01', publishedOn: '2024-03-01' }), String(age)).to.deep.equal(['age_disagrees age'])
  })
})

describe('reading rows and drafts', () => {
  it('reads a person', () => {
    expect(
      check({
        sex: '女',
        age: 42,
        phone: '139 0000 5279',
        term: '',
        disclosure: '是',
        address: '/',
        employer: '无',
        applicantName: '张某',
        applicantPhone: '13900005280',
      }),
    ).to.deep.equal({
      content: {
        debtor: {
          kind: 'person',
          name: '扎西某',
          identifier: '533421198410140222',
          sex: 'female',
          birth: '1984-10-14',
          officers: [],
          phone: '+8613900005279',
        },
        caseNo: '（2026）云3401执123号',
        court: '香格里拉市人民法院',
        filedOn: '2026-01-16',
        basisNo: '（2025）云3401民初2530号',
        basisMaker: '香格里拉市人民法院',
        obligation: '支付货款71000元',
        performance: '全部未履行',
        grounds: [1],
        termMonths: null,
        disclosure: 'public',
        applicant: { name: '张某', phone: '+8613900005280' },
      },
      problems: [],
    })
  })

  it('reads an organisation from either identifier column, with its legal representative as an officer', () => {
    const { name, identifier, ...rest } = ORGANISATION
    const split = checkContent(
      { ...rest, organisation: name ?? '', uscc: identifier ?? '', name: '', identifier: '' },
      { today: TODAY, mode: 'draft' },
    )
    expect(split.content?.debtor).to.deep.equal({
      kind: 'organisation',
      name: '香格里拉市某某商贸有限公司',
      identifier: '91533401506614261G',
      legalRepresentative: '卓玛某',
      officers: [{ office: 'legal_representative', name: '卓玛某' }],
    })
    expect(split).to.deep.equal(check({}, 'draft', ORGANISATION))
  })

  it('gives the same key to the same debtor in the same case, however both are written', () => {
    const key = (change: RawContent): string => {
      const { content } = check(change)
      return content === null ? 'refused' : rowKey(content)
    }
    expect(key({ identifier: '５３３４２１ １９８４１０１４ ０２２２', caseNo: '(2026) 云3401执 0123 号', name: '扎西某某' })).to.equal(
      key({}),
    )
    expect(key({ caseNo: '（2026）云3401执124号' })).to.not.equal(key({}))
  })
})
