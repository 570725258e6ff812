// How cells about officials and public bodies are read, and who is notified of a correction of a listing.
// Sending these notices is test/features/listings/officials.test.ts.

import { expect } from 'chai'
import { readCapacity } from '../../../src/features/debtors/values.rules.ts'
import { ORGANISATION, PERSON, check } from '../../support/drafts.ts'
import { employersOf, compareRecipients, superiorsOf } from '../../../src/features/listings/rules.ts'

describe('officials, employers and superiors', () => {
  it('have their capacity read as lists write it, and not guessed from a title', () => {
    const read = ['公务员', '国家工作人员', '市人大代表', '州 政协委员', '国有企业', '机关', '处长', '代表', '是'].map(readCapacity)
    expect(read).to.deep.equal(['state_staff', 'state_staff', 'deputy', 'cppcc', 'public_body', 'public_body', null, null, null])
  })

  it('are the superiors that the list names, each once, or else the employer', () => {
    const superiors = (change: Parameters<typeof check>[0]): readonly string[] | undefined =>
      check(change).content?.debtor.official?.superiors
    expect(superiors({ ...PERSON, official: '人大代表', superior: '市人大常委会、某局；市人大常委会' })).to.deep.equal([
      '市人大常委会',
      '某局',
    ])
    expect(superiors({ ...PERSON, official: '公务员', employer: '某局' })).to.deep.equal(['某局'])
    expect(superiors({ ...ORGANISATION, official: '国有企业', superior: '市国资委' })).to.deep.equal(['市国资委'])
    expect(check({ ...PERSON, official: '无' }).content?.debtor.official).to.equal(undefined)
  })

  it('are notified as employer of undisclosed debtors only, and as superior of all officials', () => {
    const given = { ...PERSON, official: '公务员', employer: '某局' }
    const [open, hidden] = [check(given).content, check({ ...given, disclosure: '否' }).content]
    if (open === null || hidden === null) throw new Error('refused')
    expect([employersOf(open), superiorsOf(open)]).to.deep.equal([[], ['某局']])
    expect([employersOf(hidden), superiorsOf(hidden)]).to.deep.equal([['某局'], ['某局']])
  })

  it('are notified of a correction if they were notified before, and of the listing if they are new', () => {
    expect(compareRecipients(['甲', '乙'], ['乙', '丙'])).to.deep.equal({ first: ['丙'], before: ['甲', '乙'], left: ['甲'] })
    expect(compareRecipients([], [])).to.deep.equal({ first: [], before: [], left: [] })
  })
})
