// Reading the officers of a listed organisation as lists and clerks write them (features/debtors/officers.rules.ts).
// That a screening finds them is test/features/screening/commands.test.ts.

import { expect } from 'chai'
import { readOfficerList, writeOfficers } from '../../../src/features/debtors/officers.rules.ts'
import { OFFICES } from '../../../src/features/debtors/rules.ts'
import { born, check, codes, ORGANISATION, PERSON } from '../../support/drafts.ts'

const ID = born('19700101')
const OTHER = born('19810203')

const officers = (change: object): string[] =>
  (check({ ...ORGANISATION, ...change }).content?.debtor.officers ?? []).map(
    ({ office, name, identifier }) => `${office} ${name} ${identifier ?? '-'}`,
  )

describe('officers of an organisation', () => {
  it('include the legal representative with the number of their identity document', () => {
    expect(officers({})).to.deep.equal(['legal_representative 卓玛某 -'])
    expect(officers({ representativeIdentifier: ` ${ID} ` })).to.deep.equal([`legal_representative 卓玛某 ${ID}`])
  })

  it('are read with any separators, brackets and with or without numbers', () => {
    const text = `实际控制人：张某某（${ID}）；直接责任人员 李某某 ${OTHER}\n董事 次仁某；法定代表人 卓玛某`
    expect(officers({ officers: text })).to.deep.equal([
      'legal_representative 卓玛某 -',
      `actual_controller 张某某 ${ID}`,
      `directly_responsible 李某某 ${OTHER}`,
      'director 次仁某 -',
    ])
    expect(officers({ officers: '高级管理人员 王某某、总经理 赵某某，负责人 钱某某' })).to.deep.equal([
      'legal_representative 卓玛某 -',
      'senior_manager 王某某 -',
      'senior_manager 赵某某 -',
      'principal 钱某某 -',
    ])
  })

  it('are written by the general name of their office, and read the same again', () => {
    const all = OFFICES.map((office) => ({ office, name: '次仁某' }))
    const text = writeOfficers(all)
    expect(text)
      .to.include('董事：次仁某')
      .and.include('高级管理人员：次仁某')
      .and.not.match(/董事长|总经理/)
    expect(readOfficerList(text)).to.deep.equal(all)
    expect(readOfficerList('董事长 次仁某')).to.deep.equal([{ office: 'director', name: '次仁某' }])
  })

  it('are left out with a masked warning when they cannot be read', () => {
    for (const change of [
      { officers: '会计 张某某' },
      { officers: '实际控制人' },
      { officers: `实际控制人 张某某 ${ID.slice(0, 17)}${ID.endsWith('0') ? '1' : '0'}` },
    ]) {
      expect(officers(change)).to.deep.equal(['legal_representative 卓玛某 -'])
      expect(codes(change, 'draft', ORGANISATION)).to.deep.equal(['officer_unreadable officers'])
      expect(JSON.stringify(check(change, 'draft', ORGANISATION).problems)).not.to.match(/某某|1970/)
    }
    expect(codes({ representativeIdentifier: '123' }, 'draft', ORGANISATION)).to.deep.equal(['officer_unreadable representativeIdentifier'])
    expect(codes({ officers: '无', representativeIdentifier: '—' }, 'draft', ORGANISATION)).to.deep.equal([])
  })

  it('are ignored with a warning for a natural person', () => {
    expect(codes({ officers: '董事 次仁某' }, 'draft', PERSON)).to.deep.equal(['representative_of_person officers'])
  })
})
