// What a correction may change: only the named fields, never who is listed or what was decided. Pure rules, tried field by field.
// Proposing and approving corrections is proposals.test.ts.

import { expect } from 'chai'
import { correctedContent } from '../../../src/features/listings/corrections.rules.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import { enterListed, type Listing, type ListingContent } from '../../../src/features/listings/rules.ts'
import { isAppError, type AppError } from '../../../src/core/errors.ts'
import { born, check, ORGANISATION, PERSON, TODAY } from '../../support/drafts.ts'

const FULL: RawContent = {
  ...PERSON,
  sex: '女',
  province: '云南',
  phone: '13900001111',
  openid: 'oDebtorAccount00000000000005',
  address: '建塘镇某路九号',
  employer: '某某学校',
  official: '人大代表',
  superior: '市人大常委会、某某局',
  applicantName: '央宗',
  applicantPhone: '13988120001',
  publishedOn: '2026-03-02',
}
const COMPANY: RawContent = {
  ...ORGANISATION,
  representativeIdentifier: born('19770707'),
  officers: `董事：长孙某某 ${born('19660606')}；高级管理人员 尼玛某；实际控制人 取次某`,
  phone: '13900001111',
}

function listing(raw: RawContent): Listing {
  const { content } = check({}, 'draft', raw)
  return enterListed({ id: '1', source: 'court', content: content as ListingContent, by: 'staff:a', importId: '2', today: '2026-03-02' })
}

function refused(raw: RawContent, patch: RawContent): AppError {
  try {
    correctedContent(listing(raw), patch, TODAY)
  } catch (error) {
    if (isAppError(error)) return error
    throw error
  }
  return expect.fail('expected a refusal')
}

describe('a correction', () => {
  for (const [field, value] of [
    ['name', '扎西另'],
    ['organisation', '某公司'],
    ['identifier', born('19800101')],
    ['uscc', '91533401506614261G'],
    ['sex', '男'],
    ['age', '43'],
    ['caseNo', '（2026）云3401执124号'],
    ['ground', '6'],
    ['term', '3年'],
    ['disclosure', '否'],
    ['ownMotion', '依职权列入的理由'],
    ['publishedOn', '2026-03-03'],
  ] as const)
    it(`does not change ${field}, and names it together with the way`, () => {
      const error = refused(FULL, { obligation: '支付货款1元', [field]: value })
      expect(error.code).to.equal('correction_fixed')
      expect(error.values['field']).to.equal(field)
      expect(error.problems.map((each) => each.field)).to.deep.equal([field])
    })

  for (const [patch, path] of [
    [{ obligation: '支付货款72000元' }, 'obligation'],
    [{ performance: '部分未履行' }, 'performance'],
    [{ court: '香格里拉市人民法院某法庭' }, 'court'],
    [{ province: '云南省' }, 'province'],
    [{ filedOn: '2026-01-17' }, 'filedOn'],
    [{ basisNo: '（2025）云3401民初2531号' }, 'basisNo'],
    [{ basisMaker: '某仲裁委员会' }, 'basisMaker'],
    [{ applicantPhone: '13988120009' }, 'applicant'],
    [{ phone: '13900002222' }, 'debtor.phone'],
    [{ openid: 'oDebtorAccount00000000000009' }, 'debtor.wechat'],
    [{ address: '独克宗' }, 'debtor.address'],
    [{ employer: '另一学校' }, 'debtor.employer'],
    [{ superior: '某某中心' }, 'debtor.official'],
  ] as const)
    it(`changes ${path} and nothing else`, () => expectOnly(FULL, patch, [path]))

  it('changes the legal representative without keeping the number of the former one, and no other officer', () => {
    const { debtor } = expectOnly(COMPANY, { legalRepresentative: '次仁某' }, ['debtor.legalRepresentative', 'debtor.officers'])
    const before = listing(COMPANY).content.debtor.officers
    expect(debtor.officers).to.deep.equal([{ office: 'legal_representative', name: '次仁某' }, ...before.slice(1)])
    expect(before.slice(1).map(({ office, name }) => `${office} ${name}`)).to.deep.equal([
      'director 长孙某某',
      'senior_manager 尼玛某',
      'actual_controller 取次某',
    ])
  })

  it('removes an optional field that is named and left empty', () => {
    const { debtor } = expectOnly(FULL, { phone: '', address: '' }, ['debtor.phone', 'debtor.address'])
    expect(debtor).not.to.have.any.keys('phone', 'address')
  })

  for (const [patch, code, field] of [
    [{ obligation: '' }, 'field_missing', 'obligation'],
    [{ phone: '12345' }, 'phone_dropped', 'phone'],
    [{ filedOn: '2026-02-30' }, 'date_unreadable', 'filedOn'],
    [{ filedOn: '2026-03-03' }, 'date_order', 'publishedOn'],
    [{ official: '处长' }, 'official_unreadable', 'official'],
    [{ legalRepresentative: '某人' }, 'representative_of_person', 'legalRepresentative'],
  ] as const)
    it(`is refused with ${code} for ${JSON.stringify(patch)}`, () => {
      const error = refused(FULL, patch)
      expect(error.code).to.equal('listing_incomplete')
      expect(error.problems.map((each) => `${each.code} ${each.field ?? ''}`)).to.deep.equal([`${code} ${field}`])
    })

  it('is refused when nothing is named or nothing changes', () => {
    for (const patch of [{}, { phone: '+8613900001111' }, { obligation: FULL.obligation ?? '' }])
      expect(refused(FULL, patch).code).to.equal('correction_empty')
  })
})

/** Applies a patch and expects exactly these parts to differ. */
function expectOnly(raw: RawContent, patch: RawContent, paths: readonly string[]): ListingContent {
  const before = listing(raw)
  const after = correctedContent(before, patch, TODAY)
  const parts = ({ debtor, ...content }: ListingContent): Record<string, unknown> => ({
    ...content,
    ...Object.fromEntries(Object.entries(debtor).map(([key, value]) => [`debtor.${key}`, value])),
  })
  const [old, now] = [parts(before.content), parts(after)]
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]),
  )
  expect(changed.sort()).to.deep.equal([...paths].sort())
  return after
}
