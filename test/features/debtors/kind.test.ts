// Whether a row is about a person or an organisation. The people, companies and numbers are made up.

import { expect } from 'chai'
import { idCheckDigit, isUscc, publicIdentifier } from '../../../src/core/identifiers.ts'
import { namesOrganisation } from '../../../src/features/debtors/kind.rules.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import { check, codes, ORGANISATION, PERSON } from '../../support/drafts.ts'
import { codesOf, readList } from '../../support/real-files.ts'

/** A man's number of 1993 that is a USCC too, with the organisation code inside it right. */
const BOTH = '533421199306120031'

const debtorOf = (change: RawContent): string => {
  const { content, problems } = check(change)
  return content === null ? problems.map(({ code }) => code).join() : content.debtor.kind
}

describe('the kind of a debtor', () => {
  it('is a person in a list row whose number is valid as USCC too, and the number is masked in public', async () => {
    const [row] = await readList('01-list.csv')
    expect(row?.problems).to.deep.equal([])
    expect(row?.content?.debtor).to.include({ kind: 'person', sex: 'male', birth: '1993-06-12', identifier: BOTH })
    expect(publicIdentifier('organisation', BOTH)).to.equal('******************')
  })

  it('asks for the USCC where an old licence number stands in a shared column or in that of codes', async () => {
    for (const file of ['02-shared-column.csv', '02-uscc-column.csv'])
      for (const row of await readList(file))
        expect([file, row.content, codesOf(row)]).to.deep.equal([file, null, ['identifier_registration']])
  })

  it('follows from name, column, sex, age and representative where the number could be either', () => {
    const cases: [RawContent, string][] = [
      [{ name: '和建军' }, 'person'],
      [{ name: '和建军', sex: '男', age: 33 }, 'person'],
      [{ name: '和建军', sex: '女' }, 'sex_disagrees'],
      [{ name: '艾力·买买提' }, 'person'],
      [{ name: '迪庆雪域慈善基金会', legalRepresentative: '卓玛某' }, 'organisation'],
      [{ name: '迪庆雪域慈善基金会' }, 'organisation'],
      [{ name: '迪庆雪域慈善基金会', sex: '男' }, 'kind_doubtful'],
      [{ name: '和建军', legalRepresentative: '卓玛某' }, 'kind_doubtful'],
      [{ name: '和建军', legalRepresentative: '和建军' }, 'person'],
    ]
    for (const [change, expected] of cases) expect(debtorOf({ identifier: BOTH, ...change }), JSON.stringify(change)).to.equal(expected)
    expect(debtorOf({ name: '雪域阳光慈善', identifier: '', uscc: BOTH, legalRepresentative: '卓玛某' })).to.equal('organisation')
  })

  it('is refused when number, name, column or people contradict each other', () => {
    const cases: [RawContent, RawContent][] = [
      [PERSON, { name: '香格里拉市扎西农家乐' }],
      [PERSON, { name: '扎西养殖场' }],
      [PERSON, { name: '建塘镇某某村民小组' }],
      [PERSON, { identifier: '', uscc: '533421198410140222' }],
      [PERSON, { legalRepresentative: '卓玛某' }],
      [
        { ...ORGANISATION, legalRepresentative: '' },
        { name: '扎西某', sex: '男', age: 42 },
      ],
    ]
    for (const [base, change] of cases) expect(codes(change, 'draft', base)[0], JSON.stringify(change)).to.match(/^kind_doubtful/)
  })

  it('is an organisation with an old number for the names of firms of any trade, and a person for a short name', () => {
    const firms = [
      '扎西养殖场',
      '吉祥商贸有限公司',
      '雪域客栈（普通合伙）',
      '建塘镇卓玛超市',
      '香格里拉县第二建筑队',
      '迪庆某某矿业有限责任公司',
    ]
    for (const name of firms) expect(debtorOf({ name, identifier: '533421600612345' }), name).to.equal('identifier_registration')
    for (const name of firms) expect(debtorOf({ name, identifier: '5334212001234' }), name).to.equal('identifier_registration')
    for (const name of ['扎西某', '鲁茸扎西次里', '艾力·买买提', '木会', '李店', '张行'])
      expect(debtorOf({ name, identifier: '533421841014022' }), name).to.equal('person')
  })

  it('is not mistaken for an organisation by the last character of a person’s name', () => {
    const people = ['张行', '李社', '王建部', '和庄', '杨会', '赵学校', '阿茸店', '次仁', '欧阳建站', '买买提·艾力场', 'MICHAEL BROWN']
    for (const name of people.filter((each) => each !== '赵学校')) expect(namesOrganisation(name), name).to.equal(false)
  })

  it('is a person for every one of the numbers of a day that are valid as USCC too', () => {
    let tried = 0
    for (let serial = 0; serial < 1000; serial++)
      for (const day of ['19930612', '19840125', '19710930']) {
        const first = `533421${day}${String(serial).padStart(3, '0')}`
        const number = first + idCheckDigit(first)
        if (!isUscc(number)) continue
        tried += 1
        expect(debtorOf({ name: '和建军', identifier: number })).to.equal('person')
        expect(debtorOf({ name: '和建军有限公司', identifier: number, legalRepresentative: '卓玛某' })).to.equal('organisation')
      }
    expect(tried).to.be.above(50)
  })
})
